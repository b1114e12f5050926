#include "ui/progress_line.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_SIZE = 32, FIELD_SIZE = 64 };

/* 18,446,744,073,709,551,615 */
static void write_grouped(char text[NUMBER_SIZE], uint64_t number)
{
    char digits[NUMBER_SIZE];
    int left = snprintf(digits, sizeof digits, "%" PRIu64, number);
    for (const char *digit = digits; left; digit++) {
        *text++ = *digit;
        if (--left && left % 3 == 0)
            *text++ = ',';
    }
    *text = '\0';
}

/* 9999, 12.3k, 123k, 1.2M: at most five columns, rounded down. */
static void write_short(char text[NUMBER_SIZE], uint64_t number)
{
    static const char units[] = " kMGTPE";
    const char *unit = units;
    uint64_t tenths = 0;
    while (number >= (unit == units ? 10000 : 1000)) {
        tenths = number % 1000 / 100;
        number /= 1000;
        unit++;
    }
    if (unit == units)
        snprintf(text, NUMBER_SIZE, "%" PRIu64, number);
    else if (number >= 100)
        snprintf(text, NUMBER_SIZE, "%" PRIu64 "%c", number, *unit);
    else
        snprintf(text, NUMBER_SIZE, "%" PRIu64 ".%" PRIu64 "%c", number, tenths, *unit);
}

static void write_count(char field[FIELD_SIZE], uint64_t count, const char *label, bool is_short)
{
    char number[NUMBER_SIZE];
    if (is_short)
        write_short(number, count);
    else
        write_grouped(number, count);
    snprintf(field, FIELD_SIZE, "%s%s", number, label);
}

static void write_rate(char field[FIELD_SIZE], double rate, const char *label, bool is_short)
{
    static const double enough = 9.95; /* where a decimal tells nothing more */
    if (rate < enough)
        snprintf(field, FIELD_SIZE, "%.1f%s", rate, label);
    else
        write_count(field, (uint64_t)(rate + 0.5), label, is_short);
}

/* 4 s, 1:23, 1:02:03 */
static void write_duration(char field[FIELD_SIZE], nanoseconds duration, const char *label)
{
    int64_t seconds = duration / SECONDS(1);
    int64_t minutes = seconds / 60, hours = minutes / 60;
    if (hours)
        snprintf(field, FIELD_SIZE, "%" PRId64 ":%02d:%02d%s", hours, (int)(minutes % 60), (int)(seconds % 60), label);
    else if (minutes)
        snprintf(field, FIELD_SIZE, "%" PRId64 ":%02d%s", minutes, (int)(seconds % 60), label);
    else
        snprintf(field, FIELD_SIZE, "%" PRId64 " s%s", seconds, label);
}

/* What matters most comes first. */
enum field { DONE, QUEUED, RATE, FAILED, TO_GO, ELAPSED, IN_FLIGHT, BYTE_RATE, MEAN_RATE, FIELD_COUNT };

/* An empty text is a field with nothing to say. */
static void write_field(char text[FIELD_SIZE], enum field field, const struct progress_figures *figures, bool is_short)
{
    text[0] = '\0';
    switch (field) {
    case DONE:
        write_count(text, figures->done, " done", is_short);
        break;
    case QUEUED:
        write_count(text, figures->queued, " queued", is_short);
        break;
    case RATE:
        write_rate(text, figures->rate, "/s", is_short);
        break;
    case FAILED:
        if (!is_short || figures->failed)
            write_count(text, figures->failed, is_short ? " err" : " failed", is_short);
        break;
    case TO_GO:
        if (figures->to_go != NEVER)
            write_duration(text, figures->to_go, " left");
        break;
    case ELAPSED:
        write_duration(text, figures->elapsed, is_short ? "" : " elapsed");
        break;
    case IN_FLIGHT:
        write_count(text, figures->in_flight, " in flight", is_short);
        break;
    case BYTE_RATE:
        snprintf(text, FIELD_SIZE, "%.1f MB/s", figures->byte_rate / 1e6);
        break;
    case MEAN_RATE:
        write_rate(text, figures->mean_rate, "/s mean", is_short);
        break;
    case FIELD_COUNT:
        break;
    }
}

/* Writes the first `count` fields; false when they do not fit. */
static bool write_fields(char *line, size_t *length, const struct progress_figures *figures, size_t width, int count,
                         bool is_short)
{
    *length = 0;
    line[0] = '\0';
    for (int i = 0; i < count; i++) {
        char text[FIELD_SIZE];
        write_field(text, (enum field)i, figures, is_short);
        size_t gap = *length && text[0] ? 2 : 0;
        if (*length + gap + strlen(text) > width)
            return false;
        *length += (size_t)sprintf(line + *length, "%*s%s", (int)gap, "", text);
    }
    return true;
}

size_t progress_line(char line[PROGRESS_LINE_SIZE], const struct progress_figures *figures, size_t width)
{
    size_t length;
    if (width >= PROGRESS_LINE_SIZE)
        width = PROGRESS_LINE_SIZE - 1;
    for (int count = FIELD_COUNT; count > 0; count--)
        if (write_fields(line, &length, figures, width, count, false) ||
            write_fields(line, &length, figures, width, count, true))
            return length;
    line[0] = '\0';
    return 0;
}
