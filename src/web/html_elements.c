/* Tags of a page are mostly the same few again and again: what the tables say of a short name is remembered under the name
 * itself, packed into two words, in a small table that each newcomer pushes another out of. */

#include "web/html_elements.h"

enum { MEMO_BITS = 8, WORD_NAME = 7 /* bytes of a name in one word of a key */ };

struct key {
    uint64_t start; /* the first bytes of the name, and the place; 0 for none */
    uint64_t rest;  /* the bytes behind those; 0 for none */
};

struct memo {
    struct key key;
    struct html_element element;
};

struct special {
    const char *name;
    enum html_content content;
    enum html_foreign_element foreign;
};

/* Elements whose content is text (scripting is off: noscript isn't one), and those that count for foreign content. */
static const struct special SPECIALS[] = {
    {"iframe", HTML_RAWTEXT, FOREIGN_NONE},
    {"noembed", HTML_RAWTEXT, FOREIGN_NONE},
    {"noframes", HTML_RAWTEXT, FOREIGN_NONE},
    {"plaintext", HTML_PLAINTEXT, FOREIGN_NONE},
    {"script", HTML_SCRIPT, FOREIGN_NONE},
    {"style", HTML_RAWTEXT, FOREIGN_NONE},
    {"textarea", HTML_RCDATA, FOREIGN_NONE},
    {"title", HTML_RCDATA, FOREIGN_TITLE},
    {"xmp", HTML_RAWTEXT, FOREIGN_NONE},
    {"svg", HTML_DATA, FOREIGN_SVG},
    {"math", HTML_DATA, FOREIGN_MATH},
    {"foreignobject", HTML_DATA, FOREIGN_OBJECT},
    {"desc", HTML_DATA, FOREIGN_DESC},
    {"annotation-xml", HTML_DATA, FOREIGN_ANNOTATION},
    {"mi", HTML_DATA, FOREIGN_MI},
    {"mo", HTML_DATA, FOREIGN_MO},
    {"mn", HTML_DATA, FOREIGN_MN},
    {"ms", HTML_DATA, FOREIGN_MS},
    {"mtext", HTML_DATA, FOREIGN_MTEXT},
};

/* HTML standard, 13.2.6.5; not font, which only some of its attributes make one. */
static const char *const BREAKOUTS[] = {
    "b",     "big",   "blockquote", "body",   "br",   "center", "code",  "dd", "div",  "dl",   "dt",
    "em",    "embed", "h1",         "h2",     "h3",   "h4",     "h5",    "h6", "head", "hr",   "i",
    "img",   "li",    "listing",    "menu",   "meta", "nobr",   "ol",    "p",  "pre",  "ruby", "s",
    "small", "span",  "strong",     "strike", "sub",  "sup",    "table", "tt", "u",    "ul",   "var",
};

unsigned html_vocabularies(enum html_place place)
{
    static const unsigned vocabularies[HTML_PLACES] = {
        [HTML_PLACE_HTML] = VOCABULARY_HTML,
        [HTML_PLACE_SVG] = VOCABULARY_SVG,
        [HTML_PLACE_MATH] = VOCABULARY_XLINK,
    };
    return vocabularies[place];
}

static void add_shape(void *context, const char *attribute)
{
    uint64_t *shapes = context;
    *shapes |= html_shape(attribute, strlen(attribute));
}

static struct html_element look_up(struct slice name, enum html_place place)
{
    struct html_element element = {
        .rules = link_rules_of(name),
        .is_template = slice_equal_nocase(name, SLICE("template")),
        .is_style = slice_equal_nocase(name, SLICE("style")),
    };
    tag_links_attributes(element.rules, html_vocabularies(place), add_shape, &element.shapes);
    for (size_t i = 0; i < sizeof SPECIALS / sizeof SPECIALS[0]; i++) {
        if (!slice_equal_nocase(name, slice_of(SPECIALS[i].name)))
            continue;
        element.content = SPECIALS[i].content;
        element.foreign = SPECIALS[i].foreign;
    }
    for (size_t i = 0; i < sizeof BREAKOUTS / sizeof BREAKOUTS[0]; i++)
        if (slice_equal_nocase(name, slice_of(BREAKOUTS[i])))
            element.foreign = FOREIGN_BREAKOUT;
    bool is_foreign = element.foreign != FOREIGN_NONE && element.foreign != FOREIGN_BREAKOUT;
    if (element.is_style)
        add_shape(&element.shapes, "type");
    if (element.foreign == FOREIGN_ANNOTATION)
        add_shape(&element.shapes, "encoding");
    element.is_plain = element.content == HTML_DATA && !is_foreign && !element.is_template && !element.is_style;
    return element;
}

static inline uint64_t pack(uint64_t word, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        word = word << 8 | (unsigned char)ascii_lower(bytes[i]);
    return word;
}

/* What no other name at no other place has; the name has at most twice WORD_NAME bytes. */
static inline struct key key_of(struct slice name, enum html_place place)
{
    if (name.length <= WORD_NAME)
        return (struct key){pack((uint64_t)place + 1, name.data, name.length), 0};
    return (struct key){pack((uint64_t)place + 1, name.data, WORD_NAME),
                        pack(1, name.data + WORD_NAME, name.length - WORD_NAME)};
}

const struct html_element *html_element(struct slice name, enum html_place place)
{
    static struct memo memos[1 << MEMO_BITS];
    static struct html_element longer;
    if (name.length > 2 * (size_t)WORD_NAME) {
        longer = look_up(name, place);
        return &longer;
    }
    struct key key = key_of(name, place);
    struct memo *memo = &memos[(key.start + key.rest) * 0x9E3779B97F4A7C15u >> (64 - MEMO_BITS)];
    if (memo->key.start != key.start || memo->key.rest != key.rest) {
        memo->element = look_up(name, place);
        memo->key = key;
    }
    return &memo->element;
}
