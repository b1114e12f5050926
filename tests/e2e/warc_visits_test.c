/* Visits (--state, --revisit) that are archived (--warc): what did not change refers to what was archived before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/state_place.h"
#include "e2e/warc_reader.h"
#include "unit/folder.h"
#include "unit/suite.h"

#define SERVER_NOT_MODIFIED "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
#define IDENTICAL_PAYLOAD   "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

static const struct site_page OLD[] = {
    {.path = "/", .body = "<a href=/same><a href=/plain><a href=/news><a href=/renamed>", .etag = "\"1\""},
    {.path = "/same", .body = "the same", .etag = "\"same\""},
    {.path = "/plain", .body = "without a tag"},
    {.path = "/news", .body = "old news", .etag = "\"old\""},
    {.path = "/renamed", .body = "its tag changes", .etag = "\"a\""},
    {0}};
static const struct site_page NEW[] = {
    {.path = "/", .body = "<a href=/same><a href=/plain><a href=/news><a href=/renamed>", .etag = "\"1\""},
    {.path = "/same", .body = "the same", .etag = "\"same\""},
    {.path = "/plain", .body = "without a tag"},
    {.path = "/news", .body = "new news", .etag = "\"new\""},
    {.path = "/renamed", .body = "its tag changes", .etag = "\"b\""},
    {0}};

static struct warc warc;
static char prefix[PATH_SIZE + 16];

static const char *prefix_of(char name)
{
    snprintf(prefix, sizeof prefix, "%s/%c", state_place.folder, name);
    return prefix;
}

static struct bytes first_file_of(char name)
{
    char path[PATH_SIZE + 32];
    snprintf(path, sizeof path, "%s/%c-00000.warc.gz", state_place.folder, name);
    return bytes_of_file(path);
}

/* Crawls or visits, by the archive `name`, 0 for none, up to `pages`. */
static void crawl(char name, const char *way, const char *pages, int code, const char *said)
{
    const char *arguments[10] = {"--state", state_place.state, way, "-n", pages};
    struct run run;
    if (name) {
        arguments[5] = "--warc";
        arguments[6] = prefix_of(name);
    }
    run_crawler(&run, state_place.site, arguments);
    state_check_exit(&run, code, said);
    run_free(&run);
}

static void visit(char name)
{
    crawl(name, "--revisit", "100", 0, "visiting again");
}

static void crawl_first(char name)
{
    state_place_open(&(struct site_config){.pages = OLD});
    crawl(name, state_place.root, "100", 0, "");
}

static void read_archive(char name)
{
    warc_read(&warc, prefix_of(name));
    warc_check_index(&warc, prefix);
}

/* The `nth` answer at `path`, which is of that type. */
static const struct warc_record *find(const char *type, const char *path, size_t nth)
{
    char url[URL_SIZE];
    const struct warc_record *record = warc_find(&warc, type, site_url(state_place.site, path, url, sizeof url), nth);
    ck_assert_msg(record != NULL, "no %s %zu of %s", type, nth, path);
    return record;
}

static size_t count(const char *type, const char *path)
{
    char url[URL_SIZE];
    return warc_count(&warc, type, site_url(state_place.site, path, url, sizeof url));
}

static void check_refers(const struct warc_record *record, const char *profile, const struct warc_record *original)
{
    ck_assert_str_eq(warc_field(record, "WARC-Profile"), profile);
    ck_assert_str_eq(warc_field(record, "WARC-Refers-To"), original ? warc_field(original, "WARC-Record-ID") : "");
    ck_assert_str_eq(warc_field(record, "WARC-Refers-To-Date"), original ? warc_field(original, "WARC-Date") : "");
    ck_assert_str_eq(warc_field(record, "WARC-Refers-To-Target-URI"),
                     original ? warc_field(original, "WARC-Target-URI") : "");
    ck_assert_uint_eq(record->payload.length, 0);
}

static void check_not_modified(const char *path, size_t nth, const struct warc_record *original)
{
    const struct warc_record *record = find("revisit", path, nth);
    check_refers(record, SERVER_NOT_MODIFIED, original);
    ck_assert_int_eq(strncmp(record->block.data, "HTTP/1.1 304", 12), 0);
}

START_TEST(another_visit_goes_on_with_the_archive)
{
    crawl_first('a');
    state_place_serve(&(struct site_config){.pages = NEW});
    visit('a');
    read_archive('a');
    check_not_modified("/", 0, find("response", "/", 0));
    check_not_modified("/same", 0, find("response", "/same", 0));
    ck_assert_ptr_nonnull(strstr(find("request", "/same", 1)->block.data, "If-None-Match: \"same\"\r\n"));
    check_refers(find("revisit", "/plain", 0), IDENTICAL_PAYLOAD, find("response", "/plain", 0));
    check_refers(find("revisit", "/renamed", 0), IDENTICAL_PAYLOAD, find("response", "/renamed", 0));
    ck_assert_uint_eq(count("response", "/news"), 2);
    ck_assert_str_eq(find("response", "/news", 1)->payload.data, "new news");
    warc_forget(&warc);
    visit('a');
    read_archive('a');
    check_not_modified("/same", 1, find("response", "/same", 0));
    check_not_modified("/news", 0, find("response", "/news", 1));
    check_not_modified("/renamed", 1, NULL); /* what came last is itself a reference */
    ck_assert_uint_eq(count("request", "/"), 3);
    ck_assert_uint_eq(count("metadata", "/"), 3);
    warc_forget(&warc);
    state_place_close();
}
END_TEST

START_TEST(another_visit_may_have_another_archive)
{
    crawl_first('a');
    read_archive('a');
    warc_forget(&warc);
    visit('b');
    struct bytes first = first_file_of('a');
    read_archive('b');
    check_not_modified("/same", 0, NULL);
    ck_assert_uint_eq(count("response", "/plain"), 1);
    warc_forget(&warc);
    visit(0);
    crawl('a', "--revisit", "100", 1, "a-00000.warc.gz: exists already");
    visit('c');
    read_archive('c');
    check_not_modified("/same", 0, NULL);
    warc_forget(&warc);
    struct bytes last = first_file_of('a');
    ck_assert_uint_eq(first.length, last.length);
    ck_assert_int_eq(memcmp(first.data, last.data, first.length), 0);
    free(first.data);
    free(last.data);
    state_place_close();
}
END_TEST

/* Each answer of the visit is there once. */
static void check_visit(char name, size_t before)
{
    read_archive(name);
    for (const struct site_page *page = OLD; page->path; page++)
        ck_assert_uint_eq(count("response", page->path) + count("revisit", page->path), before + 1);
    check_not_modified("/same", 0, before ? find("response", "/same", 0) : NULL);
    warc_forget(&warc);
    state_place_close();
}

START_TEST(a_visit_that_was_broken_off_goes_on_with_the_archive)
{
    crawl_first('a');
    crawl('a', "--revisit", "2", 5, "visiting again");
    crawl('a', "--resume", "1", 5, "visiting again");
    crawl('b', "--resume", "100", 2, "is archived with --warc");
    crawl('a', "--revisit", "100", 0, "visiting again"); /* finishes it */
    check_visit('a', 1);
}
END_TEST

START_TEST(a_visit_that_was_broken_off_goes_on_with_its_own_archive)
{
    crawl_first(_i ? 'a' : 0);
    crawl('b', "--revisit", "2", 5, "visiting again");
    crawl('a', "--resume", "100", 2, "is archived with --warc");
    crawl(0, "--resume", "100", 2, "is archived with --warc");
    crawl('b', "--resume", "100", 0, "visiting again");
    check_visit('b', 0);
}
END_TEST

/* Killed between the moment in which the file gets the archive's name and that in which the visit begins. */
START_TEST(a_visit_that_died_before_it_began_can_begin)
{
    char note[TEXT_SIZE], name[PATH_SIZE + 32];
    crawl_first('a');
    snprintf(note, sizeof note, "UPDATE crawl SET value = '0 0 0 %s' WHERE name = 'archive'", prefix_of('b'));
    state_change(note);
    snprintf(name, sizeof name, "%s-00000.warc.gz", prefix);
    file_write(name, "half a record");
    crawl('b', "--revisit", "100", 0, "b-00000.warc.gz: cut by 13 bytes");
    check_visit('b', 0);
}
END_TEST

int main(void)
{
    int failed =
        RUN_TESTS("visits", another_visit_goes_on_with_the_archive, another_visit_may_have_another_archive,
                  a_visit_that_was_broken_off_goes_on_with_the_archive, a_visit_that_died_before_it_began_can_begin);
    return failed | RUN_TESTS_TIMES("own", 2, a_visit_that_was_broken_off_goes_on_with_its_own_archive);
}
