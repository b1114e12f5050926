/* tag_links.h - the links of one start tag, by the rules of link_table.h; shared by all engines. */
#ifndef WEB_TAG_LINKS_H
#define WEB_TAG_LINKS_H

#include "base/buf.h"
#include "web/charset.h"
#include "web/link.h"
#include "web/link_table.h"

/* Where an engine's findings go. */
struct link_sink {
    link_callback on_link;
    void *context;
    struct buf base; /* the href of the first base element that has one */
    bool has_base;
    const struct charset *declared; /* by the first meta element that declares one; NULL for none */
    struct slice product;           /* meta elements of this name count as those named robots; empty for none */
    bool nofollow;                  /* one of them forbids to follow the links */
};

struct attribute {
    struct slice name;            /* "xlink:href" with that prefix; upper or lower case */
    struct slice value;           /* UTF-8, character references decoded */
    const struct link_rule *rule; /* for tag_links_known: by which it leads to a URL; NULL for none */
};

struct tag {
    struct slice name;                  /* upper or lower case */
    unsigned vocabularies;              /* those that it may belong to */
    const struct attribute *attributes; /* as in the document, the first of equal names only */
    size_t count;
};

enum { BASE_MAX = 1 << 20 }; /* bytes; a longer base, which is no valid URL, counts as empty */

void link_sink_init(struct link_sink *sink, link_callback on_link, void *context);
void link_sink_free(struct link_sink *sink);

/* Reports the links of a tag in the order of its attributes, and keeps the base and the encoding that it declares.
 * Errors: ERR_NO_MEMORY, or what the callback returned. */
int tag_links(const struct tag *tag, struct link_sink *sink);

/* The same for an engine that found the attributes' rules with tag_links_need. */
int tag_links_known(const struct tag *tag, struct link_sink *sink);

/* Whether tag_links looks at an attribute of an element with these rules, and by which rule it leads to a URL: NULL for
 * none, if it only decides on others. */
bool tag_links_need(struct link_rules rules, struct slice attribute, unsigned vocabularies,
                    const struct link_rule **rule);

/* Visits the lower-case names of all such attributes, some more than once. */
void tag_links_attributes(struct link_rules rules, unsigned vocabularies,
                          void (*visit)(void *context, const char *attribute), void *context);

/* Whether a tag is that of a style element that holds CSS. */
bool tag_is_css(const struct tag *tag);

/* The value of an attribute, its name in lower case; empty when it is missing. */
struct slice tag_attribute(const struct tag *tag, struct slice name);

/* Reports one URL that `rule` led to; nothing when it is empty. Errors: what the callback returned. */
int link_report(const struct link_sink *sink, const struct link_rule *rule, enum link_kind kind, struct slice url,
                struct slice rel);

#endif
