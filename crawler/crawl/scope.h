/* scope.h - which URLs belong to the crawl?
 *
 * The roots decide about hosts (ports don't count); patterns and limits of the user's narrow it down. Every refusal has
 * a reason. */
#ifndef CRAWL_SCOPE_H
#define CRAWL_SCOPE_H

#include "options.h"
#include "record/reason.h"
#include "web/url.h"

struct scope;

/* `options` lives as long as the scope. Errors: ERR_SYNTAX (a pattern that PCRE2 refuses, logged with its place),
 * ERR_NO_MEMORY. */
int scope_create(struct scope **out, const struct options *options);
void scope_free(struct scope *scope);

/* Makes the host of `root`, an http or https URL, part of the crawl. Errors: ERR_NO_MEMORY. */
int scope_add_root(struct scope *scope, const struct url *root);

/* A host less its "www.": what is left is the same host to a crawl. */
struct slice scope_without_www(struct slice host);

/* REASON_NONE when `url` belongs to the crawl, else why it doesn't. (The chapter's url_allowed.) */
enum reason scope_url_allowed(struct scope *scope, const struct url *url);

#endif
