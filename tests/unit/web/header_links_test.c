#include "web/header_links.h"

#include "unit/suite.h"
#include "unit/web/recorded_links.h"

static void expect(const char *name, struct slice value, const char *expected)
{
    struct buf found;
    buf_init(&found, SIZE_MAX / 2);
    ck_assert_int_eq(header_links(name, value, record_link, &found), 0);
    ck_assert_str_eq(buf_text(&found), expected);
    buf_free(&found);
}

struct link_case {
    const char *value, *links;
};

START_TEST(link_header)
{
    static const struct link_case cases[] = {
        {"<next>; rel=next", "page header link [next] next\n"},
        {"<a.css>; rel=\"stylesheet\"; title=\"x\", <b>;rel=prev",
         "resource header link [stylesheet] a.css\npage header link [prev] b\n"},
        {"<//cdn>; rel=preconnect", "other header link [preconnect] //cdn\n"},
        {" < x > ; REL = \"alternate stylesheet\" ", "resource header link [alternate stylesheet] x\n"},
        {"<a>;rel=next;rel=preconnect", "page header link [next] a\n"},
        {"<a>", "resource header link [] a\n"},
        {"<a>,<b>", "resource header link [] a\nresource header link [] b\n"},
        {"<a,b;c>; rel=next", "page header link [next] a,b;c\n"},
        {"<a>; title=\"x, <no>; \\\" rel=no\"; rel=next, <b>; rel=up",
         "page header link [next] a\npage header link [up] b\n"},
        {"<a>; crossorigin; rel=preload; as=font", "resource header link [preload] a\n"},
        {"<a>; rel = next ; foo", "page header link [next] a\n"},
        {"nonsense, <a>; rel=next", "page header link [next] a\n"},
        {"<a>nonsense; rel=next, <b>", "resource header link [] a\nresource header link [] b\n"},
        {"<a>;;rel=next", "page header link [next] a\n"},
        {"<a>; rel=\"next", "page header link [next] a\n"},
        {"<>; rel=next, <b>", "resource header link [] b\n"},
        {"<a", ""},
        {"<", ""},
        {"", ""},
        {",,,", ""},
        {"a; rel=next", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(i % 2 ? "Link" : "link", slice_of(cases[i].value), cases[i].links);
}
END_TEST

START_TEST(headers_that_are_one_url)
{
    expect("Location", SLICE(" /x?a,b "), "page header location [] /x?a,b\n");
    expect("CONTENT-LOCATION", SLICE("x.en.html"), "resource header content-location [] x.en.html\n");
    expect("refresh", SLICE("0; url=/y"), "page header refresh [] /y\n");
    expect("Refresh", SLICE("10"), "");
    expect("Location", SLICE("  "), "");
    expect("Content-Location", (struct slice){NULL, 0}, "");
}
END_TEST

START_TEST(other_headers_hold_none)
{
    expect("Linked", SLICE("<a>"), "");
    expect("", SLICE("<a>"), "");
    expect("Content-Type", SLICE("text/html"), "");
}
END_TEST

START_TEST(every_cut_of_a_value_ends_in_time)
{
    static const char value[] = "<a>; rel=\"x\\\"y\"; p, <b>;rel=next , <c>;q=\"";
    for (size_t length = 0; length < sizeof value; length++) {
        char *copy = malloc(length + 1);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, value, length);
        struct buf found;
        buf_init(&found, SIZE_MAX / 2);
        ck_assert_int_eq(header_links("link", (struct slice){copy, length}, record_link, &found), 0);
        buf_free(&found);
        free(copy);
    }
}
END_TEST

START_TEST(what_the_callback_returns_ends_it)
{
    int left = 2;
    ck_assert_int_eq(header_links("Link", SLICE("<a>, <b>, <c>"), refuse_link, &left), ERR_CANCELLED);
    ck_assert_int_eq(left, 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("header_links", link_header, headers_that_are_one_url, other_headers_hold_none,
                     every_cut_of_a_value_ends_in_time, what_the_callback_returns_ends_it);
}
