/* Row 7: a time of day that jumps by a century at each look changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/records.h"
#include "e2e/run.h"
#include "site/dns.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { SKIPPED = 77, URL_SIZE = 128 };

static const struct {
    const char *path, *error;
    int status, tries;
} EXPECTED[] = {
    {"/", "", 200, 1},       {"/slow", "", 200, 1},   {"/silent", "idle", -1, 2}, {"/endless", "timed-out", 200, 2},
    {"/mended", "", 200, 2}, {"/behind", "", 200, 1},
};

static const struct site_page PAGES[] = {
    {.path = "/", .body = "<a href=/slow> <a href=/silent> <a href=/endless> <a href=/mended>"},
    {.path = "/slow", .delay = 300, .body = "<a href=/behind>"},
    {.path = "/silent", .fault = SITE_SILENT},
    {.path = "/endless", .body = "on and on and on", .drip_bytes = 1, .drip_delay = 200, .drip_body = true},
    {.path = "/mended", .body = "x", .fault = SITE_RESET_IN_BODY, .fault_times = 1},
    {.path = "/behind", .body = "x"},
    {0},
};

static void check_records(const struct run *run, uint16_t port)
{
    json_t *records = records_of(run->out);
    ck_assert_uint_eq(json_array_size(records), sizeof EXPECTED / sizeof EXPECTED[0]);
    for (size_t i = 0; i < sizeof EXPECTED / sizeof EXPECTED[0]; i++) {
        char url[URL_SIZE];
        snprintf(url, sizeof url, "http://a.test:%u%s", port, EXPECTED[i].path);
        const json_t *record = record_find(records, url);
        ck_assert_msg(record && strcmp(record_error(record), EXPECTED[i].error) == 0 &&
                          record_number(record, "status") == EXPECTED[i].status &&
                          record_number(record, "tries") == EXPECTED[i].tries,
                      "%s: %s", url, run->out);
    }
    json_decref(records);
}

/* The report ends with the date. */
static void check_that_time_jumped(const char *path)
{
    char *report = file_text(path);
    ck_assert_msg(strstr(report, " 1971 ") || strstr(report, " 2099 "), "%s", report);
    free(report);
}

START_TEST(row_7_the_time_of_day_does_not_matter)
{
    const struct dns_row name = {.name = "a.test", .ipv4 = "127.0.0.1", .ttl = 60};
    char report[] = "/tmp/crawler-clock-XXXXXX", root[URL_SIZE];
    struct dns_server *names = dns_server_start(&name, 1);
    struct site *site = site_of_pages(PAGES);
    struct run run;
    snprintf(root, sizeof root, "http://a.test:%u/", site_port(site, 0));
    close(mkstemp(report));
    setenv("LD_PRELOAD", JUMPING_CLOCK_LIBRARY, 1);
    run_crawler(&run, NULL,
                (const char *const[]){"--dns-servers", dns_server_address(names), "--idle-timeout", "1s", "--timeout",
                                      "2s", "--max-tries", "2", "-o", "jsonl:-", "-o", report, root, NULL});
    unsetenv("LD_PRELOAD");
    ck_assert_msg(run.exit_code == 0, "%d %s", run.exit_code, run.err);
    check_records(&run, site_port(site, 0));
    check_that_time_jumped(report);
    ck_assert_uint_eq(dns_server_asked(names, "a.test", DNS_A), 1);
    run_free(&run);
    ck_assert_int_eq(unlink(report), 0);
    ck_assert_int_eq(site_stop(site), 0);
    dns_server_stop(names);
}
END_TEST

int main(void)
{
    if (__SANITIZE_ADDRESS__ || !JUMPING_CLOCK_LIBRARY[0])
        return SKIPPED; /* that must be the first library */
    return RUN_TESTS("clock", row_7_the_time_of_day_does_not_matter);
}
