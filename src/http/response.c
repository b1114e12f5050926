#include "http/fetch.h"

#include "base/error.h"

void http_response_init(struct http_response *response)
{
    *response = (struct http_response){0};
    buf_init(&response->headers, HTTP_MAX_HEADERS);
}

void http_response_free(struct http_response *response)
{
    buf_free(&response->headers);
}

/* Cuts the next line off `text`, with its line end. */
static struct slice next_line(struct slice *text)
{
    const char *end = memchr(text->data, '\n', text->length);
    size_t length = end ? (size_t)(end + 1 - text->data) : text->length;
    struct slice line = {text->data, length};
    text->data += length;
    text->length -= length;
    return line;
}

struct slice http_response_header(const struct http_response *response, const char *name, size_t nth)
{
    struct slice rest = buf_slice(&response->headers), wanted = slice_of(name);
    while (rest.length) {
        struct slice line = next_line(&rest);
        if (line.length <= wanted.length || line.data[wanted.length] != ':' || !slice_has_prefix_nocase(line, wanted))
            continue;
        if (nth-- == 0)
            return slice_trim((struct slice){line.data + wanted.length + 1, line.length - wanted.length - 1});
    }
    return (struct slice){NULL, 0};
}

bool http_next_header(struct slice *lines, struct slice *name, struct slice *value)
{
    while (lines->length) {
        struct slice line = next_line(lines);
        const char *colon = memchr(line.data, ':', line.length);
        if (!colon || colon == line.data)
            continue;
        size_t length = (size_t)(colon - line.data);
        *name = (struct slice){line.data, length};
        *value = slice_trim((struct slice){line.data + length + 1, line.length - length - 1});
        return true;
    }
    return false;
}

bool http_error_is_transient(int error)
{
    switch (error) {
    case ERR_NAME_FAILED:
    case ERR_NAME_TIMED_OUT:
    case ERR_CONNECT_REFUSED:
    case ERR_CONNECT_FAILED:
    case ERR_CONNECT_TIMED_OUT:
    case ERR_CONNECTION_RESET:
    case ERR_NO_ANSWER:
    case ERR_TLS:
    case ERR_PROTOCOL:
    case ERR_IDLE:
    case ERR_TOO_SLOW:
    case ERR_TIMED_OUT:
    case ERR_TRUNCATED:
    case ERR_DECODE:
    case ERR_TOO_MANY_FILES:
    case ERR_SYSTEM:
        return true;
    default:
        return false;
    }
}
