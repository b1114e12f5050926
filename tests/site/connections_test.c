/* Connections: kept, counted, in a crowd. */
#include <stdio.h>
#include <unistd.h>

#include "site/visit.h"
#include "unit/suite.h"

enum { CROWD = 1000 };

START_TEST(keeps_connections)
{
    const struct site_page pages[] = {
        {.path = "/", .body = "kept"},
        {.path = "/once", .body = "x", .fault = _i ? SITE_RESET_REUSED : SITE_CLOSE_REUSED},
        {0}};
    struct site *site = site_of_pages(pages);
    CURL *curl = curl_easy_init();
    for (int i = 0; i < 5; i++) {
        struct exchange exchange = fetch(site, "/", &(struct manner){.reuse = curl});
        ck_assert_str_eq(exchange.body.data, "kept");
        exchange_free(&exchange);
    }
    ck_assert_uint_eq(site_connections(site), 1);
    expect_code(site, "/once", &(struct manner){.reuse = curl}, CURLE_OK); /* libcurl tries again by itself */
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
    struct site *site =
        site_started(&(struct site_config){.pages = pages, .listeners = listeners, .listener_count = 2});
    char url[URL_SIZE];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", site_port(site, 1));
    expect_url_code(url, &(struct manner){.timeout = 300}, CURLE_OPERATION_TIMEDOUT);
    expect(site, "/", 200, "ok");
    ck_assert_uint_eq(site_connections(site), 1);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(holds_a_crowd)
{
    const struct site_page pages[] = {{.path = "/", .fault = SITE_SILENT}, {.path = "/ok", .body = "ok"}, {0}};
    struct site *site = site_of_pages(pages);
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

int main(void)
{
    int failed =
        RUN_TESTS("site connections", takes_no_connection_when_full, holds_a_crowd, knows_the_peak_of_connections);
    return failed | RUN_TESTS_TIMES("kept connections", 2, keeps_connections);
}
