/* The basic URL parser (URL standard, section 4.4).
 *
 * The standard describes a state machine that takes one code point at a time and fills the parts of a record, which a
 * serialiser writes out later. Here each state, or chain of states that follow one another, is a function that reads a
 * whole run of the input and writes the serialisation at once: its parts have the order of the input. What the standard
 * takes from the base is the front of the base's serialisation, so it is copied in one piece.
 *
 * A path is a list of segments there and text here, a '/' before each segment; "shorten" cuts the text at its last '/'.
 * TAB, LF and CR, which the standard removes beforehand, are passed over by whoever looks at a byte, so that the
 * input needs no copy: peek() never stops at one, and the writer drops them. */
#include "web/url_parser.h"

#include "base/error.h"

/* Takes both bytes of "//" when the pointer is at them. */
static bool take_two_slashes(struct parser *parser)
{
    const char *start = parser->at;
    if (peek(parser) == '/') {
        parser->at++;
        if (peek(parser) == '/') {
            parser->at++;
            return true;
        }
    }
    parser->at = start;
    return false;
}

/* The first up to `count` bytes at `at` that are not removed; returns how many. */
static size_t look(const struct parser *parser, const char *at, char bytes[], size_t count)
{
    size_t found = 0;
    for (; at < parser->end && found < count; at++)
        if (!url_byte_is(*at, REMOVED))
            bytes[found++] = *at;
    return found;
}

/* "Starts with a Windows drive letter". */
static bool at_drive_letter(const struct parser *parser)
{
    char bytes[3];
    size_t count = look(parser, parser->at, bytes, 3);
    return count >= 2 && is_drive_letter(bytes) && (count == 2 || (bytes[2] && strchr("/\\?#", bytes[2])));
}

/* Marks this place as that of an absent host. */
static void no_host(struct parser *parser)
{
    struct url *url = parser->url;
    url->user_start = url->user_end = url->host_start = url->host_end = (uint32_t)position(parser);
    url->path_start = url->host_end;
    url->port = -1;
    url->has_host = false;
}

/* The path start state: behind an authority. */
static void path_start_state(struct parser *parser)
{
    parser->url->path_start = (uint32_t)position(parser);
    int c = peek(parser);
    if (is_slash(parser, c))
        parser->at++;
    if (parser->special || (c != END && c != '?' && c != '#'))
        path_state(parser);
    else
        query_state(parser);
}

/* Where the authority ends. */
static const char *authority_end(const struct parser *parser)
{
    const char *end = parser->at;
    while (end < parser->end && !is_slash(parser, *end) && *end != '?' && *end != '#')
        end++;
    return end;
}

static void write_credentials(struct parser *parser, struct slice text)
{
    struct url *url = parser->url;
    const char *colon = memchr(text.data, ':', text.length);
    size_t user_length = colon ? (size_t)(colon - text.data) : text.length;
    writer_append_encoded(&parser->writer, (struct slice){text.data, user_length}, ENCODE_USERINFO);
    url->user_end = (uint32_t)position(parser);
    if (colon) {
        put(parser, SLICE(":"));
        writer_append_encoded(&parser->writer, (struct slice){colon + 1, text.length - user_length - 1},
                              ENCODE_USERINFO);
        if (!parser->writer.err && position(parser) == url->user_end + 1u)
            parser->writer.out->length--; /* an empty password leaves no trace */
    }
    if (position(parser) > url->user_start)
        put(parser, SLICE("@"));
}

/* The colon before the port, which stands outside of brackets; NULL for none. */
static const char *find_port(struct slice host)
{
    bool in_brackets = false;
    for (size_t i = 0; i < host.length; i++) {
        if (host.data[i] == '[')
            in_brackets = true;
        else if (host.data[i] == ']')
            in_brackets = false;
        else if (host.data[i] == ':' && !in_brackets)
            return host.data + i;
    }
    return NULL;
}

static bool is_blank(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!url_byte_is(text.data[i], REMOVED))
            return false;
    return true;
}

static void port_state(struct parser *parser, struct slice digits)
{
    int port = -1;
    for (size_t i = 0; i < digits.length; i++) {
        char c = digits.data[i];
        if (url_byte_is(c, REMOVED))
            continue;
        port = c >= '0' && c <= '9' ? (port < 0 ? 0 : port) * 10 + c - '0' : UINT16_MAX + 1;
        if (port > UINT16_MAX) {
            fail(parser, ERR_URL_PORT);
            return;
        }
    }
    struct slice scheme = {parser->writer.out->data, parser->url->scheme_end};
    if (port < 0 || parser->writer.err || port == url_scheme_port(scheme))
        return;
    parser->url->port = port;
    parser->writer.err = buf_printf(parser->writer.out, ":%d", port);
}

/* The authority, host and port states. The pointer is behind "//". */
static void authority_state(struct parser *parser)
{
    struct url *url = parser->url;
    put(parser, SLICE("//"));
    url->has_host = true;
    url->port = -1;
    url->user_start = url->user_end = (uint32_t)position(parser);
    const char *end = authority_end(parser);
    const char *at_sign = memrchr(parser->at, '@', (size_t)(end - parser->at));
    if (at_sign) {
        write_credentials(parser, (struct slice){parser->at, (size_t)(at_sign - parser->at)});
        parser->at = at_sign + 1;
    }
    url->host_start = (uint32_t)position(parser);
    if (url->host_start == url->user_start)
        url->user_end = url->host_start;
    struct slice host = {parser->at, (size_t)(end - parser->at)};
    const char *colon = find_port(host);
    if (colon)
        host.length = (size_t)(colon - host.data);
    if (is_blank(host) && (parser->special || at_sign || colon)) {
        fail(parser, ERR_URL_HOST);
        return;
    }
    url_write_host(&parser->writer, host, parser->special);
    url->host_end = (uint32_t)position(parser);
    if (colon)
        port_state(parser, (struct slice){colon + 1, (size_t)(end - colon - 1)});
    parser->at = end;
    path_start_state(parser);
}

/* The special authority ignore slashes state. */
static void ignore_slashes_state(struct parser *parser)
{
    while (peek(parser) == '/' || peek(parser) == '\\')
        parser->at++;
    authority_state(parser);
}

/* Takes all before the path from the base. */
static void copy_base_authority(struct parser *parser)
{
    const struct url *base = parser->base;
    struct buf *out = parser->writer.out;
    out->length = 0;
    /* Without a host the path may have "/." before it that is not part of it. */
    size_t length = base->has_host ? base->path_start : base->scheme_end + 1u;
    put(parser, (struct slice){base->href.data, length});
    struct slice href = parser->url->href;
    *parser->url = *base;
    parser->url->href = href;
    parser->url->path_start = (uint32_t)length;
    parser->special = url_scheme_port(url_scheme(base)) >= 0;
    parser->file = slice_equal(url_scheme(base), SLICE("file"));
}

/* What a relative URL that does not begin with a slash does with the path and the query of the base. */
static void relative_path(struct parser *parser)
{
    put(parser, url_path(parser->base));
    int c = peek(parser);
    if (c == '?') {
        query_state(parser);
    } else if (c == '#' || c == END) {
        parser->url->path_end = (uint32_t)position(parser);
        put(parser, url_query(parser->base));
        fragment_state(parser);
    } else if (parser->file && at_drive_letter(parser)) {
        parser->writer.out->length = parser->url->path_start;
        path_state(parser);
    } else {
        shorten_path(parser);
        path_state(parser);
    }
}

/* The relative and relative slash states. */
static void relative_state(struct parser *parser)
{
    copy_base_authority(parser);
    if (!is_slash(parser, peek(parser))) {
        relative_path(parser);
        return;
    }
    parser->at++;
    int c = peek(parser);
    if (!is_slash(parser, c)) {
        path_state(parser);
        return;
    }
    parser->at++;
    parser->writer.out->length = parser->url->scheme_end + 1u;
    if (parser->special)
        ignore_slashes_state(parser);
    else
        authority_state(parser);
}

/* An empty host, behind "file:". */
static void empty_host(struct parser *parser)
{
    put(parser, SLICE("//"));
    no_host(parser);
    parser->url->has_host = true;
}

static void file_host_state(struct parser *parser)
{
    const char *end = authority_end(parser);
    struct slice host = {parser->at, (size_t)(end - parser->at)};
    empty_host(parser);
    if (at_drive_letter(parser)) {
        path_state(parser);
        return;
    }
    parser->at = end;
    size_t start = position(parser);
    if (!is_blank(host))
        url_write_host(&parser->writer, host, true);
    if (parser->writer.err)
        return;
    struct slice written = {parser->writer.out->data + start, position(parser) - start};
    if (slice_equal(written, SLICE("localhost")))
        parser->writer.out->length = start;
    parser->url->host_end = (uint32_t)position(parser);
    path_start_state(parser);
}

/* The file slash state, at its second byte. */
static void file_slash_state(struct parser *parser, bool base_is_file)
{
    if (is_slash(parser, peek(parser))) {
        parser->at++;
        file_host_state(parser);
        return;
    }
    if (!base_is_file) {
        empty_host(parser);
        path_state(parser);
        return;
    }
    copy_base_authority(parser);
    struct slice path = url_path(parser->base);
    if (!at_drive_letter(parser) && path_has_drive(path))
        put(parser, (struct slice){path.data, 3});
    path_state(parser);
}

/* The file state: "file:" is written. */
static void file_state(struct parser *parser)
{
    bool base_is_file = parser->base && slice_equal(url_scheme(parser->base), SLICE("file"));
    if (is_slash(parser, peek(parser))) {
        parser->at++;
        file_slash_state(parser, base_is_file);
    } else if (base_is_file) {
        copy_base_authority(parser);
        relative_path(parser);
    } else {
        empty_host(parser);
        path_state(parser);
    }
}

/* Reads and writes a scheme and its ':'; false, and nothing done, when there is none. */
static bool scheme_state(struct parser *parser)
{
    const char *start = parser->at;
    if (!is_letter(peek(parser)))
        return false;
    int c;
    while ((c = peek(parser)) != END && url_byte_is((char)c, SCHEME_BYTE)) {
        writer_append_char(&parser->writer, ascii_lower((char)c));
        parser->at++;
    }
    if (c != ':') {
        parser->at = start;
        parser->writer.out->length = 0;
        return false;
    }
    parser->at++;
    parser->url->scheme_end = (uint32_t)position(parser);
    put(parser, SLICE(":"));
    return true;
}

/* What follows "scheme:" when it is not "file:". */
static void after_scheme(struct parser *parser)
{
    struct slice scheme = url_scheme(parser->url);
    if (parser->special) {
        bool as_base = parser->base && slice_equal(url_scheme(parser->base), scheme);
        if (!take_two_slashes(parser) && as_base)
            relative_state(parser);
        else
            ignore_slashes_state(parser);
        return;
    }
    no_host(parser);
    if (take_two_slashes(parser)) {
        authority_state(parser);
    } else if (peek(parser) == '/') {
        parser->at++;
        path_state(parser);
    } else {
        opaque_path_state(parser);
    }
}

/* The no scheme state. */
static void no_scheme_state(struct parser *parser)
{
    const struct url *base = parser->base;
    bool is_opaque = base && !base->has_host && !(url_path(base).length && url_path(base).data[0] == '/');
    if (!base || (is_opaque && peek(parser) != '#')) {
        fail(parser, ERR_URL_RELATIVE);
    } else if (slice_equal(url_scheme(base), SLICE("file"))) {
        put(parser, SLICE("file:"));
        parser->url->scheme_end = (uint32_t)strlen("file");
        parser->special = parser->file = true;
        file_state(parser);
    } else if (is_opaque) {
        copy_base_authority(parser);
        relative_path(parser);
    } else {
        relative_state(parser);
    }
}

/* Without a host, a path that begins with two slashes would be read back as a host: "/." goes before it. */
static void protect_path(struct parser *parser)
{
    struct url *url = parser->url;
    struct buf *out = parser->writer.out;
    if (url->has_host || url->path_end - url->path_start < 2 || memcmp(out->data + url->path_start, "//", 2) != 0)
        return;
    size_t rest = position(parser) - url->path_start;
    put(parser, SLICE("/."));
    if (parser->writer.err)
        return;
    memmove(out->data + url->path_start + 2, out->data + url->path_start, rest);
    memcpy(out->data + url->path_start, "/.", 2);
    url->path_start += 2;
    url->path_end += 2;
    url->query_end += 2;
}

static void trim(struct parser *parser)
{
    while (parser->at < parser->end && (unsigned char)*parser->at <= ' ')
        parser->at++;
    while (parser->at < parser->end && (unsigned char)parser->end[-1] <= ' ')
        parser->end--;
}

int url_parse_slowly(struct url *url, struct slice input, const struct url *base, const struct charset *charset,
                     struct buf *storage)
{
    *url = (struct url){.port = -1};
    buf_clear(storage);
    struct parser parser = {.url = url, .base = base, .charset = charset, .writer = {storage, 0}};
    parser.at = input.data;
    parser.end = input.data + input.length;
    trim(&parser);
    if (!scheme_state(&parser)) {
        no_scheme_state(&parser);
    } else if (!parser.writer.err) {
        url->href = buf_slice(storage);
        int port = url_scheme_port(url_scheme(url));
        parser.special = port >= 0;
        parser.file = port == 0;
        if (parser.file)
            file_state(&parser);
        else
            after_scheme(&parser);
    }
    if (!parser.writer.err)
        protect_path(&parser);
    if (!parser.writer.err && storage->length > URL_MAX_LENGTH)
        fail(&parser, ERR_TOO_LARGE);
    url->href = buf_slice(storage);
    return parser.writer.err;
}
