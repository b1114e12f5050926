/* set_aside.h - a URL that is known and not to be fetched, unless something better leads to it later. */
#ifndef CRAWL_SET_ASIDE_H
#define CRAWL_SET_ASIDE_H

#include "store/store.h"

struct set_aside {
    struct referrer *referrer; /* held; NULL for a root */
    uint64_t id;               /* its number in the store */
    size_t length;
    char url[]; /* not terminated */
};

/* Keeps a copy of `url`, whose number is `id`, and the referrer of `source`. Errors: ERR_NO_MEMORY. */
int set_aside_create(struct set_aside **out, struct slice url, uint64_t id, struct store_source *source);

/* NULL is allowed. */
void set_aside_free(struct set_aside *set_aside);

/* Valid as long as `set_aside`. */
static inline struct slice set_aside_url(const struct set_aside *set_aside)
{
    return (struct slice){set_aside->url, set_aside->length};
}

#endif
