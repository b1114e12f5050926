/* crawler.h - the crawl: a pool of tasks that take URLs from the frontier, fetch them and put the links that they find
 * back into it.
 *
 * The names are those of the chapter: work, fetch, parse_links, add_url. */
#ifndef CRAWL_CRAWLER_H
#define CRAWL_CRAWLER_H

#include <stdbool.h>

#include "async/loop.h"
#include "http/fetch.h"
#include "options.h"
#include "record/archive.h"
#include "record/crawl_totals.h"
#include "record/observer.h"
#include "store/state.h"
#include "store/state_file.h"
#include "web/url.h"

struct crawler;

/* All arguments live as long as the crawler; with a `state`, which may be NULL, the crawl is written to it. Errors:
 * those of scope_create and state_attach, ERR_NO_MEMORY. */
int crawler_create(struct crawler **out, struct loop *loop, struct http_client *client, const struct options *options,
                   struct state *state);
void crawler_free(struct crawler *crawler);

/* Has all that comes over the wire go to `archive`, which lives as long as the crawler. To be called before it runs. */
void crawler_set_archive(struct crawler *crawler, struct archive *archive);

/* Tells `observer`, which stays the caller's, of what happens from now on. */
void crawler_add_observer(struct crawler *crawler, struct observer *observer);

/* Adds a URL to start from; "http://" is put before one without a scheme. Errors: those of url_parse, ERR_UNSUPPORTED
 * (neither http nor https), ERR_NO_MEMORY. */
int crawler_add_root(struct crawler *crawler, struct slice text);

/* Whether the links of pages are kept in the state: a limit on depth needs them to go on. */
static inline bool crawler_keeps_links(const struct options *options)
{
    return options->state && (options->link_graph || options->max_depth != UINT32_MAX);
}

/* A new crawl that is written to its state, before the roots. Errors: those of state_send. */
int crawler_begin(struct crawler *crawler);

/* Goes on with the crawl of `file`, instead of adding roots: brings the roots' hosts into scope, takes in what is
 * known, and tells the observers of all that they would know by now. Errors, told in the log: those of
 * crawler_add_root, state_file_for_each_url and the observers. */
int crawler_resume(struct crawler *crawler, struct state_file *file);

/* What becomes of a URL if a link leads to it: REASON_NONE when it is fetched, else why it isn't. (The chapter's
 * url_allowed.) */
enum reason crawler_url_allowed(struct crawler *crawler, const struct url *url);

/* Whether it may be refused after all, for `reason`, once enough URLs like it are known (traps.h). */
bool crawler_may_refuse(const struct crawler *crawler, const struct url *url, enum reason reason);

/* Crawls until nothing is left or it is stopped. Must be called in a task. Returns 0, or the error that ended the
 * crawl: that of an observer, or ERR_NO_MEMORY. */
int crawler_run(struct crawler *crawler);

/* Takes no new URLs; what is in flight is finished. */
void crawler_stop(struct crawler *crawler);

/* Breaks off what is in flight too; those URLs count as pending again. */
void crawler_abort(struct crawler *crawler);

bool crawler_was_stopped(const struct crawler *crawler);

/* Whether --max-pages ended the crawl while URLs still waited, or a host had more URLs than its budget. */
bool crawler_hit_limit(const struct crawler *crawler);

/* Whether at least one root was answered. */
bool crawler_reached_a_root(const struct crawler *crawler);

void crawler_totals(const struct crawler *crawler, struct crawl_totals *totals);

#endif
