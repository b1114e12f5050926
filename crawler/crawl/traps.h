/* traps.h - what keeps a crawl out of endless sites.
 *
 * A calendar has always a next month, a wrong relative link makes paths grow, a shop offers every combination of its
 * filters, a server puts a new session id into every link. Each is cut off by a limit of its own, with a reason of its
 * own (record/reason.h). The defaults are meant for no site that ends to notice them.
 *
 * What the URL alone tells is the same on every page and in every crawl:
 * - bytes of the path: 4,096, since percent-encoded titles and the resizers of images come to 2,000;
 * - segments of the path: 40; source trees and Javadoc stay below 20, an archive's copy of one below 30;
 * - occurrences of one segment in a path, a run such as /a/b/a/b counting for each of its segments: 5; trees of
 *   node_modules and paths made of digits have three or four. The first 64 segments count;
 * - parameters of a query: 100; a long form has 50.
 *
 * What takes other URLs into account depends on which come first, and so on timing where servers answer in another
 * order:
 * - queries of one path: 10,000. A forum has a query a topic, cgit one a commit, MediaWiki one a page, revision and
 *   action, a shop one a combination of filters. The first thousands of these are what a site has to say; 1,000 would
 *   cut forums of any age, and no number tells the millionth topic from the millionth combination. A path that loses
 *   some is warned of;
 * - far-off dates of one calendar (calendar.h): 100. Archives of blogs and newspapers have none. A month a page, a
 *   calendar without a beginning still has 5,000 pages down to 1600;
 * - session ids (session_id.h): of URLs that differ in nothing else, the first is fetched as it is found. It isn't
 *   rewritten, for some servers answer no other; the others have to be told of, as URLs that somebody links to. The URL
 *   without a session id is another, so that a page is fetched twice at most;
 * - URLs of one host, with or without www.: no limit for the hosts of roots, which the user named and may be as large
 *   as they are; 100,000 for others, so that one of them can't take the crawl for itself. --max-pages-per-host holds for
 *   all. Whoever makes up host names has a budget for each.
 * Only URLs that are to be fetched count, each once. A URL that was refused stays refused. Roots are never refused.
 * Paths, calendars and hosts are counted in bounded memory (counts.h), 12 MB for each kind: with far more than a
 * hundred thousand of a kind the smallest counts may begin anew, and limits come later than they should.
 *
 * What no limit here ends soon: paths that grow by several names in any order have millions of forms before one name
 * comes too often. That takes a budget, or --depth. */
#ifndef CRAWL_TRAPS_H
#define CRAWL_TRAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "record/reason.h"
#include "web/url.h"

struct traps;

/* `options` lives as long as the traps. Errors: ERR_NO_MEMORY. */
int traps_create(struct traps **out, const struct options *options);
void traps_free(struct traps *traps);

/* Makes the host of `root` one that has no budget but the user's. Errors: ERR_NO_MEMORY. */
int traps_add_root(struct traps *traps, const struct url *root);

/* What an http or https URL alone tells: REASON_NONE, or why it is refused. */
enum reason traps_url_allowed(const struct traps *traps, const struct url *url);

/* What is counted by the URLs that share it. */
enum trap_share { SHARE_PATH, SHARE_CALENDAR, SHARE_HOST, SHARE_COUNT };

/* What a URL was counted for: fingerprints of what it shares, 0 for nothing. */
struct traps_ticket {
    uint64_t shares[SHARE_COUNT];
};

/* Counts a URL that is to be fetched unless it is known, `fingerprint` being its own (url_fingerprint). `*reason` is
 * REASON_NONE, or why it is refused: then it counts for nothing. Errors: ERR_NO_MEMORY. */
int traps_count(struct traps *traps, const struct url *url, uint64_t fingerprint, struct traps_ticket *ticket,
                enum reason *reason);

/* Takes back what was counted for a URL that turned out to be known. */
void traps_uncount(struct traps *traps, const struct traps_ticket *ticket);

/* Takes note of a new URL that traps_count refused for `reason`, and warns of the first that a path, calendar or host
 * loses. */
void traps_note_refused(struct traps *traps, const struct url *url, enum reason reason);

/* Whether URLs like this one may come to be refused for `reason`, once enough of them are known. */
bool traps_may_refuse(const struct traps *traps, const struct url *url, enum reason reason);

/* Whether a host had more URLs than its budget. */
bool traps_hit_budget(const struct traps *traps);

#endif
