/* fetch.h - HTTP requests through libcurl, driven by the loop.
 *
 * One client holds the connections, the DNS answers, the TLS sessions and the cookies of a crawl. Requests are made
 * from tasks; libcurl itself only ever runs on the loop's own stack, and is never re-entered. Bodies stream, decoded,
 * to a sink. Redirects are not followed: they are the caller's business. */
#ifndef HTTP_FETCH_H
#define HTTP_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "async/loop.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "http/resolver.h"

struct http_client;

enum http_version { HTTP_ANY, HTTP_1_0, HTTP_1_1, HTTP_2 };

/* How a client behaves. Texts and lists live as long as the client; lists end with NULL; NULL means none. Durations
 * and sizes of 0 mean no limit unless a line says otherwise. */
struct http_options {
    const char *user_agent;     /* never NULL */
    const char *const *headers; /* "Name: value" */
    const char *user;           /* "name:password" for Basic, sent to `auth_origins` only */
    const char *const
        *auth_origins;           /* "scheme://host:port", where `user`, `cookie`, `certificate` and `headers` that carry
                                        credentials (Authorization, Cookie, Proxy-Authorization) may go */
    const char *cookie;          /* "a=b; c=d", or NULL */
    const char *cookie_jar;      /* file read at the start and written at the end; NULL: no cookies are kept */
    bool keep_cookies;           /* the cookie engine is on, without a file */
    const char *proxy;           /* [scheme://]host:port; not socks4 or socks5 */
    bool proxy_from_environment; /* http_proxy, https_proxy, no_proxy count */
    const char *ca_file;         /* PEM; NULL for the system's */
    const char *certificate;     /* client certificate and key, PEM files; shown to `auth_origins` only */
    const char *key;
    bool insecure;             /* certificates are not verified */
    enum http_version version; /* HTTP_ANY: HTTP/2 where TLS negotiates it, else 1.1 */
    enum resolver_family family;
    const char *const *resolve;     /* "host:port:address[,address]", as curl's --resolve */
    const char *const *connect_to;  /* "host:port:host:port", as curl's --connect-to */
    const char *dns_servers;        /* see resolver.h */
    bool allow_private;             /* connections may go to any address; else see guard.h */
    const char *const *named_hosts; /* that the user named: see guard.h */
    nanoseconds connect_timeout;    /* name lookup, TCP and TLS together; waiting for a turn does not count */
    nanoseconds total_timeout;
    nanoseconds idle_timeout; /* longest silence of a connected server */
    uint64_t minimum_rate;    /* wire bytes a second over the last 30 s of a transfer */
    uint64_t max_body;        /* decoded and wire bytes, each */
    uint64_t
        max_headers; /* bytes of all headers of a response, interim ones and trailers included; 0: HTTP_MAX_HEADERS */
    unsigned max_ratio;       /* see decode.h */
    unsigned max_connections; /* open at once; 0: as many as there are transfers */
};

struct http_timings {     /* nanoseconds since the request was started; 0 where a phase did not happen */
    nanoseconds resolved; /* the name */
    nanoseconds begun;    /* handed to libcurl: the name is known and its turn has come */
    nanoseconds connected;
    nanoseconds secured; /* TLS handshake over */
    nanoseconds first_byte;
    nanoseconds total;
};

/* What came back. Zero it before the first use (http_response_init) and free it after the last. */
struct http_response {
    int error;              /* 0 when the exchange is whole; else why it is not, with whatever came before */
    char error_detail[256]; /* more words on `error`: libcurl's, or the address that was refused; may be empty */
    bool reached_server;    /* an answer came back, or what stood in its place: there is a server */
    int status;             /* 100 to 999; 0 when no status line came */
    enum http_version version;
    bool reused;             /* the connection had served before */
    bool truncated;          /* ended by our own max_body or ratio; `error` says which */
    bool arrived;            /* all of it: an error is one of its content coding */
    char remote_address[46]; /* text; empty when never connected */
    uint16_t remote_port;
    uint64_t wire_size;    /* body bytes as sent, transfer coding removed */
    uint64_t decoded_size; /* body bytes for the sink */
    uint64_t header_size;  /* bytes of the response's header block */
    struct http_timings timings;
    struct buf headers; /* the final response's header lines: "Name: value\r\n"... */
};

enum { HTTP_MAX_HEADERS = 256 * 1024 }; /* bytes of headers that are taken by default */

void http_response_init(struct http_response *response);
void http_response_free(struct http_response *response);

/* The value of the `nth` header (from 0) called `name` in any case, trimmed; data is NULL when there is none. Valid
 * until the response changes. */
struct slice http_response_header(const struct http_response *response, const char *name, size_t nth);

/* Takes the first line off `lines`, which begins as the response's headers; false at their end. The name is as it was
 * sent, the value trimmed. Lines without a name are passed over. */
bool http_next_header(struct slice *lines, struct slice *name, struct slice *value);

/* Whether an answer of that status says by Location where else to ask. */
static inline bool http_is_redirect(int status)
{
    return status == 300 || status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Where the body goes. All three run on the loop's stack and must not call the client. Each may be NULL. */
struct http_sink {
    /* Status and headers are there, and the body follows. Returns 0, or a negative error that ends the transfer. */
    int (*begin)(void *context, const struct http_response *response);
    /* The next decoded bytes. Returns 0, or a negative error that ends the transfer. */
    int (*write)(void *context, struct slice bytes);
    /* All is over, well or not (response->error), just before the task wakes. Not called for a fetch whose task was
     * cancelled: that one is gone. */
    void (*finish)(void *context, const struct http_response *response);
    void *context;
};

/* Who wants an exchange byte by byte, as it goes over the wire (RFC 9112). All run on the loop's stack and must not
 * call the client; those that return an int return 0, or a negative error that ends the transfer. Over HTTP/2 the lines
 * of request and head are those that libcurl makes of its frames. What was said to a proxy to get through is left
 * out. */
struct http_tap {
    /* The request is about to be sent. What came before went over a connection that turned out to be dead, and does not
     * count. */
    void (*begin)(void *context);
    /* The next bytes of the request. */
    int (*sent)(void *context, struct slice bytes);
    /* The next line of the answer's head; the last one is empty. A status line that comes later is another one's: what
     * came before was an interim answer (1xx). */
    int (*head)(void *context, struct slice line);
    /* The next bytes of the body, a transfer coding and its trailers included. What is sent behind the end of a body is
     * left out, unless the body is in a transfer coding. */
    int (*body)(void *context, struct slice bytes);
    /* The next bytes of the body, transfer coding removed. They came with those that `body` was given last. */
    int (*payload)(void *context, struct slice bytes);
    void *context;
};

struct http_request {
    const char *url;            /* absolute, http or https, already normalised; copied */
    const char *const *headers; /* more "Name: value" lines for this request; may be NULL; valid until the answer */
    const char *referer;        /* may be NULL; copied */
    const struct http_tap *tap; /* may be NULL; valid until the answer */
};

/* Errors: ERR_INVALID (an option's value, which is logged), ERR_NO_MEMORY, ERR_UNSUPPORTED, ERR_SYNTAX
 * (dns_servers). */
int http_client_create(struct http_client **out, struct loop *loop, const struct http_options *options);

/* Closes all connections and writes the cookie jar. No fetch may be going on. NULL is allowed. */
void http_client_free(struct http_client *client);

/* Makes a request and waits for its end. `response` is filled on every path; the value returned is response->error, or
 * ERR_CANCELLED when the running task was cancelled (the transfer is broken off then). Must be called in a task. */
int http_fetch(struct http_client *client, const struct http_request *request, const struct http_sink *sink,
               struct http_response *response);

/* Whether trying again could help: network trouble and cut answers yes; refusals by rule, certificates and limits
 * no. */
bool http_error_is_transient(int error);

struct http_client_stats {
    uint64_t requests;
    uint64_t connections_opened;
    uint64_t connections_reused;
    uint64_t in_flight;
};
void http_client_stats(const struct http_client *client, struct http_client_stats *stats);

#endif
