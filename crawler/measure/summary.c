#include "measure/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/escape.h"

enum { URL_LIMIT = 1 << 23 };

static const struct {
    const char *name;
    const char *title;
} PHASES[PHASE_COUNT] = {
    [PHASE_QUEUE] = {"queue", "waiting for a turn"}, [PHASE_CONNECT] = {"connect", "connecting"},
    [PHASE_TLS] = {"tls", "TLS handshake"},          [PHASE_FIRST_BYTE] = {"first_byte", "first byte"},
    [PHASE_TOTAL] = {"total", "whole answer"},
};

const char *phase_name(enum phase_kind phase)
{
    return PHASES[phase].name;
}

const char *phase_title(enum phase_kind phase)
{
    return PHASES[phase].title;
}

/* --- the largest -------------------------------------------------------------------------------------------------- */

/* Puts the URL among the largest if it belongs there. Errors: ERR_NO_MEMORY. */
static int top_offer(struct top *top, const struct fetch_statistic *stat, uint64_t value)
{
    if (top->count == SUMMARY_TOP && value <= top->items[SUMMARY_TOP - 1].value)
        return 0;
    char *url = strndup(stat->url.data, stat->url.length);
    if (!url)
        return ERR_NO_MEMORY;
    if (top->count == SUMMARY_TOP)
        free(top->items[--top->count].url);
    size_t place = top->count++;
    for (; place && top->items[place - 1].value < value; place--)
        top->items[place] = top->items[place - 1];
    top->items[place] = (struct top_item){.url = url, .value = value, .status = stat->status};
    return 0;
}

static void top_free(struct top *top)
{
    for (size_t i = 0; i < top->count; i++)
        free(top->items[i].url);
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static uint64_t microseconds(nanoseconds duration)
{
    return (uint64_t)(duration / MICROSECONDS(1));
}

static void record_phases(struct summary *summary, const struct http_timings *timings)
{
    struct histogram *phases = summary->phases;
    nanoseconds queue = timings->begun - timings->resolved;
    if (queue >= MICROSECONDS(1))
        histogram_record(&phases[PHASE_QUEUE], microseconds(queue));
    if (timings->connected)
        histogram_record(&phases[PHASE_CONNECT], microseconds(timings->connected - timings->begun));
    if (timings->secured)
        histogram_record(&phases[PHASE_TLS], microseconds(timings->secured - timings->connected));
    histogram_record(&phases[PHASE_FIRST_BYTE], microseconds(timings->first_byte));
    histogram_record(&phases[PHASE_TOTAL], microseconds(timings->total));
}

static void count_status(struct summary *summary, const struct fetch_statistic *stat)
{
    char name[16] = "200";
    if (stat->status != 200)
        snprintf(name, sizeof name, "%d", stat->status);
    tallies_add(&summary->statuses, name, stat->size);
}

static const char *version_name(enum http_version version)
{
    static const char *const names[] = {"HTTP", "HTTP/1.0", "HTTP/1.1", "HTTP/2"};
    return names[version];
}

static int take_answer(struct summary *summary, const struct fetch_statistic *stat)
{
    record_phases(summary, &stat->timings);
    summary->redirects += stat->next_url.length != 0;
    count_status(summary, stat);
    tallies_add(&summary->types, stat->content_type[0] ? stat->content_type : "-", stat->size);
    tallies_add(&summary->versions, version_name(stat->version), stat->size);
    int err = top_offer(&summary->slowest, stat, microseconds(stat->timings.total));
    return err ? err : top_offer(&summary->largest, stat, stat->size);
}

int summary_add_end(void *context, const struct fetch_statistic *stat)
{
    struct summary *summary = context;
    const struct sample sample = {
        .failed = !fetch_statistic_is_whole(stat) || stat->status >= 400,
        .bytes = fetch_statistic_received(stat),
        .wire_bytes = stat->wire_size,
        .microseconds = microseconds(stat->timings.total),
    };
    timeseries_add(&summary->series, fetch_statistic_end(stat), &sample);
    return 0;
}

static int note_fetched(void *context, const struct fetch_statistic *stat)
{
    struct summary *summary = context;
    bool is_whole = fetch_statistic_is_whole(stat);
    if (!stat->is_replayed)
        (void)summary_add_end(summary, stat);
    summary->classes[is_whole ? stat->status / 100 : 0]++;
    summary->broken += fetch_statistic_is_broken(stat);
    if (is_whole)
        return take_answer(summary, stat);
    tallies_add(&summary->errors, error_kind(stat->error), stat->size);
    return 0;
}

static int take_skipped(void *context, struct slice url, enum reason reason, struct slice referrer)
{
    struct summary *summary = context;
    (void)url;
    (void)referrer;
    tallies_add(&summary->skipped, reason_name(reason), 0);
    return 0;
}

/* --- life --------------------------------------------------------------------------------------------------------- */

int summary_create(struct summary **out)
{
    struct summary *summary = calloc(1, sizeof *summary);
    if (!summary)
        return ERR_NO_MEMORY;
    summary->observer = (struct observer){.fetched = note_fetched, .skipped = take_skipped, .context = summary};
    int err = timeseries_init(&summary->series, 0);
    for (unsigned i = 0; i < PHASE_COUNT && !err; i++)
        err = histogram_init(&summary->phases[i]);
    if (err) {
        summary_free(summary);
        return err;
    }
    *out = summary;
    return 0;
}

void summary_free(struct summary *summary)
{
    if (!summary)
        return;
    for (unsigned i = 0; i < PHASE_COUNT; i++)
        histogram_free(&summary->phases[i]);
    timeseries_free(&summary->series);
    top_free(&summary->slowest);
    top_free(&summary->largest);
    free(summary);
}

/* --- JSON --------------------------------------------------------------------------------------------------------- */

/* `object`, or NULL when something could not be put into it. */
static json_t *whole(json_t *object, int err)
{
    if (!err)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *phases_json(const struct summary *summary)
{
    json_t *object = json_object();
    int err = 0;
    for (unsigned i = 0; i < PHASE_COUNT && !err; i++)
        err = json_object_set_new(object, phase_name(i), histogram_json(&summary->phases[i]));
    return whole(object, err);
}

static json_t *classes_json(const struct summary *summary)
{
    json_t *object = json_object();
    int err = 0;
    for (unsigned i = 0; i < sizeof summary->classes / sizeof summary->classes[0] && !err; i++) {
        char name[8] = "none";
        if (i)
            snprintf(name, sizeof name, "%uxx", i);
        if (summary->classes[i])
            err = json_object_set_new(object, name, json_integer((json_int_t)summary->classes[i]));
    }
    return whole(object, err);
}

static json_t *top_json(const struct top *top, const char *value_name)
{
    json_t *array = json_array();
    struct buf url;
    int err = 0;
    buf_init(&url, URL_LIMIT);
    for (size_t i = 0; i < top->count && !err; i++) {
        const struct top_item *item = &top->items[i];
        buf_clear(&url);
        err = utf8_repair(&url, slice_of(item->url));
        if (!err)
            err = json_array_append_new(array, json_pack("{s:s, s:i, s:I}", "url", buf_text(&url), "status",
                                                         item->status, value_name, (json_int_t)item->value));
    }
    buf_free(&url);
    return whole(array, err);
}

static double per_second(uint64_t amount, const struct crawl_totals *totals)
{
    return totals->elapsed > 0 ? (double)amount / ((double)totals->elapsed / SECONDS(1)) : 0;
}

static json_t *totals_json(const struct crawl_totals *totals)
{
    uint64_t done = totals->fetched + totals->failed, pending = totals->queued + totals->in_flight;
    return json_pack(
        "{s:f, s:f, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:{s:I, s:I}}", "elapsed_seconds",
        (double)totals->elapsed / SECONDS(1), "urls_per_second", per_second(done, totals), "bytes_per_second",
        per_second(totals->bytes, totals), "wire_bytes_per_second", per_second(totals->wire_bytes, totals),
        "discovered", (json_int_t)totals->discovered, "done", (json_int_t)done, "fetched", (json_int_t)totals->fetched,
        "failed", (json_int_t)totals->failed, "filtered", (json_int_t)totals->filtered, "pending", (json_int_t)pending,
        "bytes", (json_int_t)totals->bytes, "wire_bytes", (json_int_t)totals->wire_bytes, "max_tasks",
        (json_int_t)totals->max_tasks, "connections", "opened", (json_int_t)totals->connections_opened, "reused",
        (json_int_t)totals->connections_reused);
}

static int add_answers(json_t *object, const struct summary *summary)
{
    const struct {
        const char *name;
        json_t *value;
    } members[] = {
        {"redirects", json_integer((json_int_t)summary->redirects)},
        {"broken", json_integer((json_int_t)summary->broken)},
        {"status_classes", classes_json(summary)},
        {"statuses", tallies_json(&summary->statuses)},
        {"errors", tallies_json(&summary->errors)},
        {"types", tallies_json(&summary->types)},
        {"versions", tallies_json(&summary->versions)},
        {"skipped", tallies_json(&summary->skipped)},
        {"slowest", top_json(&summary->slowest, "total_us")},
        {"largest", top_json(&summary->largest, "bytes")},
        {"latency", phases_json(summary)},
        {"series", timeseries_json(&summary->series)},
    };
    int err = 0;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        err |= json_object_set_new(object, members[i].name, members[i].value);
    return err;
}

json_t *summary_json(const struct summary *summary, const struct crawl_totals *totals)
{
    json_t *object = totals_json(totals);
    return whole(object, add_answers(object, summary));
}
