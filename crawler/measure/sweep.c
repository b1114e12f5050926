#include "measure/sweep.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "measure/load.h"
#include "options.h"

/* The share of the best rate that a step needs to be as good as the best. */
static const double GOOD_ENOUGH = 0.95;

int sweep_create(struct sweep **out, struct loop *loop, const struct sweep_plan *plan)
{
    assert(plan->url_count && plan->duration > 0);
    size_t count = plan->step_count ? plan->step_count : 1;
    struct sweep *sweep = calloc(1, sizeof *sweep);
    if (!sweep)
        return ERR_NO_MEMORY;
    future_init(&sweep->stop, loop, "stop");
    sweep->is_open = plan->step_count == 0;
    sweep->url_count = plan->url_count;
    sweep->site = plan->site;
    sweep->warmup = plan->warmup;
    sweep->steps = calloc(count, sizeof *sweep->steps);
    int err = sweep->steps ? timeseries_init(&sweep->series, clock_now()) : ERR_NO_MEMORY;
    if (err) {
        sweep_free(sweep);
        return err;
    }
    *out = sweep;
    return 0;
}

static void step_free(struct sweep_step *step)
{
    histogram_free(&step->latency);
    histogram_free(&step->first_byte);
}

void sweep_free(struct sweep *sweep)
{
    if (!sweep)
        return;
    for (size_t i = 0; i < sweep->count; i++)
        step_free(&sweep->steps[i]);
    free(sweep->steps);
    timeseries_free(&sweep->series);
    future_destroy(&sweep->stop);
    free(sweep);
}

void sweep_stop(struct sweep *sweep)
{
    if (!future_is_complete(&sweep->stop))
        future_set_result(&sweep->stop, NULL);
}

static int run_step(struct sweep *sweep, const struct sweep_plan *plan, const struct load_plan *load,
                    struct sweep_step *step)
{
    struct http_client *client = NULL;
    struct loop *loop = sweep->stop.loop;
    *step = (struct sweep_step){0};
    int err = histogram_init(&step->latency);
    if (!err)
        err = histogram_init(&step->first_byte);
    if (!err)
        err = http_client_create(&client, loop, plan->http);
    if (!err)
        err = load_run(loop, client, load, &sweep->stop, step, &sweep->series);
    http_client_free(client);
    if (err)
        step_free(step);
    return err;
}

/* Finds the best step and the first that is as good. */
static void find_knee(struct sweep *sweep)
{
    for (size_t i = 1; i < sweep->count; i++)
        if (sweep->steps[i].rate > sweep->steps[sweep->best].rate)
            sweep->best = i;
    while (sweep->steps[sweep->knee].rate < GOOD_ENOUGH * sweep->steps[sweep->best].rate)
        sweep->knee++;
}

static int fit(struct sweep *sweep)
{
    struct usl_point *points = calloc(sweep->count, sizeof *points);
    if (!points)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < sweep->count; i++)
        points[i] = (struct usl_point){sweep->steps[i].concurrency, sweep->steps[i].rate};
    usl_fit(&sweep->fit, points, sweep->count);
    free(points);
    return 0;
}

static int conclude(struct sweep *sweep)
{
    timeseries_close(&sweep->series, clock_now());
    if (!sweep->count || sweep->is_open)
        return 0;
    find_knee(sweep);
    return fit(sweep);
}

int sweep_run(struct sweep *sweep, const struct sweep_plan *plan, sweep_told told, void *context)
{
    size_t count = plan->step_count ? plan->step_count : 1;
    int err = 0;
    while (!err && sweep->count < count) {
        const struct load_plan load = {
            .urls = plan->urls,
            .url_count = plan->url_count,
            .concurrency = plan->step_count ? plan->steps[sweep->count] : 0,
            .rate = plan->open_rate,
            .warmup = plan->warmup,
            .duration = plan->duration,
            .grace = SWEEP_GRACE,
        };
        err = run_step(sweep, plan, &load, &sweep->steps[sweep->count]);
        if (!err)
            told(context, &sweep->steps[sweep->count++]);
    }
    sweep->was_interrupted = err == ERR_CANCELLED;
    return err && err != ERR_CANCELLED ? err : conclude(sweep);
}

/* A number from 1 to MOST_TASKS; 0 when there is none. */
static unsigned read_step(const char *text, char **end)
{
    unsigned long number = text[0] >= '0' && text[0] <= '9' ? strtoul(text, end, 10) : 0;
    return number <= MOST_TASKS ? (unsigned)number : 0;
}

/* Doubles from the last step on while that stays below `last`. */
static size_t double_up(unsigned *steps, size_t count, size_t room, unsigned last)
{
    while (count && count < room && steps[count - 1] < (last + 1) / 2) {
        steps[count] = 2 * steps[count - 1];
        count++;
    }
    return count;
}

int sweep_parse(const char *text, unsigned *steps, size_t room)
{
    size_t count = 0;
    for (;;) {
        bool doubles = strncmp(text, "..", 2) == 0;
        char *end;
        unsigned step = read_step(text + (doubles ? 2 : 0), &end);
        if (!step || (doubles && !count) || (count && step <= steps[count - 1]))
            return ERR_SYNTAX;
        if (doubles)
            count = double_up(steps, count, room, step);
        if (count == room)
            return ERR_SYNTAX;
        steps[count++] = step;
        if (*end != ',')
            return *end ? ERR_SYNTAX : (int)count;
        text = end + 1;
    }
}
