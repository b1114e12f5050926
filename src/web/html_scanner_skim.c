/* Tags that are handed over while a piece is skimmed: they are whole, and where their values begin and end is known
 * to be plain, so that nothing has to be kept of them. */

#include "web/html_find.h"
#include "web/html_scanner_internal.h"

/* The '"' at which a value begins, for the name at `name` that ="value" follows; NULL for a name that has no such
 * value, or is not plain itself. */
static inline const char *find_value(const char *name, const char *end)
{
    const char *at = name + html_name_length(name, end, true);
    while (at < end && *at != '=' && (unsigned char)*at > ' ' && *at != '/' && *at != '>')
        at++;
    bool good = end - at > 2 && at[0] == '=' && at[1] == '"' && at > name && at - name <= HTML_NAME_MAX;
    return good ? at + 1 : NULL;
}

static inline const char *skip_spaces(const char *at, const char *end)
{
    while (at < end && (unsigned char)*at <= ' ' && ascii_is_space(*at))
        at++;
    return at;
}

/* What is read of a tag: the attributes that its handler wants. */
struct reading {
    struct html_scanner *scanner;
    struct attribute attributes[HTML_ATTRIBUTES_MAX];
    size_t count;
    uint64_t shapes;
    bool special; /* a value has to be decoded */
};

static bool is_read(const struct reading *reading, struct slice name)
{
    for (size_t i = 0; i < reading->count; i++)
        if (slice_equal_nocase(reading->attributes[i].name, name))
            return true;
    return false;
}

/* Whether the handler wants the attribute, of which room is left for one. */
static inline bool is_wanted(struct reading *reading, struct slice name)
{
    const struct html_scanner *scanner = reading->scanner;
    return (reading->shapes & html_shape(name.data, name.length)) && !is_read(reading, name) &&
           scanner->handler->wants(scanner->context, name, &reading->attributes[reading->count].rule);
}

/* Reads the attribute whose value begins with the '"' at `value`, and returns what is behind it; `end` or more when it
 * isn't whole. */
static inline const char *read_attribute(struct reading *reading, const char *name, const char *value, const char *end)
{
    struct attribute *attribute = &reading->attributes[reading->count];
    attribute->name = html_between(name, value - 1);
    if (!is_wanted(reading, attribute->name))
        return html_find(value + 1, end, '"') + 1;
    const char *close = html_find_value_end(value + 1, end, '"', &reading->special);
    attribute->value = html_between(value + 1, close);
    reading->count++;
    return close + 1;
}

/* Reads the attributes of a tag, behind whose name `at` is. Returns the tag's end, behind its '>'; NULL where it isn't
 * plain, or not whole. */
static const char *read_attributes(struct reading *reading, const char *at, const char *end)
{
    const char *value;
    while (reading->count < HTML_ATTRIBUTES_MAX) {
        at = skip_spaces(at, end);
        if (at < end && *at == '>')
            return at + 1;
        value = at < end ? find_value(at, end) : NULL;
        if (!value)
            break;
        at = read_attribute(reading, at, value, end);
    }
    return end - at > 1 && at[0] == '/' && at[1] == '>' ? at + 2 : NULL;
}

/* Reads a tag by the states, whose name is read. */
static void read_with_care(struct html_scanner *scanner, struct slice name, const char *end)
{
    scanner->is_end = false;
    html_open_tag(scanner, name);
    for (const char *at = name.data + name.length; at < end;) {
        bool is_slash = scanner->state == HTML_SELF_CLOSING;
        at = is_slash ? html_self_closing(scanner, at, end) : html_before_name(scanner, at, end);
    }
}

static inline bool is_href(const char *name)
{
    return (html_skim_key(name) | 0x20202020) == html_skim_key("href");
}

static inline bool is_rel(const char *name, const char *end)
{
    return end - name == 3 && slice_equal_nocase(html_between(name, end), SLICE("rel"));
}

/* Passes over attributes that don't count. Returns where the name of one that does begins, or the tag's '>'; NULL where
 * the tag isn't plain, or not whole. */
static inline const char *pass_attributes(const struct html_skim *skim, const char *at, const char *end)
{
    for (;;) {
        at = skip_spaces(at, end);
        if (at >= end || *at == '>')
            return at < end ? at : NULL;
        const char *value = find_value(at, end);
        if (!value || html_skim_counts(skim, value) || is_rel(at, value - 1))
            return value ? at : NULL;
        at = html_find(value + 1, end, '"') + 1;
    }
}

/* Short cut for most of the links that pages hold: hands over a tag "a" that has the href whose value begins at
 * `value`, and nothing else that counts. Returns the tag's end, behind its '>'; NULL for any other. What stands before
 * the href is looked at apart, so that nothing waits for it. */
static const char *hand_anchor(struct html_scanner *scanner, const char *start, const char *value, const char *end)
{
    const char *name = value - 1 - SKIM_KEY;
    bool is_anchor = (start[1] == 'a' || start[1] == 'A') && start[2] == ' ' && is_href(name);
    if (!is_anchor || !scanner->handler->anchor || pass_attributes(scanner->skim, start + 2, end) != name)
        return NULL;
    bool special = false;
    const char *close = html_find_value_end(value + 1, end, '"', &special);
    const char *behind = close < end ? pass_attributes(scanner->skim, close + 1, end) : NULL;
    if (!behind || *behind != '>' || special || close == value + 1)
        return NULL;
    scanner->err = scanner->handler->anchor(scanner->context, html_between(value + 1, close));
    return behind + 1;
}

/* Short cut: whether the value is that of an attribute "style" that holds no link, as css_may_link has it, nor
 * references that may become one. */
static inline bool is_idle_style(const char *value, const char *end)
{
    bool is_style = (html_skim_key(value - 1 - SKIM_KEY) | 0x20202020) == html_skim_key("tyle");
    return is_style && html_is_idle_css(value + 1, end);
}

static struct html_skim_turn on_skimmed(void *context, const char *start, const char *value, const char *end)
{
    if (is_idle_style(value, end))
        return (struct html_skim_turn){NULL, false};
    struct html_scanner *scanner = context;
    const struct html_skim *skim = scanner->skim;
    const char *behind = hand_anchor(scanner, start, value, end);
    if (behind)
        return (struct html_skim_turn){behind, scanner->err};
    struct slice name = html_between(start + 1, html_find_name_end(start + 1, end));
    if (!html_is_letter(*name.data) || name.length > HTML_NAME_MAX)
        return (struct html_skim_turn){start, true};
    const struct html_interest interest = scanner->handler->open(scanner->context, name);
    struct reading reading;
    reading.scanner = scanner;
    reading.count = 0;
    reading.shapes = interest.shapes;
    reading.special = interest.always;
    behind = read_attributes(&reading, name.data + name.length, end);
    if (!behind)
        return (struct html_skim_turn){start, true};
    const struct html_tag tag = {name, reading.attributes, reading.count, false};
    if (reading.special)
        read_with_care(scanner, name, behind);
    else if (reading.count)
        scanner->err = scanner->handler->tag(scanner->context, &tag);
    bool goes_on = !scanner->err && !scanner->stop && scanner->state == HTML_IN_DATA && scanner->skim == skim;
    return (struct html_skim_turn){behind, !goes_on};
}

/* Where skimming comes nowhere again and again it is left alone for a while, for it looks at a block each time. */
static void note_progress(struct html_scanner *scanner, ptrdiff_t bytes)
{
    enum { LITTLE = 64, MOST_FAILURES = 6 };
    if (bytes >= LITTLE) {
        scanner->skim_failures = 0;
    } else {
        scanner->skim_failures += scanner->skim_failures < MOST_FAILURES;
        scanner->skim_pause = (1u << scanner->skim_failures) - 2;
    }
}

const char *html_skim_data(struct html_scanner *scanner, const char *at, const char *end)
{
    const struct html_skimmer skimmer = {on_skimmed, scanner};
    if (scanner->skim_pause) {
        scanner->skim_pause--;
        return at;
    }
    scanner->partial_length = 0;
    const char *stop = html_skim(scanner->skim, at, end, &skimmer);
    note_progress(scanner, stop - at);
    return stop;
}
