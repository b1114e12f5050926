/* traps.h - sites without an end, below /traps/.
 *
 *     /traps/                    leads to all of them
 *     /traps/calendar/2026/11/   has the next month, and those before down to 2020
 *     /traps/month?year=2026&m=11    the same with a query
 *     /traps/growing/            has a relative link that comes to a path twice as deep, and so on
 *     /traps/deep/1/             to /traps/deep/1/2/
 *     /traps/long/x              has one whose name is 500 bytes longer
 *     /traps/variants?n=1        has the queries n=2 and n=3, these n=4 to n=7
 *     /traps/parameters?a        has one parameter more
 *     /traps/session/0           is one of ten pages that link to each other, with a new session id in each answer
 *
 * Each page also has a link to /healthy/NAME, NAME being that of the trap. */
#ifndef SITE_TRAPS_H
#define SITE_TRAPS_H

#include "site/answer.h"

/* Makes the answer of `target`, with nothing prepared; false when it is no trap. `*sessions` is the number of session
 * ids so far. The answer is owned by the caller; its text is marked as failed when memory is out. */
bool site_traps_answer(const char *target, unsigned *sessions, struct site_answer *answer);

#endif
