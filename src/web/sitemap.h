/* sitemap.h - lists of URLs that sites publish for crawlers (sitemaps.org, protocol 0.9) and for readers.
 *
 * Sitemaps and sitemap indexes, RSS 2.0 and its kin, RSS 1.0 and Atom (RFC 4287) feeds, and text with one URL a line;
 * which of these a file is shows by its root element, or by its not being XML. Elements are known by their local names
 * and their place: namespaces don't matter, but the "loc" of an image isn't that of a page. gzip files are unpacked.
 * XML that is not well-formed is read on as far as it goes; nothing outside the file is ever read, and no entity but
 * XML's own five is expanded. What is found does not depend on how the bytes are cut.
 *
 * Takes 20 KB of stack: to run on the loop's, never on a coroutine's. */
#ifndef WEB_SITEMAP_H
#define WEB_SITEMAP_H

#include <stddef.h>

#include "base/slice.h"

enum {
    SITEMAP_MOST_BYTES = 50 * 1024 * 1024, /* that are read, after unpacking */
    SITEMAP_MOST_URLS = 50000,             /* that are reported */
    SITEMAP_URL_LENGTH = 8192,             /* bytes of a URL; the protocol wants less than 2,048 */
    SITEMAP_DEPTH = 256,                   /* of elements in each other */
    SITEMAP_TAG = 128 * 1024,              /* bytes of one */
    SITEMAP_MARKUP = 1024 * 1024           /* bytes of a comment, a CDATA section or the like */
};

/* What a URL leads to. */
enum sitemap_kind { SITEMAP_OF_PAGES, SITEMAP_OF_SITEMAPS };

struct sitemap_entry {
    enum sitemap_kind kind;
    /* As written, but for XML's entities and the whitespace around it; never empty. Absolute in sitemaps; in feeds it
     * may be relative. */
    struct slice url;
    /* As written, at most 64 bytes: a W3C date and time, or in RSS 2.0 one of RFC 822. Empty for none. */
    struct slice lastmod;
};

/* Takes an entry, which is valid during the call. Returns 0, or a negative error that ends the reading. */
typedef int (*sitemap_callback)(void *context, const struct sitemap_entry *entry);

struct sitemap_reader;

/* Errors: ERR_NO_MEMORY. */
int sitemap_create(struct sitemap_reader **out, sitemap_callback on_entry, void *context);

/* NULL is allowed. */
void sitemap_free(struct sitemap_reader *reader);

/* Reads the next bytes. What was reported before an error stands; all later calls return the same. Errors:
 *   ERR_SYNTAX             no such list (an HTML page, say), or XML that can't be read any further
 *   ERR_TOO_LARGE          deeper than SITEMAP_DEPTH, or longer than SITEMAP_TAG or SITEMAP_MARKUP
 *   ERR_DECODED_TOO_LARGE  more than SITEMAP_MOST_BYTES
 *   ERR_DECODE             corrupt gzip
 *   ERR_LIBRARY            libxml2 is missing, or what the encoding takes; ERR_UNSUPPORTED
 *   ERR_NO_MEMORY          or what the callback returned */
int sitemap_feed(struct sitemap_reader *reader, struct slice bytes);

/* The file is over. Errors: those of sitemap_feed; ERR_TRUNCATED for a gzip file without its end; ERR_SYNTAX also for
 * XML without its end, and for text none of whose lines is a URL. An empty file is an empty list. */
int sitemap_finish(struct sitemap_reader *reader);

/* The URLs so far that were not reported: those beyond SITEMAP_MOST_URLS, longer ones than SITEMAP_URL_LENGTH, those
 * that XML errors have damaged; and lines that are no http or https URL. */
size_t sitemap_dropped(const struct sitemap_reader *reader);

#endif
