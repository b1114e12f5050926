#include "measure/histogram.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

const double HISTOGRAM_PERCENTILES[] = {50, 75, 90, 99, 99.9, 100};
static const char *const NAMES[] = {"p50", "p75", "p90", "p99", "p99.9", "max"};

int histogram_init(struct histogram *histogram)
{
    *histogram = (struct histogram){.counts = calloc(HISTOGRAM_BUCKETS, sizeof *histogram->counts)};
    return histogram->counts ? 0 : ERR_NO_MEMORY;
}

void histogram_free(struct histogram *histogram)
{
    free(histogram->counts);
    *histogram = (struct histogram){0};
}

void histogram_clear(struct histogram *histogram)
{
    uint64_t *counts = histogram->counts;
    if (histogram->total) {
        unsigned first = histogram_bucket(histogram->least), last = histogram_bucket(histogram->most);
        memset(counts + first, 0, (last - first + 1) * sizeof *counts);
    }
    *histogram = (struct histogram){.counts = counts};
}

void histogram_merge(struct histogram *histogram, const struct histogram *other)
{
    if (!other->total)
        return;
    for (unsigned i = histogram_bucket(other->least); i <= histogram_bucket(other->most); i++)
        histogram->counts[i] += other->counts[i];
    if (!histogram->total || other->least < histogram->least)
        histogram->least = other->least;
    if (other->most > histogram->most)
        histogram->most = other->most;
    histogram->total += other->total;
    histogram->sum += other->sum;
}

void histogram_bucket_range(unsigned bucket, uint64_t *from, uint64_t *to)
{
    unsigned shift = bucket < 2 * HISTOGRAM_HALF ? 0 : bucket / HISTOGRAM_HALF - 1;
    *from = (uint64_t)(bucket - shift * HISTOGRAM_HALF) << shift;
    *to = *from + (UINT64_C(1) << shift) - 1;
}

/* The greatest value that a bucket may stand for. */
static uint64_t bucket_value(const struct histogram *histogram, unsigned bucket)
{
    uint64_t from, to;
    histogram_bucket_range(bucket, &from, &to);
    return to < histogram->most ? to : histogram->most;
}

/* How many values `percent` of all are, rounded up; less the last bit, so that 16.1 % of 1,000 are 161 and not 162. */
static uint64_t rank_of(const struct histogram *histogram, double percent)
{
    double rank = ceil(nextafter(percent, -INFINITY) * (double)histogram->total / 100);
    if (rank >= (double)histogram->total)
        return histogram->total;
    return rank > 1 ? (uint64_t)rank : 1;
}

uint64_t histogram_percentile(const struct histogram *histogram, double percent)
{
    if (!histogram->total)
        return 0;
    uint64_t rank = rank_of(histogram, percent), count = 0;
    unsigned bucket = histogram_bucket(histogram->least);
    while ((count += histogram->counts[bucket]) < rank)
        bucket++;
    return bucket_value(histogram, bucket);
}

double histogram_mean(const struct histogram *histogram)
{
    return histogram->total ? (double)histogram->sum / (double)histogram->total : 0;
}

/* Welford's, from the middles' own mean: values of one bucket don't deviate. */
double histogram_deviation(const struct histogram *histogram)
{
    double count = 0, mean = 0, squares = 0;
    if (!histogram->total)
        return 0;
    for (unsigned i = histogram_bucket(histogram->least); i <= histogram_bucket(histogram->most); i++) {
        uint64_t from, to;
        if (!histogram->counts[i])
            continue;
        histogram_bucket_range(i, &from, &to);
        double weight = (double)histogram->counts[i], distance = (double)(from + to) / 2 - mean;
        count += weight;
        mean += distance * weight / count;
        squares += distance * weight * ((double)(from + to) / 2 - mean);
    }
    return sqrt(squares / count);
}

const char *histogram_percentile_name(unsigned index)
{
    return NAMES[index];
}

/* The percentage after `percent`: five steps for each halving of what is left. All of them are exact. */
static double next_level(double percent)
{
    enum { STEPS = 5 };
    double halvings = floor(log2(100 / (100 - percent))) + 1;
    return percent + 100 / (STEPS * exp2(halvings));
}

static void write_level(const struct histogram *histogram, unsigned bucket, double percent, uint64_t count, FILE *file)
{
    double value = (double)bucket_value(histogram, bucket) / 1000;
    fprintf(file, "%12.3f %2.12f %10" PRIu64, value, percent / 100, count);
    if (percent < 100)
        fprintf(file, " %14.2f", 1 / (1 - percent / 100));
    fputc('\n', file);
}

/* The bucket of the greatest value gets but one line before that of 100 %, as HdrHistogram writes it. */
static void write_levels(const struct histogram *histogram, FILE *file)
{
    unsigned bucket = histogram_bucket(histogram->least), last = histogram_bucket(histogram->most);
    double percent = 0, total = (double)histogram->total;
    uint64_t count = 0;
    for (; bucket < last; bucket++) {
        count += histogram->counts[bucket];
        for (; histogram->counts[bucket] && percent <= 100 * (double)count / total; percent = next_level(percent))
            write_level(histogram, bucket, percent, count, file);
    }
    write_level(histogram, last, percent, histogram->total, file);
    write_level(histogram, last, 100, histogram->total, file);
}

void histogram_write_hgrm(const struct histogram *histogram, FILE *file)
{
    fprintf(file, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
    if (histogram->total)
        write_levels(histogram, file);
    fprintf(file, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", histogram_mean(histogram) / 1000,
            histogram_deviation(histogram) / 1000);
    fprintf(file, "#[Max     = %12.3f, Total count    = %12" PRIu64 "]\n", (double)histogram->most / 1000,
            histogram->total);
    fprintf(file, "#[Buckets = %12d, SubBuckets     = %12d]\n", HISTOGRAM_BUCKETS / HISTOGRAM_HALF - 1,
            2 * HISTOGRAM_HALF);
}

static json_t *bucket_json(unsigned bucket, uint64_t count)
{
    uint64_t from, to;
    histogram_bucket_range(bucket, &from, &to);
    return json_pack("[I, I, I]", (json_int_t)from, (json_int_t)to, (json_int_t)count);
}

static json_t *buckets_json(const struct histogram *histogram)
{
    json_t *buckets = json_array();
    unsigned last = histogram_bucket(histogram->most);
    int err = 0;
    for (unsigned i = histogram_bucket(histogram->least); i <= last && !err; i++)
        if (histogram->counts[i])
            err = json_array_append_new(buckets, bucket_json(i, histogram->counts[i]));
    if (!err)
        return buckets;
    json_decref(buckets);
    return NULL;
}

static int add_percentiles(json_t *object, const struct histogram *histogram)
{
    int err = 0;
    for (unsigned i = 0; i < HISTOGRAM_PERCENTILE_COUNT && !err; i++) {
        char key[16];
        uint64_t value = histogram_percentile(histogram, HISTOGRAM_PERCENTILES[i]);
        snprintf(key, sizeof key, "%s_us", NAMES[i]);
        err = json_object_set_new(object, key, json_integer((json_int_t)value));
    }
    return err;
}

json_t *histogram_json(const struct histogram *histogram)
{
    json_t *object =
        json_pack("{s:I, s:f, s:f, s:I}", "count", (json_int_t)histogram->total, "mean_us", histogram_mean(histogram),
                  "stddev_us", histogram_deviation(histogram), "min_us", (json_int_t)histogram->least);
    int err = add_percentiles(object, histogram);
    if (!err)
        err = json_object_set_new(object, "buckets", buckets_json(histogram));
    if (!err)
        return object;
    json_decref(object);
    return NULL;
}
