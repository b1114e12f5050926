/* --memory: URLs that wait are written to a file beyond it, and the crawl is the same; where they can't be, it ends in
 * good order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/place.h"
#include "e2e/records.h"
#include "e2e/run.h"
#include "unit/suite.h"

enum { PAGES = 3000, SOME = 150, PATH_SIZE = 96, URL_SIZE = 64, TEXT_SIZE = 256 };

/* Most pages wait most of the time. */
static const struct site_graph GRAPH = {.pages = PAGES, .links = 30, .children = 30};

static void open_place(void)
{
    place_open("/tmp/crawler-memory", &(struct site_config){.graph = &GRAPH});
}

/* The URLs in the order in which they were fetched, one at a time, each with the page that led there. */
static char *order_of_crawl(const char *memory)
{
    struct run run;
    run_crawler(
        &run, here.site,
        (const char *const[]){"-q", "-c", "1", "--memory", memory, "-o", path_here("records.jsonl"), here.root, NULL});
    ck_assert_msg(run.exit_code == 0, "exit code %d\n%s", run.exit_code, run.err);
    run_free(&run);
    char *text = file_text(path_here("records.jsonl"));
    json_t *records = records_of(text), *record;
    size_t i, length = 0, room = strlen(text) + 1;
    char *order = malloc(room);
    json_array_foreach(records, i, record)
    {
        length += (size_t)snprintf(order + length, room - length, "%s %s\n", record_word(record, "url"),
                                   record_word(record, "referrer"));
    }
    ck_assert_uint_eq(json_array_size(records), PAGES + 1);
    json_decref(records);
    free(text);
    return order;
}

START_TEST(the_order_is_that_without_a_limit)
{
    static const char *const sizes[] = {"1", "10k", "50k"};
    open_place();
    char *unlimited = order_of_crawl("0");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *limited = order_of_crawl(sizes[i]);
        ck_assert_msg(strcmp(unlimited, limited) == 0, "another order with --memory %s", sizes[i]);
        free(limited);
    }
    free(unlimited);
    place_close();
}
END_TEST

static void crawl(struct run *run, const char *limit)
{
    run_crawler(
        run, here.site,
        (const char *const[]){"-q", "--memory", "4k", "--state", path_here("crawl.db"), "-n", limit, here.root, NULL});
}

static void check_that_it_goes_on(void)
{
    struct run run;
    crawl(&run, "0");
    ck_assert_msg(run.exit_code == 0, "exit code %d\n%s", run.exit_code, run.err);
    ck_assert_int_eq(run_counter(&run, "Done:"), PAGES + 1);
    ck_assert_uint_eq(site_most_requests(here.site), 1);
    run_free(&run);
}

START_TEST(a_crawl_goes_on_within_its_memory)
{
    struct run run;
    open_place();
    crawl(&run, "100");
    ck_assert_int_eq(run.exit_code, 5);
    run_free(&run);
    crawl(&run, "500");
    ck_assert_int_eq(run.exit_code, 5);
    run_free(&run);
    check_that_it_goes_on();
    place_close();
}
END_TEST

/* All that is met is told of when it ends, and with a state file it goes on. */
static void check_end(const struct run *run, const char *place, const char *why)
{
    char said[TEXT_SIZE];
    snprintf(said, sizeof said, "%s: file for URLs that don't fit into memory: %s\n", place, why);
    ck_assert_msg(run->exit_code == 1 && strstr(run->err, said), "exit code %d\n%s", run->exit_code, run->err);
    ck_assert_msg(!strstr(strstr(run->err, said) + 1, said), "told again\n%s", run->err);
    ck_assert_int_gt(run_counter(run, "Todo:"), 0);
    ck_assert_int_lt(run_counter(run, "Done:"), PAGES);
}

START_TEST(without_a_folder_for_the_file_it_ends)
{
    struct run run;
    char skipped[PATH_SIZE + 16];
    open_place();
    snprintf(skipped, sizeof skipped, "%s/skipped", here.folder);
    run_crawler_after(&run, here.site, "export TMPDIR=/nonexistent",
                      (const char *const[]){"-q", "--memory", "4k", "--skipped", skipped, here.root, NULL});
    check_end(&run, "/nonexistent", "not found");
    json_t *left = records_of_file(skipped);
    ck_assert_int_eq((long)json_array_size(left), run_counter(&run, "Todo:"));
    json_decref(left);
    run_free(&run);
    place_close();
}
END_TEST

/* The spill file's folder is not the one of the state file when that is a link to elsewhere, so that only the first is
 * full. */
START_TEST(a_full_disk_ends_it_and_it_goes_on_later)
{
    struct run run;
    char small[PATH_SIZE + 16], state[PATH_SIZE + 32];
    open_place();
    snprintf(small, sizeof small, "%s/small", here.folder);
    snprintf(state, sizeof state, "%s/crawl.db", small);
    ck_assert_int_eq(mkdir(small, 0700), 0);
    if (mount("crawler-test", small, "tmpfs", 0, "size=16k")) {
        place_close();
        return; /* no rights to try it */
    }
    ck_assert_int_eq(symlink(path_here("crawl.db"), state), 0);
    run_crawler(&run, here.site,
                (const char *const[]){"-q", "--no-sandbox", "--memory", "4k", "--state", state, here.root, NULL});
    umount(small);
    check_end(&run, small, "no space left on device");
    run_free(&run);
    check_that_it_goes_on();
    place_close();
}
END_TEST

int main(void)
{
    return RUN_TESTS("memory", the_order_is_that_without_a_limit, a_crawl_goes_on_within_its_memory,
                     without_a_folder_for_the_file_it_ends, a_full_disk_ends_it_and_it_goes_on_later);
}
