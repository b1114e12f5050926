#include "site/site.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "site/exchange.h"

enum { URL_SIZE = 256, LONG_BODY = 300000, CROWD = 1000, HEAD_LIMIT = 64 * 1024 };

static struct site *start(const struct site_config *config)
{
    struct site *site = NULL;
    ck_assert_int_eq(site_start(config, &site), 0);
    return site;
}

static struct site *start_pages(const struct site_page *pages)
{
    return start(&(struct site_config){.pages = pages});
}

static struct exchange fetch(const struct site *site, const char *path, const struct manner *manner)
{
    char url[URL_SIZE];
    return exchange_fetch(site_url(site, path, url, sizeof url), manner);
}

/* Fetches a path that must be answered with `status` and `body`. */
static void expect(const struct site *site, const char *path, long status, const char *body)
{
    struct exchange exchange = fetch(site, path, NULL);
    ck_assert_int_eq(exchange.code, CURLE_OK);
    ck_assert_int_eq(exchange.status, status);
    ck_assert_str_eq(exchange.body.data, body);
    exchange_free(&exchange);
}

static char *long_body(void)
{
    char *body = malloc(LONG_BODY + 1);
    ck_assert_ptr_nonnull(body);
    for (size_t i = 0; i < LONG_BODY; i++)
        body[i] = (char)('a' + i * i % 23);
    body[LONG_BODY] = '\0';
    return body;
}

START_TEST(serves_pages)
{
    const struct site_page pages[] = {{.path = "/", .body = "<p>hello</p>", .headers = "X-One: 1\r\nX-Two: 2\r\n"},
                                      {.path = "/q?a=1", .body = "query", .type = "text/plain"},
                                      {.path = "/gone", .status = 410, .type = "", .body = "gone"},
                                      {.path = "/to", .status = 302, .location = "/q?a=1"},
                                      {.path = "/tree/*", .body = "below"},
                                      {.path = "/tree/leaf", .body = "leaf"},
                                      {.path = "/nul", .body = "a\0b", .length = 3},
                                      {.path = "/none", .status = 204},
                                      {0}};
    struct site *site = start_pages(pages);
    struct exchange exchange = fetch(site, "/", NULL);
    ck_assert_str_eq(exchange.body.data, "<p>hello</p>");
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "HTTP/1.1 200 OK\r\n"));
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "Content-Type: text/html; charset=utf-8\r\n"));
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "X-One: 1\r\nX-Two: 2\r\n"));
    exchange_free(&exchange);
    exchange = fetch(site, "/gone", NULL);
    ck_assert_ptr_null(strstr(exchange.headers.data, "Content-Type"));
    exchange_free(&exchange);
    exchange = fetch(site, "/to", NULL);
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "Location: /q?a=1\r\n"));
    exchange_free(&exchange);
    exchange = fetch(site, "/nul", NULL);
    ck_assert_uint_eq(exchange.body.length, 3);
    exchange_free(&exchange);
    expect(site, "/q?a=1", 200, "query");
    expect(site, "/gone", 410, "gone");
    expect(site, "/tree/", 200, "below");
    expect(site, "/tree/any?x", 200, "below");
    expect(site, "/tree/leaf", 200, "leaf");
    expect(site, "/none", 204, "");
    expect(site, "/q?a=2", 404, "<!DOCTYPE html>\n<title>404 Not Found</title>\n");
    ck_assert_uint_eq(site_request_count(site, "/gone"), 2);
    ck_assert_uint_eq(site_request_count(site, "127.0.0.1/gone"), 2);
    ck_assert_uint_eq(site_request_count(site, "/q?a=2"), 1);
    ck_assert_uint_eq(site_request_count(site, "/never"), 0);
    ck_assert_uint_eq(site_most_requests(site), 2);
    ck_assert_uint_eq(site_requests(site), 11);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(replaces_placeholders)
{
    struct site *other = start_pages(NULL);
    const struct site_page pages[] = {{.path = "/",
                                       .status = 301,
                                       .location = "http://localhost:{PORT}/x",
                                       .headers = "X-Other: {OTHER}\r\n",
                                       .body = "{PORT} {PORT1} {OTHER} {PORT9} {} {PORT"},
                                      {0}};
    const struct site_listener listeners[2] = {{0}, {0}};
    struct site *site = start(&(struct site_config){
        .pages = pages, .listeners = listeners, .listener_count = 2, .other_port = site_port(other, 0)});
    char expected[URL_SIZE];
    snprintf(expected, sizeof expected, "%u %u %u {PORT9} {} {PORT", site_port(site, 0), site_port(site, 1),
             site_port(other, 0));
    expect(site, "/", 301, expected);
    struct exchange exchange = fetch(site, "/", NULL);
    snprintf(expected, sizeof expected, "Location: http://localhost:%u/x\r\nX-Other: %u\r\n", site_port(site, 0),
             site_port(other, 0));
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, expected));
    exchange_free(&exchange);
    ck_assert_uint_eq(site_port(site, 2), 0);
    ck_assert_int_eq(site_stop(site), 0);
    ck_assert_int_eq(site_stop(other), 0);
}
END_TEST

START_TEST(serves_hosts)
{
    const struct site_page pages[] = {{.path = "/", .body = "any"},
                                      {.path = "/", .host = "a.test", .body = "a"},
                                      {.path = "/", .host = "b.test", .body = "b"},
                                      {.path = "/*", .host = "c.test", .body = "all of c"},
                                      {0}};
    struct site *site = start_pages(pages);
    static const char *const cases[][3] = {{"GET / HTTP/1.0\r\nHost: A.test:80\r\n\r\n", "a"},
                                           {"GET / HTTP/1.0\r\nhost:b.test\r\n\r\n", "b"},
                                           {"GET / HTTP/1.0\r\nHost: d.test\r\n\r\n", "any"},
                                           {"GET / HTTP/1.0\r\n\r\n", "any"},
                                           {"GET /x HTTP/1.0\r\nHost: c.test\r\n\r\n", "all of c"},
                                           {"GET http://a.test:99/ HTTP/1.0\r\nHost: b.test\r\n\r\n", "a"},
                                           {"GET / HTTP/1.0\nHost: a.test\n\n", "a"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct site_text got = {0};
        ck_assert(exchange_raw(site_port(site, 0), cases[i][0], &got));
        ck_assert_str_eq(strstr(got.data, "\r\n\r\n") + 4, cases[i][1]);
        site_text_free(&got);
    }
    ck_assert_uint_eq(site_request_count(site, "a.test/"), 3);
    ck_assert_uint_eq(site_request_count(site, "/"), 6);
    ck_assert_uint_eq(site_most_requests(site), 3);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(frames_codes_and_drips)
{
    char *body = long_body();
    const struct site_page pages[] = {{.path = "/length", .body = body},
                                      {.path = "/chunked", .body = body, .framing = SITE_CHUNKED},
                                      {.path = "/close", .body = body, .framing = SITE_UNTIL_CLOSE},
                                      {.path = "/gzip", .body = body, .coding = SITE_GZIP},
                                      {.path = "/deflate", .body = body, .coding = SITE_DEFLATE},
                                      {.path = "/br", .body = body, .coding = SITE_BROTLI, .framing = SITE_CHUNKED},
                                      {.path = "/zstd", .body = body, .coding = SITE_ZSTD},
                                      {.path = "/drip", .body = body, .drip_bytes = 50000, .drip_delay = 1},
                                      {.path = "/drip-body", .body = body, .drip_bytes = 50000, .drip_body = true},
                                      {.path = "/delay", .body = body, .delay = 20},
                                      {0}};
    struct site *site = start_pages(pages);
    for (size_t i = 0; pages[i].path; i++) {
        struct exchange exchange = fetch(site, pages[i].path, &(struct manner){.decode = true});
        ck_assert_msg(exchange.code == CURLE_OK, "%s: %s", pages[i].path, curl_easy_strerror(exchange.code));
        ck_assert_str_eq(exchange.body.data, body);
        exchange_free(&exchange);
    }
    struct exchange exchange = fetch(site, "/br", NULL);
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "Content-Encoding: br\r\n"));
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "Transfer-Encoding: chunked\r\n"));
    ck_assert_uint_lt(exchange.body.length, LONG_BODY);
    exchange_free(&exchange);
    ck_assert_int_eq(site_stop(site), 0);
    free(body);
}
END_TEST

START_TEST(answers_a_byte_a_packet)
{
    const struct site_page pages[] = {{.path = "/", .body = "a few bytes, one by one"},
                                      {.path = "/chunked", .body = "likewise", .framing = SITE_CHUNKED},
                                      {0}};
    struct site *site = start(&(struct site_config){.pages = pages, .one_byte = true});
    expect(site, "/", 200, "a few bytes, one by one");
    expect(site, "/chunked", 200, "likewise");
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* The second byte of the body would be a minute late. */
START_TEST(drips_bodies_alone)
{
    const struct site_page pages[] = {{.path = "/", .body = "abc"}, {0}};
    struct site *site = start(&(struct site_config){.pages = pages, .drip = 60000, .drip_body = true});
    struct exchange exchange = fetch(site, "/", &(struct manner){.most_body = 1});
    ck_assert_int_eq(exchange.status, 200);
    ck_assert_str_eq(exchange.body.data, "a");
    exchange_free(&exchange);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(answers_head)
{
    const struct site_page pages[] = {{.path = "/", .body = "12345"}, {0}};
    struct site *site = start_pages(pages);
    struct site_text got = {0};
    exchange_raw(site_port(site, 0), "HEAD / HTTP/1.1\r\n\r\nHEAD /no HTTP/1.1\r\nConnection: close\r\n\r\n", &got);
    ck_assert_ptr_nonnull(strstr(got.data, "Content-Length: 5\r\n\r\nHTTP/1.1 404"));
    ck_assert_str_eq(got.data + got.length - 4, "\r\n\r\n");
    site_text_free(&got);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

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
    struct site *site = start_pages(pages);
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
    enum site_coding coding = (enum site_coding)_i;
    const struct site_page pages[] = {
        {.path = "/cut", .body = body, .coding = coding, .fault = SITE_CUT_CODING},
        {.path = "/corrupt", .body = body, .coding = coding, .fault = SITE_CORRUPT_CODING},
        {0}};
    struct site *site = start_pages(pages);
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
    struct site *site = start_pages(pages);
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
    struct site *site = start_pages(pages);
    for (int i = 0; i < 2; i++) {
        struct exchange exchange = fetch(site, "/", NULL);
        ck_assert_int_eq(exchange.code, CURLE_GOT_NOTHING);
        exchange_free(&exchange);
    }
    expect(site, "/", 200, "at last");
    expect(site, "/", 200, "at last");
    ck_assert_uint_eq(site_request_count(site, "/"), 4);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(keeps_connections)
{
    const struct site_page pages[] = {
        {.path = "/", .body = "kept"},
        {.path = "/once", .body = "x", .fault = _i ? SITE_RESET_REUSED : SITE_CLOSE_REUSED},
        {0}};
    struct site *site = start_pages(pages);
    CURL *curl = curl_easy_init();
    for (int i = 0; i < 5; i++) {
        struct exchange exchange = fetch(site, "/", &(struct manner){.reuse = curl});
        ck_assert_str_eq(exchange.body.data, "kept");
        exchange_free(&exchange);
    }
    ck_assert_uint_eq(site_connections(site), 1);
    struct exchange exchange = fetch(site, "/once", &(struct manner){.reuse = curl});
    ck_assert_int_eq(exchange.code, CURLE_OK); /* libcurl tries again by itself */
    exchange_free(&exchange);
    ck_assert_uint_eq(site_connections(site), 2);
    ck_assert_uint_eq(site_request_count(site, "/once"), 2);
    curl_easy_cleanup(curl);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(takes_no_connection_when_full)
{
    const struct site_listener listeners[] = {{.port = 0}, {.is_full = true}};
    const struct site_page pages[] = {{.path = "/", .body = "ok"}, {0}};
    struct site *site = start(&(struct site_config){.pages = pages, .listeners = listeners, .listener_count = 2});
    char url[URL_SIZE];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", site_port(site, 1));
    struct exchange exchange = exchange_fetch(url, &(struct manner){.timeout = 300});
    ck_assert_int_eq(exchange.code, CURLE_OPERATION_TIMEDOUT);
    exchange_free(&exchange);
    expect(site, "/", 200, "ok");
    ck_assert_uint_eq(site_connections(site), 1);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(answers_pipelined_requests_in_order)
{
    const struct site_page pages[] = {{.path = "/1", .body = "one", .delay = 30},
                                      {.path = "/2", .body = "two", .drip_bytes = 7, .drip_delay = 1},
                                      {.path = "/3", .body = "three"},
                                      {0}};
    struct site *site = start_pages(pages);
    static const char requests[] = "GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 10\r\n\r\nGET / HTTP"
                                   "GET /3 HTTP/1.1\r\n\r\n";
    struct site_text got = {0};
    int fd = exchange_connect(site_port(site, 0));
    exchange_send(fd, requests, sizeof requests - 1);
    exchange_receive_answers(fd, 3, &got);
    const char *one = strstr(got.data, "\r\n\r\none");
    const char *two = strstr(got.data, "\r\n\r\ntwo");
    const char *three = strstr(got.data, "\r\n\r\nthree");
    ck_assert(one && two && three && one < two && two < three);
    ck_assert_uint_eq(site_connections(site), 1);
    ck_assert_uint_eq(site_requests(site), 3);
    site_text_free(&got);
    close(fd);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(refuses_requests)
{
    static const char *const cases[][2] = {{"GET /\r\n\r\n", "400"},
                                           {"nonsense\r\n\r\n", "400"},
                                           {"GET  HTTP/1.1\r\n\r\n", "400"},
                                           {"GET / HTTP/2.0\r\n\r\n", "505"},
                                           {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "501"}};
    struct site *site = start_pages(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct site_text got = {0};
        ck_assert(exchange_raw(site_port(site, 0), cases[i][0], &got));
        ck_assert_uint_gt(got.length, 12);
        ck_assert_mem_eq(got.data + 9, cases[i][1], 3);
        site_text_free(&got);
    }
    ck_assert_uint_eq(site_requests(site), 0);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* A head of `size` bytes is answered with `status`. */
static void expect_for_size(const struct site *site, size_t size, const char *status)
{
    static const char start_of_head[] = "GET / HTTP/1.0\r\nX-Long: ";
    char *request = malloc(size + 1);
    ck_assert_ptr_nonnull(request);
    memset(request, 'x', size);
    memcpy(request, start_of_head, sizeof start_of_head - 1);
    memcpy(request + size - 4, "\r\n\r\n", 5);
    struct site_text got = {0};
    ck_assert(exchange_raw(site_port(site, 0), request, &got));
    ck_assert_uint_gt(got.length, 12);
    ck_assert_mem_eq(got.data + 9, status, 3);
    site_text_free(&got);
    free(request);
}

START_TEST(refuses_large_requests)
{
    const struct site_page pages[] = {{.path = "/", .body = "fits"}, {0}};
    struct site *site = start_pages(pages);
    expect_for_size(site, HEAD_LIMIT, "200");
    expect_for_size(site, HEAD_LIMIT + 1, "431");
    expect_for_size(site, (size_t)10 * HEAD_LIMIT, "431");
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(keeps_requests)
{
    struct site *site = start_pages(NULL);
    struct site_text got = {0};
    exchange_raw(site_port(site, 0),
                 "GET /first?a HTTP/1.1\r\nUser-Agent:  me/1 \r\nCookie: a=b; c=d\r\nX-Empty:\r\n\r\n"
                 "GET /second HTTP/1.0\r\n\r\n",
                 &got);
    site_text_free(&got);
    struct site_request request;
    char text[URL_SIZE];
    ck_assert(site_request(site, 0, &request));
    ck_assert_str_eq(site_request_target(&request, text, sizeof text), "/first?a");
    ck_assert(site_request_header(&request, "user-agent", text, sizeof text));
    ck_assert_str_eq(text, "me/1");
    ck_assert(site_request_header(&request, "Cookie", text, sizeof text));
    ck_assert_str_eq(text, "a=b; c=d");
    ck_assert(site_request_header(&request, "X-Empty", text, sizeof text));
    ck_assert_str_eq(text, "");
    ck_assert(!site_request_header(&request, "Agent", text, sizeof text));
    ck_assert(site_request(site, 1, &request));
    ck_assert_str_eq(site_request_target(&request, text, sizeof text), "/second");
    ck_assert_uint_eq(request.connection, 0);
    ck_assert(!site_request(site, 2, &request));
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(forgets_old_requests)
{
    enum { BATCH = 64 };
    struct site *site = start_pages(NULL);
    int fd = exchange_connect(site_port(site, 0));
    for (int i = 0; i <= SITE_REQUESTS_KEPT; i += BATCH) { /* few enough that neither side waits for the other */
        struct site_text requests = {0};
        struct site_text got = {0};
        int count = i < SITE_REQUESTS_KEPT ? BATCH : 1;
        for (int j = 0; j < count; j++)
            site_text_printf(&requests, "GET /%d HTTP/1.1\r\n\r\n", i + j);
        exchange_send(fd, requests.data, requests.length);
        exchange_receive_answers(fd, (unsigned)count, &got);
        site_text_free(&requests);
        site_text_free(&got);
    }
    close(fd);
    struct site_request request;
    char target[URL_SIZE];
    ck_assert(!site_request(site, 0, &request));
    ck_assert(site_request(site, 1, &request));
    ck_assert_str_eq(site_request_target(&request, target, sizeof target), "/1");
    ck_assert(site_request(site, SITE_REQUESTS_KEPT, &request));
    ck_assert_str_eq(site_request_target(&request, target, sizeof target), "/8192");
    ck_assert(!site_request(site, SITE_REQUESTS_KEPT + 1, &request));
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(holds_a_crowd)
{
    const struct site_page pages[] = {{.path = "/", .fault = SITE_SILENT}, {.path = "/ok", .body = "ok"}, {0}};
    struct site *site = start_pages(pages);
    static int fds[CROWD];
    for (int i = 0; i < CROWD; i++) {
        fds[i] = exchange_connect(site_port(site, 0));
        ck_assert_int_ge(fds[i], 0);
        exchange_send(fds[i], "GET / HTTP/1.1\r\n\r\n", 18);
    }
    while (site_requests(site) < CROWD)
        expect(site, "/ok", 200, "ok");
    expect(site, "/ok", 200, "ok"); /* a turn later */
    ck_assert_uint_ge(site_peak_in_flight(site), CROWD);
    ck_assert_uint_ge(site_peak_connections(site), CROWD);
    for (int i = 0; i < CROWD; i++)
        close(fds[i]);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* The server stands still while a connection is opened, an older one closed, and one more opened: there are never more
 * than three, though the server finds new ones first. */
START_TEST(knows_the_peak_of_connections)
{
    const struct site_page pages[] = {{.path = "/", .body = "x"}, {0}};
    const struct site_config config = {.pages = pages, .freeze_for = 300};
    struct site *site;
    struct site_text got = {0};
    int fds[4];
    ck_assert_int_eq(site_start(&config, &site), 0);
    fds[0] = exchange_connect(site_port(site, 0));
    fds[1] = exchange_connect(site_port(site, 0));
    exchange_send(fds[1], "GET / HTTP/1.1\r\n\r\n", 18);
    exchange_receive_answers(fds[1], 1, &got);
    fds[2] = exchange_connect(site_port(site, 0));
    close(fds[0]);
    fds[3] = exchange_connect(site_port(site, 0));
    /* The server may answer several requests in one turn, and notes what is open when that is over. */
    for (unsigned answers = 2; answers <= 3 || (answers < 1000 && site_peak_connections(site) < 3); answers++) {
        exchange_send(fds[3], "GET / HTTP/1.1\r\n\r\n", 18);
        exchange_receive_answers(fds[3], answers, &got);
    }
    ck_assert_uint_eq(site_peak_connections(site), 3);
    for (int i = 1; i < 4; i++)
        close(fds[i]);
    site_text_free(&got);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(speaks_tls)
{
    char *body = long_body();
    const struct site_page pages[] = {{.path = "/", .body = body},
                                      {.path = "/cut", .body = body, .fault = SITE_RESET_IN_BODY},
                                      {.path = "/short", .body = "short", .fault = SITE_LENGTH_TOO_LONG},
                                      {0}};
    const struct site_listener listeners[] = {
        {.tls = SITE_TLS}, {.tls = SITE_TLS_WRONG_HOST}, {.tls = SITE_TLS_EXPIRED}, {.tls = SITE_TLS_STALLED}};
    static const CURLcode codes[] = {CURLE_OK, CURLE_PEER_FAILED_VERIFICATION, CURLE_PEER_FAILED_VERIFICATION,
                                     CURLE_OPERATION_TIMEDOUT};
    struct site *site = start(&(struct site_config){.pages = pages, .listeners = listeners, .listener_count = 4});
    struct manner manner = {.ca_file = site_ca_file(site)};
    for (size_t i = 0; i < 4; i++) {
        char url[URL_SIZE];
        snprintf(url, sizeof url, "https://127.0.0.1:%u/", site_port(site, i));
        manner.timeout = codes[i] == CURLE_OPERATION_TIMEDOUT ? 300 : 0;
        struct exchange exchange = exchange_fetch(url, &manner);
        ck_assert_msg(exchange.code == codes[i], "%zu: %s", i, curl_easy_strerror(exchange.code));
        ck_assert_str_eq(exchange.body.data, codes[i] == CURLE_OK ? body : "");
        exchange_free(&exchange);
    }
    struct exchange exchange = fetch(site, "/cut", &manner);
    ck_assert_int_eq(exchange.code, CURLE_RECV_ERROR);
    exchange_free(&exchange);
    exchange = fetch(site, "/short", &manner);
    ck_assert_int_eq(exchange.code, CURLE_PARTIAL_FILE);
    exchange_free(&exchange);
    manner.ca_file = NULL;
    exchange = fetch(site, "/", &manner);
    ck_assert_int_eq(exchange.code, CURLE_PEER_FAILED_VERIFICATION);
    exchange_free(&exchange);
    ck_assert_int_eq(site_stop(site), 0);
    free(body);
}
END_TEST

START_TEST(shares_one_authority)
{
    const struct site_page pages[] = {{.path = "/", .body = "x"}, {0}};
    const struct site_listener listener = {.tls = SITE_TLS};
    const struct site_config config = {.pages = pages, .listeners = &listener, .listener_count = 1};
    struct site *one = start(&config);
    struct site *two = start(&config);
    char host[URL_SIZE];
    char url[URL_SIZE];
    snprintf(host, sizeof host, "any.site.test:%u:127.0.0.1", site_port(two, 0));
    snprintf(url, sizeof url, "https://any.site.test:%u/", site_port(two, 0));
    struct exchange exchange = exchange_fetch(url, &(struct manner){.ca_file = site_ca_file(one), .host = host});
    ck_assert_int_eq(exchange.code, CURLE_OK);
    exchange_free(&exchange);
    char file[URL_SIZE];
    snprintf(file, sizeof file, "%s", site_ca_file(one));
    ck_assert_int_eq(access(file, R_OK), 0);
    ck_assert_int_eq(site_stop(one), 0);
    ck_assert_int_ne(access(file, F_OK), 0);
    ck_assert_int_eq(site_stop(two), 0);
}
END_TEST

START_TEST(listens_at_ipv6)
{
    const struct site_page pages[] = {{.path = "/", .body = "six"}, {0}};
    const struct site_listener listener = {.ipv6 = true};
    struct site *site;
    if (site_start(&(struct site_config){.pages = pages, .listeners = &listener, .listener_count = 1}, &site)) {
        ck_assert(errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT); /* a machine without IPv6 */
        return;
    }
    expect(site, "/", 200, "six");
    ck_assert_uint_eq(site_request_count(site, "[::1]/"), 1);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* Marks the pages that a page links to. */
static void mark_links(const char *body, bool *linked, unsigned pages)
{
    while ((body = strstr(body, "href=\"/"))) {
        body += sizeof "href=\"/" - 1;
        unsigned long page = strncmp(body, "page/", 5) == 0 ? strtoul(body + 5, NULL, 10) : 0;
        ck_assert_uint_le(page, pages);
        linked[page] = true;
    }
}

START_TEST(generates_a_graph)
{
    enum { PAGES = 60 };
    static const struct site_graph shapes[] = {{.links = 1},  {.links = 2},
                                               {.links = 5},  {.links = 20, .children = 3, .known_only = true},
                                               {.links = 60}, {.links = 50, .children = 50, .known_only = true}};
    struct site_graph graph = shapes[_i];
    graph.pages = PAGES;
    graph.size = 5000;
    graph.seed = 7;
    struct site *site = start(&(struct site_config){.graph = &graph});
    bool linked[PAGES + 1] = {true};
    CURL *curl = curl_easy_init();
    char path[URL_SIZE] = "/";
    for (unsigned i = 0; i <= PAGES; i++) {
        struct exchange exchange = fetch(site, path, &(struct manner){.reuse = curl});
        ck_assert_int_eq(exchange.status, 200);
        ck_assert(exchange.body.length >= 5000 && exchange.body.length < 8000);
        ck_assert_msg(linked[i], "nothing before links to %s", path); /* true of a tree numbered by level */
        unsigned long known = graph.known_only ? (i + 1UL) * graph.children : PAGES;
        mark_links(exchange.body.data, linked, known < PAGES ? known : PAGES);
        exchange_free(&exchange);
        snprintf(path, sizeof path, "/page/%u", i + 1);
    }
    curl_easy_cleanup(curl);
    static const char *const missing[] = {"/page/61", "/page/0", "/page/01", "/page/", "/page/1x", "/page/99999999999"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        expect(site, missing[i], 404, "<!DOCTYPE html>\n<title>404 Not Found</title>\n");
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

static void join(char *path, const char *directory, const char *name)
{
    ck_assert_int_lt(snprintf(path, URL_SIZE, "%s/%s", directory, name), URL_SIZE);
}

static void write_file(const char *directory, const char *name, const char *text)
{
    char path[URL_SIZE];
    join(path, directory, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void make_directory(char *root, char *outside)
{
    char path[URL_SIZE];
    snprintf(outside, URL_SIZE, "/tmp/site-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(outside));
    write_file(outside, "secret.txt", "secret");
    join(root, outside, "root");
    ck_assert_int_eq(mkdir(root, 0755), 0);
    write_file(root, "index.html", "start");
    write_file(root, "a b.css", "css");
    write_file(root, "empty", "");
    join(path, root, "sub");
    ck_assert_int_eq(mkdir(path, 0755), 0);
    join(path, root, "link.txt");
    ck_assert_int_eq(symlink("../secret.txt", path), 0);
}

static void remove_directory(const char *outside)
{
    static const char *const names[] = {"root/index.html", "root/a b.css", "root/empty", "root/link.txt",
                                        "root/sub",        "root",         "secret.txt", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[URL_SIZE];
        join(path, outside, names[i]);
        ck_assert_int_eq(remove(path), 0);
    }
}

START_TEST(serves_a_directory)
{
    char root[URL_SIZE];
    char outside[URL_SIZE];
    make_directory(root, outside);
    const struct site_page pages[] = {{.path = "/made", .body = "made"}, {0}};
    struct site *site = start(&(struct site_config){.pages = pages, .root = root});
    expect(site, "/", 200, "start");
    expect(site, "/index.html?x=1", 200, "start");
    expect(site, "/made", 200, "made");
    expect(site, "/empty", 200, "");
    struct exchange exchange = fetch(site, "/a%20b.css", NULL);
    ck_assert_str_eq(exchange.body.data, "css");
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "Content-Type: text/css\r\n"));
    exchange_free(&exchange);
    exchange = fetch(site, "/sub?q", NULL);
    ck_assert_int_eq(exchange.status, 301);
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "Location: /sub/?q\r\n"));
    exchange_free(&exchange);
    static const char *const missing[] = {"/sub/",       "/none", "/link.txt",          "/../secret.txt",
                                          "/empty/",     "/%00",  "/%2e%2e/secret.txt", "/sub/../../secret.txt",
                                          "/index.html/"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        char request[URL_SIZE];
        snprintf(request, sizeof request, "GET %s HTTP/1.0\r\n\r\n", missing[i]);
        struct site_text got = {0};
        exchange_raw(site_port(site, 0), request, &got);
        ck_assert_msg(strncmp(got.data, "HTTP/1.1 404", 12) == 0, "%s: %s", missing[i], got.data);
        site_text_free(&got);
    }
    ck_assert_int_eq(site_stop(site), 0);
    remove_directory(outside);
}
END_TEST

START_TEST(stops)
{
    struct site *one = start_pages(NULL);
    struct site *two = start_pages(NULL);
    uint16_t port = site_port(one, 0);
    int fd = exchange_connect(port);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(site_stop(one), 0);
    struct site_text rest = {0};
    exchange_receive_all(fd, &rest);
    ck_assert_uint_eq(rest.length, 0);
    site_text_free(&rest);
    close(fd);
    ck_assert_int_lt(exchange_connect(port), 0);
    expect(two, "/", 404, "<!DOCTYPE html>\n<title>404 Not Found</title>\n");
    ck_assert_int_eq(site_stop(two), 0);
    ck_assert_int_eq(site_stop(NULL), 0);
}
END_TEST

START_TEST(dies_with_its_parent)
{
    int ports[2];
    ck_assert_int_eq(pipe(ports), 0);
    pid_t parent = fork();
    if (parent == 0) {
        struct site *site;
        uint16_t port = site_start(&(struct site_config){0}, &site) ? 0 : site_port(site, 0);
        _exit(write(ports[1], &port, sizeof port) != sizeof port);
    }
    waitpid(parent, NULL, 0);
    uint16_t port;
    ck_assert_int_eq(read(ports[0], &port, sizeof port), sizeof port);
    ck_assert_uint_ne(port, 0);
    for (int fd; (fd = exchange_connect(port)) >= 0;) /* the test's own timeout ends it otherwise */
        close(fd);
    close(ports[0]);
    close(ports[1]);
}
END_TEST

START_TEST(listens_where_it_is_told)
{
    const struct site_page pages[] = {{.path = "/", .body = "elsewhere"}, {0}};
    const struct site_listener listener = {.address = "127.0.0.2"};
    struct site *site = start(&(struct site_config){.pages = pages, .listeners = &listener, .listener_count = 1});
    expect(site, "/", 200, "elsewhere");
    ck_assert_uint_eq(site_request_count(site, "127.0.0.2/"), 1);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(says_why_it_cannot_start)
{
    struct site *site;
    struct site *taken = start_pages(NULL);
    const struct site_listener listener = {.port = site_port(taken, 0)};
    ck_assert_int_eq(site_start(&(struct site_config){.listeners = &listener, .listener_count = 1}, &site), -1);
    ck_assert_int_eq(errno, EADDRINUSE);
    const struct site_listener nowhere = {.address = "localhost"};
    ck_assert_int_eq(site_start(&(struct site_config){.listeners = &nowhere, .listener_count = 1}, &site), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(site_start(&(struct site_config){.root = "/nonexistent"}, &site), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(site_start(&(struct site_config){.listeners = &listener, .listener_count = 0}, &site), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(site_stop(taken), 0);
}
END_TEST

START_TEST(knows_an_unused_port)
{
    uint16_t port = site_unused_port();
    ck_assert_uint_ne(port, 0);
    ck_assert_int_lt(exchange_connect(port), 0);
}
END_TEST

/* Starts the program on the sample, and stores its URL without the last slash. */
static pid_t start_program(char *url)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(SITE_PROGRAM, "site", "--root", SITE_SAMPLE, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *output = fdopen(ends[0], "r");
    ck_assert_ptr_nonnull(output);
    ck_assert_ptr_nonnull(fgets(url, URL_SIZE / 2, output));
    fclose(output);
    url[strcspn(url, "\n") - 1] = '\0';
    return pid;
}

START_TEST(serves_the_sample_as_a_program)
{
    static const struct {
        const char *path;
        long status;
        const char *type;
    } cases[] = {
        {"/", 200, "text/html\r\n"},
        {"/css/site.css", 200, "text/css\r\n"},
        {"/images/logo.svg", 200, "image/svg+xml\r\n"},
        {"/favicon.png", 200, "image/png\r\n"},
        {"/feed.atom", 200, "application/atom+xml\r\n"},
        {"/archive/utf16.html", 200, "text/html\r\n"},
        {"/notes/2023", 301, "\r\nLocation: /notes/2023/\r\n"},
        {"/lost.html", 404, "text/html; charset=utf-8\r\n"},
    };
    char origin[URL_SIZE];
    pid_t pid = start_program(origin);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char url[2 * URL_SIZE];
        snprintf(url, sizeof url, "%s%s", origin, cases[i].path);
        struct exchange exchange = exchange_fetch(url, NULL);
        ck_assert_msg(exchange.status == cases[i].status, "%s: %ld", url, exchange.status);
        ck_assert_msg(strstr(exchange.headers.data, cases[i].type) != NULL, "%s: %s", url, exchange.headers.data);
        exchange_free(&exchange);
    }
    int status;
    kill(pid, SIGTERM);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

static Suite *site_suite(void)
{
    Suite *suite = suite_create("site");
    TCase *tests = tcase_create("site");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, serves_pages);
    tcase_add_test(tests, replaces_placeholders);
    tcase_add_test(tests, serves_hosts);
    tcase_add_test(tests, frames_codes_and_drips);
    tcase_add_test(tests, answers_a_byte_a_packet);
    tcase_add_test(tests, drips_bodies_alone);
    tcase_add_test(tests, answers_head);
    tcase_add_loop_test(tests, has_faults, 0, sizeof faults / sizeof *faults);
    tcase_add_loop_test(tests, has_faults_of_codings, SITE_GZIP, SITE_ZSTD + 1);
    tcase_add_test(tests, sends_what_is_no_http);
    tcase_add_test(tests, mends_after_some_faults);
    tcase_add_loop_test(tests, keeps_connections, 0, 2);
    tcase_add_test(tests, takes_no_connection_when_full);
    tcase_add_test(tests, answers_pipelined_requests_in_order);
    tcase_add_test(tests, refuses_requests);
    tcase_add_test(tests, refuses_large_requests);
    tcase_add_test(tests, keeps_requests);
    tcase_add_test(tests, forgets_old_requests);
    tcase_add_test(tests, holds_a_crowd);
    tcase_add_test(tests, knows_the_peak_of_connections);
    tcase_add_test(tests, speaks_tls);
    tcase_add_test(tests, shares_one_authority);
    tcase_add_test(tests, listens_at_ipv6);
    tcase_add_loop_test(tests, generates_a_graph, 0, 6);
    tcase_add_test(tests, serves_a_directory);
    tcase_add_test(tests, stops);
    tcase_add_test(tests, dies_with_its_parent);
    tcase_add_test(tests, listens_where_it_is_told);
    tcase_add_test(tests, says_why_it_cannot_start);
    tcase_add_test(tests, knows_an_unused_port);
    tcase_add_test(tests, serves_the_sample_as_a_program);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(site_suite());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
