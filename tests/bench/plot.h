/* plot.h - the figures as a picture: bars for the sites, curves over what is in flight and over size. */
#ifndef BENCH_PLOT_H
#define BENCH_PLOT_H

#include "goals.h"

/* Writes SVG to `path`, light or dark as the reader prefers; a part without figures is left out. Returns 0, or -1 with
 * errno set. */
int plot_write(const struct figures *parts, const char *path);

#endif
