/* url_resolver.h - the many links of one document against its one base.
 *
 * Nearly every link of a page is a front part of the base with the link put behind it. The base is looked at once, and
 * such a link costs one pass over its bytes. The results are those of url_parse without fragment, which no server ever
 * sees, and without credentials. */
#ifndef WEB_URL_RESOLVER_H
#define WEB_URL_RESOLVER_H

#include "web/url.h"

enum { URL_RESOLVER_MARGIN = 16 }; /* readable bytes that a link for url_resolver_join needs behind it */

enum { URL_RESOLVER_LEVELS = 8 };

struct url_resolver {
    uint64_t fingerprint; /* of the link that was resolved last (url_fingerprint) */
    const struct url *base;
    const struct charset *charset;
    struct buf text;   /* the link that was joined last */
    struct buf parsed; /* the link that was parsed last */
    struct url url;    /* its parts */
    size_t length;     /* of the joined link */
    size_t path_end;   /* of the joined link */
    size_t intact;     /* bytes at the front of `text` that are still those of the base */
    uint64_t origin;   /* fingerprint of what stands before the base's path */
    bool joins;        /* the base is one that links can be joined to */
    bool is_joined;    /* the last link was */
    /* Bytes of the base up to the last '/' of its path, that one included, and so for each "../" before a link. */
    uint32_t directories[URL_RESOLVER_LEVELS];
};

/* An idle resolver; nothing is allocated. */
void url_resolver_init(struct url_resolver *resolver);
void url_resolver_free(struct url_resolver *resolver);

/* Turns to the links of a document. `base` has no credentials; it stays where it is until the last link is resolved.
 * Queries are encoded in `charset`, NULL for UTF-8. Errors: ERR_NO_MEMORY. */
int url_resolver_begin(struct url_resolver *resolver, const struct url *base, const struct charset *charset);

/* The front part of the base, up to the last '/' of its path; empty when no links can be joined to the base. A link
 * that begins with neither '#' nor '?' and can be joined makes the same URL with every base that has this front
 * part. */
static inline struct slice url_resolver_directory(const struct url_resolver *resolver)
{
    return (struct slice){resolver->base->href.data, resolver->joins ? resolver->directories[0] : 0};
}

/* Resolves `link` when it is one of the many; false when it is not, and needs url_resolver_parse. */
bool url_resolver_join(struct url_resolver *resolver, struct slice link);

/* Resolves any link. Errors: those of url_parse. */
int url_resolver_parse(struct url_resolver *resolver, struct slice link);

/* The last link that was resolved. Valid until the next one is. */
const struct url *url_resolver_url(struct url_resolver *resolver);

#endif
