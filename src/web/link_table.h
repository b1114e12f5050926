/* link_table.h - which element and attribute lead to a URL, and of which kind.
 *
 * The one table that all engines read. It holds the elements of HTML, obsolete ones that browsers still fetch for
 * included, of SVG, and of feeds and sitemaps. data-* attributes, which only scripts read, are no links. */
#ifndef WEB_LINK_TABLE_H
#define WEB_LINK_TABLE_H

#include "web/link.h"

/* The vocabularies that an element may belong to; a set. */
enum vocabulary { VOCABULARY_HTML = 1, VOCABULARY_SVG = 2, VOCABULARY_FEED = 4, VOCABULARY_XLINK = 8 };

/* How the attribute's value is read. */
enum link_syntax {
    SYNTAX_URL,    /* one URL */
    SYNTAX_URLS,   /* URLs with white space between them */
    SYNTAX_SRCSET, /* image candidates (srcset.h) */
    SYNTAX_CSS,    /* declarations or a value of CSS (css.h) */
    SYNTAX_META,   /* the content of meta: what it is, its http-equiv, name or property tells */
    SYNTAX_BASE    /* no link: the document's base */
};

/* What else of the element decides. */
enum link_condition {
    CONDITION_NONE,
    CONDITION_REL,   /* the kind is that of the rel attribute (link_kind_of_rel) */
    CONDITION_IMAGE, /* only with type=image */
    CONDITION_GET    /* only a form that is sent by GET */
};

struct link_rule {
    const char *element;   /* lower case; "*" for any */
    const char *attribute; /* lower case; "text()" for the element's text, which only feeds have */
    unsigned vocabularies; /* those in which the rule holds */
    enum link_syntax syntax;
    enum link_kind kind;
    enum link_condition condition;
};

/* The rules for the attributes of one element: a run of the table. */
struct link_rules {
    const struct link_rule *first;
    size_t count;
};

/* The rules of an element, upper or lower case; none when it is not in the table. */
struct link_rules link_rules_of(struct slice element);

/* The rule for an attribute of that element in these vocabularies, those for any element included; NULL when it leads
 * to no URL. */
const struct link_rule *link_rule_find(struct link_rules rules, struct slice attribute, unsigned vocabularies);

/* The rules for any element. */
struct link_rules link_rules_of_any(void);

/* Visits the attributes of all rules that hold in these vocabularies, some more than once. */
void link_attributes(unsigned vocabularies, void (*visit)(void *context, const char *attribute), void *context);

/* The kind of link that a set of link types stands for (HTML standard, 4.6.7). One that makes a browser fetch goes
 * before one that a reader may follow, and that before a hint to connect; `unknown` when none is known. */
enum link_kind link_kind_of_rel(struct slice rel, enum link_kind unknown);

/* Whether a set of link types holds `type`; letters of either case are the same. */
bool link_rel_has(struct slice rel, struct slice type);

#endif
