/* markup.h - what the two engines by libxml2 share: elements, their text and what is no markup at all.
 *
 * Calls of libxml2's SAX callbacks come in here; the first error stays and turns all later ones off. */
#ifndef WEB_MARKUP_H
#define WEB_MARKUP_H

#include "web/css.h"
#include "web/tag_links.h"
#include "web/xml_library.h"

struct markup {
    struct link_sink *sink;
    int err;                      /* the first error; 0 for none */
    struct attribute *attributes; /* of the tag at hand */
    size_t count;
    size_t capacity;
    struct css css; /* of the style element at hand */
    bool in_style;
    const char *opaque;  /* the element, whose content holds no links, that we are in; NULL for none. Static */
    size_t opaque_depth; /* of that element in itself */
};

void markup_init(struct markup *markup, struct link_sink *sink);
void markup_free(struct markup *markup);

/* An attribute of the tag that markup_open is about to see; the slices must live until then. */
void markup_attribute(struct markup *markup, struct slice name, struct slice value);

/* A start tag with the attributes added since the last one. `is_html` for HTML's syntax, in which the content of some
 * elements is text. */
void markup_open(struct markup *markup, struct slice name, unsigned vocabularies, bool is_html);
void markup_text(struct markup *markup, struct slice text);
void markup_close(struct markup *markup, struct slice name);

/* Loads libxml2, makes it ready and forgets earlier failures of its; before each libxml2 parser is created. Errors:
 * ERR_LIBRARY. */
int markup_start(void);

/* An XML push parser that reads on after mistakes, and nothing but what it is given: UTF-8, whatever the declaration
 * says. Of entities the callbacks get XML's own five alone. `sax` names the other callbacks, which get `context`;
 * `options` are more of libxml2's. After markup_start; to be freed by markup_xml_free. Errors: ERR_NO_MEMORY. */
int markup_xml_create(xmlParserCtxtPtr *out, const xmlSAXHandler *sax, void *context, int options);

/* NULL is allowed. */
void markup_xml_free(xmlParserCtxtPtr parser);

/* While a start tag is reported: whether the document ended before the tag did. Such a tag is none (HTML standard,
 * eof-in-tag), but libxml2 reports what there is of it, half a URL maybe. */
bool markup_ends_in_tag(const xmlParserCtxt *parser);

/* After each call of libxml2: ERR_NO_MEMORY when one of its allocations failed since the last time; otherwise 0. */
int markup_memory_error(void);

/* The same: the error met by a callback, or ERR_NO_MEMORY when one of its allocations failed. */
int markup_error(struct markup *markup);

#endif
