/* Servers that want to be left alone for a while, or don't answer. */
#include <stdio.h>
#include <string.h>

#include "e2e/records.h"
#include "e2e/run.h"
#include "site/started.h"
#include "unit/suite.h"

enum { TEXT_SIZE = 128, OTHERS = 30 };

static struct site *site;
static struct run run;
static json_t *records;

static void crawl(const struct site_config *config, const char *const *options)
{
    char root[TEXT_SIZE];
    const char *arguments[MOST_ARGUMENTS];
    const char *const usual[] = {"-o", "jsonl:-", "--scope", "any", "--allow-private", "--sitemap", "off", NULL};
    site = site_started(config);
    run_crawler(&run, site, join_arguments(arguments, usual, options, site_url(site, "/", root, sizeof root)));
    ck_assert_msg(run.exit_code == 0, "%d\n%s%s", run.exit_code, run.out, run.err);
    records = records_of(run.out);
}

#define CRAWL(config, ...) crawl(config, (const char *const[]){__VA_ARGS__, NULL})

static void end(void)
{
    json_decref(records);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}

/* The number of the last request, or the first, for `target` at a listener. */
static unsigned place_of(const char *wanted, unsigned listener, bool last)
{
    struct site_request request;
    char target[TEXT_SIZE];
    unsigned place = UINT32_MAX;
    for (unsigned i = 0; site_request(site, i, &request); i++)
        if (request.listener == listener && strcmp(site_request_target(&request, target, sizeof target), wanted) == 0) {
            place = i;
            if (!last)
                break;
        }
    ck_assert_msg(place != UINT32_MAX, "%s was not asked for at %u", wanted, listener);
    return place;
}

#define NUMBERS "<a href=/1><a href=/2><a href=/3><a href=/4>"
#define OTHER   "<a href=//127.0.0.1:{PORT1}/1><a href=//127.0.0.1:{PORT1}/2><a href=//127.0.0.1:{PORT1}/3>"

/* While a host is left alone none of its pages is asked for, and another host's are. */
START_TEST(a_host_is_left_alone_until_it_says)
{
    static const char *const headers[] = {"Retry-After: 1\r\n", "Date: Mon, 23 Nov 2026 10:00:00 GMT\r\n"
                                                                "Retry-After: Mon, 23 Nov 2026 10:00:01 GMT\r\n"};
    const struct site_page pages[] = {{.path = "/", .body = "<a href=/busy>" NUMBERS OTHER},
                                      {.path = "/busy",
                                       .status = _i ? 429 : 503,
                                       .headers = headers[_i],
                                       .fault = SITE_NOT_NOW,
                                       .fault_times = 1,
                                       .body = "now"},
                                      {.path = "*", .body = "page"},
                                      {0}};
    static const struct site_listener listeners[2] = {{.port = 0}};
    CRAWL((&(struct site_config){.pages = pages, .listeners = listeners, .listener_count = 2}), "--per-host", "1");
    const json_t *record = record_find(records, "~/busy");
    ck_assert_int_eq(record_number(record, "status"), 200);
    ck_assert_int_eq(record_number(record, "tries"), 2);
    ck_assert_uint_eq(json_array_size(records), 9);
    unsigned again = place_of("/busy", 0, true);
    ck_assert_uint_lt(place_of("/3", 1, true), again);
    ck_assert_uint_eq(place_of("/busy", 0, false), 1);
    for (const char *number = "1234"; *number; number++)
        ck_assert_uint_gt(place_of((const char[]){'/', *number, '\0'}, 0, false), again);
    end();
}
END_TEST

START_TEST(refusals_end)
{
    static const struct site_page pages[] = {
        {.path = "/", .body = "<a href=/503><a href=/429><a href=/absurd><a href=/500><a href=/408>"},
        {.path = "/503", .status = 503, .headers = "Retry-After: 0\r\n"},
        {.path = "/429", .status = 429},
        {.path = "/408", .status = 408},
        {.path = "/absurd", .status = 503, .headers = "Retry-After: 99999999999999999999999\r\n"},
        {.path = "/500", .status = 500, .headers = "Retry-After: 100\r\n"},
        {0}};
    static const char *const targets[] = {"/503", "/429", "/408", "/absurd"};
    CRAWL((&(struct site_config){.pages = pages}), "--retry-max-wait", "20ms", "--max-tries", "3");
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char url[TEXT_SIZE];
        snprintf(url, sizeof url, "~%s", targets[i]);
        ck_assert_uint_eq(site_request_count(site, targets[i]), 3);
        ck_assert_int_eq(record_number(record_find(records, url), "tries"), 3);
    }
    ck_assert_uint_eq(site_request_count(site, "/500"), 1);
    ck_assert_uint_eq(json_array_size(records), 6);
    end();
}
END_TEST

/* A host that wants a delay is asked for its second page after all of another host's, however many these are. With the
 * option nobody waits, and nothing is said of the order. */
START_TEST(crawl_delay_is_for_its_host_alone)
{
    static char body[OTHERS * TEXT_SIZE];
    static const struct site_page slow[] = {{.path = "/robots.txt", .body = "User-agent: *\nCrawl-delay: 0.7\n"},
                                            {.path = "/1", .body = "<a href=2>"},
                                            {.path = "*"},
                                            {0}};
    const struct site_page pages[] = {{.path = "/", .body = body}, {.path = "/robots.txt"}, {.path = "*"}, {0}};
    struct site *delayed;
    delayed = site_of_pages(slow);
    char *text = body + sprintf(body, "<a href=//127.0.0.1:%u/1>", site_port(delayed, 0));
    for (int i = 0; i < OTHERS; i++)
        text += sprintf(text, "<a href=/%d>", i);
    const char *option = _i ? "--ignore-crawl-delay" : NULL;
    CRAWL((&(struct site_config){.pages = pages}), "--config", "/dev/null", option);
    ck_assert_uint_eq(site_request_count(delayed, "/robots.txt"), 1);
    ck_assert_uint_eq(site_request_count(delayed, "/2"), 1);
    ck_assert_uint_eq(json_array_size(records), OTHERS + 3);
    const char *last = json_string_value(json_object_get(json_array_get(records, OTHERS + 2), "url"));
    ck_assert_msg(_i || (strstr(last, "/2") && last[0] != '~'), "%s", run.out);
    end();
    ck_assert_int_eq(site_stop(delayed), 0);
}
END_TEST

/* Tries for robots.txt are none for the page. */
START_TEST(pages_have_all_their_tries)
{
    static const struct site_page pages[] = {
        {.path = "/robots.txt", .fault = SITE_RESET_BEFORE_HEAD, .fault_times = 1, .body = ""},
        {.path = "*", .status = 502, .fault = SITE_NOT_NOW, .fault_times = 1, .body = "page"},
        {0}};
    CRAWL((&(struct site_config){.pages = pages}), "--config", "/dev/null", "--max-tries", "2");
    ck_assert_int_eq(record_number(record_find(records, "~/"), "tries"), 2);
    ck_assert_int_eq(record_number(record_find(records, "~/"), "status"), 200);
    ck_assert_uint_eq(site_requests(site), 4);
    end();
}
END_TEST

/* Of a server that doesn't answer, most URLs aren't asked for. */
START_TEST(dead_servers_are_given_up)
{
    static char body[200 * TEXT_SIZE];
    char *text = body;
    for (int i = 0; i < 200; i++)
        text += sprintf(text, "<a href=//127.0.0.1:{PORT1}/%d>", i);
    sprintf(text, "<a href=/good>");
    const struct site_page pages[] = {{.path = "/", .body = body},
                                      {.path = "/good", .body = "good"},
                                      {.path = "/robots.txt", .status = 404},
                                      {.path = "*", .fault = SITE_RESET_BEFORE_HEAD},
                                      {0}};
    static const struct site_listener listeners[2] = {{.port = 0}};
    CRAWL((&(struct site_config){.pages = pages, .listeners = listeners, .listener_count = 2}), "--max-tries", "2",
          "--per-host", "8");
    size_t index, unasked = 0;
    const json_t *record;
    json_array_foreach(records, index, record)
    {
        const char *detail = json_string_value(json_object_get(json_object_get(record, "error"), "detail"));
        unasked += detail && strstr(detail, "not asked") != NULL;
        ck_assert(record_number(record, "status") == 200 || strcmp(record_error(record), "connection-reset") == 0);
    }
    ck_assert_uint_eq(json_array_size(records), 202);
    ck_assert_uint_gt(unasked, 100);
    ck_assert_uint_ge(site_requests(site), 40);
    ck_assert_uint_le(site_requests(site), 100);
    end();
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS_TIMES("politeness", 2, a_host_is_left_alone_until_it_says);
    failed |= RUN_TESTS("politeness", refusals_end, pages_have_all_their_tries, dead_servers_are_given_up);
    return failed | RUN_TESTS_TIMES("delays", 2, crawl_delay_is_for_its_host_alone);
}
