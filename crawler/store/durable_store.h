/* durable_store.h - a crawl that outlives its process: the memory store, and all that happens to it in a state file. */
#ifndef STORE_DURABLE_STORE_H
#define STORE_DURABLE_STORE_H

#include "record/archive.h"
#include "store/state.h"
#include "store/store.h"

/* `memory` is taken over, also when this fails; `state` lives as long as the store. Errors: ERR_NO_MEMORY. */
int durable_store_create(struct store **out, struct store *memory, struct state *state);

/* With each record goes where the archive ends, which lives as long as the store. */
void durable_store_set_archive(struct store *store, const struct archive *archive);

/* Until this is called what is enqueued comes from the file and is not written to it. */
void durable_store_begin(struct store *store);

#endif
