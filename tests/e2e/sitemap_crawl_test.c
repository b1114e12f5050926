/* Crawls start from sitemaps, too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/records.h"
#include "e2e/run.h"
#include "site/started.h"
#include "unit/suite.h"

enum { TEXT_SIZE = 128 };

#define HERE      "http://127.0.0.1:{PORT}"
#define URL(path) "<url><loc>" HERE path "</loc></url>"
#define URLSET(urls) \
    "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>" urls "</urlset>"
#define MAP(path)   "<sitemap><loc>" HERE path "</loc></sitemap>"
#define INDEX(maps) "<sitemapindex>" maps "</sitemapindex>"

#define ROBOTS(lines)                                                \
    {                                                                \
        .path = "/robots.txt", .type = "text/plain", .body = (lines) \
    }
#define REST                        \
    {                               \
        .path = "*", .body = "page" \
    }
#define END_OF_PAGES \
    {                \
        0            \
    }

static struct site *site;
static struct run run;
static json_t *records;

/* Crawls from "/" with more options. */
static void crawl(const struct site_page *pages, const char *const *options)
{
    char root[TEXT_SIZE];
    const char *arguments[MOST_ARGUMENTS];
    const char *const usual[] = {"--config",  "/dev/null",   "-o",          "jsonl:-", "-v",
                                 "--skipped", "/dev/stderr", "--max-tries", "3",       NULL};
    site = site_of_pages(pages);
    run_crawler(&run, site, join_arguments(arguments, usual, options, site_url(site, "/", root, sizeof root)));
    ck_assert_msg(run.exit_code == 0, "%d\n%s%s", run.exit_code, run.out, run.err);
    records = records_of(run.out);
}

static void end(void)
{
    json_decref(records);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}

#define CRAWL(pages, ...) crawl(pages, (const char *const[]){__VA_ARGS__, NULL})

static void assert_said(const char *text)
{
    ck_assert_msg(strstr(run.err, text) != NULL, "%s is not in:\n%s", text, run.err);
}

START_TEST(it_is_found_where_it_usually_is)
{
    static const struct site_page pages[] = {{.path = "/sitemap.xml", .body = URLSET(URL("/a") URL("/b"))},
                                             {.path = "/robots.txt", .status = 404},
                                             {.path = "/b", .body = "<a href=/c>"},
                                             REST,
                                             END_OF_PAGES};
    CRAWL(pages, "-c", "10");
    ck_assert_uint_eq(json_array_size(records), 4);
    const json_t *record = record_find(records, "~/a");
    ck_assert_int_eq(record_number(record, "depth"), 1);
    ck_assert_str_eq(record_word(record, "referrer"), "~/sitemap.xml");
    ck_assert_int_eq(record_number(record_find(records, "~/c"), "depth"), 2);
    ck_assert_uint_eq(site_requests(site), 6);
    end();
}
END_TEST

/* Those that robots.txt names, each once, and no guess; in groups or not. */
START_TEST(robots_names_others)
{
    static const struct site_page pages[] = {
        ROBOTS("Sitemap: " HERE "/one.xml\nUser-agent: *\nDisallow: /no\nsitemap:/two.txt\n"
               "Sitemap: " HERE "/one.xml#again\nSitemap: http://[/\nSitemap: ftp://127.0.0.1/\n"),
        {.path = "/one.xml", .body = URLSET(URL("/a") URL("/no"))},
        {.path = "/two.txt", .type = "text/plain", .body = HERE "/b\nhttp://elsewhere.test/\n"},
        REST,
        END_OF_PAGES};
    CRAWL(pages, "-c", "10");
    ck_assert_uint_eq(json_array_size(records), 3);
    ck_assert_uint_eq(site_request_count(site, "/sitemap.xml"), 0);
    ck_assert_uint_eq(site_request_count(site, "/one.xml"), 1);
    ck_assert_uint_eq(site_request_count(site, "/no"), 0);
    assert_said(
        "{\"url\":\"~/no\",\"reason\":\"robots\",\"text\":\"forbidden by robots.txt\",\"referrer\":\"~/one.xml\"}");
    assert_said("{\"url\":\"http://elsewhere.test/\",\"reason\":\"host\",\"text\":\"host is out of "
                "scope\",\"referrer\":\"~/two.txt\"}");
    assert_said("robots.txt names a sitemap http://[/");
    assert_said("robots.txt names a sitemap ftp://127.0.0.1/: neither http nor https");
    end();
}
END_TEST

/* An index that leads to itself, to others that do, and further down than is followed. */
START_TEST(indexes_end)
{
    static const struct site_page pages[] = {{.path = "/robots.txt", .status = 404},
                                             {.path = "/sitemap.xml", .body = INDEX(MAP("/sitemap.xml") MAP("/1"))},
                                             {.path = "/1", .body = INDEX(MAP("/2") MAP("/list") MAP("/1?"))},
                                             {.path = "/1?", .body = INDEX(MAP("/1"))},
                                             {.path = "/2", .body = INDEX(MAP("/3") MAP("/list"))},
                                             {.path = "/3", .body = URLSET(URL("/never"))},
                                             {.path = "/list", .body = URLSET(URL("/a"))},
                                             REST,
                                             END_OF_PAGES};
    CRAWL(pages, "-c", "10");
    ck_assert_uint_eq(json_array_size(records), 2);
    ck_assert_ptr_nonnull(record_find(records, "~/a"));
    ck_assert_uint_eq(site_request_count(site, "/3"), 0);
    ck_assert_uint_eq(site_most_requests(site), 1);
    assert_said("~/2: ~/3 is left out");
    end();
}
END_TEST

START_TEST(feeds_packed_files_and_redirects_count)
{
    static const struct site_page pages[] = {
        ROBOTS("Sitemap: /moved\nSitemap: /feed\nSitemap: /atom\nSitemap: /packed\n"),
        {.path = "/moved", .status = 301, .location = "/there"},
        {.path = "/there", .body = URLSET(URL("/a")), .framing = SITE_CHUNKED},
        {.path = "/feed", .body = "<rss><channel><item><link>" HERE "/b</link></item></channel></rss>"},
        {.path = "/atom", .body = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='/c'/></entry></feed>"},
        {.path = "/packed", .body = URLSET(URL("/d")), .coding = SITE_GZIP},
        REST,
        END_OF_PAGES};
    CRAWL(pages, "-c", "10");
    ck_assert_uint_eq(json_array_size(records), 5);
    for (const char *path = "abcd"; *path; path++) {
        const char url[] = {'~', '/', *path, '\0'};
        ck_assert_msg(record_find(records, url) != NULL, "no %s", url);
    }
    end();
}
END_TEST

/* What can't be read, and how the crawl says so; pages are crawled all the same. */
START_TEST(bad_files_are_told_of)
{
    static const struct site_page pages[] = {
        ROBOTS("Sitemap: /gone\nSitemap: /html\nSitemap: /broken\nSitemap: /cut\nSitemap: /reset\nSitemap: /later\n"),
        {.path = "/gone", .status = 410},
        {.path = "/html", .body = "<!DOCTYPE html><a href=/x>"},
        {.path = "/broken", .body = "<urlset>" URL("/a") "<url><loc>/"},
        {.path = "/cut", .body = URLSET(URL("/b")), .coding = SITE_GZIP, .fault = SITE_CORRUPT_CODING},
        {.path = "/reset", .body = URLSET(URL("/c")), .fault = SITE_RESET_BEFORE_HEAD, .fault_times = 2},
        {.path = "/later", .body = URLSET(URL("/d")), .fault = SITE_NOT_NOW, .fault_times = 1, .status = 503},
        REST,
        END_OF_PAGES};
    CRAWL(pages, "-c", "10");
    ck_assert_ptr_nonnull(record_find(records, "~/"));
    ck_assert_ptr_nonnull(record_find(records, "~/a"));
    ck_assert_ptr_nonnull(record_find(records, "~/c"));
    ck_assert_ptr_nonnull(record_find(records, "~/d"));
    ck_assert_uint_eq(json_array_size(records), 4);
    assert_said("sitemap ~/gone: status 410");
    assert_said("sitemap ~/html: malformed input");
    assert_said("sitemap ~/broken: malformed input");
    assert_said("sitemap ~/cut: ");
    ck_assert_uint_eq(site_request_count(site, "/reset"), 3);
    ck_assert_uint_eq(site_request_count(site, "/later"), 2);
    end();
}
END_TEST

static const struct site_page CHOICES[] = {ROBOTS("Sitemap: /named\n"),
                                           {.path = "/named", .body = URLSET(URL("/from-named"))},
                                           {.path = "/given", .body = URLSET(URL("/from-given"))},
                                           {.path = "/", .body = "<a href=/linked>"},
                                           REST,
                                           END_OF_PAGES};

START_TEST(the_user_chooses)
{
    static const struct {
        const char *first, *second;
        bool named, given, linked;
    } cases[] = {
        {"auto", "auto", true, false, true},     {"off", "auto", true, false, true},
        {"auto", "off", false, false, true},     {"only", "only", true, false, false},
        {"{}/given", "auto", true, true, true},  {"{}/given", "off", false, true, true},
        {"only", "{}/given", true, true, false},
    };
    char first[TEXT_SIZE], second[TEXT_SIZE];
    /* The site's port isn't known before: URLs stand for it by a name. */
    snprintf(first, sizeof first, "%s", cases[_i].first);
    snprintf(second, sizeof second, "%s", cases[_i].second);
    const struct site_listener listener = {.port = site_unused_port()};
    if (first[0] == '{')
        snprintf(first, sizeof first, "127.0.0.1:%u%s", listener.port, cases[_i].first + 2);
    if (second[0] == '{')
        snprintf(second, sizeof second, "127.0.0.1:%u%s", listener.port, cases[_i].second + 2);
    char root[TEXT_SIZE];
    site = site_started(&(struct site_config){.pages = CHOICES, .listeners = &listener, .listener_count = 1});
    run_crawler(&run, site,
                (const char *const[]){"--config", "/dev/null", "-o", "jsonl:-", "--sitemap", first, "--sitemap", second,
                                      site_url(site, "/", root, sizeof root), NULL});
    ck_assert_msg(run.exit_code == 0, "%s", run.err);
    records = records_of(run.out);
    ck_assert_msg((record_find(records, "~/from-named") != NULL) == cases[_i].named, "%s", run.out);
    ck_assert_msg((record_find(records, "~/from-given") != NULL) == cases[_i].given, "%s", run.out);
    ck_assert_msg((record_find(records, "~/linked") != NULL) == cases[_i].linked, "%s", run.out);
    ck_assert_ptr_nonnull(record_find(records, "~/"));
    end();
}
END_TEST

/* Nothing but roots is wanted, or nothing but one page: roots come first. */
START_TEST(limits_hold)
{
    CRAWL(CHOICES, "--depth", "0");
    ck_assert_uint_eq(json_array_size(records), 1);
    ck_assert_uint_eq(site_request_count(site, "/named"), 0);
    end();
    crawl(CHOICES, (const char *const[]){"--exclude", "linked", "--per-host", "1", NULL});
    ck_assert_uint_eq(json_array_size(records), 2);
    ck_assert_ptr_nonnull(record_find(records, "~/from-named"));
    end();
}
END_TEST

/* The name and password of a sitemap's URL are neither sent nor shown. */
START_TEST(credentials_stay_here)
{
    char given[TEXT_SIZE], value[TEXT_SIZE], target[TEXT_SIZE];
    const struct site_listener listener = {.port = site_unused_port()};
    struct site_request request;
    site = site_started(&(struct site_config){.pages = CHOICES, .listeners = &listener, .listener_count = 1});
    snprintf(given, sizeof given, "http://name:secret@127.0.0.1:%u/given", listener.port);
    char root[TEXT_SIZE];
    run_crawler(&run, site,
                (const char *const[]){"--config", "/dev/null", "-v", "-v", "-o", "jsonl:-", "--sitemap", given,
                                      site_url(site, "/", root, sizeof root), NULL});
    records = records_of(run.out);
    ck_assert_ptr_nonnull(record_find(records, "~/from-given"));
    ck_assert_msg(!strstr(run.out, "secret") && !strstr(run.err, "secret"), "%s", run.err);
    for (unsigned i = 0; site_request(site, i, &request); i++)
        ck_assert_msg(!site_request_header(&request, "Authorization", value, sizeof value), "%s",
                      site_request_target(&request, target, sizeof target));
    end();
}
END_TEST

START_TEST(no_url_is_wrong_usage)
{
    run_crawler(&run, NULL, (const char *const[]){"--sitemap", "http://[/", "http://127.0.0.1:1/", NULL});
    ck_assert_int_eq(run.exit_code, 2);
    assert_said("--sitemap http://[/: ");
    run_free(&run);
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS("sitemaps", it_is_found_where_it_usually_is, robots_names_others, indexes_end,
                           feeds_packed_files_and_redirects_count, bad_files_are_told_of, limits_hold,
                           credentials_stay_here, no_url_is_wrong_usage);
    return failed | RUN_TESTS_TIMES("sitemaps chosen", 7, the_user_chooses);
}
