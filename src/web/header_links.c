#include "web/header_links.h"

#include "web/link_table.h"
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

static bool starts_with(struct slice text, char c)
{
    return text.length && *text.data == c;
}

/* Cuts off what stands before the first of `ends`, without white space at its end. */
static struct slice cut_before(struct slice *text, const char *ends)
{
    struct slice word = {text->data, 0};
    while (text->length && !(*text->data && strchr(ends, *text->data))) {
        word.length++;
        skip(text, 1);
    }
    return slice_trim(word);
}

/* Cuts off a quoted string and gives what is between the quotes, backslashes included. */
static struct slice cut_quoted(struct slice *text)
{
    skip(text, 1);
    struct slice inside = {text->data, 0};
    while (text->length && *text->data != '"') {
        size_t length = *text->data == '\\' && text->length > 1 ? 2 : 1;
        inside.length += length;
        skip(text, length);
    }
    if (text->length)
        skip(text, 1);
    return inside;
}

struct parameter {
    struct slice name;
    struct slice value;
};

/* Cuts off the next ";name=value" (RFC 8288, B.3); false when the link is over. */
static bool next_parameter(struct slice *text, struct parameter *parameter)
{
    skip_spaces(text);
    if (!starts_with(*text, ';'))
        return false;
    skip(text, 1);
    *parameter = (struct parameter){.name = cut_before(text, "=;,")};
    if (!starts_with(*text, '='))
        return true;
    skip(text, 1);
    skip_spaces(text);
    parameter->value = starts_with(*text, '"') ? cut_quoted(text) : cut_before(text, ";,");
    return true;
}

/* Cuts the next link off (RFC 8288, B.2): its target, and its first rel. What is malformed is skipped to the next
 * comma. */
static bool next_link(struct slice *text, struct link *link)
{
    while (text->length) {
        cut_before(text, "<");
        if (!text->length)
            return false;
        skip(text, 1);
        link->url = cut_before(text, ">");
        link->rel = (struct slice){NULL, 0};
        if (!text->length)
            return false;
        skip(text, 1);
        bool has_rel = false;
        struct parameter parameter;
        while (next_parameter(text, &parameter)) {
            if (has_rel || !slice_equal_nocase(parameter.name, SLICE("rel")))
                continue;
            has_rel = true;
            link->rel = parameter.value;
        }
        cut_before(text, ",");
        if (link->url.length)
            return true;
    }
    return false;
}

static int link_header(struct slice value, link_callback on_link, void *context)
{
    struct link link = {.element = "header", .attribute = "link"};
    int err = 0;
    while (!err && next_link(&value, &link)) {
        link.kind = link_kind_of_rel(link.rel, LINK_RESOURCE);
        err = on_link(context, &link);
    }
    return err;
}

static int url_header(const char *attribute, enum link_kind kind, struct slice url, link_callback on_link,
                      void *context)
{
    struct link link = {.url = slice_trim(url), .element = "header", .attribute = attribute, .kind = kind};
    return link.url.length ? on_link(context, &link) : 0;
}

int header_links(const char *name, struct slice value, link_callback on_link, void *context)
{
    struct slice header = slice_of(name);
    struct slice url;
    if (slice_equal_nocase(header, SLICE("link")))
        return link_header(value, on_link, context);
    if (slice_equal_nocase(header, SLICE("location")))
        return url_header("location", LINK_PAGE, value, on_link, context);
    if (slice_equal_nocase(header, SLICE("content-location")))
        return url_header("content-location", LINK_RESOURCE, value, on_link, context);
    if (slice_equal_nocase(header, SLICE("refresh")) && refresh_url(value, &url))
        return url_header("refresh", LINK_PAGE, url, on_link, context);
    return 0;
}
