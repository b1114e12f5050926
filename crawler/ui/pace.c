#include "ui/pace.h"

#include <stdbool.h>

static const nanoseconds MEMORY = SECONDS(20);

static double per_second(uint64_t before, uint64_t after, nanoseconds duration)
{
    return duration > 0 ? (double)(after - before) * SECONDS(1) / (double)duration : 0;
}

/* A crawl finds its work on its way: while pages bring new URLs, those that wait say nothing about how many will come.
 * An estimate stands on firm ground in two cases only: the limit of the user cuts the crawl off before the URLs known,
 * or hardly any come in. One for twenty that are done makes the crawl no more than a twentieth longer. */
static bool is_known(const struct pace_sample *from, const struct pace_sample *to, bool is_full, uint64_t max_pages)
{
    if (max_pages && to->wanted >= max_pages)
        return true;
    return is_full && to->wanted <= from->wanted + (to->done - from->done) / 20;
}

/* The mean up to MEMORY, then what lies farther back fades: a time to go by the rate of now would tremble. */
static double steady_rate(const struct pace *pace, const struct pace_sample *last, const struct pace_sample *now)
{
    nanoseconds memory = now->at < MEMORY ? now->at : MEMORY, duration = now->at - last->at;
    double share = duration < memory ? (double)duration / (double)memory : 1;
    return pace->steady_rate + (per_second(last->done, now->done, duration) - pace->steady_rate) * share;
}

static nanoseconds time_to_go(const struct pace_sample *now, uint64_t max_pages, double rate)
{
    static const double longest = 1e6; /* seconds, past which nobody counts on it */
    uint64_t end = max_pages && max_pages < now->wanted ? max_pages : now->wanted;
    if (rate <= 0 || end < now->done || (double)(end - now->done) > rate * longest)
        return NEVER;
    return (nanoseconds)((double)(end - now->done) / rate * SECONDS(1));
}

void pace_take(struct pace *pace, const struct crawl_totals *totals, uint64_t max_pages,
               struct progress_figures *figures)
{
    uint64_t done = totals->fetched + totals->failed;
    const struct pace_sample now = {totals->elapsed, done, totals->wire_bytes,
                                    done + totals->in_flight + totals->queued};
    bool is_full = pace->taken >= PACE_SAMPLES;
    pace->steady_rate = steady_rate(pace, &pace->samples[(pace->taken + PACE_SAMPLES - 1) % PACE_SAMPLES], &now);
    struct pace_sample *slot = &pace->samples[pace->taken++ % PACE_SAMPLES];
    const struct pace_sample oldest = *slot; /* the crawl's beginning as long as there is none */
    *slot = now;
    *figures = (struct progress_figures){
        .done = done,
        .queued = totals->queued,
        .in_flight = totals->in_flight,
        .failed = totals->failed,
        .rate = per_second(oldest.done, done, now.at - oldest.at),
        .mean_rate = per_second(0, done, now.at),
        .byte_rate = per_second(oldest.wire_bytes, now.wire_bytes, now.at - oldest.at),
        .elapsed = now.at,
        .to_go = NEVER,
    };
    if (!totals->is_stopping && is_known(&oldest, &now, is_full, max_pages))
        figures->to_go = time_to_go(&now, max_pages, pace->steady_rate);
}
