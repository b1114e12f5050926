/* pattern.h - the user's regular expressions: PCRE2 with bounded time. */
#ifndef CRAWL_PATTERN_H
#define CRAWL_PATTERN_H

#include "base/slice.h"
#include "options.h"

struct pattern_list;

/* Compiles all `texts`. `option` names where they came from in the message that a malformed one logs, with its place.
 * Errors: ERR_SYNTAX, ERR_NO_MEMORY. */
int pattern_list_create(struct pattern_list **out, const struct text_list *texts, const char *option);
void pattern_list_free(struct pattern_list *list);

/* Whether some pattern matches anywhere in `subject`: 1, 0, or ERR_TOO_LARGE when that would take too many steps (a
 * backtracking bomb), ERR_NO_MEMORY. */
int pattern_list_search(struct pattern_list *list, struct slice subject);

#endif
