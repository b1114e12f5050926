#include "web/refresh.h"

#include "unit/suite.h"

START_TEST(values_with_a_url)
{
    static const struct {
        const char *value, *url;
    } cases[] = {
        {"5; url=next.html", "next.html"},
        {"5;url=next.html", "next.html"},
        {"5, URL = next.html", "next.html"},
        {"5 url=next.html", "next.html"},
        {"5 next.html", "next.html"},
        {"5;next.html", "next.html"},
        {" \t0 ; \n url \f=\r x ", "x"},
        {"0; url='a b'c", "a b"},
        {"0; url=\"x", "x"},
        {"0; url='x\"y'", "x\"y"},
        {"0; 'x'", "x"},
        {"0; url=x'y", "x'y"},
        {".5; url=x", "x"},
        {"1.5.2..; url=x", "x"},
        {"0; url", "url"},
        {"0; ur=x", "ur=x"},
        {"0; urlx=y", "urlx=y"},
        {"0;;x", ";x"},
        {"0; url=url=x", "url=x"},
        {"99999999999999999999; x", "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice url;
        ck_assert_msg(refresh_url(slice_of(cases[i].value), &url), "%s", cases[i].value);
        ck_assert_msg(slice_equal(url, slice_of(cases[i].url)), "%s gave %.*s", cases[i].value, SLICE_ARGS(url));
    }
}
END_TEST

START_TEST(values_without_a_url)
{
    static const char *const cases[] = {
        "",      " ",         "5",        "5;",     "5; ",       "5; url=", "5; url=''", "x",       "; url=x",
        "url=x", "-1; url=x", "5x;url=y", "5url=x", "+5; url=x", "5 ; ",    "5; url = ", "5; url='"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice url;
        ck_assert_msg(!refresh_url(slice_of(cases[i]), &url), "%s", cases[i]);
    }
    struct slice url;
    ck_assert(!refresh_url((struct slice){NULL, 0}, &url));
}
END_TEST

START_TEST(nul_is_no_separator)
{
    struct slice url;
    ck_assert(!refresh_url(SLICE("5\0;url=x"), &url));
    ck_assert(refresh_url(SLICE("5;url=a\0b"), &url));
    ck_assert(slice_equal(url, SLICE("a\0b")));
}
END_TEST

int main(void)
{
    return RUN_TESTS("refresh", values_with_a_url, values_without_a_url, nul_is_no_separator);
}
