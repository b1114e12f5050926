#include "e2e/fault_table.h"

#include <stdio.h>
#include <string.h>

enum { LONG_BODY = 200000, BOMB = 2000000, FLOOD_LINES = 1001, LONG_LOCATION = FAULT_MAX_URL + 100 };

#define LINE        "HTTP/1.1 200 OK\r\n"
#define HTML        "Content-Type: text/html\r\n"
#define BEHIND      "<a href=/behind>"
#define NEVER       "<a href=/never>"
#define X5          "X: 1\r\nX: 2\r\nX: 3\r\nX: 4\r\nX: 5\r\n"
#define SHORT_LINES X5 X5 X5 X5 X5
#define RAW(...)    .page = {.fault = SITE_RAW, __VA_ARGS__}

static char long_body[LONG_BODY + 1]; /* a link to follow, then noise that no coding makes short */
static char bomb[BOMB + 1];
static char flood[FLOOD_LINES * sizeof "X: 1\r\n"];
static char interim[FLOOD_LINES * sizeof "HTTP/1.1 103 Early\r\nX: 1\r\n\r\n"];
static char trailers[FLOOD_LINES * sizeof "X: 1\r\n" + 200];
static char long_location[LONG_LOCATION + 1];
static char long_target[LONG_LOCATION + sizeof "http://127.0.0.1:{PORT}"];

static const char nul_body[] = "<title>a\0b</title>\0\0<p \0 title='\0'>\0<!-- \0 -->" BEHIND;
static const char nul_header[] = LINE "X-A: a\0b\r\nContent-Length: 0\r\n\r\n";

static const struct fault TABLE[] = {
    {.name = "row 10: nobody listens",
     .url = "http://127.0.0.1:{OTHER}/",
     .error = "connect-refused",
     .tries = FAULT_TRIES},
    {.name = "row 10: a black hole",
     .url = "http://127.0.0.1:{PORT5}/",
     .error = "connect-timed-out",
     .tries = FAULT_TRIES},
    {.name = "row 10: no answer",
     .url = "/close",
     .page = {.fault = SITE_CLOSE_BEFORE_HEAD},
     .error = "no-answer",
     .tries = FAULT_TRIES},
    {.name = "row 10: reset before the answer",
     .url = "/reset",
     .page = {.fault = SITE_RESET_BEFORE_HEAD},
     .error = "connection-reset",
     .tries = FAULT_TRIES},
    {.name = "row 10: reset after the head",
     .url = "/reset-after-head",
     .page = {.body = NEVER, .fault = SITE_RESET_AFTER_HEAD},
     .error = "connection-reset",
     .status = 200,
     .tries = FAULT_TRIES},
    {.name = "row 10: reset in the body",
     .url = "/reset-in-body",
     .page = {.body = NEVER "and more", .fault = SITE_RESET_IN_BODY},
     .error = "connection-reset",
     .status = 200,
     .tries = FAULT_TRIES},
    {.name = "row 11: never a byte",
     .url = "/silent",
     .page = {.fault = SITE_SILENT},
     .error = "idle",
     .tries = FAULT_TRIES},
    {.name = "row 11: silence in the body",
     .url = "/stall",
     .page = {.body = NEVER "and more than that", .fault = SITE_STALL_IN_BODY},
     .error = "idle",
     .status = 200,
     .tries = FAULT_TRIES},
    {.name = "row 11: a header line a byte now and then",
     .url = "/slow-line",
     .page = {.body = NEVER, .drip_bytes = 1, .drip_delay = 200},
     .error = "idle",
     .tries = FAULT_TRIES},
    {.name = "row 11: header lines now and then",
     .url = "/slow-head",
     .page = {.type = "", .headers = SHORT_LINES, .body = NEVER, .drip_bytes = 1, .drip_delay = 50},
     .error = "timed-out",
     .status = 200,
     .tries = FAULT_TRIES},
    {.name = "row 11: a body a byte now and then",
     .url = "/slow-body",
     .page = {.body = NEVER "and more", .drip_bytes = 1, .drip_delay = 500, .drip_body = true},
     .error = "timed-out",
     .status = 200,
     .tries = FAULT_TRIES},
    {.name = "row 11: slow, but it comes to an end",
     .url = "/slow",
     .page = {.body = BEHIND, .drip_bytes = 1, .drip_delay = 10, .drip_body = true},
     .status = 200},
    {.name = "row 12: an endless body",
     .url = "/endless",
     .page = {.body = BEHIND "on and on", .fault = SITE_ENDLESS_BODY},
     .error = "body-too-large",
     .status = 200,
     .truncated = true,
     .size = FAULT_MAX_BODY},
    {.name = "row 12: four gigabytes announced",
     .url = "/announced",
     .page = {.body = long_body, .headers = "Content-Length: 4000000000\r\n", .fault = SITE_ENDLESS_BODY},
     .error = "body-too-large",
     .status = 200,
     .truncated = true,
     .size = FAULT_MAX_BODY},
    {.name = "row 12: beyond the limit by a little",
     .url = "/large",
     .page = {.body = long_body, .length = FAULT_MAX_BODY + 1},
     .error = "body-too-large",
     .status = 200,
     .truncated = true,
     .size = FAULT_MAX_BODY},
    {.name = "row 12: just the limit",
     .url = "/limit",
     .page = {.body = long_body, .length = FAULT_MAX_BODY},
     .status = 200,
     .size = FAULT_MAX_BODY},
    {.name = "row 12: a length that is too short",
     .url = "/too-short",
     .page = {.body = BEHIND NEVER, .length = 2 * (sizeof BEHIND - 1), .fault = SITE_LENGTH_TOO_SHORT},
     .status = 200,
     .size = sizeof BEHIND - 1},
    {.name = "row 12: a length below zero",
     .url = "/negative",
     RAW(.body = LINE HTML "Content-Length: -5\r\n\r\n" NEVER),
     .error = "protocol",
     .status = 200,
     .tries = FAULT_TRIES},
    {.name = "row 13: a short body",
     .url = "/too-long",
     .page = {.body = NEVER, .fault = SITE_LENGTH_TOO_LONG},
     .error = "truncated",
     .status = 200,
     .tries = FAULT_TRIES},
    {.name = "row 13: a bad chunk",
     .url = "/bad-chunk",
     .page = {.body = NEVER, .fault = SITE_BAD_CHUNK_SIZE},
     .error = "protocol",
     .status = 200,
     .tries = FAULT_TRIES},
    {.name = "row 13: a cut chunk",
     .url = "/cut-chunk",
     .page = {.body = NEVER, .fault = SITE_CUT_CHUNK},
     .error = "truncated",
     .status = 200,
     .tries = FAULT_TRIES},
    {.name = "row 13: no last chunk",
     .url = "/no-last-chunk",
     RAW(.body = LINE HTML "Transfer-Encoding: chunked\r\n\r\nf\r\n" NEVER "\r\n"),
     .error = "truncated",
     .status = 200,
     .tries = FAULT_TRIES},
    {.name = "row 13: a short body, then a whole one",
     .url = "/mended",
     .page = {.body = BEHIND, .fault = SITE_LENGTH_TOO_LONG, .fault_times = 1},
     .status = 200,
     .tries = FAULT_TRIES},
#define CODED(coding_name, coding_number)                                                               \
    {.name = "row 14: cut " coding_name,                                                                \
     .url = "/cut-" coding_name,                                                                        \
     .page = {.body = NEVER NEVER, .coding = (coding_number), .fault = SITE_CUT_CODING},                \
     .error = "truncated",                                                                              \
     .status = 200,                                                                                     \
     .tries = FAULT_TRIES},                                                                             \
        {.name = "row 14: corrupt " coding_name,                                                        \
         .url = "/corrupt-" coding_name,                                                                \
         .page = {.body = NEVER NEVER, .coding = (coding_number), .fault = SITE_CORRUPT_CODING},        \
         .error = "decode",                                                                             \
         .status = 200,                                                                                 \
         .tries = FAULT_TRIES},                                                                         \
    {                                                                                                   \
        .name = "row 14: a bomb of " coding_name, .url = "/bomb-" coding_name,                          \
        .page = {.body = bomb, .coding = (coding_number)}, .error = "decoded-too-large", .status = 200, \
        .truncated = true                                                                               \
    }
    CODED("gzip", SITE_GZIP),
    CODED("deflate", SITE_DEFLATE),
    CODED("br", SITE_BROTLI),
    CODED("zstd", SITE_ZSTD),
    {.name = "row 14: an unknown coding",
     .url = "/unknown",
     .page = {.body = NEVER, .headers = "Content-Encoding: sdch\r\n"},
     .error = "coding-unknown",
     .status = 200},
    {.name = "row 15: a header line of a megabyte",
     .url = "/huge-header",
     .page = {.body = NEVER, .fault = SITE_HUGE_HEADER},
     .error = "headers-too-large",
     .status = 200},
    {.name = "row 15: headers for ever",
     .url = "/endless-headers",
     .page = {.fault = SITE_ENDLESS_HEADERS},
     .error = "headers-too-large",
     .status = 200},
    {.name = "row 15: more than a thousand headers",
     .url = "/flood",
     .page = {.body = NEVER, .headers = flood},
     .error = "headers-too-large",
     .status = 200},
    {.name = "row 15: interim answers for ever",
     .url = "/interim",
     RAW(.body = interim),
     .error = "headers-too-large",
     .status = 103},
    {.name = "row 15: trailers for ever",
     .url = "/trailers",
     RAW(.body = trailers),
     .error = "headers-too-large",
     .status = 200},
    {.name = "row 15: HTTP/0.9",
     .url = "/http-0.9",
     .page = {.body = NEVER, .fault = SITE_HTTP_0_9},
     .error = "protocol",
     .tries = FAULT_TRIES},
    {.name = "row 15: garbage",
     .url = "/garbage",
     .page = {.body = NEVER, .fault = SITE_GARBAGE},
     .error = "protocol",
     .tries = FAULT_TRIES},
    {.name = "row 15: another protocol",
     .url = "/ssh",
     RAW(.body = "SSH-2.0-OpenSSH_9.2\r\n" NEVER),
     .error = "protocol",
     .tries = FAULT_TRIES},
    {.name = "row 15: NUL in a header",
     .url = "/nul-header",
     RAW(.body = nul_header, .length = sizeof nul_header - 1),
     .error = "protocol",
     .status = 200,
     .tries = FAULT_TRIES},
    {.name = "row 16: a loop of one",
     .url = "/loop",
     .page = {.status = 301, .location = "/loop"},
     .status = 301,
     .redirect = "http://127.0.0.1:{PORT}/loop"},
    {.name = "row 16: a loop of two",
     .url = "/loop2",
     .page = {.status = 302, .location = "/loop3"},
     .status = 302,
     .redirect = "http://127.0.0.1:{PORT}/loop3"},
    {.name = "row 16: its other half",
     .url = "/loop3",
     .page = {.status = 302, .location = "/loop2"},
     .status = 302,
     .redirect = "http://127.0.0.1:{PORT}/loop2",
     .unlinked = true},
    {.name = "row 16: redirects without end",
     .url = "/chain",
     .page = {.status = 307, .location = "/chain1"},
     .status = 307,
     .redirect = "http://127.0.0.1:{PORT}/chain1"},
    {.name = "row 16: its second",
     .url = "/chain1",
     .page = {.status = 303, .location = "/chain2"},
     .status = 303,
     .redirect = "http://127.0.0.1:{PORT}/chain2",
     .unlinked = true},
    {.name = "row 16: its third",
     .url = "/chain2",
     .page = {.status = 308, .location = "/chain3"},
     .status = 308,
     .redirect = "http://127.0.0.1:{PORT}/chain3",
     .unlinked = true},
    {.name = "row 16: its last",
     .url = "/chain3",
     .page = {.status = 302, .location = "/chain4"},
     .status = 302,
     .redirect = "http://127.0.0.1:{PORT}/chain4",
     .skipped = "http://127.0.0.1:{PORT}/chain4",
     .reason = "redirects",
     .unlinked = true},
    {.name = "row 16: a Location that is too long",
     .url = "/long-location",
     .page = {.status = 301, .location = long_location},
     .status = 301,
     .redirect = long_target,
     .skipped = long_target,
     .reason = "too-long"},
    {.name = "row 16: a malformed Location",
     .url = "/malformed",
     .page = {.status = 301, .location = "http://[bad/"},
     .status = 301,
     .skipped = "http://[bad/",
     .reason = "malformed"},
    {.name = "row 16: an empty Location",
     .url = "/empty",
     .page = {.status = 301, .location = ""},
     .status = 301,
     .redirect = "http://127.0.0.1:{PORT}/empty"},
#define TO_SCHEME(scheme, target)                                                                          \
    {                                                                                                      \
        .name = "row 16: to " scheme, .url = "/to-" scheme, .page = {.status = 301, .location = (target)}, \
        .status = 301, .redirect = (target), .skipped = (target), .reason = "scheme"                       \
    }
    TO_SCHEME("file", "file:///etc/passwd"),
    TO_SCHEME("ftp", "ftp://127.0.0.1/x"),
    TO_SCHEME("data", "data:text/html,<a href=/never>"),
    TO_SCHEME("javascript", "javascript:alert(1)"),
    {.name = "row 18: a handshake that stalls",
     .url = "https://127.0.0.1:{PORT4}/",
     .error = "connect-timed-out",
     .tries = FAULT_TRIES},
    {.name = "row 18: a certificate of another host", .url = "https://127.0.0.1:{PORT2}/never", .error = "certificate"},
    {.name = "row 18: a certificate that has ended", .url = "https://127.0.0.1:{PORT3}/never", .error = "certificate"},
    {.name = "row 18: a certificate as it should be", .url = "https://127.0.0.1:{PORT1}/behind", .status = 200},
    {.name = "row 23: NUL bytes in a page",
     .url = "/nul",
     .page = {.body = nul_body, .length = sizeof nul_body - 1},
     .status = 200,
     .size = sizeof nul_body - 1},
    {.name = "row 23: escapes in a page",
     .url = "/escapes",
     .page = {.body = "<title>\x1b]0;x\x07</title>\x1b[2J" BEHIND "<a href='http://\x1b[31m/'>"},
     .status = 200},
    {.name = "row 23: escapes in a type",
     .url = "/type",
     .page = {.type = "text/html\x1b[31m; charset=\"\x1b[2J\"", .body = NEVER},
     .status = 200},
    {.name = "row 23: escapes in a Location",
     .url = "/escaped-location",
     .page = {.status = 301, .location = "http://\x1b[31m\xff/"},
     .status = 301},
    {.name = "row 23: escapes in a status line",
     .url = "/status-line",
     RAW(.body = "HTTP/1.1 200 \x1b[31m\r\n" HTML "\r\n" BEHIND),
     .status = 200},
    {.name = "row 23: a charset that is none",
     .url = "/no-charset",
     .page = {.type = "text/html; charset=nonsense", .body = BEHIND},
     .status = 200},
    {.name = "row 23: the wrong charset",
     .url = "/wrong-charset",
     .page = {.type = "text/html; charset=utf-8", .body = "\xff\xfe\xe9\x80<p title='\xe9'>" BEHIND},
     .status = 200},
    {.name = "what they link to", .url = "/behind", .page = {.body = "well"}, .status = 200, .unlinked = true},
    {0},
};

static void fill(char *out, size_t size, const char *piece)
{
    size_t length = strlen(piece);
    for (; size > length; size -= length)
        out = stpcpy(out, piece);
}

static void make_bodies(void)
{
    unsigned state = 7;
    for (size_t i = 0; i < LONG_BODY; i++) {
        state = state * 1103515245u + 12345u;
        long_body[i] = (char)('a' + (state >> 16) % 16);
    }
    memset(bomb, 'x', BOMB);
    memcpy(long_body, BEHIND, sizeof BEHIND - 1);
    memcpy(bomb, BEHIND, sizeof BEHIND - 1);
    fill(flood, sizeof flood, "X: 1\r\n");
    fill(interim, sizeof interim, "HTTP/1.1 103 Early\r\nX: 1\r\n\r\n");
    snprintf(trailers, sizeof trailers, "%s%s\r\n", LINE HTML "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n",
             flood);
    memset(long_location, 'l', LONG_LOCATION);
    long_location[0] = '/';
    snprintf(long_target, sizeof long_target, "http://127.0.0.1:{PORT}%s", long_location);
}

const struct fault *fault_table(void)
{
    if (!long_body[0])
        make_bodies();
    return TABLE;
}

const struct site_listener *fault_listeners(void)
{
    static const struct site_listener listeners[FAULT_LISTENERS] = {
        [FAULT_TLS] = {.tls = SITE_TLS},
        [FAULT_WRONG_HOST] = {.tls = SITE_TLS_WRONG_HOST},
        [FAULT_EXPIRED] = {.tls = SITE_TLS_EXPIRED},
        [FAULT_STALLED] = {.tls = SITE_TLS_STALLED},
        [FAULT_FULL] = {.is_full = true},
    };
    return listeners;
}
