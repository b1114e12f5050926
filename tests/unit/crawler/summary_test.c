#include "measure/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/random.h"
#include "unit/crawler/failing_json.h"
#include "unit/crawler/json_text.h"
#include "unit/suite.h"

static const struct fetch_statistic STATS[] = {
    /* over a new connection, with all phases */
    {.url = {"https://a/", 10},
     .status = 200,
     .content_type = "text/html",
     .size = 1000,
     .wire_size = 300,
     .version = HTTP_2,
     .timings = {.resolved = MICROSECONDS(100),
                 .begun = MICROSECONDS(150),
                 .connected = MICROSECONDS(350),
                 .secured = MICROSECONDS(950),
                 .first_byte = MICROSECONDS(1400),
                 .total = MICROSECONDS(1700)}},
    /* over the same; less than a microsecond in the queue is no waiting */
    {.url = {"https://a/b", 11},
     .status = 301,
     .next_url = {"https://a/", 10},
     .content_type = "text/html",
     .size = 10,
     .wire_size = 10,
     .version = HTTP_2,
     .reused = true,
     .timings = {.resolved = 1000, .begun = 1999, .first_byte = MICROSECONDS(20), .total = MICROSECONDS(40)}},
    {.url = {"https://a/c", 11},
     .status = 404,
     .content_type = "",
     .version = HTTP_1_1,
     .timings = {.first_byte = MICROSECONDS(30), .total = MICROSECONDS(60)}},
    /* bad, but the user wants it */
    {.url = {"https://a/d", 11},
     .status = 403,
     .is_accepted = true,
     .content_type = "text/plain",
     .version = HTTP_1_1,
     .timings = {.first_byte = MICROSECONDS(31), .total = MICROSECONDS(61)}},
    /* cut by a limit of ours: what came counts */
    {.url = {"https://a/e", 11},
     .status = 200,
     .error = ERR_BODY_TOO_LARGE,
     .truncated = true,
     .content_type = "video/mp4",
     .size = 5000,
     .wire_size = 5000,
     .version = HTTP_1_1,
     .timings = {.first_byte = MICROSECONDS(32), .total = MICROSECONDS(900)}},
    /* no answers: nothing of them is timed */
    {.url = {"https://b/", 10},
     .error = ERR_CONNECT_REFUSED,
     .content_type = "",
     .timings = {.resolved = MICROSECONDS(1), .begun = SECONDS(1), .connected = SECONDS(2), .total = SECONDS(3)}},
    {.url = {"https://b/f", 11},
     .status = 200,
     .error = ERR_CONNECTION_RESET,
     .content_type = "text/css",
     .size = 70,
     .timings = {.first_byte = SECONDS(1), .total = SECONDS(3)}},
    {.url = {"https://b/g", 11}, .error = ERR_CONNECT_REFUSED, .content_type = ""},
};

static struct summary *new_summary(void)
{
    struct summary *summary;
    ck_assert_int_eq(summary_create(&summary), 0);
    return summary;
}

static void tell(struct summary *summary, const struct fetch_statistic *stat)
{
    const struct observer *observer = &summary->observer;
    ck_assert_int_eq(observer->fetched(observer->context, stat), 0);
}

static struct summary *filled(void)
{
    struct summary *summary = new_summary();
    for (size_t i = 0; i < sizeof STATS / sizeof STATS[0]; i++)
        tell(summary, &STATS[i]);
    const struct observer *observer = &summary->observer;
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(observer->skipped(observer->context, SLICE("http://c/"), i ? REASON_HOST : REASON_DEPTH,
                                           SLICE("https://a/")),
                         0);
    timeseries_close(&summary->series, SECONDS(4));
    return summary;
}

/* --- figures ------------------------------------------------------------------------------------------------------ */

static void check_phase(const struct summary *summary, enum phase_kind phase, uint64_t count, uint64_t sum,
                        uint64_t most)
{
    const struct histogram *histogram = &summary->phases[phase];
    ck_assert_msg(histogram->total == count && histogram->sum == sum && histogram->most == most,
                  "%s: %d values, sum %d, most %d", phase_name(phase), (int)histogram->total, (int)histogram->sum,
                  (int)histogram->most);
}

START_TEST(phases_of_whole_answers_are_timed)
{
    struct summary *summary = filled();
    check_phase(summary, PHASE_QUEUE, 1, 50, 50);
    check_phase(summary, PHASE_CONNECT, 1, 200, 200);
    check_phase(summary, PHASE_TLS, 1, 600, 600);
    check_phase(summary, PHASE_FIRST_BYTE, 5, 1400 + 20 + 30 + 31 + 32, 1400);
    check_phase(summary, PHASE_TOTAL, 5, 1700 + 40 + 60 + 61 + 900, 1700);
    summary_free(summary);
}
END_TEST

START_TEST(phases_have_names)
{
    static const char *const names[] = {"queue", "connect", "tls", "first_byte", "total"};
    for (unsigned i = 0; i < PHASE_COUNT; i++) {
        ck_assert_str_eq(phase_name(i), names[i]);
        ck_assert_str_ne(phase_title(i), "");
    }
}
END_TEST

START_TEST(kinds_are_counted)
{
    struct summary *summary = filled();
    check_made_json(tallies_json(&summary->statuses),
                    "{\"200\":{\"count\":2,\"bytes\":6000},\"301\":{\"count\":1,\"bytes\":10},"
                    "\"404\":{\"count\":1,\"bytes\":0},\"403\":{\"count\":1,\"bytes\":0}}");
    check_made_json(tallies_json(&summary->errors), "{\"connect-refused\":{\"count\":2,\"bytes\":0},"
                                                    "\"connection-reset\":{\"count\":1,\"bytes\":70}}");
    check_made_json(tallies_json(&summary->types),
                    "{\"text/html\":{\"count\":2,\"bytes\":1010},\"-\":{\"count\":1,\"bytes\":0},"
                    "\"text/plain\":{\"count\":1,\"bytes\":0},\"video/mp4\":{\"count\":1,\"bytes\":5000}}");
    check_made_json(tallies_json(&summary->versions),
                    "{\"HTTP/2\":{\"count\":2,\"bytes\":1010},\"HTTP/1.1\":{\"count\":3,\"bytes\":5000}}");
    check_made_json(tallies_json(&summary->skipped),
                    "{\"depth\":{\"count\":1,\"bytes\":0},\"host\":{\"count\":2,\"bytes\":0}}");
    summary_free(summary);
}
END_TEST

START_TEST(records_are_counted)
{
    struct summary *summary = filled();
    static const uint64_t classes[10] = {3, 0, 2, 1, 2};
    ck_assert_mem_eq(summary->classes, classes, sizeof classes);
    ck_assert_uint_eq(summary->redirects, 1);
    ck_assert_uint_eq(summary->broken, 4); /* 404 and the three without an answer */
    summary_free(summary);
}
END_TEST

START_TEST(the_series_has_every_record)
{
    struct summary *summary = filled();
    struct timeseries_row sum = {0};
    for (size_t i = 0; i < summary->series.count; i++) {
        sum.done += summary->series.rows[i].done;
        sum.failed += summary->series.rows[i].failed;
        sum.bytes += summary->series.rows[i].bytes;
        sum.wire_bytes += summary->series.rows[i].wire_bytes;
    }
    ck_assert_uint_eq(sum.done, 8);
    ck_assert_uint_eq(sum.failed, 5); /* the accepted status too */
    ck_assert_uint_eq(sum.bytes, 6080);
    ck_assert_uint_eq(sum.wire_bytes, 5310);
    summary_free(summary);
}
END_TEST

static void check_done(const struct summary *summary, size_t second, uint64_t done)
{
    ck_assert_uint_lt(second, summary->series.count);
    ck_assert_uint_eq(summary->series.rows[second].done, done);
}

START_TEST(the_series_goes_by_the_time_of_the_crawl)
{
    const struct fetch_statistic replayed = {.url = {"http://a/", 9},
                                             .status = 200,
                                             .content_type = "",
                                             .started = SECONDS(2),
                                             .timings.total = MILLISECONDS(1500),
                                             .is_replayed = true};
    struct fetch_statistic late = replayed;
    struct summary *summary = new_summary();
    late.is_replayed = false;
    late.started = SECONDS(5);
    tell(summary, &replayed); /* in no order of time: not in the series */
    ck_assert_int_eq(summary_add_end(summary, &replayed), 0);
    tell(summary, &late);
    timeseries_close(&summary->series, SECONDS(8));
    ck_assert_uint_eq(summary->series.count, 9);
    for (size_t i = 0; i < 9; i++)
        check_done(summary, i, i == 3 || i == 6);
    ck_assert_uint_eq(summary->classes[2], 2);
    summary_free(summary);
}
END_TEST

/* --- the largest -------------------------------------------------------------------------------------------------- */

/* A record of a URL that ends with `number`, which is gone when this returns. */
static void tell_numbered(struct summary *summary, unsigned number, uint64_t size, uint64_t microseconds)
{
    char url[32];
    int length = snprintf(url, sizeof url, "http://a/%u", number);
    struct fetch_statistic stat = {.url = {url, (size_t)length},
                                   .status = 200,
                                   .content_type = "text/html",
                                   .size = size,
                                   .timings = {.total = MICROSECONDS((nanoseconds)microseconds)}};
    tell(summary, &stat);
    memset(url, 'x', sizeof url);
}

static void check_top(const struct top *top, size_t place, const char *url, uint64_t value)
{
    ck_assert_uint_lt(place, top->count);
    ck_assert_str_eq(top->items[place].url, url);
    ck_assert_uint_eq(top->items[place].value, value);
    ck_assert_int_eq(top->items[place].status, 200);
}

START_TEST(the_largest_are_kept_in_order)
{
    enum { COUNT = 101 };
    struct summary *summary = new_summary();
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned number = i * 37 % COUNT; /* each once, in no order */
        tell_numbered(summary, number, number, 1000 - number);
    }
    ck_assert_uint_eq(summary->largest.count, SUMMARY_TOP);
    ck_assert_uint_eq(summary->slowest.count, SUMMARY_TOP);
    check_top(&summary->largest, 0, "http://a/100", 100);
    check_top(&summary->largest, 1, "http://a/99", 99);
    check_top(&summary->largest, SUMMARY_TOP - 1, "http://a/81", 81);
    check_top(&summary->slowest, 0, "http://a/0", 1000);
    check_top(&summary->slowest, SUMMARY_TOP - 1, "http://a/19", 981);
    summary_free(summary);
}
END_TEST

START_TEST(of_equals_the_first_is_kept)
{
    struct summary *summary = new_summary();
    for (unsigned i = 0; i < 2 * SUMMARY_TOP; i++)
        tell_numbered(summary, i, 5, 7);
    tell_numbered(summary, 1000, 6, 6);
    check_top(&summary->largest, 0, "http://a/1000", 6);
    check_top(&summary->largest, 1, "http://a/0", 5);
    check_top(&summary->largest, SUMMARY_TOP - 1, "http://a/18", 5);
    check_top(&summary->slowest, 0, "http://a/0", 7);
    check_top(&summary->slowest, SUMMARY_TOP - 1, "http://a/19", 7);
    summary_free(summary);
}
END_TEST

static int compare_values(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

START_TEST(the_largest_of_many)
{
    static uint64_t values[2000];
    enum { COUNT = sizeof values / sizeof values[0] };
    struct summary *summary = new_summary();
    for (unsigned i = 0; i < COUNT; i++) {
        values[i] = random_below(3000);
        struct fetch_statistic stat = {.url = {"http://a/", 9}, .status = 200, .content_type = "", .size = values[i]};
        summary->observer.fetched(summary->observer.context, &stat);
    }
    qsort(values, COUNT, sizeof values[0], compare_values);
    for (size_t i = 0; i < SUMMARY_TOP; i++)
        ck_assert_uint_eq(summary->largest.items[i].value, values[i]);
    summary_free(summary);
}
END_TEST

/* --- JSON --------------------------------------------------------------------------------------------------------- */

static const struct crawl_totals TOTALS = {
    .discovered = 30,
    .fetched = 5,
    .failed = 3,
    .filtered = 4,
    .queued = 16,
    .in_flight = 2,
    .bytes = 6000,
    .wire_bytes = 5400,
    .max_tasks = 64,
    .elapsed = MILLISECONDS(500),
    .connections_opened = 7,
    .connections_reused = 9,
};

/* The document as a reader gets it. */
static json_t *read_back(const struct summary *summary, const struct crawl_totals *totals)
{
    json_t *made = summary_json(summary, totals);
    char *text = json_dumps(made, 0);
    ck_assert_ptr_nonnull(text);
    json_error_t error;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(json != NULL, "%s", error.text);
    free(text);
    json_decref(made);
    return json;
}

static const struct {
    const char *name;
    const char *value;
} MEMBERS[] = {
    {"elapsed_seconds", "0.5"},
    {"urls_per_second", "16.0"},
    {"bytes_per_second", "12000.0"},
    {"wire_bytes_per_second", "10800.0"},
    {"discovered", "30"},
    {"done", "8"},
    {"fetched", "5"},
    {"failed", "3"},
    {"filtered", "4"},
    {"pending", "18"},
    {"bytes", "6000"},
    {"wire_bytes", "5400"},
    {"max_tasks", "64"},
    {"connections", "{\"opened\":7,\"reused\":9}"},
    {"redirects", "1"},
    {"broken", "4"},
    {"status_classes", "{\"none\":3,\"2xx\":2,\"3xx\":1,\"4xx\":2}"},
    {"errors", "{\"connect-refused\":{\"count\":2,\"bytes\":0},\"connection-reset\":{\"count\":1,\"bytes\":70}}"},
    {"versions", "{\"HTTP/2\":{\"count\":2,\"bytes\":1010},\"HTTP/1.1\":{\"count\":3,\"bytes\":5000}}"},
    {"skipped", "{\"depth\":{\"count\":1,\"bytes\":0},\"host\":{\"count\":2,\"bytes\":0}}"},
    {"slowest", "[{\"url\":\"https://a/\",\"status\":200,\"total_us\":1700},"
                "{\"url\":\"https://a/e\",\"status\":200,\"total_us\":900},"
                "{\"url\":\"https://a/d\",\"status\":403,\"total_us\":61},"
                "{\"url\":\"https://a/c\",\"status\":404,\"total_us\":60},"
                "{\"url\":\"https://a/b\",\"status\":301,\"total_us\":40}]"},
    {"largest", "[{\"url\":\"https://a/e\",\"status\":200,\"bytes\":5000},"
                "{\"url\":\"https://a/\",\"status\":200,\"bytes\":1000},"
                "{\"url\":\"https://a/b\",\"status\":301,\"bytes\":10},"
                "{\"url\":\"https://a/c\",\"status\":404,\"bytes\":0},"
                "{\"url\":\"https://a/d\",\"status\":403,\"bytes\":0}]"},
};

START_TEST(json_has_the_figures)
{
    struct summary *summary = filled();
    json_t *json = read_back(summary, &TOTALS);
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++)
        check_json(json_object_get(json, MEMBERS[i].name), MEMBERS[i].value);
    ck_assert_uint_eq(json_object_size(json_object_get(json, "statuses")), 4);
    ck_assert_uint_eq(json_object_size(json_object_get(json, "types")), 4);
    ck_assert_uint_ge(json_array_size(json_object_get(json, "series")), 1);
    ck_assert_uint_eq(json_object_size(json), sizeof MEMBERS / sizeof MEMBERS[0] + 4);
    json_decref(json);
    summary_free(summary);
}
END_TEST

START_TEST(json_has_the_latencies)
{
    struct summary *summary = filled();
    json_t *json = read_back(summary, &TOTALS);
    const json_t *latency = json_object_get(json, "latency"), *total = json_object_get(latency, "total");
    ck_assert_uint_eq(json_object_size(latency), PHASE_COUNT);
    ck_assert_int_eq(json_integer_value(json_object_get(total, "count")), 5);
    ck_assert_int_eq(json_integer_value(json_object_get(total, "p50_us")), 61);
    ck_assert_int_eq(json_integer_value(json_object_get(total, "max_us")), 1700);
    check_json(json_object_get(json_object_get(latency, "tls"), "buckets"), "[[600,600,1]]");
    json_decref(json);
    summary_free(summary);
}
END_TEST

START_TEST(json_of_nothing)
{
    struct summary *summary = new_summary();
    json_t *json = read_back(summary, &(struct crawl_totals){.elapsed = 0});
    check_json(json_object_get(json, "urls_per_second"), "0.0");
    check_json(json_object_get(json, "status_classes"), "{}");
    check_json(json_object_get(json, "types"), "{}");
    check_json(json_object_get(json, "slowest"), "[]");
    check_json(json_object_get(json, "series"), "[]");
    json_decref(json);
    summary_free(summary);
}
END_TEST

START_TEST(hostile_bytes_become_text)
{
    static const struct fetch_statistic hostile = {
        .url = {"http://a/\"\xe2\x82\x01\xff", 14}, .status = 200, .content_type = "\x1b[2J\xc3\xa4/\xc3", .size = 1};
    struct summary *summary = new_summary();
    tell(summary, &hostile);
    json_t *json = read_back(summary, &TOTALS);
    check_json(json_object_get(json, "types"), "{\"\\u001B[2J\xc3\xa4/\xef\xbf\xbd\":{\"count\":1,\"bytes\":1}}");
    check_json(json_object_get(json, "largest"),
               "[{\"url\":\"http://a/\\\"\xef\xbf\xbd\\u0001\xef\xbf\xbd\",\"status\":200,\"bytes\":1}]");
    json_decref(json);
    summary_free(summary);
}
END_TEST

START_TEST(types_without_end_share_the_last_tally)
{
    struct summary *summary = new_summary();
    for (int i = 0; i < 1000; i++) {
        char type[16];
        snprintf(type, sizeof type, "text/%d", i);
        struct fetch_statistic stat = {
            .url = {"http://a/", 9}, .status = i % 900 + 100, .content_type = type, .size = 2};
        summary->observer.fetched(summary->observer.context, &stat);
    }
    json_t *json = read_back(summary, &TOTALS);
    check_json(json_object_get(json_object_get(json, "types"), "more"), "{\"count\":937,\"bytes\":1874}");
    check_json(json_object_get(json_object_get(json, "statuses"), "more"), "{\"count\":874,\"bytes\":1748}");
    ck_assert_uint_eq(json_object_size(json_object_get(json, "types")), TALLIES);
    ck_assert_uint_eq(json_object_size(json_object_get(json, "status_classes")), 9);
    json_decref(json);
    summary_free(summary);
}
END_TEST

static json_t *make_json(const void *context)
{
    return summary_json(context, &TOTALS);
}

START_TEST(json_is_whole_or_none)
{
    struct summary *summary = filled();
    struct json_failures failures = make_json_without_memory(make_json, summary);
    ck_assert_uint_gt(failures.tried, 300);
    ck_assert_uint_eq(failures.half, 0);
    summary_free(summary);
}
END_TEST

int main(void)
{
    return RUN_TESTS("summary", phases_of_whole_answers_are_timed, phases_have_names, kinds_are_counted,
                     records_are_counted, the_series_has_every_record, the_series_goes_by_the_time_of_the_crawl,
                     the_largest_are_kept_in_order, of_equals_the_first_is_kept, the_largest_of_many,
                     json_has_the_figures, json_has_the_latencies, json_of_nothing, hostile_bytes_become_text,
                     types_without_end_share_the_last_tally, json_is_whole_or_none);
}
