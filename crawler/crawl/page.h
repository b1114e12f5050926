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

enum { SPARE_EXTRACTORS = 64, SPARE_LINKS = 16 };

/* Parsers and memory between two documents, for all pages: few answers come in at the same moment. */
struct extractor_pool {
    struct extractor *spare[SPARE_EXTRACTORS];
    size_t count;
    struct buf links[SPARE_LINKS]; /* empty, with their memory */
    size_t links_count;
};

/* An empty pool is all zero. */
void extractor_pool_free(struct extractor_pool *pool);

/* `options` and `pool` live as long as the page. Errors: ERR_NO_MEMORY. */
int page_create(struct page **out, const struct options *options, struct extractor_pool *pool);
void page_free(struct page *page);

/* Forgets the answer and gives its parser back. */
void page_reset(struct page *page);

/* Resets the page and begins the answer `response`. Only those with status 200 and a type that holds links are
 * searched; their headers are. Errors: ERR_NO_MEMORY, ERR_UNSUPPORTED (no such extractor), ERR_LIBRARY. */
int page_begin(struct page *page, const struct http_response *response);

/* Takes the next bytes of the body. Errors: as extractor_feed. */
int page_feed(struct page *page, struct slice bytes);

/* The body is over; only then may links be asked for. Errors: as extractor_feed. */
int page_end(struct page *page);

/* The links as they stand in the document, in their order, each as its length (a size_t) and its bytes; links that
 * plainly repeat another may be left out. The URL_RESOLVER_MARGIN bytes behind the last can be read. */
struct slice page_links(const struct page *page);

/* The same of the links that the page asks not to follow, which may be all; without --heed-nofollow there are none. */
struct slice page_nofollow_links(const struct page *page);

/* Whether there are so many links already that what is done with all of them at once would hold up the loop. */
bool page_is_large(const struct page *page);

/* Takes the first of `links` off; false when there is none. */
static inline bool page_next_link(struct slice *links, struct slice *link)
{
    if (links->length == 0)
        return false;
    memcpy(&link->length, links->data, sizeof link->length);
    link->data = links->data + sizeof link->length;
    links->data = link->data + link->length;
    links->length -= sizeof link->length + link->length;
    return true;
}

/* What the links are relative to: the document's first base element, where that makes a URL, else `document` itself,
 * without credentials. Valid as long as `document`, and until the page is reset. Errors: ERR_NO_MEMORY. */
int page_find_base(struct page *page, const struct url *document, struct url *base);

/* The answer's media type. Valid until the next page_begin. */
const struct mime *page_mime(const struct page *page);

/* The encoding that the answer's header names, by its standard name where it has one; "" for none. Valid as
 * page_mime. */
const char *page_header_encoding(const struct page *page);

/* After page_end: the encoding of a document that was searched; NULL for others. */
const struct charset *page_charset(const struct page *page);

#endif
