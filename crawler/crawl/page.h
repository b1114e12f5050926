/* page.h - the links of one answer, gathered from its bytes.
 *
 * Links are kept as they stand in the document and resolved only when it is over (link_walk.h): a base element or an
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

/* Goes through the links as they stand in the document, in their order; `*position` is 0 before the first. False when
 * there is none left. Links that plainly repeat another may be left out. The URL_RESOLVER_MARGIN bytes behind a link can
 * be read. */
bool page_next_link(const struct page *page, size_t *position, struct slice *link);

/* What the links are relative to: the document's first base element, where that makes a URL, else `document` itself,
 * without credentials. Valid as long as `document`, and until the page is reset. Errors: ERR_NO_MEMORY. */
int page_find_base(struct page *page, const struct url *document, struct url *base);

/* The answer's media type. Valid until the next page_begin. */
const struct mime *page_mime(const struct page *page);

/* After page_end: the encoding of a document that was searched; NULL for others. */
const struct charset *page_charset(const struct page *page);

#endif
