#include "crawl/set_aside.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

int set_aside_create(struct set_aside **out, struct slice url, uint64_t id, struct store_source *source)
{
    struct referrer *referrer;
    int err = store_source_referrer(source, &referrer);
    if (err)
        return err;
    struct set_aside *set_aside = malloc(sizeof *set_aside + url.length);
    if (!set_aside)
        return ERR_NO_MEMORY;
    set_aside->referrer = referrer_hold(referrer);
    set_aside->id = id;
    set_aside->length = url.length;
    memcpy(set_aside->url, url.data, url.length);
    *out = set_aside;
    return 0;
}

void set_aside_free(struct set_aside *set_aside)
{
    if (!set_aside)
        return;
    referrer_release(set_aside->referrer);
    free(set_aside);
}
