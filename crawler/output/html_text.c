#include "output/html_text.h"

#include <stdbool.h>

#include "web/utf8.h"

static const char *reference_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* Bytes at the start of `text` that stay as they are: printable ASCII without those that mean something. */
static size_t plain_length(struct slice text)
{
    size_t length = 0;
    while (length < text.length && text.data[length] >= ' ' && text.data[length] < 0x7f &&
           !reference_of(text.data[length]))
        length++;
    return length;
}

static bool is_visible(struct slice character, uint32_t code_point)
{
    if (code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0))
        return false;
    return code_point != REPLACEMENT_CHARACTER || slice_equal(character, SLICE("\xef\xbf\xbd"));
}

/* One that is not plain. Returns its bytes. */
static size_t escape_character(FILE *file, struct slice text)
{
    const char *reference = reference_of(text.data[0]);
    if (reference) {
        fputs(reference, file);
        return 1;
    }
    uint32_t code_point;
    struct slice character = {text.data, utf8_decode(text, &code_point)};
    if (is_visible(character, code_point)) {
        fwrite(character.data, 1, character.length, file);
        return character.length;
    }
    for (size_t i = 0; i < character.length; i++)
        fprintf(file, "\\x%02x", (unsigned char)character.data[i]);
    return character.length;
}

void html_escape(FILE *file, struct slice text)
{
    while (text.length) {
        size_t length = plain_length(text);
        if (length)
            fwrite(text.data, 1, length, file);
        else
            length = escape_character(file, text);
        text.data += length;
        text.length -= length;
    }
}

void html_escape_text(FILE *file, const char *text)
{
    html_escape(file, slice_of(text));
}

static bool is_safe_link(struct slice url)
{
    if (!slice_has_prefix_nocase(url, SLICE("http://")) && !slice_has_prefix_nocase(url, SLICE("https://")))
        return false;
    for (size_t i = 0; i < url.length; i++)
        if (url.data[i] <= ' ' || url.data[i] >= 0x7f)
            return false;
    return true;
}

void html_url(FILE *file, struct slice url)
{
    if (url.length > HTML_URL_SHOWN) {
        html_escape(file, (struct slice){url.data, HTML_URL_SHOWN});
        fprintf(file, "… (%zu bytes)", url.length);
    } else if (is_safe_link(url)) {
        fputs("<a rel=\"noreferrer noopener nofollow\" href=\"", file);
        html_escape(file, url);
        fputs("\">", file);
        html_escape(file, url);
        fputs("</a>", file);
    } else {
        html_escape(file, url);
    }
}
