/* robots.txt: RFC 9309's own examples, and what hostile files do. */
#include "web/robots.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "unit/suite.h"

/* Section 5.1. */
static const char SIMPLE[] = "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n"
                             "User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\n"
                             "Allow:/example/allowed.gif\n\nUser-Agent: barbot\nUser-Agent: bazbot\n"
                             "Disallow: /example/page.html\n\nUser-Agent: quxbot\n";

/* Section 5.2. */
static const char LONGEST[] = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n";

struct robots_case {
    const char *text;
    const char *product;
    const char *path;
    bool allowed;
};

static const struct robots_case CASES[] = {
    {SIMPLE, "otherbot", "/a.gif", false},
    {SIMPLE, "otherbot", "/a.gif?x", true},
    {SIMPLE, "otherbot", "/example/x", false},
    {SIMPLE, "otherbot", "/publications/x", true},
    {SIMPLE, "foobot", "/x", false},
    {SIMPLE, "FOOBOT", "/example/page.html", true},
    {SIMPLE, "barbot", "/example/page.html", false},
    {SIMPLE, "bazbot", "/example/other.html", true},
    {SIMPLE, "quxbot", "/example/", true},
    {LONGEST, "foobot", "/example/page/", true},
    {LONGEST, "foobot", "/example/page/disallowed.gif", false},
    /* A group is joined from all its places; rules before any group are nobody's. */
    {"Disallow: /\nUser-agent: a\nDisallow: /1\nUser-agent: b\nDisallow: /2\nUser-agent: a\nDisallow: /3", "a", "/3",
     false},
    {"Disallow: /\nUser-agent: a\nDisallow: /1\nUser-agent: b\nDisallow: /2\nUser-agent: a\nDisallow: /3", "a", "/1",
     false},
    {"Disallow: /\nUser-agent: a\nDisallow: /1\nUser-agent: b\nDisallow: /2\nUser-agent: a\nDisallow: /3", "a", "/2",
     true},
    {"Disallow: /\n", "a", "/", true},
    /* Other lines don't end the list of names. */
    {"User-agent: a\nSitemap: http://x/s\nUser-agent: b\nDisallow: /", "a", "/", false},
    {"User-agent: a\nDisallow: /a*b*c$", "a", "/a-b-b-c", false},
    {"User-agent: a\nDisallow: /a*b*c$", "a", "/a-c-b", true},
    {"User-agent: a\nDisallow: /a*b*c$", "a", "/abcc", false},
    {"User-agent: a\nDisallow: /a*a$", "a", "/a", true},
    {"User-agent: a\nDisallow: /*$", "a", "/x", false},
    {"User-agent: a\nDisallow: *", "a", "/x", false},
    {"User-agent: a\nDisallow: $", "a", "/", true},
    {"User-agent: a\nDisallow: /a$b", "a", "/a$b", false},
    {"User-agent: a\nDisallow: /%e3%83%84", "a", "/%E3%83%84", false},
    {"User-agent: a\nDisallow: /%E3%83%84", "a", "/%e3%83%84", false},
    {"User-agent: a\nDisallow: /\xe3\x83\x84", "a", "/%E3%83%84", false},
    /* Section 2.2.2's table, but for its last row: see robots.h. */
    {"User-agent: a\nDisallow: /foo/bar?baz=quz", "a", "/foo/bar?baz=quz", false},
    {"User-agent: a\nDisallow: /foo/bar?baz=https%3A%2F%2Ffoo.bar", "a", "/foo/bar?baz=https%3a%2f%2ffoo.bar", false},
    {"User-agent: a\nDisallow: /foo/bar/%62%61%7A", "a", "/foo/bar/baz", true},
    /* Section 2.2.3's examples. */
    {"User-agent: a\nDisallow: /path/file-with-a-%2A.html", "a", "/path/file-with-a-*.html", false},
    {"User-agent: a\nDisallow: /path/file-with-a-%2a.html", "a", "/path/file-with-a-%2A.html", false},
    {"User-agent: a\nDisallow: /path/file-with-a-%2A.html", "a", "/path/file-with-a-b.html", true},
    {"User-agent: a\nDisallow: /path/foo-%24", "a", "/path/foo-$bar", false},
    {"User-agent: a\nDisallow: /path/foo-%24", "a", "/path/foo-", true},
    {"User-agent: a\nDisallow: /path/foo-$", "a", "/path/foo-$", true},
    {"User-agent: a\nDisallow: /a$$", "a", "/a$", false},
    {"User-agent: a\nDisallow: /a*b", "a", "/a*b", false},
    {"User-agent: a\nDisallow: /%zz%", "a", "/%zz%", false},
    {"User-agent: a/1.0\nDisallow: /", "a", "/", false},
    {"User-agent: ab\nDisallow: /", "a", "/", true},
    {"User-agent: * x\nDisallow: /", "a", "/", false},
    {"User-agent: *x\nDisallow: /", "a", "/", true},
    {"User-agent: a\n\n\n#c\nDisallow: /x # why\n", "a", "/x", false},
    {"User-agent: a\nDisallow: /folder/\nAllow: /folder/index.html", "a", "/folder/", true},
    {"User-agent: a\nDisallow: /folder/\nAllow: /folder/index.html", "a", "/folder/x", false},
};

static struct robots *read_robots(const char *text, const char *product)
{
    struct robots *robots;
    ck_assert_int_eq(robots_create(&robots, slice_of(text), slice_of(product)), 0);
    return robots;
}

START_TEST(rules_are_heeded)
{
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct robots_case *one = &CASES[i];
        struct robots *robots = read_robots(one->text, one->product);
        ck_assert_msg(robots_allows(robots, slice_of(one->path)) == one->allowed, "%zu: %s", i, one->path);
        robots_free(robots);
    }
}
END_TEST

START_TEST(delay_and_sitemaps_are_kept)
{
    struct robots *robots = read_robots("Sitemap: http://x/1\nUser-agent: *\nCrawl-delay: 2.5\nSITEMAP : http://x/2 \n"
                                        "Crawl-delay: many\nUser-agent: a\nSitemap:\nCrawl-delay: 99999999\n",
                                        "b");
    ck_assert_double_eq(robots_crawl_delay(robots), 2.5);
    ck_assert_uint_eq(robots_sitemap_count(robots), 2);
    ck_assert(slice_equal(robots_sitemap(robots, 0), SLICE("http://x/1")));
    ck_assert(slice_equal(robots_sitemap(robots, 1), SLICE("http://x/2")));
    robots_free(robots);
    robots = read_robots("User-agent: a\nCrawl-delay: 99999999\n", "a");
    ck_assert_double_eq(robots_crawl_delay(robots), 24 * 60 * 60);
    robots_free(robots);
    robots = read_robots("User-agent: *\nCrawl-delay: 3\nUser-agent: a\nDisallow:\n", "a");
    ck_assert_double_eq(robots_crawl_delay(robots), 0);
    robots_free(robots);
}
END_TEST

START_TEST(product_tokens)
{
    ck_assert(slice_equal(robots_product(SLICE("Example-Bot_x/1.0 (+http://x)")), SLICE("Example-Bot_x")));
    ck_assert_uint_eq(robots_product(SLICE("1")).length, 0);
    ck_assert_uint_eq(robots_product(SLICE("")).length, 0);
}
END_TEST

/* `count` times `piece` behind `head`. */
static struct slice repeat(struct buf *out, const char *head, const char *piece, size_t count)
{
    buf_init(out, 64 << 20);
    bool failed = buf_append_slice(out, slice_of(head)) != 0;
    while (count--)
        failed |= buf_append_slice(out, slice_of(piece)) != 0;
    ck_assert(!failed);
    return buf_slice(out);
}

START_TEST(what_is_too_much_is_cut_at_a_line)
{
    struct buf text;
    struct robots *robots;
    repeat(&text, "User-agent: a\nDisallow: /first\n", "Allow: /x\n", ROBOTS_MOST / 10 - 3);
    ck_assert_int_eq(buf_append_slice(&text, SLICE("Disallow: /last\n")), 0);
    ck_assert_uint_gt(text.length, ROBOTS_MOST);
    ck_assert_int_eq(robots_create(&robots, buf_slice(&text), SLICE("a")), 0);
    ck_assert(!robots_allows(robots, SLICE("/first")));
    ck_assert(robots_allows(robots, SLICE("/last")));
    ck_assert(robots_allows(robots, SLICE("/")));
    robots_free(robots);
    buf_free(&text);
}
END_TEST

/* Patterns that would keep a matcher busy that tries all ways. */
START_TEST(hostile_patterns_take_linear_time)
{
    struct buf text, path;
    struct robots *robots;
    repeat(&text, "User-agent: a\nDisallow: /", "a*a*a*a*a*a*a*a*", 1000);
    ck_assert_int_eq(buf_append_slice(&text, SLICE("b$\n")), 0);
    repeat(&path, "/", "aaaaaaaaaaaaaaaa", 4096);
    ck_assert_int_eq(robots_create(&robots, buf_slice(&text), SLICE("a")), 0);
    ck_assert(robots_allows(robots, buf_slice(&path)));
    robots_free(robots);
    buf_free(&text);
    buf_free(&path);
}
END_TEST

START_TEST(wildcards_beyond_the_limit_are_ignored)
{
    struct buf text;
    struct robots *robots;
    repeat(&text, "User-agent: a\n", "Allow: *x\n", ROBOTS_WILDCARDS - 1);
    ck_assert_int_eq(buf_append_slice(&text, SLICE("Disallow: *ab\nDisallow: *bc\nDisallow: /cd\n")), 0);
    ck_assert_int_eq(robots_create(&robots, buf_slice(&text), SLICE("a")), 0);
    ck_assert(!robots_allows(robots, SLICE("/ab")));
    ck_assert(robots_allows(robots, SLICE("/bc")));
    ck_assert(!robots_allows(robots, SLICE("/cd")));
    robots_free(robots);
    buf_free(&text);
}
END_TEST

START_TEST(any_bytes_are_taken)
{
    static const char bytes[] = "\0\xff:\0\r\rUser-agent\0: *\n:\n:::\nDisallow\nuser-agent: *\nallow:\ndisallow: \0/";
    struct robots *robots;
    ck_assert_int_eq(robots_create(&robots, (struct slice){bytes, sizeof bytes - 1}, SLICE("a")), 0);
    ck_assert(robots_allows(robots, SLICE("/")));
    robots_free(robots);
    ck_assert_int_eq(robots_create(&robots, (struct slice){0}, (struct slice){0}), 0);
    ck_assert(robots_allows(robots, SLICE("/")));
    robots_free(robots);
}
END_TEST

int main(void)
{
    return RUN_TESTS("robots", rules_are_heeded, delay_and_sitemaps_are_kept, product_tokens,
                     what_is_too_much_is_cut_at_a_line, hostile_patterns_take_linear_time,
                     wildcards_beyond_the_limit_are_ignored, any_bytes_are_taken);
}
