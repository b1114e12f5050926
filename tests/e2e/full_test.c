/* Row 4: a file system that is full, at many sizes, so that it is so at all stages of a crawl with --state; then it is
 * larger, and the crawl goes on to its end. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "e2e/run.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { SKIPPED = 77, PAGES = 600, PATH_SIZE = 96, URL_SIZE = 64, TEXT_SIZE = 160, SIZES = 20 };

static const struct site_graph GRAPH = {.pages = PAGES, .links = 8};

static struct {
    char folder[PATH_SIZE];
    char state[PATH_SIZE + 16];
    char root[URL_SIZE];
    struct site *site;
} here;

static void set_size(const char *kind, unsigned long flags, int kilobytes)
{
    char size[32];
    snprintf(size, sizeof size, "size=%dk", kilobytes);
    ck_assert_int_eq(mount(kind, here.folder, "tmpfs", flags, size), 0);
}

static void open_here(int kilobytes)
{
    folder_make(here.folder, "/tmp/crawler-full");
    set_size("crawler-test", 0, kilobytes);
    snprintf(here.state, sizeof here.state, "%s/crawl.db", here.folder);
    here.site = site_of_graph(&GRAPH);
    site_url(here.site, "/", here.root, sizeof here.root);
}

static void close_here(void)
{
    ck_assert_int_eq(umount(here.folder), 0);
    ck_assert_int_eq(rmdir(here.folder), 0);
    ck_assert_int_eq(site_stop(here.site), 0);
}

static void crawl(struct run *run)
{
    run_crawler(run, here.site, (const char *const[]){"--memory", "20k", "--state", here.state, here.root, NULL});
}

/* Either it ends for want of room, and says where, or there was enough of it. Returns whether it was full. */
static bool is_full(int kilobytes)
{
    struct run run;
    crawl(&run);
    bool was_full = run.exit_code == 1;
    ck_assert_msg(run.exit_code == 0 || (was_full && strstr(run.err, here.folder) && strstr(run.err, "no space left")),
                  "%d KiB: exit code %d\n%s", kilobytes, run.exit_code, run.err);
    ck_assert_msg(was_full || run_counter(&run, "Done:") == PAGES + 1, "%d KiB: it is not whole", kilobytes);
    run_free(&run);
    return was_full;
}

static long known_records(const char *err)
{
    const char *said = strstr(err, "going on: ");
    return said ? strtol(said + strlen("going on: "), NULL, 10) : 0;
}

/* All was there, and the last room was missing for moving it from the log into the file. */
static void check_finished(int kilobytes)
{
    struct run run;
    run_crawler(&run, here.site, (const char *const[]){"report", here.state, NULL});
    ck_assert_msg(run.exit_code == 0 && run_counter(&run, "Done:") == PAGES + 1, "%d KiB: not whole\n%s", kilobytes,
                  run.err);
    run_free(&run);
}

static void check_that_it_goes_on(int kilobytes)
{
    struct run run;
    const long before = site_requests(here.site);
    crawl(&run);
    const long asked = site_requests(here.site) - before;
    const bool was_finished = run.exit_code == 2 && strstr(run.err, "holds a finished crawl");
    if (was_finished)
        check_finished(kilobytes);
    ck_assert_msg(was_finished || (run.exit_code == 0 && run_counter(&run, "Done:") == PAGES + 1 &&
                                   known_records(run.err) + asked == PAGES + 1),
                  "%d KiB: exit code %d, %ld known, %ld asked\n%s", kilobytes, run.exit_code, known_records(run.err),
                  asked, run.err);
    run_free(&run);
}

START_TEST(a_full_file_system_ends_the_crawl_and_it_goes_on_when_there_is_room)
{
    const int step = 24, kilobytes = 4 + _i * step;
    open_here(kilobytes);
    const bool was_full = is_full(kilobytes);
    ck_assert_msg(was_full || _i > SIZES / 2, "%d KiB were enough", kilobytes);
    set_size("crawler-test", MS_REMOUNT, 8 * 1024);
    if (was_full)
        check_that_it_goes_on(kilobytes);
    close_here();
}
END_TEST

/* Where file systems can't be mounted, a user's own name space may have them. */
static bool may_mount(void)
{
    if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0)
        return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
}

int main(void)
{
    if (!may_mount())
        return SKIPPED;
    return RUN_TESTS_TIMES("full", SIZES, a_full_file_system_ends_the_crawl_and_it_goes_on_when_there_is_room);
}
