/* --link-graph: which page links where, and what it is good for: a crawl with limits that goes on finds what it would
 * have found. */
#include <stdio.h>
#include <string.h>

#include "e2e/state_place.h"
#include "unit/suite.h"

/* Crawls with `options`, which end with NULL. */
static void crawl(struct run *run, const char *const *options)
{
    const char *arguments[MOST_ARGUMENTS];
    const char *const usual[] = {"--state", state_place.state, "--follow", "every", NULL};
    run_crawler(run, state_place.site, join_arguments(arguments, usual, options, state_place.root));
}

static const struct site_page WEB[] = {
    {.path = "/",
     .body =
         "<a href=/a><a href=b#x><a href=./b><a href=http://other.test/x><a href=mailto:x@x.test><a href='http://['>"
         "<a href=/img rel=nofollow><a href=/>"},
    {.path = "/a", .body = "<a href=/b><a href=http://other.test/x><a href=/><a href=/moved>"},
    {.path = "/b", .body = "<a href=/a><a href=/b?y=1&x=2><a href=/b?x=2&y=1><a href=http://other.test/x>"},
    {.path = "/b?y=1&x=2", .body = "1"},
    {.path = "/b?x=2&y=1", .body = "2"},
    {.path = "/moved", .status = 302, .location = "/a"},
    {.path = "/img", .body = "i", .type = "image/png"},
    {0}};

/* Rows in the order of pages and, on each, of the document. */
static const char *links(void)
{
    return state_ask("SELECT substr(page, instr(substr(page, 8), '/') + 7) || ' ' ||"
                     " CASE WHEN target LIKE 'http://127.%' THEN substr(target, instr(substr(target, 8), '/') + 7)"
                     " ELSE target END || coalesce(' ' || reason, '') FROM links");
}

START_TEST(all_links_of_a_page_are_there_once)
{
    struct run run;
    state_place_open(&(struct site_config){.pages = WEB});
    crawl(&run, (const char *const[]){"--link-graph", NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_str_eq(links(),
                     "/ /a\n/ /b\n/ http://other.test/x host\n/ mailto:x@x.test scheme\n/ http://[ malformed\n/ /img\n"
                     "/ /\n/a /b\n/a http://other.test/x host\n/a /\n/a /moved\n/b /a\n/b /b?y=1&x=2\n"
                     "/b /b?x=2&y=1\n/b http://other.test/x host\n");
    run_free(&run);
    state_place_close();
}
END_TEST

START_TEST(links_that_are_not_followed_or_the_same_are_told)
{
    struct run run;
    state_place_open(&(struct site_config){.pages = WEB});
    crawl(&run, (const char *const[]){"--link-graph", "--heed-nofollow", "--sort-query", NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_ptr_nonnull(strstr(links(), "/ /img nofollow\n"));
    ck_assert_str_eq(state_ask("SELECT count(*) FROM links WHERE target LIKE '%/b?%'"), "1\n");
    ck_assert_str_eq(state_ask("SELECT count(*) FROM links"), "14\n");
    run_free(&run);
    state_place_close();
}
END_TEST

START_TEST(without_it_nothing_is_kept)
{
    struct run run;
    state_place_open(&(struct site_config){.pages = WEB});
    crawl(&run, (const char *const[]){NULL});
    ck_assert_str_eq(state_ask("SELECT count(*) FROM link"), "0\n");
    run_free(&run);
    crawl(&run, (const char *const[]){"--revisit", "--link-graph", NULL});
    state_check_exit(&run, 2, "--link-graph was false and is true");
    run_free(&run);
    run_crawler(&run, NULL, (const char *const[]){"--link-graph", state_place.root, NULL});
    state_check_exit(&run, 2, "--link-graph: takes --state FILE");
    run_free(&run);
    state_place_close();
}
END_TEST

/* Pages of many links come in by and by. */
START_TEST(a_large_page_has_all_its_links)
{
    enum { COUNT = 20000 };
    const struct site_graph graph = {.pages = COUNT, .links = COUNT};
    struct run run;
    state_place_open(&(struct site_config){.graph = &graph});
    crawl(&run, (const char *const[]){"--link-graph", "-n", "50", NULL});
    ck_assert_int_eq(run.exit_code, 5);
    ck_assert_str_eq(state_ask("SELECT count(*), count(DISTINCT target) FROM links WHERE id = 1"), "20000|20000\n");
    ck_assert_str_eq(state_ask("SELECT count(*) FROM links WHERE id <> 1"), "49\n");
    run_free(&run);
    state_place_close();
}
END_TEST

/* Known URLs have their numbers in every process. */
START_TEST(a_graph_is_the_same_when_a_crawl_goes_on)
{
    const struct site_graph graph = {.pages = 60, .links = 8};
    static char whole[32768];
    struct run run;
    state_place_open(&(struct site_config){.graph = &graph});
    crawl(&run, (const char *const[]){"--link-graph", "-c", "1", NULL});
    snprintf(whole, sizeof whole, "%s", links());
    ck_assert_ptr_nonnull(strchr(whole, '\n'));
    run_free(&run);
    remove(state_place.state);
    for (int code = 5; code == 5; run_free(&run)) {
        crawl(&run, (const char *const[]){"--link-graph", "-c", "1", "-n", "7", NULL});
        code = run.exit_code;
        ck_assert_msg(code == 0 || code == 5, "%s", run.err);
    }
    ck_assert_str_eq(links(), whole);
    state_place_close();
}
END_TEST

START_TEST(a_visit_keeps_the_links_of_what_is_not_modified_and_forgets_others)
{
    const struct site_page old[] = {
        {.path = "/", .body = "<a href=/same><a href=/less><a href=/goes>", .etag = "\"1\""},
        {.path = "/same", .body = "<a href=/>", .etag = "\"1\""},
        {.path = "/less", .body = "<a href=/><a href=/same>", .etag = "\"1\""},
        {.path = "/goes", .body = "<a href=/>", .etag = "\"1\""},
        {0}};
    struct site_page new[5];
    struct run run;
    memcpy(new, old, sizeof new);
    new[2] = (struct site_page){.path = "/less", .body = "nothing"};
    new[3] = (struct site_page){.path = "/goes", .status = 301, .location = "/"};
    state_place_open(&(struct site_config){.pages = old});
    crawl(&run, (const char *const[]){"--link-graph", NULL});
    run_free(&run);
    state_place_serve(&(struct site_config){.pages = new});
    crawl(&run, (const char *const[]){"--link-graph", "--revisit", NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_str_eq(links(), "/ /same\n/ /less\n/ /goes\n/same /\n");
    run_free(&run);
    state_place_close();
}
END_TEST

/* What was fetched, and why the others weren't. */
static void outcome(char *text, size_t size)
{
    snprintf(text, size, "%s",
             state_ask("SELECT substr(url, instr(substr(url, 8), '/') + 7) AS path, coalesce(status, reason) FROM url"
                       " LEFT JOIN record USING (id) ORDER BY path"));
}

/* Crawls `pages` at once, and again, broken off after each number of them, and compares. */
static void check_going_on(const struct site_page *pages, const char *option, const char *value, const char *expected)
{
    char whole[2048], parts[2048], number[16];
    struct run run;
    int code = 5;
    state_place_open(&(struct site_config){.pages = pages});
    crawl(&run, (const char *const[]){"-c", "1", option, value, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    run_free(&run);
    outcome(whole, sizeof whole);
    ck_assert_str_eq(whole, expected);
    for (int most = 1; code == 5; most++) {
        state_place_serve(&(struct site_config){.pages = pages});
        remove(state_place.state);
        snprintf(number, sizeof number, "%d", most);
        crawl(&run, (const char *const[]){"-c", "1", "-n", number, option, value, NULL});
        code = run.exit_code;
        run_free(&run);
        if (code != 5)
            break;
        crawl(&run, (const char *const[]){"-c", "1", option, value, NULL});
        ck_assert_int_eq(run.exit_code, 0);
        run_free(&run);
        outcome(parts, sizeof parts);
        ck_assert_msg(strcmp(parts, whole) == 0, "broken off after %d:\n%sand not\n%s", most, parts, whole);
    }
    state_place_close();
}

/* "/late", which has a short way, is answered only at its second try. "/end" was first found on another way than the
 * one that gets shorter. */
START_TEST(a_short_way_that_is_found_late_counts)
{
    static const struct site_page pages[] = {
        {.path = "/", .body = "<a href=/a><a href=/late>"},
        {.path = "/a", .body = "<a href=/b>"},
        {.path = "/b", .body = "<a href=/c>"},
        {.path = "/c", .body = "<a href=/y><a href=/d>"},
        {.path = "/y", .body = "<a href=/end>"},
        {.path = "/d", .body = "<a href=/end>"},
        {.path = "/late", .body = "<a href=/d>", .status = 503, .fault = SITE_NOT_NOW, .fault_times = 1},
        {.path = "/end", .body = "<a href=/e1>"},
        {.path = "/e1", .body = "<a href=/e2>"},
        {.path = "/e2", .body = ""},
        {0}};
    check_going_on(pages, "-d", "4",
                   "/|200\n/a|200\n/b|200\n/c|200\n/d|200\n/e1|200\n/e2|depth\n/end|200\n/late|200\n/y|200\n");
}
END_TEST

/* The same for redirects in a row: "/early" links into the middle of a chain that is not known to its end yet, since
 * "/r2" is answered only at its second try; "/late" links to "/u1", which joins another chain. */
START_TEST(short_chains_of_redirects_count)
{
    static const struct site_page pages[] = {
        {.path = "/", .body = "<a href=/r0><a href=/early><a href=/t0><a href=/u0><a href=/late>"},
        {.path = "/r0", .status = 302, .location = "/r1"},
        {.path = "/r1", .status = 302, .location = "/r2"},
        {.path = "/r2", .status = 302, .location = "/r3", .fault = SITE_CLOSE_BEFORE_HEAD, .fault_times = 1},
        {.path = "/r3", .status = 302, .location = "/r4"},
        {.path = "/r4", .body = "4"},
        {.path = "/early", .body = "<a href=/r1>"},
        {.path = "/t0", .status = 302, .location = "/t1"},
        {.path = "/t1", .status = 302, .location = "/t2"},
        {.path = "/t2", .status = 302, .location = "/t3"},
        {.path = "/t3", .body = "3"},
        {.path = "/u0", .status = 302, .location = "/u1"},
        {.path = "/u1", .status = 302, .location = "/t2"},
        {.path = "/late", .body = "<a href=/u1>", .status = 503, .fault = SITE_NOT_NOW, .fault_times = 1},
        {0}};
    static const char expected[] =
        "/|200\n/early|200\n/late|200\n/r0|302\n/r1|302\n/r2|302\n/r3|302\n/r4|redirects\n/t0|302\n"
        "/t1|302\n/t2|302\n/t3|200\n/u0|302\n/u1|302\n";
    check_going_on(pages, "--max-redirect=2", _i ? "--link-graph" : NULL, expected);
}
END_TEST

/* A link that is not to be followed is no way. */
START_TEST(links_that_are_not_followed_shorten_nothing)
{
    static const struct site_page pages[] = {
        {.path = "/", .body = "<a href=/a><a href=/late>"},
        {.path = "/a", .body = "<a href=/x rel=nofollow><a href=/b>"},
        {.path = "/b", .body = "<a href=/c>"},
        {.path = "/c", .body = "<a href=/x>"},
        {.path = "/x", .body = "<a href=/y>"},
        {.path = "/y", .body = "y"},
        {.path = "/late", .body = "<a href=/c>", .status = 503, .fault = SITE_NOT_NOW, .fault_times = 1},
        {0}};
    struct run run;
    char text[2048];
    state_place_open(&(struct site_config){.pages = pages});
    for (int i = 0; i < 2; i++) {
        crawl(&run, (const char *const[]){"-c", "1", "-d", "3", "--heed-nofollow", i ? NULL : "-n", "4", NULL});
        ck_assert_int_eq(run.exit_code, i ? 0 : 5);
        run_free(&run);
    }
    outcome(text, sizeof text);
    ck_assert_str_eq(text, "/|200\n/a|200\n/b|200\n/c|200\n/late|200\n/x|200\n/y|depth\n");
    state_place_close();
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS_TIMES("redirects", 2, short_chains_of_redirects_count);
    return failed | RUN_TESTS("link_graph", all_links_of_a_page_are_there_once,
                              links_that_are_not_followed_or_the_same_are_told, without_it_nothing_is_kept,
                              a_large_page_has_all_its_links, a_graph_is_the_same_when_a_crawl_goes_on,
                              a_visit_keeps_the_links_of_what_is_not_modified_and_forgets_others,
                              a_short_way_that_is_found_late_counts, links_that_are_not_followed_shorten_nothing);
}
