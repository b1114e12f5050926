#include "output/axis.h"

#include <math.h>

/* Percentiles end here when nothing else is said: one in a hundred million. */
static const double LAST_PERCENTILE = 99.999999;

/* A scale takes values to where steps are even. */
static double even(enum axis_scale scale, double value)
{
    switch (scale) {
    case AXIS_LOG2:
        return log2(value);
    case AXIS_LOG10:
        return log10(value);
    case AXIS_PERCENTILE:
        return -log10(1 - fmin(value, LAST_PERCENTILE) / 100);
    case AXIS_LINEAR:
        break;
    }
    return value;
}

/* The least of 1, 2, 2.5, 5, 10, 20... times any power of ten that is not below `value`. */
static double round_step(double value)
{
    static const double digits[] = {1, 2, 2.5, 5, 10};
    double power = pow(10, floor(log10(value)));
    size_t i = 0;
    while (i < 4 && digits[i] * power < value * (1 - 1e-9))
        i++;
    return digits[i] * power;
}

/* The same without 2.5, for the upper end of a logarithmic scale. */
static double round_up(double value)
{
    double step = round_step(value), power = pow(10, floor(log10(step)));
    return step > 2.4 * power && step < 2.6 * power ? 5 * power : step;
}

static double round_down(double value)
{
    static const double digits[] = {5, 2, 1};
    double power = pow(10, floor(log10(value)));
    size_t i = 0;
    while (i < 2 && digits[i] * power > value * (1 + 1e-9))
        i++;
    return digits[i] * power;
}

/* Between ticks of points of time lie seconds, minutes and hours as clocks divide them. */
static double clock_step(double least_step)
{
    static const double steps[] = {1,   2,   5,    10,   15,   30,    60,    120,   300,
                                   600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i] >= least_step)
            return steps[i];
    return 86400 * round_step(least_step / 86400);
}

static double linear_step(const struct axis *axis, unsigned wanted)
{
    double least_step = (axis->most - axis->least) / wanted;
    return axis->unit == UNIT_SECONDS && least_step > 0.5 ? clock_step(least_step) : round_step(least_step);
}

static void fit_linear(struct axis *axis, bool is_round)
{
    enum { STEPS = 4 };
    if (is_round && axis->least > 0)
        axis->least = 0;
    if (axis->most <= axis->least)
        axis->most = axis->least + 1;
    if (!is_round)
        return;
    double step = linear_step(axis, STEPS);
    axis->least = floor(axis->least / step) * step;
    axis->most = ceil(axis->most / step * (1 - 1e-9)) * step;
}

static void fit_log(struct axis *axis, bool is_round)
{
    double base = axis->scale == AXIS_LOG2 ? 2 : 10;
    if (axis->most <= 0)
        axis->most = 1;
    if (axis->least <= 0)
        axis->least = fmin(axis->most, 1);
    if (is_round) {
        axis->least = round_down(axis->least);
        axis->most = round_up(axis->most);
    }
    if (axis->most <= axis->least * (1 + 1e-9)) {
        axis->least /= base;
        axis->most *= base;
    }
}

void axis_fit(struct axis *axis, double least, double most, bool is_round)
{
    bool is_known = isfinite(least) && isfinite(most) && least <= most;
    axis->least = is_known ? least : 0;
    axis->most = is_known ? most : 0;
    if (axis->scale == AXIS_LINEAR) {
        fit_linear(axis, is_round);
    } else if (axis->scale == AXIS_PERCENTILE) {
        axis->least = 0;
        axis->most = fmin(fmax(axis->most, 90), LAST_PERCENTILE);
    } else {
        fit_log(axis, is_round);
    }
}

double axis_place(const struct axis *axis, double value)
{
    if (isnan(value))
        return NAN;
    value = fmin(fmax(value, axis->least), axis->most);
    double from = even(axis->scale, axis->least), to = even(axis->scale, axis->most);
    return (even(axis->scale, value) - from) / (to - from);
}

static void add_tick(const struct axis *axis, struct ticks *ticks, double value)
{
    double slack = 1e-9 * fabs(axis->most);
    if (ticks->count < AXIS_TICKS && value >= axis->least - slack && value <= axis->most + slack)
        ticks->at[ticks->count++] = value;
}

static void linear_ticks(const struct axis *axis, unsigned wanted, struct ticks *ticks)
{
    double step = linear_step(axis, wanted), first = ceil(axis->least / step * (1 - 1e-9));
    for (unsigned i = 0; i < AXIS_TICKS; i++)
        add_tick(axis, ticks, (first + i) * step);
}

/* Powers of two; every second, fourth... when there are too many. */
static void log2_ticks(const struct axis *axis, unsigned wanted, struct ticks *ticks)
{
    double first = ceil(log2(axis->least) - 1e-9), last = floor(log2(axis->most) + 1e-9);
    double step = fmax(1, ceil((last - first) / (2.0 * wanted)));
    for (unsigned i = 0; i < AXIS_TICKS && first + i * step <= last; i++)
        add_tick(axis, ticks, exp2(first + i * step));
}

/* Powers of ten, with 2 and 5 between them when they alone were too few. */
static void log10_ticks(const struct axis *axis, unsigned wanted, struct ticks *ticks)
{
    double first = floor(log10(axis->least) + 1e-9), decades = log10(axis->most / axis->least);
    double step = fmax(1, ceil(decades / wanted));
    bool is_fine = decades * 3 < 2.0 * wanted;
    for (unsigned i = 0; i < AXIS_TICKS && first + i * step <= log10(axis->most) + 1e-9; i++) {
        double power = pow(10, first + i * step);
        add_tick(axis, ticks, power);
        if (is_fine)
            add_tick(axis, ticks, 2 * power);
        if (is_fine)
            add_tick(axis, ticks, 5 * power);
    }
}

static void percentile_ticks(const struct axis *axis, struct ticks *ticks)
{
    static const double named[] = {50, 90, 99, 99.9, 99.99, 99.999, 99.9999};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        add_tick(axis, ticks, named[i]);
}

void axis_ticks(const struct axis *axis, unsigned wanted, struct ticks *ticks)
{
    ticks->count = 0;
    if (axis->scale == AXIS_LINEAR)
        linear_ticks(axis, wanted, ticks);
    else if (axis->scale == AXIS_LOG2)
        log2_ticks(axis, wanted, ticks);
    else if (axis->scale == AXIS_LOG10)
        log10_ticks(axis, wanted, ticks);
    else
        percentile_ticks(axis, ticks);
    if (!ticks->count)
        add_tick(axis, ticks, axis->least);
}
