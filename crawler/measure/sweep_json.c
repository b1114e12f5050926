#include "measure/sweep.h"

#include <string.h>

#include "base/escape.h"

static json_t *spread_json(const struct spread *spread)
{
    return json_pack("{s:f, s:f, s:i}", "mean", spread->mean, "half_width", spread->half_width, "slices",
                     (int)spread->count);
}

static json_t *step_json(const struct sweep_step *step)
{
    return json_pack("{s:i, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                     "concurrency", (int)step->concurrency, "wanted_requests_per_second", step->wanted_rate, "seconds",
                     (double)step->duration / SECONDS(1), "done", (json_int_t)step->done, "failed",
                     (json_int_t)step->failed, "late", (json_int_t)step->late, "bytes", (json_int_t)step->bytes,
                     "wire_bytes", (json_int_t)step->wire_bytes, "requests_per_second", step->rate, "cpu", step->cpu,
                     "connections_opened", (json_int_t)step->opened, "slice_requests_per_second",
                     spread_json(&step->slice_rate), "slice_p50_us", spread_json(&step->slice_p50), "slice_p99_us",
                     spread_json(&step->slice_p99), "errors", tallies_json(&step->errors), "statuses",
                     tallies_json(&step->statuses), "latency", histogram_json(&step->latency), "first_byte",
                     histogram_json(&step->first_byte));
}

static json_t *steps_json(const struct sweep *sweep)
{
    json_t *steps = json_array();
    bool failed = false;
    for (size_t i = 0; i < sweep->count; i++)
        failed |= json_array_append_new(steps, step_json(&sweep->steps[i])) != 0;
    if (!failed)
        return steps;
    json_decref(steps);
    return NULL;
}

static json_t *fit_json(const struct usl_fit *fit)
{
    if (!fit->is_valid)
        return json_null();
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f}", "lambda", fit->lambda, "sigma", fit->sigma, "kappa", fit->kappa,
                     "peak_concurrency", fit->peak, "r_squared", fit->r_squared, "worst_residual", fit->worst_residual);
}

/* The concurrency of a step of a closed loop. */
static json_t *concurrency_json(const struct sweep *sweep, size_t step)
{
    return sweep->is_open || !sweep->count ? json_null() : json_integer(sweep->steps[step].concurrency);
}

json_t *sweep_site_json(const struct sweep *sweep)
{
    struct buf name;
    buf_init(&name, 3 * strlen(sweep->site) + 1);
    json_t *json = utf8_repair(&name, slice_of(sweep->site)) ? NULL : json_string(buf_text(&name));
    buf_free(&name);
    return json;
}

json_t *sweep_json(const struct sweep *sweep)
{
    return json_pack("{s:s, s:s, s:I, s:o, s:f, s:b, s:o, s:o, s:o, s:o, s:o}", "crawler", CRAWLER_VERSION, "loop",
                     sweep->is_open ? "open" : "closed", "urls", (json_int_t)sweep->url_count, "site",
                     sweep_site_json(sweep), "warmup_seconds", (double)sweep->warmup / SECONDS(1), "interrupted",
                     (int)sweep->was_interrupted, "steps", steps_json(sweep), "best_concurrency",
                     concurrency_json(sweep, sweep->best), "knee_concurrency", concurrency_json(sweep, sweep->knee),
                     "scalability_law", fit_json(&sweep->fit), "series", timeseries_json(&sweep->series));
}
