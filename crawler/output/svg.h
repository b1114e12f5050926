/* svg.h - a measurement as a picture, for a README or a talk; light or dark as its viewer prefers. */
#ifndef OUTPUT_SVG_H
#define OUTPUT_SVG_H

#include <stdio.h>

#include "output/output.h"

/* Writes an SVG file: throughput and latency over concurrency; of an open loop, the percentiles of latency. Errors:
 * ERR_NO_MEMORY, those of error_from_errno for `file`. */
int svg_write_sweep(FILE *file, const struct measurement *measurement);

/* For measurements alone. */
extern const struct output_format OUTPUT_SVG;

#endif
