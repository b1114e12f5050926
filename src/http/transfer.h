/* transfer.h - one easy handle and the exchange that it is in; shared by the files that make it up. */
#ifndef HTTP_TRANSFER_H
#define HTTP_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>

#include "http/client.h"
#include "http/target.h"

enum phase { IDLE, LOOKING_UP, WAITING, RUNNING, OVER /* libcurl has given the handle back */ };

/* What an easy handle keeps from one request to the next, so that it is told again only what differs. */
struct described {
    const struct origin *origin;      /* whose options are set; NULL for none */
    const struct curl_slist *headers; /* NULL for none, or for those of a request that is over */
    bool has_referer;
    bool is_fresh;
    bool is_tapped;
};

/* How far an exchange is that somebody listens to (tap.h). */
struct tapping {
    bool is_coded; /* the body comes in a transfer coding */
    uint64_t body; /* bytes of it so far, when it is */
};

struct transfer {
    struct list_node node; /* in client->idle, ->running, ->aborted or origin->waiting */
    struct http_client *client;
    CURL *easy;
    struct fetch *fetch; /* NULL once abandoned */
    struct origin *origin;
    enum phase phase;
    struct resolver_lookup lookup;
    struct loop_callback looked_up;
    struct loop_timer watchdog;
    struct loop_callback resume; /* scheduled while libcurl holds the body back */
    bool is_resuming;
    struct decoder *decoder;
    struct curl_slist *names;   /* addresses for libcurl's cache */
    struct curl_slist *headers; /* made for this request alone; else NULL */
    struct described described;
    struct resolver_address refused; /* by the guard, the last one; family 0 for none */
    struct target target;
    struct tapping tapping;
    nanoseconds added;     /* to libcurl */
    nanoseconds active;    /* last sign of life; before a connection: when its limit began to run */
    unsigned header_lines; /* so far, interim answers and trailers included */
    size_t header_bytes;   /* of these */
    bool is_interim;       /* the head that comes in is that of a 1xx */
    bool head_is_over;     /* that of the answer proper: header lines that come now are trailers */
    unsigned shard;        /* where it runs */
    bool is_fresh;         /* takes no connection that has served before */
    bool tried;            /* libcurl has opened a socket or taken a used one */
    bool connected;        /* a connection is there and the request goes out */
    bool begun;            /* the sink knows of the answer */
    bool is_garbled;       /* what came is no answer that can be made out */
    int error;             /* that a callback found; wins over libcurl's */
    int open_error;        /* why the last socket could not be opened; 0 when it could */
    char detail[CURL_ERROR_SIZE];
};

/* A connection is there, new or used, and the request is about to be sent: to be told once, from libcurl's callback. */
void transfer_connected(struct transfer *transfer);

#endif
