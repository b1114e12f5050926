/* Measurements against earlier ones. */
#include "measure/baseline.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "unit/crawler/failing_json.h"
#include "unit/suite.h"

enum { PATH = 32, LINE = 512, THRESHOLD = 5 /* percent */ };

static char logged[LINE]; /* the last line */
static unsigned lines;

static void keep_line(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    snprintf(logged, sizeof logged, "%s", line);
    lines++;
}

static void capture_log(void)
{
    logged[0] = '\0';
    lines = 0;
    log_set_sink(keep_line, NULL);
}

/* --- files -------------------------------------------------------------------------------------------------------- */

/* Loads a file with that text, whose path is written to `path`. */
static int load_text(json_t **baseline, const char *text, char *path)
{
    snprintf(path, PATH, "/tmp/crawler-test-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    capture_log();
    int err = baseline_load(baseline, path);
    unlink(path);
    return err;
}

#define SPREAD(mean)  "{\"mean\": " mean ", \"half_width\": 1.5, \"slices\": 10}"
#define FIGURES(mean) "\"slice_p50_us\": " SPREAD("9") ", \"slice_p99_us\": " SPREAD(mean) "}"
#define STEP(mean)                                                                                    \
    "{\"concurrency\": 1, \"wanted_requests_per_second\": 0, \"slice_requests_per_second\": " SPREAD( \
        "100.5") ", " FIGURES(mean)
#define DOCUMENT(steps) "{\"loop\": \"closed\", \"steps\": [" steps "]}"

static const char *const GOOD[] = {
    DOCUMENT(""),
    DOCUMENT(STEP("20")),
    DOCUMENT(STEP("20") ", " STEP("1e300")),
    "{\"more\": [1, null], \"steps\": [" STEP("0.5") "], \"loop\": \"open\"}\n",
};

START_TEST(measurements_are_read)
{
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        char path[PATH];
        json_t *baseline = NULL;
        ck_assert_msg(load_text(&baseline, GOOD[i], path) == 0, "%s: %s", GOOD[i], logged);
        ck_assert(json_is_object(baseline));
        ck_assert_uint_eq(lines, 0);
        json_decref(baseline);
    }
}
END_TEST

static const struct {
    const char *text;
    const char *place; /* behind the file's name */
} MALFORMED[] = {
    {"", ":1: "},
    {"no JSON", ":1: "},
    {"\n\n{\"loop\": ", ":3: "},
    {"{\n\"loop\": \"closed\",\n\"steps\": []\n}\nmore", ":5: "},
    {"\n{\"loop\": \"\xff\", \"steps\": []}", ":2: "},
    {"{\"loop\": \"closed\"\n, \"steps\": [1e999]}", ":2: "},
    {"{\"loop\": \"closed\"\n,\n\"steps\": [99999999999999999999]}", ":3: "},
    {"12", ":1: "},
    {"[]", ": not a measurement"},
    {"[{\"loop\": \"closed\", \"steps\": []}]", ": not a measurement"},
    {"{}", ": not a measurement"},
    {"{\"loop\": \"closed\"}", ": not a measurement"},
    {"{\"steps\": []}", ": not a measurement"},
    {"{\"loop\": 1, \"steps\": []}", ": not a measurement"},
    {"{\"loop\": \"closed\", \"steps\": {}}", ": not a measurement"},
    {DOCUMENT("1"), ": not a measurement"},
    {DOCUMENT("null"), ": not a measurement"},
    {DOCUMENT("{}"), ": not a measurement"},
    {DOCUMENT(STEP("20") ", {}"), ": not a measurement"},
    {DOCUMENT(STEP("\"20\"")), ": not a measurement"},
    {DOCUMENT(STEP("null")), ": not a measurement"},
    {DOCUMENT("{\"concurrency\": 1, \"wanted_requests_per_second\": 0, " FIGURES("1")), ": not a measurement"},
    {DOCUMENT("{\"concurrency\": 1, \"slice_requests_per_second\": " SPREAD("1") ", " FIGURES("1")), ": not a mea"},
    {DOCUMENT("{\"concurrency\": \"1\"}"), ": not a measurement"},
};

START_TEST(other_files_are_refused_by_name_and_place)
{
    for (size_t i = 0; i < sizeof MALFORMED / sizeof MALFORMED[0]; i++) {
        char path[PATH], start[64];
        json_t *baseline = NULL;
        ck_assert_msg(load_text(&baseline, MALFORMED[i].text, path) == ERR_SYNTAX, "%s", MALFORMED[i].text);
        ck_assert_ptr_null(baseline);
        snprintf(start, sizeof start, "%s%s", path, MALFORMED[i].place);
        ck_assert_uint_eq(lines, 1);
        ck_assert_msg(strstr(logged, start), "%s: '%s'", MALFORMED[i].text, logged);
    }
}
END_TEST

START_TEST(deep_nesting_is_refused)
{
    enum { DEPTH = 100000 };
    static char text[DEPTH + 1];
    char path[PATH];
    json_t *baseline = NULL;
    memset(text, '[', DEPTH);
    ck_assert_int_eq(load_text(&baseline, text, path), ERR_SYNTAX);
    ck_assert_uint_eq(lines, 1);
}
END_TEST

START_TEST(what_can_not_be_read_is_told)
{
    json_t *baseline = NULL;
    capture_log();
    ck_assert_int_lt(baseline_load(&baseline, "/nonexistent/file"), 0);
    ck_assert_ptr_nonnull(strstr(logged, "/nonexistent/file: "));
    capture_log();
    ck_assert_int_lt(baseline_load(&baseline, "/tmp"), 0);
    ck_assert_ptr_nonnull(strstr(logged, "/tmp: "));
    ck_assert_ptr_null(baseline);
}
END_TEST

/* --- comparisons -------------------------------------------------------------------------------------------------- */

static json_t *spread_json(const struct spread *spread)
{
    return json_pack("{s:f, s:f, s:i}", "mean", spread->mean, "half_width", spread->half_width, "slices",
                     (int)spread->count);
}

static json_t *baseline_of(const char *kind, const struct sweep_step *steps, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_pack("{s:i, s:f, s:o, s:o, s:o}", "concurrency", (int)steps[i].concurrency,
                                               "wanted_requests_per_second", steps[i].wanted_rate,
                                               "slice_requests_per_second", spread_json(&steps[i].slice_rate),
                                               "slice_p50_us", spread_json(&steps[i].slice_p50), "slice_p99_us",
                                               spread_json(&steps[i].slice_p99)));
    return json_pack("{s:s, s:o}", "loop", kind, "steps", array);
}

static struct sweep_step step_of(struct spread rate, struct spread p50, struct spread p99)
{
    return (struct sweep_step){.concurrency = 4, .slice_rate = rate, .slice_p50 = p50, .slice_p99 = p99};
}

/* Compares one step of a closed loop with another. */
static struct comparison compare_steps(const struct sweep_step *before, struct sweep_step after)
{
    struct comparison comparison;
    json_t *baseline = baseline_of("closed", before, 1);
    const struct sweep sweep = {.steps = &after, .count = 1};
    ck_assert_int_eq(baseline_compare(&comparison, baseline, &sweep, THRESHOLD), 0);
    json_decref(baseline);
    return comparison;
}

static const struct spread RATE = {1000, 10, 10}, P50 = {2000, 20, 10}, P99 = {9000, 90, 10};

START_TEST(the_same_is_no_regression)
{
    struct sweep_step step = step_of(RATE, P50, P99);
    struct comparison comparison = compare_steps(&step, step);
    static const char *const names[COMPARED_FIGURES] = {"requests/s", "p50", "p99"};
    ck_assert_uint_eq(comparison.count, COMPARED_FIGURES);
    ck_assert_uint_eq(comparison.regressions, 0);
    for (size_t i = 0; i < COMPARED_FIGURES; i++) {
        const struct compared *item = &comparison.items[i];
        ck_assert_str_eq(item->figure, names[i]);
        ck_assert_uint_eq(item->concurrency, 4);
        ck_assert_double_eq(item->before, item->after);
        ck_assert_double_eq_tol(item->worse_least, -sqrt(2), 1e-9); /* each mean is good to 1 % */
        ck_assert_double_eq_tol(item->worse_most, sqrt(2), 1e-9);
    }
    comparison_free(&comparison);
}
END_TEST

/* The rate or the median of a step, before and after, with a threshold of 5 %. */
static const struct {
    struct spread before;
    struct spread after;
    bool is_worse_rate;
    bool is_worse_time;
} VERDICTS[] = {
    {{1000, 1, 10}, {900, 1, 10}, true, false},    /* by 10 %, surely */
    {{1000, 100, 10}, {900, 1, 10}, false, false}, /* perhaps by none */
    {{1000, 1, 10}, {900, 100, 10}, false, false},
    {{1000, 30, 10}, {900, 30, 10}, true, false},  /* by 5.8 % at least: intervals are added as squares */
    {{1000, 40, 10}, {900, 40, 10}, false, false}, /* by 4.3 % at least */
    {{1000, 0, 10}, {951, 0, 10}, false, false},   /* below the threshold */
    {{1000, 0, 10}, {949, 0, 10}, true, false},
    {{1000, 1, 10}, {2000, 1, 10}, false, true}, /* twice the rate, or twice the time */
    {{1000, 0, 10}, {1049, 0, 10}, false, false},
    {{1000, 0, 10}, {1051, 0, 10}, false, true},
    {{1000, 1, 10}, {1, 0, 10}, true, false},
    {{1000, 1, 10}, {0, 0, 10}, true, false},   /* nothing ended well any more */
    {{0, 0, 10}, {1000, 1, 10}, false, false},  /* nothing did before */
    {{1000, 0, 1}, {100, 1, 10}, false, false}, /* a single slice has no interval */
    {{1000, 1, 10}, {5000, 0, 1}, false, false},
    {{1000, 1, 10}, {5000, 0, 0}, false, false},
    {{1e-310, 1, 10}, {1e300, 1, 10}, false, false}, /* beyond all numbers */
    {{1e308, 1e308, 10}, {1e308, 1e308, 10}, false, false},
};

static bool is_regression(struct sweep_step before, struct sweep_step after)
{
    struct comparison comparison = compare_steps(&before, after);
    size_t regressions = 0, endless = 0;
    for (size_t i = 0; i < comparison.count; i++) {
        regressions += comparison.items[i].is_regression;
        endless += !isfinite(comparison.items[i].worse_least) || !isfinite(comparison.items[i].worse_most);
    }
    ck_assert_uint_eq(endless, 0);
    ck_assert_uint_eq(comparison.regressions, regressions);
    ck_assert_uint_le(regressions, 1);
    comparison_free(&comparison);
    return regressions;
}

START_TEST(worse_is_what_is_surely_beyond_the_threshold)
{
    for (size_t i = 0; i < sizeof VERDICTS / sizeof VERDICTS[0]; i++) {
        struct spread before = VERDICTS[i].before, after = VERDICTS[i].after;
        ck_assert_msg(is_regression(step_of(before, P50, P99), step_of(after, P50, P99)) == VERDICTS[i].is_worse_rate,
                      "rate %zu", i);
        ck_assert_msg(is_regression(step_of(RATE, before, P99), step_of(RATE, after, P99)) == VERDICTS[i].is_worse_time,
                      "p50 %zu", i);
        ck_assert_msg(is_regression(step_of(RATE, P50, before), step_of(RATE, P50, after)) == VERDICTS[i].is_worse_time,
                      "p99 %zu", i);
    }
}
END_TEST

START_TEST(steps_are_found_by_concurrency)
{
    struct sweep_step before[3], after[3];
    for (unsigned i = 0; i < 3; i++) {
        before[i] = after[i] = step_of(RATE, P50, P99);
        before[i].concurrency = 1U << i; /* 1, 2, 4 */
        after[i].concurrency = 4 - i;    /* 4, 3, 2 */
    }
    before[1].slice_rate.mean = 2000;
    json_t *baseline = baseline_of("closed", before, 3);
    struct comparison comparison;
    const struct sweep sweep = {.steps = after, .count = 3};
    ck_assert_int_eq(baseline_compare(&comparison, baseline, &sweep, THRESHOLD), 0);
    ck_assert_uint_eq(comparison.count, COMPARED_FIGURES + COMPARED_FIGURES);
    ck_assert_uint_eq(comparison.items[0].concurrency, 4);
    ck_assert_uint_eq(comparison.items[COMPARED_FIGURES].concurrency, 2);
    ck_assert_uint_eq(comparison.regressions, 1);
    ck_assert(comparison.items[COMPARED_FIGURES].is_regression);
    comparison_free(&comparison);
    json_decref(baseline);
}
END_TEST

/* Whether a measurement has a step in common with a baseline: concurrency, rate and kind of loop of each. */
static const struct {
    const char *kind;
    unsigned concurrency;
    double rate;
    bool is_open;
    unsigned new_concurrency;
    double new_rate;
    int err;
} KINDS[] = {
    {"closed", 4, 0, false, 4, 0, 0},
    {"closed", 4, 0, false, 5, 0, ERR_NOT_FOUND},
    {"closed", 4, 0, true, 4, 0, ERR_NOT_FOUND},
    {"open", 4, 0, false, 4, 0, ERR_NOT_FOUND},
    {"open", 4, 200, true, 7, 200, 0}, /* of whatever concurrency came to be */
    {"open", 4, 200, true, 4, 100, ERR_NOT_FOUND},
    {"ajar", 4, 200, true, 4, 200, ERR_NOT_FOUND},
};

START_TEST(loops_of_another_kind_have_no_step_in_common)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        struct sweep_step before = step_of(RATE, P50, P99), after = before;
        before.concurrency = KINDS[i].concurrency;
        before.wanted_rate = KINDS[i].rate;
        after.concurrency = KINDS[i].new_concurrency;
        after.wanted_rate = KINDS[i].new_rate;
        json_t *baseline = baseline_of(KINDS[i].kind, &before, 1);
        const struct sweep sweep = {.steps = &after, .count = 1, .is_open = KINDS[i].is_open};
        struct comparison comparison;
        capture_log();
        ck_assert_msg(baseline_compare(&comparison, baseline, &sweep, THRESHOLD) == KINDS[i].err, "%zu", i);
        ck_assert_uint_eq(lines, KINDS[i].err ? 1 : 0);
        ck_assert_uint_eq(comparison.count, KINDS[i].err ? 0 : COMPARED_FIGURES);
        comparison_free(&comparison);
        json_decref(baseline);
    }
}
END_TEST

/* A comparison in which nothing can be compared would look like one that went well. */
START_TEST(without_a_figure_it_fails)
{
    static const struct spread nothing = {0, 0, 10}, none = {0, 0, 0};
    struct sweep_step before = step_of(nothing, none, none), after = step_of(RATE, P50, P99);
    json_t *baseline = baseline_of("closed", &before, 1);
    const struct sweep sweep = {.steps = &after, .count = 1};
    struct comparison comparison;
    capture_log();
    ck_assert_int_eq(baseline_compare(&comparison, baseline, &sweep, THRESHOLD), ERR_NOT_FOUND);
    ck_assert_uint_eq(lines, 1);
    comparison_free(&comparison);
    json_decref(baseline);
}
END_TEST

/* Lines in the log for a baseline of a site, with so many URLs and seconds a step. */
static unsigned warnings_for(const char *site, int urls, double seconds)
{
    struct sweep_step steps[2] = {step_of(RATE, P50, P99), step_of(RATE, P50, P99)};
    steps[0].duration = steps[1].duration = MILLISECONDS(1500);
    steps[1].concurrency = 5;
    const struct sweep sweep = {.steps = steps, .count = 2, .site = "http://a\xe9/", .url_count = 7};
    json_t *baseline = baseline_of("closed", steps, 2), *step;
    size_t i;
    json_object_set_new(baseline, "site", json_string(site));
    json_object_set_new(baseline, "urls", json_integer(urls));
    json_array_foreach(json_object_get(baseline, "steps"), i, step)
        json_object_set_new(step, "seconds", json_real(seconds));
    struct comparison comparison;
    capture_log();
    ck_assert_int_eq(baseline_compare(&comparison, baseline, &sweep, THRESHOLD), 0);
    ck_assert_uint_eq(comparison.count, COMPARED_FIGURES + COMPARED_FIGURES);
    comparison_free(&comparison);
    json_decref(baseline);
    return lines;
}

START_TEST(what_differs_is_told)
{
    ck_assert_uint_eq(warnings_for("http://a\xef\xbf\xbd/", 7, 1.5), 0);
    ck_assert_uint_eq(warnings_for("http://b/", 7, 1.5), 1);
    ck_assert_uint_eq(warnings_for("http://a\xef\xbf\xbd/", 8, 1.5), 1);
    ck_assert_uint_eq(warnings_for("http://a\xef\xbf\xbd/", 7, 3), 1); /* once for both steps */
    ck_assert_uint_eq(warnings_for("http://b/", 8, 3), 3);
}
END_TEST

START_TEST(nothing_has_nothing_in_common)
{
    struct comparison comparison;
    json_t *baseline = baseline_of("closed", NULL, 0);
    capture_log();
    ck_assert_int_eq(baseline_compare(&comparison, baseline, &(struct sweep){0}, THRESHOLD), ERR_NOT_FOUND);
    comparison_free(&comparison);
    json_decref(baseline);
}
END_TEST

/* --- JSON --------------------------------------------------------------------------------------------------------- */

static json_t *make_json(const void *context)
{
    return comparison_json(context);
}

START_TEST(json_has_the_figures)
{
    struct sweep_step before = step_of(RATE, P50, P99);
    struct comparison comparison = compare_steps(&before, step_of((struct spread){500, 0, 10}, P50, P99));
    json_t *json = comparison_json(&comparison), *item = json_array_get(json, 0);
    ck_assert_uint_eq(json_array_size(json), COMPARED_FIGURES);
    ck_assert_int_eq(json_integer_value(json_object_get(item, "concurrency")), 4);
    ck_assert_str_eq(json_string_value(json_object_get(item, "figure")), "requests/s");
    ck_assert_double_eq(json_real_value(json_object_get(item, "before")), 1000);
    ck_assert_double_eq(json_real_value(json_object_get(item, "after")), 500);
    ck_assert_double_eq(json_real_value(json_array_get(json_object_get(item, "worse_percent"), 0)), 49);
    ck_assert_double_eq(json_real_value(json_array_get(json_object_get(item, "worse_percent"), 1)), 51);
    ck_assert(json_is_true(json_object_get(item, "regression")));
    ck_assert(json_is_false(json_object_get(json_array_get(json, 1), "regression")));
    json_decref(json);
    struct json_failures failures = make_json_without_memory(make_json, &comparison);
    ck_assert_uint_gt(failures.tried, 10);
    ck_assert_uint_eq(failures.half, 0);
    comparison_free(&comparison);
}
END_TEST

int main(void)
{
    return RUN_TESTS("baseline", measurements_are_read, other_files_are_refused_by_name_and_place,
                     deep_nesting_is_refused, what_can_not_be_read_is_told, the_same_is_no_regression,
                     worse_is_what_is_surely_beyond_the_threshold, steps_are_found_by_concurrency,
                     loops_of_another_kind_have_no_step_in_common, without_a_figure_it_fails, what_differs_is_told,
                     nothing_has_nothing_in_common, json_has_the_figures);
}
