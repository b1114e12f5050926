/* visit.h - what is fetched from a site, for the tests of the site itself. A test fails where it is not what it must
 * be. */
#ifndef SITE_VISIT_H
#define SITE_VISIT_H

#include "site/exchange.h"
#include "site/started.h"

enum { URL_SIZE = 256, LONG_BODY = 300000 };

/* Fetches a path from the first listener; free with exchange_free. `manner` may be NULL. */
struct exchange fetch(const struct site *site, const char *path, const struct manner *manner);

/* Fetches a path that must be answered with `status` and `body`. */
void expect(const struct site *site, const char *path, long status, const char *body);

/* Fetches a path whose head must contain `part`. */
void expect_in_head(const struct site *site, const char *path, const char *part);

/* Fetches a URL, or a path, with what libcurl must say of it. */
void expect_url_code(const char *url, const struct manner *manner, CURLcode code);
void expect_code(const struct site *site, const char *path, const struct manner *manner, CURLcode code);

/* LONG_BODY bytes and a NUL; malloced. */
char *long_body(void);

#endif
