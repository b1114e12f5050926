/* memory_store.h - a crawl that lives as long as its process: a table of fingerprints and a queue for each origin. */
#ifndef STORE_MEMORY_STORE_H
#define STORE_MEMORY_STORE_H

#include "store/store.h"

/* At most `at_once` URLs of an origin are claimed at once as long as its pace is not set; 0 for no limit. Of the URLs
 * that wait, about `budget` bytes are in memory, 0 for all, and the others in a file in `folder` (url_queue.h). Errors:
 * ERR_NO_MEMORY. */
int memory_store_create(struct store **out, uint32_t at_once, uint64_t budget, const char *folder);

#endif
