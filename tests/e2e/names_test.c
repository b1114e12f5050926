/* Many host names, through a name server of the test's own. */
#include "e2e/records.h"
#include "e2e/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site/dns.h"
#include "site/started.h"
#include "unit/suite.h"

enum { HOSTS = 1000, BODY_SIZE = HOSTS * 64 };

/* A page that links to "/" on each of the hosts. Returns its end. */
static char *write_links(char *body)
{
    char *end = body;
    for (int i = 0; i < HOSTS; i++)
        end += sprintf(end, "<a href='http://host%d.test:{PORT}/'>%d</a>\n", i, i);
    return end;
}

START_TEST(a_thousand_names_and_one_thread)
{
    static char body[BODY_SIZE];
    write_links(body);
    const struct site_page pages[] = {
        {.host = "start.test", .path = "/", .body = body}, {.path = "/", .delay = 200, .body = "there"}, {0}};
    const struct dns_row names[] = {{.name = "start.test", .ipv4 = "127.0.0.1", .ttl = 60},
                                    {.name = "host%d.test", .ipv4 = "127.0.0.1", .ttl = 60}};
    struct dns_server *dns = dns_server_start(names, 2);
    struct site *site = site_of_pages(pages);
    struct run run;
    char root[64];
    sprintf(root, "http://start.test:%u/", site_port(site, 0));
    run_start(&run, (const char *const[]){"--scope", "any", "--allow-private", "--dns-servers", dns_server_address(dns),
                                          root, NULL});
    await_requests(site, HOSTS / 2);
    ck_assert_int_eq(run_threads(&run), 1);
    run_wait(&run, site);
    ck_assert_msg(run.exit_code == 0, "%s", run.err);
    ck_assert_int_eq(run_counter(&run, "html"), HOSTS + 1);
    ck_assert_int_eq(run_counter(&run, "Done:"), HOSTS + 1);
    ck_assert_uint_eq(dns_server_asked(dns, "host7.test", DNS_A), 1);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
    dns_server_stop(dns);
}
END_TEST

/* A page with links to the three, and to many others, which come in meanwhile. */
static void write_mixed_links(char *body)
{
    sprintf(write_links(body), "<a href='http://absent.test:{PORT}/'><a href='http://broken.test:{PORT}/'>"
                               "<a href='http://silent.test:{PORT}/'>");
}

static void check_name_failure(const struct site *site, const json_t *records, const char *host, const char *error,
                               int tries)
{
    char url[64];
    snprintf(url, sizeof url, "http://%s:%u/", host, site_port(site, 0));
    const json_t *record = record_find(records, url);
    ck_assert_msg(record != NULL, "%s", url);
    ck_assert_str_eq(record_error(record), error);
    ck_assert_int_eq(record_number(record, "tries"), tries);
}

START_TEST(row_9_names_fail_in_three_ways_and_hold_nobody_up)
{
    static char body[BODY_SIZE + 200];
    write_mixed_links(body);
    const struct site_page pages[] = {{.host = "start.test", .path = "/", .body = body}, {.path = "/"}, {0}};
    const struct dns_row names[] = {{.name = "start.test", .ipv4 = "127.0.0.1", .ttl = 60},
                                    {.name = "host%d.test", .ipv4 = "127.0.0.1", .ttl = 60},
                                    {.name = "absent.test", .behaviour = DNS_NXDOMAIN},
                                    {.name = "broken.test", .behaviour = DNS_SERVFAIL},
                                    {.name = "silent.test", .behaviour = DNS_SILENT}};
    struct dns_server *dns = dns_server_start(names, 5);
    struct site *site = site_of_pages(pages);
    struct run run;
    char root[64];
    sprintf(root, "http://start.test:%u/", site_port(site, 0));
    run_crawler(&run, NULL,
                (const char *const[]){"-c", "4", "--scope", "any", "--allow-private", "--dns-servers",
                                      dns_server_address(dns), "--connect-timeout", "1s", "--max-tries", "2", "-o",
                                      "jsonl:-", root, NULL});
    ck_assert_msg(run.exit_code == 0, "%s", run.err);
    json_t *records = records_of(run.out);
    ck_assert_uint_eq(json_array_size(records), HOSTS + 4);
    check_name_failure(site, records, "absent.test", "name-not-found", 1);
    check_name_failure(site, records, "broken.test", "name-failed", 2);
    check_name_failure(site, records, "silent.test", "name-timed-out", 2);
    ck_assert_uint_eq(dns_server_asked(dns, "absent.test", DNS_A), 1);
    const json_t *last = json_array_get(records, HOSTS + 3);
    ck_assert_msg(strcmp(record_error(last), "name-timed-out") == 0, "others had to wait");
    json_decref(records);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
    dns_server_stop(dns);
}
END_TEST

START_TEST(row_9_each_failure_of_a_name_is_told_apart)
{
    const struct dns_row names[] = {{.name = "absent.test", .behaviour = DNS_NXDOMAIN},
                                    {.name = "broken.test", .behaviour = DNS_SERVFAIL},
                                    {.name = "silent.test", .behaviour = DNS_SILENT}};
    struct dns_server *dns = dns_server_start(names, 3);
    struct run run;
    run_crawler(&run, NULL,
                (const char *const[]){"--max-tries", "1", "--dns-servers", dns_server_address(dns), "absent.test",
                                      "broken.test", "silent.test", NULL});
    ck_assert_int_eq(run.exit_code, 1);
    char *lines = run_url_lines(&run);
    ck_assert_str_eq(lines, "http://absent.test/ error host name does not exist\n"
                            "http://broken.test/ error name server failed\n"
                            "http://silent.test/ error name server did not answer\n");
    free(lines);
    run_free(&run);
    dns_server_stop(dns);
}
END_TEST

int main(void)
{
    return RUN_TESTS("names", a_thousand_names_and_one_thread, row_9_each_failure_of_a_name_is_told_apart,
                     row_9_names_fail_in_three_ways_and_hold_nobody_up);
}
