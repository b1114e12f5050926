/* histogram.h - how long things took: counts in log-linear buckets, as HdrHistogram has them.
 *
 * Values are microseconds from 0 to an hour; what is longer counts as an hour. Below 2,048 each value has a bucket of
 * its own, above a bucket is less than a thousandth of its values wide: three significant digits. Recording is an
 * addition, and histograms of any origin can be merged. */
#ifndef MEASURE_HISTOGRAM_H
#define MEASURE_HISTOGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

enum { HISTOGRAM_EXACT_BITS = 11, HISTOGRAM_HALF = 1 << (HISTOGRAM_EXACT_BITS - 1) };
#define HISTOGRAM_MOST UINT64_C(3600000000) /* an hour */
enum { HISTOGRAM_BUCKETS = (32 - HISTOGRAM_EXACT_BITS + 2) * HISTOGRAM_HALF };

struct histogram {
    uint64_t *counts; /* HISTOGRAM_BUCKETS of them; memory that is not touched is not taken */
    uint64_t total;   /* values recorded */
    uint64_t sum;     /* of them, in microseconds */
    uint64_t least;   /* exact; 0 while empty */
    uint64_t most;
};

/* An empty histogram. Errors: ERR_NO_MEMORY. */
int histogram_init(struct histogram *histogram);
void histogram_free(struct histogram *histogram);

/* Forgets all values. */
void histogram_clear(struct histogram *histogram);

/* The bucket of a value of at most HISTOGRAM_MOST. */
static inline unsigned histogram_bucket(uint64_t value)
{
    if (value < 1 << HISTOGRAM_EXACT_BITS)
        return (unsigned)value;
    unsigned shift = 63u - (unsigned)__builtin_clzll(value) - (HISTOGRAM_EXACT_BITS - 1);
    return shift * HISTOGRAM_HALF + (unsigned)(value >> shift);
}

static inline void histogram_record(struct histogram *histogram, uint64_t microseconds)
{
    uint64_t value = microseconds < HISTOGRAM_MOST ? microseconds : HISTOGRAM_MOST;
    histogram->counts[histogram_bucket(value)]++;
    if (!histogram->total++ || value < histogram->least)
        histogram->least = value;
    if (value > histogram->most)
        histogram->most = value;
    histogram->sum += value;
}

/* Adds all values of `other`. */
void histogram_merge(struct histogram *histogram, const struct histogram *other);

/* The least value, to three digits, that `percent` (0 to 100) of all values don't exceed; 0 while empty. */
uint64_t histogram_percentile(const struct histogram *histogram, double percent);

/* 0 while empty. Mean exact, deviation by the buckets' middles. */
double histogram_mean(const struct histogram *histogram);
double histogram_deviation(const struct histogram *histogram);

/* The values that a bucket holds: `*from` to `*to`, both included. */
void histogram_bucket_range(unsigned bucket, uint64_t *from, uint64_t *to);

/* The percentiles that every table and file shows, the last being 100: the greatest value. */
extern const double HISTOGRAM_PERCENTILES[];
enum { HISTOGRAM_PERCENTILE_COUNT = 6 };

/* "p50", "p99.9", "max": the name of HISTOGRAM_PERCENTILES[index]. Static. */
const char *histogram_percentile_name(unsigned index);

/* Writes the distribution as HdrHistogram's plotters read it (.hgrm): value in milliseconds, percentile, count up to
 * there, 1/(1-percentile); five lines for each halving of what is left. Whether that went well shows in ferror. */
void histogram_write_hgrm(const struct histogram *histogram, FILE *file);

/* {"count", "mean_us", "stddev_us", "min_us", "p50_us"..., "max_us", "buckets": [[from, to, count], ...]}, buckets in
 * ascending order and without empty ones. NULL when memory is out. */
json_t *histogram_json(const struct histogram *histogram);

#endif
