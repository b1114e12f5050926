/* url_parser.h - the state of the URL parser, and the states that its files share. */
#ifndef WEB_URL_PARSER_H
#define WEB_URL_PARSER_H

#include "web/url_internal.h"

enum { END = -1 };

struct parser {
    struct url *url;
    const struct url *base;
    const struct charset *charset;
    struct url_writer writer;
    const char *at;
    const char *end;
    bool special; /* has a special scheme */
    bool file;    /* has the scheme "file" */
};

static inline size_t position(const struct parser *parser)
{
    return parser->writer.out->length;
}

static inline void put(struct parser *parser, struct slice text)
{
    writer_append(&parser->writer, text);
}

static inline void fail(struct parser *parser, int err)
{
    writer_fail(&parser->writer, err);
}

/* The byte at the pointer, or END. */
static inline int peek(struct parser *parser)
{
    while (parser->at < parser->end && url_byte_is(*parser->at, REMOVED))
        parser->at++;
    return parser->at < parser->end ? (unsigned char)*parser->at : END;
}

static inline bool is_slash(const struct parser *parser, int c)
{
    return c == '/' || (c == '\\' && parser->special);
}

static inline bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether two bytes are a Windows drive letter. */
static inline bool is_drive_letter(const char *bytes)
{
    return is_letter(bytes[0]) && (bytes[1] == ':' || bytes[1] == '|');
}

/* "Shorten a URL's path": a drive letter alone stays. */
void shorten_path(struct parser *parser);

/* Whether a path, as text, begins with a segment that is a normalized Windows drive letter. */
bool path_has_drive(struct slice path);

/* The path state, and those behind it. The pointer is at the first byte of a segment. */
void path_state(struct parser *parser);

/* The opaque path state, and those behind it. */
void opaque_path_state(struct parser *parser);

/* The query and fragment states. The pointer is at the '?', the '#' or the end; the path is written. */
void query_state(struct parser *parser);
void fragment_state(struct parser *parser);

#endif
