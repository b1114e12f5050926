#include "site/answer.h"

#include <stdlib.h>
#include <string.h>

#include "site/coding.h"

enum { CHUNK = 1000, LENGTH_EXCESS = 10, HUGE_HEADER = 1024 * 1024, ENDLESS_LINES = 256 };

const char *site_answer_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {204, "No Content"},
        {206, "Partial Content"},
        {300, "Multiple Choices"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {410, "Gone"},
        {414, "URI Too Long"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Unnamed";
}

/* The port that the placeholder at `text` stands for, and its length; 0 when there is no placeholder. */
static uint16_t placeholder(const char *text, size_t length, const struct site_ports *ports, size_t *size)
{
    const char *end = memchr(text, '}', length < sizeof "{PORT99}" ? length : sizeof "{PORT99}");
    if (!end)
        return 0;
    *size = (size_t)(end + 1 - text);
    if (*size == 7 && memcmp(text, "{OTHER}", 7) == 0)
        return ports->other;
    if (*size < 6 || memcmp(text, "{PORT", 5) != 0)
        return 0;
    size_t index = strtoul(text + 5, NULL, 10);
    return index < ports->count ? ports->listeners[index] : 0;
}

static void substitute(struct site_text *out, const char *text, size_t length, const struct site_ports *ports)
{
    const char *end = text + length;
    while (text < end) {
        const char *brace = memchr(text, '{', (size_t)(end - text));
        if (!brace)
            break;
        size_t size = 1;
        uint16_t port = placeholder(brace, (size_t)(end - brace), ports, &size);
        site_text_append(out, text, (size_t)(brace - text));
        if (port)
            site_text_printf(out, "%u", port);
        else
            site_text_append(out, brace, size = 1);
        text = brace + size;
    }
    site_text_append(out, text, (size_t)(end - text)); /* makes it a text, if an empty one */
}

/* The body as it goes into the framing: placeholders replaced, coded, and cut or corrupted. */
static void make_body(struct site_text *body, const struct site_page *page, enum site_fault fault,
                      const struct site_ports *ports)
{
    struct site_text plain = {0};
    const char *bytes = page->body ? page->body : "";
    substitute(&plain, bytes, page->length ? page->length : strlen(bytes), ports);
    bool whole = fault != SITE_CUT_CODING && fault != SITE_CORRUPT_CODING;
    site_coding_encode(page->coding, plain.data, whole ? plain.length : plain.length / 2, whole, body);
    if (fault == SITE_CORRUPT_CODING)
        site_coding_spoil(page->coding, body);
    body->failed |= plain.failed;
    site_text_free(&plain);
}

static bool has_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

static void add_endless_lines(struct site_answer *answer)
{
    answer->loop_from = answer->text.length;
    for (int i = 0; i < ENDLESS_LINES; i++)
        site_text_puts(&answer->text, "X-Endless: there is more of this\r\n");
}

static void add_huge_line(struct site_text *text)
{
    site_text_puts(text, "X-Huge: ");
    if (site_text_reserve(text, HUGE_HEADER)) {
        memset(text->data + text->length, 'h', HUGE_HEADER);
        text->length += HUGE_HEADER;
    }
    site_text_puts(text, "\r\n");
}

static bool is_chunked(const struct site_page *page, enum site_fault fault)
{
    return page->framing == SITE_CHUNKED || fault == SITE_BAD_CHUNK_SIZE || fault == SITE_CUT_CHUNK;
}

static void add_framing_line(struct site_text *text, const struct site_page *page, enum site_fault fault, size_t length)
{
    if (fault == SITE_LENGTH_TOO_LONG)
        length += LENGTH_EXCESS;
    if (fault == SITE_LENGTH_TOO_SHORT)
        length /= 2;
    if (is_chunked(page, fault))
        site_text_puts(text, "Transfer-Encoding: chunked\r\n");
    else if (page->framing == SITE_UNTIL_CLOSE || fault == SITE_ENDLESS_BODY)
        site_text_puts(text, "Connection: close\r\n");
    else
        site_text_printf(text, "Content-Length: %zu\r\n", length);
}

static void make_head(struct site_answer *answer, const struct site_page *page, enum site_fault fault,
                      const struct site_ports *ports, size_t body_length)
{
    struct site_text *text = &answer->text;
    int status = page->status ? page->status : 200;
    const char *type = page->type ? page->type : "text/html; charset=utf-8";
    site_text_printf(text, "HTTP/1.1 %d %s\r\n", status, site_answer_reason(status));
    if (fault == SITE_ENDLESS_HEADERS) {
        add_endless_lines(answer);
        return;
    }
    if (fault == SITE_HUGE_HEADER)
        add_huge_line(text);
    if (*type)
        site_text_printf(text, "Content-Type: %s\r\n", type);
    if (page->location) {
        site_text_puts(text, "Location: ");
        substitute(text, page->location, strlen(page->location), ports);
        site_text_puts(text, "\r\n");
    }
    if (page->etag)
        site_text_printf(text, "ETag: %s\r\n", page->etag);
    if (page->modified)
        site_text_printf(text, "Last-Modified: %s\r\n", page->modified);
    if (page->headers)
        substitute(text, page->headers, strlen(page->headers), ports);
    if (page->coding != SITE_IDENTITY)
        site_text_printf(text, "Content-Encoding: %s\r\n", site_coding_name(page->coding));
    if (has_body(status))
        add_framing_line(text, page, fault, body_length);
    site_text_puts(text, "\r\n");
}

static void add_chunk(struct site_text *text, const char *data, size_t length)
{
    site_text_printf(text, "%zx\r\n", length);
    site_text_append(text, data, length);
    site_text_puts(text, "\r\n");
}

static void add_chunks(struct site_text *text, const struct site_text *body, enum site_fault fault)
{
    size_t half = body->length / 2;
    if (fault == SITE_CUT_CHUNK) {
        site_text_printf(text, "%zx\r\n", body->length);
        site_text_append(text, body->data, half);
        return;
    }
    if (fault == SITE_BAD_CHUNK_SIZE) {
        add_chunk(text, body->data, half);
        site_text_puts(text, "no number\r\n");
        site_text_append(text, body->data + half, body->length - half);
        return;
    }
    for (size_t at = 0; at < body->length; at += CHUNK)
        add_chunk(text, body->data + at, body->length - at < CHUNK ? body->length - at : CHUNK);
    site_text_puts(text, "0\r\n\r\n");
}

static enum site_end end_of(const struct site_page *page, enum site_fault fault)
{
    switch (fault) {
    case SITE_RESET_REUSED:
    case SITE_RESET_BEFORE_HEAD:
    case SITE_RESET_AFTER_HEAD:
    case SITE_RESET_IN_BODY:
        return SITE_RESET;
    case SITE_SILENT:
    case SITE_STALL_IN_BODY:
        return SITE_HOLD;
    case SITE_NO_FAULT:
    case SITE_CUT_CODING:
    case SITE_CORRUPT_CODING:
    case SITE_HUGE_HEADER:
        return page->framing == SITE_UNTIL_CLOSE ? SITE_CLOSE : SITE_KEEP;
    default:
        return SITE_CLOSE;
    }
}

static void make_regular(struct site_answer *answer, const struct site_page *page, enum site_fault fault,
                         const struct site_ports *ports)
{
    struct site_text body = {0};
    make_body(&body, page, fault, ports);
    make_head(answer, page, fault, ports, body.length);
    answer->head = answer->text.length;
    answer->drip_from = page->drip_body ? answer->head : 0;
    answer->text.failed |= body.failed;
    if (fault == SITE_RESET_IN_BODY || fault == SITE_STALL_IN_BODY)
        body.length /= 2;
    if (fault == SITE_ENDLESS_BODY)
        answer->loop_from = answer->head;
    bool bodiless = fault == SITE_RESET_AFTER_HEAD || fault == SITE_ENDLESS_HEADERS;
    if (!bodiless && !body.failed && has_body(page->status ? page->status : 200)) {
        if (is_chunked(page, fault))
            add_chunks(&answer->text, &body, fault);
        else
            site_text_append(&answer->text, body.data, body.length);
    }
    site_text_free(&body);
}

void site_answer_make(struct site_answer *answer, const struct site_page *page, enum site_fault fault,
                      const struct site_ports *ports)
{
    *answer = (struct site_answer){.loop_from = SITE_NO_LOOP,
                                   .end = end_of(page, fault),
                                   .delay = page->delay,
                                   .drip_bytes = page->drip_bytes,
                                   .drip_delay = page->drip_delay};
    static const char garbage[] = "\x16\x03\x01\xff\xfe\0\1\2no protocol of ours\r\n\r\n\x80\x81";
    switch (fault) {
    case SITE_CLOSE_BEFORE_HEAD:
    case SITE_CLOSE_REUSED:
    case SITE_RESET_REUSED:
    case SITE_RESET_BEFORE_HEAD:
    case SITE_SILENT:
        return;
    case SITE_GARBAGE:
        site_text_append(&answer->text, garbage, sizeof garbage - 1);
        break;
    case SITE_HTTP_0_9:
    case SITE_RAW:
        make_body(&answer->text, page, fault, ports);
        break;
    default:
        make_regular(answer, page, fault, ports);
        return;
    }
    answer->head = answer->text.length; /* what is no HTTP has no body to leave out */
}
