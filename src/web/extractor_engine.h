/* extractor_engine.h - what an engine of the extractor does.
 *
 * The extractor finds the document's encoding and cuts the document into blocks that depend on nothing but the
 * document; an engine reads UTF-8, in whole characters and without NUL, and hands what it finds to the sink. */
#ifndef WEB_EXTRACTOR_ENGINE_H
#define WEB_EXTRACTOR_ENGINE_H

#include "web/tag_links.h"

struct extractor_engine {
    const char *name;

    /* `sink` outlives the state. Errors: ERR_NO_MEMORY; there is no state then. */
    int (*create)(void **state, struct link_sink *sink);

    /* Errors: ERR_NO_MEMORY, or what the sink's callback returned; only free may follow then. */
    int (*feed)(void *state, struct slice utf8);

    /* The document is over. Errors as feed. */
    int (*finish)(void *state);

    void (*free)(void *state);
};

/* By libxml2: markup_html.c, markup_xml.c. */
extern const struct extractor_engine MARKUP_HTML;
extern const struct extractor_engine MARKUP_XML;

/* Style sheets: stylesheet.c. */
extern const struct extractor_engine STYLESHEET;

#endif
