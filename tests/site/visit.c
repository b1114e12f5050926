#include "site/visit.h"

#include <stdlib.h>
#include <string.h>

struct exchange fetch(const struct site *site, const char *path, const struct manner *manner)
{
    char url[URL_SIZE];
    return exchange_fetch(site_url(site, path, url, sizeof url), manner);
}

void expect(const struct site *site, const char *path, long status, const char *body)
{
    struct exchange exchange = fetch(site, path, NULL);
    ck_assert_int_eq(exchange.code, CURLE_OK);
    ck_assert_int_eq(exchange.status, status);
    ck_assert_str_eq(exchange.body.data, body);
    exchange_free(&exchange);
}

void expect_in_head(const struct site *site, const char *path, const char *part)
{
    struct exchange exchange = fetch(site, path, NULL);
    ck_assert_msg(strstr(exchange.headers.data, part) != NULL, "%s: no %s in\n%s", path, part, exchange.headers.data);
    exchange_free(&exchange);
}

void expect_url_code(const char *url, const struct manner *manner, CURLcode code)
{
    struct exchange exchange = exchange_fetch(url, manner);
    ck_assert_msg(exchange.code == code, "%s: %s", url, curl_easy_strerror(exchange.code));
    exchange_free(&exchange);
}

void expect_code(const struct site *site, const char *path, const struct manner *manner, CURLcode code)
{
    char url[URL_SIZE];
    expect_url_code(site_url(site, path, url, sizeof url), manner, code);
}

char *long_body(void)
{
    char *body = malloc(LONG_BODY + 1);
    ck_assert_ptr_nonnull(body);
    for (size_t i = 0; i < LONG_BODY; i++)
        body[i] = (char)('a' + i * i % 23);
    body[LONG_BODY] = '\0';
    return body;
}
