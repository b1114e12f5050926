#include "measure/timeseries.h"

#include <stdlib.h>

#include "base/random.h"
#include "unit/crawler/failing_json.h"
#include "unit/crawler/json_text.h"
#include "unit/suite.h"

static const nanoseconds START = SECONDS(1000) + 7; /* not at the edge of a second */

static struct timeseries new_series(void)
{
    struct timeseries series;
    ck_assert_int_eq(timeseries_init(&series, START), 0);
    return series;
}

static void add(struct timeseries *series, nanoseconds after, struct sample sample)
{
    timeseries_add(series, START + after, &sample);
}

static bool is_row(const struct timeseries_row *row, const struct timeseries_row *expected)
{
    return row->done == expected->done && row->failed == expected->failed && row->bytes == expected->bytes &&
           row->wire_bytes == expected->wire_bytes && row->p50 == expected->p50 && row->p99 == expected->p99 &&
           row->most == expected->most;
}

static void check_row(const struct timeseries *series, size_t i, struct timeseries_row expected)
{
    const struct timeseries_row *row = &series->rows[i];
    ck_assert_uint_lt(i, series->count);
    ck_assert_msg(is_row(row, &expected), "row %zu: %d done, %d failed, %d and %d bytes, %u %u %u us", i,
                  (int)row->done, (int)row->failed, (int)row->bytes, (int)row->wire_bytes, row->p50, row->p99,
                  row->most);
}

/* Three exchanges, in the first second, at its very end, and in the second after; then nothing for three seconds. */
static struct timeseries small_series(void)
{
    struct timeseries series = new_series();
    add(&series, 0, (struct sample){false, 100, 10, 1500});
    add(&series, SECONDS(1) - 1, (struct sample){true, 20, 2, 500});
    add(&series, SECONDS(1), (struct sample){false, 3, 1, 70});
    timeseries_close(&series, START + MILLISECONDS(4500));
    return series;
}

START_TEST(each_second_is_a_row)
{
    struct timeseries series = small_series();
    ck_assert_uint_eq(series.count, 5);
    ck_assert_int_eq(series.interval, SECONDS(1));
    check_row(&series, 0, (struct timeseries_row){2, 1, 120, 12, 500, 1500, 1500});
    check_row(&series, 1, (struct timeseries_row){1, 0, 3, 1, 70, 70, 70});
    for (size_t i = 2; i < 5; i++)
        check_row(&series, i, (struct timeseries_row){0});
    timeseries_free(&series);
}
END_TEST

START_TEST(closing_twice_changes_nothing)
{
    struct timeseries series = small_series();
    timeseries_close(&series, START + MILLISECONDS(4500));
    ck_assert_uint_eq(series.count, 5);
    check_row(&series, 0, (struct timeseries_row){2, 1, 120, 12, 500, 1500, 1500});
    check_row(&series, 4, (struct timeseries_row){0});
    timeseries_free(&series);
}
END_TEST

START_TEST(it_goes_on_after_closing)
{
    struct timeseries series = small_series();
    add(&series, SECONDS(4), (struct sample){false, 5, 5, 40});
    add(&series, SECONDS(6), (struct sample){false, 6, 6, 60});
    timeseries_close(&series, START + SECONDS(6));
    ck_assert_uint_eq(series.count, 7);
    check_row(&series, 4, (struct timeseries_row){1, 0, 5, 5, 40, 40, 40});
    check_row(&series, 5, (struct timeseries_row){0});
    check_row(&series, 6, (struct timeseries_row){1, 0, 6, 6, 60, 60, 60});
    timeseries_free(&series);
}
END_TEST

START_TEST(seconds_count_from_the_start)
{
    struct timeseries series = new_series();
    add(&series, MILLISECONDS(1900), (struct sample){.bytes = 1});
    add(&series, MILLISECONDS(2100), (struct sample){.bytes = 2});
    add(&series, MILLISECONDS(2999), (struct sample){.bytes = 4});
    timeseries_close(&series, START + SECONDS(3));
    ck_assert_uint_eq(series.count, 4);
    check_row(&series, 0, (struct timeseries_row){0});
    check_row(&series, 1, (struct timeseries_row){.done = 1, .bytes = 1});
    check_row(&series, 2, (struct timeseries_row){.done = 2, .bytes = 6});
    check_row(&series, 3, (struct timeseries_row){0});
    timeseries_free(&series);
}
END_TEST

START_TEST(what_comes_late_counts_in_the_present_second)
{
    struct timeseries series = new_series();
    add(&series, SECONDS(2), (struct sample){.bytes = 1});
    add(&series, SECONDS(1), (struct sample){.bytes = 2});
    timeseries_close(&series, START + SECONDS(1));
    ck_assert_uint_eq(series.count, 3);
    check_row(&series, 1, (struct timeseries_row){0});
    check_row(&series, 2, (struct timeseries_row){.done = 2, .bytes = 3});
    timeseries_free(&series);
}
END_TEST

START_TEST(a_second_has_its_percentiles)
{
    struct timeseries series = new_series();
    for (uint64_t i = 100; i > 0; i--)
        add(&series, MILLISECONDS(100 - i), (struct sample){.microseconds = 10 * i});
    timeseries_close(&series, START + SECONDS(1) - 1);
    ck_assert_uint_eq(series.count, 1);
    check_row(&series, 0, (struct timeseries_row){.done = 100, .p50 = 500, .p99 = 990, .most = 1000});
    timeseries_free(&series);
}
END_TEST

START_TEST(an_empty_one_has_one_row)
{
    struct timeseries series = new_series();
    ck_assert_uint_eq(series.count, 0);
    timeseries_close(&series, START);
    ck_assert_uint_eq(series.count, 1);
    check_row(&series, 0, (struct timeseries_row){0});
    timeseries_free(&series);
}
END_TEST

START_TEST(the_longest_fits)
{
    struct timeseries series = new_series();
    add(&series, 0, (struct sample){.bytes = UINT64_C(1) << 40, .microseconds = UINT64_MAX});
    timeseries_close(&series, START);
    ck_assert_uint_eq(series.rows[0].most, HISTOGRAM_MOST);
    ck_assert_uint_eq(series.rows[0].p50, HISTOGRAM_MOST);
    ck_assert_uint_eq(series.rows[0].bytes, UINT64_C(1) << 40);
    timeseries_free(&series);
}
END_TEST

/* --- joined rows -------------------------------------------------------------------------------------------------- */

START_TEST(rows_are_joined_in_pairs)
{
    struct timeseries series = new_series();
    for (unsigned i = 0; i <= TIMESERIES_ROWS; i++)
        add(&series, SECONDS(i), (struct sample){i % 4 == 0, i, 1, 2000 - i % 1000});
    ck_assert_uint_eq(series.count, TIMESERIES_ROWS);
    timeseries_close(&series, START + SECONDS(TIMESERIES_ROWS));
    ck_assert_int_eq(series.interval, SECONDS(2));
    ck_assert_uint_eq(series.count, TIMESERIES_ROWS / 2 + 1);
    check_row(&series, 0, (struct timeseries_row){2, 1, 1, 2, 2000, 2000, 2000});
    check_row(&series, 1, (struct timeseries_row){2, 0, 5, 2, 1998, 1998, 1998});
    check_row(&series, TIMESERIES_ROWS / 2 - 1, (struct timeseries_row){2, 0, 8189, 2, 1906, 1906, 1906});
    check_row(&series, TIMESERIES_ROWS / 2, (struct timeseries_row){1, 1, 4096, 1, 1904, 1904, 1904});
    timeseries_free(&series);
}
END_TEST

enum { LONG = 20000 /* seconds */, RARE = 3 };

/* Some exchanges in some seconds; `sums` gets what a second had, `most` its longest. */
static void fill(struct timeseries *series, uint64_t *sums, uint32_t *most, unsigned seconds)
{
    for (unsigned second = 0; second < seconds; second++) {
        sums[second] = most[second] = 0;
        for (uint64_t left = random_below(RARE); left; left--) {
            struct sample sample = {.bytes = random_below(1000), .microseconds = random_below(2000)};
            add(series, SECONDS(second), sample);
            sums[second] += sample.bytes;
            most[second] = sample.microseconds > most[second] ? (uint32_t)sample.microseconds : most[second];
        }
    }
}

START_TEST(joined_rows_are_sums_and_maxima)
{
    static uint64_t sums[LONG];
    static uint32_t most[LONG];
    unsigned seconds = LONG, wrong = 0;
    struct timeseries series = new_series();
    fill(&series, sums, most, seconds);
    timeseries_close(&series, START + SECONDS(seconds) - 1);
    unsigned width = (unsigned)(series.interval / SECONDS(1));
    ck_assert_uint_eq(width, 8);
    ck_assert_uint_eq(series.count, (seconds + width - 1) / width);
    for (unsigned i = 0; i < series.count; i++) {
        uint64_t sum = 0;
        uint32_t longest = 0;
        for (unsigned second = i * width; second < (i + 1) * width && second < seconds; second++) {
            sum += sums[second];
            longest = most[second] > longest ? most[second] : longest;
        }
        /* with at most two a second the longest is the 99th percentile */
        wrong += series.rows[i].bytes != sum || series.rows[i].most != longest || series.rows[i].p99 != longest;
    }
    ck_assert_uint_eq(wrong, 0);
    timeseries_free(&series);
}
END_TEST

START_TEST(years_later)
{
    struct timeseries series = new_series();
    nanoseconds years = SECONDS(INT64_C(1000000000));
    add(&series, 0, (struct sample){false, 1, 2, 30});
    add(&series, years, (struct sample){true, 4, 5, 60});
    timeseries_close(&series, START + years);
    ck_assert_uint_le(series.count, TIMESERIES_ROWS);
    ck_assert_int_eq(series.interval, SECONDS(1 << 18)); /* the first power of 2 with which 4,096 rows suffice */
    check_row(&series, 0, (struct timeseries_row){1, 0, 1, 2, 30, 30, 30});
    check_row(&series, 1, (struct timeseries_row){0});
    check_row(&series, 1000000000 >> 18, (struct timeseries_row){1, 1, 4, 5, 60, 60, 60});
    timeseries_free(&series);
}
END_TEST

/* --- files -------------------------------------------------------------------------------------------------------- */

static void check_csv(const struct timeseries *series, const char *expected)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(file);
    timeseries_write_csv(series, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(csv_has_a_line_a_row)
{
    struct timeseries series = small_series();
    check_csv(&series, "second,seconds,done,failed,bytes,wire_bytes,p50_us,p99_us,max_us\r\n"
                       "0,1,2,1,120,12,500,1500,1500\r\n"
                       "1,1,1,0,3,1,70,70,70\r\n"
                       "2,1,0,0,0,0,0,0,0\r\n"
                       "3,1,0,0,0,0,0,0,0\r\n"
                       "4,1,0,0,0,0,0,0,0\r\n");
    timeseries_free(&series);
}
END_TEST

START_TEST(csv_tells_how_long_a_row_is)
{
    struct timeseries series = new_series();
    add(&series, SECONDS(TIMESERIES_ROWS - 1), (struct sample){false, 1, 2, 30});
    timeseries_close(&series, START + SECONDS(TIMESERIES_ROWS));
    series.count = 3; /* all that is of interest */
    check_csv(&series, "second,seconds,done,failed,bytes,wire_bytes,p50_us,p99_us,max_us\r\n"
                       "0,2,0,0,0,0,0,0,0\r\n"
                       "2,2,0,0,0,0,0,0,0\r\n"
                       "4,2,0,0,0,0,0,0,0\r\n");
    timeseries_free(&series);
}
END_TEST

START_TEST(json_has_an_object_a_row)
{
    struct timeseries series = small_series();
    json_t *json = timeseries_json(&series);
    ck_assert_uint_eq(json_array_size(json), 5);
    check_json(json_array_get(json, 0),
               "{\"second\":0,\"seconds\":1,\"done\":2,\"failed\":1,\"bytes\":120,\"wire_bytes\":12,"
               "\"p50_us\":500,\"p99_us\":1500,\"max_us\":1500}");
    json_decref(json);
    timeseries_free(&series);
}
END_TEST

static json_t *make_json(const void *context)
{
    return timeseries_json(context);
}

START_TEST(json_is_whole_or_none)
{
    struct timeseries series = small_series();
    struct json_failures failures = make_json_without_memory(make_json, &series);
    ck_assert_uint_gt(failures.tried, 20);
    ck_assert_uint_eq(failures.half, 0);
    timeseries_free(&series);
}
END_TEST

int main(void)
{
    return RUN_TESTS("timeseries", each_second_is_a_row, closing_twice_changes_nothing, seconds_count_from_the_start,
                     what_comes_late_counts_in_the_present_second, it_goes_on_after_closing,
                     a_second_has_its_percentiles, an_empty_one_has_one_row, the_longest_fits, rows_are_joined_in_pairs,
                     joined_rows_are_sums_and_maxima, years_later, csv_has_a_line_a_row, csv_tells_how_long_a_row_is,
                     json_has_an_object_a_row, json_is_whole_or_none);
}
