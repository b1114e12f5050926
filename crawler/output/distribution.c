#include "output/distribution.h"

#include <stdlib.h>

#include "base/error.h"

static int create(struct output **out, struct output_file *file, const struct options *options)
{
    (void)file;
    (void)options;
    *out = calloc(1, sizeof **out);
    return *out ? 0 : ERR_NO_MEMORY;
}

static void destroy(struct output *output)
{
    free(output);
}

static int write_timeseries(struct output *output, const struct crawl_end *end)
{
    timeseries_write_csv(&end->summary->series, output_file_stream(output->file));
    return 0;
}

static int write_histogram(struct output *output, const struct crawl_end *end)
{
    histogram_write_hgrm(&end->summary->phases[PHASE_TOTAL], output_file_stream(output->file));
    return 0;
}

static int write_sweep_series(FILE *file, const struct measurement *measurement)
{
    timeseries_write_csv(&measurement->sweep->series, file);
    return 0;
}

/* Of a sweep, the step at the knee. */
static int write_sweep_histogram(FILE *file, const struct measurement *measurement)
{
    const struct sweep *sweep = measurement->sweep;
    if (sweep->count)
        histogram_write_hgrm(&sweep->steps[sweep->knee].latency, file);
    return 0;
}

const struct output_format OUTPUT_TIMESERIES = {
    .name = "timeseries",
    .help = "figures of each second (CSV)",
    .create = create,
    .finish = write_timeseries,
    .free = destroy,
    .write_measurement = write_sweep_series,
};

const struct output_format OUTPUT_HISTOGRAM = {
    .name = "histogram",
    .help = "distribution of latencies (.hgrm)",
    .create = create,
    .finish = write_histogram,
    .free = destroy,
    .write_measurement = write_sweep_histogram,
};
