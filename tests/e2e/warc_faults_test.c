/* Calls of the system that fail while an archive is written: the crawl ends with an error that is told, or does
 * without the call; what is in the archive is whole; and a crawl that goes on has each page in it once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/failing_call.h"
#include "e2e/warc_reader.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { SKIPPED = 77, SMALL = 12, LARGE = 2, PAGES = SMALL + LARGE, PATH_SIZE = 96, SIZE = 400 * 1000 };

static const struct {
    const char *kind;
    int calls; /* that are let fail, one a crawl */
    int step;
} KINDS[] = {{"write", 60, 3}, {"sync", 12, 1},    {"open", 14, 1},  {"read", 12, 1},
             {"rename", 1, 1}, {"mapping", 30, 3}, {"close", 30, 1}, {"memory", 400, 17}};

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
    here.site = site_of_pages(here.pages);
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

/* Returns whether the call made the first crawl fail. */
static bool fails_and_goes_on(const char *kind, int nth)
{
    struct run first, second;
    snprintf(here.state, sizeof here.state, "%s/%s-%d.db", here.folder, kind, nth);
    snprintf(here.archive, sizeof here.archive, "%s/%s-%d", here.folder, kind, nth);
    let_call_fail(kind, nth, 0);
    crawl(&first);
    let_no_call_fail();
    check_clean_end(&first, kind, nth);
    check_archive(false, kind, nth);
    crawl(&second);
    check_gone_on(&first, &second, kind, nth);
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
    if (!calls_can_fail())
        return SKIPPED;
    return RUN_TESTS_TIMES("warc faults", sizeof KINDS / sizeof KINDS[0], whatever_call_fails_the_archive_is_whole);
}
