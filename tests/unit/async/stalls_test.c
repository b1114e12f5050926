#include "async/stalls.h"

#include "unit/suite.h"

START_TEST(nothing_has_no_percentile)
{
    const struct stalls stalls = {0};
    ck_assert_int_eq(stalls_percentile(&stalls, 0.999), 0);
}
END_TEST

START_TEST(a_percentile_is_at_most_a_quarter_too_long)
{
    for (nanoseconds stall = MICROSECONDS(1); stall < SECONDS(20); stall += stall / 7 + 311) {
        struct stalls stalls = {0};
        for (int i = 0; i < 100; i++)
            stalls_add(&stalls, stall);
        stalls_add(&stalls, SECONDS(30));
        nanoseconds told = stalls_percentile(&stalls, 0.99);
        ck_assert_int_ge(told, stall);
        ck_assert_int_le(told, stall + stall / 4 + MICROSECONDS(1));
    }
}
END_TEST

START_TEST(the_rare_ones_count_from_their_share_on)
{
    struct stalls stalls = {0};
    for (int i = 0; i < 999; i++)
        stalls_add(&stalls, MICROSECONDS(10));
    stalls_add(&stalls, MILLISECONDS(80));
    ck_assert_int_le(stalls_percentile(&stalls, 0.999), MICROSECONDS(13));
    stalls_add(&stalls, MILLISECONDS(80));
    ck_assert_int_eq(stalls_percentile(&stalls, 0.999), MILLISECONDS(80));
    ck_assert_int_eq(stalls.longest, MILLISECONDS(80));
}
END_TEST

START_TEST(the_longest_and_the_shortest_have_a_place)
{
    struct stalls stalls = {0};
    stalls_add(&stalls, -5);
    stalls_add(&stalls, 0);
    ck_assert_int_eq(stalls_percentile(&stalls, 1), 0);
    stalls_add(&stalls, INT64_MAX);
    ck_assert_int_gt(stalls_percentile(&stalls, 1), SECONDS(30));
}
END_TEST

int main(void)
{
    return RUN_TESTS("stalls", nothing_has_no_percentile, a_percentile_is_at_most_a_quarter_too_long,
                     the_rare_ones_count_from_their_share_on, the_longest_and_the_shortest_have_a_place);
}
