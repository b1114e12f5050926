#include "output/json_string.h"

#include "base/error.h"
#include "unit/suite.h"

struct json_case {
    struct slice raw;
    const char *json;
};

#define CASE(raw, json)                  \
    {                                    \
        {(raw), sizeof(raw) - 1}, (json) \
    }

static const struct json_case CASES[] = {
    CASE("", "\"\""),
    CASE("http://a/?b=c&d", "\"http://a/?b=c&d\""),
    CASE("</script>", "\"</script>\""),
    CASE("\"\\/", "\"\\\"\\\\/\""),
    CASE("a\0b", "\"a\\u0000b\""),
    CASE("\x1b[31m\n\r\t\b", "\"\\u001b[31m\\n\\r\\t\\u0008\""),
    CASE("\x7f", "\"\\u007f\""),
    CASE("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""),
    CASE("\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\"\\u0080\\u009b\\u009f\xc2\xa0\""), /* C1, and the first behind */
    CASE("\xc3\xa4\xc2\x9b\xc3\xa4", "\"\xc3\xa4\\u009b\xc3\xa4\""),               /* among letters */
    CASE("\xff", "\"\xef\xbf\xbd\""),
    CASE("\xc2", "\"\xef\xbf\xbd\""),           /* cut */
    CASE("\xc2\"", "\"\xef\xbf\xbd\\\"\""),     /* hides no quote */
    CASE("a\x9b\x31", "\"a\xef\xbf\xbd\x31\""), /* CSI in Latin-1 */
};

START_TEST(it_is_valid_and_harmless)
{
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct buf out;
        buf_init(&out, 100);
        ck_assert_int_eq(json_string_append(&out, CASES[i].raw), 0);
        ck_assert_str_eq(buf_text(&out), CASES[i].json);
        buf_free(&out);
    }
}
END_TEST

START_TEST(the_limit_is_told)
{
    for (size_t limit = 1; limit < 10; limit++) {
        struct buf out;
        buf_init(&out, limit);
        ck_assert_int_eq(json_string_append(&out, SLICE("a\1\xff")), ERR_TOO_LARGE);
        buf_free(&out);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("json_string", it_is_valid_and_harmless, the_limit_is_told);
}
