/* earlier_visit.h - what the visit before found at URLs that are to be fetched again (--revisit).
 *
 * About 120 bytes a URL, up to the end of the crawl. */
#ifndef CRAWL_EARLIER_VISIT_H
#define CRAWL_EARLIER_VISIT_H

#include "http/validators.h"
#include "record/fetch_statistic.h"

struct earlier_visit;

/* Errors: ERR_NO_MEMORY. */
int earlier_visit_create(struct earlier_visit **out);

/* NULL is allowed. */
void earlier_visit_free(struct earlier_visit *visit);

/* Keeps what matters of the record of a URL with that number. Numbers ascend. Errors: ERR_NO_MEMORY. */
int earlier_visit_add(struct earlier_visit *visit, uint64_t id, const struct fetch_statistic *record);

/* What is there to ask a URL with; `visit` may be NULL. Only what came whole with status 200 has any. */
struct validators earlier_visit_validators(const struct earlier_visit *visit, uint64_t id);

/* Completes the record of an answer: one with status 304 that was asked for by validators takes over what it does not
 * say again. `visit` may be NULL. Texts are valid as long as the visit. */
void earlier_visit_compare(const struct earlier_visit *visit, uint64_t id, bool was_asked,
                           struct fetch_statistic *record);

#endif
