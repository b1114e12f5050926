/* A closed loop is a number of tasks, each of which fetches one URL after the other until the time is over. What is
 * then in flight is broken off and counts nowhere: it belongs to the next moment. Tasks start one by one during the
 * first half of the warm-up: those that start together would stay in step with each other, and each would wait until
 * the client has dealt with all the others.
 *
 * In an open loop a task takes the next request that is due, sleeps until then, and fetches. Before it fetches, it sees
 * to it that another task sleeps for the request after, so that none is ever late for want of a task: their number
 * grows with what is in flight, up to MOST_AT_ONCE. What a request costs counts from the moment at which it was due. */
#include "measure/load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "async/task.h"
#include "base/error.h"

enum { MOST_AT_ONCE = 20000 };

struct load;

struct client_task {
    struct load *load;
    unsigned number; /* from 0 */
    struct task *task;
    struct http_response response;
};

struct load {
    struct loop *loop;
    struct http_client *client;
    const struct load_plan *plan;
    struct future *stop;
    struct sweep_step *step;
    struct timeseries *series;
    struct client_task **tasks;
    size_t task_count;
    size_t task_capacity;
    size_t asleep; /* open loop: tasks that wait for their request to be due */
    unsigned in_flight;
    unsigned most_in_flight;
    size_t running;      /* tasks */
    struct future ended; /* no task runs any more, or the user wants no more */
    struct loop_callback stopped;
    uint64_t next; /* request */
    nanoseconds start;
    nanoseconds from; /* what is measured: from here */
    nanoseconds until;
    uint64_t ended_well;                   /* in what is measured */
    uint64_t slice_ended[SWEEP_SLICES];    /* the same for each slice */
    struct histogram slices[SWEEP_SLICES]; /* latencies */
};

/* --- what is noted ------------------------------------------------------------------------------------------------ */

static bool is_good(const struct http_response *response)
{
    return !response->error && response->status < 400;
}

static void note_failure(struct load *load, const struct http_response *response)
{
    load->step->failed++;
    if (response->error)
        tallies_add(&load->step->errors, error_kind(response->error), 0);
}

static bool is_measured(const struct load *load, nanoseconds moment)
{
    return moment >= load->from && moment < load->until;
}

static size_t slice_of_moment(const struct load *load, nanoseconds moment)
{
    return (size_t)((moment - load->from) * SWEEP_SLICES / load->plan->duration);
}

static void note_success(struct load *load, const struct http_response *response, nanoseconds moment, uint64_t latency)
{
    struct sweep_step *step = load->step;
    histogram_record(&step->latency, latency);
    histogram_record(&step->first_byte, (uint64_t)response->timings.first_byte / MICROSECONDS(1));
    histogram_record(&load->slices[slice_of_moment(load, moment)], latency);
}

static void note_status(struct load *load, const struct http_response *response)
{
    char name[16];
    if (!response->status)
        return;
    snprintf(name, sizeof name, "%d", response->status);
    tallies_add(&load->step->statuses, name, response->decoded_size);
}

/* What went over the wire counts when it did: what the grace brings is not reached in the time that is measured. */
static void note_ended(struct load *load, const struct sample *sample, nanoseconds now)
{
    if (!is_measured(load, now))
        return;
    load->step->bytes += sample->bytes;
    load->step->wire_bytes += sample->wire_bytes;
    if (sample->failed)
        return;
    load->ended_well++;
    load->slice_ended[slice_of_moment(load, now)]++;
}

/* An exchange that began at `begun`, or in an open loop was due then, has ended. In an open loop it is one of those of
 * the moment at which it was due, however late it comes. */
static void note(struct load *load, const struct http_response *response, nanoseconds begun)
{
    nanoseconds now = clock_now(), moment = load->plan->concurrency ? now : begun;
    const struct sample sample = {
        .failed = !is_good(response),
        .bytes = response->decoded_size,
        .wire_bytes = response->wire_size,
        .microseconds = (uint64_t)((now - begun) / MICROSECONDS(1)),
    };
    timeseries_add(load->series, now, &sample);
    note_ended(load, &sample, now);
    if (!is_measured(load, moment))
        return;
    load->step->done++;
    note_status(load, response);
    if (sample.failed)
        note_failure(load, response);
    else
        note_success(load, response, moment, sample.microseconds);
}

/* --- tasks -------------------------------------------------------------------------------------------------------- */

static const char *next_url(const struct load *load, uint64_t request)
{
    return load->plan->urls[request % load->plan->url_count];
}

static int fetch(struct client_task *client, uint64_t request)
{
    struct load *load = client->load;
    const struct http_request http = {.url = next_url(load, request)};
    if (++load->in_flight > load->most_in_flight)
        load->most_in_flight = load->in_flight;
    int err = http_fetch(load->client, &http, &(struct http_sink){0}, &client->response);
    load->in_flight--;
    return err == ERR_CANCELLED || err == ERR_NO_MEMORY ? err : 0;
}

/* Fetches one URL after the other. */
static int fetch_closed(struct client_task *client)
{
    struct load *load = client->load;
    nanoseconds ramp = load->plan->warmup / 2;
    int begun = sleep_until(load->start + ramp * client->number / load->plan->concurrency);
    if (begun)
        return begun;
    for (;;) {
        nanoseconds started = clock_now();
        int err = fetch(client, load->next++);
        if (err)
            return err;
        note(load, &client->response, started);
        if (clock_now() >= load->until)
            return 0;
    }
}

static nanoseconds due_at(const struct load *load, uint64_t request)
{
    return load->start + (nanoseconds)((double)request / load->plan->rate * (double)SECONDS(1));
}

static int add_task(struct load *load);

static int fetch_open(struct client_task *client)
{
    struct load *load = client->load;
    for (;;) {
        uint64_t request = load->next++;
        nanoseconds due = due_at(load, request);
        if (due >= load->until)
            return 0;
        load->asleep++;
        int err = sleep_until(due);
        load->asleep--;
        if (!err && !load->asleep && load->task_count < MOST_AT_ONCE)
            err = add_task(load);
        if (!err)
            err = fetch(client, request);
        if (err)
            return err;
        note(load, &client->response, due);
    }
}

static int make_room(struct load *load)
{
    if (load->task_count < load->task_capacity)
        return 0;
    size_t capacity = load->task_capacity ? 2 * load->task_capacity : 64;
    struct client_task **tasks = realloc(load->tasks, capacity * sizeof(struct client_task *));
    if (!tasks)
        return ERR_NO_MEMORY;
    load->tasks = tasks;
    load->task_capacity = capacity;
    return 0;
}

static void end(void *context)
{
    struct load *load = context;
    if (!future_is_complete(&load->ended))
        future_set_result(&load->ended, NULL);
}

static int run_client(void *argument)
{
    struct client_task *client = argument;
    struct load *load = client->load;
    int err = load->plan->concurrency ? fetch_closed(client) : fetch_open(client);
    if (--load->running == 0)
        end(load);
    return err;
}

static int add_task(struct load *load)
{
    int err = make_room(load);
    struct client_task *client = err ? NULL : calloc(1, sizeof *client);
    if (!client)
        return ERR_NO_MEMORY;
    client->load = load;
    client->number = (unsigned)load->task_count;
    http_response_init(&client->response);
    err = task_create(&client->task, load->loop, "measure", run_client, client);
    if (err) {
        free(client);
        return err;
    }
    load->tasks[load->task_count++] = client;
    load->running++;
    return 0;
}

static int add_tasks(struct load *load)
{
    unsigned wanted = load->plan->concurrency ? load->plan->concurrency : 1;
    int err = 0;
    while (!err && load->task_count < wanted)
        err = add_task(load);
    return err;
}

/* --- the step ----------------------------------------------------------------------------------------------------- */

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Requests that were due get their grace. Returns 0, or ERR_CANCELLED when the user would not wait for them. */
static int await_late(struct load *load)
{
    if (load->plan->concurrency)
        return 0;
    await_until(&load->ended, load->until + load->plan->grace, NULL);
    return load->running && future_is_complete(load->stop) ? ERR_CANCELLED : 0;
}

/* Breaks off what is in flight. Returns the first error of a task. */
static int end_tasks(struct load *load)
{
    int err = 0;
    for (size_t i = 0; i < load->task_count; i++)
        task_cancel(load->tasks[i]->task);
    for (size_t i = 0; i < load->task_count; i++) {
        int task_err = await(task_future(load->tasks[i]->task), NULL);
        if (!err && task_err != ERR_CANCELLED)
            err = task_err;
    }
    return err;
}

static void free_tasks(struct load *load)
{
    for (size_t i = 0; i < load->task_count; i++) {
        task_free(load->tasks[i]->task);
        http_response_free(&load->tasks[i]->response);
        free(load->tasks[i]);
    }
    free(load->tasks);
}

/* The two-sided 95 % quantile of Student's distribution. */
static double student(unsigned degrees)
{
    static const double quantiles[] = {0, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262};
    return degrees < sizeof quantiles / sizeof quantiles[0] ? quantiles[degrees] : 1.96;
}

static struct spread spread_of(const double *values, unsigned count)
{
    struct spread spread = {.count = count};
    double squares = 0;
    for (unsigned i = 0; i < count; i++)
        spread.mean += values[i] / count;
    for (unsigned i = 0; i < count; i++)
        squares += (values[i] - spread.mean) * (values[i] - spread.mean);
    if (count > 1)
        spread.half_width = student(count - 1) * sqrt(squares / (count - 1) / count);
    return spread;
}

static void spread_slices(struct load *load)
{
    double rates[SWEEP_SLICES], p50[SWEEP_SLICES], p99[SWEEP_SLICES];
    double seconds = (double)load->plan->duration / SWEEP_SLICES / SECONDS(1);
    unsigned filled = 0;
    for (unsigned i = 0; i < SWEEP_SLICES; i++) {
        const struct histogram *slice = &load->slices[i];
        rates[i] = (double)load->slice_ended[i] / seconds;
        if (!slice->total)
            continue;
        p50[filled] = (double)histogram_percentile(slice, 50);
        p99[filled++] = (double)histogram_percentile(slice, 99);
    }
    load->step->slice_rate = spread_of(rates, SWEEP_SLICES);
    load->step->slice_p50 = spread_of(p50, filled);
    load->step->slice_p99 = spread_of(p99, filled);
}

/* The first request that is due at `moment` or later. */
static uint64_t first_due(const struct load *load, nanoseconds moment)
{
    uint64_t request = (uint64_t)((double)(moment - load->start) / SECONDS(1) * load->plan->rate);
    while (request && due_at(load, request - 1) >= moment)
        request--;
    while (due_at(load, request) < moment)
        request++;
    return request;
}

/* How many requests were due in what was measured, whether they were made or not. */
static uint64_t due_count(const struct load *load)
{
    return first_due(load, load->until) - first_due(load, load->from);
}

static void conclude(struct load *load, double cpu)
{
    struct sweep_step *step = load->step;
    struct http_client_stats stats;
    http_client_stats(load->client, &stats);
    double seconds = (double)load->plan->duration / SECONDS(1);
    step->concurrency = load->plan->concurrency ? load->plan->concurrency : load->most_in_flight;
    step->duration = load->plan->duration;
    step->wanted_rate = load->plan->concurrency ? 0 : load->plan->rate;
    step->late = load->plan->concurrency ? 0 : due_count(load) - step->done;
    step->rate = (double)load->ended_well / seconds;
    step->cpu = cpu / seconds;
    step->opened = stats.connections_opened;
    spread_slices(load);
}

/* Waits until `moment`. Returns 0, or ERR_CANCELLED when the user wants no more. */
static int wait_until(struct load *load, nanoseconds moment)
{
    int err = await_until(load->stop, moment, NULL);
    return err == ERR_TIMED_OUT ? 0 : ERR_CANCELLED;
}

static int run(struct load *load)
{
    int err = add_tasks(load);
    if (!err)
        err = wait_until(load, load->from);
    double before = cpu_seconds();
    if (!err)
        err = wait_until(load, load->until);
    double cpu = cpu_seconds() - before;
    if (!err)
        err = await_late(load);
    int task_err = end_tasks(load);
    if (!err)
        err = task_err;
    if (!err)
        conclude(load, cpu);
    return err;
}

int load_run(struct loop *loop, struct http_client *client, const struct load_plan *plan, struct future *stop,
             struct sweep_step *step, struct timeseries *series)
{
    nanoseconds now = clock_now();
    struct load load = {
        .loop = loop,
        .client = client,
        .plan = plan,
        .stop = stop,
        .step = step,
        .series = series,
        .start = now,
        .from = now + plan->warmup,
        .until = now + plan->warmup + plan->duration,
    };
    int err = 0;
    future_init(&load.ended, loop, "load");
    loop_callback_init(&load.stopped, end, &load);
    future_add_done_callback(stop, &load.stopped);
    for (size_t i = 0; i < SWEEP_SLICES && !err; i++)
        err = histogram_init(&load.slices[i]);
    if (!err)
        err = run(&load);
    free_tasks(&load);
    future_remove_done_callback(stop, &load.stopped);
    future_destroy(&load.ended);
    for (size_t i = 0; i < SWEEP_SLICES; i++)
        histogram_free(&load.slices[i]);
    return err;
}
