/* html_scanner_internal.h - what the files of the scanner share.
 *
 * Each state is a function that reads on from `at` and returns where it stopped: it has taken bytes or changed the
 * state. */
#ifndef WEB_HTML_SCANNER_INTERNAL_H
#define WEB_HTML_SCANNER_INTERNAL_H

#include "web/html_find.h"
#include "web/html_scanner.h"

typedef const char *html_step(struct html_scanner *scanner, const char *at, const char *end);

/* Data and tags: html_scanner_tag.c. */
html_step html_in_data, html_tag_name, html_before_name, html_name, html_after_name, html_before_value, html_value,
    html_self_closing;

/* Begins a tag whose name is about to be read. */
void html_begin_tag(struct html_scanner *scanner, bool is_end);

/* The tag's name is read. */
void html_open_tag(struct html_scanner *scanner, struct slice name);

/* Short cut: reads on in data as long as all is plain: html_scanner_skim.c. Returns where it stopped, outside of
 * tags. */
const char *html_skim_data(struct html_scanner *scanner, const char *at, const char *end);

/* Takes what is known of the unfinished tag out of the piece of the document at hand. */
void html_spill_tag(struct html_scanner *scanner);

/* Text, as title, style and script hold it: html_scanner_text.c. */
html_step html_in_text, html_in_script, html_text_less, html_text_end_tag, html_escape_start, html_escape_dash,
    html_double_escape;

/* Values and text from the document's encoding to UTF-8: html_scanner_value.c. */

/* Keeps bytes of a value or of an element's text of which there may be more. */
void html_keep_raw(struct html_scanner *scanner, struct slice bytes);
void html_clear_raw(struct html_scanner *scanner);

/* The value of the attribute at hand ends with `rest`, before which there is what html_keep_raw has. */
void html_finish_value(struct html_scanner *scanner, struct slice rest);

/* Hands over text that holds no references, cut anywhere; html_end_text ends it. */
void html_hand_text(struct html_scanner *scanner, struct slice bytes);
void html_end_text(struct html_scanner *scanner);

/* Hands over the element's text that html_keep_raw has, and forgets it. */
void html_hand_raw(struct html_scanner *scanner);

/* The store keeps a copy. */
struct html_piece html_store(struct html_scanner *scanner, struct slice bytes);

static inline struct slice html_between(const char *at, const char *end)
{
    return (struct slice){at, (size_t)(end - at)};
}

static inline bool html_is_letter(char c)
{
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/* Whether the name of a tag ends before `c`. */
static inline bool html_ends_name(char c)
{
    return (unsigned char)c <= '>' && (c == '>' || c == '/' || ascii_is_space(c));
}

/* The first byte from `at` on that ends a tag's name, or `end`. */
static inline const char *html_find_name_end(const char *at, const char *end)
{
    at += html_name_length(at, end, false);
    while (at < end && !html_ends_name(*at))
        at++;
    return at;
}

/* A name in full, of which `rest` is the end; cut to its greatest length. */
static inline struct slice html_whole_name(struct html_scanner *scanner, struct slice rest)
{
    if (!scanner->partial_length) {
        rest.length = rest.length < HTML_NAME_MAX ? rest.length : HTML_NAME_MAX;
        return rest;
    }
    size_t kept = scanner->partial_length < HTML_NAME_MAX ? scanner->partial_length : HTML_NAME_MAX;
    size_t more = rest.length < HTML_NAME_MAX - kept ? rest.length : HTML_NAME_MAX - kept;
    if (more)
        memcpy(scanner->partial + kept, rest.data, more);
    return (struct slice){scanner->partial, kept + more};
}

static inline void html_keep_partial(struct html_scanner *scanner, struct slice bytes)
{
    size_t length = scanner->partial_length + bytes.length;
    html_whole_name(scanner, bytes);
    if (!scanner->partial_length && bytes.length)
        memcpy(scanner->partial, bytes.data, bytes.length < HTML_NAME_MAX ? bytes.length : HTML_NAME_MAX);
    scanner->partial_length = length;
}

static inline struct slice html_piece_slice(const struct html_scanner *scanner, struct html_piece piece)
{
    return (struct slice){piece.outside ? piece.outside : scanner->store.data + piece.offset, piece.length};
}

#endif
