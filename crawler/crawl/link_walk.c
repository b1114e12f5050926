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
    walk->links = page_links(page);
    int err = page_find_base(page, document, &walk->base);
    if (!err)
        err = url_resolver_begin(&walk->resolver, &walk->base, page_charset(page));
    return err ? err : recent_next_page(&walk->recent);
}

/* Whether a link means the same on every page; its query may still depend on the encoding. */
static bool is_absolute(struct slice link)
{
    return slice_has_prefix_nocase(link, SLICE("http://")) || slice_has_prefix_nocase(link, SLICE("https://"));
}

/* The text of a link stands in the same set as URLs, but must not be taken for the one that it may be. */
static uint64_t key_of_text(const struct link_walk *walk)
{
    return ~walk->text ^ (uintptr_t)walk->resolver.charset;
}

/* Resolves a link that the whole parser has to look at. Returns 1, 0 when there is no need to (this page had the same
 * text before, or it leads out of the crawl), or an error. */
static int parse(struct link_walk *walk)
{
    walk->text = hash_bytes(walk->raw);
    int met = recent_meet(&walk->recent, key_of_text(walk));
    if (met < 0)
        return met;
    if (met == RECENT_REPEATED || (met == RECENT_KNOWN && recent_bit(&walk->recent)))
        return 0;
    int err = url_resolver_parse(&walk->resolver, walk->raw);
    if (err == ERR_NO_MEMORY)
        return err;
    walk->is_malformed = err;
    walk->fingerprint = err ? walk->text : walk->resolver.fingerprint;
    return 1;
}

int link_walk_next(struct link_walk *walk)
{
    while (page_next_link(&walk->links, &walk->raw)) {
        walk->is_malformed = false;
        walk->text = 0;
        if (url_resolver_join(&walk->resolver, walk->raw)) {
            walk->fingerprint = walk->resolver.fingerprint;
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

int link_walk_allow(struct link_walk *walk, bool allowed)
{
    recent_set_bit(&walk->recent, allowed);
    if (allowed || !walk->text || !is_absolute(walk->raw))
        return 0;
    int met = recent_meet(&walk->recent, key_of_text(walk));
    if (met < 0)
        return met;
    recent_set_bit(&walk->recent, true);
    return 0;
}

const struct url *link_walk_url(struct link_walk *walk)
{
    return walk->is_malformed ? NULL : url_resolver_url(&walk->resolver);
}
