/* RCDATA, RAWTEXT and scripts: text up to the end tag of the element that it is in.
 *
 * Of the states of a script what matters is where its end tag counts: everywhere but in a "<script" within a "<!--".
 * They are here two counters beside one state: `escapes` says how deep in these we are, `dashes` how many of the "--"
 * that a '>' ends the outer one with are just behind us. */

#include "web/html_find.h"
#include "web/html_scanner_internal.h"

static void hand_text(struct html_scanner *scanner, struct slice text)
{
    if (scanner->text_wanted)
        html_hand_text(scanner, text);
}

static void back_to_text(struct html_scanner *scanner)
{
    scanner->state = (enum html_state)scanner->content;
}

const char *html_in_text(struct html_scanner *scanner, const char *at, const char *end)
{
    const char *less = html_find(at, end, '<');
    hand_text(scanner, html_between(at, less));
    if (less == end)
        return end;
    scanner->state = HTML_TEXT_LESS;
    return less + 1;
}

/* In a script within "<!--". */
static const char *in_escaped(struct html_scanner *scanner, const char *at, const char *end)
{
    for (; at < end; at++) {
        if (*at == '<') {
            scanner->dashes = 0;
            scanner->state = HTML_TEXT_LESS;
            return at + 1;
        }
        if (*at == '>' && scanner->dashes == 2) {
            scanner->escapes = 0;
            return at + 1;
        }
        if (*at != '-')
            scanner->dashes = 0;
        else if (scanner->dashes < 2)
            scanner->dashes++;
    }
    return at;
}

const char *html_in_script(struct html_scanner *scanner, const char *at, const char *end)
{
    return scanner->escapes ? in_escaped(scanner, at, end) : html_in_text(scanner, at, end);
}

static void begin_double_escape(struct html_scanner *scanner)
{
    scanner->partial_length = 0;
    scanner->state = HTML_DOUBLE_ESCAPE;
}

const char *html_text_less(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    bool is_script = scanner->content == HTML_SCRIPT;
    if (*at == '/') {
        if (is_script && scanner->escapes == 2) {
            begin_double_escape(scanner);
            return at + 1;
        }
        scanner->partial_length = 0;
        html_keep_partial(scanner, SLICE("</"));
        scanner->state = HTML_TEXT_END_TAG;
        return at + 1;
    }
    if (is_script && *at == '!' && !scanner->escapes) {
        scanner->state = HTML_ESCAPE_START;
        return at + 1;
    }
    if (is_script && scanner->escapes == 1 && html_is_letter(*at)) {
        begin_double_escape(scanner);
        return at;
    }
    hand_text(scanner, SLICE("<"));
    back_to_text(scanner);
    return at;
}

/* The element's own end tag: from here on its content is over. */
static void end_text(struct html_scanner *scanner)
{
    html_end_text(scanner);
    scanner->content = HTML_DATA;
    scanner->is_end = true;
    html_open_tag(scanner, (struct slice){scanner->last_name, scanner->last_length});
    scanner->always = true;
}

const char *html_text_end_tag(struct html_scanner *scanner, const char *at, const char *end)
{
    for (; at < end; at++) {
        size_t matched = scanner->partial_length - strlen("</");
        if (matched == scanner->last_length)
            break;
        if (ascii_lower(*at) != ascii_lower(scanner->last_name[matched]))
            break;
        html_keep_partial(scanner, html_between(at, at + 1));
    }
    if (at == end)
        return end;
    if (scanner->last_length && scanner->partial_length == scanner->last_length + strlen("</") && html_ends_name(*at)) {
        end_text(scanner);
    } else {
        hand_text(scanner, (struct slice){scanner->partial, scanner->partial_length});
        back_to_text(scanner);
    }
    return at;
}

const char *html_escape_start(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    scanner->state = *at == '-' ? HTML_ESCAPE_DASH : HTML_IN_SCRIPT;
    return at + (*at == '-');
}

const char *html_escape_dash(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    scanner->state = HTML_IN_SCRIPT;
    if (*at != '-')
        return at;
    scanner->escapes = 1;
    scanner->dashes = 2;
    return at + 1;
}

/* "script" goes one deeper, or back; any other name changes nothing. */
const char *html_double_escape(struct html_scanner *scanner, const char *at, const char *end)
{
    const char *start = at;
    while (at < end && html_is_letter(*at))
        at++;
    if (at == end) {
        html_keep_partial(scanner, html_between(start, at));
        return end;
    }
    struct slice name = html_whole_name(scanner, html_between(start, at));
    scanner->dashes = 0;
    scanner->state = HTML_IN_SCRIPT;
    if (!html_ends_name(*at))
        return at;
    if (slice_equal_nocase(name, SLICE("script")))
        scanner->escapes = 3 - scanner->escapes;
    return at + 1;
}
