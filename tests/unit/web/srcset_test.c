#include "web/srcset.h"

#include "base/buf.h"
#include "unit/suite.h"

/* The candidates' URLs, each in angle brackets. */
static void expect(const char *srcset, const char *expected)
{
    struct buf found;
    buf_init(&found, 4096);
    struct slice rest = slice_of(srcset);
    struct slice url;
    while (srcset_next(&rest, &url))
        ck_assert_int_eq(buf_printf(&found, "<%.*s>", SLICE_ARGS(url)), 0);
    ck_assert_str_eq(buf_text(&found), expected);
    buf_free(&found);
}

START_TEST(candidates)
{
    static const struct {
        const char *srcset, *urls;
    } cases[] = {
        {"a.png", "<a.png>"},
        {"a.png 1x, b.png 2x", "<a.png><b.png>"},
        {"a.png 100w,b.png 200w", "<a.png><b.png>"},
        {" \n a.png\t1x\n,\n b.png ", "<a.png><b.png>"},
        {"a.png, b.png", "<a.png><b.png>"},
        {"a.png,,, b.png", "<a.png><b.png>"},
        {",, ,a.png,", "<a.png>"},
        {"a,b.png 1x", "<a,b.png>"},
        {"data:,x 1x, b", "<data:,x><b>"},
        {"a (1, 2) 1x, b", "<a><b>"},
        {"a (1, b", "<a>"},
        {"a 1x 2x nonsense, b", "<a><b>"},
        {"", ""},
        {" , ,", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(cases[i].srcset, cases[i].urls);
}
END_TEST

START_TEST(text_without_an_end_is_not_overrun)
{
    struct slice rest = {"a, b, c", 4};
    struct slice url;
    ck_assert(srcset_next(&rest, &url));
    ck_assert(slice_equal(url, SLICE("a")));
    ck_assert(srcset_next(&rest, &url));
    ck_assert(slice_equal(url, SLICE("b")));
    ck_assert(!srcset_next(&rest, &url));
}
END_TEST

int main(void)
{
    return RUN_TESTS("srcset", candidates, text_without_an_end_is_not_overrun);
}
