/* Crawls heed robots.txt. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/records.h"
#include "e2e/run.h"
#include "site/started.h"
#include "unit/suite.h"

#define POLITE "--config", "/dev/null", "--sitemap", "off", "--progress", "none", "--allow-private"

enum { TEXT_SIZE = 128 };

static struct site *site;

static void open_site(const struct site_config *config)
{
    site = site_started(config);
}

static void close_site(struct run *run)
{
    run_free(run);
    ck_assert_int_eq(site_stop(site), 0);
}

/* Crawls from "/" with two more options, the second of which may be NULL, and expects `exit_code`. */
static void crawl(struct run *run, const char *option, const char *argument, int exit_code)
{
    char root[TEXT_SIZE];
    run_crawler(run, site,
                (const char *const[]){POLITE, "--max-tries", "3", "--idle-timeout", "300ms", "--skipped", "/dev/stdout",
                                      site_url(site, "/", root, sizeof root), option, argument, NULL});
    ck_assert_msg(run->exit_code == exit_code, "%d\n%s%s", run->exit_code, run->out, run->err);
}

/* Whether a URL was skipped for `reason`. */
static bool was_skipped(const struct run *run, const char *path, const char *reason)
{
    char line[2 * TEXT_SIZE];
    snprintf(line, sizeof line, "{\"url\":\"~%s\",\"reason\":\"%s\"", path, reason);
    return strstr(run->out, line) != NULL;
}

#define LINKS "<a href=/open><a href=/closed><a href=/closed/but><a href='/q?x=1'><a href=/robots.txt>"

START_TEST(the_file_comes_first_and_once)
{
    static const struct site_page pages[] = {
        {.path = "/robots.txt",
         .type = "text/plain",
         .delay = 50,
         .body = "User-agent: *\nDisallow: /closed\nAllow: /closed/but\nDisallow: /*?x=\n"},
        {.path = "/", .body = LINKS},
        {.path = "*", .body = "page"},
        {0}};
    struct run run;
    struct site_request first;
    char target[TEXT_SIZE];
    open_site(&(struct site_config){.pages = pages});
    crawl(&run, NULL, NULL, 0);
    ck_assert(site_request(site, 0, &first));
    ck_assert_str_eq(site_request_target(&first, target, sizeof target), "/robots.txt");
    ck_assert_uint_eq(site_request_count(site, "/robots.txt"), 2); /* as a page, too */
    ck_assert_uint_eq(site_request_count(site, "/closed"), 0);
    ck_assert_uint_eq(site_request_count(site, "/q?x=1"), 0);
    ck_assert_uint_eq(site_request_count(site, "/open"), 1);
    ck_assert_uint_eq(site_request_count(site, "/closed/but"), 1);
    ck_assert_uint_eq(site_requests(site), 5);
    ck_assert_msg(was_skipped(&run, "/closed", "robots") && was_skipped(&run, "/q?x=1", "robots"), "%s", run.out);
    ck_assert_int_eq(run_counter(&run, "Done:"), 4);
    ck_assert_int_eq(run_counter(&run, "Todo:"), 0);
    close_site(&run);
}
END_TEST

START_TEST(each_origin_has_its_own)
{
    static const struct site_listener listeners[] = {{.port = 0}, {.port = 0}, {.ipv6 = true}};
    static const struct site_page pages[] = {
        {.path = "/robots.txt", .body = "User-agent: *\nDisallow: /x\n"},
        {.path = "/",
         .body = "<a href=/x><a href=/1><a href=//127.0.0.1:{PORT1}/2><a href=//127.0.0.1:{PORT1}/3>"
                 "<a href=//[::1]:{PORT2}/4><a href=//[::1]:{PORT2}/x>"},
        {.path = "*", .body = "<a href=/y>"},
        {0}};
    struct run run;
    struct site_request request;
    bool asked[3] = {false};
    char target[TEXT_SIZE];
    open_site(&(struct site_config){.pages = pages, .listeners = listeners, .listener_count = 3});
    crawl(&run, "--scope", "any", 0);
    for (unsigned i = 0; site_request(site, i, &request); i++) {
        bool is_file = strcmp(site_request_target(&request, target, sizeof target), "/robots.txt") == 0;
        ck_assert_msg(is_file != asked[request.listener], "%s at %u", target, request.listener);
        asked[request.listener] = true;
    }
    ck_assert_uint_eq(site_request_count(site, "/robots.txt"), 3);
    ck_assert_uint_eq(site_request_count(site, "/x"), 0);
    ck_assert_uint_eq(site_requests(site), 3 + 5 + 3);
    close_site(&run);
}
END_TEST

/* Crawls with a file by which "/open" may be fetched and "/closed" may not. */
static void check_closed(const struct site_page *file, const char *option, const char *argument)
{
    struct site_page pages[] = {*file, {.path = "/", .body = LINKS}, {.path = "*", .body = "page"}, {0}};
    struct run run;
    pages[0].path = "/robots.txt";
    open_site(&(struct site_config){.pages = pages});
    crawl(&run, option, argument, 0);
    ck_assert_uint_eq(site_request_count(site, "/open"), 1);
    ck_assert_uint_eq(site_request_count(site, "/closed"), 0);
    close_site(&run);
}

#define FORBIDS "User-agent: *\nDisallow: /\n"

/* What there is in place of the file, and whether "/" may be fetched then. */
static const struct answer_case {
    struct site_page file;
    bool allows;
    const char *reason; /* else: for which it is skipped, or, by "!", the error with which it fails */
    unsigned asked;     /* requests for the file */
} ANSWERS[] = {
    {{.body = FORBIDS}, false, "robots", 1},
    {{.body = FORBIDS, .type = "text/html"}, false, "robots", 1},
    {{.body = FORBIDS, .coding = SITE_GZIP, .framing = SITE_CHUNKED}, false, "robots", 1},
    {{.body = "\xEF\xBB\xBFUser-agent: *\r\rDisallow: /\r"}, false, "robots", 1},
    {{.body = "User-agent: crawler\nDisallow:\n" FORBIDS}, true, NULL, 1},
    {{.body = "User-agent: *\nDisallow:\nUser-agent: Crawler\nDisallow: /\n"}, false, "robots", 1},
    {{.body = "<!DOCTYPE html><p>404"}, true, NULL, 1},
    {{.body = "\x80\x81\xFF\x01"}, true, NULL, 1},
    {{.body = ""}, true, NULL, 1},
    {{.body = FORBIDS, .status = 404}, true, NULL, 1},
    {{.body = FORBIDS, .status = 401}, true, NULL, 1},
    {{.body = FORBIDS, .status = 410}, true, NULL, 1},
    {{.body = FORBIDS, .status = 301}, true, NULL, 1}, /* to nowhere */
    {{.location = "ftp://127.0.0.1/robots.txt", .status = 301}, true, NULL, 1},
    {{.location = "http://127.0.0.1:0x/", .status = 301}, true, NULL, 1},
    {{.location = "/robots.txt", .status = 302}, true, NULL, 6},
    {{.status = 500}, false, "robots-unavailable", 3},
    {{.status = 503, .headers = "Retry-After: 0\r\n"}, false, "robots-unavailable", 3},
    {{.status = 429, .headers = "Retry-After: 0\r\n"}, false, "robots-unavailable", 3},
    {{.body = FORBIDS, .status = 503, .fault = SITE_NOT_NOW, .fault_times = 2}, false, "robots", 3},
    {{.body = "", .status = 500, .fault = SITE_NOT_NOW, .fault_times = 1}, true, NULL, 2},
    {{.fault = SITE_RESET_BEFORE_HEAD}, false, "!connection-reset", 3},
    {{.fault = SITE_RESET_BEFORE_HEAD, .fault_times = 1, .body = FORBIDS}, false, "robots", 2},
    {{.fault = SITE_SILENT}, false, "!idle", 3},
    {{.fault = SITE_CLOSE_BEFORE_HEAD}, false, "!no-answer", 3},
    {{.fault = SITE_LENGTH_TOO_LONG, .body = "User-agent: *\n"}, false, "!truncated", 3},
    {{.fault = SITE_CORRUPT_CODING, .body = FORBIDS, .coding = SITE_GZIP}, false, "!decode", 3},
};

enum { ANSWER_COUNT = sizeof ANSWERS / sizeof ANSWERS[0] };

START_TEST(what_answers_mean)
{
    const struct answer_case *answer = &ANSWERS[_i];
    struct site_page pages[] = {answer->file, {.path = "*", .body = "page"}, {0}};
    struct run run;
    pages[0].path = "/robots.txt";
    open_site(&(struct site_config){.pages = pages});
    crawl(&run, NULL, NULL, answer->allows ? 0 : 1);
    ck_assert_uint_eq(site_request_count(site, "/"), answer->allows);
    ck_assert_uint_eq(site_request_count(site, "/robots.txt"), answer->asked);
    if (answer->reason && answer->reason[0] == '!') {
        char counter[TEXT_SIZE];
        snprintf(counter, sizeof counter, "fail_%s", answer->reason + 1);
        ck_assert_msg(run_counter(&run, counter) == 1, "%s in\n%s%s", counter, run.out, run.err);
    } else if (answer->reason) {
        ck_assert_msg(was_skipped(&run, "/", answer->reason), "%s in\n%s%s", answer->reason, run.out, run.err);
    }
    close_site(&run);
}
END_TEST

/* Milliseconds between the request `index` and the one after it. */
static long pause_after(unsigned index)
{
    enum { MILLION = 1000000 };
    struct site_request first, second;
    ck_assert(site_request(site, index, &first) && site_request(site, index + 1, &second));
    return (long)((second.arrived - first.arrived) / MILLION);
}

/* All URLs of a server wait for its rules, longer each time, and not each asks for them anew. */
START_TEST(many_urls_ask_no_more_often_than_one)
{
    enum { ROOTS = 40 };
    const struct site_page pages[] = {{.path = "/robots.txt",
                                       .fault = _i ? SITE_RESET_BEFORE_HEAD : SITE_NO_FAULT,
                                       .status = _i ? 200 : 503,
                                       .body = FORBIDS},
                                      {.path = "*", .body = "page"},
                                      {0}};
    char roots[ROOTS][TEXT_SIZE], path[TEXT_SIZE];
    const char *arguments[ROOTS + 16] = {POLITE, "--max-tries", "3", "--skipped", "/dev/stdout"};
    size_t count = 0;
    struct run run;
    open_site(&(struct site_config){.pages = pages});
    while (arguments[count])
        count++;
    for (int i = 0; i < ROOTS; i++) {
        snprintf(path, sizeof path, "/%d", i);
        arguments[count++] = site_url(site, path, roots[i], sizeof roots[i]);
    }
    run_crawler(&run, site, arguments);
    ck_assert_int_eq(run.exit_code, 1);
    ck_assert_uint_eq(site_requests(site), 3);
    ck_assert_int_ge(pause_after(0), 125);
    ck_assert_int_ge(pause_after(1), 250);
    ck_assert_int_eq(run_counter(&run, "fail_connection-reset"), _i ? ROOTS : -1);
    ck_assert_uint_eq(times_said(run.out, "\"reason\":\"robots-unavailable\""), _i ? 0 : ROOTS);
    close_site(&run);
}
END_TEST

/* Five redirects lead to the rules, six to none. */
START_TEST(five_redirects_are_followed)
{
    const struct site_page pages[] = {{.path = "/robots.txt", .location = _i ? "/1" : "/2", .status = 301},
                                      {.path = "/1", .location = "/2", .status = 302},
                                      {.path = "/2", .location = "//127.0.0.1:{PORT}/3", .status = 303},
                                      {.path = "/3", .location = "4", .status = 307},
                                      {.path = "/4", .location = "/5#x", .status = 308},
                                      {.path = "/5", .location = "/6", .status = 300},
                                      {.path = "/6", .body = FORBIDS},
                                      {.path = "*", .body = "page"},
                                      {0}};
    struct run run;
    open_site(&(struct site_config){.pages = pages});
    crawl(&run, NULL, NULL, _i ? 0 : 1);
    ck_assert_uint_eq(site_request_count(site, "/"), _i);
    ck_assert_uint_eq(site_request_count(site, "/6"), !_i);
    close_site(&run);
}
END_TEST

/* The first answer's body never ends, or is longer than --max-body; nobody wants it. */
START_TEST(bodies_of_redirects_are_not_wanted)
{
    const struct site_page pages[] = {
        {.path = "/robots.txt", .location = "/rules", .status = 301, .body = "endless ", .fault = SITE_ENDLESS_BODY},
        {.path = "/rules", .body = FORBIDS},
        {.path = "/", .body = "page"},
        {0}};
    struct run run;
    open_site(&(struct site_config){.pages = pages});
    crawl(&run, "--max-body", "50000", 1);
    ck_assert_uint_eq(site_request_count(site, "/rules"), 1);
    ck_assert_uint_eq(site_request_count(site, "/"), 0);
    ck_assert(was_skipped(&run, "/", "robots"));
    close_site(&run);
}
END_TEST

/* A large file: what stands within the first 500 KiB holds, and its end doesn't matter. */
START_TEST(large_files_are_read_so_far)
{
    enum { SIZE = 2000000, LINE_AT = 505000 };
    char *body = malloc(SIZE + 1);
    ck_assert_ptr_nonnull(body);
    memset(body, _i % 2 ? 'x' : '\n', SIZE);
    body[SIZE] = '\0';
    memcpy(body, "User-agent: *\n", 14);
    memcpy(body + 14, "\n", 1);
    memcpy(body + LINE_AT, "\nDisallow: /closed\n", 19);
    memcpy(body + SIZE - 30, "\nDisallow: /open\n", 17);
    check_closed(&(struct site_page){.body = body, .framing = _i < 2 ? SITE_LENGTH : SITE_CHUNKED}, NULL, NULL);
    free(body);
}
END_TEST

START_TEST(an_endless_file_is_cut)
{
    check_closed(&(struct site_page){.body = "User-agent: *\nDisallow: /closed\n", .fault = SITE_ENDLESS_BODY}, NULL,
                 NULL);
}
END_TEST

START_TEST(it_is_not_asked_for_on_request)
{
    static const struct site_page pages[] = {
        {.path = "/robots.txt", .body = FORBIDS}, {.path = "*", .body = "page"}, {0}};
    struct run run;
    open_site(&(struct site_config){.pages = pages});
    crawl(&run, "--no-robots", NULL, 0);
    ck_assert_uint_eq(site_request_count(site, "/robots.txt"), 0);
    ck_assert_uint_eq(site_request_count(site, "/"), 1);
    close_site(&run);
}
END_TEST

/* The group is that of the name that the user gives us. */
START_TEST(the_product_of_the_user_agent_counts)
{
    static const char rules[] = "User-agent: *\nDisallow: /\n\nUser-agent: examplebot\nDisallow: /closed\n";
    check_closed(&(struct site_page){.body = rules}, "--user-agent", "ExampleBot/1.0 (+http://example.org/)");
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS("robots", the_file_comes_first_and_once, each_origin_has_its_own, an_endless_file_is_cut,
                           it_is_not_asked_for_on_request, the_product_of_the_user_agent_counts,
                           bodies_of_redirects_are_not_wanted);
    failed |= RUN_TESTS_TIMES("robots answers", ANSWER_COUNT, what_answers_mean);
    failed |= RUN_TESTS_TIMES("robots of many", 2, many_urls_ask_no_more_often_than_one);
    failed |= RUN_TESTS_TIMES("robots redirects", 2, five_redirects_are_followed);
    return failed | RUN_TESTS_TIMES("large robots", 4, large_files_are_read_so_far);
}
