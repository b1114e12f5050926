#include "store/store.h"

#include "base/error.h"
#include "web/url.h"

int store_source_referrer(struct store_source *source, struct referrer **out)
{
    if (!source->referrer && source->page.length) {
        source->referrer = referrer_create(source->page);
        if (!source->referrer)
            return ERR_NO_MEMORY;
    }
    *out = source->referrer;
    return 0;
}

void store_source_free(struct store_source *source)
{
    referrer_release(source->referrer);
    source->referrer = NULL;
}

void claim_init(struct claim *claim)
{
    *claim = (struct claim){0};
    buf_init(&claim->url, URL_MAX_LENGTH);
}

void claim_free(struct claim *claim)
{
    referrer_release(claim->referrer);
    buf_free(&claim->url);
}
