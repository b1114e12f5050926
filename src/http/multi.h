/* multi.h - one libcurl multi handle on the loop.
 *
 * libcurl says which sockets it wants watched and when it wants to be called; the loop does both. libcurl only ever
 * runs on the loop's own stack and is never re-entered: its callbacks note what it asks for, and nothing else. All
 * functions here must be called on the loop's stack, outside of libcurl's callbacks. */
#ifndef HTTP_MULTI_H
#define HTTP_MULTI_H

#include <curl/curl.h>

#include "async/loop.h"

struct multi;

struct multi_events {
    /* Told once for each handle that is over, after it was removed: it may be freed or added again at once. */
    void (*done)(void *context, CURL *easy, CURLcode result);
    /* Told when libcurl lacked memory, so that all handles that are in it must be removed: nothing may become of
     * them. */
    void (*failed)(void *context, const struct multi *multi);
    void *context;
};

/* `max_connections`: open at once; 0 for no limit. Errors: ERR_NO_MEMORY. */
int multi_create(struct multi **out, struct loop *loop, unsigned max_connections, const struct multi_events *events);

/* Closes all connections. No handle may be in it. NULL is allowed. */
void multi_free(struct multi *multi);

/* Sets how many idle connections are kept beside those of the transfers, 1 or more, from the next transfer on that is
 * added or over. At first it is 1. */
void multi_limit_idle(struct multi *multi, long most);

/* To be told of each socket that is opened for a transfer, by CURLOPT_OPENSOCKETFUNCTION. libcurl 7.88 closes those
 * that were never connected without a word: what is still known of one is not to be taken for its successor's, which
 * has the same number. */
void multi_socket_opened(struct loop *loop, curl_socket_t fd);

/* Starts a transfer. Errors: ERR_NO_MEMORY, ERR_INVALID. */
int multi_add(struct multi *multi, CURL *easy);

/* Breaks a transfer off; nothing is told. */
void multi_remove(struct multi *multi, CURL *easy);

#endif
