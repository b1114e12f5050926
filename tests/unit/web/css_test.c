#include "web/css.h"

#include "unit/suite.h"
#include "unit/web/recorded_links.h"

/* Reads `sheet` cut into pieces of at most `step` bytes, the first being `first` bytes long. */
static void read_sheet(struct slice sheet, size_t first, size_t step, struct buf *found)
{
    struct css css;
    css_init(&css, record_link, found);
    size_t next = first < sheet.length ? first : sheet.length;
    for (size_t at = 0; at < sheet.length || next;) {
        ck_assert_int_eq(css_feed(&css, (struct slice){sheet.data + at, next}), 0);
        at += next;
        next = sheet.length - at < step ? sheet.length - at : step;
    }
    ck_assert_int_eq(css_finish(&css), 0);
    css_free(&css);
}

/* Whole, cut in two at every place, and byte by byte. */
static void expect(struct slice sheet, const char *expected)
{
    struct buf found;
    buf_init(&found, SIZE_MAX / 2);
    for (size_t cut = 0; cut <= sheet.length; cut++) {
        buf_clear(&found);
        ck_assert_int_eq(buf_append(&found, "", 0), 0);
        read_sheet(sheet, cut, sheet.length, &found);
        ck_assert_msg(strcmp(buf_text(&found), expected) == 0, "%s cut at %zu gave\n%s, not\n%s", sheet.data, cut,
                      buf_text(&found), expected);
    }
    buf_clear(&found);
    ck_assert_int_eq(buf_append(&found, "", 0), 0);
    read_sheet(sheet, 1, 1, &found);
    ck_assert_str_eq(buf_text(&found), expected);
    buf_free(&found);
}

#define URL(text)    "resource style url() [] " text "\n"
#define IMPORT(text) "resource style @import [] " text "\n"

struct css_case {
    const char *sheet, *links;
};

static void expect_all(const struct css_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect(slice_of(cases[i].sheet), cases[i].links);
}

#define EXPECT_ALL(cases) expect_all(cases, sizeof(cases) / sizeof(cases)[0])

START_TEST(urls)
{
    static const struct css_case cases[] = {
        {"a{background:url(x.png)}", URL("x.png")},
        {"url( \n x.png\t )", URL("x.png")},
        {"url('x y')url(\"a'b\")", URL("x y") URL("a'b")},
        {"url( 'x' )", URL("x")},
        {"URL(x)uRl(y)", URL("x") URL("y")},
        {"a{b:url(x) no-repeat,url(y)}", URL("x") URL("y")},
        {"url(#id)", URL("#id")},
        {"src:local('no'),url(x)format('no')", URL("x")},
        {"@font-face{src:src('x')}", URL("x")},
        {"url(x/*no*/y)", URL("x/*no*/y")},
        {"url(\xc3\xa9)", URL("\xc3\xa9")},
        {"url()url( )url('')url(' ')", ""},
        {"url('x' modifier('no'))", URL("x")},
        {"a:lang(x):not(b){c:rgb(1,2,3)url(x)}", URL("x")},
        {"f(g(1))h(url(x))i(2)url(y)", URL("x") URL("y")},
        {"))url(x)((url(y)", URL("x") URL("y")},
        {"1/2/url(x)/ url(y)/**/url(z)", URL("x") URL("y") URL("z")},
    };
    EXPECT_ALL(cases);
}
END_TEST

START_TEST(imports)
{
    static const struct css_case cases[] = {
        {"@import 'a';@import \"b\" print;", IMPORT("a") IMPORT("b")},
        {"@import url(a);@import url('b') layer(x);", IMPORT("a") IMPORT("b")},
        {"@IMPORT/**/'a'", IMPORT("a")},
        {"@import'a'", IMPORT("a")},
        {"@import \n /* ; */ url( a )", IMPORT("a")},
        {"@import x 'no'", ""},
        {"@import; 'no'", ""},
        {"@import(no) 'no'", ""},
        {"@importx 'no'", ""},
        {"import 'no'", ""},
        {"@\\69mport 'a'", IMPORT("a")},
        {"@import 'a' supports(b: url(c))", IMPORT("a") URL("c")},
    };
    EXPECT_ALL(cases);
}
END_TEST

START_TEST(what_is_not_a_url)
{
    static const struct css_case cases[] = {
        {"/* url(no) */", ""},
        {"/*/ url(no) **/url(x)", URL("x")},
        {"/ *url(x)*/", URL("x")},
        {"/***/url(x)/* ** url(no) * / **/url(y)/**/", URL("x") URL("y")},
        {"content:'url(no)'", ""},
        {"'\\'url(no)'", ""},
        {"'unclosed\nurl(x)", URL("x")},
        {"xurl(no)", ""},
        {"url (no)", ""},
        {"url/**/(no)", ""},
        {"1url(no) -1url(no) .5url(no) #url(no) @url(no)", ""},
        {"-url(no) --url(no)", ""},
        {"1%url(x) a.url(y)", URL("x") URL("y")},
        {"@namespace svg url(no);a{b:url(x)}", URL("x")},
        {"@namespace 'no';url(x)", URL("x")},
        {"@-moz-document url(no),url-prefix('no'){a{b:url(x)}}", URL("x")},
        {"url(a b)url(x)", URL("x")},
        {"url(a'b)url(x)", URL("x")},
        {"url(a(b)url(x)", URL("x")},
        {"url(a b\\)url(no)url(x)", URL("x")},
        {"url('no\n)url(x)", URL("x")},
        {"url(a\x01)url(x)", URL("x")},
    };
    EXPECT_ALL(cases);
}
END_TEST

START_TEST(escapes)
{
    static const struct css_case cases[] = {
        {"\\75rl(x)\\75 rl(y)u\\52 l(z)", URL("x") URL("y") URL("z")},
        {"\\000075rl(x)\\000075 rl(y)", URL("x") URL("y")},
        {"url(a\\)b)", URL("a)b")},
        {"url(a\\ b)", URL("a b")},
        {"url(\\e9)url('\\e9 x')", URL("\xc3\xa9") URL("\xc3\xa9x")},
        {"url(\\1F600 x)", URL("\xf0\x9f\x98\x80x")},
        {"url(\\41 \\42\tC\\43\r\nD)", URL("ABCCD")},
        {"url(\\000041B\\0000411)", URL("AB"
                                        "A1")},
        {"url('a\\\nb\\\r\nc')", URL("abc")},
        {"url(a\\\nb)url(x)", URL("x")},
        {"url('\\0 \\d800 \\110000 ')", URL("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd")},
        {"url('\\'\\\"')", URL("'\"")},
        {"u\\\nrl(x)", ""},
    };
    EXPECT_ALL(cases);
}
END_TEST

START_TEST(image_sets)
{
    static const struct css_case cases[] = {
        {"image-set('a' 1x,'b' 2x) 'no'", URL("a") URL("b")},
        {"-webkit-image-set(url(a) 1x,'b' type('no') 2x)", URL("a") URL("b")},
        {"image-set(url('a') 1x, 'b' 2x)", URL("a") URL("b")},
        {"f(image-set(g(1) 'a')) h('no')", URL("a")},
        {"my-image-set('no')", ""},
        {"rgb(1)image-set(calc(1/2) 'a',f() 'b')g(1) 'no'", URL("a") URL("b")},
        {")f(image-set(rgb(1) 'a')) 'no'", URL("a")},
    };
    EXPECT_ALL(cases);
}
END_TEST

START_TEST(end_of_the_sheet_ends_what_is_open)
{
    static const struct css_case cases[] = {
        {"url(x", URL("x")},
        {"url(x ", URL("x")},
        {"url('x", URL("x")},
        {"@import 'x", IMPORT("x")},
        {"url('x\\", URL("x")},
        {"url(x\\", URL("x\xef\xbf\xbd")},
        {"url(x\\41", URL("xA")},
        {"url(x\\000041", URL("xA")},
        {"url(", ""},
        {"url", ""},
        {"url(x y", ""},
        {"/* url(x)", ""},
        {"/", ""},
        {"@import", ""},
        {"\\", ""},
        {"", ""},
    };
    EXPECT_ALL(cases);
}
END_TEST

START_TEST(line_ends_and_nul)
{
    expect(SLICE("url('a\rurl(x)"), URL("x"));
    expect(SLICE("url('a\furl(x)"), URL("x"));
    expect(SLICE("url(\r\nx\f)"), URL("x"));
    expect(SLICE("url(a\0b)"), URL("a\xef\xbf\xbd"
                                   "b"));
    expect(SLICE("u\0rl(x)"), "");
}
END_TEST

START_TEST(readers_can_be_used_again)
{
    struct buf found;
    buf_init(&found, SIZE_MAX / 2);
    struct css css;
    css_init(&css, record_link, &found);
    ck_assert_int_eq(css_feed(&css, SLICE("@import")), 0);
    ck_assert_int_eq(css_finish(&css), 0);
    ck_assert_int_eq(css_feed(&css, SLICE(" 'no' url(x)")), 0);
    ck_assert_int_eq(css_finish(&css), 0);
    ck_assert_str_eq(buf_text(&found), URL("x"));
    css_free(&css);
    buf_free(&found);
}
END_TEST

START_TEST(overlong_urls_are_left_out)
{
    struct buf found;
    struct buf sheet;
    buf_init(&found, SIZE_MAX / 2);
    buf_init(&sheet, SIZE_MAX / 2);
    ck_assert_int_eq(buf_append(&sheet, "url(", 4), 0);
    for (size_t i = 0; i <= CSS_URL_MAX; i++)
        ck_assert_int_eq(buf_append_char(&sheet, 'x'), 0);
    ck_assert_int_eq(buf_append(&sheet, ")url(y)", 7), 0);
    read_sheet(buf_slice(&sheet), sheet.length, sheet.length, &found);
    ck_assert_str_eq(buf_text(&found), URL("y"));
    buf_free(&sheet);
    buf_free(&found);
}
END_TEST

START_TEST(what_the_callback_returns_ends_it)
{
    int left = 2;
    struct css css;
    css_init(&css, refuse_link, &left);
    ck_assert_int_eq(css_feed(&css, SLICE("url(a)url(b)url(c)")), ERR_CANCELLED);
    ck_assert_int_eq(left, 0);
    css_free(&css);
}
END_TEST

int main(void)
{
    return RUN_TESTS("css", urls, imports, what_is_not_a_url, escapes, image_sets, end_of_the_sheet_ends_what_is_open,
                     line_ends_and_nul, readers_can_be_used_again, overlong_urls_are_left_out,
                     what_the_callback_returns_ends_it);
}
