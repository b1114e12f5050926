/* sitemap_engine.h - what the readers of XML lists and of text share, behind sitemap.h. */
#ifndef WEB_SITEMAP_ENGINE_H
#define WEB_SITEMAP_ENGINE_H

#include <stdbool.h>

#include "base/buf.h"
#include "web/sitemap.h"

/* Where entries go. */
struct sitemap_sink {
    sitemap_callback on_entry;
    void *context;
    size_t reported;
    size_t dropped;
};

/* Reports an entry, or drops it when there are too many. Returns what the callback did. */
int sitemap_report(struct sitemap_sink *sink, const struct sitemap_entry *entry);

struct sitemap_xml;

/* Errors: ERR_NO_MEMORY, ERR_LIBRARY. `sink` must outlive it. */
int sitemap_xml_create(struct sitemap_xml **out, struct sitemap_sink *sink);

/* NULL is allowed. */
void sitemap_xml_free(struct sitemap_xml *reader);

/* Takes UTF-8 in pieces of a few KB, which must depend on the document alone: libxml2's findings depend on them where
 * XML is not well-formed. Errors as sitemap_feed and sitemap_finish. */
int sitemap_xml_feed(struct sitemap_xml *reader, struct slice utf8);
int sitemap_xml_finish(struct sitemap_xml *reader);

struct sitemap_text {
    struct sitemap_sink *sink;
    struct buf line;   /* so far */
    bool is_too_long;  /* the line is */
    bool has_non_urls; /* some lines were none */
};

void sitemap_text_init(struct sitemap_text *text, struct sitemap_sink *sink);
void sitemap_text_free(struct sitemap_text *text);

/* Errors as sitemap_feed and sitemap_finish. */
int sitemap_text_feed(struct sitemap_text *text, struct slice utf8);
int sitemap_text_finish(struct sitemap_text *text);

#endif
