/* intake.h - the way of a URL from where it was found into the frontier.
 *
 * Is it in scope? Is it new? Is it near enough? Every URL that is not to be fetched is told of once, with its reason. */
#ifndef CRAWL_INTAKE_H
#define CRAWL_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "crawl/frontier.h"
#include "options.h"
#include "record/reason.h"
#include "web/url.h"

struct intake;

/* Told of a URL that will not be fetched. */
typedef void (*intake_skipped)(void *context, struct slice url, enum reason reason, struct referrer *referrer);

/* `options` and `frontier` live as long as the intake. Errors: those of scope_create, ERR_NO_MEMORY. */
int intake_create(struct intake **out, const struct options *options, struct frontier *frontier, intake_skipped skipped,
                  void *context);
void intake_free(struct intake *intake);

/* Adds a URL to start from (root.h), whatever the patterns say, and its host to the scope. Errors: those of root_parse,
 * ERR_NO_MEMORY. */
int intake_add_root(struct intake *intake, struct slice text);

/* Where a URL was found. */
struct discovery {
    uint64_t from;             /* fingerprint of the page or redirect that leads to it */
    struct referrer *referrer; /* its text */
    uint32_t depth;            /* on this way */
    uint32_t redirects;        /* in a row on this way; 0 for a link */
};

enum intake_verdict { INTAKE_NEW, INTAKE_KNOWN, INTAKE_REFUSED };

/* Takes in a URL that was found. `url` is NULL for one that can't be parsed: `raw` shows it. Returns an enum
 * intake_verdict (one in scope is NEW or KNOWN, also when it is too far), or a negative error: ERR_NO_MEMORY. */
int intake_add_url(struct intake *intake, const struct url *url, uint64_t fingerprint, struct slice raw,
                   const struct discovery *found);

/* Lowers `*depth` and `*redirects` to the least that is known by now for a URL. */
void intake_look_up(const struct intake *intake, uint64_t fingerprint, uint32_t *depth, uint32_t *redirects);

/* Tells of the URLs that stayed too far, at the end of the crawl. */
void intake_tell_too_far(struct intake *intake);

uint64_t intake_discovered(const struct intake *intake); /* distinct URLs, refused ones included */
uint64_t intake_filtered(const struct intake *intake);   /* of them, those that are not to be fetched */

#endif
