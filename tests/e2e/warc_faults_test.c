/* Calls of the system that fail while an archive is written: the crawl ends with an error that is told, or does
 * without the call; what is in the archive is whole; and a crawl that goes on has each page in it once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/run.h"
#include "e2e/warc_reader.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum {
    SKIPPED = 77,
    SMALL = 12,
    LARGE = 2,
    PAGES = SMALL + LARGE,
    PATH_SIZE = 96,
    SIZE = 400 * 1000,
    CONFIG_UNREAD = 3
};

static const struct {
    const char *kind;
    int calls; /* that are let fail, one a crawl */
    int step;
} KINDS[] = {{"write", 60, 3}, {"sync", 12, 1},    {"open", 14, 1},  {"read", 12, 1},
             {"rename", 1, 1}, {"mapping", 30, 3}, {"close", 30, 1}, {"memory", 400, 17}};

/* See tests/shim/nth_failure.h. */
static void let_call_fail(const char *kind, int nth)
{
    char number[16];
    snprintf(number, sizeof number, "%d", nth);
    setenv("NTH_FAILURE_KIND", kind, 1);
    setenv("NTH_FAILURE_NTH", number, 1);
    setenv("LD_PRELOAD", NTH_FAILURE_LIBRARY, 1);
}

static struct {
    struct site *site;
    char folder[PATH_SIZE];
    char state[PATH_SIZE + 32];
    char archive[PATH_SIZE + 32];
    char paths[PAGES][16];
    struct site_page pages[PAGES + 2];
    char links[PAGES * 24];
    char large[SIZE + 1];
} here;

static void open_here(void)
{
    unsigned seed = 3;
    folder_make(here.folder, "/tmp/crawler-warc-faults");
    for (int i = 0; i < SIZE; i++)
        here.large[i] = (char)('!' + rand_r(&seed) % 90);
    for (int i = 0; i < PAGES; i++) {
        snprintf(here.paths[i], sizeof here.paths[i], "/%d", i);
        sprintf(here.links + strlen(here.links), "<a href=/%d>", i);
        here.pages[i] = (struct site_page){.path = here.paths[i],
                                           .body = here.large + i,
                                           .type = "text/plain",
                                           .length = i < SMALL ? 1000 : SIZE - PAGES};
    }
    here.pages[PAGES] = (struct site_page){.path = "/", .body = here.links};
    ck_assert_int_eq(site_start(&(struct site_config){.pages = here.pages}, &here.site), 0);
}

static void close_here(void)
{
    folder_remove(here.folder);
    ck_assert_int_eq(site_stop(here.site), 0);
}

static void crawl(struct run *run)
{
    char root[64];
    run_crawler(run, here.site,
                (const char *const[]){"-q", "--state", here.state, "--warc", here.archive, "--warc-size", "300k",
                                      site_url(here.site, "/", root, sizeof root), NULL});
}

/* `is_over`: each page is there. */
static void check_archive(bool is_over, const char *kind, int nth)
{
    struct warc warc;
    if (!is_over && !warc_file_count(here.archive))
        return;
    warc_read(&warc, here.archive);
    if (is_over)
        warc_check_index(&warc, here.archive);
    for (int i = 0; i <= PAGES; i++) {
        char url[96];
        site_url(here.site, here.pages[i].path, url, sizeof url);
        size_t count = warc_count(&warc, "response", url);
        ck_assert_msg(count == 1 || (!count && !is_over), "%s %d: %s is there %zu times", kind, nth, url, count);
    }
    warc_forget(&warc);
}

/* Returns whether the call made the first crawl fail. An exit code 2 the second time: it was finished the first
 * time. */
static bool fails_and_goes_on(const char *kind, int nth)
{
    struct run first, second;
    snprintf(here.state, sizeof here.state, "%s/%s-%d.db", here.folder, kind, nth);
    snprintf(here.archive, sizeof here.archive, "%s/%s-%d", here.folder, kind, nth);
    let_call_fail(kind, nth);
    crawl(&first);
    unsetenv("LD_PRELOAD");
    bool is_clean =
        first.exit_code == 0 || ((first.exit_code == 1 || first.exit_code == CONFIG_UNREAD) && first.err[0]);
    ck_assert_msg(is_clean, "%s %d: exit code %d\n%s", kind, nth, first.exit_code, first.err);
    check_archive(false, kind, nth);
    crawl(&second);
    ck_assert_msg(second.exit_code == 0 || second.exit_code == 2, "%s %d:\n%sthen exit code %d\n%s", kind, nth,
                  first.err, second.exit_code, second.err);
    check_archive(true, kind, nth);
    bool failed = first.exit_code;
    run_free(&first);
    run_free(&second);
    return failed;
}

START_TEST(whatever_call_fails_the_archive_is_whole)
{
    int failures = 0;
    open_here();
    for (int nth = 1; nth <= KINDS[_i].calls; nth += KINDS[_i].step)
        failures += fails_and_goes_on(KINDS[_i].kind, nth);
    ck_assert_msg(failures > 0, "%s: no call mattered", KINDS[_i].kind);
    close_here();
}
END_TEST

int main(void)
{
    if (!NTH_FAILURE_LIBRARY[0])
        return SKIPPED; /* only for x86-64 Linux with glibc, and without sanitizers */
    return RUN_TESTS_TIMES("warc faults", sizeof KINDS / sizeof KINDS[0], whatever_call_fails_the_archive_is_whole);
}
