/* Rates, and when the time to go is told. */
#include "ui/pace.h"

#include "unit/suite.h"

/* A crawl that is played, a sample every 100 ms. */
struct play {
    struct pace pace;
    struct crawl_totals totals;
    struct progress_figures figures;
    uint64_t max_pages;
};

/* `count` samples, between which `done` URLs are done and `found` come in. */
static void play(struct play *play, int count, uint64_t done, uint64_t found)
{
    for (int i = 0; i < count; i++) {
        play->totals.elapsed += MILLISECONDS(100);
        play->totals.fetched += done;
        play->totals.wire_bytes += 1000 * done;
        play->totals.queued += found - done;
        pace_take(&play->pace, &play->totals, play->max_pages, &play->figures);
    }
}

START_TEST(rates_are_of_now_and_of_the_whole)
{
    struct play crawl = {.totals.queued = 10000};
    play(&crawl, 1, 10, 0);
    ck_assert_double_eq_tol(crawl.figures.rate, 100, 0.01);
    play(&crawl, 99, 10, 0);
    ck_assert_double_eq_tol(crawl.figures.rate, 100, 0.01);
    play(&crawl, 100, 30, 0);
    ck_assert_double_eq_tol(crawl.figures.rate, 300, 0.01);
    ck_assert_double_eq_tol(crawl.figures.byte_rate, 300000, 0.01);
    ck_assert_double_eq_tol(crawl.figures.mean_rate, 200, 0.01);
    ck_assert_uint_eq(crawl.figures.done, 4000);
    ck_assert_int_eq(crawl.figures.elapsed, SECONDS(20));
}
END_TEST

START_TEST(failures_are_done_too)
{
    struct play crawl = {.totals = {.failed = 7, .in_flight = 3}};
    play(&crawl, 1, 0, 0);
    ck_assert_uint_eq(crawl.figures.done, 7);
    ck_assert_uint_eq(crawl.figures.failed, 7);
    ck_assert_uint_eq(crawl.figures.in_flight, 3);
}
END_TEST

START_TEST(a_frontier_that_grows_has_no_end)
{
    struct play crawl = {.totals.queued = 1000};
    play(&crawl, 100, 10, 12);
    ck_assert_int_eq(crawl.figures.to_go, NEVER);
}
END_TEST

START_TEST(one_that_has_not_grown_for_long_enough_has)
{
    struct play crawl = {.totals.queued = 10000};
    play(&crawl, 50, 10, 120);
    play(&crawl, PACE_SAMPLES - 1, 10, 0);
    ck_assert_int_eq(crawl.figures.to_go, NEVER);
    play(&crawl, 1, 10, 0);
    double seconds = (double)crawl.figures.to_go / SECONDS(1);
    ck_assert_double_eq_tol(seconds, (double)crawl.totals.queued / 100, 0.1);
    play(&crawl, 1, 20, 1); /* one for twenty */
    ck_assert_int_ne(crawl.figures.to_go, NEVER);
    play(&crawl, 1, 10, 30);
    ck_assert_int_eq(crawl.figures.to_go, NEVER);
}
END_TEST

START_TEST(a_limit_within_what_is_known_is_an_end)
{
    struct play crawl = {.totals.queued = 10, .max_pages = 1000};
    play(&crawl, 10, 10, 30);
    ck_assert_int_eq(crawl.figures.to_go, NEVER);
    play(&crawl, 30, 10, 30);
    double seconds = (double)crawl.figures.to_go / SECONDS(1);
    ck_assert_double_eq_tol(seconds, 6, 0.1); /* 600 of the 1000 */
}
END_TEST

START_TEST(nothing_is_promised_without_a_rate_or_at_the_end)
{
    struct play crawl = {.totals.queued = 10000};
    play(&crawl, 50, 0, 0);
    ck_assert_int_eq(crawl.figures.to_go, NEVER);
    play(&crawl, 50, 10, 0);
    ck_assert_int_ne(crawl.figures.to_go, NEVER);
    crawl.totals.is_stopping = true;
    play(&crawl, 1, 10, 0);
    ck_assert_int_eq(crawl.figures.to_go, NEVER);
}
END_TEST

/* The estimate follows a new rate in the end, and is not thrown about by a pause. */
START_TEST(the_estimate_is_steady)
{
    struct play crawl = {.totals.queued = 100000};
    play(&crawl, 300, 10, 0);
    double before = (double)crawl.figures.to_go;
    play(&crawl, 10, 0, 0);
    ck_assert_double_lt((double)crawl.figures.to_go, 1.1 * before);
    play(&crawl, 1200, 20, 0);
    double seconds = (double)crawl.figures.to_go / SECONDS(1);
    ck_assert_double_eq_tol(seconds, (double)crawl.totals.queued / 200, 5);
}
END_TEST

int main(void)
{
    return RUN_TESTS("pace", rates_are_of_now_and_of_the_whole, failures_are_done_too, a_frontier_that_grows_has_no_end,
                     one_that_has_not_grown_for_long_enough_has, a_limit_within_what_is_known_is_an_end,
                     nothing_is_promised_without_a_rate_or_at_the_end, the_estimate_is_steady);
}
