/* Sweeps over a site: what is counted agrees with itself and with the server. How fast anything is, nobody asks. */
#include "measure/sweep.h"

#include <string.h>

#include "async/task.h"
#include "base/error.h"
#include "measure/load.h"
#include "output/json.h"
#include "site/site.h"
#include "unit/crawler/failing_json.h"
#include "unit/suite.h"

/* --- steps as text ------------------------------------------------------------------------------------------------ */

enum { ROOM = 9, MOST = 30000 };

static const struct {
    const char *text;
    unsigned steps[ROOM];
} GOOD[] = {
    {"1", {1}},
    {"30000", {30000}},
    {"1,2,4,..256", {1, 2, 4, 8, 16, 32, 64, 128, 256}},
    {"3,..50", {3, 6, 12, 24, 48, 50}},
    {"3,..48", {3, 6, 12, 24, 48}},
    {"3,..49", {3, 6, 12, 24, 48, 49}},
    {"3,..47", {3, 6, 12, 24, 47}},
    {"1,..2", {1, 2}},
    {"1,..3", {1, 2, 3}},
    {"5,..6", {5, 6}},
    {"1,..4,10,..25,26", {1, 2, 4, 10, 20, 25, 26}},
    {"20000,..30000", {20000, 30000}},
    {"1,2,3,4,5,6,7,8,9", {1, 2, 3, 4, 5, 6, 7, 8, 9}},
};

START_TEST(steps_are_numbers_and_doublings)
{
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        unsigned steps[ROOM] = {0};
        int count = 0;
        while (count < ROOM && GOOD[i].steps[count])
            count++;
        ck_assert_msg(sweep_parse(GOOD[i].text, steps, ROOM) == count, "%s", GOOD[i].text);
        ck_assert_msg(memcmp(steps, GOOD[i].steps, sizeof steps) == 0, "%s", GOOD[i].text);
    }
}
END_TEST

static const char *const BAD[] = {
    "",
    ",",
    "0",
    "..",
    "..4",
    "1,",
    ",1",
    "1,,2",
    "2,1",
    "2,2",
    "1,..1",
    "4,..2",
    "1,..",
    "1,....4",
    "1,..,4",
    "1,2x",
    "x",
    "1..4",
    "1 ,2",
    "1, 2",
    "+1",
    "-1",
    "1,-2",
    "1,..-4",
    "1.5",
    "30001",
    "1,30001",
    "1,..30001",
    "1,2.4",
    "0x10",
    "1,..4,4",
    "4294967297",
    "1,.. 4",
    "99999999999999999999",
    "1,2,3,4,5,6,7,8,9,10",
    "1,..257",
    "1,..512",
};

START_TEST(other_steps_are_refused)
{
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        unsigned steps[ROOM + 1];
        steps[ROOM] = MOST + 1;
        ck_assert_msg(sweep_parse(BAD[i], steps, ROOM) == ERR_SYNTAX, "'%s'", BAD[i]);
        ck_assert_msg(steps[ROOM] == MOST + 1, "'%s'", BAD[i]);
    }
}
END_TEST

START_TEST(steps_need_room)
{
    unsigned steps[3];
    ck_assert_int_eq(sweep_parse("1", steps, 0), ERR_SYNTAX);
    ck_assert_int_eq(sweep_parse("1,..4", steps, 2), ERR_SYNTAX);
    ck_assert_int_eq(sweep_parse("1,..4", steps, 3), 3);
}
END_TEST

/* --- sweeps over a site ------------------------------------------------------------------------------------------- */

enum { MOST_PATHS = 3, URL_SIZE = 64 };

static struct site *site;
static struct loop *loop;
static char texts[MOST_PATHS][URL_SIZE];
static const char *urls[MOST_PATHS];
static const struct http_options HTTP = {.user_agent = "sweep-test/1", .allow_private = true, .max_connections = 8};

static const struct site_page PAGES[] = {
    {.path = "/", .body = "welcome"},
    {.path = "/gone", .status = 410, .body = "gone"},
    {.path = "/cut", .body = "a body that ends too soon", .fault = SITE_LENGTH_TOO_LONG},
    {.path = "/silent", .fault = SITE_SILENT},
    {0},
};

/* The site, and the first `count` of `paths` as the URLs to be fetched. */
static void open_site(const char *const *paths, size_t count)
{
    ck_assert_int_eq(site_start(&(struct site_config){.pages = PAGES}, &site), 0);
    ck_assert_int_eq(loop_create(&loop, NULL), 0);
    for (size_t i = 0; i < count; i++)
        urls[i] = site_url(site, paths[i], texts[i], URL_SIZE);
}

static void close_site(void)
{
    loop_free(loop);
    ck_assert_int_eq(site_stop(site), 0);
}

static void run_task(task_body body, void *argument)
{
    struct task *task;
    ck_assert_int_eq(task_create(&task, loop, "test", body, argument), 0);
    ck_assert_int_eq(loop_run_until_complete(loop, task_future(task)), 0);
    ck_assert_int_eq(future_result(task_future(task), NULL), 0);
    task_free(task);
}

struct trial {
    struct sweep_plan plan;
    struct sweep *sweep;
    size_t told;           /* steps */
    size_t stop_when_told; /* so many; 0: never */
    nanoseconds stop_after;
    struct loop_timer timer;
};

static void stop(void *context)
{
    struct trial *trial = context;
    sweep_stop(trial->sweep);
}

static void hear(void *context, const struct sweep_step *step)
{
    struct trial *trial = context;
    ck_assert_ptr_eq(step, &trial->sweep->steps[trial->told]);
    if (++trial->told == trial->stop_when_told)
        sweep_stop(trial->sweep);
}

static int run_sweep(void *argument)
{
    struct trial *trial = argument;
    return sweep_run(trial->sweep, &trial->plan, hear, trial);
}

static void run_trial(struct trial *trial)
{
    trial->plan.http = &HTTP;
    trial->plan.urls = urls;
    trial->plan.site = urls[0];
    ck_assert_int_eq(sweep_create(&trial->sweep, loop, &trial->plan), 0);
    loop_timer_init(&trial->timer, stop, trial);
    if (trial->stop_after)
        loop_call_at(loop, &trial->timer, clock_after(trial->stop_after));
    run_task(run_sweep, trial);
    loop_timer_cancel(loop, &trial->timer);
    ck_assert_uint_eq(trial->told, trial->sweep->count);
}

static uint64_t sum_of(const struct tallies *tallies)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < tallies->count; i++)
        sum += tallies->items[i].count;
    return sum;
}

static uint64_t count_of(const struct tallies *tallies, const char *name)
{
    for (size_t i = 0; i < tallies->count; i++)
        if (strcmp(tallies->items[i].name, name) == 0)
            return tallies->items[i].count;
    return 0;
}

static uint64_t bytes_of(const struct tallies *tallies)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < tallies->count; i++)
        sum += tallies->items[i].bytes;
    return sum;
}

/* Each exchange of the three pages ended in one of three ways. */
static void check_step(const struct sweep_step *step)
{
    uint64_t cut = count_of(&step->errors, error_kind(ERR_TRUNCATED));
    ck_assert_uint_gt(step->done, 0);
    ck_assert_uint_eq(step->done, step->failed + step->latency.total);
    ck_assert_uint_eq(step->done, sum_of(&step->statuses));
    ck_assert_uint_eq(step->failed, count_of(&step->statuses, "410") + cut);
    ck_assert_uint_eq(sum_of(&step->errors), cut);
    ck_assert_uint_eq(step->latency.total, step->first_byte.total);
    ck_assert_uint_ge(step->latency.most, step->first_byte.most);
    ck_assert_uint_eq(step->bytes, bytes_of(&step->statuses));
    ck_assert_uint_eq(step->slice_rate.count, SWEEP_SLICES);
    ck_assert_uint_ge(step->slice_p50.count, 1);
    ck_assert_uint_eq(step->slice_p50.count, step->slice_p99.count);
    double seconds = (double)step->duration / SECONDS(1);
    ck_assert_double_eq_tol(step->rate, (double)step->latency.total / seconds, 1e-6);
    ck_assert_double_eq_tol(step->slice_rate.mean, step->rate, 1e-6);
}

static uint64_t done_of(const struct timeseries *series)
{
    uint64_t done = 0;
    for (size_t i = 0; i < series->count; i++)
        done += series->rows[i].done;
    return done;
}

/* The best step, and the first that is nearly as good. */
static void check_knee(const struct sweep *sweep)
{
    size_t best = 0, knee = 0;
    for (size_t i = 1; i < sweep->count; i++)
        best = sweep->steps[i].rate > sweep->steps[best].rate ? i : best;
    while (sweep->steps[knee].rate < 0.95 * sweep->steps[best].rate)
        knee++;
    ck_assert_uint_eq(sweep->best, best);
    ck_assert_uint_eq(sweep->knee, knee);
}

START_TEST(counts_agree_with_each_other_and_the_server)
{
    static const unsigned steps[] = {1, 3, 8};
    open_site((const char *const[]){"/", "/gone", "/cut"}, 3);
    struct trial trial = {
        .plan = {.url_count = 3, .steps = steps, .step_count = 3, .warmup = MILLISECONDS(50), .duration = SECONDS(1)}};
    run_trial(&trial);
    struct sweep *sweep = trial.sweep;
    uint64_t done = 0;
    ck_assert_uint_eq(sweep->count, 3);
    ck_assert(!sweep->is_open && !sweep->was_interrupted);
    for (size_t i = 0; i < sweep->count; i++) {
        check_step(&sweep->steps[i]);
        ck_assert_uint_eq(sweep->steps[i].concurrency, steps[i]);
        ck_assert_uint_eq(sweep->steps[i].late, 0);
        ck_assert_int_eq(sweep->steps[i].duration, SECONDS(1));
        done += sweep->steps[i].done;
    }
    check_knee(sweep);
    ck_assert_uint_ge(done_of(&sweep->series), done);
    ck_assert_uint_ge(site_requests(site), done_of(&sweep->series));
    ck_assert_uint_le(site_peak_in_flight(site), 8);
    sweep_free(sweep);
    close_site();
}
END_TEST

static json_t *make_json(const void *context)
{
    return sweep_json(context);
}

START_TEST(json_has_the_figures)
{
    static const unsigned steps[] = {2};
    open_site((const char *const[]){"/"}, 1);
    struct trial trial = {.plan = {.url_count = 1, .steps = steps, .step_count = 1, .duration = MILLISECONDS(200)}};
    run_trial(&trial);
    json_t *json = sweep_json(trial.sweep), *step = json_array_get(json_object_get(json, "steps"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(json, "loop")), "closed");
    ck_assert_str_eq(json_string_value(json_object_get(json, "site")), urls[0]);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "steps")), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(step, "concurrency")), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(step, "done")), (json_int_t)trial.sweep->steps[0].done);
    ck_assert_double_eq(json_real_value(json_object_get(step, "seconds")), 0.2);
    ck_assert(json_is_null(json_object_get(json, "scalability_law")));
    ck_assert(json_is_array(json_object_get(json, "series")));
    json_decref(json);
    struct json_failures failures = make_json_without_memory(make_json, trial.sweep);
    ck_assert_uint_gt(failures.tried, 50);
    ck_assert_uint_eq(failures.half, 0);
    sweep_free(trial.sweep);
    close_site();
}
END_TEST

/* What OUTPUT_JSON writes of a sweep; malloced. */
static char *written(const struct sweep *sweep, int *err)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(file);
    *err = OUTPUT_JSON.write_measurement(file, &(struct measurement){.sweep = sweep});
    ck_assert_int_eq(fclose(file), 0);
    return text;
}

START_TEST(what_is_written_is_whole)
{
    const struct sweep sweep = {.site = "http://a.test/"};
    int err;
    char *whole = written(&sweep, &err);
    ck_assert_int_eq(err, 0);
    ck_assert_ptr_nonnull(strstr(whole, "\"scalability_law\": null"));
    json_set_alloc_funcs(allocate_or_fail, free);
    for (long failing = 0, left = -1; left < 0; failing++) {
        allocations_left = failing;
        char *text = written(&sweep, &err);
        left = allocations_left;
        ck_assert_msg(err == ERR_NO_MEMORY || strcmp(text, whole) == 0, "allocation %ld: %s", failing, text);
        free(text);
    }
    json_set_alloc_funcs(malloc, free);
    free(whole);
}
END_TEST

START_TEST(json_takes_a_site_of_any_bytes)
{
    const struct sweep sweep = {.site = "http://\xe9t\xe9.test/"};
    json_t *json = sweep_json(&sweep);
    ck_assert_str_eq(json_string_value(json_object_get(json, "site")), "http://\xef\xbf\xbdt\xef\xbf\xbd.test/");
    ck_assert(json_is_null(json_object_get(json, "best_concurrency")));
    ck_assert(json_is_null(json_object_get(json, "scalability_law")));
    json_decref(json);
}
END_TEST

/* --- an open loop ------------------------------------------------------------------------------------------------- */

START_TEST(what_is_due_is_done_or_late)
{
    open_site((const char *const[]){"/", "/gone", "/cut"}, 3);
    struct trial trial = {
        .plan = {.url_count = 3, .open_rate = 250, .warmup = MILLISECONDS(100), .duration = MILLISECONDS(400)}};
    run_trial(&trial);
    const struct sweep_step *step = &trial.sweep->steps[0];
    ck_assert(trial.sweep->is_open && !trial.sweep->was_interrupted);
    ck_assert_uint_eq(trial.sweep->count, 1);
    ck_assert_uint_eq(step->done + step->late, 100);
    ck_assert_double_eq(step->wanted_rate, 250);
    ck_assert_uint_ge(step->concurrency, 1);
    check_step(step);
    sweep_free(trial.sweep);
    close_site();
}
END_TEST

struct load_trial {
    struct load_plan plan;
    struct future stop;
    struct sweep_step step;
    struct timeseries series;
};

static int run_load(void *argument)
{
    struct load_trial *trial = argument;
    struct http_client *client;
    ck_assert_int_eq(http_client_create(&client, loop, &HTTP), 0);
    int err = load_run(loop, client, &trial->plan, &trial->stop, &trial->step, &trial->series);
    http_client_free(client);
    return err;
}

/* What was due though the client had no more tasks for it, is late as well. */
START_TEST(requests_that_were_never_made_are_late)
{
    open_site((const char *const[]){"/silent"}, 1);
    struct load_trial trial = {
        .plan = {.urls = urls, .url_count = 1, .rate = 1e6, .duration = MILLISECONDS(20), .grace = 1}};
    ck_assert_int_eq(histogram_init(&trial.step.latency), 0);
    ck_assert_int_eq(histogram_init(&trial.step.first_byte), 0);
    ck_assert_int_eq(timeseries_init(&trial.series, clock_now()), 0);
    future_init(&trial.stop, loop, "stop");
    run_task(run_load, &trial);
    ck_assert_uint_eq(trial.step.done, 0);
    ck_assert_uint_eq(trial.step.late, 20000);
    future_destroy(&trial.stop);
    timeseries_free(&trial.series);
    histogram_free(&trial.step.latency);
    histogram_free(&trial.step.first_byte);
    close_site();
}
END_TEST

/* --- ends before their time --------------------------------------------------------------------------------------- */

/* The three ways, and how many steps are whole. None of them would end by itself as long as a test may take. */
static const struct {
    const char *path;
    struct trial trial;
    size_t whole;
} STOPS[] = {
    {"/",
     {.plan = {.step_count = 3, .warmup = MILLISECONDS(10), .duration = MILLISECONDS(100)}, .stop_when_told = 2},
     2},
    {"/", {.plan = {.step_count = 3, .duration = SECONDS(1000)}, .stop_after = MILLISECONDS(50)}, 0},
    {"/silent", {.plan = {.step_count = 1, .warmup = SECONDS(1000), .duration = 1}, .stop_after = MILLISECONDS(50)}, 0},
    {"/", {.plan = {.open_rate = 100, .duration = SECONDS(1000)}, .stop_after = MILLISECONDS(50)}, 0},
    {"/silent", {.plan = {.open_rate = 1000, .duration = MILLISECONDS(20)}, .stop_after = MILLISECONDS(200)}, 0},
};

START_TEST(stopping_leaves_whole_steps_only)
{
    static const unsigned steps[] = {1, 2, 4};
    struct trial trial = STOPS[_i].trial;
    open_site(&STOPS[_i].path, 1);
    trial.plan.url_count = 1;
    trial.plan.steps = steps;
    run_trial(&trial);
    ck_assert(trial.sweep->was_interrupted);
    ck_assert_uint_eq(trial.sweep->count, STOPS[_i].whole);
    for (size_t i = 0; i < trial.sweep->count; i++)
        ck_assert_uint_eq(trial.sweep->steps[i].done, trial.sweep->steps[i].latency.total);
    json_t *json = sweep_json(trial.sweep);
    ck_assert(json_is_true(json_object_get(json, "interrupted")));
    ck_assert_uint_eq(json_array_size(json_object_get(json, "steps")), STOPS[_i].whole);
    json_decref(json);
    sweep_free(trial.sweep);
    close_site();
}
END_TEST

START_TEST(stopping_twice_does_no_harm)
{
    struct sweep *sweep;
    const char *const url = "http://127.0.0.1/";
    const struct sweep_plan plan = {.urls = &url, .url_count = 1, .site = url, .duration = 1};
    ck_assert_int_eq(loop_create(&loop, NULL), 0);
    ck_assert_int_eq(sweep_create(&sweep, loop, &plan), 0);
    sweep_stop(sweep);
    sweep_stop(sweep);
    sweep_free(sweep);
    sweep_free(NULL);
    loop_free(loop);
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS("sweep", steps_are_numbers_and_doublings, other_steps_are_refused, steps_need_room,
                           counts_agree_with_each_other_and_the_server, json_has_the_figures, what_is_written_is_whole,
                           json_takes_a_site_of_any_bytes, what_is_due_is_done_or_late,
                           requests_that_were_never_made_are_late, stopping_twice_does_no_harm);
    return RUN_TESTS_TIMES("sweeps that are stopped", sizeof STOPS / sizeof STOPS[0],
                           stopping_leaves_whole_steps_only) ||
           failed;
}
