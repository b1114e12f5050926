#include "measure/timeseries.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"

static const nanoseconds SECOND = SECONDS(1);

int timeseries_init(struct timeseries *series, nanoseconds start)
{
    *series = (struct timeseries){.start = start, .interval = SECOND, .second = start};
    series->rows = calloc(TIMESERIES_ROWS, sizeof *series->rows);
    int err = series->rows ? histogram_init(&series->latency) : ERR_NO_MEMORY;
    if (err)
        timeseries_free(series);
    return err;
}

void timeseries_free(struct timeseries *series)
{
    free(series->rows);
    histogram_free(&series->latency);
    *series = (struct timeseries){0};
}

static void join(struct timeseries_row *row, const struct timeseries_row *other)
{
    row->done += other->done;
    row->failed += other->failed;
    row->bytes += other->bytes;
    row->wire_bytes += other->wire_bytes;
    row->p50 = row->p50 > other->p50 ? row->p50 : other->p50;
    row->p99 = row->p99 > other->p99 ? row->p99 : other->p99;
    row->most = row->most > other->most ? row->most : other->most;
}

/* Makes each two rows one. */
static void join_pairs(struct timeseries *series)
{
    for (size_t i = 0; i < TIMESERIES_ROWS / 2; i++) {
        series->rows[i] = series->rows[2 * i];
        join(&series->rows[i], &series->rows[2 * i + 1]);
    }
    for (size_t i = TIMESERIES_ROWS / 2; i < TIMESERIES_ROWS; i++)
        series->rows[i] = (struct timeseries_row){0};
    series->interval *= 2;
    series->count = (series->count + 1) / 2;
}

/* Puts the present second's figures into its row. */
static void end_second(struct timeseries *series)
{
    size_t row;
    while ((row = (size_t)((series->second - series->start) / series->interval)) >= TIMESERIES_ROWS)
        join_pairs(series);
    if (series->latency.total) {
        series->open.p50 = (uint32_t)histogram_percentile(&series->latency, 50);
        series->open.p99 = (uint32_t)histogram_percentile(&series->latency, 99);
        series->open.most = (uint32_t)series->latency.most;
        histogram_clear(&series->latency);
    }
    join(&series->rows[row], &series->open);
    series->open = (struct timeseries_row){0};
    series->count = row + 1;
}

/* Goes on to the second of `now`. */
static void advance(struct timeseries *series, nanoseconds now)
{
    end_second(series);
    series->second = series->start + (now - series->start) / SECOND * SECOND;
}

void timeseries_add(struct timeseries *series, nanoseconds now, const struct sample *sample)
{
    if (now - series->second >= SECOND)
        advance(series, now);
    struct timeseries_row *row = &series->open;
    row->done++;
    row->failed += sample->failed;
    row->bytes += sample->bytes;
    row->wire_bytes += sample->wire_bytes;
    histogram_record(&series->latency, sample->microseconds);
}

void timeseries_close(struct timeseries *series, nanoseconds now)
{
    if (now - series->second >= SECOND)
        advance(series, now);
    end_second(series);
}

static json_t *row_json(const struct timeseries *series, size_t i)
{
    const struct timeseries_row *row = &series->rows[i];
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "second",
                     (json_int_t)((nanoseconds)i * series->interval / SECOND), "seconds",
                     (json_int_t)(series->interval / SECOND), "done", (json_int_t)row->done, "failed",
                     (json_int_t)row->failed, "bytes", (json_int_t)row->bytes, "wire_bytes",
                     (json_int_t)row->wire_bytes, "p50_us", (json_int_t)row->p50, "p99_us", (json_int_t)row->p99,
                     "max_us", (json_int_t)row->most);
}

json_t *timeseries_json(const struct timeseries *series)
{
    json_t *rows = json_array();
    int err = 0;
    for (size_t i = 0; i < series->count && !err; i++)
        err = json_array_append_new(rows, row_json(series, i));
    if (!err)
        return rows;
    json_decref(rows);
    return NULL;
}

void timeseries_write_csv(const struct timeseries *series, FILE *file)
{
    fputs("second,seconds,done,failed,bytes,wire_bytes,p50_us,p99_us,max_us\r\n", file);
    for (size_t i = 0; i < series->count; i++) {
        const struct timeseries_row *row = &series->rows[i];
        fprintf(file,
                "%" PRId64 ",%" PRId64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu32 ",%" PRIu32
                ",%" PRIu32 "\r\n",
                (nanoseconds)i * series->interval / SECOND, series->interval / SECOND, row->done, row->failed,
                row->bytes, row->wire_bytes, row->p50, row->p99, row->most);
    }
}
