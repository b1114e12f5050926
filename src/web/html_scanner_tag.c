/* Tags and their attributes. */

#include "web/html_find.h"
#include "web/html_scanner_internal.h"

void html_begin_tag(struct html_scanner *scanner, bool is_end)
{
    scanner->is_end = is_end;
    scanner->partial_length = 0;
    scanner->state = HTML_TAG_NAME;
}

void html_open_tag(struct html_scanner *scanner, struct slice name)
{
    scanner->self_closing = false;
    scanner->count = 0;
    scanner->values = 0;
    scanner->store.length = 0;
    scanner->state = HTML_BEFORE_NAME;
    scanner->shapes = 0;
    scanner->always = scanner->is_end && scanner->ends_wanted;
    if (!scanner->is_end) {
        struct html_interest interest = scanner->handler->open(scanner->context, name);
        scanner->shapes = interest.shapes;
        scanner->always = interest.always;
    }
    scanner->tag_name = (struct html_piece){name.data, 0, name.length};
    if (name.data == scanner->partial)
        scanner->tag_name = html_store(scanner, name);
}

/* Hands the tag over; apart, since most tags hold nothing of interest. */
static void hand_tag(struct html_scanner *scanner)
{
    struct slice name = html_piece_slice(scanner, scanner->tag_name);
    if (scanner->is_end) {
        scanner->err = scanner->handler->close(scanner->context, name);
        return;
    }
    struct attribute attributes[HTML_ATTRIBUTES_MAX];
    for (size_t i = 0; i < scanner->count; i++) {
        attributes[i].name = html_piece_slice(scanner, scanner->kept[i].name);
        attributes[i].value = html_piece_slice(scanner, scanner->kept[i].value);
        attributes[i].rule = scanner->kept[i].rule;
    }
    struct html_tag tag = {name, attributes, scanner->count, scanner->self_closing};
    scanner->err = scanner->handler->tag(scanner->context, &tag);
}

/* The tag's '>' is read. */
static void end_tag(struct html_scanner *scanner)
{
    if ((scanner->always || scanner->count) && !scanner->err)
        hand_tag(scanner);
    scanner->state = (enum html_state)scanner->content;
}

const char *html_tag_name(struct html_scanner *scanner, const char *at, const char *end)
{
    const char *start = at;
    at = html_find_name_end(at, end);
    if (at == end)
        html_keep_partial(scanner, html_between(start, at));
    else
        html_open_tag(scanner, html_whole_name(scanner, html_between(start, at)));
    return at;
}

static bool is_kept(const struct html_scanner *scanner, struct slice name)
{
    for (size_t i = 0; i < scanner->count; i++)
        if (slice_equal_nocase(html_piece_slice(scanner, scanner->kept[i].name), name))
            return true;
    return false;
}

/* An attribute's name is read; its value is empty until more is known. */
static void begin_attribute(struct html_scanner *scanner, struct slice name)
{
    const struct link_rule *rule = NULL;
    scanner->wanted = (scanner->shapes & html_shape(name.data, name.length)) && scanner->count < HTML_ATTRIBUTES_MAX &&
                      !is_kept(scanner, name) && scanner->handler->wants(scanner->context, name, &rule);
    if (!scanner->wanted)
        return;
    struct html_piece piece = {name.data, 0, name.length};
    if (name.data == scanner->partial)
        piece = html_store(scanner, name);
    scanner->kept[scanner->count].name = piece;
    scanner->kept[scanner->count].rule = rule;
    scanner->kept[scanner->count++].value = (struct html_piece){"", 0, 0};
    scanner->special = false;
    html_clear_raw(scanner);
}

static inline bool ends_attribute_name(char c)
{
    return c == '=' || html_ends_name(c);
}

/* Short cut: an attribute written name="value" that is whole, and then where it ends; NULL otherwise, and nothing
 * happened. */
static inline const char *whole_attribute(struct html_scanner *scanner, const char *at, const char *end)
{
    const char *name = at++;
    at += html_name_length(at, end, true);
    while (at < end && !ends_attribute_name(*at))
        at++;
    size_t length = (size_t)(at - name);
    if (end - at < 3 || at[0] != '=' || (at[1] != '"' && at[1] != '\'') || length > HTML_NAME_MAX)
        return NULL;
    char quote = at[1];
    const char *value = at + 2;
    if (!(scanner->shapes & html_shape(name, length))) {
        const char *close = html_find(value, end, quote);
        return close == end ? NULL : close + 1;
    }
    bool special = false;
    const char *close = html_find_value_end(value, end, quote, &special);
    if (close == end)
        return NULL;
    begin_attribute(scanner, (struct slice){name, length});
    scanner->special = special;
    if (scanner->wanted)
        html_finish_value(scanner, html_between(value, close));
    return close + 1;
}

const char *html_before_name(struct html_scanner *scanner, const char *at, const char *end)
{
    while (at < end) {
        if (ascii_is_space(*at)) {
            at++;
            continue;
        }
        if (*at == '>') {
            end_tag(scanner);
            return at + 1;
        }
        if (*at == '/') {
            scanner->state = HTML_SELF_CLOSING;
            return at + 1;
        }
        const char *next = whole_attribute(scanner, at, end);
        if (!next) {
            scanner->partial_length = 0;
            scanner->state = HTML_NAME;
            return at;
        }
        at = next;
    }
    return at;
}

/* Short cut: reads an end tag that nobody wants, behind "</", when it is whole and has no attributes; NULL otherwise.
 */
static inline const char *skip_end_tag(const struct html_scanner *scanner, const char *at, const char *end)
{
    if (scanner->ends_wanted)
        return NULL;
    at = html_find_name_end(at, end);
    return at < end && *at == '>' ? at + 1 : NULL;
}

/* The tag at `at`, behind its '<' or "</". */
static inline const char *read_tag(struct html_scanner *scanner, const char *at, const char *end, bool is_end)
{
    const char *next = is_end ? skip_end_tag(scanner, at, end) : NULL;
    if (next)
        return next;
    html_begin_tag(scanner, is_end);
    at = html_tag_name(scanner, at, end);
    return scanner->state == HTML_BEFORE_NAME ? html_before_name(scanner, at, end) : at;
}

/* Whether a '<' before `c` may be more than text. */
static inline bool may_begin_markup(char c)
{
    return html_is_letter(c) || c == '/' || c == '!' || c == '?';
}

/* Reads on as long as there are only text and tags. */
const char *html_in_data(struct html_scanner *scanner, const char *at, const char *end)
{
    while (scanner->state == HTML_IN_DATA && !scanner->err && !scanner->stop) {
        if (scanner->skim) {
            at = html_skim_data(scanner, at, end);
            if (scanner->err || scanner->stop)
                break;
        }
        const char *less = html_find(at, end, '<');
        if (scanner->text_wanted)
            html_keep_raw(scanner, html_between(at, less));
        if (less == end)
            return end;
        if (scanner->text_wanted)
            html_hand_raw(scanner);
        at = less + 1;
        bool is_end = at < end && *at == '/';
        if (end - at >= 2 && html_is_letter(at[is_end]))
            at = read_tag(scanner, at + is_end, end, is_end);
        else if (at == end || scanner->text_wanted || may_begin_markup(*at))
            scanner->state = HTML_TAG_OPEN;
    }
    return at;
}

const char *html_self_closing(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    scanner->self_closing = *at == '>';
    scanner->state = HTML_BEFORE_NAME;
    return at;
}

const char *html_name(struct html_scanner *scanner, const char *at, const char *end)
{
    const char *start = at;
    at += !scanner->partial_length; /* a name may begin with any byte, with '=' too */
    while (at < end && !ends_attribute_name(*at))
        at++;
    if (at == end) {
        html_keep_partial(scanner, html_between(start, at));
        return at;
    }
    begin_attribute(scanner, html_whole_name(scanner, html_between(start, at)));
    scanner->state = HTML_AFTER_NAME;
    return at;
}

const char *html_after_name(struct html_scanner *scanner, const char *at, const char *end)
{
    while (at < end && ascii_is_space(*at))
        at++;
    if (at < end)
        scanner->state = *at == '=' ? HTML_BEFORE_VALUE : HTML_BEFORE_NAME;
    return at + (at < end && *at == '=');
}

const char *html_before_value(struct html_scanner *scanner, const char *at, const char *end)
{
    while (at < end && ascii_is_space(*at))
        at++;
    if (at == end)
        return at;
    bool is_quoted = *at == '"' || *at == '\'';
    scanner->quote = '\0';
    if (is_quoted)
        scanner->quote = *at;
    scanner->state = *at == '>' ? HTML_BEFORE_NAME : HTML_VALUE;
    return at + is_quoted;
}

static const char *find_unquoted_end(const char *at, const char *end, bool *special)
{
    for (; at < end && *at != '>' && !ascii_is_space(*at); at++)
        *special |= html_is_special(*at);
    return at;
}

const char *html_value(struct html_scanner *scanner, const char *at, const char *end)
{
    const char *close = scanner->quote ? html_find_value_end(at, end, scanner->quote, &scanner->special)
                                       : find_unquoted_end(at, end, &scanner->special);
    struct slice bytes = html_between(at, close);
    if (close == end) {
        if (scanner->wanted)
            html_keep_raw(scanner, bytes);
        return end;
    }
    if (scanner->wanted)
        html_finish_value(scanner, bytes);
    scanner->state = HTML_BEFORE_NAME;
    return close + (scanner->quote != '\0');
}

static void spill(struct html_scanner *scanner, struct html_piece *piece)
{
    if (piece->outside)
        *piece = html_store(scanner, (struct slice){piece->outside, piece->length});
}

void html_spill_tag(struct html_scanner *scanner)
{
    if (scanner->state == HTML_TAG_NAME)
        return; /* nothing is known yet */
    spill(scanner, &scanner->tag_name);
    for (size_t i = 0; i < scanner->count; i++) {
        spill(scanner, &scanner->kept[i].name);
        spill(scanner, &scanner->kept[i].value);
    }
}
