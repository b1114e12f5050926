/* Archives of crawls (--warc), compared with what the site sent. Kills are in kills.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/run.h"
#include "e2e/warc_reader.h"
#include "site/coding.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum {
    PATH_SIZE = 96,
    URL_SIZE = 128,
    TEXT_SIZE = 512,
    LARGE = 700 * 1000,
    CUT = 300 * 1024,
    LARGEST_FILE = 21 * 1024
};

/* A folder with an archive to be, and a site. */
static struct {
    char folder[PATH_SIZE];
    char prefix[PATH_SIZE + 16];
    char state[PATH_SIZE + 16];
    char root[URL_SIZE];
    struct site *site;
    struct warc warc;
} here;

static void open_here(const struct site_config *config)
{
    folder_make(here.folder, "/tmp/crawler-warc");
    snprintf(here.prefix, sizeof here.prefix, "%s/a", here.folder);
    snprintf(here.state, sizeof here.state, "%s/crawl.db", here.folder);
    here.site = site_started(config);
    site_url(here.site, "/", here.root, sizeof here.root);
}

static void close_here(void)
{
    folder_remove(here.folder);
    ck_assert_int_eq(site_stop(here.site), 0);
}

/* Crawls with --warc and what else is given, which ends with NULL. */
static void crawl(int code, const char *const *more)
{
    const char *arguments[16] = {"-q", "--warc", here.prefix, here.root};
    struct run run;
    for (size_t i = 0; more[i]; i++)
        arguments[4 + i] = more[i];
    run_crawler(&run, here.site, arguments);
    ck_assert_msg(run.exit_code == code, "exit code %d\n%s", run.exit_code, run.err);
    run_free(&run);
}

#define CRAWL(code, ...) crawl(code, (const char *const[]){__VA_ARGS__, NULL})

static void read_archive(void)
{
    warc_read(&here.warc, here.prefix);
    warc_check_index(&here.warc, here.prefix);
}

static const struct warc_record *find(const char *type, const char *path, size_t nth)
{
    char url[URL_SIZE];
    const struct warc_record *record = warc_find(&here.warc, type, site_url(here.site, path, url, sizeof url), nth);
    ck_assert_msg(record != NULL, "no %s of %s", type, path);
    return record;
}

static size_t count(const char *type, const char *path)
{
    char url[URL_SIZE];
    return warc_count(&here.warc, type, site_url(here.site, path, url, sizeof url));
}

static char large[LARGE + 1];

static void make_large(void)
{
    unsigned seed = 7;
    for (size_t i = 0; i < LARGE; i++)
        large[i] = (char)(' ' + rand_r(&seed) % 90);
}

#define TRAILERS                                                                 \
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" \
    "5;x=\"y\"\r\nhello\r\n0A\r\n, chunks.\n\r\n000\r\nX-Sum: 1\r\n\r\n"
#define AFTER_HINTS "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhints"

static const char LINKS[] =
    "<a href=/chunked><a href=/gzip><a href=/br><a href=/empty><a href=/none><a href=/old><a href=/moved>"
    "<a href=/missing><a href=/large><a href=/large-chunked><a href=/until-close><a href=/trailers>"
    "<a href=/hints><a href=/broken><a href=/cut-coding>";

static const struct site_page PAGES[] = {
    {.path = "/", .body = LINKS},
    {.path = "/chunked", .body = "<p>in chunks", .framing = SITE_CHUNKED},
    {.path = "/gzip", .body = "<p>packed", .coding = SITE_GZIP},
    {.path = "/br", .body = "<p>packed otherwise", .coding = SITE_BROTLI, .framing = SITE_CHUNKED},
    {.path = "/empty"},
    {.path = "/none", .status = 204},
    {.path = "/old", .status = 304},
    {.path = "/moved", .status = 301, .location = "/target", .body = "moved"},
    {.path = "/target", .body = "here"},
    {.path = "/large", .body = large, .length = LARGE, .type = "text/plain"},
    {.path = "/large-chunked", .body = large, .length = LARGE - 1, .type = "text/plain", .framing = SITE_CHUNKED},
    {.path = "/until-close", .body = "to the end", .framing = SITE_UNTIL_CLOSE},
    {.path = "/trailers", .body = TRAILERS, .fault = SITE_RAW},
    {.path = "/hints", .body = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" AFTER_HINTS, .fault = SITE_RAW},
    {.path = "/broken", .body = "half of this", .fault = SITE_RESET_IN_BODY},
    {.path = "/cut-coding", .body = "<p>half of a coding", .coding = SITE_GZIP, .fault = SITE_CUT_CODING},
    {0},
};

static void check_payload(const char *path, const char *body, size_t length)
{
    const struct warc_record *record = find("response", path, 0);
    ck_assert_msg(record->payload.length == length && memcmp(record->payload.data, body, length) == 0,
                  "%s: %zu bytes instead of %zu", path, record->payload.length, length);
}

static void check_coded(const char *path, enum site_coding coding, const char *body)
{
    struct site_text packed = {0};
    site_coding_encode(coding, body, strlen(body), true, &packed);
    check_payload(path, packed.data, packed.length);
    site_text_free(&packed);
}

static void check_block(const char *path, const char *text)
{
    ck_assert_str_eq(find("response", path, 0)->block.data, text);
}

START_TEST(what_came_is_there)
{
    make_large();
    open_here(&(struct site_config){.pages = PAGES});
    CRAWL(0, "--max-tries", "1", "--config", "/dev/null");
    read_archive();
    check_payload("/", LINKS, strlen(LINKS));
    check_payload("/chunked", "<p>in chunks", 12);
    ck_assert_str_eq(strstr(find("response", "/chunked", 0)->block.data, "\r\n\r\n") + 4,
                     "c\r\n<p>in chunks\r\n0\r\n\r\n");
    check_coded("/gzip", SITE_GZIP, "<p>packed");
    check_coded("/br", SITE_BROTLI, "<p>packed otherwise");
    check_payload("/empty", "", 0);
    check_payload("/none", "", 0);
    check_payload("/moved", "moved", 5);
    check_payload("/target", "here", 4);
    check_payload("/large", large, LARGE);
    check_payload("/large-chunked", large, LARGE - 1);
    check_payload("/until-close", "to the end", 10);
    check_block("/trailers", TRAILERS);
    check_payload("/trailers", "hello, chunks.\n", 15);
    check_block("/hints", AFTER_HINTS);
    ck_assert_uint_eq(count("response", "/robots.txt"), 1);
    ck_assert_uint_eq(count("revisit", "/sitemap.xml"), 1); /* both are missing, in the same words */
    ck_assert_uint_eq(count("revisit", "/missing"), 1);
    ck_assert_uint_eq(count("response", "/cut-coding"), 1); /* its bytes all came */
    ck_assert_uint_eq(count(NULL, "/broken"), 0);
    ck_assert_str_eq(warc_field(find("response", "/moved", 0), "WARC-IP-Address"), "127.0.0.1");
    warc_forget(&here.warc);
    close_here();
}
END_TEST

static void check_head(const char *block)
{
    const struct site_page pages[] = {{.path = "/", .body = block, .fault = SITE_RAW}, {0}};
    open_here(&(struct site_config){.pages = pages});
    CRAWL(0, "--no-robots", "--sitemap", "off");
    read_archive();
    check_block("/", block);
    warc_forget(&here.warc);
    close_here();
}

START_TEST(a_head_is_there_byte_by_byte)
{
    check_head("HTTP/1.1 200 Fine  indeed\r\nx-Odd:  a  b \r\nX-Folded: a\r\n  b\r\nCONTENT-type:text/html\r\n"
               "X-Byte: \xff\xfe\r\nContent-Length: 3\r\nconnection: close\r\n\r\nraw");
}
END_TEST

START_TEST(an_answer_304_refers_to_what_is_not_here)
{
    open_here(&(struct site_config){.pages = PAGES});
    CRAWL(0, "--max-tries", "1", "--include", "/$|old");
    read_archive();
    const struct warc_record *record = find("revisit", "/old", 0);
    ck_assert_str_eq(warc_field(record, "WARC-Profile"), "http://netpreserve.org/warc/1.1/revisit/server-not-modified");
    ck_assert_uint_eq(record->http_head.length, record->block.length);
    ck_assert_uint_eq(count("response", "/old"), 0);
    warc_forget(&here.warc);
    close_here();
}
END_TEST

START_TEST(a_request_is_there_as_it_was_sent)
{
    open_here(&(struct site_config){.pages = PAGES});
    CRAWL(5, "-H", "X-Own: yes", "-u", "me:secret", "-n", "1");
    read_archive();
    struct site_request sent;
    bool was_found = false;
    for (unsigned i = 0; i < site_requests(here.site); i++) {
        char target[URL_SIZE];
        ck_assert(site_request(here.site, i, &sent));
        if (strcmp(site_request_target(&sent, target, sizeof target), "/") != 0)
            continue;
        ck_assert_str_eq(find("request", "/", 0)->block.data, sent.head);
        was_found = true;
    }
    ck_assert(was_found);
    ck_assert_ptr_nonnull(strstr(sent.head, "X-Own: yes\r\n"));
    ck_assert_str_eq(warc_field(find("request", "/", 0), "WARC-Concurrent-To"),
                     warc_field(find("response", "/", 0), "WARC-Record-ID"));
    ck_assert_ptr_nonnull(strstr(find("metadata", "/", 0)->block.data, "depth: 0\r\ntries: 1\r\n"));
    warc_forget(&here.warc);
    close_here();
}
END_TEST

START_TEST(what_is_there_already_is_not_written_again)
{
    const struct site_page pages[] = {{.path = "/", .body = "<a href=/a><a href=/b><a href=/c><a href=/d>"},
                                      {.path = "/a", .body = "the same"},
                                      {.path = "/b", .body = "the same", .framing = SITE_CHUNKED},
                                      {.path = "/c", .body = "another"},
                                      {.path = "/d", .body = "the same", .coding = SITE_GZIP},
                                      {0}};
    open_here(&(struct site_config){.pages = pages});
    CRAWL(0, "-c", "1");
    read_archive();
    const struct warc_record *first = find("response", "/a", 0), *second = find("revisit", "/b", 0);
    ck_assert_str_eq(warc_field(second, "WARC-Profile"),
                     "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest");
    ck_assert_str_eq(warc_field(second, "WARC-Payload-Digest"), warc_field(first, "WARC-Payload-Digest"));
    ck_assert_str_eq(warc_field(second, "WARC-Refers-To"), warc_field(first, "WARC-Record-ID"));
    ck_assert_str_eq(warc_field(second, "WARC-Refers-To-Target-URI"), warc_field(first, "WARC-Target-URI"));
    ck_assert_str_eq(warc_field(second, "WARC-Refers-To-Date"), warc_field(first, "WARC-Date"));
    ck_assert_str_eq(warc_field(second, "WARC-Truncated"), "length");
    ck_assert_ptr_nonnull(strstr(second->block.data, "Transfer-Encoding: chunked\r\n"));
    ck_assert_uint_eq(second->payload.length, 0);
    ck_assert_uint_eq(count("response", "/c") + count("response", "/d"), 2);
    warc_forget(&here.warc);
    close_here();
}
END_TEST

START_TEST(a_body_that_a_limit_cuts_says_so)
{
    make_large();
    open_here(&(struct site_config){.pages = PAGES});
    CRAWL(0, "--max-tries", "1", "--max-body", "300k", "--include", "/$|large");
    read_archive();
    ck_assert_str_eq(warc_field(find("response", "/large", 0), "WARC-Truncated"), "length");
    check_payload("/large", large, CUT);
    ck_assert_str_eq(warc_field(find("response", "/large-chunked", 0), "WARC-Truncated"), "length");
    ck_assert_str_eq(warc_field(find("response", "/large-chunked", 0), "WARC-Payload-Digest"), "");
    ck_assert_str_eq(warc_field(find("response", "/", 0), "WARC-Truncated"), "");
    warc_forget(&here.warc);
    close_here();
}
END_TEST

START_TEST(each_try_that_was_answered_is_there)
{
    const struct site_page pages[] = {
        {.path = "/", .body = "<a href=/later><a href=/again>"},
        {.path = "/later", .status = 503, .body = "later", .fault = SITE_NOT_NOW, .fault_times = 2},
        {.path = "/again", .body = "whole", .fault = SITE_LENGTH_TOO_LONG, .fault_times = 1},
        {0}};
    open_here(&(struct site_config){.pages = pages});
    CRAWL(0, "--no-robots", "--sitemap", "off");
    read_archive();
    ck_assert_int_eq(strncmp(find("response", "/later", 0)->block.data, "HTTP/1.1 503", 12), 0);
    ck_assert_uint_eq(count("response", "/later") + count("revisit", "/later"), 3);
    ck_assert_uint_eq(count("response", "/again"), 1);
    check_payload("/again", "whole", 5);
    ck_assert_ptr_nonnull(strstr(find("metadata", "/again", 0)->block.data, "\r\ndepth: 1\r\ntries: 2\r\n"));
    warc_forget(&here.warc);
    close_here();
}
END_TEST

START_TEST(a_file_that_is_large_enough_is_followed_by_another)
{
    const struct site_graph graph = {.pages = 60, .links = 8, .size = 3000};
    open_here(&(struct site_config){.graph = &graph});
    CRAWL(0, "--warc-size", "20k");
    ck_assert_uint_gt(warc_file_count(here.prefix), 3);
    read_archive();
    ck_assert_uint_eq(warc_count(&here.warc, "warcinfo", NULL), warc_file_count(here.prefix));
    ck_assert_uint_eq(warc_count(&here.warc, "response", NULL) + warc_count(&here.warc, "revisit", NULL), 61);
    for (size_t i = 0; i < here.warc.count; i++)
        ck_assert_uint_le(here.warc.records[i].offset + here.warc.records[i].size, LARGEST_FILE);
    warc_forget(&here.warc);
    close_here();
}
END_TEST

/* Large bodies go into the archive by and by, while others are finished. */
START_TEST(large_bodies_hold_nobody_up)
{
    static struct site_page pages[64];
    static char paths[60][16];
    static struct bytes links;
    make_large();
    links.data = calloc(1, 4096);
    for (size_t i = 0; i < 60; i++) {
        snprintf(paths[i], sizeof paths[i], "/%zu", i);
        sprintf(links.data + strlen(links.data), "<a href=/%zu>", i);
        pages[i] = (struct site_page){
            .path = paths[i], .body = large + i, .type = "text/plain", .length = i % 3 ? 1000 : LARGE - i};
    }
    pages[60] = (struct site_page){.path = "/", .body = links.data};
    open_here(&(struct site_config){.pages = pages});
    CRAWL(0, "--state", here.state);
    read_archive();
    for (size_t i = 0; i < 60; i++)
        check_payload(paths[i], pages[i].body, pages[i].length);
    warc_forget(&here.warc);
    free(links.data);
    close_here();
}
END_TEST

/* --- what is there already ---------------------------------------------------------------------------------------- */

static void put_file(const char *suffix, const char *text)
{
    char name[PATH_SIZE + 32];
    snprintf(name, sizeof name, "%s%s", here.prefix, suffix);
    file_write(name, text);
}

START_TEST(an_archive_that_exists_is_not_touched)
{
    static const char *const suffixes[] = {"-00000.warc.gz", ".cdxj", ".cdxj.lines"};
    for (int with_state = 0; with_state < 2; with_state++)
        for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
            char name[PATH_SIZE + 32], said[TEXT_SIZE];
            struct run run;
            open_here(&(struct site_config){.pages = PAGES});
            put_file(suffixes[i], "half a record");
            snprintf(name, sizeof name, "%s%s", here.prefix, suffixes[i]);
            snprintf(said, sizeof said, "%s: exists already\n", name);
            for (int turn = 0; turn < 2; turn++) {
                run_crawler(&run, here.site,
                            (const char *const[]){"--warc", here.prefix, here.root, with_state ? "--state" : NULL,
                                                  here.state, NULL});
                ck_assert_int_eq(run.exit_code, 1);
                ck_assert_msg(strstr(run.err, said) != NULL, "%s", run.err);
                run_free(&run);
            }
            struct bytes left = bytes_of_file(name);
            ck_assert_str_eq(left.data, "half a record");
            free(left.data);
            ck_assert_uint_eq(warc_file_count(here.prefix), i == 0);
            ck_assert_uint_eq(site_requests(here.site), 0);
            close_here();
        }
}
END_TEST

START_TEST(a_crawl_that_never_begins_leaves_nothing)
{
    open_here(&(struct site_config){.pages = PAGES});
    struct run run;
    run_crawler(&run, NULL, (const char *const[]){"--warc", here.prefix, "http://[x/", NULL});
    ck_assert_int_eq(run.exit_code, 2);
    run_free(&run);
    ck_assert_uint_eq(warc_file_count(here.prefix), 0);
    ck_assert_int_eq(rmdir(here.folder), 0);
    ck_assert_int_eq(mkdir(here.folder, 0700), 0);
    close_here();
}
END_TEST

/* --- with a state file -------------------------------------------------------------------------------------------- */

static const struct site_graph GRAPH = {.pages = 60, .links = 8};

/* Each page of the site once. */
static void check_graph(const struct site_graph *graph)
{
    char path[32];
    for (unsigned i = 0; i <= graph->pages; i++) {
        snprintf(path, sizeof path, i ? "/page/%u" : "/", i);
        size_t found = count("response", path) + count("revisit", path);
        ck_assert_msg(found == 1, "%s is there %zu times", path, found);
        ck_assert_uint_eq(count("request", path), 1);
        ck_assert_uint_eq(count("metadata", path), 1);
    }
}

START_TEST(a_crawl_goes_on_with_its_archive)
{
    open_here(&(struct site_config){.graph = &GRAPH});
    CRAWL(5, "--state", here.state, "-n", "20", "--warc-size", "10k");
    read_archive();
    warc_forget(&here.warc);
    CRAWL(5, "--state", here.state, "-n", "20", "--warc-size", "10k");
    read_archive();
    warc_forget(&here.warc);
    put_file("-00090.warc.gz", "somebody else's");
    CRAWL(0, "--state", here.state, "--resume");
    read_archive();
    check_graph(&GRAPH);
    warc_forget(&here.warc);
    close_here();
}
END_TEST

/* What a crash leaves behind the end that the state file knows of. */
START_TEST(what_the_state_file_does_not_know_of_is_cut_off)
{
    char name[PATH_SIZE + 32];
    struct run run;
    open_here(&(struct site_config){.graph = &GRAPH});
    CRAWL(5, "--state", here.state, "-n", "20");
    read_archive();
    warc_forget(&here.warc);
    snprintf(name, sizeof name, "%s-00000.warc.gz", here.prefix);
    FILE *file = fopen(name, "a");
    fputs("half a record", file);
    fclose(file);
    put_file("-00001.warc.gz", "the next one");
    run_crawler(&run, here.site, (const char *const[]){"--warc", here.prefix, "--state", here.state, "--resume", NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_msg(strstr(run.err, "a-00000.warc.gz: cut by 13 bytes") != NULL, "%s", run.err);
    ck_assert_msg(strstr(run.err, "a-00001.warc.gz: removed") != NULL, "%s", run.err);
    run_free(&run);
    read_archive();
    check_graph(&GRAPH);
    warc_forget(&here.warc);
    close_here();
}
END_TEST

START_TEST(an_archive_and_its_state_belong_together)
{
    static const struct {
        const char *first, *second, *said;
        int code;
    } cases[] = {
        {"a", NULL, "holds a crawl that is archived with --warc ", 2},
        {"a", "b", "holds a crawl that is archived with --warc ", 2},
        {NULL, "a", "holds a crawl that is not archived", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char first[PATH_SIZE + 16], second[PATH_SIZE + 16];
        struct run run;
        open_here(&(struct site_config){.graph = &GRAPH});
        snprintf(first, sizeof first, "%s/%s", here.folder, cases[i].first);
        snprintf(second, sizeof second, "%s/%s", here.folder, cases[i].second);
        run_crawler(&run, here.site,
                    (const char *const[]){"-n", "3", "--state", here.state, here.root, cases[i].first ? "--warc" : NULL,
                                          first, NULL});
        ck_assert_int_eq(run.exit_code, 5);
        run_free(&run);
        if (cases[i].first) {
            read_archive();
            warc_forget(&here.warc);
        }
        run_crawler(
            &run, here.site,
            (const char *const[]){"--state", here.state, "--resume", cases[i].second ? "--warc" : NULL, second, NULL});
        ck_assert_msg(run.exit_code == cases[i].code && strstr(run.err, cases[i].said), "%d %s", run.exit_code,
                      run.err);
        run_free(&run);
        close_here();
    }
}
END_TEST

START_TEST(an_archive_that_has_lost_something_is_not_gone_on_with)
{
    char name[PATH_SIZE + 32];
    struct run run;
    open_here(&(struct site_config){.graph = &GRAPH});
    CRAWL(5, "--state", here.state, "-n", "20");
    read_archive();
    warc_forget(&here.warc);
    snprintf(name, sizeof name, "%s-00000.warc.gz", here.prefix);
    ck_assert_int_eq(truncate(name, 1000), 0);
    run_crawler(&run, here.site, (const char *const[]){"--warc", here.prefix, "--state", here.state, "--resume", NULL});
    ck_assert_int_eq(run.exit_code, 1);
    ck_assert_msg(strstr(run.err, "has 1000 bytes, and the crawl knows of") != NULL, "%s", run.err);
    run_free(&run);
    close_here();
}
END_TEST

START_TEST(row_4_an_archive_that_may_not_grow_ends_the_crawl_and_it_goes_on_later)
{
    const struct site_graph graph = {.pages = 300, .links = 8, .size = 4000};
    char said[TEXT_SIZE];
    struct run run;
    open_here(&(struct site_config){.graph = &graph});
    snprintf(said, sizeof said, "%s-00000.warc.gz: ", here.prefix);
    run_crawler_after(&run, here.site, "ulimit -f 200",
                      (const char *const[]){"-q", "--warc", here.prefix, "--state", here.state, here.root, NULL});
    ck_assert_msg(run.exit_code == 1 && strstr(run.err, said), "exit code %d\n%s", run.exit_code, run.err);
    run_free(&run);
    warc_read(&here.warc, here.prefix); /* all whole */
    warc_forget(&here.warc);
    CRAWL(0, "--state", here.state);
    read_archive();
    check_graph(&graph);
    warc_forget(&here.warc);
    close_here();
}
END_TEST

int main(void)
{
    return RUN_TESTS("warc", what_came_is_there, a_head_is_there_byte_by_byte, an_answer_304_refers_to_what_is_not_here,
                     a_request_is_there_as_it_was_sent, what_is_there_already_is_not_written_again,
                     a_body_that_a_limit_cuts_says_so, each_try_that_was_answered_is_there,
                     a_file_that_is_large_enough_is_followed_by_another, large_bodies_hold_nobody_up,
                     an_archive_that_exists_is_not_touched, a_crawl_that_never_begins_leaves_nothing,
                     a_crawl_goes_on_with_its_archive, what_the_state_file_does_not_know_of_is_cut_off,
                     an_archive_and_its_state_belong_together, an_archive_that_has_lost_something_is_not_gone_on_with,
                     row_4_an_archive_that_may_not_grow_ends_the_crawl_and_it_goes_on_later);
}
