/* Axes and charts: round ticks, no figure that is none, nothing of a title that is markup. */
#include "output/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit/suite.h"

static const struct {
    enum axis_scale scale;
    enum unit unit;
    double least, most;
    bool is_round;
    unsigned wanted;
    const char *ticks; /* with a space between two */
} AXES[] = {
    {AXIS_LINEAR, UNIT_COUNT, 12, 97, true, 4, "0 25 50 75 100"},
    {AXIS_LINEAR, UNIT_COUNT, 12, 100, true, 4, "0 25 50 75 100"},
    {AXIS_LINEAR, UNIT_COUNT, 0, 8123, true, 4, "0 2,500 5,000 7,500 10,000"},
    {AXIS_LINEAR, UNIT_COUNT, 0, 0.03, true, 4, "0 0.01 0.02 0.03"},
    {AXIS_LINEAR, UNIT_BYTES_SECOND, 0, 5.2e6, true, 4, "0 2 MB/s 4 MB/s 6 MB/s"},
    {AXIS_LINEAR, UNIT_SECONDS, 0, 95, false, 5, "0 30 s 1 min 90 s"},
    {AXIS_LINEAR, UNIT_SECONDS, 0, 4000, false, 5, "0 15 min 30 min 45 min 1 h"},
    {AXIS_LINEAR, UNIT_SECONDS, 0, 800000, false, 5, "0 48 h 96 h 144 h 192 h"},
    {AXIS_LINEAR, UNIT_COUNT, 5, 5, true, 4, "0 2 4 6"},
    {AXIS_LINEAR, UNIT_COUNT, 0, 0, true, 4, "0 0.25 0.5 0.75 1"},
    {AXIS_LINEAR, UNIT_COUNT, 1, -1, true, 4, "0 0.25 0.5 0.75 1"},
    {AXIS_LINEAR, UNIT_COUNT, NAN, INFINITY, true, 4, "0 0.25 0.5 0.75 1"},
    {AXIS_LOG2, UNIT_COUNT, 1, 256, false, 5, "1 2 4 8 16 32 64 128 256"},
    {AXIS_LOG2, UNIT_COUNT, 3, 40, false, 5, "4 8 16 32"},
    {AXIS_LOG2, UNIT_COUNT, 1, 30000, false, 5, "1 4 16 64 256 1,024 4,096 16,384"},
    {AXIS_LOG2, UNIT_COUNT, 16, 16, false, 5, "8 16 32"},
    {AXIS_LOG10, UNIT_MICROSECONDS, 180, 9100, true, 4, "100 µs 200 µs 500 µs 1 ms 2 ms 5 ms 10 ms"},
    {AXIS_LOG10, UNIT_MICROSECONDS, 3, 21e6, true, 4, "100 µs 10 ms 1 s"},
    {AXIS_LOG10, UNIT_MICROSECONDS, 0, 0, true, 4, "0.1 µs 0.2 µs 0.5 µs 1 µs 2 µs 5 µs 10 µs"},
    {AXIS_PERCENTILE, UNIT_PERCENT, 0, 99.95, false, 5, "50 % 90 % 99 % 99.9 %"},
    {AXIS_PERCENTILE, UNIT_PERCENT, 0, 0, false, 5, "50 % 90 %"},
    {AXIS_PERCENTILE, UNIT_PERCENT, 0, 100, false, 5, "50 % 90 % 99 % 99.9 % 99.99 % 99.999 % 99.9999 %"},
};

START_TEST(ticks_are_round_and_on_the_axis)
{
    struct axis axis = {.scale = AXES[_i].scale, .unit = AXES[_i].unit};
    struct ticks ticks;
    char text[512] = "";
    axis_fit(&axis, AXES[_i].least, AXES[_i].most, AXES[_i].is_round);
    ck_assert(axis.least < axis.most);
    axis_ticks(&axis, AXES[_i].wanted, &ticks);
    for (size_t i = 0; i < ticks.count; i++) {
        double place = axis_place(&axis, ticks.at[i]);
        ck_assert(place >= -1e-9 && place <= 1 + 1e-9);
        ck_assert(i == 0 || ticks.at[i] > ticks.at[i - 1]);
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%s", i ? " " : "", figure_short(axis.unit, ticks.at[i]).text);
    }
    ck_assert_str_eq(text, AXES[_i].ticks);
}
END_TEST

static const struct {
    enum unit unit;
    double value;
    const char *text, *in_short;
} FIGURES[] = {
    {UNIT_COUNT, 0, "0", "0"},
    {UNIT_COUNT, 7, "7", "7"},
    {UNIT_COUNT, 12.34, "12.3", "12.3"},
    {UNIT_COUNT, 2.5, "2.50", "2.5"},
    {UNIT_COUNT, 99.96, "100", "100"},
    {UNIT_COUNT, 1234567, "1,234,567", "1,234,567"},
    {UNIT_COUNT, NAN, "–", "–"},
    {UNIT_COUNT, INFINITY, "–", "–"},
    {UNIT_BYTES, 0, "0 B", "0"},
    {UNIT_BYTES, 999, "999 B", "999 B"},
    {UNIT_BYTES, 999.7, "1.00 kB", "1 kB"},
    {UNIT_BYTES, 12345678, "12.3 MB", "12.3 MB"},
    {UNIT_BYTES_SECOND, 2.5e9, "2.50 GB/s", "2.5 GB/s"},
    {UNIT_MICROSECONDS, 0, "0", "0"},
    {UNIT_MICROSECONDS, 950, "950 µs", "950 µs"},
    {UNIT_MICROSECONDS, 1200, "1.20 ms", "1.2 ms"},
    {UNIT_MICROSECONDS, 999.9, "1.00 ms", "1 ms"},
    {UNIT_MICROSECONDS, 1.5e6, "1.50 s", "1.5 s"},
    {UNIT_MICROSECONDS, 125e6, "2 min 5 s", "2 min 5 s"},
    {UNIT_MICROSECONDS, 3720e6, "1 h 2 min", "1 h 2 min"},
    {UNIT_SECONDS, 0, "0", "0"},
    {UNIT_SECONDS, 30.5, "30.5 s", "30.5 s"},
    {UNIT_SECONDS, 90, "1 min 30 s", "90 s"},
    {UNIT_SECONDS, 5400, "1 h 30 min", "1.5 h"},
    {UNIT_PERCENT, 100, "100 %", "100 %"},
    {UNIT_PERCENT, 99.96, "99.96 %", "99.96 %"},
    {UNIT_PERCENT, 99.999, "99.99 %", "99.999 %"},
    {UNIT_PERCENT, 0.5, "0.500 %", "0.5 %"},
};

START_TEST(figures_have_three_digits)
{
    ck_assert_str_eq(figure(FIGURES[_i].unit, FIGURES[_i].value).text, FIGURES[_i].text);
    ck_assert_str_eq(figure_short(FIGURES[_i].unit, FIGURES[_i].value).text, FIGURES[_i].in_short);
}
END_TEST

/* The chart's text; to be freed. */
static char *drawn(const struct chart *chart)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(file);
    chart_write_figure(file, chart);
    ck_assert_int_eq(fclose(file), 0);
    return text;
}

static const enum axis_scale SCALES[] = {AXIS_LINEAR, AXIS_LOG2, AXIS_LOG10, AXIS_PERCENTILE};

static const struct {
    double x[4], y[4];
    size_t count;
    unsigned markers; /* of a line */
    bool is_empty;
} POINTS[] = {
    {{0}, {0}, 0, 0, true},
    {{4}, {2}, 1, 1, false},
    {{NAN}, {1}, 1, 0, true},
    {{1, 2, 3}, {NAN, INFINITY, -INFINITY}, 3, 0, true},
    {{1, 2, 3, 4}, {1, NAN, 3, 4}, 4, 1, false},
    {{1, 2, 3, 4}, {1, 2, NAN, NAN}, 4, 0, false},
    {{0, 0, 0, 0}, {0, 0, 0, 0}, 4, 0, false},
    {{-1, 0, 1e300, INFINITY}, {-1e300, 1e300, 5, 5}, 4, 0, false},
};
enum { POINT_SETS = sizeof POINTS / sizeof *POINTS, SCALE_COUNT = sizeof SCALES / sizeof *SCALES };

static unsigned occurrences(const char *text, const char *what)
{
    unsigned count = 0;
    for (; (text = strstr(text, what)); text++)
        count++;
    return count;
}

START_TEST(no_figure_is_none)
{
    size_t set = (size_t)_i % POINT_SETS;
    const struct chart_series series = {.name = "s",
                                        .colour = "c1",
                                        .style = CHART_LINE,
                                        .x = POINTS[set].x,
                                        .y = POINTS[set].y,
                                        .count = POINTS[set].count,
                                        .low = POINTS[set].y,
                                        .high = POINTS[set].y};
    struct chart chart = {.title = "t", .description = "", .x_label = "", .y_label = "", .series = &series, .count = 1};
    chart.x_scale = SCALES[(size_t)_i / POINT_SETS % SCALE_COUNT];
    chart.y_scale = SCALES[(size_t)_i / POINT_SETS / SCALE_COUNT];
    char *text = drawn(&chart);
    ck_assert_msg(!strstr(text, "nan") && !strstr(text, "inf"), "%s", text);
    ck_assert_uint_eq(occurrences(text, "class=\"marker\""), POINTS[set].markers);
    ck_assert_int_eq(strstr(text, "nothing was measured") != NULL, POINTS[set].is_empty);
    free(text);
}
END_TEST

START_TEST(words_are_escaped)
{
    static const char bad[] = "</title><script>\"'&\x1b\xff";
    static const char good[] = "&lt;/title&gt;&lt;script&gt;&quot;&#39;&amp;\\x1b\\xff";
    const double x[] = {1, 2}, y[] = {1, 2};
    const struct chart_series series[] = {
        {.name = bad, .colour = "c1", .style = CHART_MARKERS, .x = x, .y = y, .count = 2},
        {.name = bad, .colour = "c2", .style = CHART_FITTED, .x = x, .y = y, .count = 2}};
    const struct chart_mark mark = {1.5, bad};
    char *text = drawn(&(struct chart){
        .title = bad, .description = bad, .x_label = bad, .y_label = bad, .series = series, .count = 2, .mark = &mark});
    ck_assert_uint_eq(occurrences(text, "<script>"), 0);
    /* the heading and the figure's title, its description, two labels, the legend, two series, two markers, the mark */
    ck_assert_uint_eq(occurrences(text, good), 2 + 1 + 2 + 2 + 2 + 2 + 1);
    free(text);
}
END_TEST

START_TEST(bars_are_shares_of_the_largest)
{
    const struct chart_bar bars[] = {{"<a>", "c1", "", 30}, {"b", "c1", "12 kB", 10}};
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    chart_write_bars(file, "<i>", bars, 2);
    chart_write_bars(file, "none", NULL, 0);
    chart_write_bars(file, "zero", &(struct chart_bar){"z", "c1", "", 0}, 1);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_ptr_nonnull(strstr(text, "<caption>&lt;i&gt;</caption>"));
    ck_assert_ptr_nonnull(strstr(text, "&lt;a&gt;"));
    ck_assert_ptr_nonnull(strstr(text, "width=\"100.00%\""));
    ck_assert_ptr_nonnull(strstr(text, "width=\"33.33%\""));
    ck_assert_ptr_nonnull(strstr(text, ">75.0 %<"));
    ck_assert_ptr_nonnull(strstr(text, ">12 kB<"));
    ck_assert_ptr_null(strstr(text, "nan"));
    free(text);
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS_TIMES("axes", sizeof AXES / sizeof *AXES, ticks_are_round_and_on_the_axis);
    failed |= RUN_TESTS_TIMES("figures", sizeof FIGURES / sizeof *FIGURES, figures_have_three_digits);
    failed |= RUN_TESTS_TIMES("points", POINT_SETS * SCALE_COUNT * SCALE_COUNT, no_figure_is_none);
    return failed | RUN_TESTS("charts", words_are_escaped, bars_are_shares_of_the_largest);
}
