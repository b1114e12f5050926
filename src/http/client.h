/* client.h - what the parts of the HTTP client share: the client itself, its transfers, and fetches on their way. */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <curl/curl.h>

#include "async/future.h"
#include "http/cookies.h"
#include "http/decode.h"
#include "http/fetch.h"
#include "http/guard.h"
#include "http/multi.h"
#include "http/origin.h"
#include "http/shards.h"
#include "http/trust.h"

struct http_client {
    struct loop *loop;
    struct http_options options;
    struct resolver *resolver;
    struct trust *trust;
    struct guard guard;
    CURLSH *share; /* names, TLS sessions, cookies; never connections */
    struct shards *shards;
    struct origin_table origins;
    struct curl_slist *headers;         /* sent to all */
    struct curl_slist *private_headers; /* sent to trusted origins: those of `headers` and the credentials */
    struct curl_slist *pins;            /* options->resolve */
    struct curl_slist *connect_to;
    struct list queued;  /* fetches to be started */
    struct list eager;   /* origins with transfers that wait and, it seems, room for one */
    struct list running; /* transfers that libcurl works on */
    struct list aborted; /* transfers that nobody waits for any more */
    struct list idle;    /* transfers to be used again */
    struct loop_callback start;
    struct loop_callback clear;
    struct cookies cookies;
    struct http_client_stats stats;
};

/* A call of http_fetch, on the stack of its task. */
struct fetch {
    struct list_node node;
    const struct http_request *request;
    struct http_sink sink;
    struct http_response *response;
    struct transfer *transfer; /* NULL while queued */
    struct future done;
    nanoseconds started;
};

/* One easy handle and the exchange that it is in. All functions must be called on the loop's stack. */
struct transfer;

/* A transfer, used or new. Errors: NULL when memory is out. */
struct transfer *transfer_obtain(struct http_client *client);

/* Begins the exchange that `fetch` asks for; its future completes when it is over. */
void transfer_start(struct transfer *transfer, struct fetch *fetch);

/* Tells the transfer that nobody waits for it any more; it is broken off by a callback of the loop. May be called from
 * a coroutine. */
void transfer_abandon(struct transfer *transfer);

/* Breaks off an abandoned transfer. */
void transfer_clear(struct list_node *node);

/* Ends a running transfer for want of memory, where it runs on `multi`. */
void transfer_lose(struct list_node *node, const struct multi *multi);

/* libcurl has finished with a handle. */
void transfer_done(CURL *easy, CURLcode result);

/* Starts transfers that wait at an origin, as far as there is room. */
void transfer_run_waiting(struct origin *origin);

/* Ends a fetch without a transfer. */
void fetch_fail(struct fetch *fetch, int error);

/* Frees an idle transfer. */
void transfer_free(struct list_node *node);

#endif
