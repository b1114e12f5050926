#include "base/error.h"
#include "web/sitemap_engine.h"

void sitemap_text_init(struct sitemap_text *text, struct sitemap_sink *sink)
{
    *text = (struct sitemap_text){.sink = sink};
    buf_init(&text->line, SITEMAP_URL_LENGTH);
}

void sitemap_text_free(struct sitemap_text *text)
{
    buf_free(&text->line);
}

static bool is_url(struct slice line)
{
    return slice_has_prefix_nocase(line, SLICE("http://")) || slice_has_prefix_nocase(line, SLICE("https://"));
}

static int end_line(struct sitemap_text *text)
{
    struct slice line = slice_trim(buf_slice(&text->line));
    bool reports = is_url(line) && !text->is_too_long;
    int err = 0;
    if (reports)
        err = sitemap_report(text->sink, &(struct sitemap_entry){.kind = SITEMAP_OF_PAGES, .url = line});
    else if (line.length) {
        text->has_non_urls = true;
        text->sink->dropped++;
    }
    buf_clear(&text->line);
    text->is_too_long = false;
    return err;
}

/* Whitespace before the URL doesn't count for its length. */
static int add_to_line(struct sitemap_text *text, struct slice piece)
{
    while (!text->line.length && piece.length && ascii_is_space(piece.data[0]))
        piece = (struct slice){piece.data + 1, piece.length - 1};
    size_t room = SITEMAP_URL_LENGTH - text->line.length;
    if (piece.length > room) {
        text->is_too_long = true;
        piece.length = room;
    }
    return buf_append_slice(&text->line, piece);
}

static size_t line_length(struct slice text)
{
    size_t length = 0;
    while (length < text.length && text.data[length] != '\n' && text.data[length] != '\r')
        length++;
    return length;
}

int sitemap_text_feed(struct sitemap_text *text, struct slice utf8)
{
    int err = 0;
    while (utf8.length && !err) {
        size_t length = line_length(utf8);
        bool is_whole = length < utf8.length;
        err = add_to_line(text, (struct slice){utf8.data, length});
        if (!err && is_whole)
            err = end_line(text);
        length += is_whole;
        utf8 = (struct slice){utf8.data + length, utf8.length - length};
    }
    return err;
}

int sitemap_text_finish(struct sitemap_text *text)
{
    int err = end_line(text);
    if (!err && text->has_non_urls && !text->sink->reported)
        err = ERR_SYNTAX;
    return err;
}
