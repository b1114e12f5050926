/* Which URLs share an origin, and how an authority is read. */
#include "http/origin.h"

#include <stdio.h>

#include "base/error.h"
#include "unit/suite.h"

static struct origin_table origins;

static struct origin *origin_of(const char *url)
{
    struct origin *origin = NULL;
    ck_assert_msg(origin_of_url(&origins, slice_of(url), &origin) == 0, "%s", url);
    return origin;
}

static void assert_slice(struct slice found, const char *expected)
{
    ck_assert_msg(slice_equal(found, slice_of(expected)), "'%.*s' instead of '%s'", SLICE_ARGS(found), expected);
}

START_TEST(parts_are_read)
{
    static const struct {
        const char *url, *name, *scheme, *host;
        unsigned port;
    } cases[] = {
        {"http://a.test/", "http://a.test:80", "http", "a.test", 80},
        {"https://a.test/", "https://a.test:443", "https", "a.test", 443},
        {"http://a.test", "http://a.test:80", "http", "a.test", 80},
        {"HTTPS://A.Test:8443/Path", "https://a.test:8443", "https", "a.test", 8443},
        {"http://a.test?q=/", "http://a.test:80", "http", "a.test", 80},
        {"http://a.test#f", "http://a.test:80", "http", "a.test", 80},
        {"http://a.test:/", "http://a.test:80", "http", "a.test", 80},
        {"http://a.test:65535/", "http://a.test:65535", "http", "a.test", 65535},
        {"http://[::1]/", "http://[::1]:80", "http", "::1", 80},
        {"http://[::1]:81/", "http://[::1]:81", "http", "::1", 81},
        {"http://me:secret@a.test:81/", "http://a.test:81", "http", "a.test", 81},
        {"http://b.test@a.test/", "http://a.test:80", "http", "a.test", 80},
        {"http://b.test:1@c.test:2@a.test:3/", "http://a.test:3", "http", "a.test", 3},
        {"http://a.test/@b.test:1/", "http://a.test:80", "http", "a.test", 80},
    };
    origin_table_init(&origins);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct origin *origin = origin_of(cases[i].url);
        assert_slice(origin->name, cases[i].name);
        assert_slice(origin->scheme, cases[i].scheme);
        assert_slice(origin->host, cases[i].host);
        ck_assert_uint_eq(origin->port, cases[i].port);
        ck_assert(!origin->is_trusted && !origin->is_routed && !origin->is_fed);
        ck_assert_uint_eq(origin->opening, 0);
    }
    origin_table_free(&origins);
}
END_TEST

START_TEST(same_origin_is_one)
{
    origin_table_init(&origins);
    struct origin *origin = origin_of("http://a.test/");
    ck_assert_ptr_eq(origin_of("http://a.test:80/x?y#z"), origin);
    ck_assert_ptr_eq(origin_of("HTTP://A.TEST"), origin);
    ck_assert_ptr_eq(origin_of("http://me@a.test/"), origin);
    static const char *const others[] = {"https://a.test/", "http://a.test:81/", "http://b.test/", "http://a.test./",
                                         "https://a.test:80/"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_msg(origin_of(others[i]) != origin, "%s", others[i]);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert_ptr_eq(origin_of("http://a.test/again"), origin);
        ck_assert_ptr_ne(origin_of("http://a.test:8/"), origin);
        ck_assert_ptr_eq(origin_of("http://a.test"), origin);
        ck_assert_ptr_ne(origin_of("http://a.test@b.test/"), origin);
    }
    origin_table_free(&origins);
}
END_TEST

/* The texts are the origin's own. */
START_TEST(url_may_go)
{
    char url[] = "http://a.test:81/";
    origin_table_init(&origins);
    const struct origin *origin = origin_of(url);
    memset(url, 'x', sizeof url - 1);
    assert_slice(origin->name, "http://a.test:81");
    assert_slice(origin->host, "a.test");
    origin_table_free(&origins);
}
END_TEST

START_TEST(many_are_kept_apart)
{
    enum { MANY = 5000 };
    static struct origin *made[MANY];
    char url[64];
    origin_table_init(&origins);
    for (int i = 0; i < MANY; i++) {
        snprintf(url, sizeof url, "http://host%d.test/", i);
        made[i] = origin_of(url);
    }
    for (int i = 0; i < MANY; i++) {
        snprintf(url, sizeof url, "http://host%d.test/other", i);
        ck_assert_ptr_eq(origin_of(url), made[i]);
    }
    origin_table_free(&origins);
}
END_TEST

START_TEST(no_origin_is_made_of_nonsense)
{
    static const char *const cases[] = {
        "",
        "a.test",
        "http:/a.test",
        "http://",
        "http:///path",
        "http://:80/",
        "http://@",
        "http://a:65536/",
        "http://a:x/",
        "http://a:-1/",
        "http://a:80:90/",
        "http://[::1/",
        "http://[]/",
        "http://[::1]x/",
        "http://a:99999999999999999999/",
    };
    origin_table_init(&origins);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct origin *origin = NULL;
        ck_assert_msg(origin_of_url(&origins, slice_of(cases[i]), &origin) == ERR_INVALID, "%s", cases[i]);
    }
    char endless[1000] = "http://";
    memset(endless + 7, 'a', sizeof endless - 8);
    struct origin *origin = NULL;
    ck_assert_int_eq(origin_of_url(&origins, slice_of(endless), &origin), ERR_INVALID);
    origin_table_free(&origins);
}
END_TEST

START_TEST(authority_has_a_host_and_perhaps_a_port)
{
    static const struct {
        const char *text, *host;
        unsigned port;
    } cases[] = {{"a.test", "a.test", 0}, {"a.test:81", "a.test", 81}, {"[::1]", "::1", 0},
                 {"[::1]:81", "::1", 81}, {"u:p@a.test", "a.test", 0}, {"u@[::1]:81", "::1", 81},
                 {"a.test:", "a.test", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice host;
        uint16_t port = 1;
        ck_assert_int_eq(authority_parse(slice_of(cases[i].text), &host, &port), 0);
        assert_slice(host, cases[i].host);
        ck_assert_uint_eq(port, cases[i].port);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("origin", parts_are_read, same_origin_is_one, url_may_go, many_are_kept_apart,
                     no_origin_is_made_of_nonsense, authority_has_a_host_and_perhaps_a_port);
}
