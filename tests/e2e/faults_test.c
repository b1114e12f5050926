/* Servers that do everything wrong at once, beside pages that are all right: each of them has its record and its
 * reason, the same when every byte comes in a packet of its own. See FAULTS.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/fault_table.h"
#include "e2e/records.h"
#include "e2e/run.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum {
    MOST_FAULTS = 128,
    PATH_SIZE = 64,
    LONG_PATH_SIZE = 2 * PATH_SIZE,
    URL_SIZE = 1024,
    FIRST_PAGE_SIZE = 16384,
    BYTE_MODES = 2
};

/* A crawl of a site with all faults, and what it wrote. */
struct crawl {
    struct site *site;
    uint16_t closed_port;
    char folder[PATH_SIZE];
    struct run run;
    json_t *records;
    json_t *skipped;
    char *report;
};

static char *path_in(const struct crawl *crawl, const char *name, char path[LONG_PATH_SIZE])
{
    snprintf(path, LONG_PATH_SIZE, "%s/%s", crawl->folder, name);
    return path;
}

/* All faults, behind a first page that links to them. */
static void make_pages(struct site_page pages[MOST_FAULTS])
{
    static char links[FIRST_PAGE_SIZE];
    char *end = links;
    size_t count = 1;
    for (const struct fault *fault = fault_table(); fault->name; fault++) {
        if (!fault->unlinked)
            end += sprintf(end, "<a href='%s'>%s</a>\n", fault->url, fault->name);
        if (fault->url[0] != '/')
            continue;
        ck_assert_uint_lt(count, MOST_FAULTS - 1);
        pages[count] = fault->page;
        pages[count++].path = fault->url;
    }
    pages[0] = (struct site_page){.path = "/", .body = links};
    pages[count] = (struct site_page){0};
}

static void start_crawl(struct crawl *crawl, bool one_byte)
{
    struct site_page pages[MOST_FAULTS];
    char root[URL_SIZE], records[LONG_PATH_SIZE], report[LONG_PATH_SIZE], skipped[LONG_PATH_SIZE],
        output[4 * PATH_SIZE];
    make_pages(pages);
    crawl->closed_port = site_unused_port();
    const struct site_config config = {.pages = pages,
                                       .listeners = fault_listeners(),
                                       .listener_count = FAULT_LISTENERS,
                                       .other_port = crawl->closed_port,
                                       .one_byte = one_byte};
    crawl->site = site_started(&config);
    folder_make(crawl->folder, "/tmp/crawler-faults");
    snprintf(output, sizeof output, "jsonl:%s", path_in(crawl, "records", records));
    path_in(crawl, "skipped", skipped);
    path_in(crawl, "report", report);
    run_start(&crawl->run, (const char *const[]){"-v",
                                                 "-v",
                                                 "-o",
                                                 output,
                                                 "-o",
                                                 report,
                                                 "--skipped",
                                                 skipped,
                                                 "--cacert",
                                                 site_ca_file(crawl->site),
                                                 "--max-body",
                                                 "50000",
                                                 "--max-url-length",
                                                 "500",
                                                 "--max-tries",
                                                 "2",
                                                 "--max-redirect",
                                                 "3",
                                                 "--connect-timeout",
                                                 "2s",
                                                 "--idle-timeout",
                                                 "2s",
                                                 "--timeout",
                                                 "4s",
                                                 site_url(crawl->site, "/", root, sizeof root),
                                                 NULL});
}

static char *take_file(const struct crawl *crawl, const char *name)
{
    char path[LONG_PATH_SIZE];
    return file_take(path_in(crawl, name, path));
}

static json_t *take_records(const struct crawl *crawl, const char *name)
{
    char *text = take_file(crawl, name);
    json_t *records = records_of(text);
    free(text);
    return records;
}

static void end_crawl(struct crawl *crawl)
{
    run_wait(&crawl->run, NULL);
    crawl->records = take_records(crawl, "records");
    crawl->skipped = take_records(crawl, "skipped");
    crawl->report = take_file(crawl, "report");
    ck_assert_int_eq(rmdir(crawl->folder), 0);
    ck_assert_msg(crawl->run.exit_code == 0, "exit code %d\n%s", crawl->run.exit_code, crawl->run.err);
}

static void free_crawl(struct crawl *crawl)
{
    json_decref(crawl->records);
    json_decref(crawl->skipped);
    free(crawl->report);
    run_free(&crawl->run);
    ck_assert_int_eq(site_stop(crawl->site), 0);
}

/* `text` with its placeholders filled in; a path is one of the site's. */
static const char *fill_in(const struct crawl *crawl, const char *text, char url[URL_SIZE])
{
    const char *brace = strchr(text, '{');
    if (text[0] == '/')
        return site_url(crawl->site, text, url, URL_SIZE);
    if (!brace)
        return text;
    unsigned port = crawl->closed_port;
    if (strncmp(brace, "{PORT", 5) == 0)
        port = site_port(crawl->site, strtoul(brace + 5, NULL, 10));
    snprintf(url, URL_SIZE, "%.*s%u%s", (int)(brace - text), text, port, strchr(brace, '}') + 1);
    return url;
}

static void check_record(const struct crawl *crawl, const struct fault *fault)
{
    char url[URL_SIZE], target[URL_SIZE];
    const json_t *record = record_find(crawl->records, fill_in(crawl, fault->url, url));
    ck_assert_msg(record != NULL, "%s: no record of %s", fault->name, url);
    const char *error = fault->error ? fault->error : "";
    const char *redirect = fault->redirect ? fill_in(crawl, fault->redirect, target) : "";
    bool good = strcmp(record_error(record), error) == 0 && strcmp(record_word(record, "redirect"), redirect) == 0;
    good = good && record_number(record, "status") == (fault->status ? fault->status : -1);
    good = good && record_number(record, "tries") == (fault->tries ? fault->tries : 1);
    good = good && json_is_true(json_object_get(record, "truncated")) == fault->truncated;
    good = good && (!fault->size || record_number(record, "size") == fault->size);
    if (!good) {
        fputs(crawl->run.err, stderr); /* too long for a message */
        ck_abort_msg("%s: %s", fault->name, json_dumps(record, JSON_COMPACT | JSON_PRESERVE_ORDER));
    }
}

static void check_skipped(const struct crawl *crawl, const struct fault *fault)
{
    char filled[URL_SIZE];
    if (!fault->skipped)
        return;
    const char *url = fill_in(crawl, fault->skipped, filled);
    const json_t *skipped = record_find(crawl->skipped, url);
    ck_assert_msg(skipped != NULL, "%s: %s was not refused", fault->name, fault->skipped);
    ck_assert_msg(strcmp(record_word(skipped, "reason"), fault->reason) == 0, "%s: %s", fault->name,
                  record_word(skipped, "reason"));
    ck_assert_msg(record_find(crawl->records, url) == NULL, "%s: %s was fetched", fault->name, url);
}

static void check_crawl(const struct crawl *crawl)
{
    for (const struct fault *fault = fault_table(); fault->name; fault++) {
        check_record(crawl, fault);
        check_skipped(crawl, fault);
    }
    ck_assert_uint_eq(site_request_count(crawl->site, "/never"), 0);
    ck_assert_msg(is_fit_for_terminal(crawl->run.err), "row 23: log has control bytes:\n%s", crawl->run.err);
    ck_assert_msg(is_fit_for_terminal(crawl->report), "row 23: report has control bytes:\n%s", crawl->report);
    ck_assert_msg(strstr(crawl->run.err, "/chain3 from ") != NULL, "row 16: the chain is logged:\n%s", crawl->run.err);
}

START_TEST(rows_10_to_23_and_row_27_each_fault_has_its_record)
{
    struct crawl crawls[BYTE_MODES] = {0};
    for (int i = 0; i < BYTE_MODES; i++)
        start_crawl(&crawls[i], i);
    for (int i = 0; i < BYTE_MODES; i++)
        end_crawl(&crawls[i]);
    for (int i = 0; i < BYTE_MODES; i++) {
        check_crawl(&crawls[i]);
        ck_assert_uint_eq(json_array_size(crawls[i].records), json_array_size(crawls[0].records));
    }
    for (int i = 0; i < BYTE_MODES; i++)
        free_crawl(&crawls[i]);
}
END_TEST

/* One task and so one connection, which the server closes when the next request comes. */
START_TEST(row_28_a_connection_closed_between_requests_is_no_try)
{
    static const char *const paths[] = {"/close", "/reset"};
    const struct site_page pages[] = {{.path = "/", .body = "<a href=/close><a href=/reset>"},
                                      {.path = "/close", .body = "well", .fault = SITE_CLOSE_REUSED},
                                      {.path = "/reset", .body = "well", .fault = SITE_RESET_REUSED},
                                      {0}};
    for (int mode = 0; mode < BYTE_MODES; mode++) {
        struct site *site;
        struct run run;
        char url[URL_SIZE];
        site = site_started(&(struct site_config){.pages = pages, .one_byte = mode});
        run_crawler(&run, NULL,
                    (const char *const[]){"-c", "1", "--max-tries", "1", "-o", "jsonl:-",
                                          site_url(site, "/", url, sizeof url), NULL});
        ck_assert_msg(run.exit_code == 0, "%d %s", run.exit_code, run.err);
        json_t *records = records_of(run.out);
        for (int i = 0; i < 2; i++) {
            const json_t *record = record_find(records, site_url(site, paths[i], url, sizeof url));
            ck_assert_int_eq(record_number(record, "status"), 200);
            ck_assert_int_eq(record_number(record, "tries"), 1);
            ck_assert(json_is_false(json_object_get(record, "reused")));
            ck_assert_uint_eq(site_request_count(site, paths[i]), 2);
        }
        json_decref(records);
        run_free(&run);
        ck_assert_int_eq(site_stop(site), 0);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("faults", rows_10_to_23_and_row_27_each_fault_has_its_record,
                     row_28_a_connection_closed_between_requests_is_no_try);
}
