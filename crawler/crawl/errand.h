/* errand.h - requests for what is no page of the crawl: robots.txt, sitemaps. */
#ifndef CRAWL_ERRAND_H
#define CRAWL_ERRAND_H

#include "crawl/keeper.h"
#include "http/fetch.h"
#include "web/url.h"

/* Fetches `url`, which is http or https, and what it redirects to, as far as there is a Location that is one too and
 * `max_redirects` allow. `sink` gets the answer where this ends, alone: its begin is called once, for a status that is
 * no redirect to be followed, and its finish at the very end. `keeper` gets all answers. The sink's rules are those of
 * http_fetch, and so is what is returned, or else keeper->error. Must be called in a task. */
int errand_fetch(struct http_client *client, struct keeper *keeper, const struct url *url, uint32_t max_redirects,
                 const struct http_sink *sink, struct http_response *response);

#endif
