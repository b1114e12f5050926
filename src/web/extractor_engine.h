/* extractor_engine.h - what an engine of the extractor does.
 *
 * The extractor finds the document's encoding. An engine that can reads the document's own bytes then. For all others,
 * and for encodings that are not ASCII-compatible, the extractor cuts the document into blocks that depend on nothing
 * but the document, and the engine reads UTF-8, in whole characters and without NUL. Findings go to the sink. */
#ifndef WEB_EXTRACTOR_ENGINE_H
#define WEB_EXTRACTOR_ENGINE_H

#include "web/tag_links.h"

struct extractor_engine {
    const char *name;

    /* `sink` outlives the state. Errors: ERR_NO_MEMORY, ERR_LIBRARY; there is no state then. */
    int (*create)(void **state, struct link_sink *sink);

    /* Errors: ERR_NO_MEMORY, or what the sink's callback returned; only free may follow then. */
    int (*feed)(void *state, struct slice utf8);

    /* Reads bytes in an ASCII-compatible encoding, however they are cut, and takes them off `bytes`: all, or those up
     * to the end of the tag by which the sink came to know of a declared encoding. NULL for an engine that can't.
     * Errors as feed. */
    int (*read)(void *state, struct slice *bytes, const struct charset *charset);

    /* The document is over. Errors as feed. */
    int (*finish)(void *state);

    void (*free)(void *state);

    /* Makes the state what create would have made, for another sink too, and keeps what memory it can. NULL for an
     * engine whose states are not used again. */
    void (*reset)(void *state, struct link_sink *sink);
};

/* By our own scanner: html_engine.c. */
extern const struct extractor_engine HTML_SCANNER;

/* By libxml2: markup_html.c, markup_xml.c. */
extern const struct extractor_engine MARKUP_HTML;
extern const struct extractor_engine MARKUP_XML;

/* Style sheets: stylesheet.c. */
extern const struct extractor_engine STYLESHEET;

#endif
