#include "base/escape.h"

#include "base/error.h"
#include "unit/suite.h"

struct escape_case {
    struct slice raw;
    const char *escaped;
};

#define CASE(raw, escaped)                  \
    {                                       \
        {(raw), sizeof(raw) - 1}, (escaped) \
    }

static const struct escape_case CASES[] = {
    CASE("", ""),
    CASE("plain ~ text", "plain ~ text"),
    CASE("\x1b[31mred\a", "\\x1b[31mred\\x07"),
    CASE("a\0b\nc\x7f", "a\\x00b\\x0ac\\x7f"),
    CASE("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80"),
    CASE("\xc2\x9b[m", "\\xc2\\x9b[m"),               /* CSI as a C1 control */
    CASE("\xc2\xa0", "\xc2\xa0"),                     /* the first that is no control */
    CASE("\x9b[m", "\\x9b[m"),                        /* the same in Latin-1 */
    CASE("\xc0\x9b", "\\xc0\\x9b"),                   /* overlong */
    CASE("\xe0\x80\x9b", "\\xe0\\x80\\x9b"),          /* overlong */
    CASE("\xf0\x80\x80\x9b", "\\xf0\\x80\\x80\\x9b"), /* overlong */
    CASE("\xed\xa0\x80", "\\xed\\xa0\\x80"),          /* a surrogate */
    CASE("\xed\x9f\xbf", "\xed\x9f\xbf"),             /* the last before them */
    CASE("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"), /* beyond U+10FFFF */
    CASE("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"),     /* U+10FFFF */
    CASE("\xe2\x82", "\\xe2\\x82"),                   /* cut */
    CASE("\xe2\x82z", "\\xe2\\x82z"),                 /* broken off */
    CASE("\xff\xfe", "\\xff\\xfe"),
};

START_TEST(escapes_what_could_steer_a_terminal)
{
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct buf out;
        buf_init(&out, 100);
        ck_assert_int_eq(escape_for_terminal(&out, CASES[i].raw), 0);
        ck_assert_str_eq(buf_text(&out), CASES[i].escaped);
        buf_free(&out);
    }
}
END_TEST

START_TEST(stops_at_the_limit)
{
    struct buf out;
    buf_init(&out, 7);
    ck_assert_int_eq(escape_for_terminal(&out, SLICE("a\1\2")), ERR_TOO_LARGE);
    ck_assert_str_eq(buf_text(&out), "a\\x01");
    buf_free(&out);
}
END_TEST

int main(void)
{
    return RUN_TESTS("escape", escapes_what_could_steer_a_terminal, stops_at_the_limit);
}
