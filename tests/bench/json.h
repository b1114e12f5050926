/* json.h - the figures as JSON: every run, medians, ratios, goals, machine and versions. */
#ifndef BENCH_JSON_H
#define BENCH_JSON_H

#include "goals.h"

/* Writes the parts that have figures to `path`. Returns 0, or -1. */
int json_write(const struct figures *parts, const char *path);

#endif
