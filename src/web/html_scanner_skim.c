/* Tags that are handed over while a piece is skimmed: they are whole and written in the plainest way, so that their names
 * and values are just there. */

#include "web/html_find.h"
#include "web/html_scanner_internal.h"

/* An attribute's name in a tag so plain; "" for what is not one name behind white space. */
static inline struct slice attribute_name(const char *before, const char *equals)
{
    static const struct slice none = {"", 0};
    const char *name = before + 1;
    if (!ascii_is_space(*before))
        return none;
    while (ascii_is_space(*name))
        name++;
    const char *at = name + html_name_length(name, name + SKIM_MARGIN, true);
    for (; at < equals; at++)
        if ((unsigned char)*at <= ' ' || *at == '/')
            return none;
    return html_between(name, equals);
}

/* Whether nothing is between the last value and the '>', but for the '/' of a self-closing tag. */
static inline bool ends_plainly(const char *behind, const char *end, bool *self_closing)
{
    *self_closing = end[-1] == '/';
    return behind == end || (*self_closing && (behind + 1 == end || (behind + 2 == end && *behind == ' ')));
}

/* Puts the tag's names where they are found; false when it is not that plain. */
static inline bool split(const struct html_skimmed *tag, struct slice *tag_name, struct slice names[SKIM_VALUES],
                         bool *self_closing)
{
    const char *name = tag->start + 1;
    const char *before = html_find_name_end(name, tag->end);
    *tag_name = html_between(name, before);
    if (!html_is_letter(*name) || tag_name->length > HTML_NAME_MAX)
        return false;
    for (size_t i = 0; i < tag->count; i++) {
        struct slice value = tag->values[i];
        names[i] = attribute_name(before, value.data - strlen("=\""));
        if (!names[i].length || names[i].length > HTML_NAME_MAX)
            return false;
        before = value.data + value.length + 1;
    }
    return ends_plainly(before, tag->end, self_closing);
}

static bool is_among(const struct attribute *attributes, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal_nocase(attributes[i].name, name))
            return true;
    return false;
}

/* Fills in the attributes that are wanted of those with these names; false when a value has to be decoded. */
static bool gather(const struct html_scanner *scanner, const struct html_skimmed *skimmed, const struct slice *names,
                   uint64_t shapes, struct attribute *wanted, size_t *count)
{
    for (size_t i = 0; i < skimmed->count; i++) {
        struct attribute attribute = {names[i], skimmed->values[i], NULL};
        if (!(shapes & html_shape(attribute.name.data, attribute.name.length)) ||
            is_among(wanted, *count, attribute.name) ||
            !scanner->handler->wants(scanner->context, attribute.name, &attribute.rule))
            continue;
        if (html_has_special(attribute.value.data, attribute.value.length))
            return false;
        wanted[(*count)++] = attribute;
    }
    return true;
}

/* Reads the tag as the scanner's states do, which decode values. */
static void read_with_care(struct html_scanner *scanner, const struct html_skimmed *skimmed, struct slice tag_name,
                           const struct slice *names, bool self_closing)
{
    html_open_tag(scanner, tag_name);
    for (size_t i = 0; i < skimmed->count; i++) {
        struct slice value = skimmed->values[i];
        html_begin_attribute(scanner, names[i]);
        if (!scanner->wanted)
            continue;
        scanner->special = html_has_special(value.data, value.length);
        html_finish_value(scanner, value);
    }
    scanner->self_closing = self_closing;
    html_end_tag(scanner);
}

static enum html_skim_answer on_skimmed(void *context, const struct html_skimmed *skimmed)
{
    struct html_scanner *scanner = context;
    const struct html_skim *skim = scanner->skim;
    struct slice names[SKIM_VALUES];
    struct attribute wanted[SKIM_VALUES];
    struct html_tag tag = {.attributes = wanted};
    if (!split(skimmed, &tag.name, names, &tag.self_closing))
        return HTML_SKIM_BACK;
    scanner->is_end = false;
    struct html_interest interest = scanner->handler->open(scanner->context, tag.name);
    if (!gather(scanner, skimmed, names, interest.shapes, wanted, &tag.count))
        read_with_care(scanner, skimmed, tag.name, names, tag.self_closing);
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
