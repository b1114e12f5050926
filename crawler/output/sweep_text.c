#include "output/sweep_text.h"

#include <inttypes.h>

static double milliseconds(const struct histogram *histogram, double percent)
{
    return (double)histogram_percentile(histogram, percent) / 1000;
}

static double seconds_of(const struct sweep_step *step)
{
    return (double)step->duration / SECONDS(1);
}

static void write_head(FILE *file, const struct sweep *sweep)
{
    fprintf(file, "*** Measurement ***\n");
    if (!sweep->count)
        return;
    fprintf(file, "%zu URL%s of %s, ", sweep->url_count, sweep->url_count == 1 ? "" : "s", sweep->site);
    if (sweep->is_open)
        fprintf(file, "%.10g requests due a second (open loop), ", sweep->steps[0].wanted_rate);
    fprintf(file, "%.10g s of warm-up and %.10g s measured%s\n\n", (double)sweep->warmup / SECONDS(1),
            seconds_of(&sweep->steps[0]), sweep->is_open ? "" : " for each step");
    fprintf(file, "%8s %10s %7s %8s", "at once", "requests/s", "+-", "MB/s");
    for (unsigned i = 0; i < HISTOGRAM_PERCENTILE_COUNT; i++)
        fprintf(file, " %8s", histogram_percentile_name(i));
    fprintf(file, " %7s %5s\n", "failed", "CPU");
}

static void write_step(FILE *file, const struct sweep *sweep, const struct sweep_step *step)
{
    bool is_knee = !sweep->is_open && step == &sweep->steps[sweep->knee];
    fprintf(file, "%7u%c %10.1f %7.1f %8.2f", step->concurrency, is_knee ? '*' : ' ', step->rate,
            step->slice_rate.half_width, (double)step->wire_bytes / seconds_of(step) / 1e6);
    for (unsigned i = 0; i < HISTOGRAM_PERCENTILE_COUNT; i++)
        fprintf(file, " %8.3f", milliseconds(&step->latency, HISTOGRAM_PERCENTILES[i]));
    fprintf(file, " %7" PRIu64 " %4.0f%%\n", step->failed, step->cpu * 100);
}

static void write_kinds(FILE *file, const struct tallies *tallies)
{
    for (size_t i = 0; i < tallies->count; i++)
        fprintf(file, "%s%s %" PRIu64, i ? ", " : "", tallies->items[i].name, tallies->items[i].count);
}

/* What failed, and how. */
static void write_failures(FILE *file, const struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->count; i++) {
        const struct sweep_step *step = &sweep->steps[i];
        if (!step->failed)
            continue;
        fprintf(file, "Failed with %u at once: ", step->concurrency);
        write_kinds(file, &step->errors);
        fprintf(file, "%sstatuses ", step->errors.count ? "; " : "");
        write_kinds(file, &step->statuses);
        fputc('\n', file);
    }
}

static void write_knee(FILE *file, const struct sweep *sweep)
{
    const struct sweep_step *knee = &sweep->steps[sweep->knee], *best = &sweep->steps[sweep->best];
    fprintf(file, "Knee: %u at once, %.1f requests/s, p50 %.3f ms", knee->concurrency, knee->rate,
            milliseconds(&knee->latency, 50));
    if (knee == best)
        fprintf(file, ": the best rate\n");
    else
        fprintf(file, ": %.0f %% of the best rate, %.1f requests/s with %u at once\n", 100 * knee->rate / best->rate,
                best->rate, best->concurrency);
}

static void write_fit(FILE *file, const struct usl_fit *fit)
{
    if (!fit->is_valid)
        return;
    fprintf(file,
            "Scalability law: %.1f requests/s with one at once, contention %.3g, coherency %.3g; R2 %.3f, "
            "worst residual %.0f %%\n",
            fit->lambda, fit->sigma, fit->kappa, fit->r_squared, 100 * fit->worst_residual);
    if (fit->peak > 0)
        fprintf(file, "By it the rate is highest with %.0f at once\n", fit->peak);
}

/* From which step on the figures are those of the client. */
static void write_limit(FILE *file, const struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->count; i++)
        if (sweep->steps[i].cpu >= CLIENT_IS_BUSY) {
            fprintf(file, "With %u at once and more this program itself is the limit (CPU %.0f %% of a core)\n",
                    sweep->steps[i].concurrency, 100 * sweep->steps[i].cpu);
            return;
        }
}

static void write_open(FILE *file, const struct sweep_step *step)
{
    fprintf(file, "Latency counts from the moment at which a request was due. At most %u were on their way at once",
            step->concurrency);
    if (step->late)
        fprintf(file, "; %" PRIu64 " had no answer %d s after the end and are not in the figures", step->late,
                (int)(SWEEP_GRACE / SECONDS(1)));
    fputc('\n', file);
}

void sweep_write_text(FILE *file, const struct sweep *sweep)
{
    write_head(file, sweep);
    for (size_t i = 0; i < sweep->count; i++)
        write_step(file, sweep, &sweep->steps[i]);
    if (sweep->was_interrupted)
        fprintf(file, "Interrupted: the step at hand is left out\n");
    if (!sweep->count)
        return;
    fprintf(file, "Percentiles in milliseconds; +- is the 95 %% confidence interval of requests/s%s\n\n",
            sweep->is_open ? "" : "; * is the knee");
    if (sweep->is_open) {
        write_open(file, &sweep->steps[0]);
    } else {
        write_knee(file, sweep);
        write_fit(file, &sweep->fit);
    }
    write_limit(file, sweep);
    write_failures(file, sweep);
}

void comparison_write_text(FILE *file, const struct comparison *comparison)
{
    fprintf(file, "\nAgainst the baseline (change for the worse, 95 %% confidence):\n%8s %-12s %10s %10s %20s\n",
            "at once", "", "before", "now", "");
    for (size_t i = 0; i < comparison->count; i++) {
        const struct compared *item = &comparison->items[i];
        fprintf(file, "%8u %-12s %10.1f %10.1f %+8.1f to %+6.1f %%%s\n", item->concurrency, item->figure, item->before,
                item->after, item->worse_least, item->worse_most, item->is_regression ? "  WORSE" : "");
    }
}

void sweep_write_csv(FILE *file, const struct sweep *sweep)
{
    fprintf(file,
            "concurrency,wanted_requests_per_second,seconds,done,failed,late,bytes,wire_bytes,requests_per_second,"
            "half_width,cpu,connections_opened");
    for (unsigned i = 0; i < HISTOGRAM_PERCENTILE_COUNT; i++)
        fprintf(file, ",%s_us", histogram_percentile_name(i));
    fputs("\r\n", file);
    for (size_t i = 0; i < sweep->count; i++) {
        const struct sweep_step *step = &sweep->steps[i];
        fprintf(file,
                "%u,%.10g,%.10g,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.3f,%.3f,%.4f,%" PRIu64,
                step->concurrency, step->wanted_rate, seconds_of(step), step->done, step->failed, step->late,
                step->bytes, step->wire_bytes, step->rate, step->slice_rate.half_width, step->cpu, step->opened);
        for (unsigned k = 0; k < HISTOGRAM_PERCENTILE_COUNT; k++)
            fprintf(file, ",%" PRIu64, histogram_percentile(&step->latency, HISTOGRAM_PERCENTILES[k]));
        fputs("\r\n", file);
    }
}
