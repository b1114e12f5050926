#include "web/refresh.h"

static void skip(struct slice *text, size_t count)
{
    text->data += count;
    text->length -= count;
}

static void skip_spaces(struct slice *text)
{
    while (text->length && ascii_is_space(*text->data))
        skip(text, 1);
}

static bool starts_with_one_of(struct slice text, const char *characters)
{
    return text.length && *text.data && strchr(characters, *text.data);
}

static void skip_all_of(struct slice *text, const char *characters)
{
    while (starts_with_one_of(*text, characters))
        skip(text, 1);
}

/* The time and what separates it from the URL. False when there is no time, or something else behind it. */
static bool skip_time(struct slice *text)
{
    skip_spaces(text);
    if (!starts_with_one_of(*text, "0123456789."))
        return false;
    skip_all_of(text, "0123456789.");
    if (text->length && !ascii_is_space(*text->data) && !starts_with_one_of(*text, ";,"))
        return false;
    skip_spaces(text);
    if (starts_with_one_of(*text, ";,"))
        skip(text, 1);
    skip_spaces(text);
    return true;
}

/* "url" "=" with spaces around the sign. A half-written one is part of the URL. */
static void skip_url_equals(struct slice *text)
{
    struct slice rest = *text;
    if (!slice_has_prefix_nocase(rest, SLICE("url")))
        return;
    skip(&rest, 3);
    skip_spaces(&rest);
    if (!starts_with_one_of(rest, "="))
        return;
    skip(&rest, 1);
    skip_spaces(&rest);
    *text = rest;
}

static struct slice unquote(struct slice text)
{
    if (!starts_with_one_of(text, "'\""))
        return text;
    char quote = *text.data;
    skip(&text, 1);
    const char *end = text.length ? memchr(text.data, quote, text.length) : NULL;
    if (end)
        text.length = (size_t)(end - text.data);
    return text;
}

bool refresh_url(struct slice value, struct slice *url)
{
    struct slice rest = value;
    if (!skip_time(&rest))
        return false;
    skip_url_equals(&rest);
    *url = slice_trim(unquote(rest));
    return url->length > 0;
}
