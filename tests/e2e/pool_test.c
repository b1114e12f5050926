/* The pool: how many at once, in which order, on which poller; and how it ends early. */
#include "e2e/run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "site/started.h"
#include "unit/suite.h"

enum { PAGES = 200 };

static struct site *start_graph(unsigned links, unsigned delay)
{
    const struct site_graph graph = {.pages = PAGES, .links = links, .size = 2000, .delay = delay, .seed = 5};
    return site_of_graph(&graph);
}

static void crawl(struct run *run, const struct site *site, const char *const *options)
{
    const char *arguments[MOST_ARGUMENTS];
    char root[64];
    const char *const usual[] = {NULL};
    run_crawler(run, site, join_arguments(arguments, usual, options, site_url(site, "/", root, sizeof root)));
    ck_assert_msg(run->exit_code == 0, "exit code %d\n%s", run->exit_code, run->err);
}

START_TEST(never_more_than_max_tasks_at_once)
{
    struct site *site = start_graph(PAGES, 20);
    struct run run;
    crawl(&run, site, (const char *const[]){"--max-tasks", "7", NULL});
    ck_assert_uint_eq(site_peak_in_flight(site), 7);
    ck_assert_uint_eq(site_requests(site), PAGES + 1);
    ck_assert_uint_eq(site_most_requests(site), 1);
    ck_assert_uint_le(site_connections(site), 7);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(per_host_limits_one_host)
{
    struct site *site = start_graph(PAGES, 5);
    struct run run;
    crawl(&run, site, (const char *const[]){"--per-host", "3", NULL});
    ck_assert_uint_eq(site_peak_in_flight(site), 3);
    ck_assert_uint_eq(site_requests(site), PAGES + 1);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* Where the record of a page stands in the output. */
static const char *record_of(const struct run *run, const char *path)
{
    char text[64];
    snprintf(text, sizeof text, "\"url\":\"~%s\"", path);
    const char *record = strstr(run->out, text);
    ck_assert_msg(record != NULL, "%s is missing from\n%s", path, run->out);
    return record;
}

START_TEST(a_url_that_waits_for_its_next_try_holds_no_task)
{
    static const struct site_page pages[] = {
        {.path = "/", .body = "<a href='/a'><a href='/b'>"},
        {.path = "/a", .body = "abc", .fault = SITE_RESET_AFTER_HEAD, .fault_times = 1},
        {.path = "/b"},
        {0}};
    struct site *site = site_of_pages(pages);
    struct run run;
    crawl(&run, site, (const char *const[]){"--max-tasks", "1", "-o", "jsonl:-", NULL});
    ck_assert(record_of(&run, "/b") < record_of(&run, "/a"));
    ck_assert_ptr_nonnull(strstr(record_of(&run, "/a"), "\"tries\":2"));
    ck_assert_ptr_nonnull(strstr(record_of(&run, "/b"), "\"tries\":1"));
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* The report but for times and date. */
static char *timeless(const struct run *run)
{
    char *text = strdup(run->out);
    char *times = strstr(text, " urls in ");
    char *date = strstr(text, "\nDate: ");
    ck_assert_ptr_nonnull(times);
    ck_assert_ptr_nonnull(date);
    *date = '\0';
    char *rest = strchr(times, '\n');
    memmove(times, rest, strlen(rest) + 1);
    return text;
}

static const char *const SELECTORS[] = {"epoll", "poll", "select", "kqueue"};

enum { SELECTOR_COUNT = 4 };

/* Crawls `site` on a selector; false when this build does not have it: kqueue is there only on its shim or a BSD. */
static bool crawl_on(struct run *run, const struct site *site, const char *selector, const char *tasks)
{
    char root[64];
    site_url(site, "/", root, sizeof root);
    run_crawler(run, site, (const char *const[]){"--max-tasks", tasks, "--selector", selector, root, NULL});
    if (run->exit_code == 2 && strcmp(selector, "kqueue") == 0) {
        run_free(run);
        return false;
    }
    ck_assert_msg(run->exit_code == 0, "%s: exit code %d\n%s", selector, run->exit_code, run->err);
    return true;
}

START_TEST(one_task_gives_the_same_report_each_time)
{
    struct site *site = start_graph(6, 0);
    char *first = NULL;
    for (size_t i = 0; i < SELECTOR_COUNT; i++) {
        struct run run;
        if (!crawl_on(&run, site, SELECTORS[i], "1"))
            continue;
        char *report = timeless(&run);
        if (!first)
            first = strdup(report);
        ck_assert_msg(strcmp(report, first) == 0, "%s differs", SELECTORS[i]);
        free(report);
        run_free(&run);
    }
    free(first);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* The URLs of a report without what depends on who came first. */
static char *urls_only(const struct run *run)
{
    char *lines = run_url_lines(run), *out = lines;
    for (char *line = lines; *line;) {
        char *end = strchr(line, '\n');
        size_t length = strcspn(line, " ");
        memmove(out, line, length);
        out += length;
        *out++ = '\n';
        line = end + 1;
    }
    *out = '\0';
    return lines;
}

START_TEST(many_tasks_give_the_same_set_on_every_selector)
{
    struct site *site = start_graph(6, 1);
    struct run run;
    crawl(&run, site, (const char *const[]){"--max-tasks", "1", NULL});
    char *expected = urls_only(&run);
    run_free(&run);
    for (size_t i = 0; i < SELECTOR_COUNT; i++) {
        if (!crawl_on(&run, site, SELECTORS[i], "100"))
            continue;
        char *found = urls_only(&run);
        ck_assert_msg(strcmp(found, expected) == 0, "%s differs", SELECTORS[i]);
        free(found);
        run_free(&run);
    }
    free(expected);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(one_interrupt_finishes_what_is_in_flight)
{
    struct site *site = start_graph(PAGES, 200);
    struct run run;
    char root[64];
    run_start(&run, (const char *const[]){"--max-tasks", "10", site_url(site, "/", root, sizeof root), NULL});
    await_requests(site, 11);
    kill(run.pid, SIGINT);
    run_wait(&run, site);
    ck_assert_int_eq(run.exit_code, 130);
    ck_assert_int_eq(run_counter(&run, "fail"), -1);
    ck_assert_int_eq(run_counter(&run, "Done:"), (long)site_requests(site));
    ck_assert_int_eq(run_counter(&run, "Done:") + run_counter(&run, "Todo:"), PAGES + 1);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(two_interrupts_stop_at_once)
{
    static const struct site_page pages[] = {
        {.path = "/", .body = "<a href='/silent'><a href='/never'>"}, {.path = "/silent", .fault = SITE_SILENT}, {0}};
    struct site *site = site_of_pages(pages);
    struct run run;
    char root[64];
    run_start(&run, (const char *const[]){"--max-tasks", "1", site_url(site, "/", root, sizeof root), NULL});
    await_requests(site, 2);
    kill(run.pid, SIGTERM);
    /* The first must have been taken before the second, or the two count as one. */
    usleep(100000);
    kill(run.pid, SIGINT);
    run_wait(&run, site);
    ck_assert_int_eq(run.exit_code, 130);
    ck_assert_int_eq(run_counter(&run, "Done:"), 1);
    ck_assert_int_eq(run_counter(&run, "Todo:"), 2);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(a_crawl_is_one_thread)
{
    struct site *site = start_graph(PAGES, 300);
    struct run run;
    char root[64];
    run_start(&run, (const char *const[]){site_url(site, "/", root, sizeof root), NULL});
    await_requests(site, 50);
    ck_assert_int_eq(run_threads(&run), 1);
    run_wait(&run, site);
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_int_eq(run_counter(&run, "Done:"), PAGES + 1);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

enum { MANY = 12000 };

/* A page with links to /p/FROM up to /p/(FROM + MANY); malloced. */
static char *large_page(int from)
{
    size_t size = (size_t)MANY * 48 + 1, length = 0;
    char *body = malloc(size);
    ck_assert_ptr_nonnull(body);
    for (int i = 0; i < MANY; i++)
        length += (size_t)snprintf(body + length, size - length, "<a href='/p/a-long-name-%d.html'></a>", from + i);
    return body;
}

/* Large pages are taken in by and by, between one another: their links are the same as ever. */
START_TEST(large_pages_come_in_between_one_another)
{
    char *large[] = {large_page(0), large_page(MANY / 2), large_page(0)};
    const struct site_page pages[] = {
        {.path = "/", .body = "<a href='/a'><a href='/b'><a href='/c'>"},
        {.path = "/a", .body = large[0]},
        {.path = "/b", .body = large[1]},
        {.path = "/c", .body = large[2]},
        {0},
    };
    struct site *site = site_of_pages(pages);
    struct run run;
    char root[64];
    run_crawler(&run, site, (const char *const[]){"-n", "4", site_url(site, "/", root, sizeof root), NULL});
    ck_assert_int_eq(run.exit_code, 5); /* the limit was hit */
    ck_assert_int_eq(run_counter(&run, "Done:"), 4);
    ck_assert_int_eq(run_counter(&run, "Todo:"), MANY + MANY / 2);
    run_free(&run);
    crawl(&run, site, (const char *const[]){"--depth", "1", NULL});
    ck_assert_int_eq(run_counter(&run, "Done:"), 4);
    ck_assert_int_eq(run_counter(&run, "Todo:"), 0);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++)
        free(large[i]);
}
END_TEST

int main(void)
{
    return RUN_TESTS("pool", never_more_than_max_tasks_at_once, a_url_that_waits_for_its_next_try_holds_no_task,
                     per_host_limits_one_host, one_task_gives_the_same_report_each_time,
                     many_tasks_give_the_same_set_on_every_selector, one_interrupt_finishes_what_is_in_flight,
                     two_interrupts_stop_at_once, a_crawl_is_one_thread, large_pages_come_in_between_one_another);
}
