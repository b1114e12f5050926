/* distribution.h - files of figures alone: those of each second (--timeseries, CSV) and the distribution of the times
 * from request to end (--histogram, .hgrm). */
#ifndef OUTPUT_DISTRIBUTION_H
#define OUTPUT_DISTRIBUTION_H

#include "output/output.h"

extern const struct output_format OUTPUT_TIMESERIES;
extern const struct output_format OUTPUT_HISTOGRAM;

#endif
