/* html_elements.h - what the link engine has to know of an element by its name. */
#ifndef WEB_HTML_ELEMENTS_H
#define WEB_HTML_ELEMENTS_H

#include <stdint.h>

#include "web/html_scanner.h"
#include "web/link_table.h"

/* The vocabulary of a place in the document; html_foreign.h says where which holds. */
enum html_place { HTML_PLACE_HTML, HTML_PLACE_SVG, HTML_PLACE_MATH, HTML_PLACES };

/* Elements that count for where SVG and MathML begin and end; 0 is for all others. */
enum html_foreign_element {
    FOREIGN_NONE,
    FOREIGN_SVG,
    FOREIGN_MATH,
    FOREIGN_OBJECT, /* from here on, in SVG they hold HTML ... */
    FOREIGN_DESC,
    FOREIGN_TITLE,
    FOREIGN_ANNOTATION, /* ... and from here on, in MathML; annotation-xml only if it says so */
    FOREIGN_MI,
    FOREIGN_MO,
    FOREIGN_MN,
    FOREIGN_MS,
    FOREIGN_MTEXT,
    FOREIGN_BREAKOUT /* of HTML, ends SVG and MathML wherever it begins */
};

/* What is known of an attribute's name. */
struct html_known_attribute {
    uint64_t name; /* packed, lower case */
    size_t length; /* 0 for none */
    bool is_needed;
    const struct link_rule *rule;
};

enum { HTML_KNOWN_ATTRIBUTES = 4 };

struct html_element {
    struct link_rules rules;
    uint64_t shapes;           /* of the attributes that tag_links may look at */
    enum html_content content; /* of the element in HTML */
    enum html_foreign_element foreign;
    bool is_template, is_style;
    bool is_plain; /* nothing but its attributes counts */
    enum html_place place;
    struct html_known_attribute known[HTML_KNOWN_ATTRIBUTES]; /* asked for lately */
};

/* The element of that name at such a place. Valid until the next call. */
struct html_element *html_element(struct slice name, enum html_place place);

/* Whether an attribute of the element, not empty, matters; and the rule by which it leads to a URL, NULL for none. */
bool html_element_needs(struct html_element *element, struct slice attribute, const struct link_rule **rule);

/* The tags that matter at a place that is the innermost: elements that are not plain, attributes that tag_links looks
 * at, and in SVG end tags. NULL where all may. */
const struct html_skim *html_elements_skim(enum html_place place);

/* The vocabularies that hold at a place. */
unsigned html_vocabularies(enum html_place place);

#endif
