/* intake.h - the way of a URL from where it was found into the frontier.
 *
 * Is it in scope? Is it part of something endless? Is it new? Is it near enough? Every URL that is not to be fetched is
 * told of once, with its reason. */
#ifndef CRAWL_INTAKE_H
#define CRAWL_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "crawl/frontier.h"
#include "crawl/page.h"
#include "options.h"
#include "record/reason.h"
#include "store/state_file.h"
#include "web/url.h"

struct intake;

/* Told of a URL that will not be fetched. */
typedef void (*intake_skipped)(void *context, struct slice url, enum reason reason, struct slice referrer);

/* `options` and `frontier` live as long as the intake. Errors: those of scope_create, ERR_NO_MEMORY. */
int intake_create(struct intake **out, const struct options *options, struct frontier *frontier, intake_skipped skipped,
                  void *context);
void intake_free(struct intake *intake);

/* What a crawl that may go on has to be told to be the same then. */
struct intake_memory {
    /* The links of a page are in: `fingerprints` of its distinct URLs, those from the place `followed` on not to be
     * followed. NULL when nobody wants to know. Returns 0, or a negative error that is passed on. */
    int (*links)(void *context, uint64_t page, struct slice fingerprints, uint64_t followed);
    /* A URL that was reached by redirects is nearer than was known. Returns as above. NULL when links tell it. */
    int (*nearer)(void *context, uint64_t fingerprint, uint32_t depth, uint32_t redirects);
    void *context;
    bool wants_empty; /* links of pages that have none, too */
    bool
        has_all; /* what is restored comes with the links of all pages: their first ways need not be remembered apart */
};

void intake_set_memory(struct intake *intake, const struct intake_memory *memory);

/* Adds a URL to start from (root.h), whatever the patterns say, and its host to the scope. Errors: those of root_parse,
 * ERR_NO_MEMORY. */
int intake_add_root(struct intake *intake, struct slice text);

/* The same for one whose place in the crawl is restored: only its host counts. */
int intake_restore_root(struct intake *intake, struct slice text);

/* Takes in again what an earlier process met, in the same order, and stores its fingerprint. Errors: ERR_NO_MEMORY. */
int intake_restore(struct intake *intake, const struct state_url *met, uint64_t *fingerprint);

/* When all that was met is in: takes in that a page has a link to a URL, which is followed, or redirects to it. Errors:
 * ERR_NO_MEMORY, those of frontier_add. */
int intake_restore_link(struct intake *intake, uint64_t from, uint64_t to);
int intake_restore_redirect(struct intake *intake, struct slice from, struct slice to);

/* Where URLs are found. */
struct discovery {
    uint64_t id;        /* the number of the page or redirect in the store; 0 for a sitemap */
    struct slice page;  /* the URL of the page or redirect that leads to them */
    uint64_t from;      /* its fingerprint */
    uint32_t depth;     /* on this way */
    uint32_t redirects; /* in a row on this way; 0 for links */
};

/* What was found. */
struct intake_count {
    uint32_t allowed; /* distinct URLs that are not refused, also those that are too far */
    uint32_t fresh;   /* of them, those that nothing led to before */
};

/* Takes in the links of a page whose URL is `document`. Errors: ERR_NO_MEMORY. */
int intake_add_links(struct intake *intake, struct page *page, const struct url *document,
                     const struct discovery *found, struct intake_count *count);

/* A URL that had links before may have none by now. Errors: that of the memory. */
int intake_add_no_links(struct intake *intake, uint64_t page);

/* The links of a large page, taken in by and by, so that the loop can turn in between. */
struct intake_links;

/* Begins with the links of `page`, whose URL is `document`; both stay as they are, and the text of `found` stays, up to
 * the end. Errors: ERR_NO_MEMORY. */
int intake_links_create(struct intake_links **out, struct intake *intake, struct page *page, const struct url *document,
                        const struct discovery *found);

/* NULL is allowed. What was taken in stays in. */
void intake_links_free(struct intake_links *links);

/* Takes in the next of the links; `depth` is theirs by now. `*count` is what was found so far. Returns 1 when there may
 * be more, 0 when these were the last, or ERR_NO_MEMORY. */
int intake_links_take(struct intake_links *links, uint32_t depth, struct intake_count *count);

/* Takes in one URL. `url` is NULL for one that can't be parsed: `raw` shows it. Errors: ERR_NO_MEMORY. */
int intake_add_url(struct intake *intake, const struct url *url, struct slice raw, const struct discovery *found,
                   struct intake_count *count);

/* URLs that one list leads to, taken in one by one, as they come. */
struct intake_list;

/* The text of `found` stays up to the end. Errors: ERR_NO_MEMORY. */
int intake_list_create(struct intake_list **out, struct intake *intake, const struct discovery *found);

/* NULL is allowed. */
void intake_list_free(struct intake_list *list);

/* As intake_add_url. */
int intake_list_add(struct intake_list *list, const struct url *url, struct slice raw);

/* What a URL alone tells, whatever leads to it: REASON_NONE, or why it is refused. */
enum reason intake_url_allowed(struct intake *intake, const struct url *url);

/* Whether others may keep it from being fetched, for `reason` (traps.h), and whether a host's budget has done so. */
bool intake_may_refuse(const struct intake *intake, const struct url *url, enum reason reason);
bool intake_hit_budget(const struct intake *intake);

/* Lowers `*depth` and `*redirects` to the least that is known by now for a URL. */
void intake_look_up(const struct intake *intake, uint64_t fingerprint, uint32_t *depth, uint32_t *redirects);

/* Tells of the URLs that stayed too far, or to which no link led that may be followed, at the end of the crawl. */
void intake_tell_set_aside(struct intake *intake);

uint64_t intake_filtered(const struct intake *intake); /* URLs that are known and not to be fetched */

#endif
