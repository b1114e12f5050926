#include "output/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct figure figure_count(uint64_t count)
{
    char digits[24];
    struct figure figure;
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, count), at = 0;
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            figure.text[at++] = ',';
        figure.text[at++] = digits[i];
    }
    figure.text[at] = '\0';
    return figure;
}

static void strip_zeros(char *text)
{
    char *end = text + strlen(text);
    if (!strchr(text, '.'))
        return;
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        end[-1] = '\0';
}

/* Three significant digits, the unit behind. What would be rounded up to 1,000 has been taken to the next unit. */
static struct figure with_unit(double value, const char *unit, bool is_short)
{
    struct figure figure;
    char digits[32];
    double size = fabs(value);
    int decimals = size >= 99.95 || value == 0 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3;
    snprintf(digits, sizeof digits, "%.*f", decimals, value);
    if (is_short)
        strip_zeros(digits);
    snprintf(figure.text, sizeof figure.text, "%s%s%s", digits, *unit ? " " : "", unit);
    return figure;
}

static struct figure count(double value, bool is_short)
{
    double whole = round(value);
    if (value >= 0 && (value >= 99.95 || fabs(value - whole) < 1e-9))
        return figure_count(whole < 1e18 ? (uint64_t)whole : (uint64_t)1e18);
    return with_unit(value, "", is_short);
}

static struct figure bytes(double value, const char *const units[], bool is_short)
{
    size_t unit = 0;
    if (value == 0 && is_short)
        return with_unit(0, "", true);
    while (value >= 999.5 && units[unit + 1]) {
        value /= 1000;
        unit++;
    }
    return with_unit(unit ? value : round(value), units[unit], is_short || !unit);
}

static struct figure minutes(double seconds)
{
    struct figure figure;
    unsigned long long all = (unsigned long long)fmin(round(seconds), 1e15);
    if (all < 3600)
        snprintf(figure.text, sizeof figure.text, "%llu min %llu s", all / 60, all % 60);
    else
        snprintf(figure.text, sizeof figure.text, "%llu h %llu min", all / 3600, all / 60 % 60);
    return figure;
}

static struct figure duration(double microseconds, bool is_short)
{
    if (microseconds == 0)
        return with_unit(0, "", true);
    if (microseconds < 999.5)
        return with_unit(microseconds, "µs", is_short || microseconds == round(microseconds));
    if (microseconds < 999.5e3)
        return with_unit(microseconds / 1e3, "ms", is_short);
    if (microseconds < 59.95e6)
        return with_unit(microseconds / 1e6, "s", is_short);
    return minutes(microseconds / 1e6);
}

static struct figure point_of_time(double seconds, bool is_short)
{
    if (seconds >= 60 && !is_short)
        return minutes(seconds);
    if (seconds >= 3600 && fmod(seconds, 900) == 0)
        return with_unit(seconds / 3600, "h", true);
    if (seconds >= 60 && fmod(seconds, 60) == 0)
        return with_unit(seconds / 60, "min", true);
    return with_unit(seconds, seconds ? "s" : "", true);
}

static struct figure percent(double value, bool is_short)
{
    struct figure figure = with_unit(value, "%", is_short);
    if (value > 99 && value < 100) /* 99.999 must not become 100 */
        snprintf(figure.text, sizeof figure.text, is_short ? "%g %%" : "%.4g %%",
                 is_short ? value : floor(value * 100) / 100);
    return figure;
}

static struct figure text_of(enum unit unit, double value, bool is_short)
{
    static const char *const sizes[] = {"B", "kB", "MB", "GB", "TB", "PB", NULL};
    static const char *const rates[] = {"B/s", "kB/s", "MB/s", "GB/s", "TB/s", NULL};
    if (!isfinite(value))
        return (struct figure){"–"};
    switch (unit) {
    case UNIT_BYTES:
        return bytes(value, sizes, is_short);
    case UNIT_BYTES_SECOND:
        return bytes(value, rates, is_short);
    case UNIT_MICROSECONDS:
        return duration(value, is_short);
    case UNIT_SECONDS:
        return point_of_time(value, is_short);
    case UNIT_PERCENT:
        return percent(value, is_short);
    case UNIT_COUNT:
        break;
    }
    return count(value, is_short);
}

struct figure figure(enum unit unit, double value)
{
    return text_of(unit, value, false);
}

struct figure figure_short(enum unit unit, double value)
{
    return text_of(unit, value, true);
}
