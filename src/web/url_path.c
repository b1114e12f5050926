#include "web/url_parser.h"

#include <assert.h>

bool path_has_drive(struct slice path)
{
    return path.length >= 3 && is_letter((unsigned char)path.data[1]) && path.data[2] == ':' &&
           (path.length == 3 || path.data[3] == '/');
}

static struct slice path_so_far(const struct parser *parser)
{
    size_t start = parser->url->path_start;
    return (struct slice){parser->writer.out->data + start, position(parser) - start};
}

void shorten_path(struct parser *parser)
{
    if (parser->writer.err)
        return;
    struct slice path = path_so_far(parser);
    if (!path.length || (parser->file && path.length == 3 && path_has_drive(path)))
        return;
    const char *slash = memrchr(path.data, '/', path.length);
    assert(slash);
    parser->writer.out->length -= (size_t)(path.data + path.length - slash);
}

static void end_path(struct parser *parser)
{
    parser->url->path_end = parser->url->query_end = (uint32_t)position(parser);
}

static void end_query(struct parser *parser)
{
    parser->url->query_end = (uint32_t)position(parser);
}

void fragment_state(struct parser *parser)
{
    end_query(parser);
    if (peek(parser) != '#')
        return;
    put(parser, SLICE("#"));
    parser->at++;
    struct slice rest = {parser->at, (size_t)(parser->end - parser->at)};
    writer_append_encoded(&parser->writer, rest, ENCODE_FRAGMENT);
    parser->at = parser->end;
}

static bool is_printable_ascii(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (url_byte_is(text.data[i], ENCODE_C0))
            return false;
    return true;
}

/* "Percent-encode after encoding" in another encoding than UTF-8. This, for characters that are not plain ASCII, is the
 * one place that takes memory of its own. */
static void write_encoded_query(struct parser *parser, struct slice query, unsigned set)
{
    struct buf clean, encoded;
    buf_init(&clean, URL_MAX_LENGTH);
    buf_init(&encoded, URL_MAX_LENGTH);
    int err = 0;
    for (size_t i = 0; i < query.length && !err; i++)
        if (!url_byte_is(query.data[i], REMOVED))
            err = buf_append_char(&clean, query.data[i]);
    if (!err)
        err = charset_encode_query(parser->charset, buf_slice(&clean), &encoded);
    writer_fail(&parser->writer, err);
    writer_append_encoded_bytes(&parser->writer, buf_slice(&encoded), set);
    buf_free(&encoded);
    buf_free(&clean);
}

/* Only http, https, ftp and file know of a document's encoding. */
static bool knows_charset(const struct parser *parser)
{
    struct slice scheme = {parser->writer.out->data, parser->url->scheme_end};
    return parser->special && !slice_equal(scheme, SLICE("ws")) && !slice_equal(scheme, SLICE("wss"));
}

void query_state(struct parser *parser)
{
    end_path(parser);
    if (peek(parser) == '?') {
        put(parser, SLICE("?"));
        parser->at++;
        size_t length = (size_t)(parser->end - parser->at);
        const char *hash = memchr(parser->at, '#', length);
        struct slice query = {parser->at, hash ? (size_t)(hash - parser->at) : length};
        parser->at += query.length;
        unsigned set = parser->special ? ENCODE_SPECIAL_QUERY : ENCODE_QUERY;
        bool as_utf8 = !parser->charset || parser->charset == charset_utf8() || is_printable_ascii(query);
        if (parser->writer.err || as_utf8 || !knows_charset(parser))
            writer_append_encoded(&parser->writer, query, set);
        else
            write_encoded_query(parser, query, set);
    }
    fragment_state(parser);
}

/* Dots that a segment consists of, each "." or "%2e": 0 when it has other bytes, too. */
static int dots_of(struct slice segment)
{
    int dots = 0;
    while (segment.length) {
        size_t length = segment.data[0] == '.' ? 1 : 3;
        if (length == 3 && !slice_has_prefix_nocase(segment, SLICE("%2e")))
            return 0;
        segment.data += length;
        segment.length -= length;
        dots++;
    }
    return dots;
}

static struct slice take_segment(struct parser *parser)
{
    struct slice segment = {parser->at, 0};
    while (parser->at < parser->end && !is_slash(parser, *parser->at) && *parser->at != '?' && *parser->at != '#')
        parser->at++;
    segment.length = (size_t)(parser->at - segment.data);
    return segment;
}

/* Writes one segment as the path state does at its end. */
static void write_segment(struct parser *parser, struct slice segment, bool is_last)
{
    size_t start = position(parser);
    put(parser, SLICE("/"));
    writer_append_encoded(&parser->writer, segment, ENCODE_PATH);
    if (parser->writer.err)
        return;
    char *written = parser->writer.out->data + start + 1;
    size_t length = position(parser) - start - 1;
    int dots = dots_of((struct slice){written, length});
    if (dots == 1 || dots == 2) {
        parser->writer.out->length = start;
        if (dots == 2)
            shorten_path(parser);
        if (is_last)
            put(parser, SLICE("/"));
    } else if (parser->file && start == parser->url->path_start && length == 2 && is_drive_letter(written)) {
        written[1] = ':';
    }
}

void path_state(struct parser *parser)
{
    bool is_last = false;
    while (!is_last && !parser->writer.err) {
        struct slice segment = take_segment(parser);
        is_last = !is_slash(parser, peek(parser));
        write_segment(parser, segment, is_last);
        if (!is_last)
            parser->at++;
    }
    query_state(parser);
}

void opaque_path_state(struct parser *parser)
{
    struct slice path = {parser->at, 0};
    while (parser->at < parser->end && *parser->at != '?' && *parser->at != '#')
        parser->at++;
    path.length = (size_t)(parser->at - path.data);
    while (path.length && url_byte_is(path.data[path.length - 1], REMOVED))
        path.length--;
    /* A space before '?' or '#' would be trimmed off once these are taken away. */
    bool ends_in_space = parser->at < parser->end && path.length && path.data[path.length - 1] == ' ';
    path.length -= ends_in_space;
    writer_append_encoded(&parser->writer, path, ENCODE_C0);
    if (ends_in_space)
        put(parser, SLICE("%20"));
    query_state(parser);
}
