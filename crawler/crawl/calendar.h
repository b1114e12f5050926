/* calendar.h - URLs of dates that nobody has anything to say about, as endless calendars lead to.
 *
 * Far off is a year from 1500 to 1599, before the first newspaper (1605), or 11 to 110 years ahead. Whoever walks a
 * calendar has to pass there; numbers beyond are left alone, since most of them are no years. A date is
 * - in a path: a year, '-' or '/', a month, and perhaps the same and a day, all with leading zeros: /2031/05/,
 *   /events/2031-05-07;
 * - in a query: a value 2031-05 or 2031-05-07; 203105 or 20310507 where the name ends in "date", "month" or "day"; 2031
 *   where it is "year", ends so, or is "y" beside "m". */
#ifndef CRAWL_CALENDAR_H
#define CRAWL_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "web/url.h"

/* Whether an http or https URL names a date that is far off, seen from `this_year`. If so, `*kind` is a fingerprint of
 * the URL less the date: what stands around one in a path, queries apart; path and parameter for one in a query. Never
 * 0. Otherwise `*kind` is untouched. */
bool calendar_find(const struct url *url, unsigned this_year, uint64_t *kind);

#endif
