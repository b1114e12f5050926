/* memory_store.h - a crawl that lives as long as its process: a table of fingerprints and a queue for each origin. */
#ifndef STORE_MEMORY_STORE_H
#define STORE_MEMORY_STORE_H

#include "store/store.h"

/* At most `at_once` URLs of an origin are claimed at once as long as its pace is not set; 0 for no limit. Errors:
 * ERR_NO_MEMORY. */
int memory_store_create(struct store **out, uint32_t at_once);

#endif
