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

static bool goes_on(const struct html_scanner *scanner)
{
    return !scanner->err && !scanner->stop && scanner->state == HTML_IN_DATA;
}

static enum html_skim_answer on_skimmed(void *context, const struct html_skimmed *tag)
{
    struct html_scanner *scanner = context;
    const struct html_skim *skim = scanner->skim;
    struct slice tag_name, names[SKIM_VALUES];
    bool self_closing;
    if (!split(tag, &tag_name, names, &self_closing))
        return HTML_SKIM_BACK;
    scanner->is_end = false;
    html_open_tag(scanner, tag_name);
    for (size_t i = 0; i < tag->count; i++) {
        if (!(scanner->shapes & html_shape(names[i].data, names[i].length)))
            continue;
        html_begin_attribute(scanner, names[i]);
        if (!scanner->wanted)
            continue;
        scanner->special = html_has_special(tag->values[i].data, tag->values[i].length);
        html_finish_value(scanner, tag->values[i]);
    }
    scanner->self_closing = self_closing;
    html_end_tag(scanner);
    return goes_on(scanner) && scanner->skim == skim ? HTML_SKIM_ON : HTML_SKIM_STOP;
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
