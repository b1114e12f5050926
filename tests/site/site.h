/* site.h - the web server that tests crawl.
 *
 * A site runs in a child process of the test and dies with it. It serves a table of pages, each with its own behaviour
 * down to broken answers, and counts and records what it is asked in memory shared with the test. It uses nothing of
 * src/, so that it can be trusted to judge it. HTTP/1.1 only, with keep-alive and pipelining, plain or over TLS. */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum site_framing {
    SITE_LENGTH,     /* Content-Length */
    SITE_CHUNKED,    /* Transfer-Encoding: chunked, in pieces of at most 1,000 bytes */
    SITE_UNTIL_CLOSE /* neither: the end of the connection ends the body */
};

/* Done by the server whatever the client accepts, and named in Content-Encoding. */
enum site_coding { SITE_IDENTITY, SITE_GZIP, SITE_DEFLATE, SITE_BROTLI, SITE_ZSTD };

enum site_fault {
    SITE_NO_FAULT,
    SITE_CLOSE_BEFORE_HEAD, /* the connection ends without an answer */
    SITE_CLOSE_REUSED,      /* the same when the connection has served before; a fresh one is served */
    SITE_RESET_REUSED,      /* as SITE_CLOSE_REUSED, by RST */
    SITE_CLOSE_AFTER,       /* a whole answer, then the connection ends though the head did not say so */
    SITE_RESET_BEFORE_HEAD, /* RST instead of an answer */
    SITE_RESET_AFTER_HEAD,
    SITE_RESET_IN_BODY,    /* after half of the body */
    SITE_STALL_IN_BODY,    /* half of the body, then nothing more; the connection stays until the client leaves */
    SITE_LENGTH_TOO_LONG,  /* Content-Length is 10 more than is sent before the end of the connection */
    SITE_LENGTH_TOO_SHORT, /* Content-Length is half of the body that is sent */
    SITE_BAD_CHUNK_SIZE,   /* chunked; the second chunk's size is no number */
    SITE_CUT_CHUNK,        /* chunked; the connection ends inside of the last chunk */
    SITE_CUT_CODING,       /* the first half of the body in its coding, which is not ended; the length is right */
    SITE_CORRUPT_CODING,   /* the same, followed by bytes that can't be in that coding */
    SITE_ENDLESS_BODY,     /* the body again and again, until the connection ends */
    SITE_ENDLESS_HEADERS,  /* header lines for ever */
    SITE_HUGE_HEADER,      /* one header line of 1 MiB, then the rest as it should be */
    SITE_GARBAGE,          /* bytes that are no HTTP, then the end of the connection */
    SITE_HTTP_0_9,         /* the body alone, then the end of the connection */
    SITE_NOT_NOW,          /* no fault but the page's status and headers; without it the page is 200 and lacks them */
    SITE_SILENT,           /* never a byte; the connection stays until the client leaves */
    SITE_RAW               /* the bytes of `body` instead of head and body, then the end of the connection */
};

/* In `headers` and `body`, {PORT} stands for the port of the site's first listener, {PORT1}, {PORT2}... for those of
 * the others, and {OTHER} for the configuration's other_port. */
struct site_page {
    const char *host;     /* serves this Host only (lower case, no port); NULL: any that has no page of its own */
    const char *path;     /* as requested, query included; one that ends in '*' serves all that begin so */
    const char *type;     /* Content-Type; NULL: "text/html; charset=utf-8"; "": none */
    const char *location; /* Location; NULL: none. {PORT} as above */
    const char *headers;  /* more header lines, each ended by "\r\n"; NULL: none */
    const char *body;     /* NULL: empty */
    size_t length;        /* bytes of `body`; 0: up to its NUL */
    int status;           /* 0: 200 */
    enum site_framing framing;
    enum site_coding coding;
    unsigned delay;      /* milliseconds before the answer begins */
    unsigned drip_bytes; /* the answer goes out in pieces of so many bytes; 0: at once */
    unsigned drip_delay; /* milliseconds between pieces */
    bool drip_body;      /* only the body drips, the head goes out at once */
    enum site_fault fault;
    unsigned fault_times; /* only the first so many requests meet the fault, then the page is served; 0: all */
    const char *etag;     /* ETag, with its quotes; NULL: none. A request with the same If-None-Match gets 304 */
    const char
        *modified; /* Last-Modified; NULL: none. A request with the same If-Modified-Since, and no If-None-Match, gets
                             304 */
};

enum site_tls {
    SITE_PLAIN,
    SITE_TLS,            /* a certificate for localhost, 127.0.0.1, ::1, *.test, *.site.test and the hosts of the pages,
                            signed by the CA of site_ca_file */
    SITE_TLS_WRONG_HOST, /* one for wrong.example */
    SITE_TLS_EXPIRED,    /* one that ended yesterday */
    SITE_TLS_ASKING,     /* as SITE_TLS, and asks for a client certificate, of which any will do, and none */
    SITE_TLS_STALLED     /* takes the connection and never says a word */
};

struct site_listener {
    const char *address; /* a numeric one of this machine; NULL: as the next line says */
    bool ipv6;           /* [::1]; else 127.0.0.1 */
    bool is_full;        /* takes no connection: its queue is full, so that who connects hears nothing */
    uint16_t port;       /* 0: a free one */
    enum site_tls tls;
};

/* A site of `pages` + 1 generated pages, "/" and "/page/1" to "/page/N". With `links` >= `pages`, "/" links to all
 * others and they to "/". Else each page links to its children in a tree (the next page when `links` is 1), so that all
 * can be reached, and to pseudo-random ones up to `links`. */
struct site_graph {
    unsigned pages;
    unsigned links;
    unsigned children; /* of a page in the tree; 0: 2 */
    bool known_only;   /* the pseudo-random links lead to pages that a breadth-first crawl has met already */
    size_t size;       /* least bytes of a page */
    unsigned delay;    /* milliseconds before each answer but that of "/" */
    uint64_t seed;
};

/* What is asked for is looked up in `pages`, then the traps, `graph` and `root`; 404 is the answer when none has it.
 * All that is pointed to must live until site_start has returned. */
struct site_config {
    const struct site_page *pages; /* ends with a path of NULL; NULL: none */
    bool traps;                    /* sites without an end, below /traps/ (traps.h) */
    const struct site_graph *graph;
    const char *root;                      /* a directory whose files are served; NULL: none */
    const struct site_listener *listeners; /* NULL: one, plain, 127.0.0.1, any port */
    size_t listener_count;
    uint16_t other_port;   /* what {OTHER} stands for */
    unsigned drip;         /* milliseconds; answers that don't drip go out a byte each so often; 0: no */
    bool drip_body;        /* only their bodies drip, the heads go out at once */
    bool one_byte;         /* every answer goes out a byte a packet, above 16 KiB in 16 Ki packets; requests are read
                              a byte at a time */
    unsigned at_once;      /* most requests that are being answered; the others wait in order of arrival. 0: no limit */
    unsigned freeze_after; /* milliseconds from the first request until all stands still, once... */
    unsigned freeze_for;   /* ...for so many milliseconds; 0: never */
};

struct site;

/* Starts a site; it takes connections when this returns. Returns 0, or -1 with errno set. */
int site_start(const struct site_config *config, struct site **out);

/* Ends the site and frees it. Returns 0, or -1 when its process had died or failed. NULL is allowed. */
int site_stop(struct site *site);

/* The port of the listener `index`, counted from 0. */
uint16_t site_port(const struct site *site, size_t index);

/* Writes "scheme://address:port" and `path` for the first listener to `url`, and returns `url`. */
char *site_url(const struct site *site, const char *path, char *url, size_t size);

/* The file with the CA's certificate (PEM), which is the same for all sites of a process; NULL without TLS. It goes
 * when the site stops. */
const char *site_ca_file(const struct site *site);

/* How often `path` ("/a?b", of any host) or host and path ("a.test/a?b") was asked for. */
unsigned site_request_count(const struct site *site, const char *path);

/* The count of the page (host and path) that was asked for most: 1 when none was asked for twice. */
unsigned site_most_requests(const struct site *site);

unsigned site_requests(const struct site *site);    /* requests in all */
unsigned site_connections(const struct site *site); /* connections accepted */

/* Most connections open at once: never more than the clients had. One that was over when the next turn of the server's
 * loop came may be missing. */
unsigned site_peak_connections(const struct site *site);

/* Most requests being answered at once. A request is, from the arrival of its head until the last byte of the answer
 * has been handed to the system or the end of its connection has been seen. */
unsigned site_peak_in_flight(const struct site *site);

/* Answers in a second: the median of all whole seconds since the first request but the first and the last, of the first
 * hour; 0 when there were none. */
unsigned site_rate(const struct site *site);

/* The time in microseconds, to the next 100, that `percent` of the answers don't exceed: from the arrival of a request
 * until the last byte of its answer has been handed to the system. 10 s stand for all that is longer. */
unsigned site_service_time(const struct site *site, double percent);

enum { SITE_REQUEST_HEAD = 2000, SITE_REQUESTS_KEPT = 8192 };

struct site_request {
    unsigned connection;          /* number of the connection, from 0, in the order of acceptance */
    unsigned listener;            /* index of the listener */
    bool has_certificate;         /* the client has shown one */
    int64_t arrived;              /* nanoseconds on the monotonic clock */
    char head[SITE_REQUEST_HEAD]; /* request line and headers as sent, cut when longer; NUL-terminated */
};

/* Copies the request `index`, counted from 0 in the order of arrival. False when there were fewer, or when it is not
 * among the last SITE_REQUESTS_KEPT any more. */
bool site_request(const struct site *site, unsigned index, struct site_request *out);

/* Copies the target of a request ("/a?b"); returns `target`. */
char *site_request_target(const struct site_request *request, char *target, size_t size);

/* Copies the value of the header `name` (in any case), trimmed. False when the request had none. */
bool site_request_header(const struct site_request *request, const char *name, char *value, size_t size);

/* A port of 127.0.0.1 on which nobody listens, as far as can be known. 0 when there is none. */
uint16_t site_unused_port(void);

#endif
