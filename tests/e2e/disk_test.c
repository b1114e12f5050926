/* Row 4: a disk that takes no more in the middle of a crawl, whatever its reason. A full one of its own is in
 * outputs_test.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/failing_call.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { SKIPPED = 77, PAGES = 400, PATH_SIZE = 96, TEXT_SIZE = 160 };

static const struct {
    int number;
    const char *text;
} ERRORS[] = {
    {ENOSPC, "no space left on device"},
    {EDQUOT, "no space left on device"},
    {EIO, "input/output error"},
    {EROFS, "file system is read-only"},
};

START_TEST(row_4_an_error_of_the_disk_ends_the_crawl)
{
    const struct site_graph graph = {.pages = PAGES, .links = 10, .delay = 20};
    char folder[FOLDER_SIZE], file[PATH_SIZE], part[PATH_SIZE + 8], said[TEXT_SIZE], root[64];
    struct site *site = site_of_graph(&graph);
    struct run run;
    folder_make(folder, "/tmp/crawler-disk");
    snprintf(file, sizeof file, "%s/a.jsonl", folder);
    snprintf(part, sizeof part, "%s.part", file);
    snprintf(said, sizeof said, "%s: %s\n", file, ERRORS[_i].text);
    let_call_fail("write", 1, ERRORS[_i].number); /* of the records; more would follow */
    run_crawler(&run, NULL,
                (const char *const[]){"-q", "-c", "4", "-o", file, site_url(site, "/", root, sizeof root), NULL});
    let_no_call_fail();
    ck_assert_int_eq(run.exit_code, 1);
    ck_assert_msg(strstr(run.err, said) != NULL, "%s", run.err);
    ck_assert_msg(site_requests(site) < PAGES, "the crawl went on to its end");
    ck_assert_msg(access(file, F_OK) != 0, "what is not whole has the name of the whole");
    run_free(&run);
    unlink(part);
    ck_assert_int_eq(rmdir(folder), 0);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

int main(void)
{
    if (!calls_can_fail())
        return SKIPPED;
    return RUN_TESTS_TIMES("disk", sizeof ERRORS / sizeof ERRORS[0], row_4_an_error_of_the_disk_ends_the_crawl);
}
