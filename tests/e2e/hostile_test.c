/* Pages of ten megabytes made to hurt: each is read to its end, and the link behind what hurts is found. */
#include "e2e/hostile_pages.h"
#include "e2e/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site/started.h"
#include "unit/suite.h"

static void crawl_page(const struct site *site, const struct hostile *hostile, struct run *run)
{
    char url[100];
    run_crawler(run, site,
                (const char *const[]){"-v", "-v", "-d", "1", "--follow", "pages",
                                      site_url(site, hostile->path, url, sizeof url), NULL});
}

START_TEST(what_stands_behind_is_found)
{
    const struct hostile *hostile = &hostile_pages[_i];
    size_t length;
    char *body = hostile_page_make(hostile, &length);
    ck_assert_ptr_nonnull(body);
    const struct site_page pages[] = {
        {.path = hostile->path, .type = hostile->type, .body = body, .length = length},
        {.path = "/behind", .body = "x"},
        {0},
    };
    const struct site_config config = {.pages = pages};
    struct site *site = site_started(&config);
    struct run run;
    crawl_page(site, hostile, &run);
    ck_assert_msg(site_request_count(site, "/behind") == 1, "%s: nothing found behind\n%s%s", hostile->path, run.out,
                  run.err);
    ck_assert_msg(strstr(run.err, "events waited for") != NULL, "%s", run.err);
    if (getenv("CRAWLER_TEST_VERBOSE"))
        fprintf(stderr, "%-22s%s", hostile->path, strstr(run.err, "events waited for"));
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
    free(body);
}
END_TEST

int main(void)
{
    return RUN_TESTS_TIMES("hostile pages", HOSTILE_PAGES, what_stands_behind_is_found);
}
