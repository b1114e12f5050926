/* Tags that are handed over while a piece is skimmed: they are whole, and where their values begin and end is known to be
 * plain, so that nothing has to be kept of them. */

#include "web/html_find.h"
#include "web/html_scanner_internal.h"

/* The '"' at which a value begins, for the name at `name` that ="value" follows; NULL for a name that has no such value, or
 * is not plain itself. */
static inline const char *find_value(const char *name, const char *end)
{
    const char *at = name + html_name_length(name, end, true);
    while (at < end && (unsigned char)*at > ' ' && *at != '=' && *at != '/' && *at != '>')
        at++;
    bool good = end - at > 2 && at[0] == '=' && at[1] == '"' && at > name && at - name <= HTML_NAME_MAX;
    return good ? at + 1 : NULL;
}

static bool is_among(const struct attribute *attributes, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal_nocase(attributes[i].name, name))
            return true;
    return false;
}

static bool is_wanted(const struct html_scanner *scanner, uint64_t shapes, const struct html_tag *tag,
                      struct attribute *attribute)
{
    struct slice name = attribute->name;
    return (shapes & html_shape(name.data, name.length)) && tag->count < HTML_ATTRIBUTES_MAX &&
           !is_among(tag->attributes, tag->count, name) &&
           scanner->handler->wants(scanner->context, name, &attribute->rule);
}

/* Where the name that ends before `equals` begins, in a tag that has nothing of its own before `from`. */
static inline const char *name_start(const char *from, const char *equals)
{
    const char *at = equals;
    while (at > from && (unsigned char)at[-1] > ' ' && at[-1] != '/' && at[-1] != '"')
        at--;
    return at;
}

static inline const char *skip_spaces(const char *at, const char *end)
{
    while (at < end && ascii_is_space(*at))
        at++;
    return at;
}

/* Passes over white space and plain attributes up to `stop`; false when there is anything else. */
static bool pass_over(const char *at, const char *stop)
{
    while ((at = skip_spaces(at, stop)) < stop) {
        const char *value = find_value(at, stop);
        at = value ? html_find(value + 1, stop, '"') + 1 : stop + 1;
    }
    return at == stop;
}

/* A tag at hand. */
struct reading {
    struct html_tag tag;
    struct attribute wanted[HTML_ATTRIBUTES_MAX];
    bool special; /* a value has to be decoded */
};

/* Reads an attribute whose value begins with the '"' at `value`, and returns what is behind it; `end` or more when it isn't
 * whole. */
static inline const char *read_attribute(const struct html_scanner *scanner, struct reading *reading, uint64_t shapes,
                                         const char *name, const char *value, const char *end)
{
    struct attribute attribute = {.name = html_between(name, value - 1)};
    if (!is_wanted(scanner, shapes, &reading->tag, &attribute))
        return html_find(value + 1, end, '"') + 1;
    const char *close = html_find_value_end(value + 1, end, '"', &reading->special);
    attribute.value = html_between(value + 1, close);
    reading->wanted[reading->tag.count++] = attribute;
    return close + 1;
}

/* Reads the attributes from the one on whose value begins at `value`; those before it matter to nobody. Returns the tag's
 * end, behind its '>'; NULL where it isn't plain, or not whole. */
static const char *read_attributes(const struct html_scanner *scanner, struct reading *reading, uint64_t shapes,
                                   const char *value, const char *end)
{
    const char *behind_name = reading->tag.name.data + reading->tag.name.length;
    const char *at = name_start(behind_name, value - 1);
    if (value - 1 - at > HTML_NAME_MAX || !pass_over(behind_name, at))
        return NULL;
    do {
        at = skip_spaces(read_attribute(scanner, reading, shapes, at, value, end), end);
        if (at < end && *at == '>')
            return at + 1;
        value = at < end ? find_value(at, end) : NULL;
    } while (value);
    reading->tag.self_closing = end - at > 1 && at[0] == '/' && at[1] == '>';
    return reading->tag.self_closing ? at + 2 : NULL;
}

/* Reads a tag of plain attributes whose values have to be decoded. */
static void read_with_care(struct html_scanner *scanner, struct slice name, const char *end)
{
    html_open_tag(scanner, name);
    for (const char *at = name.data + name.length; at < end;) {
        bool is_slash = scanner->state == HTML_SELF_CLOSING;
        at = is_slash ? html_self_closing(scanner, at, end) : html_before_name(scanner, at, end);
    }
}

static struct html_skim_turn on_skimmed(void *context, const char *start, const char *value, const char *end)
{
    struct html_scanner *scanner = context;
    const struct html_skim *skim = scanner->skim;
    const struct html_skim_turn back = {start, true};
    struct reading reading;
    reading.tag = (struct html_tag){.name = html_between(start + 1, html_find_name_end(start + 1, value)),
                                    .attributes = reading.wanted};
    reading.special = false;
    if (!html_is_letter(start[1]) || reading.tag.name.length > HTML_NAME_MAX)
        return back;
    scanner->is_end = false;
    struct html_interest interest = scanner->handler->open(scanner->context, reading.tag.name);
    const char *behind = read_attributes(scanner, &reading, interest.shapes, value, end);
    if (!behind)
        return back;
    if (reading.special)
        read_with_care(scanner, reading.tag.name, behind);
    else if (reading.tag.count || interest.always)
        scanner->err = scanner->handler->tag(scanner->context, &reading.tag);
    scanner->state = (enum html_state)scanner->content;
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
