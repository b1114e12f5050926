/* origin.h - what the client knows of one scheme, host and port.
 *
 * Also the place where transfers to it wait while many connections to it are being opened: a thousand at once would
 * overrun the server's backlog, and dropped SYNs cost a second each. */
#ifndef HTTP_ORIGIN_H
#define HTTP_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/slice.h"
#include "base/table.h"

struct guard_host;

enum { OPENING_PER_ORIGIN = 64 }; /* transfers to one origin that may be without a connection at once */

struct origin {
    struct slice name; /* "https://host:port", lower case, port always written */
    struct slice scheme;
    struct slice host;        /* without brackets */
    struct guard_host *named; /* what the guard knows of `host`; NULL when the user named no such host */
    uint16_t port;
    bool is_trusted;       /* credentials may go there */
    bool is_routed;        /* the fields up to fed_serial are filled */
    bool is_address;       /* next_hop is an IP literal */
    bool is_pinned;        /* that, or named in --resolve: no name needs to be looked up */
    const char *proxy;     /* that connections go through; "" for none */
    struct slice next_hop; /* the host that is connected to: the proxy, the target of --connect-to, or `host` */
    uint16_t next_port;
    bool is_vouched;     /* the user said what to connect to: it may be anywhere */
    bool is_fed;         /* libcurl was told the addresses of next_hop */
    uint64_t fed_serial; /* the answer that they are from */
    bool is_spread;      /* over several multi handles: see shards.h */
    bool has_home;
    unsigned home;   /* the first of them */
    unsigned *loads; /* transfers on each of them */
    unsigned load_count;
    unsigned opening;            /* transfers started and without a connection */
    struct list waiting;         /* transfers that wait for their turn to open one */
    struct list_node eager_node; /* linked while it is to be looked whether one of them may */
};

enum { ORIGIN_NAME_LIMIT = 400 }; /* a host name has at most 253 bytes */

struct origin_table {
    struct table by_name;
    struct origin *recent; /* the last one that was asked for; NULL for none */
    char spelling[ORIGIN_NAME_LIMIT];
    size_t spelling_length; /* how its scheme and authority were written */
};

void origin_table_init(struct origin_table *origins);
void origin_table_free(struct origin_table *origins);

/* The origin of an absolute URL; made when it is new. Errors: ERR_INVALID (no host, or a port that is no number),
 * ERR_NO_MEMORY. */
int origin_of_url(struct origin_table *origins, struct slice url, struct origin **out);

/* Where an authority ("host", "host:port", "[v6]:port", user info before '@' ignored) points to. `*host` is without
 * brackets; `*port` is 0 where none is written. Errors: ERR_INVALID. */
int authority_parse(struct slice authority, struct slice *host, uint16_t *port);

#endif
