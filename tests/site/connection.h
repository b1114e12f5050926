/* connection.h - one connection: reads requests, waits, sends answers, ends as the answer says. */
#ifndef SITE_CONNECTION_H
#define SITE_CONNECTION_H

#include <openssl/types.h>

#include "site/catalogue.h"
#include "site/poller.h"
#include "site/record.h"
#include "site/timers.h"

struct site_connection;

/* What all connections of a server share. */
struct site_hub {
    struct site_poller *poller;
    struct site_timers timers;
    struct site_catalogue *catalogue;
    struct site_record *record;
    struct site_connection *connections;                  /* all that are open */
    struct site_connection *first_waiting, *last_waiting; /* for their turn to be answered */
    unsigned at_once;                                     /* see struct site_config */
    unsigned serving;                                     /* requests that are being answered */
    size_t open;
    unsigned accepted;
    unsigned drip; /* see struct site_config */
    bool drip_body;
    bool one_byte;
    void (*closed)(struct site_hub *hub); /* called after a connection has gone; may be NULL */
};

/* What a connection's listener makes of it. */
struct site_manner {
    unsigned listener; /* its index */
    SSL_CTX *tls;      /* NULL: plain */
    bool stalled;      /* it is never spoken to */
};

/* Takes over an accepted descriptor, which is non-blocking. Closes it when memory is out. */
void site_connection_open(struct site_hub *hub, int fd, const struct site_manner *manner);

/* Goes on with the connection whose timer is due. */
void site_connection_due(struct site_timer *timer);

/* Breaks off all connections. */
void site_connection_close_all(struct site_hub *hub);

#endif
