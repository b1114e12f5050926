#include "measure/histogram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "unit/crawler/failing_json.h"
#include "unit/crawler/json_text.h"
#include "unit/suite.h"

static struct histogram histogram_of(const uint64_t *values, size_t count)
{
    struct histogram histogram;
    ck_assert_int_eq(histogram_init(&histogram), 0);
    for (size_t i = 0; i < count; i++)
        histogram_record(&histogram, values[i]);
    return histogram;
}

/* Of any size from microseconds to an hour, small ones as often as large ones. */
static uint64_t random_duration(void)
{
    uint64_t value = (random_bits() >> 32) >> random_below(32);
    return value < HISTOGRAM_MOST ? value : HISTOGRAM_MOST;
}

static bool is_same(const struct histogram *a, const struct histogram *b)
{
    return a->total == b->total && a->sum == b->sum && a->least == b->least && a->most == b->most &&
           memcmp(a->counts, b->counts, HISTOGRAM_BUCKETS * sizeof *a->counts) == 0;
}

/* --- buckets ------------------------------------------------------------------------------------------------------ */

START_TEST(buckets_follow_each_other_without_gap)
{
    uint64_t from, to, next = 0;
    size_t gaps = 0, misplaced = 0, wide = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++, next = to + 1) {
        histogram_bucket_range(i, &from, &to);
        gaps += from != next;
        misplaced += histogram_bucket(from) != i || histogram_bucket(to) != i;
        wide += i < 2048 ? to != from : (to - from + 1) * 1000 >= from;
    }
    ck_assert_uint_eq(gaps, 0);
    ck_assert_uint_eq(misplaced, 0);
    ck_assert_uint_eq(wide, 0);
    ck_assert_uint_gt(to, HISTOGRAM_MOST);
}
END_TEST

static const struct {
    uint64_t value;
    uint64_t from;
    uint64_t to;
} BOUNDS[] = {
    {0, 0, 0},
    {1, 1, 1},
    {2047, 2047, 2047},
    {2048, 2048, 2049},
    {2049, 2048, 2049},
    {4095, 4094, 4095},
    {4096, 4096, 4099},
    {1000000, 999936, 1000447},
    {HISTOGRAM_MOST, 3598712832, 3600809983},
};

START_TEST(a_value_alone_is_exact)
{
    for (size_t i = 0; i < sizeof BOUNDS / sizeof BOUNDS[0]; i++) {
        uint64_t from, to, value = BOUNDS[i].value;
        histogram_bucket_range(histogram_bucket(value), &from, &to);
        ck_assert_uint_eq(from, BOUNDS[i].from);
        ck_assert_uint_eq(to, BOUNDS[i].to);
        struct histogram histogram = histogram_of(&value, 1);
        ck_assert_uint_eq(histogram_percentile(&histogram, 50), value);
        ck_assert_uint_eq(histogram_percentile(&histogram, 100), value);
        ck_assert_uint_eq(histogram.least, value);
        ck_assert_uint_eq(histogram.most, value);
        histogram_free(&histogram);
    }
}
END_TEST

START_TEST(what_is_longer_counts_as_an_hour)
{
    static const uint64_t values[] = {5, HISTOGRAM_MOST + 1, UINT64_MAX};
    struct histogram histogram = histogram_of(values, 3);
    ck_assert_uint_eq(histogram.most, HISTOGRAM_MOST);
    ck_assert_uint_eq(histogram.sum, 2 * HISTOGRAM_MOST + 5);
    ck_assert_uint_eq(histogram_percentile(&histogram, 50), HISTOGRAM_MOST);
    ck_assert_uint_eq(histogram_percentile(&histogram, 33), 5);
    histogram_free(&histogram);
}
END_TEST

/* --- figures ------------------------------------------------------------------------------------------------------ */

static const unsigned PERCENT_THOUSANDTHS[] = {0,     1,     1000,  10000, 25000, 33333, 50000,  66667,
                                               75000, 90000, 95000, 99000, 99900, 99990, 100000, 0};

static int compare_values(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* How many percentiles are less than the value at their rank, or more than a thousandth above it. */
static size_t wrong_percentiles(const struct histogram *histogram, const uint64_t *sorted, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof PERCENT_THOUSANDTHS / sizeof PERCENT_THOUSANDTHS[0]; i++) {
        size_t rank = (PERCENT_THOUSANDTHS[i] * count + 99999) / 100000;
        uint64_t exact = sorted[rank ? rank - 1 : 0];
        uint64_t value = histogram_percentile(histogram, PERCENT_THOUSANDTHS[i] / 1000.0);
        wrong += value < exact || value > exact + exact / 1000;
    }
    return wrong;
}

START_TEST(percentiles_are_those_of_the_sorted_values)
{
    static uint64_t values[5000];
    static const size_t counts[] = {1, 2, 3, 4, 7, 9, 10, 99, 100, 101, 1000, 5000};
    size_t count = counts[_i];
    for (size_t i = 0; i < count; i++)
        values[i] = random_duration();
    struct histogram histogram = histogram_of(values, count);
    qsort(values, count, sizeof values[0], compare_values);
    ck_assert_uint_eq(wrong_percentiles(&histogram, values, count), 0);
    ck_assert_uint_eq(histogram_percentile(&histogram, 100), values[count - 1]);
    ck_assert_uint_eq(histogram.least, values[0]);
    histogram_free(&histogram);
}
END_TEST

START_TEST(ranks_are_rounded_up)
{
    static const uint64_t few[] = {10, 20, 30};
    struct histogram histogram = histogram_of(few, 3);
    ck_assert_uint_eq(histogram_percentile(&histogram, 66), 20);
    ck_assert_uint_eq(histogram_percentile(&histogram, 67), 30); /* 20 is not exceeded by two thirds only */
    ck_assert_uint_eq(histogram_percentile(&histogram, 75), 30);
    histogram_clear(&histogram);
    for (uint64_t value = 1; value <= 1000; value++)
        histogram_record(&histogram, value);
    ck_assert_uint_eq(histogram_percentile(&histogram, 16.1), 161); /* though 16.1 * 1000 / 100 is a little more */
    ck_assert_uint_eq(histogram_percentile(&histogram, 99.9), 999);
    ck_assert_uint_eq(histogram_percentile(&histogram, 99.91), 1000);
    histogram_free(&histogram);
}
END_TEST

START_TEST(mean_and_deviation)
{
    static const uint64_t values[] = {10, 20, 30};
    struct histogram histogram = histogram_of(values, 3);
    ck_assert_double_eq(histogram_mean(&histogram), 20);
    ck_assert_double_eq_tol(histogram_deviation(&histogram), sqrt(200.0 / 3), 1e-9);
    histogram_clear(&histogram);
    for (int i = 0; i < 3; i++)
        histogram_record(&histogram, 64683); /* not the middle of its bucket */
    ck_assert_double_eq(histogram_mean(&histogram), 64683);
    ck_assert_double_eq(histogram_deviation(&histogram), 0);
    histogram_free(&histogram);
}
END_TEST

START_TEST(an_empty_one_has_no_figures)
{
    struct histogram histogram = histogram_of(NULL, 0);
    ck_assert_uint_eq(histogram_percentile(&histogram, 50), 0);
    ck_assert_uint_eq(histogram_percentile(&histogram, 100), 0);
    ck_assert_double_eq(histogram_mean(&histogram), 0);
    ck_assert_double_eq(histogram_deviation(&histogram), 0);
    ck_assert_uint_eq(histogram.least, 0);
    histogram_free(&histogram);
}
END_TEST

START_TEST(percentiles_have_names)
{
    static const char *const names[] = {"p50", "p75", "p90", "p99", "p99.9", "max"};
    static const double percentiles[] = {50, 75, 90, 99, 99.9, 100};
    for (unsigned i = 0; i < HISTOGRAM_PERCENTILE_COUNT; i++) {
        ck_assert_str_eq(histogram_percentile_name(i), names[i]);
        ck_assert_double_eq(HISTOGRAM_PERCENTILES[i], percentiles[i]);
    }
}
END_TEST

/* --- many of them ------------------------------------------------------------------------------------------------- */

START_TEST(merging_is_recording_both)
{
    struct histogram one = histogram_of(NULL, 0), other = histogram_of(NULL, 0), both = histogram_of(NULL, 0);
    for (int i = 0; i < 1000; i++) {
        uint64_t value = 1 + random_duration();
        histogram_record(i % 3 ? &one : &other, value);
        histogram_record(&both, value);
    }
    histogram_record(&other, 0); /* both ends from one of them */
    histogram_record(&both, 0);
    histogram_record(&other, HISTOGRAM_MOST);
    histogram_record(&both, HISTOGRAM_MOST);
    histogram_merge(&one, &other);
    ck_assert(is_same(&one, &both));
    histogram_free(&one);
    histogram_free(&other);
    histogram_free(&both);
}
END_TEST

START_TEST(merging_with_an_empty_one)
{
    static const uint64_t values[] = {7, 3000, 3000};
    struct histogram empty = histogram_of(NULL, 0), some = histogram_of(values, 3), same = histogram_of(values, 3);
    histogram_merge(&some, &empty);
    ck_assert(is_same(&some, &same));
    histogram_merge(&empty, &some);
    ck_assert(is_same(&empty, &same));
    histogram_free(&empty);
    histogram_free(&some);
    histogram_free(&same);
}
END_TEST

START_TEST(clearing_forgets_all)
{
    static const uint64_t values[] = {0, 1, 2047, 2048, 70000, HISTOGRAM_MOST};
    struct histogram histogram = histogram_of(values, 6), empty = histogram_of(NULL, 0);
    histogram_clear(&histogram);
    ck_assert(is_same(&histogram, &empty));
    histogram_clear(&histogram);
    ck_assert(is_same(&histogram, &empty));
    histogram_free(&histogram);
    histogram_free(&empty);
}
END_TEST

/* --- files -------------------------------------------------------------------------------------------------------- */

static void check_hgrm(const uint64_t *values, size_t count, const char *expected)
{
    struct histogram histogram = histogram_of(values, count);
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(file);
    histogram_write_hgrm(&histogram, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_str_eq(text, expected);
    free(text);
    histogram_free(&histogram);
}

/* To the letter what HdrHistogram's outputPercentileDistribution(5, 1000) writes for these values. */
START_TEST(hgrm_is_that_of_hdrhistogram)
{
    static const uint64_t values[] = {500, 1000, 1500, 2000};
    check_hgrm(values, 4,
               "       Value     Percentile TotalCount 1/(1-Percentile)\n"
               "\n"
               "       0.500 0.000000000000          1           1.00\n"
               "       0.500 0.100000000000          1           1.11\n"
               "       0.500 0.200000000000          1           1.25\n"
               "       1.000 0.300000000000          2           1.43\n"
               "       1.000 0.400000000000          2           1.67\n"
               "       1.000 0.500000000000          2           2.00\n"
               "       1.500 0.550000000000          3           2.22\n"
               "       1.500 0.600000000000          3           2.50\n"
               "       1.500 0.650000000000          3           2.86\n"
               "       1.500 0.700000000000          3           3.33\n"
               "       1.500 0.750000000000          3           4.00\n"
               "       2.000 0.775000000000          4           4.44\n"
               "       2.000 1.000000000000          4\n"
               "#[Mean    =        1.250, StdDeviation   =        0.559]\n"
               "#[Max     =        2.000, Total count    =            4]\n"
               "#[Buckets =           22, SubBuckets     =         2048]\n");
}
END_TEST

START_TEST(hgrm_of_one_value)
{
    static const uint64_t value = 64683; /* of a bucket that ends at 64703 */
    check_hgrm(&value, 1,
               "       Value     Percentile TotalCount 1/(1-Percentile)\n"
               "\n"
               "      64.683 0.000000000000          1           1.00\n"
               "      64.683 1.000000000000          1\n"
               "#[Mean    =       64.683, StdDeviation   =        0.000]\n"
               "#[Max     =       64.683, Total count    =            1]\n"
               "#[Buckets =           22, SubBuckets     =         2048]\n");
}
END_TEST

START_TEST(hgrm_of_nothing)
{
    check_hgrm(NULL, 0,
               "       Value     Percentile TotalCount 1/(1-Percentile)\n"
               "\n"
               "#[Mean    =        0.000, StdDeviation   =        0.000]\n"
               "#[Max     =        0.000, Total count    =            0]\n"
               "#[Buckets =           22, SubBuckets     =         2048]\n");
}
END_TEST

static json_t *make_json(const void *context)
{
    return histogram_json(context);
}

static json_int_t integer(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    ck_assert_msg(json_is_integer(value), "no integer %s", key);
    return json_integer_value(value);
}

START_TEST(json_has_the_figures)
{
    static const uint64_t values[] = {10, 20, 30, 30, 5000};
    struct histogram histogram = histogram_of(values, 5);
    json_t *json = histogram_json(&histogram);
    ck_assert_int_eq(integer(json, "count"), 5);
    ck_assert_int_eq(integer(json, "min_us"), 10);
    ck_assert_int_eq(integer(json, "p50_us"), 30);
    ck_assert_int_eq(integer(json, "p75_us"), 30);
    ck_assert_int_eq(integer(json, "p90_us"), 5000);
    ck_assert_int_eq(integer(json, "p99_us"), 5000);
    ck_assert_int_eq(integer(json, "p99.9_us"), 5000);
    ck_assert_int_eq(integer(json, "max_us"), 5000);
    ck_assert_double_eq(json_real_value(json_object_get(json, "mean_us")), 1018);
    ck_assert_double_eq(json_real_value(json_object_get(json, "stddev_us")), histogram_deviation(&histogram));
    check_json(json_object_get(json, "buckets"), "[[10,10,1],[20,20,1],[30,30,2],[5000,5003,1]]");
    json_decref(json);
    histogram_free(&histogram);
}
END_TEST

START_TEST(json_buckets_sum_to_the_count)
{
    struct histogram histogram = histogram_of(NULL, 0);
    for (int i = 0; i < 1000; i++)
        histogram_record(&histogram, random_duration());
    json_t *json = histogram_json(&histogram);
    json_t *bucket;
    size_t i, disordered = 0;
    json_int_t sum = 0, end = -1;
    json_array_foreach(json_object_get(json, "buckets"), i, bucket)
    {
        disordered += json_integer_value(json_array_get(bucket, 0)) <= end;
        end = json_integer_value(json_array_get(bucket, 1));
        sum += json_integer_value(json_array_get(bucket, 2));
    }
    ck_assert_int_eq(sum, 1000);
    ck_assert_uint_eq(disordered, 0);
    json_decref(json);
    histogram_free(&histogram);
}
END_TEST

START_TEST(json_of_nothing)
{
    struct histogram histogram = histogram_of(NULL, 0);
    json_t *json = histogram_json(&histogram);
    ck_assert_int_eq(integer(json, "count"), 0);
    ck_assert_int_eq(integer(json, "p50_us"), 0);
    ck_assert(json_is_array(json_object_get(json, "buckets")));
    ck_assert_uint_eq(json_array_size(json_object_get(json, "buckets")), 0);
    json_decref(json);
    histogram_free(&histogram);
}
END_TEST

START_TEST(json_is_whole_or_none)
{
    static const uint64_t values[] = {10, 20, 5000};
    struct histogram histogram = histogram_of(values, 3);
    struct json_failures failures = make_json_without_memory(make_json, &histogram);
    ck_assert_uint_gt(failures.tried, 20);
    ck_assert_uint_eq(failures.half, 0);
    histogram_free(&histogram);
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS("histogram", buckets_follow_each_other_without_gap, a_value_alone_is_exact,
                           what_is_longer_counts_as_an_hour, ranks_are_rounded_up, mean_and_deviation,
                           an_empty_one_has_no_figures, percentiles_have_names, merging_is_recording_both,
                           merging_with_an_empty_one, clearing_forgets_all, hgrm_is_that_of_hdrhistogram,
                           hgrm_of_one_value, hgrm_of_nothing, json_has_the_figures, json_buckets_sum_to_the_count,
                           json_of_nothing, json_is_whole_or_none);
    return RUN_TESTS_TIMES("histogram's percentiles", 12, percentiles_are_those_of_the_sorted_values) || failed;
}
