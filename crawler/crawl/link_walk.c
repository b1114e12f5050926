#include "crawl/link_walk.h"

#include "base/error.h"
#include "base/hash.h"

void link_walk_init(struct link_walk *walk)
{
    *walk = (struct link_walk){0};
    url_resolver_init(&walk->resolver);
    recent_init(&walk->recent);
}

void link_walk_free(struct link_walk *walk)
{
    url_resolver_free(&walk->resolver);
    recent_free(&walk->recent);
}

int link_walk_begin(struct link_walk *walk, struct page *page, const struct url *document)
{
    walk->page = page;
    walk->position = 0;
    int err = page_find_base(page, document, &walk->base);
    if (!err)
        err = url_resolver_begin(&walk->resolver, &walk->base, page_charset(page));
    return err ? err : recent_next_page(&walk->recent);
}

/* Resolves a link that the whole parser has to look at. Returns 1, 0 when this page had the same text before, or an
 * error. */
static int parse(struct link_walk *walk)
{
    uint64_t text = hash_bytes(walk->raw);
    /* The text stands in the same set as the URLs, but must not be taken for the one that it may be. */
    int met = recent_meet(&walk->recent, ~text);
    if (met < 0 || met == RECENT_REPEATED)
        return met < 0 ? met : 0;
    int err = url_resolver_parse(&walk->resolver, walk->raw);
    if (err == ERR_NO_MEMORY)
        return err;
    walk->is_malformed = err;
    walk->fingerprint = err ? text : url_resolver_fingerprint(&walk->resolver);
    return 1;
}

int link_walk_next(struct link_walk *walk)
{
    while (page_next_link(walk->page, &walk->position, &walk->raw)) {
        walk->is_malformed = false;
        if (url_resolver_join(&walk->resolver, walk->raw)) {
            walk->fingerprint = url_resolver_fingerprint(&walk->resolver);
        } else {
            int parsed = parse(walk);
            if (parsed < 0)
                return parsed;
            if (!parsed)
                continue;
        }
        int met = recent_meet(&walk->recent, walk->fingerprint);
        if (met < 0)
            return met;
        if (met != RECENT_REPEATED)
            return met == RECENT_KNOWN ? LINK_WALK_KNOWN : LINK_WALK_NEW;
    }
    return LINK_WALK_END;
}

const struct url *link_walk_url(struct link_walk *walk)
{
    return walk->is_malformed ? NULL : url_resolver_url(&walk->resolver);
}
