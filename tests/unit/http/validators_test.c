/* What of an answer may be sent back to ask whether it still holds. */
#include "http/validators.h"

#include <stdio.h>
#include <string.h>

#include "unit/suite.h"

#define DATE    "Date: Mon, 23 Nov 2026 10:00:00 GMT\r\n"
#define EARLIER "Mon, 23 Nov 2026 09:59:59 GMT"

static struct validators find(struct http_response *response, const char *headers)
{
    http_response_free(response);
    http_response_init(response);
    ck_assert_int_eq(buf_append_slice(&response->headers, slice_of(headers)), 0);
    return validators_of(response);
}

START_TEST(tags_are_kept_as_they_are_or_not_at_all)
{
    static const struct {
        const char *value, *kept;
    } cases[] = {
        {"\"abc\"", "\"abc\""},
        {"W/\"6-1\"", "W/\"6-1\""},
        {"\"\"", "\"\""},
        {" \"a,b\xc3\xa4\" ", "\"a,b\xc3\xa4\""},
        {"w/\"1\"", ""},
        {"*", ""},
        {"abc", ""},
        {"\"abc", ""},
        {"\"", ""},
        {"W/\"", ""},
        {"W/", ""},
        {"", ""},
        {"\"a\", \"b\"", ""},
        {"\"a b\"", ""},
        {"\"a\rX: y\"", ""},
        {"\"a\x01\"", ""},
        {"\"a\x7f\"", ""},
        {"\"1\"\r\nETag: \"2\"", ""},
    };
    struct http_response response;
    char headers[256];
    http_response_init(&response);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(headers, sizeof headers, "Server: x\r\netag:%s\r\n", cases[i].value);
        struct slice tag = find(&response, headers).tag;
        ck_assert_msg(slice_equal(tag, slice_of(cases[i].kept)), "%s: %.*s", cases[i].value, SLICE_ARGS(tag));
    }
    http_response_free(&response);
}
END_TEST

START_TEST(long_tags_are_left)
{
    struct http_response response;
    static char headers[9000];
    http_response_init(&response);
    for (size_t length = 1022; length <= 8192; length = length == 1022 ? 1023 : 8192 + (length == 8192)) {
        snprintf(headers, sizeof headers, "ETag: \"%0*d\"\r\n", (int)length, 0);
        ck_assert_uint_eq(find(&response, headers).tag.length, length == 1022 ? 1024 : 0);
    }
    http_response_free(&response);
}
END_TEST

START_TEST(dates_are_kept_when_they_are_over)
{
    static const struct {
        const char *headers, *kept;
    } cases[] = {
        {DATE "Last-Modified: " EARLIER "\r\n", EARLIER},
        {"Last-Modified: " EARLIER "\r\n" DATE, EARLIER},
        {"Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "Sun, 06 Nov 1994 08:49:37 GMT"},
        {DATE "Last-Modified: Mon, 23 Nov 2026 10:00:00 GMT\r\n", ""},
        {DATE "Last-Modified: Mon, 23 Nov 2099 10:00:00 GMT\r\n", ""},
        {"Last-Modified: Mon, 23 Nov 2099 10:00:00 GMT\r\n", ""},
        {DATE "Last-Modified: yesterday\r\n", ""},
        {DATE "Last-Modified: 0\r\n", ""},
        {DATE "Last-Modified: Mon,\r23 Nov 2026 09:59:59 GMT\r\n", ""},
        {DATE "Last-Modified: " EARLIER "\r\nLast-Modified: " EARLIER "\r\n", ""},
        {DATE, ""},
    };
    struct http_response response;
    http_response_init(&response);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice date = find(&response, cases[i].headers).date;
        ck_assert_msg(slice_equal(date, slice_of(cases[i].kept)), "%s: %.*s", cases[i].headers, SLICE_ARGS(date));
    }
    http_response_free(&response);
}
END_TEST

START_TEST(what_was_kept_is_looked_at_again)
{
    struct validators good = validators_checked(SLICE("W/\"1\""), SLICE(EARLIER));
    struct validators bad = validators_checked(SLICE("\"1\"\r\nX: y"), SLICE("Mon, 23 Nov 2026\r\nX: y"));
    ck_assert(slice_equal(good.tag, SLICE("W/\"1\"")) && slice_equal(good.date, SLICE(EARLIER)));
    ck_assert(!validators_are_there(&bad));
}
END_TEST

START_TEST(lines_ask_by_what_is_there)
{
    static const struct {
        const char *tag, *date, *lines[2];
    } cases[] = {
        {"\"1\"", EARLIER, {"If-None-Match: \"1\"", "If-Modified-Since: " EARLIER}},
        {"W/\"1\"", "", {"If-None-Match: W/\"1\"", NULL}},
        {"", EARLIER, {"If-Modified-Since: " EARLIER, NULL}},
        {"", "", {NULL, NULL}},
    };
    struct buf text;
    buf_init(&text, 4096);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct validators validators = {slice_of(cases[i].tag), slice_of(cases[i].date)};
        const char *lines[VALIDATORS_LINES + 1];
        ck_assert_int_eq(validators_lines(&validators, &text, lines), 0);
        for (size_t j = 0; j < 2; j++) {
            if (cases[i].lines[j])
                ck_assert_str_eq(lines[j], cases[i].lines[j]);
            else
                ck_assert_ptr_null(lines[j]);
            if (!lines[j])
                break;
        }
    }
    buf_free(&text);
}
END_TEST

int main(void)
{
    return RUN_TESTS("validators", tags_are_kept_as_they_are_or_not_at_all, long_tags_are_left,
                     dates_are_kept_when_they_are_over, what_was_kept_is_looked_at_again, lines_ask_by_what_is_there);
}
