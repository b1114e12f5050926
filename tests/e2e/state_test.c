/* Crawls with --state: what is refused, what goes on, what is read from the file later. Kills are in kills.c. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/records.h"
#include "e2e/run.h"
#include "unit/suite.h"

enum { PATH_SIZE = 96, URL_SIZE = 64, TEXT_SIZE = 256 };

/* A folder with a state file to be, and a site. */
static struct {
    char folder[PATH_SIZE];
    char state[PATH_SIZE + 16];
    char report[PATH_SIZE + 16];
    char root[URL_SIZE];
    struct site *site;
} here;

static void open_here(const struct site_config *config)
{
    strcpy(here.folder, "/tmp/crawler-state-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(here.folder));
    snprintf(here.state, sizeof here.state, "%s/crawl.db", here.folder);
    snprintf(here.report, sizeof here.report, "%s/report", here.folder);
    ck_assert_int_eq(site_start(config, &here.site), 0);
    site_url(here.site, "/", here.root, sizeof here.root);
}

static void close_here(void)
{
    char command[TEXT_SIZE];
    snprintf(command, sizeof command, "rm -r %s", here.folder);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(site_stop(here.site), 0);
}

/* Runs with --state and what else is given; the report goes to standard output. */
static void crawl(struct run *run, const char *option, const char *value, const char *root)
{
    const char *arguments[] = {"--state", here.state, option, value, root, NULL};
    size_t count = 2;
    for (size_t i = 2; i < 5; i++)
        if (arguments[i])
            arguments[count++] = arguments[i];
    arguments[count] = NULL;
    run_crawler(run, here.site, arguments);
}

static void check_exit(const struct run *run, int code, const char *said)
{
    ck_assert_msg(run->exit_code == code && strstr(run->err, said), "exit code %d\n%s", run->exit_code, run->err);
}

static const struct site_graph GRAPH = {.pages = 60, .links = 8};

START_TEST(a_crawl_that_hit_a_limit_goes_on)
{
    struct run first, second;
    open_here(&(struct site_config){.graph = &GRAPH});
    crawl(&first, "-n", "20", here.root);
    ck_assert_int_eq(first.exit_code, 5);
    ck_assert_uint_eq(site_requests(here.site), 20);
    crawl(&second, NULL, NULL, here.root);
    check_exit(&second, 0, "going on: 20 URLs have their record");
    ck_assert_int_eq(run_counter(&second, "Done:"), 61);
    ck_assert_uint_eq(site_requests(here.site), 61);
    ck_assert_uint_eq(site_most_requests(here.site), 1);
    run_free(&first);
    run_free(&second);
    close_here();
}
END_TEST

START_TEST(its_roots_need_not_be_given_again)
{
    struct run run;
    open_here(&(struct site_config){.graph = &GRAPH});
    crawl(&run, "-n", "1", here.root);
    run_free(&run);
    crawl(&run, "--resume", NULL, NULL);
    check_exit(&run, 0, "going on: 1 URLs have their record");
    ck_assert_int_eq(run_counter(&run, "Done:"), 61);
    run_free(&run);
    close_here();
}
END_TEST

START_TEST(other_rules_are_refused_and_named)
{
    struct run run;
    open_here(&(struct site_config){.graph = &GRAPH});
    crawl(&run, "-n", "1", here.root);
    run_free(&run);
    crawl(&run, "--depth", "3", here.root);
    check_exit(&run, 2, "holds a crawl by other rules: --depth was null and is 3");
    run_free(&run);
    crawl(&run, "--exclude", "x", here.root);
    check_exit(&run, 2, "--exclude was [] and is [\"x\"]");
    run_free(&run);
    crawl(&run, NULL, NULL, "http://other.test/");
    check_exit(&run, 2, "roots was [");
    run_free(&run);
    ck_assert_uint_eq(site_requests(here.site), 1);
    close_here();
}
END_TEST

START_TEST(a_finished_crawl_is_left_alone)
{
    struct run run;
    open_here(&(struct site_config){.graph = &GRAPH});
    crawl(&run, NULL, NULL, here.root);
    ck_assert_int_eq(run.exit_code, 0);
    run_free(&run);
    crawl(&run, NULL, NULL, here.root);
    check_exit(&run, 2, "holds a finished crawl");
    run_free(&run);
    ck_assert_uint_eq(site_requests(here.site), 61);
    close_here();
}
END_TEST

START_TEST(there_must_be_a_crawl_to_resume)
{
    struct run run;
    open_here(&(struct site_config){.graph = &GRAPH});
    crawl(&run, "--resume", NULL, here.root);
    check_exit(&run, 2, "there is no crawl to go on with");
    ck_assert_int_ne(access(here.state, F_OK), 0);
    run_free(&run);
    close_here();
}
END_TEST

START_TEST(what_is_no_state_file_is_not_touched)
{
    struct run run;
    open_here(&(struct site_config){.graph = &GRAPH});
    FILE *file = fopen(here.state, "w");
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < 1000; i++)
        fputs("my diary\n", file);
    fclose(file);
    crawl(&run, NULL, NULL, here.root);
    check_exit(&run, 1, "file is not a database");
    run_free(&run);
    char *text = file_text(here.state);
    ck_assert_uint_eq(strlen(text), 9000);
    free(text);
    close_here();
}
END_TEST

START_TEST(row_8_a_second_process_is_refused_and_told_the_first)
{
    const struct site_graph slow = {.pages = 400, .links = 8, .delay = 100};
    struct run first, second;
    char said[TEXT_SIZE];
    open_here(&(struct site_config){.graph = &slow});
    run_start(&first, (const char *const[]){"--state", here.state, "-c", "2", here.root, NULL});
    while (site_requests(here.site) < 2)
        usleep(10000);
    crawl(&second, NULL, NULL, here.root);
    snprintf(said, sizeof said, "in use by process %ld", (long)first.pid);
    check_exit(&second, 1, said);
    kill(first.pid, SIGKILL);
    run_wait(&first, here.site);
    run_free(&first);
    run_free(&second);
    close_here();
}
END_TEST

START_TEST(row_4_a_file_that_may_not_grow_ends_the_crawl_and_it_goes_on_later)
{
    const struct site_graph large = {.pages = 1500, .links = 8};
    struct run run;
    char said[TEXT_SIZE];
    open_here(&(struct site_config){.graph = &large});
    snprintf(said, sizeof said, "%s: ", here.state);
    run_crawler_after(&run, here.site, "ulimit -f 150",
                      (const char *const[]){"--state", here.state, "-o", here.report, here.root, NULL});
    check_exit(&run, 1, said);
    run_free(&run);
    crawl(&run, NULL, NULL, here.root);
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_int_eq(run_counter(&run, "Done:"), 1501);
    run_free(&run);
    close_here();
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
    open_here(&(struct site_config){.pages = pages});
    for (int i = 0; i < 3; i++) {
        run_crawler(&run, here.site,
                    (const char *const[]){"--state", here.state, "-n", "1", "-d", "2", "--skipped", here.report,
                                          here.root, NULL});
        ck_assert_int_eq(run.exit_code, i < 2 ? 5 : 0);
        if (i < 2)
            run_free(&run);
    }
    ck_assert_uint_eq(site_request_count(here.site, "/c"), 0);
    ck_assert_uint_eq(site_request_count(here.site, "/b"), 1);
    ck_assert_ptr_nonnull(strstr(run.out, "URLs: 5 discovered = 3 fetched + 0 failed + 2 filtered + 0 pending"));
    run_free(&run);
    char *text = file_text(here.report);
    json_t *skipped = records_of(text);
    free(text);
    ck_assert_uint_eq(json_array_size(skipped), 2);
    json_decref(skipped);
    close_here();
}
END_TEST

START_TEST(a_report_later_is_that_of_the_crawl)
{
    struct run crawled, reported;
    open_here(&(struct site_config){.root = SITE_SAMPLE});
    crawl(&crawled, NULL, NULL, here.root);
    run_crawler(&reported, here.site, (const char *const[]){"report", here.state, NULL});
    ck_assert_int_eq(reported.exit_code, 0);
    char *before = run_url_lines(&crawled), *after = run_url_lines(&reported);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(run_counter(&reported, "Done:"), run_counter(&crawled, "Done:"));
    ck_assert_str_eq(strstr(crawled.out, "Broken:") ? "broken" : "", strstr(reported.out, "Broken:") ? "broken" : "");
    free(before);
    free(after);
    run_free(&crawled);
    run_free(&reported);
    close_here();
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
        check_exit(&run, cases[i].code, cases[i].said);
        run_free(&run);
    }
}
END_TEST

static void crawl_version(const struct site_page *pages, const char *state)
{
    static uint16_t port;
    struct run run;
    struct site *site;
    const struct site_listener listener = {.port = port};
    ck_assert_int_eq(
        site_start(&(struct site_config){.pages = pages, .listeners = &listener, .listener_count = 1}, &site), 0);
    port = site_port(site, 0);
    run_crawler(&run, NULL,
                (const char *const[]){"-q", "--state", state, site_url(site, "/", here.root, sizeof here.root), NULL});
    ck_assert_int_eq(run.exit_code, 0);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}

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
    open_here(&(struct site_config){.pages = old});
    snprintf(newer, sizeof newer, "%s/new.db", here.folder);
    crawl_version(old, here.state);
    crawl_version(new, newer);
    run_crawler(&run, NULL, (const char *const[]){"diff", here.state, newer, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    char expected[1024];
    snprintf(expected, sizeof expected,
             "new      200  %1$snew\ngone     200  %1$sgone\nbroken   200 -> 404  %1$sbroke\n"
             "mended   404 -> 200  %1$smended\nchanged  200  %1$s\nchanged  301  %1$smoved\nchanged  200  %1$stext\n"
             "1 new, 1 gone, 1 broken, 1 mended, 3 changed\n",
             here.root);
    ck_assert_str_eq(run.out, expected);
    run_free(&run);
    close_here();
}
END_TEST

int main(void)
{
    return RUN_TESTS("state", a_crawl_that_hit_a_limit_goes_on, its_roots_need_not_be_given_again,
                     other_rules_are_refused_and_named, a_finished_crawl_is_left_alone, there_must_be_a_crawl_to_resume,
                     what_is_no_state_file_is_not_touched, row_8_a_second_process_is_refused_and_told_the_first,
                     row_4_a_file_that_may_not_grow_ends_the_crawl_and_it_goes_on_later, what_is_too_deep_is_remembered,
                     a_report_later_is_that_of_the_crawl, report_and_diff_say_what_they_take,
                     diff_tells_what_became_of_a_site);
}
