/* Most links stand in the pages before in the same words, below the same directory: they come to the same URL, and to
 * be known by these words is cheaper than to be resolved. What is remembered of them is a fingerprint of both, as of
 * URLs, in a table where the latest of two that fall on one place stays. */
#include "crawl/link_walk.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"

enum { FORMS = 8192 }; /* a power of two */

/* A directory and words must not come to the same form when they change places. */
static const uint64_t DIRECTORY_FACTOR = 0x9e3779b97f4a7c15u;

struct known_form {
    uint64_t form;        /* of words and directory; 0 for none */
    uint64_t fingerprint; /* of the URL */
    uint32_t place;       /* hint for recent_meet_at */
};

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
    free(walk->forms);
    walk->forms = NULL;
}

int link_walk_begin(struct link_walk *walk, struct page *page, const struct url *document)
{
    walk->links = page_links(page);
    walk->later = page_nofollow_links(page);
    walk->is_behind = false;
    int err = page_find_base(page, document, &walk->base);
    if (!err)
        err = url_resolver_begin(&walk->resolver, &walk->base, page_charset(page));
    if (err)
        return err;
    if (!walk->forms)
        walk->forms = calloc(FORMS, sizeof *walk->forms);
    if (!walk->forms)
        return ERR_NO_MEMORY;
    walk->directory = DIRECTORY_FACTOR * hash_bytes(url_resolver_directory(&walk->resolver));
    return recent_next_page(&walk->recent);
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
static int parse(struct link_walk *walk, uint64_t words)
{
    walk->text = words;
    int met = recent_meet(&walk->recent, key_of_text(walk));
    if (met < 0)
        return met;
    if (met == RECENT_REPEATED || (met == RECENT_KNOWN && recent_bit(&walk->recent) && !walk->leaves_none))
        return 0;
    int err = url_resolver_parse(&walk->resolver, walk->raw);
    if (err == ERR_NO_MEMORY)
        return err;
    walk->is_malformed = err;
    walk->fingerprint = err ? walk->text : walk->resolver.fingerprint;
    return 1;
}

/* Whether it takes no more of the base than its directory to know what the link means, if it can be joined. */
static bool has_form(const struct link_walk *walk)
{
    return walk->resolver.joins && walk->raw.data[0] != '#' && walk->raw.data[0] != '?';
}

/* Resolves a link whose form is not known, and remembers the form if it has one. Returns what recent_meet does. */
static int meet_resolved(struct link_walk *walk, uint64_t words, struct known_form *known)
{
    bool is_joined = url_resolver_join(&walk->resolver, walk->raw);
    if (is_joined) {
        walk->fingerprint = walk->resolver.fingerprint;
    } else {
        int parsed = parse(walk, words);
        if (parsed <= 0)
            return parsed ? parsed : RECENT_REPEATED;
    }
    int met = recent_meet(&walk->recent, walk->fingerprint);
    if (is_joined && has_form(walk))
        *known = (struct known_form){walk->directory ^ words, walk->fingerprint, recent_place(&walk->recent)};
    return met;
}

static int meet(struct link_walk *walk)
{
    uint64_t words = hash_bytes(walk->raw), form = walk->directory ^ words;
    struct known_form *known = &walk->forms[form & (FORMS - 1)];
    walk->is_malformed = false;
    walk->text = 0;
    walk->is_unresolved = known->form == form && form && has_form(walk);
    if (!walk->is_unresolved)
        return meet_resolved(walk, words, known);
    walk->fingerprint = known->fingerprint;
    return recent_meet_at(&walk->recent, known->fingerprint, known->place);
}

static inline bool next_link(struct link_walk *walk)
{
    if (page_next_link(&walk->links, &walk->raw))
        return true;
    if (!walk->later.length)
        return false;
    walk->is_behind = true;
    walk->links = walk->later;
    walk->later.length = 0;
    return page_next_link(&walk->links, &walk->raw);
}

int link_walk_next(struct link_walk *walk)
{
    while (next_link(walk)) {
        walk->is_nofollow = walk->is_behind;
        int met = meet(walk);
        if (met != RECENT_REPEATED)
            return met < 0 ? met : met == RECENT_KNOWN ? LINK_WALK_KNOWN : LINK_WALK_NEW;
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

struct link_mark link_walk_mark(const struct link_walk *walk)
{
    return (struct link_mark){
        .raw = walk->raw,
        .fingerprint = walk->fingerprint,
        .text = walk->text,
        .place = recent_place(&walk->recent),
        .is_nofollow = walk->is_nofollow,
        .is_malformed = walk->is_malformed,
    };
}

int link_walk_return(struct link_walk *walk, const struct link_mark *mark)
{
    walk->raw = mark->raw;
    walk->fingerprint = mark->fingerprint;
    walk->text = mark->text;
    walk->is_nofollow = mark->is_nofollow;
    walk->is_malformed = mark->is_malformed;
    walk->is_unresolved = true;
    int met = recent_meet_at(&walk->recent, mark->fingerprint, mark->place);
    assert(met < 0 || met == RECENT_REPEATED);
    return met < 0 ? met : 0;
}

/* Makes up a URL whose fingerprint is known: only memory can be missing, since it was made up before. */
static int resolve(struct link_walk *walk)
{
    if (!url_resolver_join(&walk->resolver, walk->raw)) {
        int err = url_resolver_parse(&walk->resolver, walk->raw);
        if (err)
            return err;
    }
    walk->is_unresolved = false;
    return 0;
}

int link_walk_url(struct link_walk *walk, const struct url **url)
{
    int err = walk->is_unresolved && !walk->is_malformed ? resolve(walk) : 0;
    *url = err || walk->is_malformed ? NULL : url_resolver_url(&walk->resolver);
    return err;
}
