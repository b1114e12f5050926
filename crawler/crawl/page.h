/* page.h - the links of one answer, on their way from its bytes to resolved URLs.
 *
 * Links are kept as they stand in the document, once each, and resolved only when it is over: a base element or an
 * encoding declared late holds for the links before it too. A page is reused for one answer after another. */
#ifndef CRAWL_PAGE_H
#define CRAWL_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "http/fetch.h"
#include "options.h"
#include "web/mime.h"
#include "web/url.h"

struct page;

/* `options` lives as long as the page. Errors: ERR_NO_MEMORY. */
int page_create(struct page **out, const struct options *options);
void page_free(struct page *page);

/* Forgets the answer and gives its parser back. */
void page_reset(struct page *page);

/* Resets the page and begins the answer `response`. Only those with status 200 and a type that holds links are
 * searched; their headers are. Errors: ERR_NO_MEMORY, ERR_UNSUPPORTED (no such extractor). */
int page_begin(struct page *page, const struct http_response *response);

/* Takes the next bytes of the body. Errors: ERR_NO_MEMORY. */
int page_feed(struct page *page, struct slice bytes);

/* The body is over; only then may links be asked for. Errors: ERR_NO_MEMORY. */
int page_end(struct page *page);

/* One distinct link. `url` is NULL for one that can't be parsed: `raw` shows it. Returns 0, or a negative error that
 * ends the walk. */
typedef int (*page_link)(void *context, const struct url *url, uint64_t fingerprint, struct slice raw);

/* Walks over the page's distinct links, as resolved against `document` and the page's base, in their order. Fragments and
 * credentials don't count. Errors: ERR_NO_MEMORY, or what `visit` returned. */
int page_for_each_link(struct page *page, const struct url *document, page_link visit, void *context);

/* The answer's media type. Valid until the next page_begin. */
const struct mime *page_mime(const struct page *page);

/* After page_end: the encoding of a document that was searched; NULL for others. */
const struct charset *page_charset(const struct page *page);

#endif
