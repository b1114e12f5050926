/* Where a site listens and by which protocols; how it starts and ends. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "site/visit.h"
#include "unit/suite.h"

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
    struct site *site =
        site_started(&(struct site_config){.pages = pages, .listeners = listeners, .listener_count = 4});
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
    expect_code(site, "/cut", &manner, CURLE_RECV_ERROR);
    expect_code(site, "/short", &manner, CURLE_PARTIAL_FILE);
    manner.ca_file = NULL;
    expect_code(site, "/", &manner, CURLE_PEER_FAILED_VERIFICATION);
    ck_assert_int_eq(site_stop(site), 0);
    free(body);
}
END_TEST

START_TEST(shares_one_authority)
{
    const struct site_page pages[] = {{.path = "/", .body = "x"}, {0}};
    const struct site_listener listener = {.tls = SITE_TLS};
    const struct site_config config = {.pages = pages, .listeners = &listener, .listener_count = 1};
    struct site *one = site_started(&config);
    struct site *two = site_started(&config);
    char host[URL_SIZE];
    char url[URL_SIZE];
    snprintf(host, sizeof host, "any.site.test:%u:127.0.0.1", site_port(two, 0));
    snprintf(url, sizeof url, "https://any.site.test:%u/", site_port(two, 0));
    expect_url_code(url, &(struct manner){.ca_file = site_ca_file(one), .host = host}, CURLE_OK);
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

START_TEST(listens_where_it_is_told)
{
    const struct site_page pages[] = {{.path = "/", .body = "elsewhere"}, {0}};
    const struct site_listener listener = {.address = "127.0.0.2"};
    struct site *site =
        site_started(&(struct site_config){.pages = pages, .listeners = &listener, .listener_count = 1});
    expect(site, "/", 200, "elsewhere");
    ck_assert_uint_eq(site_request_count(site, "127.0.0.2/"), 1);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(says_why_it_cannot_start)
{
    struct site *site;
    struct site *taken = site_of_pages(NULL);
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

START_TEST(stops)
{
    struct site *one = site_of_pages(NULL);
    struct site *two = site_of_pages(NULL);
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

int main(void)
{
    return RUN_TESTS("site listeners", speaks_tls, shares_one_authority, listens_at_ipv6, listens_where_it_is_told,
                     says_why_it_cannot_start, knows_an_unused_port, stops, dies_with_its_parent);
}
