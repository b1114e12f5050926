/* Public sites that would lead the crawler to private places, in a network of the test's own. */
#include "e2e/run.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site/dns.h"
#include "site/network.h"
#include "site/started.h"
#include "unit/suite.h"

enum { SKIPPED = 77 };

#define OUTER    "93.184.216.34"
#define OUTER_V6 "2606:2800:220:1:248:1893:25c8:1946"

static const char *const ADDRESSES[] = {OUTER, OUTER_V6, "10.0.0.1", "169.254.169.254", "64:ff9b::7f00:1", NULL};

/* What is to be found by nobody who was not asked there. */
static const struct site_page INNER_PAGES[] = {
    {.path = "/neighbours",
     .body = "<a href=http://10.0.0.1/><a href=http://inner.test/><a href=http://www.office.test/>"},
    {.path = "*", .body = "<a href=/more>"},
    {0},
};

static const struct site_listener INNER_LISTENERS[] = {
    {.port = 80},
    {.port = 80, .ipv6 = true},
    {.port = 80, .address = "10.0.0.1"},
    {.port = 80, .address = "169.254.169.254"},
    {.port = 80, .address = "64:ff9b::7f00:1"},
};

static const struct site_page OUTER_PAGES[] = {
    {.host = "rules.test", .path = "/robots.txt", .location = "http://10.0.0.1/robots.txt", .status = 301},
    {.host = "map.test",
     .path = "/robots.txt",
     .body = "Sitemap: http://10.0.0.1/map\nSitemap: http://inner.test/map\nSitemap: /there\n"},
    {.host = "map.test", .path = "/there", .location = "http://[::ffff:127.0.0.1]/map", .status = 302},
    {.path = "/links",
     .body =
         "<a href=http://127.0.0.1/>1</a> <a href=http://10.0.0.1/>2</a> <a href=http://169.254.169.254/>3</a>"
         "<a href=http://[::1]/>4</a> <a href=http://[::ffff:127.0.0.1]/>5</a>"
         "<a href=http://[64:ff9b::7f00:1]/>6</a> <a href=http://inner.test/>7</a> <a href=http://localhost/>8</a>"},
    {.path = "/to-address", .location = "http://169.254.169.254/latest", .status = 302},
    {.path = "/to-name", .location = "http://inner.test/", .status = 302},
    {.path = "/to-number", .location = "http://0x7f000001/", .status = 302},
    {.path = "/to-tunnel", .location = "http://[2002:7f00:1::]/", .status = 302},
    /* The connection ends, and by the time of the answer so has the first lookup. */
    {.path = "/rebind", .body = "<a href=/then>", .delay = 1200, .framing = SITE_UNTIL_CLOSE},
    {.path = "*", .body = "public"},
    {0},
};

static const struct site_listener OUTER_LISTENERS[] = {
    {.port = 80, .address = OUTER},
    {.port = 80, .address = OUTER_V6},
};

static const struct dns_row NAMES[] = {
    {.name = "outer.test", .ipv4 = OUTER, .ipv6 = OUTER_V6, .ttl = 300},
    {.name = "rules.test", .ipv4 = OUTER, .ttl = 300},
    {.name = "map.test", .ipv4 = OUTER, .ttl = 300},
    {.name = "inner.test", .ipv4 = "127.0.0.1", .ttl = 300},
    {.name = "office.test", .ipv4 = "10.0.0.1", .ttl = 300},
    {.name = "www.office.test", .ipv4 = "10.0.0.1", .ttl = 300},
    {.name = "metadata.test", .ipv4 = "169.254.169.254", .ttl = 300},
    {.name = "mapped.test", .ipv6 = "::ffff:10.0.0.1", .ttl = 300},
    {.name = "nat64.test", .ipv6 = "64:ff9b::7f00:1", .ttl = 300},
    {.name = "rebinding.test", .ipv4 = OUTER, .later_ipv4 = "127.0.0.1", .ttl = 0},
    {.name = "mixed.test", .ipv4 = "127.0.0.1," OUTER, .ttl = 300},
    {.name = "mixed-families.test", .ipv4 = OUTER, .ipv6 = "::1", .ttl = 300},
    {.name = "mixed-and-down.test", .ipv4 = "127.0.0.1,93.184.216.35", .ttl = 300},
};

static struct site *inner, *outer;
static struct dns_server *dns;

static void open_world(void)
{
    const struct site_config inside = {.pages = INNER_PAGES,
                                       .listeners = INNER_LISTENERS,
                                       .listener_count = sizeof INNER_LISTENERS / sizeof INNER_LISTENERS[0]};
    const struct site_config outside = {.pages = OUTER_PAGES,
                                        .listeners = OUTER_LISTENERS,
                                        .listener_count = sizeof OUTER_LISTENERS / sizeof OUTER_LISTENERS[0]};
    ck_assert_int_eq(network_enter(ADDRESSES), 0); /* for each test afresh */
    inner = site_started(&inside);
    outer = site_started(&outside);
    dns = dns_server_start(NAMES, sizeof NAMES / sizeof NAMES[0]);
}

static void close_world(void)
{
    ck_assert_int_eq(site_stop(inner), 0);
    ck_assert_int_eq(site_stop(outer), 0);
    dns_server_stop(dns);
}

/* Crawls from `root` wherever links lead, with one more option or NULL, and compares what the report says of URLs and
 * how the crawl ended. */
static void assert_crawl(const char *root, const char *option, const char *expected, int exit_code)
{
    struct run run;
    run_crawler(&run, NULL,
                (const char *const[]){"--scope", "any", "--dns-servers", dns_server_address(dns), root, option, NULL});
    char *lines = run_url_lines(&run);
    ck_assert_str_eq(lines, expected);
    ck_assert_msg(run.exit_code == exit_code, "%s: %d\n%s", root, run.exit_code, run.err);
    free(lines);
    run_free(&run);
}

START_TEST(links_to_private_places_are_refused)
{
    open_world();
    assert_crawl("http://outer.test/links", NULL,
                 "http://10.0.0.1/ error address is not allowed (10.0.0.1: private network)\n"
                 "http://127.0.0.1/ error address is not allowed (127.0.0.1: loopback)\n"
                 "http://169.254.169.254/ error address is not allowed (169.254.169.254: link-local)\n"
                 "http://[64:ff9b::7f00:1]/ error address is not allowed (64:ff9b::7f00:1: loopback)\n"
                 "http://[::1]/ error address is not allowed (::1: loopback)\n"
                 "http://[::ffff:7f00:1]/ error address is not allowed (::ffff:127.0.0.1: loopback)\n"
                 "http://inner.test/ error address is not allowed (127.0.0.1: loopback)\n"
                 "http://localhost/ error address is not allowed (127.0.0.1: loopback)\n"
                 "http://outer.test/links 200 text/html UTF-8 272 8/8\n",
                 0);
    ck_assert_uint_eq(site_connections(inner), 0);
    close_world();
}
END_TEST

/* What is fetched beside pages goes nowhere else either. */
START_TEST(robots_and_sitemaps_lead_nowhere_private)
{
    static const char *const roots[] = {"http://rules.test/", "http://map.test/"};
    open_world();
    struct run run;
    run_crawler(&run, NULL,
                (const char *const[]){"--config", "/dev/null", "--scope", "any", "--dns-servers",
                                      dns_server_address(dns), roots[_i], NULL});
    char *lines = run_url_lines(&run);
    ck_assert_str_eq(lines, _i ? "http://map.test/ 200 text/html UTF-8 6 0/0\n"
                               : "http://rules.test/ error address is not allowed (10.0.0.1: private network)\n");
    ck_assert_msg(!_i || strstr(run.err, "sitemap http://10.0.0.1/map: address is not allowed"), "%s", run.err);
    ck_assert_msg(!_i || strstr(run.err, "sitemap http://inner.test/map: address is not allowed"), "%s", run.err);
    ck_assert_msg(!_i || strstr(run.err, "sitemap http://map.test/there: address is not allowed"), "%s", run.err);
    ck_assert_uint_eq(site_connections(inner), 0);
    free(lines);
    run_free(&run);
    close_world();
}
END_TEST

START_TEST(links_are_followed_with_leave)
{
    open_world();
    struct run run;
    run_crawler(&run, NULL,
                (const char *const[]){"--scope", "any", "--allow-private", "--dns-servers", dns_server_address(dns),
                                      "http://outer.test/links", NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_int_eq(run_counter(&run, "status_200"), 17); /* "/" and "/more" behind each link */
    ck_assert_uint_eq(site_requests(inner), 16);
    run_free(&run);
    close_world();
}
END_TEST

START_TEST(redirects_to_private_places_are_refused)
{
    static const char *const cases[][2] = {
        {"to-address", "http://169.254.169.254/latest error address is not allowed (169.254.169.254: link-local)\n"},
        {"to-name", "http://inner.test/ error address is not allowed (127.0.0.1: loopback)\n"},
        {"to-number", "http://127.0.0.1/ error address is not allowed (127.0.0.1: loopback)\n"},
        {"to-tunnel", "http://[2002:7f00:1::]/ error address is not allowed (2002:7f00:1::: loopback)\n"},
    };
    open_world();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char root[64], expected[256];
        snprintf(root, sizeof root, "http://outer.test/%s", cases[i][0]);
        snprintf(expected, sizeof expected, "%shttp://outer.test/%s 302 redirect %.*s\n", cases[i][1], cases[i][0],
                 (int)strcspn(cases[i][1], " "), cases[i][1]);
        assert_crawl(root, NULL, expected, 0);
    }
    ck_assert_uint_eq(site_connections(inner), 0);
    close_world();
}
END_TEST

/* A name that was public stays so. */
START_TEST(rebinding_is_refused)
{
    open_world();
    assert_crawl("http://rebinding.test/rebind", "-4",
                 "http://rebinding.test/rebind 200 text/html UTF-8 14 1/1\n"
                 "http://rebinding.test/then error address is not allowed (127.0.0.1: loopback)\n",
                 0);
    ck_assert_uint_eq(site_connections(inner), 0);
    close_world();
}
END_TEST

START_TEST(of_mixed_answers_the_public_part_counts)
{
    open_world();
    assert_crawl("http://mixed.test/", NULL, "http://mixed.test/ 200 text/html UTF-8 6 0/0\n", 0);
    assert_crawl("http://mixed-families.test/", NULL, "http://mixed-families.test/ 200 text/html UTF-8 6 0/0\n", 0);
    assert_crawl("http://mixed-and-down.test/", NULL,
                 "http://mixed-and-down.test/ error address is not allowed (127.0.0.1: loopback)\n", 1);
    ck_assert_uint_eq(site_connections(inner), 0);
    close_world();
}
END_TEST

START_TEST(refusal_is_counted_and_not_tried_again)
{
    open_world();
    struct run run;
    run_crawler(&run, NULL,
                (const char *const[]){"--dns-servers", dns_server_address(dns), "http://metadata.test/", NULL});
    ck_assert_int_eq(run.exit_code, 1);
    ck_assert_int_eq(run_counter(&run, "fail_address-refused"), 1);
    ck_assert_ptr_nonnull(strstr(run.err, "http://metadata.test/ failed after 1 tries: address is not allowed"));
    ck_assert_uint_eq(site_connections(inner), 0);
    run_free(&run);
    close_world();
}
END_TEST

/* The user asked for a page there. */
START_TEST(roots_in_private_places_are_crawled)
{
    static const char *const hosts[] = {"127.0.0.1",       "[::1]",       "10.0.0.1",         "169.254.169.254",
                                        "localhost",       "inner.test",  "office.test",      "nat64.test",
                                        "[::ffff:7f00:1]", "mapped.test", "[64:ff9b::7f00:1]"};
    open_world();
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        char root[64], expected[256];
        snprintf(root, sizeof root, "http://%s/", hosts[i]);
        snprintf(expected, sizeof expected, "%s 200 text/html UTF-8 14 1/1\n%smore 200 text/html UTF-8 14 0/1\n", root,
                 root);
        assert_crawl(root, NULL, expected, 0);
    }
    close_world();
}
END_TEST

START_TEST(private_roots_open_no_other_host)
{
    open_world();
    assert_crawl("http://office.test/neighbours", NULL,
                 "http://10.0.0.1/ error address is not allowed (10.0.0.1: private network)\n"
                 "http://inner.test/ error address is not allowed (127.0.0.1: loopback)\n"
                 "http://office.test/neighbours 200 text/html UTF-8 84 3/3\n"
                 "http://www.office.test/ error address is not allowed (10.0.0.1: private network)\n",
                 0);
    close_world();
}
END_TEST

int main(void)
{
    if (network_enter(ADDRESSES)) {
        warn("no network of our own");
        return SKIPPED;
    }
    int failed = RUN_TESTS_TIMES("guard", 2, robots_and_sitemaps_lead_nowhere_private);
    return failed | RUN_TESTS("guard", links_to_private_places_are_refused, links_are_followed_with_leave,
                              redirects_to_private_places_are_refused, rebinding_is_refused,
                              of_mixed_answers_the_public_part_counts, refusal_is_counted_and_not_tried_again,
                              roots_in_private_places_are_crawled, private_roots_open_no_other_host);
}
