/* The headers of a response, and which errors are worth another try. */
#include "http/fetch.h"

#include "base/error.h"
#include "unit/suite.h"

static struct http_response response;

static void take(const char *lines)
{
    http_response_init(&response);
    ck_assert_int_eq(buf_append_slice(&response.headers, slice_of(lines)), 0);
}

static void assert_header(const char *name, size_t nth, const char *value)
{
    struct slice found = http_response_header(&response, name, nth);
    if (!value) {
        ck_assert_msg(!found.data, "%s: '%.*s'", name, SLICE_ARGS(found));
        return;
    }
    ck_assert_msg(found.data, "%s: missing", name);
    ck_assert_msg(slice_equal(found, slice_of(value)), "%s: '%.*s'", name, SLICE_ARGS(found));
}

START_TEST(new_response_is_empty)
{
    http_response_init(&response);
    ck_assert_int_eq(response.error, 0);
    ck_assert_int_eq(response.status, 0);
    ck_assert_uint_eq(response.headers.limit, HTTP_MAX_HEADERS);
    assert_header("Date", 0, NULL);
    http_response_free(&response);
    http_response_free(&response);
}
END_TEST

START_TEST(header_is_found_in_any_case_and_trimmed)
{
    take("Content-Type: text/html\r\nX-Padded:  \t a b \t \r\nX-Tight:c\r\n");
    assert_header("Content-Type", 0, "text/html");
    assert_header("content-type", 0, "text/html");
    assert_header("CONTENT-TYPE", 0, "text/html");
    assert_header("X-Padded", 0, "a b");
    assert_header("X-Tight", 0, "c");
    http_response_free(&response);
}
END_TEST

START_TEST(name_is_the_whole_name)
{
    take("X-Long: 1\r\nX-Value: X-Other: 2\r\n");
    assert_header("X-Lon", 0, NULL);
    assert_header("X-Longer", 0, NULL);
    assert_header("Long", 0, NULL);
    assert_header("X-Other", 0, NULL);
    assert_header("X-Value", 0, "X-Other: 2");
    http_response_free(&response);
}
END_TEST

START_TEST(nth_counts_those_of_the_name_only)
{
    take("Link: 1\r\nVary: a\r\nlink: 2\r\nLINK:\r\nVary: b\r\n");
    assert_header("Link", 0, "1");
    assert_header("Link", 1, "2");
    assert_header("Link", 2, "");
    assert_header("Link", 3, NULL);
    assert_header("Vary", 1, "b");
    assert_header("Vary", SIZE_MAX, NULL);
    http_response_free(&response);
}
END_TEST

START_TEST(odd_lines_do_no_harm)
{
    take("no colon\r\n: nameless\r\n\r\nX-Bare: 1\nX-Last: 2");
    assert_header("no colon", 0, NULL);
    assert_header("X-Bare", 0, "1");
    assert_header("X-Last", 0, "2");
    http_response_free(&response);
}
END_TEST

/* Every error there is stands in one of the two lists. */
START_TEST(errors_are_transient_or_final)
{
    static const int transient[] = {
        ERR_NAME_FAILED,       ERR_NAME_TIMED_OUT,
        ERR_CONNECT_REFUSED,   ERR_CONNECT_FAILED,
        ERR_CONNECT_TIMED_OUT, ERR_CONNECTION_RESET,
        ERR_NO_ANSWER,         ERR_TLS,
        ERR_PROTOCOL,          ERR_IDLE,
        ERR_TOO_SLOW,          ERR_TIMED_OUT,
        ERR_TRUNCATED,         ERR_DECODE,
        ERR_TOO_MANY_FILES,    ERR_SYSTEM,
    };
    for (int code = -1; code > -100; code--) {
        bool expected = false;
        for (size_t i = 0; i < sizeof transient / sizeof transient[0]; i++)
            expected |= transient[i] == code;
        ck_assert_msg(http_error_is_transient(code) == expected, "%s", error_kind(code));
    }
    ck_assert(!http_error_is_transient(0));
}
END_TEST

int main(void)
{
    return RUN_TESTS("response", new_response_is_empty, header_is_found_in_any_case_and_trimmed, name_is_the_whole_name,
                     nth_counts_those_of_the_name_only, odd_lines_do_no_harm, errors_are_transient_or_final);
}
