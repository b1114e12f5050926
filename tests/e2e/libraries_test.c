/* A crawl where libxml2 and ICU are missing: documents that need them fail, the others don't notice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/run.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

#ifndef CRAWLER_LAZY_LIBRARIES

int main(void)
{
    return 77;
}

#else

static const char *const SONAMES[] = {CRAWLER_XML_SONAME, CRAWLER_ICU_SONAME};

enum { SONAME_COUNT = sizeof SONAMES / sizeof SONAMES[0], NAME_MAX_LENGTH = 256 };

/* Puts empty files into the folder, which the dynamic linker finds first and can't use. */
static void hide_libraries(char folder[FOLDER_SIZE])
{
    folder_make(folder, "/tmp/crawler-libraries");
    for (int i = 0; i < SONAME_COUNT; i++) {
        char path[NAME_MAX_LENGTH];
        snprintf(path, sizeof path, "%s/%s", folder, SONAMES[i]);
        file_write(path, "");
    }
    ck_assert_int_eq(setenv("LD_LIBRARY_PATH", folder, 1), 0);
}

static void show_libraries(const char *folder)
{
    unsetenv("LD_LIBRARY_PATH");
    folder_remove(folder);
}

/* Each kind of document twice, once so short that it is read only when it is over. */
static struct site *start_site(void)
{
    static char long_text[4096];
    snprintf(long_text, sizeof long_text, "<a href='/lost'>%4000s", "");
    const struct site_page pages[] = {
        {.path = "/", .body = "<a href=/a.svg><a href=/b.svg><a href=/c><a href=/d><a href=/e>"},
        {.path = "/a.svg", .type = "image/svg+xml", .body = "<svg/>"},
        {.path = "/b.svg", .type = "image/svg+xml", .body = long_text},
        {.path = "/c", .type = "text/html;charset=iso-2022-jp", .body = "<a href='/lost'>"},
        {.path = "/d", .type = "text/html;charset=iso-2022-jp", .body = long_text},
        {.path = "/e", .body = "<a href='/f'>"},
        {.path = "/f", .type = "text/html;charset=windows-1252", .body = "<a href='/g'>"},
        {.path = "/g"},
        {0},
    };
    return site_of_pages(pages);
}

START_TEST(documents_that_need_them_fail)
{
    char folder[FOLDER_SIZE], root[64];
    struct site *site = start_site();
    struct run run;
    hide_libraries(folder);
    run_crawler(&run, site, (const char *const[]){site_url(site, "/", root, sizeof root), NULL});
    show_libraries(folder);
    ck_assert_msg(run.exit_code == 0, "exit code %d\n%s", run.exit_code, run.err);
    ck_assert_msg(run_counter(&run, "fail_library") == 4, "%s\n%s", run.out, run.err);
    for (int i = 0; i < SONAME_COUNT; i++)
        ck_assert_uint_eq(times_said(run.err, SONAMES[i]), 1);
    ck_assert_ptr_nonnull(strstr(run.out, "~/g 200"));
    ck_assert_ptr_null(strstr(run.out, "~/lost"));
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("libraries", documents_that_need_them_fail);
}

#endif
