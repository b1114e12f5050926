/* Tags of a page are mostly the same few again and again: what the tables say of a short name is remembered under the
 * name itself, packed into words, in a small table that each newcomer pushes another out of. */

#include "web/html_elements.h"

enum { MEMO_BITS = 8, LONGEST_KEY = 16 /* bytes of a name */ };

struct key {
    uint64_t start; /* of the name */
    uint64_t end;   /* of a long name */
    uint32_t shape; /* its length and the place; 0 for none */
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
        .place = place,
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

static void skim_attribute(void *context, const char *attribute)
{
    html_skim_add_attribute(context, attribute);
}

static void fill_html_skim(struct html_skim *skim)
{
    html_skim_init(skim);
    /* Those of MathML and SVG count only within svg and math. */
    for (size_t i = 0; i < sizeof SPECIALS / sizeof SPECIALS[0]; i++)
        if (SPECIALS[i].content != HTML_DATA || SPECIALS[i].foreign <= FOREIGN_MATH)
            html_skim_add_element(skim, SPECIALS[i].name);
    html_skim_add_element(skim, "template");
    html_skim_add_element(skim, "base"); /* the first one counts even if its href has no value */
    link_attributes(VOCABULARY_HTML, skim_attribute, skim);
    html_skim_add_attribute(skim, "charset");
}

/* In SVG tags of HTML end it, end tags close it, and style is an element with children. */
static void fill_svg_skim(struct html_skim *skim)
{
    html_skim_init(skim);
    for (size_t i = 0; i < sizeof SPECIALS / sizeof SPECIALS[0]; i++) {
        html_skim_add_element(skim, SPECIALS[i].name);
        html_skim_add_end(skim, SPECIALS[i].name);
    }
    for (size_t i = 0; i < sizeof BREAKOUTS / sizeof BREAKOUTS[0]; i++)
        html_skim_add_element(skim, BREAKOUTS[i]);
    html_skim_add_end(skim, "p");
    html_skim_add_end(skim, "br");
    link_attributes(VOCABULARY_SVG, skim_attribute, skim);
}

const struct html_skim *html_elements_skim(enum html_place place)
{
    static struct html_skim skims[HTML_PLACES];
    static bool filled[HTML_PLACES];
    if (place == HTML_PLACE_MATH)
        return NULL;
    if (!filled[place] && place == HTML_PLACE_HTML)
        fill_html_skim(&skims[place]);
    else if (!filled[place])
        fill_svg_skim(&skims[place]);
    filled[place] = true;
    return &skims[place];
}

/* Letters of eight bytes to lower case at once. */
static inline uint64_t lower_all(uint64_t bytes)
{
    const uint64_t ones = UINT64_MAX / 0xFF;
    uint64_t low = bytes & ones * 0x7F;
    uint64_t from_a = low + ones * (0x80 - 'A');
    uint64_t behind_z = low + ones * (0x7F - 'Z');
    uint64_t letters = (from_a ^ behind_z) & ~bytes & ones * 0x80;
    return bytes | letters >> 2;
}

/* What no other name at no other place has; a name has 1 to LONGEST_KEY bytes. Its first and its last bytes, which
 * overlap, are all of them. */
static inline struct key key_of(struct slice name, enum html_place place)
{
    struct key key = {0, 0, (uint32_t)name.length << 2 | (uint32_t)place};
    if (name.length >= 8) {
        memcpy(&key.start, name.data, 8);
        memcpy(&key.end, name.data + name.length - 8, 8);
    } else if (name.length >= 4) {
        uint32_t halves[2];
        memcpy(&halves[0], name.data, 4);
        memcpy(&halves[1], name.data + name.length - 4, 4);
        key.start = (uint64_t)halves[0] << 32 | halves[1];
    } else {
        const unsigned char *bytes = (const unsigned char *)name.data;
        key.start = bytes[0] | (uint64_t)bytes[name.length / 2] << 8 | (uint64_t)bytes[name.length - 1] << 16;
    }
    key.start = lower_all(key.start);
    key.end = lower_all(key.end);
    return key;
}

static inline bool is_same(struct key a, struct key b)
{
    return a.start == b.start && a.end == b.end && a.shape == b.shape;
}

/* Apart, so that what comes before it costs little. */
static __attribute__((noinline)) struct html_element *find_element(struct slice name, enum html_place place)
{
    static struct memo memos[1 << MEMO_BITS];
    static struct html_element longer;
    if (name.length > LONGEST_KEY) {
        longer = look_up(name, place);
        return &longer;
    }
    struct key key = key_of(name, place);
    struct memo *memo = &memos[(key.start + key.end + key.shape) * 0x9E3779B97F4A7C15u >> (64 - MEMO_BITS)];
    if (!is_same(memo->key, key)) {
        memo->element = look_up(name, place);
        memo->key = key;
    }
    return &memo->element;
}

struct html_element *html_element(struct slice name, enum html_place place)
{
    /* Most of those that matter are "a": letters have places of their own. */
    static struct html_element letters['z' - 'a' + 1][HTML_PLACES];
    char letter = '\0';
    if (name.length == 1)
        letter = ascii_lower(*name.data);
    if (letter < 'a' || letter > 'z')
        return find_element(name, place);
    struct html_element *element = &letters[letter - 'a'][place];
    if (!element->shapes)
        *element = look_up(name, place);
    return element;
}

static __attribute__((noinline)) bool look_up_attribute(const struct html_element *element, struct slice attribute,
                                                        const struct link_rule **rule)
{
    return tag_links_need(element->rules, attribute, html_vocabularies(element->place), rule) ||
           (element->is_style && slice_equal_nocase(attribute, SLICE("type"))) ||
           (element->foreign == FOREIGN_ANNOTATION && slice_equal_nocase(attribute, SLICE("encoding")));
}

bool html_element_needs(struct html_element *element, struct slice attribute, const struct link_rule **rule)
{
    if (attribute.length > sizeof(uint64_t))
        return look_up_attribute(element, attribute, rule);
    uint64_t name = key_of(attribute, HTML_PLACE_HTML).start;
    struct html_known_attribute *known = &element->known[attribute.length % HTML_KNOWN_ATTRIBUTES];
    if (known->name != name || known->length != attribute.length) {
        known->is_needed = look_up_attribute(element, attribute, &known->rule);
        known->name = name;
        known->length = attribute.length;
    }
    *rule = known->rule;
    return known->is_needed;
}
