/* axis.h - where values stand on the axis of a chart, and which of them are named. */
#ifndef OUTPUT_AXIS_H
#define OUTPUT_AXIS_H

#include <stdbool.h>
#include <stddef.h>

#include "output/units.h"

enum axis_scale {
    AXIS_LINEAR,
    AXIS_LOG2,
    AXIS_LOG10,
    AXIS_PERCENTILE /* each halving of what is left takes the same room, so that 99.9 stands as far behind 99 as 99
                       behind 90; in percent */
};

struct axis {
    enum axis_scale scale;
    enum unit unit;
    double least; /* what its ends stand for; least < most, and on logarithmic scales above 0 */
    double most;
};

enum { AXIS_TICKS = 24 };

struct ticks {
    double at[AXIS_TICKS]; /* ascending, all on the axis */
    size_t count;
};

/* Sets the ends so that both values lie between them: in round numbers when `is_round`. A linear round axis begins at 0
 * when no value is below. Any two numbers will do, least above most included: that stands for no value at all. */
void axis_fit(struct axis *axis, double least, double most, bool is_round);

/* Where a value stands: 0 at the least end, 1 at the other; values beyond an end stand on it. NAN for NAN. */
double axis_place(const struct axis *axis, double value);

/* Round values on the axis, about `wanted` (2 to 10) of them; at least one. */
void axis_ticks(const struct axis *axis, unsigned wanted, struct ticks *ticks);

#endif
