/* sweep_text.h - what `crawler measure` found, for people and as CSV. Whether writing went well shows in ferror. */
#ifndef OUTPUT_SWEEP_TEXT_H
#define OUTPUT_SWEEP_TEXT_H

#include <stdio.h>

#include "measure/baseline.h"
#include "measure/sweep.h"

/* A table of the steps, then what they mean: the knee, the law that fits, where the client was the limit. */
void sweep_write_text(FILE *file, const struct sweep *sweep);

/* A line a figure, and whether it is worse. */
void comparison_write_text(FILE *file, const struct comparison *comparison);

/* A line a step, RFC 4180, with a line of names; latencies in microseconds. */
void sweep_write_csv(FILE *file, const struct sweep *sweep);

/* The share of a core from which on the client itself is the limit. */
#define CLIENT_IS_BUSY 0.9

#endif
