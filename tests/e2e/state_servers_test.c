/* What a crawl knows of servers when it goes on: robots.txt, sitemaps, when they want to be asked again. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "e2e/state_place.h"
#include "e2e/warc_reader.h"
#include "unit/suite.h"

enum { MILLION = 1000000 };

#define HERE "http://127.0.0.1:{PORT}"

static const char *const *arguments_of(const char *arguments[MOST_ARGUMENTS], const char *const *options)
{
    const char *const usual[] = {"--state", state_place.state, "--config", "/dev/null", NULL};
    return join_arguments(arguments, usual, options, state_place.root);
}

static int crawl(const char *const *options)
{
    const char *arguments[MOST_ARGUMENTS];
    struct run run;
    run_crawler(&run, state_place.site, arguments_of(arguments, options));
    int code = run.exit_code;
    ck_assert_msg(code == 0 || code == 5, "%s", run.err);
    run_free(&run);
    return code;
}

/* Crawls until `path` has been asked for so often and that is in the file as `question` says, and kills it. */
static void crawl_and_kill(const char *const *options, const char *question, const char *expected)
{
    const char *arguments[MOST_ARGUMENTS];
    struct run run;
    run_start(&run, arguments_of(arguments, options));
    while (access(state_place.state, F_OK) != 0 || !site_requests(state_place.site))
        usleep(5000);
    while (strcmp(state_ask(question), expected) != 0)
        usleep(20000);
    kill(run.pid, SIGKILL);
    run_wait(&run, state_place.site);
    ck_assert_int_eq(run.exit_code, 128 + SIGKILL);
    run_free(&run);
}

static const struct site_page SITE[] = {
    {.path = "/robots.txt",
     .type = "text/plain",
     .body = "User-agent: *\nDisallow: /no\nSitemap: " HERE "/index.xml\nSitemap: " HERE "/gone.xml\n"},
    {.path = "/index.xml",
     .type = "application/xml",
     .body = "<sitemapindex><sitemap><loc>" HERE "/one.xml</loc></sitemap><sitemap><loc>" HERE
             "/two.xml</loc></sitemap></sitemapindex>"},
    {.path = "/one.xml", .type = "application/xml", .body = "<urlset><url><loc>" HERE "/s1</loc></url></urlset>"},
    {.path = "/two.xml", .type = "application/xml", .body = "<urlset><url><loc>" HERE "/s2</loc></url></urlset>"},
    {.path = "/", .body = "<a href=/a><a href=/b><a href=/no><a href=/c>"},
    {.path = "/a", .body = "a"},
    {.path = "/b", .body = "b"},
    {.path = "/c", .body = "<a href=/d><a href=/no/2>"},
    {.path = "/d", .body = "d"},
    {.path = "/s1", .body = "s"},
    {.path = "/s2", .body = "s"},
    {0}};

/* Each process crawls one page more. */
START_TEST(robots_txt_and_sitemaps_are_asked_for_once_in_all)
{
    state_place_open(&(struct site_config){.pages = SITE});
    while (crawl((const char *const[]){"-n", "1", NULL}) == 5)
        continue;
    ck_assert_uint_eq(site_most_requests(state_place.site), 1);
    ck_assert_uint_eq(site_request_count(state_place.site, "/robots.txt"), 1);
    ck_assert_uint_eq(site_request_count(state_place.site, "/gone.xml"), 1);
    ck_assert_uint_eq(site_request_count(state_place.site, "/two.xml"), 1);
    ck_assert_uint_eq(site_request_count(state_place.site, "/s2"), 1);
    ck_assert_uint_eq(site_request_count(state_place.site, "/no"), 0);
    ck_assert_uint_eq(site_request_count(state_place.site, "/no/2"), 0);
    ck_assert_str_eq(state_ask("SELECT count(*) FROM pages UNION ALL SELECT count(*) FROM skipped"), "7\n2\n");
    state_place_close();
}
END_TEST

/* The second sitemap of the index is not answered before the kill. */
START_TEST(a_sitemap_that_was_not_read_is_read_later)
{
    struct site_page pages[sizeof SITE / sizeof SITE[0]];
    memcpy(pages, SITE, sizeof pages);
    pages[3].fault = SITE_SILENT;
    pages[3].fault_times = 1;
    state_place_open(&(struct site_config){.pages = pages});
    crawl_and_kill((const char *const[]){NULL}, "SELECT count(*) FROM sitemap WHERE read", "3\n");
    ck_assert_int_eq(crawl((const char *const[]){NULL}), 0);
    ck_assert_uint_eq(site_request_count(state_place.site, "/robots.txt"), 1);
    ck_assert_uint_eq(site_request_count(state_place.site, "/index.xml"), 1);
    ck_assert_uint_eq(site_request_count(state_place.site, "/one.xml"), 1);
    ck_assert_uint_eq(site_request_count(state_place.site, "/two.xml"), 2);
    ck_assert_str_eq(state_ask("SELECT count(*) FROM pages"), "7\n");
    state_place_close();
}
END_TEST

/* What is not asked for again must be in the archive. No page has its record when the crawl is killed. */
START_TEST(what_servers_said_stays_in_the_archive)
{
    struct site_page pages[sizeof SITE / sizeof SITE[0]];
    struct warc warc;
    char prefix[PATH_SIZE + 16], url[URL_SIZE];
    memcpy(pages, SITE, sizeof pages);
    pages[4].fault = SITE_SILENT;
    pages[4].fault_times = 1;
    state_place_open(&(struct site_config){.pages = pages});
    snprintf(prefix, sizeof prefix, "%s/a", state_place.folder);
    const char *const options[] = {"--warc", prefix, "--sitemap", "off", NULL};
    crawl_and_kill(options, "SELECT count(*) FROM origin WHERE robots IS NOT NULL", "1\n");
    ck_assert_int_eq(crawl(options), 0);
    ck_assert_uint_eq(site_request_count(state_place.site, "/robots.txt"), 1);
    warc_read(&warc, prefix);
    warc_check_index(&warc, prefix);
    ck_assert_uint_eq(warc_count(&warc, "response", site_url(state_place.site, "/robots.txt", url, sizeof url)), 1);
    ck_assert_uint_eq(warc_count(&warc, "response", state_place.root), 1);
    warc_forget(&warc);
    state_place_close();
}
END_TEST

/* Milliseconds between the first request for `path` and the one after it. */
static long pause_after(const char *path)
{
    static struct site_request request;
    char target[TEXT_SIZE];
    int64_t asked = 0;
    for (unsigned i = 0; site_request(state_place.site, i, &request); i++) {
        if (asked)
            return (long)((request.arrived - asked) / MILLION);
        if (strcmp(site_request_target(&request, target, sizeof target), path) == 0)
            asked = request.arrived;
    }
    return -1;
}

START_TEST(who_wanted_to_be_left_alone_is_left_alone)
{
    const struct site_page pages[] = {{.path = "/", .body = "<a href=/busy><a href=/a>"},
                                      {.path = "/busy",
                                       .status = _i ? 429 : 503,
                                       .headers = "Retry-After: 3\r\n",
                                       .fault = SITE_NOT_NOW,
                                       .fault_times = 1},
                                      {.path = "/a", .body = "a"},
                                      {0}};
    state_place_open(&(struct site_config){.pages = pages});
    crawl_and_kill((const char *const[]){"-c", "1", NULL}, "SELECT count(*) FROM origin WHERE not_before", "1\n");
    ck_assert_uint_eq(site_request_count(state_place.site, "/a"), 0);
    ck_assert_int_eq(crawl((const char *const[]){"-c", "1", NULL}), 0);
    ck_assert_int_ge(pause_after("/busy"), 3000);
    ck_assert_uint_eq(site_request_count(state_place.site, "/busy"), 2);
    ck_assert_uint_eq(site_request_count(state_place.site, "/a"), 1);
    ck_assert_uint_eq(site_request_count(state_place.site, "/robots.txt"), 1);
    state_place_close();
}
END_TEST

/* Longer than --retry-max-wait nobody waits, whatever the file says, and rules of another day are asked for again. */
START_TEST(what_is_old_or_absurd_in_the_file_does_not_count)
{
    state_place_open(&(struct site_config){.pages = SITE});
    ck_assert_int_eq(crawl((const char *const[]){"-n", "2", NULL}), 5);
    state_change("UPDATE origin SET not_before = 99999999999999, asked = asked - 86400000, robots = 'User-agent: "
                 "*\nDisallow: /'");
    ck_assert_int_eq(crawl((const char *const[]){"--retry-max-wait", "10ms", "-n", "2", NULL}), 5);
    ck_assert_uint_eq(site_request_count(state_place.site, "/robots.txt"), 2);
    state_change(
        "UPDATE origin SET not_before = NULL, asked = asked + 86400000, robots = 'User-agent: *\nDisallow: /'");
    ck_assert_int_eq(crawl((const char *const[]){NULL}), 0);
    ck_assert_uint_eq(site_request_count(state_place.site, "/robots.txt"), 3);
    ck_assert_str_eq(state_ask("SELECT count(*) FROM pages"), "7\n");
    state_place_close();
}
END_TEST

/* Crawl-delay follows from the rules: there is one page a second, in whichever process. */
START_TEST(crawl_delay_is_kept)
{
    const struct site_page pages[] = {
        {.path = "/robots.txt", .type = "text/plain", .body = "User-agent: *\nCrawl-delay: 1\n"},
        {.path = "/", .body = "<a href=/a><a href=/b>"},
        {.path = "/a", .body = "a"},
        {.path = "/b", .body = "b"},
        {0}};
    state_place_open(&(struct site_config){.pages = pages});
    ck_assert_int_eq(crawl((const char *const[]){"--sitemap", "off", "-n", "1", NULL}), 5);
    ck_assert_int_eq(crawl((const char *const[]){"--sitemap", "off", NULL}), 0);
    ck_assert_int_ge(pause_after("/a"), 900);
    ck_assert_uint_eq(site_request_count(state_place.site, "/robots.txt"), 1);
    state_place_close();
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS("servers", robots_txt_and_sitemaps_are_asked_for_once_in_all,
                           a_sitemap_that_was_not_read_is_read_later, what_servers_said_stays_in_the_archive,
                           what_is_old_or_absurd_in_the_file_does_not_count, crawl_delay_is_kept);
    return failed | RUN_TESTS_TIMES("retry after", 2, who_wanted_to_be_left_alone_is_left_alone);
}
