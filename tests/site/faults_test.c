/* What goes wrong where a page asks for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site/visit.h"
#include "unit/suite.h"

static const struct {
    enum site_fault fault;
    CURLcode code;
    size_t length; /* of the body that arrives */
} faults[] = {
    {SITE_CLOSE_BEFORE_HEAD, CURLE_GOT_NOTHING, 0},
    {SITE_CLOSE_REUSED, CURLE_OK, 40},
    {SITE_RESET_REUSED, CURLE_OK, 40},
    {SITE_CLOSE_AFTER, CURLE_OK, 40},
    {SITE_RESET_BEFORE_HEAD, CURLE_RECV_ERROR, 0},
    {SITE_RESET_AFTER_HEAD, CURLE_RECV_ERROR, 0},
    {SITE_RESET_IN_BODY, CURLE_RECV_ERROR, 20},
    {SITE_LENGTH_TOO_LONG, CURLE_PARTIAL_FILE, 40},
    {SITE_LENGTH_TOO_SHORT, CURLE_OK, 20},
    {SITE_BAD_CHUNK_SIZE, CURLE_RECV_ERROR, 20},
    {SITE_CUT_CHUNK, CURLE_PARTIAL_FILE, 20},
    {SITE_CUT_CODING, CURLE_OK, 20},
    {SITE_CORRUPT_CODING, CURLE_OK, 31},
    {SITE_ENDLESS_BODY, CURLE_WRITE_ERROR, 100000},
    {SITE_ENDLESS_HEADERS, CURLE_WRITE_ERROR, 0},
    {SITE_GARBAGE, CURLE_UNSUPPORTED_PROTOCOL, 0},
    {SITE_HTTP_0_9, CURLE_UNSUPPORTED_PROTOCOL, 0},
    {SITE_SILENT, CURLE_OPERATION_TIMEDOUT, 0},
    {SITE_STALL_IN_BODY, CURLE_OPERATION_TIMEDOUT, 20},
    {SITE_RAW, CURLE_UNSUPPORTED_PROTOCOL, 0},
};

START_TEST(has_faults)
{
    const struct site_page pages[] = {
        {.path = "/", .body = "0123456789012345678901234567890123456789", .fault = faults[_i].fault}, {0}};
    struct site *site = site_of_pages(pages);
    struct manner manner = {.most_body = 100000, .most_header = 50000};
    if (faults[_i].code == CURLE_OPERATION_TIMEDOUT)
        manner.timeout = 200;
    struct exchange exchange = fetch(site, "/", &manner);
    ck_assert_msg(exchange.code == faults[_i].code, "%d: %s", exchange.code, curl_easy_strerror(exchange.code));
    if (faults[_i].length < 100000)
        ck_assert_uint_eq(exchange.body.length, faults[_i].length);
    exchange_free(&exchange);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* How much of the half before the break libcurl hands out, and what it says then, differs from coding to coding. */
START_TEST(has_faults_of_codings)
{
    char *body = long_body();
    enum site_coding coding = (enum site_coding)(SITE_GZIP + _i);
    const struct site_page pages[] = {
        {.path = "/cut", .body = body, .coding = coding, .fault = SITE_CUT_CODING},
        {.path = "/corrupt", .body = body, .coding = coding, .fault = SITE_CORRUPT_CODING},
        {0}};
    struct site *site = site_of_pages(pages);
    struct exchange exchange = fetch(site, "/cut", &(struct manner){.decode = true});
    ck_assert(exchange.body.length > 0 && exchange.body.length <= LONG_BODY / 2);
    ck_assert_mem_eq(exchange.body.data, body, exchange.body.length);
    exchange_free(&exchange);
    exchange = fetch(site, "/corrupt", &(struct manner){.decode = true});
    ck_assert_int_ne(exchange.code, CURLE_OK);
    exchange_free(&exchange);
    ck_assert_int_eq(site_stop(site), 0);
    free(body);
}
END_TEST

START_TEST(sends_what_is_no_http)
{
    const struct site_page pages[] = {{.path = "/raw", .body = "HTTP/1.1 299 Mine\r\n\r\n{PORT}", .fault = SITE_RAW},
                                      {.path = "/old", .body = "old", .fault = SITE_HTTP_0_9},
                                      {.path = "/huge", .body = "huge", .fault = SITE_HUGE_HEADER},
                                      {0}};
    struct site *site = site_of_pages(pages);
    char expected[URL_SIZE];
    snprintf(expected, sizeof expected, "HTTP/1.1 299 Mine\r\n\r\n%u", site_port(site, 0));
    struct site_text got = {0};
    ck_assert(exchange_raw(site_port(site, 0), "GET /raw HTTP/1.1\r\n\r\n", &got));
    ck_assert_str_eq(got.data, expected);
    site_text_free(&got);
    struct exchange exchange = fetch(site, "/old", &(struct manner){.http_0_9 = true});
    ck_assert_str_eq(exchange.body.data, "old");
    exchange_free(&exchange);
    ck_assert(exchange_raw(site_port(site, 0), "GET /huge HTTP/1.1\r\nConnection: close\r\n\r\n", &got));
    ck_assert_uint_gt(got.length, 1048576);
    ck_assert_str_eq(got.data + got.length - 8, "\r\n\r\nhuge");
    site_text_free(&got);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(mends_after_some_faults)
{
    const struct site_page pages[] = {
        {.path = "/", .body = "at last", .fault = SITE_CLOSE_BEFORE_HEAD, .fault_times = 2}, {0}};
    struct site *site = site_of_pages(pages);
    for (int i = 0; i < 2; i++)
        expect_code(site, "/", NULL, CURLE_GOT_NOTHING);
    expect(site, "/", 200, "at last");
    expect(site, "/", 200, "at last");
    ck_assert_uint_eq(site_request_count(site, "/"), 4);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS("site faults", sends_what_is_no_http, mends_after_some_faults);
    failed |= RUN_TESTS_TIMES("each fault", sizeof faults / sizeof *faults, has_faults);
    return failed | RUN_TESTS_TIMES("codings", SITE_ZSTD, has_faults_of_codings);
}
