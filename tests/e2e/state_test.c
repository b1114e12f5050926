/* Crawls with --state: what is refused, what goes on, what is read from the file later. Kills are in kills.c. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/records.h"
#include "e2e/state_place.h"
#include "unit/folder.h"
#include "unit/suite.h"

static const struct site_graph GRAPH = {.pages = 60, .links = 8};

START_TEST(a_crawl_that_hit_a_limit_goes_on)
{
    struct run first, second;
    state_place_open(&(struct site_config){.graph = &GRAPH});
    state_crawl(&first, "-n", "20", state_place.root);
    ck_assert_int_eq(first.exit_code, 5);
    ck_assert_uint_eq(site_requests(state_place.site), 20);
    state_crawl(&second, NULL, NULL, state_place.root);
    state_check_exit(&second, 0, "going on: 20 URLs have their record");
    ck_assert_int_eq(run_counter(&second, "Done:"), 61);
    ck_assert_uint_eq(site_requests(state_place.site), 61);
    ck_assert_uint_eq(site_most_requests(state_place.site), 1);
    run_free(&first);
    run_free(&second);
    state_place_close();
}
END_TEST

START_TEST(its_roots_need_not_be_given_again)
{
    struct run run;
    state_place_open(&(struct site_config){.graph = &GRAPH});
    state_crawl(&run, "-n", "1", state_place.root);
    run_free(&run);
    state_crawl(&run, "--resume", NULL, NULL);
    state_check_exit(&run, 0, "going on: 1 URLs have their record");
    ck_assert_int_eq(run_counter(&run, "Done:"), 61);
    run_free(&run);
    state_place_close();
}
END_TEST

START_TEST(other_rules_are_refused_and_named)
{
    struct run run;
    state_place_open(&(struct site_config){.graph = &GRAPH});
    state_crawl(&run, "-n", "1", state_place.root);
    run_free(&run);
    state_crawl(&run, "--depth", "3", state_place.root);
    state_check_exit(&run, 2, "holds a crawl by other rules: --depth was null and is 3");
    run_free(&run);
    state_crawl(&run, "--exclude", "x", state_place.root);
    state_check_exit(&run, 2, "--exclude was [] and is [\"x\"]");
    run_free(&run);
    state_crawl(&run, NULL, NULL, "http://other.test/");
    state_check_exit(&run, 2, "roots was [");
    run_free(&run);
    ck_assert_uint_eq(site_requests(state_place.site), 1);
    state_place_close();
}
END_TEST

START_TEST(a_finished_crawl_is_left_alone)
{
    struct run run;
    state_place_open(&(struct site_config){.graph = &GRAPH});
    state_crawl(&run, NULL, NULL, state_place.root);
    ck_assert_int_eq(run.exit_code, 0);
    run_free(&run);
    state_crawl(&run, NULL, NULL, state_place.root);
    state_check_exit(&run, 2, "holds a finished crawl");
    run_free(&run);
    ck_assert_uint_eq(site_requests(state_place.site), 61);
    state_place_close();
}
END_TEST

START_TEST(there_must_be_a_crawl_to_resume)
{
    struct run run;
    state_place_open(&(struct site_config){.graph = &GRAPH});
    state_crawl(&run, "--resume", NULL, state_place.root);
    state_check_exit(&run, 2, "there is no crawl to go on with");
    ck_assert_int_ne(access(state_place.state, F_OK), 0);
    run_free(&run);
    state_place_close();
}
END_TEST

START_TEST(what_is_no_state_file_is_not_touched)
{
    struct run run;
    state_place_open(&(struct site_config){.graph = &GRAPH});
    FILE *file = fopen(state_place.state, "w");
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < 1000; i++)
        fputs("my diary\n", file);
    fclose(file);
    state_crawl(&run, NULL, NULL, state_place.root);
    state_check_exit(&run, 1, "file is not a database");
    run_free(&run);
    char *text = file_text(state_place.state);
    ck_assert_uint_eq(strlen(text), 9000);
    free(text);
    state_place_close();
}
END_TEST

START_TEST(row_8_a_second_process_is_refused_and_told_the_first)
{
    const struct site_graph slow = {.pages = 400, .links = 8, .delay = 100};
    struct run first, second;
    char said[TEXT_SIZE];
    state_place_open(&(struct site_config){.graph = &slow});
    run_start(&first, (const char *const[]){"--state", state_place.state, "-c", "2", state_place.root, NULL});
    await_requests(state_place.site, 2);
    state_crawl(&second, NULL, NULL, state_place.root);
    snprintf(said, sizeof said, "in use by process %ld", (long)first.pid);
    state_check_exit(&second, 1, said);
    kill(first.pid, SIGKILL);
    run_wait(&first, state_place.site);
    run_free(&first);
    run_free(&second);
    state_place_close();
}
END_TEST

START_TEST(row_4_a_file_that_may_not_grow_ends_the_crawl_and_it_goes_on_later)
{
    const struct site_graph large = {.pages = 1500, .links = 8};
    struct run run;
    char said[TEXT_SIZE];
    state_place_open(&(struct site_config){.graph = &large});
    snprintf(said, sizeof said, "%s: ", state_place.state);
    run_crawler_after(
        &run, state_place.site, "ulimit -f 150",
        (const char *const[]){"--state", state_place.state, "-o", state_place.report, state_place.root, NULL});
    state_check_exit(&run, 1, said);
    run_free(&run);
    state_crawl(&run, NULL, NULL, state_place.root);
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_int_eq(run_counter(&run, "Done:"), 1501);
    run_free(&run);
    state_place_close();
}
END_TEST

/* What was set aside stays so. */
START_TEST(what_is_too_deep_is_remembered)
{
    const struct site_page pages[] = {{.path = "/", .body = "<a href=/a>"},
                                      {.path = "/a", .body = "<a href=/b><a href=mailto:x@x.test>"},
                                      {.path = "/b", .body = "<a href=/c>"},
                                      {.path = "/c"},
                                      {0}};
    struct run run;
    state_place_open(&(struct site_config){.pages = pages});
    for (int i = 0; i < 3; i++) {
        run_crawler(&run, state_place.site,
                    (const char *const[]){"--state", state_place.state, "-n", "1", "-d", "2", "--skipped",
                                          state_place.report, state_place.root, NULL});
        ck_assert_int_eq(run.exit_code, i < 2 ? 5 : 0);
        if (i < 2)
            run_free(&run);
    }
    ck_assert_uint_eq(site_request_count(state_place.site, "/c"), 0);
    ck_assert_uint_eq(site_request_count(state_place.site, "/b"), 1);
    ck_assert_ptr_nonnull(strstr(run.out, "URLs: 5 discovered = 3 fetched + 0 failed + 2 filtered + 0 pending"));
    run_free(&run);
    json_t *skipped = records_of_file(state_place.report);
    ck_assert_uint_eq(json_array_size(skipped), 2);
    json_decref(skipped);
    state_place_close();
}
END_TEST

START_TEST(a_report_later_is_that_of_the_crawl)
{
    struct run crawled, reported;
    state_place_open(&(struct site_config){.root = SITE_SAMPLE});
    state_crawl(&crawled, NULL, NULL, state_place.root);
    run_crawler(&reported, state_place.site, (const char *const[]){"report", state_place.state, NULL});
    ck_assert_int_eq(reported.exit_code, 0);
    char *before = run_url_lines(&crawled), *after = run_url_lines(&reported);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(run_counter(&reported, "Done:"), run_counter(&crawled, "Done:"));
    ck_assert_str_eq(strstr(crawled.out, "Broken:") ? "broken" : "", strstr(reported.out, "Broken:") ? "broken" : "");
    free(before);
    free(after);
    run_free(&crawled);
    run_free(&reported);
    state_place_close();
}
END_TEST

START_TEST(report_and_diff_say_what_they_take)
{
    static const struct {
        const char *arguments[4];
        int code;
        const char *said;
    } cases[] = {
        {{"report", NULL}, 2, "Use --help"},
        {{"report", "/nowhere/x.db", NULL}, 1, "/nowhere/x.db: not found"},
        {{"report", "/bin/sh", NULL}, 1, "/bin/sh: "},
        {{"report", "--depth", "3", NULL}, 2, "--depth: not for crawler report"},
        {{"diff", "/nowhere/x.db", NULL}, 2, "takes two state files"},
        {{"diff", "/nowhere/x.db", "/nowhere/y.db", NULL}, 1, "/nowhere/x.db: not found"},
    };
    struct run run;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run_crawler(&run, NULL, cases[i].arguments);
        state_check_exit(&run, cases[i].code, cases[i].said);
        run_free(&run);
    }
}
END_TEST

/* What a time series says of a second; -1 where it does not go so far. */
static long series_done(const char *csv, long second)
{
    while ((csv = strchr(csv, '\n')) && *++csv) {
        char *end;
        if (strtol(csv, &end, 10) == second)
            return strtol(strchr(end + 1, ',') + 1, NULL, 10);
    }
    return -1;
}

/* Three records stand where they ended, whatever their order in the file, and all others behind. */
static void check_series(void)
{
    char *csv = file_take(state_place.report);
    long sum = 0;
    for (long second = 0; series_done(csv, second) >= 0; second++) {
        if (second < 40)
            ck_assert_int_eq(series_done(csv, second), second && second % 10 == 0);
        sum += series_done(csv, second);
    }
    ck_assert_int_eq(sum, 61);
    free(csv);
}

START_TEST(a_series_has_what_earlier_processes_fetched_where_it_was)
{
    struct run run;
    state_place_open(&(struct site_config){.graph = &GRAPH});
    state_crawl(&run, "-n", "4", state_place.root);
    run_free(&run);
    state_change("UPDATE record SET total = 2000000, started ="
                 " 10000000000 * (SELECT count(*) FROM record AS other WHERE other.id >= record.id)");
    state_crawl(&run, "--timeseries", state_place.report, state_place.root);
    state_check_exit(&run, 0, "going on: 4 URLs have their record");
    run_free(&run);
    check_series();
    run_crawler(&run, NULL,
                (const char *const[]){"report", "--timeseries", state_place.report, state_place.state, NULL});
    state_check_exit(&run, 0, "");
    run_free(&run);
    check_series();
    state_place_close();
}
END_TEST

/* A config file is for all commands: what is for crawls alone has no effect on others, wrong as it may be. */
START_TEST(report_and_diff_pass_over_keys_for_crawls)
{
    char config[PATH_SIZE + 16];
    struct run run;
    state_place_open(&(struct site_config){.graph = &GRAPH});
    state_crawl(&run, NULL, NULL, state_place.root);
    run_free(&run);
    snprintf(config, sizeof config, "%s/c.ini", state_place.folder);
    file_write(config, "input-file = /nonexistent/seeds\nexplain = http://a.test/\nlink-graph = yes\nresume = yes\n");
    run_crawler(&run, NULL, (const char *const[]){"report", "--config", config, state_place.state, NULL});
    state_check_exit(&run, 0, "");
    ck_assert_int_eq(run_counter(&run, "Done:"), 61);
    run_free(&run);
    run_crawler(&run, NULL,
                (const char *const[]){"diff", "--config", config, state_place.state, state_place.state, NULL});
    state_check_exit(&run, 0, "");
    ck_assert_ptr_nonnull(strstr(run.out, "0 new, 0 gone"));
    run_free(&run);
    state_place_close();
}
END_TEST

START_TEST(diff_tells_what_became_of_a_site)
{
    static const char links[] = "<a href=/same><a href=/text><a href=/moved><a href=/broke><a href=/mended>";
    char old_links[TEXT_SIZE], new_links[TEXT_SIZE], newer[PATH_SIZE + 16];
    snprintf(old_links, sizeof old_links, "%s<a href=/gone>", links);
    snprintf(new_links, sizeof new_links, "%s<a href=/new>", links);
    const struct site_page old[] = {{.path = "/", .body = old_links},
                                    {.path = "/same", .body = "s"},
                                    {.path = "/text", .body = "one"},
                                    {.path = "/moved", .status = 301, .location = "/same"},
                                    {.path = "/broke", .body = "b"},
                                    {.path = "/gone", .body = "g"},
                                    {0}};
    const struct site_page new[] = {{.path = "/", .body = new_links},
                                    {.path = "/same", .body = "s"},
                                    {.path = "/text", .body = "two"},
                                    {.path = "/moved", .status = 301, .location = "/text"},
                                    {.path = "/mended", .body = "m"},
                                    {.path = "/new", .body = "n"},
                                    {0}};
    struct run run;
    state_place_open(&(struct site_config){.pages = old});
    snprintf(newer, sizeof newer, "%s/new.db", state_place.folder);
    state_crawl_version(old, state_place.state);
    state_crawl_version(new, newer);
    run_crawler(&run, NULL, (const char *const[]){"diff", state_place.state, newer, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    char expected[1024];
    snprintf(expected, sizeof expected,
             "new      200  %1$snew\ngone     200  %1$sgone\nbroken   200 -> 404  %1$sbroke\n"
             "mended   404 -> 200  %1$smended\nchanged  200  %1$s\nchanged  301  %1$smoved\nchanged  200  %1$stext\n"
             "1 new, 1 gone, 1 broken, 1 mended, 3 changed\n",
             state_place.root);
    ck_assert_str_eq(run.out, expected);
    run_free(&run);
    state_place_close();
}
END_TEST

int main(void)
{
    return RUN_TESTS("state", a_crawl_that_hit_a_limit_goes_on, its_roots_need_not_be_given_again,
                     other_rules_are_refused_and_named, a_finished_crawl_is_left_alone, there_must_be_a_crawl_to_resume,
                     what_is_no_state_file_is_not_touched, row_8_a_second_process_is_refused_and_told_the_first,
                     row_4_a_file_that_may_not_grow_ends_the_crawl_and_it_goes_on_later, what_is_too_deep_is_remembered,
                     a_report_later_is_that_of_the_crawl, report_and_diff_say_what_they_take,
                     report_and_diff_pass_over_keys_for_crawls,
                     a_series_has_what_earlier_processes_fetched_where_it_was, diff_tells_what_became_of_a_site);
}
