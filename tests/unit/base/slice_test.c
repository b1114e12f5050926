#include "base/slice.h"

#include "unit/suite.h"

static const struct slice NOTHING = {NULL, 0};

START_TEST(equality_is_bytes)
{
    ck_assert(slice_equal(SLICE("a\0b"), SLICE("a\0b")));
    ck_assert(!slice_equal(SLICE("a\0b"), SLICE("a\0c")));
    ck_assert(!slice_equal(SLICE("a"), SLICE("ab")));
    ck_assert(!slice_equal(SLICE("a"), SLICE("A")));
    ck_assert(slice_equal(NOTHING, SLICE("")));
}
END_TEST

START_TEST(case_is_folded_for_ascii_letters_only)
{
    ck_assert(slice_equal_nocase(SLICE("Content-TYPE"), SLICE("content-type")));
    ck_assert(!slice_equal_nocase(SLICE("[\\]^_`"), SLICE("{|}~\177@")));
    ck_assert(!slice_equal_nocase(SLICE("\xc3\x84"), SLICE("\xc3\xa4")));
    ck_assert(!slice_equal_nocase(SLICE("@"), SLICE("`")));
    ck_assert(!slice_equal_nocase(SLICE("ab"), SLICE("abc")));
    ck_assert(slice_equal_nocase(NOTHING, SLICE("")));
}
END_TEST

START_TEST(prefixes)
{
    ck_assert(slice_has_prefix_nocase(SLICE("HTTP://x"), SLICE("http:")));
    ck_assert(slice_has_prefix_nocase(SLICE("x"), NOTHING));
    ck_assert(slice_has_prefix_nocase(NOTHING, NOTHING));
    ck_assert(!slice_has_prefix_nocase(SLICE("http"), SLICE("http:")));
    ck_assert(!slice_has_prefix_nocase(NOTHING, SLICE("a")));
}
END_TEST

START_TEST(trims_ascii_whitespace_at_both_ends)
{
    ck_assert(slice_equal(slice_trim(SLICE(" \t\n\f\ra b\r\n ")), SLICE("a b")));
    ck_assert(slice_equal(slice_trim(SLICE("\v\vx\v")), SLICE("\v\vx\v")));
    ck_assert_uint_eq(slice_trim(SLICE(" \n\t ")).length, 0);
    ck_assert_uint_eq(slice_trim(NOTHING).length, 0);
}
END_TEST

START_TEST(text_of_c)
{
    ck_assert(slice_equal(slice_of("abc"), SLICE("abc")));
    ck_assert_uint_eq(slice_of(NULL).length, 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("slice", equality_is_bytes, case_is_folded_for_ascii_letters_only, prefixes,
                     trims_ascii_whitespace_at_both_ends, text_of_c);
}
