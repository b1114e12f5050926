/* baseline.h - is it slower than before? A measurement against the JSON of an earlier one.
 *
 * Figures are compared step by step by their slices' means. The 95 % confidence interval of the difference is that of
 * two independent means; a figure is worse when the whole interval lies beyond the threshold. Figures of which there
 * was but one slice are not compared. */
#ifndef MEASURE_BASELINE_H
#define MEASURE_BASELINE_H

#include "measure/sweep.h"

enum { COMPARED_FIGURES = 3 };

struct compared {
    unsigned concurrency;
    const char *figure; /* "requests/s", "p50", "p99"; static */
    double before;
    double after;
    double worse_least; /* percent of `before`: bounds of the interval; negative is better */
    double worse_most;
    bool is_regression;
};

struct comparison {
    struct compared *items; /* at most COMPARED_FIGURES for each step that both have, in the order of the steps */
    size_t count;
    size_t regressions;
};

/* Reads a baseline: to be done before measuring, so that a bad file costs nothing. `*baseline` is to be freed by
 * json_decref. Errors, told in the log with file and place: ERR_SYNTAX (no JSON, or not of this kind), ERR_NO_MEMORY,
 * those of error_from_errno. */
int baseline_load(json_t **baseline, const char *path);

/* Compares. `threshold` in percent. Where site, number of URLs or duration of the steps differ the log has a warning:
 * the figures may be of different things. Errors: ERR_NO_MEMORY; ERR_NOT_FOUND (the two have no step in common, or no
 * figure that can be compared), which is told in the log. */
int baseline_compare(struct comparison *out, const json_t *baseline, const struct sweep *sweep, double threshold);
void comparison_free(struct comparison *comparison);

/* [{"concurrency", "figure", "before", "after", "worse_percent": [least, most], "regression"}, ...]. NULL when memory
 * is out. */
json_t *comparison_json(const struct comparison *comparison);

#endif
