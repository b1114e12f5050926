/* html_foreign.h - where in an HTML document SVG and MathML begin and end.
 *
 * A tokenizer builds no tree; this keeps as much of the stack of open elements as decides on it: svg, math, and the
 * elements in them that hold HTML again (HTML standard, 13.2.6, "integration points"). Elements of HTML in those are
 * not known, so that an end tag from outside closes them. */
#ifndef WEB_HTML_FOREIGN_H
#define WEB_HTML_FOREIGN_H

#include "web/html_elements.h"

enum { HTML_FOREIGN_MAX = 32 /* elements; of those nested deeper only the number is kept */ };

struct html_foreign {
    unsigned depth;
    size_t beyond; /* elements open above those */
    struct {
        unsigned char element; /* enum html_foreign_element */
        unsigned char place;   /* enum html_place, within it */
    } open[HTML_FOREIGN_MAX];
};

/* What holds here. All zeros is the start of a document. */
static inline enum html_place html_foreign_place(const struct html_foreign *foreign)
{
    return foreign->depth ? (enum html_place)foreign->open[foreign->depth - 1].place : HTML_PLACE_HTML;
}

/* A start tag of HTML that SVG and MathML don't know ends them, down to what holds HTML. */
void html_foreign_break_out(struct html_foreign *foreign);

/* An element begins that isn't self-closing. `holds_html` for an annotation-xml that says so. */
void html_foreign_open(struct html_foreign *foreign, enum html_foreign_element element, bool holds_html);

/* An end tag. */
void html_foreign_close(struct html_foreign *foreign, enum html_foreign_element element);

#endif
