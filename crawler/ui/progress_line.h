/* progress_line.h - the figures of a crawl as one line of text, as wide as there is room for. */
#ifndef UI_PROGRESS_LINE_H
#define UI_PROGRESS_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct progress_figures {
    uint64_t done;
    uint64_t queued;
    uint64_t in_flight;
    uint64_t failed;
    double rate;      /* URLs a second, now */
    double mean_rate; /* since the crawl began */
    double byte_rate; /* bytes a second, now */
    nanoseconds elapsed;
    nanoseconds to_go; /* NEVER where it can't be known */
};

enum { PROGRESS_LINE_SIZE = 256 }; /* bytes that hold any line and its NUL */

/* Writes at most `width` columns of ASCII and a NUL. What matters most stands first. Where there is no room, numbers
 * and labels are shortened, then fields are left out as a whole, from the end; it may be that nothing is left. Returns
 * the length. */
size_t progress_line(char line[PROGRESS_LINE_SIZE], const struct progress_figures *figures, size_t width);

#endif
