/* Sites without an end: the crawl ends by itself, finds what is healthy, and accounts for what it leaves out. */
#include "e2e/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/records.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { EXIT_LIMIT = 5 };

/* A trap, the reason that ends it, and what becomes of its URLs. */
struct trap {
    const char *start;
    const char *name;
    const char *reason;
    unsigned fetched; /* 0: that depends on the year */
    unsigned skipped; /* 0: that depends on timing */
};

static const struct trap TRAPS[] = {
    {"/traps/calendar/2026/11/", "calendar", "calendar", 0, 1},
    {"/traps/month?year=2026&m=11", "month", "calendar", 0, 1},
    {"/traps/growing/", "growing", "repeated-segments", 6, 1},
    {"/traps/deep/1/", "deep", "path-depth", 38, 1},
    {"/traps/long/x", "long", "path-length", 9, 1},
    {"/traps/variants?n=1", "variants", "query-variants", 200, 201},
    {"/traps/parameters?a", "parameters", "query-parameters", 100, 1},
    {"/traps/session/0", "session", "session-id", 11, 0},
};

enum { TRAP_COUNT = sizeof TRAPS / sizeof *TRAPS };

/* The options that the figures above are made for. */
static const char *const LIMITS[] = {"--max-calendar-dates", "10", "--max-query-variants", "200", NULL};

static const struct site_page PAGES[] = {
    {.path = "/", .body = "<a href=/traps/></a> <a href=/healthy/0></a>"},
    {.path = "/healthy/*",
     .body = "<a href=/leaf/1> <a href=/leaf/2> <a href=/leaf/3> <a href=/leaf/4> <a href=/leaf/5> <a href=/leaf/6>"},
    {.path = "/leaf/*", .body = "x"},
    {0},
};

enum { LEAF_COUNT = 6 };

/* A crawl of `url` with all that it wrote. */
struct crawl {
    struct site *site;
    struct run run;
    char *skipped; /* malloced */
};

static void crawl_pages(struct crawl *crawl, const struct site_page *pages, const char *start,
                        const char *const *options)
{
    const struct site_config config = {.pages = pages, .traps = true};
    char url[100], path[] = "/tmp/traps_XXXXXX";
    const char *arguments[MOST_ARGUMENTS];
    const char *const usual[] = {"--skipped", path, NULL};
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    crawl->site = site_started(&config);
    site_url(crawl->site, start, url, sizeof url);
    run_crawler(&crawl->run, crawl->site, join_arguments(arguments, usual, options, url));
    crawl->skipped = file_take(path);
}

static void crawl_free(struct crawl *crawl)
{
    free(crawl->skipped);
    run_free(&crawl->run);
    ck_assert_int_eq(site_stop(crawl->site), 0);
}

static unsigned skipped_for(const struct crawl *crawl, const char *reason)
{
    char member[80];
    snprintf(member, sizeof member, "\"reason\":\"%s\"", reason);
    return times_said(crawl->skipped, member);
}

/* Each page was asked for once, and all of them are in the report. */
static void check_accounts(const struct crawl *crawl)
{
    ck_assert_uint_eq(site_most_requests(crawl->site), 1);
    ck_assert_int_eq(run_counter(&crawl->run, "Todo:"), 0);
    ck_assert_int_eq(run_counter(&crawl->run, "Done:"), site_requests(crawl->site));
}

static void check_healthy(const struct crawl *crawl, const char *name)
{
    char path[50];
    snprintf(path, sizeof path, "/healthy/%s", name);
    ck_assert_msg(site_request_count(crawl->site, path) == 1, "%s", path);
    for (int i = 1; i <= LEAF_COUNT; i++) {
        snprintf(path, sizeof path, "/leaf/%d", i);
        ck_assert_msg(site_request_count(crawl->site, path) == 1, "%s", path);
    }
}

START_TEST(each_trap_ends)
{
    const struct trap *trap = &TRAPS[_i];
    struct crawl crawl;
    crawl_pages(&crawl, PAGES, trap->start, LIMITS);
    unsigned skipped = skipped_for(&crawl, trap->reason);
    ck_assert_int_eq(crawl.run.exit_code, 0);
    check_accounts(&crawl);
    check_healthy(&crawl, trap->name);
    ck_assert_msg(skipped && skipped == times_said(crawl.skipped, "\n"), "%s: %s", trap->name, crawl.skipped);
    ck_assert_msg(!trap->skipped || skipped == trap->skipped, "%s: %u skipped", trap->name, skipped);
    ck_assert_msg(!trap->fetched || site_requests(crawl.site) == trap->fetched + 1 + LEAF_COUNT, "%s: %u fetched",
                  trap->name, site_requests(crawl.site));
    crawl_free(&crawl);
}
END_TEST

START_TEST(all_of_them_in_one_site_end)
{
    struct crawl crawl;
    crawl_pages(&crawl, PAGES, "/", LIMITS);
    ck_assert_int_eq(crawl.run.exit_code, 0);
    check_accounts(&crawl);
    for (int i = 0; i < TRAP_COUNT; i++) {
        check_healthy(&crawl, TRAPS[i].name);
        ck_assert_msg(skipped_for(&crawl, TRAPS[i].reason) >= TRAPS[i].skipped, "%s", TRAPS[i].reason);
    }
    ck_assert_msg(strstr(crawl.run.out, "\nEndless: 1 path-length, 1 path-depth, 1 repeated-segments, ") != NULL, "%s",
                  crawl.run.out);
    crawl_free(&crawl);
}
END_TEST

START_TEST(a_budget_is_kept_and_told)
{
    struct crawl crawl;
    crawl_pages(&crawl, PAGES, "/", (const char *const[]){"--max-pages-per-host", "7", NULL});
    ck_assert_int_eq(crawl.run.exit_code, EXIT_LIMIT);
    check_accounts(&crawl);
    ck_assert_uint_eq(site_requests(crawl.site), 7);
    ck_assert_uint_gt(skipped_for(&crawl, "host-budget"), 0);
    ck_assert_uint_eq(times_said(crawl.run.err, "--max-pages-per-host (7)"), 1);
    ck_assert_msg(strstr(crawl.run.out, " host-budget left out\n") != NULL, "%s", crawl.run.out);
    crawl_free(&crawl);
}
END_TEST

START_TEST(a_budget_that_suffices_changes_nothing)
{
    struct crawl crawl;
    crawl_pages(&crawl, PAGES, "/healthy/1", (const char *const[]){"--max-pages-per-host", "7", NULL});
    ck_assert_int_eq(crawl.run.exit_code, 0);
    check_healthy(&crawl, "1");
    ck_assert_str_eq(crawl.skipped, "");
    ck_assert_ptr_null(strstr(crawl.run.out, "Endless"));
    crawl_free(&crawl);
}
END_TEST

/* /x?1 may be met too deep at first, and near when /x?2 has taken the only place: it counts once, and for that
 * reason. */
START_TEST(what_comes_near_counts_then)
{
    static const struct site_page pages[] = {
        {.path = "/", .body = "<a href=/slow> <a href=/a>"},
        {.path = "/a", .body = "<a href=/b>"},
        {.path = "/b", .body = "<a href=/x?1>"},
        {.path = "/slow", .body = "<a href=/x?2> <a href=/x?1>", .delay = 200},
        {.path = "/x*", .body = "x"},
        {0},
    };
    struct crawl crawl;
    crawl_pages(&crawl, pages, "/", (const char *const[]){"-d", "2", "--max-query-variants", "1", NULL});
    check_accounts(&crawl);
    ck_assert_uint_eq(site_request_count(crawl.site, "/x?2"), 1);
    ck_assert_uint_eq(times_said(crawl.skipped, "\n"), 1);
    ck_assert_uint_eq(skipped_for(&crawl, "query-variants"), 1);
    crawl_free(&crawl);
}
END_TEST

/* Of two that are known and one that is new, the new one is not refused for what the others took again. */
START_TEST(known_urls_take_no_place)
{
    static const struct site_page pages[] = {
        {.path = "/", .body = "<a href=/x?1> <a href=/x?2> <a href=/b>"},
        {.path = "/b", .body = "<a href=x?1#a> <a href=./x?2> <a href=/x?3> <a href=/x?4>"},
        {.path = "/x*", .body = "x"},
        {0},
    };
    struct crawl crawl;
    crawl_pages(&crawl, pages, "/", (const char *const[]){"-d", "5", "--max-query-variants", "3", NULL});
    check_accounts(&crawl);
    ck_assert_uint_eq(site_request_count(crawl.site, "/x?3"), 1);
    ck_assert_uint_eq(site_request_count(crawl.site, "/x?4"), 0);
    ck_assert_uint_eq(times_said(crawl.skipped, "\n"), 1);
    crawl_free(&crawl);
}
END_TEST

/* Links to what is fetched count, though none other would be allowed now; those to what is refused don't. */
START_TEST(links_to_what_is_known_count)
{
    static const struct site_page pages[] = {
        {.path = "/", .body = "<a href=/p/x?1> <a href=/p/x?2> <a href=/p/y>"},
        {.path = "/p/x*", .body = "x"},
        {.path = "/p/y", .body = "<a href=/> <a href=/q> <a href=/p/x?1> <a href=/p/x?2>"},
        {0},
    };
    static const char *const ways[][3] = {{NULL}, {"-d", "9", NULL}, {"--sort-query", NULL}};
    const struct site_config config = {.pages = pages};
    struct site *site = site_started(&config);
    const char *more = ways[_i][0], *value = more ? ways[_i][1] : NULL;
    char root[64], url[64];
    struct run run;
    run_crawler(&run, NULL,
                (const char *const[]){"-q", "-o", "jsonl:/dev/stdout", "-c", "1", "--include", "/p/",
                                      "--max-query-variants", "1", site_url(site, "/", root, sizeof root), more, value,
                                      NULL});
    json_t *records = records_of(run.out);
    ck_assert_uint_eq(json_array_size(records), 3);
    const json_t *record = record_find(records, site_url(site, "/p/y", url, sizeof url));
    ck_assert_int_eq(record_number(record, "links"), 2);
    json_decref(records);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

static void check_explained(const char *url, const char *wanted)
{
    struct run run;
    run_crawler(&run, NULL, (const char *const[]){"--explain", url, "http://a.test/", NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_msg(strstr(run.out, wanted) != NULL, "%s", run.out);
    run_free(&run);
}

START_TEST(refusals_are_explained)
{
    check_explained("http://a.test/a/a/a/a/a/a", "skipped\nreason     repeated-segments\n"
                                                 "           the same path segment more often than --max-repeats\n");
    check_explained("http://a.test/x?PHPSESSID=1",
                    "unless     session-id\n"
                    "           differs from another URL only in its session id (see --keep-session-ids)\n"
                    "unless     query-variants\n"
                    "           more queries of one path than --max-query-variants\n");
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS_TIMES("traps, one by one", TRAP_COUNT, each_trap_ends);
    failed |= RUN_TESTS_TIMES("traps, known links", 3, links_to_what_is_known_count);
    return failed | RUN_TESTS("traps", all_of_them_in_one_site_end, a_budget_is_kept_and_told,
                              a_budget_that_suffices_changes_nothing, what_comes_near_counts_then,
                              known_urls_take_no_place, refusals_are_explained);
}
