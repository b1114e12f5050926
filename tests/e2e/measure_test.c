/* crawler measure, from outside. How fast anything is, is for ./run bench measure to say. */
#include "e2e/place.h"
#include "e2e/run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/suite.h"

enum { TEXT_SIZE = 256 };

static void open_pages(void)
{
    static const struct site_page pages[] = {{.path = "/", .body = "<a href='/a'><a href='/b'><a href='/lost'>"},
                                             {.path = "/a", .body = "aaaa"},
                                             {.path = "/b", .body = "bb"},
                                             {0}};
    place_open("/tmp/crawler-measure", &(struct site_config){.pages = pages});
}

/* A list of URLs: the site's `path` alone. */
static const char *make_list(const char *path)
{
    char url[TEXT_SIZE], line[TEXT_SIZE + 1];
    snprintf(line, sizeof line, "%s\n", site_url(here.site, path, url, sizeof url));
    file_write(path_here("list"), line);
    return path_here("list");
}

/* `crawler measure` with short steps, the arguments, and the root. */
static void measure(struct run *run, const char *const *arguments)
{
    const char *all[MOST_ARGUMENTS];
    const char *const usual[] = {"measure", "--warmup", "50ms", "--duration", "300ms", NULL};
    run_crawler(run, here.site, join_arguments(all, usual, arguments, NULL));
}

/* The field of a CSV's line; lines and fields from 0. */
static long long csv_number(const char *csv, int line, int field)
{
    for (; line; line--)
        csv = strchr(csv, '\n') + 1;
    for (; field; field--)
        csv = strchr(csv, ',') + 1;
    return atoll(csv);
}

enum { CONCURRENCY = 0, DONE = 3, FAILED = 4, LATE = 5, BYTES = 6, WIRE_BYTES = 7, RATE = 8, P50 = 12, MOST = 17 };

START_TEST(a_sweep_is_told_step_by_step)
{
    struct run run;
    open_pages();
    measure(&run, (const char *const[]){"--sweep", "1,2,..4", "-o", "text:-", here.root, NULL});
    ck_assert_msg(run.exit_code == 0, "%s", run.err);
    ck_assert_ptr_nonnull(strstr(run.out, "*** Measurement ***\n3 URLs of ~/"));
    ck_assert_ptr_nonnull(strstr(run.out, "Knee: "));
    ck_assert_ptr_nonnull(strstr(run.out, "Scalability law: "));
    run_free(&run);
    place_close();
}
END_TEST

START_TEST(figures_agree_with_each_other_and_the_server)
{
    struct run run;
    open_pages();
    measure(&run, (const char *const[]){"--sweep", "1,3", "-o", "csv:-", here.root, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    unsigned long long done = 0;
    for (int step = 1; step <= 2; step++) {
        ck_assert_int_eq(csv_number(run.out, step, CONCURRENCY), step == 1 ? 1 : 3);
        ck_assert_int_gt(csv_number(run.out, step, DONE), 0);
        ck_assert_int_eq(csv_number(run.out, step, FAILED), 0);
        ck_assert_int_gt(csv_number(run.out, step, P50), 0);
        ck_assert_int_ge(csv_number(run.out, step, MOST), csv_number(run.out, step, P50));
        done += (unsigned long long)csv_number(run.out, step, DONE);
    }
    ck_assert_uint_ge(site_requests(here.site), done);
    ck_assert_uint_le(site_peak_in_flight(here.site), 4); /* the discovery's: the pages of the site */
    run_free(&run);
    place_close();
}
END_TEST

/* Pages that are missing are found, and not measured. */
START_TEST(urls_come_from_the_site_or_from_a_file)
{
    struct run run;
    open_pages();
    measure(&run, (const char *const[]){"--sweep", "2", "-i", make_list("/b"), NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_ptr_nonnull(strstr(run.out, "\n1 URL of ~/b, "));
    ck_assert_uint_eq(site_request_count(here.site, "/"), 0);
    ck_assert_uint_eq(site_request_count(here.site, "/b"), site_requests(here.site));
    run_free(&run);
    measure(&run, (const char *const[]){"--sweep", "2", here.root, NULL});
    ck_assert_uint_eq(site_request_count(here.site, "/lost"), 1);
    run_free(&run);
    place_close();
}
END_TEST

START_TEST(credentials_are_not_told)
{
    char with_credentials[2 * TEXT_SIZE];
    struct run run;
    open_pages();
    snprintf(with_credentials, sizeof with_credentials, "http://joe:secret@%s", strstr(here.root, "127"));
    measure(&run,
            (const char *const[]){"--sweep", "1", "-o", "json:-", "-o", "text:/dev/stderr", with_credentials, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_ptr_nonnull(strstr(run.out, "\"site\": \"~/\""));
    ck_assert_ptr_nonnull(strstr(run.err, "3 URLs of ~/, "));
    ck_assert_ptr_null(strstr(run.out, "secret"));
    ck_assert_ptr_null(strstr(run.err, "secret"));
    run_free(&run);
    place_close();
}
END_TEST

/* What is due is fetched or counted as late. */
START_TEST(an_open_loop_has_its_rate)
{
    struct run run;
    open_pages();
    measure(&run, (const char *const[]){"--open-rate", "200", "-o", "csv:-", here.root, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    long long due = csv_number(run.out, 1, DONE) + csv_number(run.out, 1, LATE);
    ck_assert_int_eq(due, 60);
    run_free(&run);
    measure(&run, (const char *const[]){"--open-rate", "1234567", "-z", "1ms", "--warmup", "0", here.root, NULL});
    ck_assert_msg(strstr(run.out, " 1234567 requests due a second") != NULL, "%s", run.out);
    run_free(&run);
    place_close();
}
END_TEST

/* The answers of a second in which the server stands still are late by as much, for all that were due in it. */
START_TEST(an_open_loop_shows_a_server_that_stood_still)
{
    static const struct site_page pages[] = {{.path = "/", .delay = 1}, {0}};
    struct run run;
    place_open("/tmp/crawler-measure", &(struct site_config){.pages = pages, .freeze_after = 500, .freeze_for = 500});
    run_crawler(&run, here.site,
                (const char *const[]){"measure", "--warmup", "100ms", "-z", "2s", "--open-rate", "100", "-o", "csv:-",
                                      "-i", make_list("/"), NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_int_ge(csv_number(run.out, 1, CONCURRENCY), 20); /* those that were due meanwhile were sent */
    ck_assert_int_ge(csv_number(run.out, 1, MOST), 450000);
    run_free(&run);
    place_close();
}
END_TEST

/* An answer takes longer than all that is measured: they come in the grace, have a latency, and are no rate. */
START_TEST(what_ends_after_the_time_is_no_rate)
{
    static const struct site_page pages[] = {{.path = "/", .body = "body", .delay = 1500}, {0}};
    struct run run;
    place_open("/tmp/crawler-measure", &(struct site_config){.pages = pages});
    measure(&run, (const char *const[]){"--open-rate", "50", "-o", "csv:-", "-i", make_list("/"), NULL});
    ck_assert_msg(run.exit_code == 0, "%s", run.err);
    ck_assert_int_eq(csv_number(run.out, 1, DONE) + csv_number(run.out, 1, LATE), 15);
    ck_assert_int_gt(csv_number(run.out, 1, DONE), 0);
    ck_assert_int_ge(csv_number(run.out, 1, P50), 1400000);
    ck_assert_int_eq(csv_number(run.out, 1, RATE), 0);
    ck_assert_int_eq(csv_number(run.out, 1, BYTES), 0);
    ck_assert_int_eq(csv_number(run.out, 1, WIRE_BYTES), 0);
    run_free(&run);
    place_close();
}
END_TEST

/* The same measurement with its rates ten times what they were, or a tenth. */
static void scale_baseline(const char *from, const char *to, const char *digits)
{
    char *text = file_text(from), *rest = text;
    FILE *file = fopen(to, "w");
    static const char key[] = "\"slice_requests_per_second\": {\"mean\": ";
    for (char *found; (found = strstr(rest, key)); rest = found + strcspn(found, ",")) {
        found += sizeof key - 1;
        fwrite(rest, 1, (size_t)(found - rest), file);
        fputs(digits, file);
    }
    fputs(rest, file);
    ck_assert_int_eq(fclose(file), 0);
    free(text);
}

START_TEST(a_baseline_that_was_better_is_told)
{
    struct run run;
    open_pages();
    const char *before = path_here("before.json"), *better = path_here("better.json"), *worse = path_here("worse.json");
    measure(&run, (const char *const[]){"--sweep", "1,2", "-o", before, here.root, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    run_free(&run);
    scale_baseline(before, better, "1e9");
    scale_baseline(before, worse, "1e-3");
    measure(&run, (const char *const[]){"--sweep", "2", "--baseline", better, "--threshold", "5%", here.root, NULL});
    ck_assert_msg(run.exit_code == 4, "%d %s", run.exit_code, run.err);
    ck_assert_ptr_nonnull(strstr(run.out, "WORSE"));
    run_free(&run);
    measure(&run, (const char *const[]){"--sweep", "2", "--baseline", worse, "--threshold", "1000", here.root, NULL});
    ck_assert_msg(run.exit_code == 0, "%d %s", run.exit_code, run.err);
    run_free(&run);
    measure(&run, (const char *const[]){"--sweep", "3", "--baseline", worse, here.root, NULL});
    ck_assert_int_eq(run.exit_code, 1);
    ck_assert_ptr_nonnull(strstr(run.err, "no step in common"));
    run_free(&run);
    place_close();
}
END_TEST

struct refusal {
    const char *arguments[6];
    int exit_code;
    const char *message;
};

static const struct refusal REFUSALS[] = {
    {{"--sweep", "4,2"}, 2, "--sweep: not a list"},
    {{"--sweep", "0"}, 2, "--sweep: not a list"},
    {{"--duration", "0"}, 2, "--duration: '0' is not a time such as 500ms, 10s, 2m or 1h, from 1ms to 168h"},
    {{"--duration", "2562047h"},
     2,
     "--duration: '2562047h' is not a time such as 500ms, 10s, 2m or 1h, from 1ms to 168h"},
    {{"--warmup", "169h"}, 2, "--warmup: '169h' is not a time such as 500ms, 10s, 2m or 1h, from 0 to 168h"},
    {{"--open-rate", "0"}, 2, "--open-rate: '0' is not a number"},
    {{"--threshold", "much"}, 2, "--threshold: 'much' is not a percentage"},
    {{"--threshold", "0x5"}, 2, "--threshold: '0x5' is not a percentage"},
    {{"-o", "junit:x"}, 2, "junit:x: "},
    {{"-o", "/nonexistent/x"}, 1, "/nonexistent/x: "},
    {{"--histogram", "/nonexistent/x"}, 1, "/nonexistent/x: "},
    {{"--baseline", "/nonexistent/x"}, 1, "/nonexistent/x: "},
    {{"--baseline", "/dev/null"}, 1, "/dev/null:"},
    {{"--max-tries", "1", "--sweep", "1", "http://127.0.0.1:1/"}, 0, ""},
};

START_TEST(wrong_usage_is_refused_before_anything_is_fetched)
{
    const struct refusal *refusal = &REFUSALS[_i];
    const char *arguments[MOST_ARGUMENTS];
    const char *const usual[] = {here.root, NULL};
    struct run run;
    open_pages();
    measure(&run, join_arguments(arguments, usual, refusal->arguments, NULL));
    ck_assert_msg(run.exit_code == refusal->exit_code, "%d %s", run.exit_code, run.err);
    ck_assert_msg(strstr(run.err, refusal->message) != NULL, "%s", run.err);
    if (refusal->exit_code)
        ck_assert_uint_eq(site_requests(here.site), 0);
    run_free(&run);
    place_close();
}
END_TEST

START_TEST(others_are_not_flooded)
{
    char resolve[TEXT_SIZE], url[TEXT_SIZE];
    struct run run;
    open_pages();
    snprintf(resolve, sizeof resolve, "example.test:%u:127.0.0.1", site_port(here.site, 0));
    snprintf(url, sizeof url, "http://example.test:%u/", site_port(here.site, 0));
    measure(&run, (const char *const[]){"--resolve", resolve, "--sweep", "1,9", url, NULL});
    ck_assert_msg(run.exit_code == 2, "%s", run.out);
    ck_assert_ptr_nonnull(strstr(run.err, "example.test is not this machine"));
    ck_assert_uint_eq(site_requests(here.site), 0);
    run_free(&run);
    measure(&run, (const char *const[]){"--resolve", resolve, "--open-rate", "10", url, NULL});
    ck_assert_int_eq(run.exit_code, 2);
    run_free(&run);
    measure(&run, (const char *const[]){"--resolve", resolve, "--sweep", "9", "--unthrottled", url, NULL});
    ck_assert_msg(run.exit_code == 0, "%s", run.err);
    run_free(&run);
    place_close();
}
END_TEST

START_TEST(nothing_to_measure_is_a_failure)
{
    char url[TEXT_SIZE];
    struct run run;
    open_pages();
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", site_unused_port());
    measure(&run, (const char *const[]){"--max-tries", "1", url, NULL});
    ck_assert_int_eq(run.exit_code, 1);
    ck_assert_ptr_nonnull(strstr(run.err, "nothing to measure"));
    run_free(&run);
    place_close();
}
END_TEST

/* A config file is for all commands: what is for crawls alone must not make a crawl of the discovery. */
START_TEST(keys_for_crawls_have_no_effect)
{
    char keys[8 * TEXT_SIZE];
    struct run run;
    open_pages();
    snprintf(keys, sizeof keys,
             "state = %1$s/c.db\nlink-graph = yes\nwarc = %1$s/w\nskipped = %1$s/s\nexplain = http://a.test/\n",
             here.folder);
    file_write(path_here("c.ini"), keys);
    measure(&run, (const char *const[]){"--config", path_here("c.ini"), "--sweep", "1", here.root, NULL});
    ck_assert_msg(run.exit_code == 0, "%s", run.err);
    ck_assert_ptr_nonnull(strstr(run.out, "*** Measurement ***"));
    ck_assert(!file_exists(path_here("c.db")));
    ck_assert(!file_exists(path_here("s")));
    ck_assert(!file_exists(path_here("w.cdxj")));
    run_free(&run);
    file_write(path_here("c.ini"), "link-graph = yes\nresume = yes\n");
    measure(&run, (const char *const[]){"--config", path_here("c.ini"), "--sweep", "1", here.root, NULL});
    ck_assert_msg(run.exit_code == 0, "%s", run.err);
    run_free(&run);
    place_close();
}
END_TEST

/* Answers that never come, and those that are no good, are told apart from a page that isn't there. */
START_TEST(why_nothing_was_measured_is_told)
{
    static const struct site_page pages[] = {{.path = "/slow", .delay = 3000}, {0}};
    struct run run;
    place_open("/tmp/crawler-measure", &(struct site_config){.pages = pages});
    measure(&run, (const char *const[]){"--sweep", "1", "-i", make_list("/slow"), NULL});
    ck_assert_int_eq(run.exit_code, 1);
    ck_assert_ptr_nonnull(strstr(run.err, "nothing was measured: no request ended within the time"));
    run_free(&run);
    measure(&run, (const char *const[]){"--open-rate", "50", "-i", make_list("/lost"), NULL});
    ck_assert_int_eq(run.exit_code, 1);
    ck_assert_ptr_nonnull(strstr(run.err, "nothing was measured: all 15 requests failed"));
    ck_assert_ptr_nonnull(strstr(run.out, "statuses 404 15"));
    run_free(&run);
    place_close();
}
END_TEST

static void wait_for_request(const char *path)
{
    while (site_request_count(here.site, path) < 3)
        usleep(1000);
}

START_TEST(interrupted_it_tells_what_is_whole)
{
    struct run run;
    open_pages();
    run_start(&run, (const char *const[]){"measure", "--warmup", "0", "-z", "1h", "--sweep", "1", here.root, NULL});
    wait_for_request("/a");
    kill(run.pid, SIGINT);
    run_wait(&run, here.site);
    ck_assert_int_eq(run.exit_code, 130);
    ck_assert_ptr_nonnull(strstr(run.out, "Interrupted: the step at hand is left out"));
    ck_assert_ptr_nonnull(strstr(run.err, "interrupted: dropping the step at hand"));
    run_free(&run);
    place_close();
}
END_TEST

int main(void)
{
    int failed =
        RUN_TESTS("measure", a_sweep_is_told_step_by_step, figures_agree_with_each_other_and_the_server,
                  urls_come_from_the_site_or_from_a_file, credentials_are_not_told, an_open_loop_has_its_rate,
                  an_open_loop_shows_a_server_that_stood_still, what_ends_after_the_time_is_no_rate,
                  a_baseline_that_was_better_is_told, others_are_not_flooded, nothing_to_measure_is_a_failure,
                  why_nothing_was_measured_is_told, keys_for_crawls_have_no_effect, interrupted_it_tells_what_is_whole);
    return failed | RUN_TESTS_TIMES("refusals", sizeof REFUSALS / sizeof REFUSALS[0],
                                    wrong_usage_is_refused_before_anything_is_fetched);
}
