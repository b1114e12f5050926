/* The line at every width: what stands first, what is left out, how numbers look. */
#include "ui/progress_line.h"

#include <string.h>

#include "unit/suite.h"

static const struct progress_figures MIDDLE = {.done = 12345,
                                               .queued = 8210,
                                               .in_flight = 100,
                                               .failed = 2,
                                               .rate = 492.4,
                                               .mean_rate = 455.6,
                                               .byte_rate = 3.34e6,
                                               .elapsed = SECONDS(83),
                                               .to_go = SECONDS(17)};
static const struct progress_figures START = {.to_go = NEVER};
static const struct progress_figures HUGE_ONES = {.done = UINT64_MAX,
                                                  .queued = UINT64_MAX,
                                                  .in_flight = UINT64_MAX,
                                                  .failed = UINT64_MAX,
                                                  .rate = 1e18,
                                                  .mean_rate = 1e18,
                                                  .byte_rate = 1e18,
                                                  .elapsed = NEVER - 1,
                                                  .to_go = NEVER - 1};

static const struct {
    const struct progress_figures *figures;
    size_t width;
    const char *line;
} LINES[] = {
    {&MIDDLE, 200,
     "12,345 done  8,210 queued  492/s  2 failed  17 s left  1:23 elapsed  100 in flight  3.3 MB/s  456/s mean"},
    {&MIDDLE, 79, "12.3k done  8210 queued  492/s  2 err  17 s left  1:23  100 in flight  3.3 MB/s"},
    {&MIDDLE, 78, "12.3k done  8210 queued  492/s  2 err  17 s left  1:23  100 in flight"},
    {&MIDDLE, 68, "12,345 done  8,210 queued  492/s  2 failed  17 s left  1:23 elapsed"},
    {&MIDDLE, 39, "12.3k done  8210 queued  492/s  2 err"},
    {&MIDDLE, 36, "12,345 done  8,210 queued  492/s"},
    {&MIDDLE, 31, "12.3k done  8210 queued  492/s"},
    {&MIDDLE, 19, "12,345 done"},
    {&MIDDLE, 10, "12.3k done"},
    {&MIDDLE, 9, ""},
    {&MIDDLE, 4, ""},
    {&MIDDLE, 0, ""},
    {&START, 200, "0 done  0 queued  0.0/s  0 failed  0 s elapsed  0 in flight  0.0 MB/s  0.0/s mean"},
    {&START, 79, "0 done  0 queued  0.0/s  0 s  0 in flight  0.0 MB/s  0.0/s mean"},
    {&START, 39, "0 done  0 queued  0.0/s  0 s"},
    {&HUGE_ONES, 79, "18.4E done  18.4E queued  1.0E/s  18.4E err  2562047:47:16 left  2562047:47:16"},
};

START_TEST(what_fits_is_shown_whole)
{
    char line[PROGRESS_LINE_SIZE];
    size_t length = progress_line(line, LINES[_i].figures, LINES[_i].width);
    ck_assert_str_eq(line, LINES[_i].line);
    ck_assert_uint_eq(length, strlen(line));
}
END_TEST

START_TEST(no_width_is_exceeded)
{
    static const struct progress_figures *const all[] = {&MIDDLE, &START, &HUGE_ONES};
    char line[PROGRESS_LINE_SIZE];
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        for (size_t width = 0; width < 2 * (size_t)PROGRESS_LINE_SIZE; width++) {
            size_t length = progress_line(line, all[i], width);
            ck_assert_uint_le(length, width);
            ck_assert_uint_lt(length, sizeof line);
            ck_assert_uint_eq(length, strlen(line));
            ck_assert(length == 0 || line[length - 1] != ' ');
        }
}
END_TEST

static const struct {
    uint64_t done;
    const char *narrow;
    const char *wide;
} COUNTS[] = {
    {0, "0 done", "0 done"},
    {999, "999 done", "999 done"},
    {1000, "1000 done", "1,000 done"},
    {9999, "9999 done", "9,999 done"},
    {10000, "10.0k done", "10,000 done"},
    {99999, "99.9k done", "99,999 done"},
    {999999, "999k done", "999,999 done"},
    {1000000, "1.0M done", "1,000,000 done"},
    {123456789, "123M done", "123,456,789 done"},
    {9876543210, "9.8G done", "9,876,543,210 done"},
    {UINT64_MAX, "18.4E done", "18,446,744,073,709,551,615 done"},
};

START_TEST(counts_are_grouped_or_short)
{
    const struct progress_figures figures = {.done = COUNTS[_i].done, .to_go = NEVER};
    char line[PROGRESS_LINE_SIZE];
    progress_line(line, &figures, 200);
    ck_assert_mem_eq(line, COUNTS[_i].wide, strlen(COUNTS[_i].wide));
    progress_line(line, &figures, strlen(COUNTS[_i].narrow));
    ck_assert_str_eq(line, COUNTS[_i].narrow);
}
END_TEST

static const struct {
    nanoseconds elapsed;
    const char *text;
} TIMES[] = {
    {0, "  0 s elapsed  "},
    {SECONDS(4) + MILLISECONDS(999), "  4 s elapsed  "},
    {SECONDS(59), "  59 s elapsed  "},
    {SECONDS(60), "  1:00 elapsed  "},
    {SECONDS(3599), "  59:59 elapsed  "},
    {SECONDS(3723), "  1:02:03 elapsed  "},
    {SECONDS(360000), "  100:00:00 elapsed  "},
};

START_TEST(times_are_read_at_a_glance)
{
    const struct progress_figures figures = {.elapsed = TIMES[_i].elapsed, .to_go = NEVER};
    char line[PROGRESS_LINE_SIZE];
    progress_line(line, &figures, 200);
    ck_assert_msg(strstr(line, TIMES[_i].text) != NULL, "%s", line);
}
END_TEST

static const struct {
    double rate;
    const char *text;
} RATES[] = {{0.04, "  0.0/s  "}, {9.94, "  9.9/s  "}, {9.96, "  10/s  "}, {12345.4, "  12,345/s  "}};

START_TEST(slow_rates_have_a_decimal)
{
    const struct progress_figures figures = {.rate = RATES[_i].rate, .to_go = NEVER};
    char line[PROGRESS_LINE_SIZE];
    progress_line(line, &figures, 200);
    ck_assert_msg(strstr(line, RATES[_i].text) != NULL, "%s", line);
}
END_TEST

#define COUNT(rows) ((int)(sizeof(rows) / sizeof(rows)[0]))

int main(void)
{
    int failed = RUN_TESTS_TIMES("lines", COUNT(LINES), what_fits_is_shown_whole);
    failed |= RUN_TESTS_TIMES("counts", COUNT(COUNTS), counts_are_grouped_or_short);
    failed |= RUN_TESTS_TIMES("times", COUNT(TIMES), times_are_read_at_a_glance);
    failed |= RUN_TESTS_TIMES("rates", COUNT(RATES), slow_rates_have_a_decimal);
    return failed | RUN_TESTS("width", no_width_is_exceeded);
}
