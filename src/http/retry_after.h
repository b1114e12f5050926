/* retry_after.h - when a server wants to be asked again (RFC 9110, section 10.2.3). */
#ifndef HTTP_RETRY_AFTER_H
#define HTTP_RETRY_AFTER_H

#include <stdbool.h>
#include <time.h>

#include "base/clock.h"
#include "base/slice.h"

/* Reads the value of a Retry-After header: whole seconds, or a date in one of the three forms of section 5.6.7, of
 * which `now` is taken off. `*wait` is 0 for a date that is over, and at most 100 years. False, with `*wait` untouched,
 * for anything else. */
bool retry_after_read(struct slice value, time_t now, nanoseconds *wait);

/* Reads a date in one of these forms; false for anything else. */
bool http_date_read(struct slice value, time_t *date);

#endif
