/* recorded_links.h - links as lines of text, "kind element attribute [rel] url", to compare with what is expected. */
#ifndef UNIT_WEB_RECORDED_LINKS_H
#define UNIT_WEB_RECORDED_LINKS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "web/link.h"

/* A link_callback whose context is a struct buf. */
static inline int record_link(void *context, const struct link *link)
{
    static const char *const kinds[] = {"page", "resource", "other"};
    return buf_printf(context, "%s %s %s [%.*s] %.*s\n", kinds[link->kind], link->element, link->attribute,
                      SLICE_ARGS(link->rel), SLICE_ARGS(link->url));
}

/* A link_callback that counts down the int that is its context and fails when that reaches 0. */
static inline int refuse_link(void *context, const struct link *link)
{
    int *left = context;
    return link && --*left > 0 ? 0 : ERR_CANCELLED;
}

#endif
