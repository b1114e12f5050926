/* Tags that are handed over while a piece is skimmed: they are whole, and where their values begin and end is known to be
 * plain, so that nothing has to be kept of them. */

#include "web/html_find.h"
#include "web/html_scanner_internal.h"

/* Where an attribute's name ends and ="value" follows; NULL for a name that has no value, or is not plain itself. */
static inline const char *plain_name_end(const char *name)
{
    const char *at = name + html_name_length(name, name + SKIM_MARGIN, true);
    while ((unsigned char)*at > ' ' && *at != '=' && *at != '/' && *at != '>')
        at++;
    bool good = *at == '=' && at > name && at - name <= HTML_NAME_MAX;
    return good ? at : NULL;
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

/* Reads what is behind the tag's name, and puts what is wanted into `wanted`, which `tag` has. Returns whether there are
 * plain attributes only; `*special` is set when a value has to be decoded. */
static bool read_attributes(const struct html_scanner *scanner, const char *end, uint64_t shapes, struct html_tag *tag,
                            struct attribute *wanted, bool *special)
{
    const char *at = tag->name.data + tag->name.length, *bound = end + SKIM_MARGIN;
    for (;;) {
        while (ascii_is_space(*at))
            at++;
        tag->self_closing = *at == '/';
        at += tag->self_closing;
        if (*at == '>')
            return true;
        const char *equals = tag->self_closing ? NULL : plain_name_end(at);
        if (!equals)
            return false;
        struct attribute attribute = {.name = html_between(at, equals)};
        const char *value = equals + strlen("=\"");
        if (is_wanted(scanner, shapes, tag, &attribute)) {
            at = html_find_value_end(value, bound, '"', special);
            attribute.value = html_between(value, at);
            wanted[tag->count++] = attribute;
        } else {
            at = html_find(value, bound, '"');
        }
        at++;
    }
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

static enum html_skim_answer on_skimmed(void *context, struct slice bytes)
{
    struct html_scanner *scanner = context;
    const struct html_skim *skim = scanner->skim;
    const char *end = bytes.data + bytes.length;
    struct attribute wanted[HTML_ATTRIBUTES_MAX];
    struct html_tag tag = {.attributes = wanted};
    bool special = false;
    tag.name = html_between(bytes.data + 1, html_find_name_end(bytes.data + 1, end));
    if (!html_is_letter(*tag.name.data) || tag.name.length > HTML_NAME_MAX)
        return HTML_SKIM_BACK;
    scanner->is_end = false;
    struct html_interest interest = scanner->handler->open(scanner->context, tag.name);
    if (!read_attributes(scanner, end, interest.shapes, &tag, wanted, &special))
        return HTML_SKIM_BACK;
    if (special)
        read_with_care(scanner, tag.name, end);
    else if (tag.count || interest.always)
        scanner->err = scanner->handler->tag(scanner->context, &tag);
    scanner->state = (enum html_state)scanner->content;
    bool goes_on = !scanner->err && !scanner->stop && scanner->state == HTML_IN_DATA && scanner->skim == skim;
    return goes_on ? HTML_SKIM_ON : HTML_SKIM_STOP;
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
