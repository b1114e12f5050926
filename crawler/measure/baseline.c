#include "measure/baseline.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "record/json_value.h"

/* What is compared, where it is in the JSON, and whether more of it is worse. */
struct figure {
    const char *name;
    const char *key;
    size_t offset; /* of the struct spread in struct sweep_step */
    bool more_is_worse;
};

static const struct figure FIGURES[COMPARED_FIGURES] = {
    {"requests/s", "slice_requests_per_second", offsetof(struct sweep_step, slice_rate), false},
    {"p50", "slice_p50_us", offsetof(struct sweep_step, slice_p50), true},
    {"p99", "slice_p99_us", offsetof(struct sweep_step, slice_p99), true},
};

static int not_a_measurement(const char *path, const char *why)
{
    log_error("%s: not a measurement of crawler measure: %s", path, why);
    return ERR_SYNTAX;
}

static bool is_spread(const json_t *object)
{
    return json_is_number(json_object_get(object, "mean")) && json_is_number(json_object_get(object, "half_width")) &&
           json_is_integer(json_object_get(object, "slices"));
}

static bool is_step(const json_t *step)
{
    bool is_whole = json_is_integer(json_object_get(step, "concurrency")) &&
                    json_is_number(json_object_get(step, "wanted_requests_per_second"));
    for (size_t i = 0; i < COMPARED_FIGURES && is_whole; i++)
        is_whole = is_spread(json_object_get(step, FIGURES[i].key));
    return is_whole;
}

static int check(const json_t *document, const char *path)
{
    const json_t *steps = json_object_get(document, "steps");
    if (!json_is_array(steps) || !json_is_string(json_object_get(document, "loop")))
        return not_a_measurement(path, "no \"loop\" or no \"steps\"");
    for (size_t i = 0; i < json_array_size(steps); i++)
        if (!is_step(json_array_get(steps, i)))
            return not_a_measurement(path, "a step without all of its figures");
    return 0;
}

static int parse(json_t **baseline, FILE *file, const char *path)
{
    json_error_t error;
    errno = 0;
    json_t *document;
    int err = json_value_read(&document, file, &error);
    int read_errno = errno;
    if (err == ERR_NO_MEMORY) {
        log_error("%s: %s", path, error_text(err));
        return err;
    }
    if (err && ferror(file)) {
        log_error("%s: %s", path, strerror(read_errno));
        return error_from_errno(read_errno);
    }
    if (err) {
        log_error("%s:%d: %s", path, error.line, error.text);
        return err;
    }
    err = check(document, path);
    if (err)
        json_decref(document);
    else
        *baseline = document;
    return err;
}

int baseline_load(json_t **baseline, const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        int open_errno = errno;
        log_error("%s: %s", path, strerror(open_errno));
        return error_from_errno(open_errno);
    }
    int err = parse(baseline, file, path);
    fclose(file);
    return err;
}

static struct spread read_spread(const json_t *step, const char *key)
{
    const json_t *object = json_object_get(step, key);
    json_int_t slices = json_integer_value(json_object_get(object, "slices"));
    return (struct spread){.mean = json_number_value(json_object_get(object, "mean")),
                           .half_width = json_number_value(json_object_get(object, "half_width")),
                           .count = slices > 0 && slices <= SWEEP_SLICES ? (unsigned)slices : 0};
}

/* The baseline's step that was run like `step`; NULL for none. */
static const json_t *find_step(const json_t *baseline, const struct sweep *sweep, const struct sweep_step *step)
{
    const json_t *steps = json_object_get(baseline, "steps");
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *other = json_array_get(steps, i);
        json_int_t concurrency = json_integer_value(json_object_get(other, "concurrency"));
        double rate = json_number_value(json_object_get(other, "wanted_requests_per_second"));
        if (sweep->is_open ? fabs(rate - step->wanted_rate) < 1e-6 : concurrency == (json_int_t)step->concurrency)
            return other;
    }
    return NULL;
}

/* One slice alone has no interval, and nothing can be so much worse than nothing. */
static bool is_comparable(const struct spread *before, const struct spread *after)
{
    return before->count > 1 && after->count > 1 && before->mean > 0;
}

static void compare_figure(struct comparison *out, const struct figure *figure, const json_t *before,
                           const struct sweep_step *step, double threshold)
{
    struct spread old = read_spread(before, figure->key), new;
    memcpy(&new, (const char *)step + figure->offset, sizeof new);
    if (!is_comparable(&old, &new))
        return;
    double sign = figure->more_is_worse ? 100 : -100;
    double worse = sign * (new.mean / old.mean - 1);
    double half_width = 100 * hypot(old.half_width / old.mean, new.half_width / old.mean);
    if (!isfinite(worse) || !isfinite(half_width))
        return;
    bool is_regression = worse - half_width > threshold;
    out->regressions += is_regression;
    out->items[out->count++] = (struct compared){
        .concurrency = step->concurrency,
        .figure = figure->name,
        .before = old.mean,
        .after = new.mean,
        .worse_least = worse - half_width,
        .worse_most = worse + half_width,
        .is_regression = is_regression,
    };
}

/* --- is it the same that was measured? ---------------------------------------------------------------------------- */

static void warn_of_site(const json_t *baseline, const struct sweep *sweep)
{
    json_t *now = sweep->site ? sweep_site_json(sweep) : NULL;
    const char *was = json_string_value(json_object_get(baseline, "site")), *is = json_string_value(now);
    if (was && is && strcmp(was, is) != 0)
        log_warning("--baseline: that is a measurement of %s, this one of %s", was, is);
    json_decref(now);
}

static void warn_of_urls(const json_t *baseline, const struct sweep *sweep)
{
    const json_t *was = json_object_get(baseline, "urls");
    if (json_is_integer(was) && json_integer_value(was) != (json_int_t)sweep->url_count)
        log_warning("--baseline: %lld URLs were fetched for it, and %zu now", (long long)json_integer_value(was),
                    sweep->url_count);
}

/* Returns whether the two took as long, or nothing is known of it. */
static bool warn_of_duration(const json_t *before, const struct sweep_step *step)
{
    const json_t *was = json_object_get(before, "seconds");
    double seconds = (double)step->duration / SECONDS(1);
    if (!json_is_number(was) || fabs(json_number_value(was) - seconds) < 1e-6)
        return true;
    log_warning("--baseline: its steps took %g s, and these %g s", json_number_value(was), seconds);
    return false;
}

/* Returns 0, or ERR_NOT_FOUND when nothing was compared. */
static int check_compared(const struct comparison *comparison, bool is_common)
{
    if (!is_common)
        log_error("--baseline: it has no step in common with this measurement");
    else if (!comparison->count)
        log_error("--baseline: no figure of a common step can be compared: too little went well");
    return comparison->count ? 0 : ERR_NOT_FOUND;
}

int baseline_compare(struct comparison *out, const json_t *baseline, const struct sweep *sweep, double threshold)
{
    *out = (struct comparison){.items = calloc(sweep->count * COMPARED_FIGURES + 1, sizeof *out->items)};
    if (!out->items)
        return ERR_NO_MEMORY;
    const char *loop = json_string_value(json_object_get(baseline, "loop"));
    bool is_same_kind = strcmp(loop, sweep->is_open ? "open" : "closed") == 0, is_common = false;
    bool is_as_long = true;
    warn_of_site(baseline, sweep);
    warn_of_urls(baseline, sweep);
    for (size_t i = 0; i < sweep->count && is_same_kind; i++) {
        const json_t *before = find_step(baseline, sweep, &sweep->steps[i]);
        is_common |= before != NULL;
        if (before && is_as_long) /* told once: all steps of a sweep take as long */
            is_as_long = warn_of_duration(before, &sweep->steps[i]);
        for (size_t k = 0; k < COMPARED_FIGURES && before; k++)
            compare_figure(out, &FIGURES[k], before, &sweep->steps[i], threshold);
    }
    return check_compared(out, is_common);
}

void comparison_free(struct comparison *comparison)
{
    free(comparison->items);
    *comparison = (struct comparison){0};
}

static json_t *compared_json(const struct compared *item)
{
    return json_pack("{s:i, s:s, s:f, s:f, s:[f, f], s:b}", "concurrency", (int)item->concurrency, "figure",
                     item->figure, "before", item->before, "after", item->after, "worse_percent", item->worse_least,
                     item->worse_most, "regression", (int)item->is_regression);
}

json_t *comparison_json(const struct comparison *comparison)
{
    json_t *array = json_array();
    bool failed = false;
    for (size_t i = 0; i < comparison->count; i++)
        failed |= json_array_append_new(array, compared_json(&comparison->items[i])) != 0;
    if (!failed)
        return array;
    json_decref(array);
    return NULL;
}
