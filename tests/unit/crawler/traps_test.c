/* Limits one by one: what a URL alone tells, and what those before it have taken. */
#include "crawl/traps.h"

#include <stdio.h>
#include <string.h>

#include "option_table.h"
#include "unit/suite.h"
#include "web/url.h"

static struct options options;
static struct traps *traps;

static void begin(void)
{
    ck_assert_int_eq(traps_create(&traps, &options), 0);
}

static void end(void)
{
    traps_free(traps);
    options_free(&options);
}

static enum reason judge(const char *text)
{
    struct url url;
    url_of_serialised(&url, slice_of(text));
    return traps_url_allowed(traps, &url);
}

static enum reason count_with(const char *text, struct traps_ticket *ticket)
{
    struct url url;
    enum reason reason;
    url_of_serialised(&url, slice_of(text));
    if (traps_count(traps, &url, url_fingerprint(&url), ticket, &reason))
        ck_abort_msg("%s", text);
    return reason;
}

static enum reason count(const char *text)
{
    struct traps_ticket ticket;
    return count_with(text, &ticket);
}

/* --- what a URL alone tells --------------------------------------------------------------------------------------- */

struct row {
    const char *target;
    enum reason reason;
};

/* With 30 bytes, 6 segments, 2 times the same, and 3 parameters at most. */
static const struct row ROWS[] = {
    {"/", REASON_NONE},
    {"/a/b/c/d/e/f", REASON_NONE},
    {"/a/b/c/d/e/f/", REASON_NONE},
    {"/a/b/c/d/e/f/g", REASON_PATH_DEPTH},
    {"/a/a", REASON_NONE},
    {"/a/a/", REASON_NONE},
    {"/a/a/a", REASON_REPEATED_SEGMENTS},
    {"/a/x/a/y/a", REASON_REPEATED_SEGMENTS},
    {"/a/b/a/b", REASON_NONE},
    {"/a/b/a/b/a/b", REASON_REPEATED_SEGMENTS},
    {"/a/aa/aaa", REASON_NONE},
    {"/a/A/a", REASON_NONE},
    {"///", REASON_NONE},
    {"////", REASON_REPEATED_SEGMENTS},
    {"/a/b/a/b/a/b/a", REASON_PATH_DEPTH},
    {"/01234567890123456789012345678", REASON_NONE},
    {"/012345678901234567890123456789", REASON_PATH_LENGTH},
    {"/x?012345678901234567890123456789/a/a/a/a/a/a/a", REASON_NONE},
    {"/?", REASON_NONE},
    {"/?a=1&b=2&c=3", REASON_NONE},
    {"/?a=1&b=2&c=3&d=4", REASON_QUERY_PARAMETERS},
    {"/?a&a&a&a", REASON_QUERY_PARAMETERS},
    {"/?&&&", REASON_QUERY_PARAMETERS},
};

enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };

static void set_small_limits(void)
{
    ck_assert_int_eq(option_set_defaults(&options), 0);
    options.max_path_length = 30;
    options.max_path_depth = 6;
    options.max_repeats = 2;
    options.max_query_params = 3;
}

static void check_row(const struct row *row, bool is_limited)
{
    char url[200];
    snprintf(url, sizeof url, "http://a.test%s", row->target);
    enum reason reason = judge(url);
    ck_assert_msg(reason == (is_limited ? row->reason : REASON_NONE), "%s: %s", url, reason_name(reason));
}

START_TEST(each_row_holds)
{
    set_small_limits();
    begin();
    for (int i = 0; i < ROW_COUNT; i++)
        check_row(&ROWS[i], true);
    end();
}
END_TEST

START_TEST(zero_is_no_limit)
{
    set_small_limits();
    options.max_path_length = options.max_path_depth = options.max_repeats = options.max_query_params = NO_LIMIT;
    begin();
    for (int i = 0; i < ROW_COUNT; i++)
        check_row(&ROWS[i], false);
    end();
}
END_TEST

/* As long as a URL can be, and all of it segments. */
START_TEST(hostile_paths_cost_little)
{
    static char url[URL_MAX_LENGTH];
    ck_assert_int_eq(option_set_defaults(&options), 0);
    options.max_path_length = options.max_path_depth = NO_LIMIT;
    begin();
    snprintf(url, sizeof url, "http://a.test");
    memset(url + strlen(url), '/', sizeof url - 1 - strlen(url));
    for (int i = 0; i < effort(50); i++)
        ck_assert_int_eq(judge(url), REASON_REPEATED_SEGMENTS);
    end();
}
END_TEST

/* Sites as they are: none is known to lose a URL by the defaults. */
START_TEST(real_sites_pass)
{
    static const char *const urls[] = {
        "http://a.test/viewtopic.php?f=12&t=345678&start=40&sid=",
        "http://a.test/index.php?title=Special:RecentChanges&limit=500&days=30&hidebots=0&from=20261123030000",
        "http://a.test/cgit/linux.git/tree/tools/net/forwarding/config?h=v6.1&id=830b3c68c1fb1e9176028d02",
        "http://a.test/web/20200101000000/http://b.test/web/20190101000000/http://c.test/a/b/c/d/e/f/g/h/i/j",
        "http://a.test/node_modules/a/node_modules/b/node_modules/c/node_modules/d/node_modules/e/index.js",
        "http://a.test/javadoc/com/example/enterprise/framework/internal/core/impl/factory/Factory.Builder.html",
        "http://a.test/2019/05/07/what-we-did/",
        "http://a.test/tiles/12/12/12.png",
        "http://a.test/en/en/en/",
        "http://a.test/lccn/sn83030214/1865-04-15/ed-1/seq-1/",
        "http://a.test/events/2027-01-01?from=2026-12-01",
    };
    ck_assert_int_eq(option_set_defaults(&options), 0);
    begin();
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct traps_ticket ticket;
        ck_assert_msg(judge(urls[i]) == REASON_NONE, "%s", urls[i]);
        ck_assert_msg(count_with(urls[i], &ticket) == REASON_NONE, "%s", urls[i]);
        ck_assert_msg(!ticket.shares[SHARE_CALENDAR], "%s", urls[i]);
    }
    end();
}
END_TEST

/* --- what others have taken --------------------------------------------------------------------------------------- */

START_TEST(queries_of_a_path_are_counted)
{
    ck_assert_int_eq(option_set_defaults(&options), 0);
    options.max_query_variants = 2;
    begin();
    ck_assert_int_eq(count("http://a.test/x?1"), REASON_NONE);
    ck_assert_int_eq(count("http://a.test/x?2"), REASON_NONE);
    ck_assert_int_eq(count("http://a.test/x?3"), REASON_QUERY_VARIANTS);
    ck_assert_int_eq(count("http://a.test/x"), REASON_NONE);
    ck_assert_int_eq(count("http://a.test/y?3"), REASON_NONE);
    ck_assert_int_eq(count("http://b.test/x?3"), REASON_NONE);
    ck_assert_int_eq(count("http://a.test:81/x?3"), REASON_NONE);
    end();
}
END_TEST

START_TEST(what_is_known_gives_back)
{
    struct traps_ticket ticket, refused;
    ck_assert_int_eq(option_set_defaults(&options), 0);
    options.max_query_variants = 2;
    begin();
    ck_assert_int_eq(count("http://a.test/x?1"), REASON_NONE);
    ck_assert_int_eq(count_with("http://a.test/x?1", &ticket), REASON_NONE);
    ck_assert_int_eq(count_with("http://a.test/x?2", &refused), REASON_QUERY_VARIANTS);
    traps_uncount(traps, &ticket);
    traps_uncount(traps, &refused);
    ck_assert_int_eq(count("http://a.test/x?2"), REASON_NONE);
    ck_assert_int_eq(count("http://a.test/x?3"), REASON_QUERY_VARIANTS);
    end();
}
END_TEST

static void note_refused(const char *text, enum reason reason)
{
    struct url url;
    url_of_serialised(&url, slice_of(text));
    traps_note_refused(traps, &url, reason);
}

START_TEST(what_was_refused_stays_refused)
{
    ck_assert_int_eq(option_set_defaults(&options), 0);
    options.max_query_variants = 1;
    begin();
    ck_assert_int_eq(count("http://a.test/x?1"), REASON_NONE);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(count("http://a.test/x?2"), REASON_QUERY_VARIANTS);
        note_refused("http://a.test/x?2", REASON_QUERY_VARIANTS);
    }
    ck_assert(!traps_hit_budget(traps));
    end();
}
END_TEST

START_TEST(a_budget_of_the_users_holds_for_all_hosts)
{
    struct url root;
    ck_assert_int_eq(option_set_defaults(&options), 0);
    options.max_pages_per_host = 2;
    url_of_serialised(&root, SLICE("http://a.test/"));
    begin();
    ck_assert_int_eq(traps_add_root(traps, &root), 0);
    ck_assert_int_eq(count("http://a.test/"), REASON_NONE);
    ck_assert_int_eq(count("https://www.a.test:81/"), REASON_NONE);
    ck_assert(!traps_hit_budget(traps));
    ck_assert_int_eq(count("http://a.test/2"), REASON_HOST_BUDGET);
    note_refused("http://a.test/2", REASON_HOST_BUDGET);
    ck_assert(traps_hit_budget(traps));
    ck_assert_int_eq(count("http://b.a.test/"), REASON_NONE);
    end();
}
END_TEST

static unsigned count_pages(const char *host, unsigned most)
{
    unsigned counted = 0;
    for (unsigned i = 0; i < most; i++) {
        char url[100];
        snprintf(url, sizeof url, "http://%s/%u", host, i);
        counted += count(url) == REASON_NONE;
    }
    return counted;
}

/* Twice the budget of others; valgrind's share stays below it. */
START_TEST(roots_have_no_budget_by_default)
{
    struct url root;
    unsigned pages = (unsigned)effort(200000), budget = pages < 100000 ? pages : 100000;
    ck_assert_int_eq(option_set_defaults(&options), 0);
    options.scope = SCOPE_ANY;
    url_of_serialised(&root, SLICE("http://www.a.test/"));
    begin();
    ck_assert_int_eq(traps_add_root(traps, &root), 0);
    ck_assert_uint_eq(count_pages("a.test", pages), pages);
    ck_assert_uint_eq(count_pages("b.test", pages), budget);
    end();
}
END_TEST

START_TEST(a_calendar_ends)
{
    unsigned counted = 0;
    ck_assert_int_eq(option_set_defaults(&options), 0);
    options.max_calendar_dates = 10;
    begin();
    for (unsigned year = 1500; year < 3000; year++) {
        char url[100];
        snprintf(url, sizeof url, "http://a.test/calendar/%u/01/", year);
        counted += count(url) == REASON_NONE;
    }
    ck_assert_uint_eq(counted, 1500 - 200 + 10); /* a hundred before 1600, a hundred ahead */
    end();
}
END_TEST

START_TEST(the_first_stands_for_all_sessions)
{
    ck_assert_int_eq(option_set_defaults(&options), 0);
    begin();
    ck_assert_int_eq(count("http://a.test/x;jsessionid=1"), REASON_NONE);
    ck_assert_int_eq(count("http://a.test/x;jsessionid=2"), REASON_SESSION_ID);
    ck_assert_int_eq(count("http://a.test/x;jsessionid=1"), REASON_NONE);
    ck_assert_int_eq(count("http://a.test/x"), REASON_NONE);
    ck_assert_int_eq(count("http://a.test/y;jsessionid=2"), REASON_NONE);
    end();
}
END_TEST

START_TEST(sessions_can_be_kept)
{
    ck_assert_int_eq(option_set_defaults(&options), 0);
    options.keep_session_ids = true;
    begin();
    ck_assert_int_eq(count("http://a.test/x;jsessionid=1"), REASON_NONE);
    ck_assert_int_eq(count("http://a.test/x;jsessionid=2"), REASON_NONE);
    end();
}
END_TEST

/* A URL that its path's limit refuses must not stand for its page. */
START_TEST(a_session_that_is_refused_stands_for_nothing)
{
    ck_assert_int_eq(option_set_defaults(&options), 0);
    options.max_query_variants = 1;
    begin();
    ck_assert_int_eq(count("http://a.test/x?1"), REASON_NONE);
    ck_assert_int_eq(count("http://a.test/x?phpsessid=1"), REASON_QUERY_VARIANTS);
    ck_assert_int_eq(count("http://a.test/x?phpsessid=2"), REASON_QUERY_VARIANTS);
    end();
}
END_TEST

/* Two reasons, at most, why a URL may come to be refused. */
static void check_conditions(const char *text, enum reason one, enum reason other)
{
    struct url url;
    url_of_serialised(&url, slice_of(text));
    for (int reason = REASON_TRAPS_BEGIN; reason < REASON_TRAPS_END; reason++)
        ck_assert_msg(traps_may_refuse(traps, &url, (enum reason)reason) ==
                          (reason == (int)one || reason == (int)other),
                      "%s: %s", text, reason_name((enum reason)reason));
}

START_TEST(conditions_are_told)
{
    struct url root;
    ck_assert_int_eq(option_set_defaults(&options), 0);
    options.scope = SCOPE_DOMAIN;
    url_of_serialised(&root, SLICE("http://a.test/"));
    begin();
    ck_assert_int_eq(traps_add_root(traps, &root), 0);
    check_conditions("http://a.test/", REASON_NONE, REASON_NONE);
    check_conditions("http://a.test/?x", REASON_QUERY_VARIANTS, REASON_NONE);
    check_conditions("http://a.test/1555/01/", REASON_CALENDAR, REASON_NONE);
    check_conditions("http://a.test/x?phpsessid=1", REASON_SESSION_ID, REASON_QUERY_VARIANTS);
    check_conditions("http://b.a.test/", REASON_HOST_BUDGET, REASON_NONE);
    end();
}
END_TEST

int main(void)
{
    return RUN_TESTS("traps", each_row_holds, zero_is_no_limit, hostile_paths_cost_little, real_sites_pass,
                     queries_of_a_path_are_counted, what_is_known_gives_back, what_was_refused_stays_refused,
                     a_budget_of_the_users_holds_for_all_hosts, roots_have_no_budget_by_default, a_calendar_ends,
                     the_first_stands_for_all_sessions, sessions_can_be_kept,
                     a_session_that_is_refused_stands_for_nothing, conditions_are_told);
}
