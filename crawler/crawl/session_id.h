/* session_id.h - session ids in URLs, which make one page look like many.
 *
 * Taken for one, letters of either case being the same:
 * - path parameters and query parameters called jsessionid, phpsessid, oscsid, cftoken, aspsessionid..., and cfid
 *   beside cftoken, whatever their value;
 * - those called sid, sessid, sessionid, session_id and zenid whose value looks random: 16 to 128 letters and digits,
 *   some of each. A conference's ?sessionid=17 and a shop's ?sid=4 are none, nor is a GUID with its hyphens;
 * - segments such as (S(lit3py55t21z5v55vlm25s55)), as ASP.NET has them. */
#ifndef CRAWL_SESSION_ID_H
#define CRAWL_SESSION_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "web/url.h"

/* Whether an http or https URL has session ids. If so, `*page` is a fingerprint of all else of it but the fragment, the
 * same for all that differ in these only; never 0. */
bool session_id_find(const struct url *url, uint64_t *page);

#endif
