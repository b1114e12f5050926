/* Joining a link to its base gives what the whole parser gives. */
#include "web/url_resolver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "unit/suite.h"

enum { MADE_LINKS = 60000, LINK_MAX = 80 };

static struct url_resolver resolver;
static struct url base;
static struct buf base_text;

static void set_base(const char *text)
{
    ck_assert_int_eq(url_parse(&base, slice_of(text), NULL, NULL, &base_text), 0);
    ck_assert_int_eq(url_resolver_begin(&resolver, &base, NULL), 0);
}

static void open_resolver(void)
{
    buf_init(&base_text, URL_MAX_LENGTH);
    url_resolver_init(&resolver);
}

static void close_resolver(void)
{
    url_resolver_free(&resolver);
    buf_free(&base_text);
}

/* Whether a link joins. If it does, the result must be that of url_parse. */
static bool check_link(const char *link)
{
    char padded[LINK_MAX + URL_RESOLVER_MARGIN];
    struct slice text = {padded, strlen(link)};
    ck_assert_uint_le(text.length, LINK_MAX);
    memset(padded, '#', sizeof padded); /* what stands behind the link must not matter */
    memcpy(padded, link, text.length);
    struct buf storage;
    buf_init(&storage, URL_MAX_LENGTH);
    struct url wanted;
    int err = url_parse(&wanted, text, &base, NULL, &storage);
    bool joined = url_resolver_join(&resolver, text);
    if (joined) {
        const struct url *found = url_resolver_url(&resolver);
        ck_assert_msg(!err, "'%s' should have been refused", link);
        ck_assert_msg(slice_equal(found->href, url_without_fragment(&wanted)), "'%s' became '%.*s' and not '%.*s'",
                      link, SLICE_ARGS(found->href), SLICE_ARGS(url_without_fragment(&wanted)));
        ck_assert_uint_eq(found->path_start, wanted.path_start);
        ck_assert_uint_eq(found->path_end, wanted.path_end);
        ck_assert_uint_eq(found->query_end, wanted.query_end);
        ck_assert_int_eq(found->port, wanted.port);
        ck_assert_uint_eq(resolver.fingerprint, url_fingerprint(&wanted));
    }
    buf_free(&storage);
    return joined;
}

static const char *const BASES[] = {
    "http://host/",           "http://host/a/b/c.html", "http://127.0.0.1:8080/a/b/?q=/x",
    "https://host:1/a/b?x#y", "http://[::1]:8/a/b",     "https://host/a/b/c/d/",
};

START_TEST(usual_links_join)
{
    open_resolver();
    static const char *const links[] = {
        "x.html",
        "../x",
        "../../../../../../../x/y.html",
        "./x",
        "a/b/c/long-name_of.a.page~1.html",
        "/",
        "/x",
        "/x:y",
        "/wiki/A:B",
        "a/b:c",
        "?",
        "?a=b&c=d%20e",
        "#",
        "#fragment",
        "x#a b<c",
        "x?y#z",
        "x?y/../z",
        "../",
        "./",
        "/a//b",
        "x?long=query&of=more&than=one&block#and-more-of-it",
        ".//x",
        "x;y=z!*'()",
        "a%20b",
        "0123456789abcdef/",
        "0123456789abcde/x",
        "0123456789abcdef#y",
    };
    for (size_t i = 0; i < sizeof BASES / sizeof BASES[0]; i++) {
        set_base(BASES[i]);
        for (size_t j = 0; j < sizeof links / sizeof links[0]; j++)
            ck_assert_msg(check_link(links[j]), "'%s' did not join %s", links[j], BASES[i]);
        char own[LINK_MAX];
        snprintf(own, sizeof own, "%.*s/x/y?z#f", (int)base.path_start, base.href.data);
        ck_assert(check_link(own));
    }
    close_resolver();
}
END_TEST

START_TEST(links_that_need_more_do_not_join)
{
    static const char *const links[] = {
        "",
        "//other/x",
        "/\\x",
        "mailto:x",
        "http:x",
        "a:b/c",
        "..",
        ".",
        "a/../b",
        "a/./b",
        "%2e/x",
        "x/%2E%2e/y",
        "a b",
        "a\tb",
        "\xc3\xa4",
        "a\\b",
        "/.x",
        ".x",
        "a?'",
        "a?<",
        "a{b}",
        "0123456789abcde/../x",
        "0123456789abcdef/.x",
        "x?\x7f",
        "http://host",
        "https://other/x",
    };
    open_resolver();
    for (size_t i = 0; i < sizeof BASES / sizeof BASES[0]; i++) {
        set_base(BASES[i]);
        for (size_t j = 0; j < sizeof links / sizeof links[0]; j++)
            ck_assert_msg(!check_link(links[j]), "'%s' joined %s", links[j], BASES[i]);
    }
    close_resolver();
}
END_TEST

/* Links put together from the bytes that matter, each base in turn. */
START_TEST(made_up_links_join_as_they_parse)
{
    static const char *const pieces[] = {"a",  "bc",       "/",  ".",   "..", "../",        "./",
                                         "?",  "#",        ":",  "%2e", "%",  "~",          "=",
                                         "&",  "'",        "\\", "<",   "{",  "|",          "^",
                                         "\t", " ",        "@",  "!",   "-",  "0123456789", "http://host",
                                         "//", "\xc3\xa9", "`",  "\"",  "[",  "]",          "abcdefghijklmno"};
    open_resolver();
    int joined = 0;
    srand(1);
    int links = effort(MADE_LINKS);
    for (int i = 0; i < links; i++) {
        if (i % 1000 == 0)
            set_base(BASES[(size_t)i / 1000 % (sizeof BASES / sizeof BASES[0])]);
        char link[LINK_MAX] = "";
        for (int j = rand() % 6; j >= 0; j--)
            strncat(link, pieces[(size_t)rand() % (sizeof pieces / sizeof pieces[0])], 12);
        joined += check_link(link);
    }
    ck_assert_int_gt(joined, links / 10);
    close_resolver();
}
END_TEST

START_TEST(bases_that_links_can_not_join)
{
    static const char *const bases[] = {"mailto:x", "file:///a/b", "http://user:pass@host/a", "data:text/html,x"};
    open_resolver();
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        set_base(bases[i]);
        ck_assert(!check_link("x"));
        ck_assert(!check_link("#x"));
    }
    set_base("http://user:pass@host/a");
    ck_assert_int_eq(url_resolver_parse(&resolver, SLICE("b")), 0);
    ck_assert(slice_equal(url_resolver_url(&resolver)->href, SLICE("http://host/b")));
    close_resolver();
}
END_TEST

START_TEST(long_links_do_not_join)
{
    enum { LENGTH = 10000 };
    static char link[LENGTH + URL_RESOLVER_MARGIN];
    open_resolver();
    memset(link, 'x', sizeof link);
    set_base("http://host/a");
    ck_assert(!url_resolver_join(&resolver, (struct slice){link, LENGTH}));
    ck_assert_int_eq(url_resolver_parse(&resolver, (struct slice){link, LENGTH}), 0);
    ck_assert_uint_eq(url_resolver_url(&resolver)->href.length, LENGTH + strlen("http://host/"));
    ck_assert(url_resolver_join(&resolver, (struct slice){link, 4096}));
    ck_assert_int_eq(url_resolver_parse(&resolver, SLICE("http://[")), ERR_URL_ADDRESS);
    close_resolver();
}
END_TEST

START_TEST(serialisations_are_taken_apart)
{
    open_resolver();
    for (size_t i = 0; i < sizeof BASES / sizeof BASES[0]; i++) {
        set_base(BASES[i]);
        struct url url;
        url_of_serialised(&url, url_without_fragment(&base));
        ck_assert(slice_equal(url_scheme(&url), url_scheme(&base)));
        ck_assert(slice_equal(url_host(&url), url_host(&base)));
        ck_assert(slice_equal(url_path(&url), url_path(&base)));
        ck_assert(slice_equal(url_query(&url), url_query(&base)));
        ck_assert_int_eq(url.port, base.port);
        ck_assert_uint_eq(url.path_start, base.path_start);
        ck_assert_uint_eq(url_fingerprint(&url), url_fingerprint(&base));
    }
    close_resolver();
}
END_TEST

int main(void)
{
    return RUN_TESTS("url_resolver", usual_links_join, links_that_need_more_do_not_join,
                     made_up_links_join_as_they_parse, bases_that_links_can_not_join, long_links_do_not_join,
                     serialisations_are_taken_apart);
}
