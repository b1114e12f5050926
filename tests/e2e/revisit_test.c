/* --revisit: a finished crawl whose URLs are fetched again, asking only for what has changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/records.h"
#include "e2e/state_place.h"
#include "unit/folder.h"
#include "unit/suite.h"

#define WHEN "Sun, 06 Nov 1994 08:49:37 GMT"

/* All that can be told of a page that stays as it is. "/leaf" can be reached only through a page that is not sent
 * again. */
static const struct site_page PAGES[] = {
    {.path = "/",
     .body = "<a href=/strong><a href=/weak><a href=/dated><a href=/plain><a href=/moved>",
     .etag = "\"1\""},
    {.path = "/strong", .body = "<a href=/leaf><p>strong", .etag = "\"strong,1\"", .modified = WHEN},
    {.path = "/weak", .type = "text/css", .body = "weak", .etag = "W/\"weak\""},
    {.path = "/dated", .body = "dated", .modified = WHEN},
    {.path = "/plain", .body = "plain"},
    {.path = "/leaf", .body = "leaf", .etag = "\"leaf\""},
    {.path = "/moved", .status = 301, .location = "/leaf", .etag = "\"moved\""},
    {0}};

enum { ALL = 7, ALL_TWICE = 14, WITH_VALIDATORS = 5 };

static void crawl_first(const struct site_page *pages)
{
    struct run run;
    state_place_open(&(struct site_config){.pages = pages});
    state_crawl(&run, NULL, NULL, state_place.root);
    ck_assert_int_eq(run.exit_code, 0);
    run_free(&run);
}

/* What a request for `path` asked by, after the first `from` requests; "" when it didn't. */
static void asked_by(unsigned from, const char *path, const char *header, char *value)
{
    static struct site_request request;
    char target[TEXT_SIZE];
    value[0] = '\0';
    for (unsigned i = from; site_request(state_place.site, i, &request); i++)
        if (strcmp(site_request_target(&request, target, sizeof target), path) == 0) {
            if (!site_request_header(&request, header, value, TEXT_SIZE))
                value[0] = '\0';
            return;
        }
    ck_abort_msg("%s was not asked for", path);
}

static void check_asked(unsigned from, const char *path, const char *tag, const char *date)
{
    char value[TEXT_SIZE];
    asked_by(from, path, "If-None-Match", value);
    ck_assert_str_eq(value, tag);
    asked_by(from, path, "If-Modified-Since", value);
    ck_assert_str_eq(value, date);
}

START_TEST(what_stayed_as_it_was_is_not_sent_again)
{
    struct run run;
    crawl_first(PAGES);
    unsigned first = site_requests(state_place.site);
    ck_assert_uint_eq(first, ALL);
    state_crawl(&run, "--revisit", NULL, state_place.root);
    state_check_exit(&run, 0, "visiting again: 0 URLs have their record, 7 wait");
    ck_assert_uint_eq(site_requests(state_place.site), ALL_TWICE);
    check_asked(first, "/", "\"1\"", "");
    check_asked(first, "/strong", "\"strong,1\"", WHEN);
    check_asked(first, "/weak", "W/\"weak\"", "");
    check_asked(first, "/dated", "", WHEN);
    check_asked(first, "/plain", "", "");
    check_asked(first, "/leaf", "\"leaf\"", "");
    check_asked(first, "/moved", "", "");
    ck_assert_int_eq(run_counter(&run, "status_304"), WITH_VALIDATORS);
    ck_assert_int_eq(run_counter(&run, "unchanged"), WITH_VALIDATORS + 1);
    ck_assert_int_eq(run_counter(&run, "html"), 5);
    ck_assert_ptr_nonnull(strstr(run.out, "~/strong 304 text/html UTF-8 23 0/1\n"));
    ck_assert_ptr_nonnull(strstr(run.out, "~/weak 304 text/css UTF-8 4\n"));
    ck_assert_ptr_nonnull(strstr(run.out, "URLs: 7 discovered = 7 fetched + 0 failed + 0 filtered + 0 pending"));
    ck_assert_str_eq(state_ask("SELECT * FROM changes"), "");
    ck_assert_str_eq(state_ask("SELECT value FROM crawl WHERE name IN ('visit', 'finished') ORDER BY name"), "1\n2\n");
    run_free(&run);
    state_place_close();
}
END_TEST

/* A page that is not modified for the third time is known by what came with its body. */
START_TEST(visits_follow_one_another)
{
    struct run run;
    crawl_first(PAGES);
    for (int i = 0; i < 3; i++) {
        unsigned before = site_requests(state_place.site);
        state_crawl(&run, "--revisit", NULL, NULL);
        ck_assert_int_eq(run.exit_code, 0);
        ck_assert_int_eq(run_counter(&run, "status_304"), WITH_VALIDATORS);
        ck_assert_ptr_nonnull(strstr(run.out, "~/strong 304 text/html UTF-8 23 0/1\n"));
        check_asked(before, "/strong", "\"strong,1\"", WHEN);
        run_free(&run);
    }
    ck_assert_str_eq(state_ask("SELECT url, unchanged FROM pages WHERE NOT unchanged"),
                     state_ask("SELECT url, 0 FROM redirects"));
    run_crawler(&run, state_place.site, (const char *const[]){"report", state_place.state, NULL});
    ck_assert_int_eq(run_counter(&run, "unchanged"), WITH_VALIDATORS + 1);
    ck_assert_int_eq(run_counter(&run, "status_304"), WITH_VALIDATORS);
    run_free(&run);
    state_place_close();
}
END_TEST

/* More than SQLite changes at once without a temporary file. */
START_TEST(a_larger_crawl_is_visited_again_and_again)
{
    const struct site_graph graph = {.pages = 4000, .links = 2};
    struct run run;
    state_place_open(&(struct site_config){.graph = &graph});
    for (int i = 0; i < 4; i++) {
        state_crawl(&run, i ? "--revisit" : NULL, NULL, state_place.root);
        ck_assert_msg(run.exit_code == 0, "visit %d: %s", i, run.err);
        ck_assert_int_eq(run_counter(&run, "unchanged"), i ? 4001 : -1);
        run_free(&run);
    }
    state_place_close();
}
END_TEST

START_TEST(what_has_changed_can_be_asked_and_compared)
{
    static const char links[] =
        "<a href=/same><a href=/text><a href=/moved><a href=/broke><a href=/mended><a href=/quiet>"
        "<a href=/gone>";
    char new_links[TEXT_SIZE], copy[PATH_SIZE + 16], command[3 * PATH_SIZE];
    snprintf(new_links, sizeof new_links, "%.*s<a href=/new>", (int)(sizeof links - 1 - strlen("<a href=/gone>")),
             links);
    const struct site_page old[] = {
        {.path = "/", .body = links, .etag = "\"1\""},     {.path = "/same", .body = "s", .etag = "\"1\""},
        {.path = "/text", .body = "one", .etag = "\"1\""}, {.path = "/moved", .status = 301, .location = "/same"},
        {.path = "/broke", .body = "b", .etag = "\"1\""},  {.path = "/quiet", .body = "q", .etag = "\"1\""},
        {.path = "/gone", .body = "g", .etag = "\"1\""},   {0}};
    const struct site_page new[] = {{.path = "/", .body = new_links, .etag = "\"2\""},
                                    {.path = "/same", .body = "s", .etag = "\"1\""},
                                    {.path = "/text", .body = "two", .etag = "\"2\""},
                                    {.path = "/moved", .status = 301, .location = "/text"},
                                    {.path = "/broke", .status = 500, .body = "b"},
                                    {.path = "/mended", .body = "m"},
                                    {.path = "/quiet", .body = "q", .etag = "\"other words\""},
                                    {.path = "/new", .body = "<a href=/newer>"},
                                    {.path = "/newer", .body = "n"},
                                    {0}};
    struct run run;
    crawl_first(old);
    snprintf(copy, sizeof copy, "%s/old.db", state_place.folder);
    snprintf(command, sizeof command, "cp %s %s", state_place.state, copy);
    ck_assert_int_eq(system(command), 0);
    state_place_serve(&(struct site_config){.pages = new});
    state_crawl(&run, "--revisit", NULL, NULL);
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_int_eq(run_counter(&run, "status_304"), 1);
    ck_assert_int_eq(run_counter(&run, "unchanged"), 2);
    run_free(&run);
    ck_assert_str_eq(state_ask("SELECT change, substr(url, instr(substr(url, 8), '/') + 7), before, now FROM changes"
                               " ORDER BY change, url"),
                     "broken|/broke|200|500\nchanged|/|200|200\nchanged|/moved|301|301\nchanged|/text|200|200\n"
                     "gone|/gone|200|404\nmended|/mended|404|200\nnew|/new||200\nnew|/newer||200\n");
    run_crawler(&run, state_place.site, (const char *const[]){"diff", copy, state_place.state, NULL});
    ck_assert_str_eq(run.out, "new      200  ~/new\nnew      200  ~/newer\nbroken   200 -> 500  ~/broke\n"
                              "broken   200 -> 404  ~/gone\nmended   404 -> 200  ~/mended\nchanged  200  ~/\n"
                              "changed  301  ~/moved\nchanged  200  ~/text\n"
                              "2 new, 0 gone, 2 broken, 1 mended, 3 changed\n");
    run_free(&run);
    state_place_close();
}
END_TEST

START_TEST(a_visit_that_was_broken_off_goes_on)
{
    struct run run;
    crawl_first(PAGES);
    for (int i = 0; i < 2; i++) {
        run_crawler(&run, state_place.site,
                    (const char *const[]){"--state", state_place.state, i ? "--resume" : "--revisit", "-n", "2", NULL});
        state_check_exit(&run, 5, i ? "visiting again: 2 URLs" : "visiting again: 0 URLs");
        run_free(&run);
    }
    state_crawl(&run, "--revisit", NULL, state_place.root); /* finishes it, and does not begin another */
    state_check_exit(&run, 0, "visiting again: 4 URLs have their record, 3 wait");
    ck_assert_int_eq(run_counter(&run, "status_304"), WITH_VALIDATORS);
    ck_assert_int_eq(run_counter(&run, "Done:"), ALL);
    run_free(&run);
    ck_assert_uint_eq(site_requests(state_place.site), ALL_TWICE);
    for (size_t i = 0; i < ALL; i++)
        ck_assert_uint_eq(site_request_count(state_place.site, PAGES[i].path), 2);
    state_crawl(&run, NULL, NULL, state_place.root);
    state_check_exit(&run, 2, "holds a finished crawl");
    run_free(&run);
    state_place_close();
}
END_TEST

/* An ETag of 8 KB and others that are not to be sent back, and answers that nobody asked for. */
START_TEST(odd_servers_do_no_harm)
{
    static char long_tag[8193];
    memset(long_tag, 'x', sizeof long_tag - 1);
    long_tag[0] = long_tag[sizeof long_tag - 2] = '"';
    const struct site_page pages[] = {
        {.path = "/",
         .body = "<a href=/long><a href=/star><a href=/future><a href=/word><a href=/unasked><a href=/stubborn><a "
                 "href=/cr>"},
        {.path = "/long", .body = "l", .etag = long_tag, .modified = WHEN},
        {.path = "/star", .body = "s", .etag = "*"},
        {.path = "/future", .body = "f", .modified = "Fri, 01 Jan 2999 00:00:00 GMT"},
        {.path = "/word", .body = "w", .modified = "yesterday"},
        {.path = "/unasked", .status = 304, .headers = "ETag: \"u\"\r\n"},
        {.path = "/stubborn", .body = "b", .headers = "ETag: \"b\"\r\n"}, /* 200 whatever it is asked */
        {.path = "/cr", .body = "c", .etag = "\"a\rX-Evil: 1\""},
        {0}};
    struct run run;
    crawl_first(pages);
    for (int visit = 2; visit < 4; visit++) {
        unsigned before = site_requests(state_place.site);
        state_crawl(&run, "--revisit", NULL, NULL);
        ck_assert_int_eq(run.exit_code, 0);
        check_asked(before, "/long", "", WHEN);
        check_asked(before, "/star", "", "");
        check_asked(before, "/future", "", "");
        check_asked(before, "/word", "", "");
        check_asked(before, "/unasked", "", "");
        check_asked(before, "/stubborn", "\"b\"", "");
        check_asked(before, "/cr", "", "");
        ck_assert_int_eq(run_counter(&run, "status_304"), 2);
        ck_assert_int_eq(run_counter(&run, "unchanged"), 7);
        ck_assert_str_eq(state_ask("SELECT * FROM changes"), "");
        ck_assert_str_eq(state_ask("SELECT status, unchanged FROM pages WHERE url LIKE '%/unasked'"), "304|0\n");
        run_free(&run);
    }
    state_place_close();
}
END_TEST

/* The same path on two ports: each gets its own tag. */
START_TEST(validators_go_where_they_come_from)
{
    const struct site_listener listeners[] = {{.port = 0}, {.port = 0}};
    const struct site_page pages[] = {
        {.path = "/", .body = "<a href=http://127.0.0.1:{PORT1}/x><a href=/x><a href=/go>"},
        {.path = "/x", .body = "x{PORT}", .framing = SITE_LENGTH, .etag = "\"x\""},
        {.path = "/go", .status = 302, .location = "http://127.0.0.1:{PORT1}/y", .etag = "\"go\"", .modified = WHEN},
        {.path = "/y", .body = "y"},
        {0}};
    static struct site_request request;
    struct run run;
    char value[TEXT_SIZE], target[TEXT_SIZE];
    state_place_open(&(struct site_config){.pages = pages, .listeners = listeners, .listener_count = 2});
    state_crawl(&run, NULL, NULL, state_place.root);
    run_free(&run);
    state_change("UPDATE record SET entity_tag = '\"' || id || '\"' WHERE entity_tag IS NOT NULL");
    unsigned before = site_requests(state_place.site);
    state_crawl(&run, "--revisit", NULL, NULL);
    ck_assert_int_eq(run.exit_code, 0);
    for (unsigned i = before; site_request(state_place.site, i, &request); i++) {
        char question[2 * TEXT_SIZE], expected[TEXT_SIZE + 1];
        bool has_tag = site_request_header(&request, "If-None-Match", value, sizeof value);
        snprintf(question, sizeof question, "SELECT '\"' || id || '\"' FROM url WHERE url = 'http://127.0.0.1:%u%s'",
                 site_port(state_place.site, request.listener), site_request_target(&request, target, sizeof target));
        snprintf(expected, sizeof expected, "%s\n", value);
        ck_assert_int_eq(has_tag, strcmp(target, "/x") == 0);
        if (has_tag)
            ck_assert_str_eq(expected, state_ask(question));
    }
    run_free(&run);
    state_place_close();
}
END_TEST

/* What is in the file is not trusted. */
START_TEST(texts_of_the_file_are_looked_at)
{
    struct run run;
    crawl_first(PAGES);
    state_change(
        "UPDATE record SET entity_tag = '\"a' || char(13, 10) || 'X-Evil: 1\"', last_modified = 'Mon' || char(10)");
    unsigned before = site_requests(state_place.site);
    state_crawl(&run, "--revisit", NULL, NULL);
    ck_assert_int_eq(run.exit_code, 0);
    check_asked(before, "/strong", "", "");
    ck_assert_int_eq(run_counter(&run, "status_304"), -1);
    ck_assert_int_eq(run_counter(&run, "unchanged"), ALL - 1);
    run_free(&run);
    state_place_close();
}
END_TEST

START_TEST(robots_txt_is_heeded_anew)
{
    const struct site_page before[] = {
        {.path = "/", .body = "<a href=/x><a href=/y>"},
        {.path = "/x", .body = "x"},
        {.path = "/y", .body = "y"},
        {.path = "/robots.txt", .type = "text/plain", .body = "User-agent: *\nDisallow: /x\n"},
        {0}};
    const struct site_page after[] = {
        {.path = "/", .body = "<a href=/x><a href=/y>"},
        {.path = "/x", .body = "x"},
        {.path = "/y", .body = "y"},
        {.path = "/robots.txt", .type = "text/plain", .body = "User-agent: *\nDisallow: /y\n"},
        {0}};
    static const char *const wanted[] = {"--state", state_place.state, "--config", "/dev/null", "--sitemap", "off"};
    struct run run;
    state_place_open(&(struct site_config){.pages = before});
    run_crawler(&run, NULL,
                (const char *const[]){wanted[0], wanted[1], wanted[2], wanted[3], wanted[4], wanted[5],
                                      state_place.root, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    run_free(&run);
    state_place_serve(&(struct site_config){.pages = after});
    run_crawler(
        &run, NULL,
        (const char *const[]){wanted[0], wanted[1], wanted[2], wanted[3], wanted[4], wanted[5], "--revisit", NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_uint_eq(site_request_count(state_place.site, "/x"), 1);
    ck_assert_uint_eq(site_request_count(state_place.site, "/y"), 0);
    ck_assert_str_eq(state_ask("SELECT change, before, now FROM changes ORDER BY 1"), "gone|200|robots\nnew||200\n");
    run_free(&run);
    state_place_close();
}
END_TEST

START_TEST(there_must_be_a_crawl_to_visit)
{
    struct run run;
    state_place_open(&(struct site_config){.pages = PAGES});
    state_crawl(&run, "--revisit", NULL, state_place.root);
    state_check_exit(&run, 2, "there is no crawl to go on with (--revisit)");
    run_free(&run);
    run_crawler(&run, NULL, (const char *const[]){"--revisit", state_place.root, NULL});
    state_check_exit(&run, 2, "--revisit: takes --state FILE");
    run_free(&run);
    state_crawl(&run, NULL, NULL, state_place.root);
    run_free(&run);
    state_crawl(&run, "--revisit", NULL, "http://127.0.0.1:1/");
    state_check_exit(&run, 2, "by other rules");
    run_free(&run);
    ck_assert_str_eq(state_ask("SELECT count(*) FROM record"), "7\n");
    ck_assert_uint_eq(site_requests(state_place.site), ALL);
    state_place_close();
}
END_TEST

/* Makes the state file one of version 1, by the words of that version. */
static void make_version_1(void)
{
    char command[4 * PATH_SIZE], newer[PATH_SIZE + 16], *tables = file_text(VERSION_1);
    static char statements[16384];
    snprintf(newer, sizeof newer, "%s/newer.db", state_place.folder);
    ck_assert_int_eq(rename(state_place.state, newer), 0);
    snprintf(command, sizeof command, "rm -f %1$s-wal %1$s-shm", state_place.state);
    ck_assert_int_eq(system(command), 0);
    snprintf(
        statements, sizeof statements,
        "PRAGMA journal_mode = WAL; %s ATTACH '%s' AS newer; INSERT INTO crawl SELECT * FROM newer.crawl;"
        "INSERT INTO url SELECT id, url, referrer, depth, redirects, reason FROM newer.url;"
        "INSERT INTO record SELECT id, status, error, detail, next_url, content_type, encoding, flags, size, wire_size,"
        " links, new_links, depth, tries, started, resolved, begun, connected, secured, first_byte, total, version,"
        " address, digest FROM newer.record",
        tables, newer);
    free(tables);
    state_change(statements);
}

static void check_version(const char *version)
{
    ck_assert_str_eq(state_ask("SELECT * FROM pragma_user_version"), version);
}

START_TEST(a_file_of_version_1_is_taken_over)
{
    struct run run;
    crawl_first(PAGES);
    make_version_1();
    check_version("1\n");
    if (_i == 0) { /* by who reads it */
        run_crawler(&run, state_place.site, (const char *const[]){"report", state_place.state, NULL});
        ck_assert_int_eq(run.exit_code, 0);
        ck_assert_int_eq(run_counter(&run, "Done:"), ALL);
        run_free(&run);
        check_version("2\n");
    }
    state_crawl(&run, "--revisit", NULL, state_place.root);
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_int_eq(run_counter(&run, "status_304"), -1); /* it knew no validators */
    ck_assert_int_eq(run_counter(&run, "unchanged"), ALL - 1);
    run_free(&run);
    check_version("2\n");
    state_crawl(&run, "--revisit", NULL, state_place.root);
    ck_assert_int_eq(run_counter(&run, "status_304"), WITH_VALIDATORS);
    run_free(&run);
    state_place_close();
}
END_TEST

START_TEST(an_unfinished_crawl_of_version_1_goes_on)
{
    struct run run;
    state_place_open(&(struct site_config){.pages = PAGES});
    state_crawl(&run, "-n", "3", state_place.root);
    run_free(&run);
    make_version_1();
    state_crawl(&run, "--resume", NULL, NULL);
    state_check_exit(&run, 0, "going on: 3 URLs have their record");
    ck_assert_int_eq(run_counter(&run, "Done:"), ALL);
    ck_assert_uint_eq(site_requests(state_place.site), ALL);
    run_free(&run);
    check_version("2\n");
    state_place_close();
}
END_TEST

START_TEST(a_file_of_a_later_version_is_left_alone)
{
    struct run run;
    crawl_first(PAGES);
    state_change("PRAGMA user_version = 3");
    state_crawl(&run, "--revisit", NULL, NULL);
    state_check_exit(&run, 1, "written by another version of this program");
    run_free(&run);
    run_crawler(&run, NULL, (const char *const[]){"report", state_place.state, NULL});
    state_check_exit(&run, 1, "written by another version of this program");
    run_free(&run);
    check_version("3\n");
    state_place_close();
}
END_TEST

int main(void)
{
    int failed =
        RUN_TESTS("revisit", what_stayed_as_it_was_is_not_sent_again, visits_follow_one_another,
                  a_larger_crawl_is_visited_again_and_again, what_has_changed_can_be_asked_and_compared,
                  a_visit_that_was_broken_off_goes_on, odd_servers_do_no_harm, validators_go_where_they_come_from,
                  texts_of_the_file_are_looked_at, robots_txt_is_heeded_anew, there_must_be_a_crawl_to_visit,
                  an_unfinished_crawl_of_version_1_goes_on, a_file_of_a_later_version_is_left_alone);
    return failed | RUN_TESTS_TIMES("migration", 2, a_file_of_version_1_is_taken_over);
}
