/* started.h - a site for a test, which fails where there is none. */
#ifndef SITE_STARTED_H
#define SITE_STARTED_H

#include <check.h>
#include <stddef.h>

#include "site/site.h"

static inline struct site *site_started(const struct site_config *config)
{
    struct site *site = NULL;
    ck_assert_int_eq(site_start(config, &site), 0);
    return site;
}

static inline struct site *site_of_pages(const struct site_page *pages)
{
    return site_started(&(struct site_config){.pages = pages});
}

static inline struct site *site_of_graph(const struct site_graph *graph)
{
    return site_started(&(struct site_config){.graph = graph});
}

#endif
