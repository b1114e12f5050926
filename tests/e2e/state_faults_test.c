/* Calls of the system that fail while a state file is written, by the crawl or by its writer: the crawl ends with an
 * error that names the file, or does without the call, and in either case goes on later to the same end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/failing_call.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { SKIPPED = 77, PAGES = 30, PATH_SIZE = 96, CALLS = 12 };

static const char *const KINDS[] = {"write", "sync", "open", "read", "mapping", "socket"};

/* `option` may be NULL. */
static void crawl(struct run *run, const struct site *site, const char *state, const char *option)
{
    char root[64];
    run_crawler(run, site,
                (const char *const[]){"-q", "--link-graph", "--state", state, site_url(site, "/", root, sizeof root),
                                      option, NULL});
}

static void check_report(const struct site *site, const char *state)
{
    struct run run;
    run_crawler(&run, site, (const char *const[]){"report", state, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_int_eq(run_counter(&run, "Done:"), PAGES + 1);
    run_free(&run);
}

/* Returns whether the call made the first crawl fail, or
 * with `option` --revisit the visit after it. */
static bool fails_and_goes_on(const struct site *site, const char *folder, const char *kind, int nth,
                              const char *option)
{
    struct run first, second;
    char state[PATH_SIZE];
    snprintf(state, sizeof state, "%s/%s-%d.db", folder, kind, nth);
    if (option) {
        crawl(&first, site, state, NULL);
        run_free(&first);
    }
    let_call_fail(kind, nth, 0);
    crawl(&first, site, state, option);
    let_no_call_fail();
    check_clean_end(&first, kind, nth);
    crawl(&second, site, state, option);
    check_gone_on(&first, &second, kind, nth);
    check_report(site, state);
    bool failed = first.exit_code;
    run_free(&first);
    run_free(&second);
    return failed;
}

static void let_calls_fail(const char *kind, const char *option)
{
    const struct site_graph graph = {.pages = PAGES, .links = 5};
    char folder[FOLDER_SIZE];
    struct site *site = site_of_graph(&graph);
    int failures = 0;
    folder_make(folder, "/tmp/crawler-state-faults");
    for (int nth = 1; nth <= CALLS; nth++)
        failures += fails_and_goes_on(site, folder, kind, nth, option);
    ck_assert_msg(failures > 0, "%s: no call mattered", kind);
    folder_remove(folder);
    ck_assert_int_eq(site_stop(site), 0);
}

START_TEST(whatever_call_fails_the_crawl_goes_on_later)
{
    let_calls_fail(KINDS[_i], NULL);
}
END_TEST

START_TEST(whatever_call_fails_a_visit_goes_on_later)
{
    let_calls_fail(KINDS[_i], "--revisit");
}
END_TEST

int main(void)
{
    if (!calls_can_fail())
        return SKIPPED;
    return RUN_TESTS_TIMES("state faults", sizeof KINDS / sizeof KINDS[0], whatever_call_fails_the_crawl_goes_on_later,
                           whatever_call_fails_a_visit_goes_on_later);
}
