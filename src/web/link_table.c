#include "web/link_table.h"

enum { HTML = VOCABULARY_HTML, SVG = VOCABULARY_SVG, FEED = VOCABULARY_FEED, XLINK = VOCABULARY_XLINK };

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* Sorted by element, so that it can be searched by halves.
 *
 * Left out on purpose: object and applet codebase (browsers ignore it, and so is data read against the document's
 * base), applet itself (nothing fetches for it any more), head profile and the data-* attributes (nothing ever
 * fetched). */
static const struct link_rule RULES[] = {
    {"a", "href", HTML | SVG, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"a", "ping", HTML | SVG, SYNTAX_URLS, LINK_OTHER, CONDITION_NONE},
    {"a", "xlink:href", SVG | XLINK, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"altglyph", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"animate", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"animate", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"animatemotion", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"animatemotion", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"animatetransform", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"animatetransform", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"area", "href", HTML, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"area", "ping", HTML, SYNTAX_URLS, LINK_OTHER, CONDITION_NONE},
    {"audio", "src", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"base", "href", HTML, SYNTAX_BASE, LINK_OTHER, CONDITION_NONE},
    {"bgsound", "src", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"blockquote", "cite", HTML, SYNTAX_URL, LINK_OTHER, CONDITION_NONE},
    {"body", "background", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"button", "formaction", HTML, SYNTAX_URL, LINK_OTHER, CONDITION_GET},
    {"color-profile", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"comments", "text()", FEED, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"content", "src", FEED, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"cursor", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"del", "cite", HTML, SYNTAX_URL, LINK_OTHER, CONDITION_NONE},
    {"discard", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"embed", "src", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"enclosure", "url", FEED, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"feimage", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"feimage", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"filter", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"filter", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"font-face-uri", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"font-face-uri", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"form", "action", HTML, SYNTAX_URL, LINK_OTHER, CONDITION_GET},
    {"frame", "longdesc", HTML, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"frame", "src", HTML, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"glyphref", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"guid", "text()", FEED, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"html", "manifest", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"icon", "text()", FEED, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"iframe", "longdesc", HTML, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"iframe", "src", HTML, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"image", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"image", "src", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"image", "srcset", HTML, SYNTAX_SRCSET, LINK_RESOURCE, CONDITION_NONE},
    {"image", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"img", "dynsrc", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"img", "longdesc", HTML, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"img", "lowsrc", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"img", "src", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"img", "srcset", HTML, SYNTAX_SRCSET, LINK_RESOURCE, CONDITION_NONE},
    {"input", "formaction", HTML, SYNTAX_URL, LINK_OTHER, CONDITION_GET},
    {"input", "src", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_IMAGE},
    {"ins", "cite", HTML, SYNTAX_URL, LINK_OTHER, CONDITION_NONE},
    {"lineargradient", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"lineargradient", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"link", "href", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_REL},
    {"link", "href", FEED, SYNTAX_URL, LINK_PAGE, CONDITION_REL},
    {"link", "imagesrcset", HTML, SYNTAX_SRCSET, LINK_RESOURCE, CONDITION_NONE},
    {"link", "text()", FEED, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"loc", "text()", FEED, SYNTAX_URL, LINK_PAGE, CONDITION_NONE},
    {"logo", "text()", FEED, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"meta", "content", HTML, SYNTAX_META, LINK_PAGE, CONDITION_NONE},
    {"mpath", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"mpath", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"object", "archive", HTML, SYNTAX_URLS, LINK_RESOURCE, CONDITION_NONE},
    {"object", "classid", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"object", "data", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"pattern", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"pattern", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"q", "cite", HTML, SYNTAX_URL, LINK_OTHER, CONDITION_NONE},
    {"radialgradient", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"radialgradient", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"script", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"script", "src", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"script", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"set", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"set", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"source", "src", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"source", "srcset", HTML, SYNTAX_SRCSET, LINK_RESOURCE, CONDITION_NONE},
    {"table", "background", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"tbody", "background", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"td", "background", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"textpath", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"textpath", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"tfoot", "background", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"th", "background", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"thead", "background", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"tr", "background", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"track", "src", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"tref", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"url", "text()", FEED, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"use", "href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"use", "xlink:href", SVG, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"video", "poster", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"video", "src", HTML, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
};

/* Hold on every element. Those of SVG from clip-path on are its presentation attributes, values of CSS. */
static const struct link_rule ANYWHERE[] = {
    {"*", "style", HTML | SVG, SYNTAX_CSS, LINK_RESOURCE, CONDITION_NONE},
    {"*", "xlink:href", SVG | XLINK, SYNTAX_URL, LINK_RESOURCE, CONDITION_NONE},
    {"*", "clip-path", SVG, SYNTAX_CSS, LINK_RESOURCE, CONDITION_NONE},
    {"*", "cursor", SVG, SYNTAX_CSS, LINK_RESOURCE, CONDITION_NONE},
    {"*", "fill", SVG, SYNTAX_CSS, LINK_RESOURCE, CONDITION_NONE},
    {"*", "filter", SVG, SYNTAX_CSS, LINK_RESOURCE, CONDITION_NONE},
    {"*", "marker-end", SVG, SYNTAX_CSS, LINK_RESOURCE, CONDITION_NONE},
    {"*", "marker-mid", SVG, SYNTAX_CSS, LINK_RESOURCE, CONDITION_NONE},
    {"*", "marker-start", SVG, SYNTAX_CSS, LINK_RESOURCE, CONDITION_NONE},
    {"*", "mask", SVG, SYNTAX_CSS, LINK_RESOURCE, CONDITION_NONE},
    {"*", "stroke", SVG, SYNTAX_CSS, LINK_RESOURCE, CONDITION_NONE},
};

/* Below, equal to or above 0 as `name`, lower-cased, stands before, at or behind `row` in the table. */
static int compare_names(struct slice name, const char *row)
{
    for (size_t i = 0; i < name.length; i++) {
        int difference = (unsigned char)ascii_lower(name.data[i]) - (unsigned char)row[i];
        if (difference || row[i] == '\0')
            return difference ? difference : 1;
    }
    return row[name.length] == '\0' ? 0 : -1;
}

/* The first row whose element doesn't stand before `element`. */
static size_t lower_bound(struct slice element)
{
    size_t low = 0;
    size_t high = LENGTH(RULES);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_names(element, RULES[middle].element) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct link_rules link_rules_of(struct slice element)
{
    size_t first = lower_bound(element);
    size_t end = first;
    while (end < LENGTH(RULES) && compare_names(element, RULES[end].element) == 0)
        end++;
    return (struct link_rules){RULES + first, end - first};
}

static const struct link_rule *find_in(const struct link_rule *rules, size_t count, struct slice attribute,
                                       unsigned vocabularies)
{
    if (!attribute.length)
        return NULL;
    char first = ascii_lower(attribute.data[0]);
    for (size_t i = 0; i < count; i++)
        if (rules[i].attribute[0] == first && (rules[i].vocabularies & vocabularies) &&
            compare_names(attribute, rules[i].attribute) == 0)
            return &rules[i];
    return NULL;
}

const struct link_rule *link_rule_find(struct link_rules rules, struct slice attribute, unsigned vocabularies)
{
    const struct link_rule *rule = find_in(rules.first, rules.count, attribute, vocabularies);
    return rule ? rule : find_in(ANYWHERE, LENGTH(ANYWHERE), attribute, vocabularies);
}

struct link_rules link_rules_of_any(void)
{
    return (struct link_rules){ANYWHERE, LENGTH(ANYWHERE)};
}

static void visit_attributes(const struct link_rule *rules, size_t count, unsigned vocabularies,
                             void (*visit)(void *context, const char *attribute), void *context)
{
    for (size_t i = 0; i < count; i++)
        if (rules[i].vocabularies & vocabularies)
            visit(context, rules[i].attribute);
}

void link_attributes(unsigned vocabularies, void (*visit)(void *context, const char *attribute), void *context)
{
    visit_attributes(RULES, LENGTH(RULES), vocabularies, visit, context);
    visit_attributes(ANYWHERE, LENGTH(ANYWHERE), vocabularies, visit, context);
}

struct rel_row {
    const char *type;
    enum link_kind kind;
};

static const struct rel_row RELS[] = {
    {"stylesheet", LINK_RESOURCE},
    {"icon", LINK_RESOURCE},
    {"apple-touch-icon", LINK_RESOURCE},
    {"apple-touch-icon-precomposed", LINK_RESOURCE},
    {"apple-touch-startup-image", LINK_RESOURCE},
    {"mask-icon", LINK_RESOURCE},
    {"fluid-icon", LINK_RESOURCE},
    {"image_src", LINK_RESOURCE},
    {"manifest", LINK_RESOURCE},
    {"preload", LINK_RESOURCE},
    {"modulepreload", LINK_RESOURCE},
    {"prefetch", LINK_RESOURCE},
    {"prerender", LINK_RESOURCE},
    {"enclosure", LINK_RESOURCE},
    {"search", LINK_RESOURCE},
    {"compression-dictionary", LINK_RESOURCE},
    {"alternate", LINK_PAGE},
    {"amphtml", LINK_PAGE},
    {"appendix", LINK_PAGE},
    {"archives", LINK_PAGE},
    {"author", LINK_PAGE},
    {"bookmark", LINK_PAGE},
    {"canonical", LINK_PAGE},
    {"chapter", LINK_PAGE},
    {"contents", LINK_PAGE},
    {"copyright", LINK_PAGE},
    {"first", LINK_PAGE},
    {"glossary", LINK_PAGE},
    {"help", LINK_PAGE},
    {"home", LINK_PAGE},
    {"index", LINK_PAGE},
    {"last", LINK_PAGE},
    {"license", LINK_PAGE},
    {"made", LINK_PAGE},
    {"me", LINK_PAGE},
    {"next", LINK_PAGE},
    {"prev", LINK_PAGE},
    {"previous", LINK_PAGE},
    {"privacy-policy", LINK_PAGE},
    {"related", LINK_PAGE},
    {"section", LINK_PAGE},
    {"self", LINK_PAGE},
    {"shortlink", LINK_PAGE},
    {"start", LINK_PAGE},
    {"subsection", LINK_PAGE},
    {"tag", LINK_PAGE},
    {"terms-of-service", LINK_PAGE},
    {"toc", LINK_PAGE},
    {"top", LINK_PAGE},
    {"up", LINK_PAGE},
    {"via", LINK_PAGE},
    {"preconnect", LINK_OTHER},
    {"dns-prefetch", LINK_OTHER},
    {"pingback", LINK_OTHER},
    {"webmention", LINK_OTHER},
    {"hub", LINK_OTHER},
};

static const struct rel_row *rel_find(struct slice type)
{
    for (size_t i = 0; i < LENGTH(RELS); i++)
        if (compare_names(type, RELS[i].type) == 0)
            return &RELS[i];
    return NULL;
}

/* Cuts the next word off `text`; empty at the end. */
static struct slice next_word(struct slice *text)
{
    *text = slice_trim(*text);
    struct slice word = {text->data, 0};
    while (word.length < text->length && !ascii_is_space(word.data[word.length]))
        word.length++;
    if (word.length)
        *text = (struct slice){text->data + word.length, text->length - word.length};
    return word;
}

enum link_kind link_kind_of_rel(struct slice rel, enum link_kind unknown)
{
    bool seen[LINK_OTHER + 1] = {false};
    for (struct slice word = next_word(&rel); word.length; word = next_word(&rel)) {
        const struct rel_row *row = rel_find(word);
        if (row)
            seen[row->kind] = true;
    }
    static const enum link_kind strongest_first[] = {LINK_RESOURCE, LINK_PAGE, LINK_OTHER};
    for (size_t i = 0; i < LENGTH(strongest_first); i++)
        if (seen[strongest_first[i]])
            return strongest_first[i];
    return unknown;
}

bool link_rel_has(struct slice rel, struct slice type)
{
    for (struct slice word = next_word(&rel); word.length; word = next_word(&rel))
        if (slice_equal_nocase(word, type))
            return true;
    return false;
}
