/* What pages are answered with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site/visit.h"
#include "unit/suite.h"

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
    struct site *site = site_of_pages(pages);
    struct exchange exchange = fetch(site, "/", NULL);
    ck_assert_str_eq(exchange.body.data, "<p>hello</p>");
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "HTTP/1.1 200 OK\r\n"));
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "Content-Type: text/html; charset=utf-8\r\n"));
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "X-One: 1\r\nX-Two: 2\r\n"));
    exchange_free(&exchange);
    exchange = fetch(site, "/gone", NULL);
    ck_assert_ptr_null(strstr(exchange.headers.data, "Content-Type"));
    exchange_free(&exchange);
    expect_in_head(site, "/to", "Location: /q?a=1\r\n");
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
    struct site *other = site_of_pages(NULL);
    const struct site_page pages[] = {{.path = "/",
                                       .status = 301,
                                       .location = "http://localhost:{PORT}/x",
                                       .headers = "X-Other: {OTHER}\r\n",
                                       .body = "{PORT} {PORT1} {OTHER} {PORT9} {} {PORT"},
                                      {0}};
    const struct site_listener listeners[2] = {{0}, {0}};
    struct site *site = site_started(&(struct site_config){
        .pages = pages, .listeners = listeners, .listener_count = 2, .other_port = site_port(other, 0)});
    char expected[URL_SIZE];
    snprintf(expected, sizeof expected, "%u %u %u {PORT9} {} {PORT", site_port(site, 0), site_port(site, 1),
             site_port(other, 0));
    expect(site, "/", 301, expected);
    snprintf(expected, sizeof expected, "Location: http://localhost:%u/x\r\nX-Other: %u\r\n", site_port(site, 0),
             site_port(other, 0));
    expect_in_head(site, "/", expected);
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
    struct site *site = site_of_pages(pages);
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
    struct site *site = site_of_pages(pages);
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
    struct site *site = site_started(&(struct site_config){.pages = pages, .one_byte = true});
    expect(site, "/", 200, "a few bytes, one by one");
    expect(site, "/chunked", 200, "likewise");
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* The second byte of the body would be a minute late. */
START_TEST(drips_bodies_alone)
{
    const struct site_page pages[] = {{.path = "/", .body = "abc"}, {0}};
    struct site *site = site_started(&(struct site_config){.pages = pages, .drip = 60000, .drip_body = true});
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
    struct site *site = site_of_pages(pages);
    struct site_text got = {0};
    exchange_raw(site_port(site, 0), "HEAD / HTTP/1.1\r\n\r\nHEAD /no HTTP/1.1\r\nConnection: close\r\n\r\n", &got);
    ck_assert_ptr_nonnull(strstr(got.data, "Content-Length: 5\r\n\r\nHTTP/1.1 404"));
    ck_assert_str_eq(got.data + got.length - 4, "\r\n\r\n");
    site_text_free(&got);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("site answers", serves_pages, replaces_placeholders, serves_hosts, frames_codes_and_drips,
                     answers_a_byte_a_packet, drips_bodies_alone, answers_head);
}
