#include "http/receive.h"

#include <string.h>

#include "base/error.h"
#include "http/tap.h"

/* libcurl reads on as long as there is something to read. Where what is done with a body is slower than its server,
 * others would wait: so in a pass of the loop that lasts, the rest is left to the next. */
static const nanoseconds LONGEST_PASS = MILLISECONDS(20);

enum {
    UNDIVIDED = 256 * 1024, /* bytes of a body that are taken in any case */
    MOST_HEADER_LINES = 1000,
    CODINGS_LIMIT = 1024,
    ZSTD_WINDOW = 23 /* RFC 9659 */
};

static bool is_status_line(struct slice line)
{
    return slice_has_prefix_nocase(line, SLICE("HTTP/"));
}

/* "HTTP/1.1 103 Early Hints" */
static bool is_interim_status(struct slice line)
{
    const char *space = memchr(line.data, ' ', line.length), *end = line.data + line.length;
    while (space && space < end && *space == ' ')
        space++;
    return space && space < end && *space == '1';
}

/* All lines count, those of interim answers and trailers as well, or there would be no end to them. */
static int count_header(struct transfer *transfer, struct slice line)
{
    const struct http_response *response = transfer->fetch->response;
    transfer->header_bytes += line.length;
    bool over = ++transfer->header_lines > MOST_HEADER_LINES || transfer->header_bytes > response->headers.limit;
    return over ? ERR_HEADERS_TOO_LARGE : 0;
}

/* Keeps one line of a head. A status line starts afresh: what came before was interim. */
static int keep_header(struct transfer *transfer, struct slice line)
{
    struct http_response *response = transfer->fetch->response;
    if (!response->timings.first_byte)
        response->timings.first_byte = clock_now() - transfer->fetch->started;
    if (is_status_line(line)) {
        transfer->is_interim = is_interim_status(line);
        buf_clear(&response->headers);
        return 0;
    }
    if (slice_has_prefix_nocase(line, SLICE("Set-Cookie:")))
        cookies_note(&transfer->client->cookies);
    if (line.length && (line.data[0] == '\r' || line.data[0] == '\n'))
        transfer->head_is_over = !transfer->is_interim;
    int err = buf_append_slice(&response->headers, line);
    return err == ERR_TOO_LARGE ? ERR_HEADERS_TOO_LARGE : err;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the signature is libcurl's. */
size_t receive_header(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    struct slice line = {bytes, size * count};
    transfer->active = loop_time(transfer->client->loop);
    if (!transfer->fetch || transfer->error)
        return 0;
    bool is_trailer =
        transfer->head_is_over || transfer->begun; /* which no one asked for, and a tap has in the coded body */
    transfer->error = count_header(transfer, line);
    if (!transfer->error && !is_trailer)
        transfer->error = keep_header(transfer, line);
    if (!transfer->error && !is_trailer && tap_of(transfer))
        transfer->error = tap_line(transfer, line);
    return transfer->error ? 0 : line.length;
}

static enum http_version version_of(long number)
{
    return number == CURL_HTTP_VERSION_1_0   ? HTTP_1_0
           : number == CURL_HTTP_VERSION_1_1 ? HTTP_1_1
           : number == CURL_HTTP_VERSION_2_0 ? HTTP_2
                                             : HTTP_ANY;
}

static void copy_address(char copy[], size_t size, const char *address)
{
    size_t length = address ? strnlen(address, size - 1) : 0;
    memcpy(copy, address ? address : "", length);
    copy[length] = '\0';
}

void receive_note(struct transfer *transfer)
{
    struct http_response *response = transfer->fetch->response;
    long status = 0, version = 0, opened = 0, port = 0, header_size = 0;
    char *address = NULL;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_VERSION, &version);
    curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &opened);
    curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_PORT, &port);
    curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &address);
    curl_easy_getinfo(transfer->easy, CURLINFO_HEADER_SIZE, &header_size);
    response->status = (int)status;
    response->version = version_of(version);
    response->reused = transfer->connected && opened == 0;
    response->remote_port = (uint16_t)port;
    response->header_size = (uint64_t)header_size;
    copy_address(response->remote_address, sizeof response->remote_address, address);
}

static int pass_on(void *context, struct slice bytes)
{
    const struct fetch *fetch = ((struct transfer *)context)->fetch;
    fetch->response->decoded_size += bytes.length;
    return fetch->sink.write ? fetch->sink.write(fetch->sink.context, bytes) : 0;
}

/* Joins all lines of the header `name`, which is a list, into one value (RFC 9110, section 5.3). */
static int join_header(const struct http_response *response, const char *name, struct buf *value)
{
    struct slice line;
    int err = 0;
    for (size_t nth = 0; !err && (line = http_response_header(response, name, nth)).data; nth++)
        err = buf_printf(value, "%s%.*s", nth ? "," : "", SLICE_ARGS(line));
    return err;
}

static int open_decoder(struct transfer *transfer)
{
    const struct http_options *options = &transfer->client->options;
    const struct decode_limits limits = {
        .max_size = options->max_body ? options->max_body : UINT64_MAX,
        .max_ratio = options->max_ratio,
        .zstd_window = ZSTD_WINDOW,
    };
    struct buf codings;
    buf_init(&codings, CODINGS_LIMIT);
    int err = join_header(transfer->fetch->response, "Content-Encoding", &codings);
    if (!err)
        err = decoder_create(&transfer->decoder, buf_slice(&codings), &limits, pass_on, transfer);
    buf_free(&codings);
    return err == ERR_TOO_LARGE ? ERR_CODING_UNKNOWN : err;
}

/* Tells the sink of the answer. */
static int begin(struct transfer *transfer)
{
    const struct fetch *fetch = transfer->fetch;
    transfer->begun = true;
    receive_note(transfer);
    return fetch->sink.begin ? fetch->sink.begin(fetch->sink.context, fetch->response) : 0;
}

static int take_body(struct transfer *transfer, struct slice bytes)
{
    struct http_response *response = transfer->fetch->response;
    uint64_t limit = transfer->client->options.max_body;
    /* The decoder waits for the first byte: what has no body, such as a 304, may name any coding. */
    int err = transfer->begun ? 0 : begin(transfer);
    if (!err && response->wire_size == 0 && !transfer->decoder)
        err = open_decoder(transfer);
    if (err)
        return err;
    bool over = limit && bytes.length > limit - response->wire_size;
    if (over)
        bytes.length = limit - response->wire_size;
    response->wire_size += bytes.length;
    if (tap_of(transfer) && (err = tap_payload(transfer, bytes)))
        return err;
    err = transfer->decoder ? decoder_feed(transfer->decoder, bytes) : pass_on(transfer, bytes);
    return err ? err : over ? ERR_BODY_TOO_LARGE : 0;
}

/* HTTP/2 has one connection for many transfers, which one that is held back would fill. */
static bool is_to_wait(const struct transfer *transfer)
{
    const struct http_response *response = transfer->fetch->response;
    return response->wire_size > UNDIVIDED && !transfer->is_resuming && response->version != HTTP_2 &&
           clock_now() - loop_time(transfer->client->loop) > LONGEST_PASS;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the signature is libcurl's. */
size_t receive_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    transfer->active = loop_time(transfer->client->loop);
    if (!transfer->fetch || transfer->error)
        return 0;
    if (is_to_wait(transfer)) {
        loop_call_soon(transfer->client->loop, &transfer->resume);
        return CURL_WRITEFUNC_PAUSE;
    }
    transfer->error = take_body(transfer, (struct slice){bytes, size * count});
    return transfer->error ? 0 : size * count;
}

int receive_end(struct transfer *transfer)
{
    int err = transfer->begun ? 0 : begin(transfer);
    if (!err && transfer->decoder && transfer->fetch->response->wire_size)
        err = decoder_finish(transfer->decoder);
    return err;
}
