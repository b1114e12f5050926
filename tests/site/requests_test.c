/* How requests are read, refused and kept. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "site/visit.h"
#include "unit/suite.h"

enum { HEAD_LIMIT = 64 * 1024 };

START_TEST(answers_pipelined_requests_in_order)
{
    const struct site_page pages[] = {{.path = "/1", .body = "one", .delay = 30},
                                      {.path = "/2", .body = "two", .drip_bytes = 7, .drip_delay = 1},
                                      {.path = "/3", .body = "three"},
                                      {0}};
    struct site *site = site_of_pages(pages);
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
    struct site *site = site_of_pages(NULL);
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
    struct site *site = site_of_pages(pages);
    expect_for_size(site, HEAD_LIMIT, "200");
    expect_for_size(site, HEAD_LIMIT + 1, "431");
    expect_for_size(site, (size_t)10 * HEAD_LIMIT, "431");
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

static void expect_header(const struct site_request *request, const char *name, const char *expected)
{
    char value[URL_SIZE];
    ck_assert(site_request_header(request, name, value, sizeof value));
    ck_assert_str_eq(value, expected);
}

START_TEST(keeps_requests)
{
    struct site *site = site_of_pages(NULL);
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
    expect_header(&request, "user-agent", "me/1");
    expect_header(&request, "Cookie", "a=b; c=d");
    expect_header(&request, "X-Empty", "");
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
    struct site *site = site_of_pages(NULL);
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

int main(void)
{
    return RUN_TESTS("site requests", answers_pipelined_requests_in_order, refuses_requests, refuses_large_requests,
                     keeps_requests, forgets_old_requests);
}
