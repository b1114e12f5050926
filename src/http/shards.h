/* shards.h - the multi handles of a client, and which of them a transfer goes to.
 *
 * libcurl looks through all connections to a host for each new request, and through all connections of a handle for
 * each request that is over, so that with thousands of them on one handle that costs more than fetching. Origins
 * therefore have homes, ORIGINS_PER_SHARD on a handle, and transfers to one origin are spread from there,
 * TRANSFERS_PER_SHARD to a handle. HTTP/2 wants the opposite, many transfers on one connection: an origin stays at home
 * until it has answered in HTTP/1. All handles share names, cookies and TLS sessions; connections they do not share.
 *
 * Of the descriptors that transfers don't need, half may be connections that are idle, and half stay free for new
 * ones. */
#ifndef HTTP_SHARDS_H
#define HTTP_SHARDS_H

#include "http/multi.h"
#include "http/origin.h"

enum { TRANSFERS_PER_SHARD = 64, ORIGINS_PER_SHARD = 8, MOST_SHARDS = 256 };

struct shards;

/* `max_connections`: open at once, 0 for no limit; with a limit, one handle has all. Handles are made as they are
 * needed, the first here. Errors: those of multi_create. */
int shards_create(struct shards **out, struct loop *loop, unsigned max_connections, const struct multi_events *events);

/* Closes all connections. No transfer may be going on. NULL is allowed. */
void shards_free(struct shards *shards);

/* Starts a transfer to `origin`. `*shard` is where it is, for the calls below with the same origin. Errors: those of
 * multi_add. */
int shards_add(struct shards *shards, struct origin *origin, CURL *easy, unsigned *shard);

/* The handle that a shard of the origin is. */
const struct multi *shards_multi(const struct shards *shards, const struct origin *origin, unsigned shard);

/* Breaks a transfer off. */
void shards_remove(struct shards *shards, struct origin *origin, CURL *easy, unsigned shard);

/* A transfer is over: its place is free. */
void shards_leave(struct shards *shards, struct origin *origin, unsigned shard);

/* The origin has answered in HTTP/1: from now on it is spread. */
void shards_spread(struct shards *shards, struct origin *origin);

#endif
