/* What was met on this page is never forgotten, what was met before may be. */
#include "crawl/recent.h"

#include "unit/suite.h"

static struct recent recent;

static void next_page(void)
{
    ck_assert_int_eq(recent_next_page(&recent), 0);
}

START_TEST(pages_are_told_apart)
{
    recent_init(&recent);
    next_page();
    ck_assert_int_eq(recent_meet(&recent, 0), RECENT_NEW);
    ck_assert_int_eq(recent_meet(&recent, 7), RECENT_NEW);
    ck_assert(!recent_bit(&recent));
    recent_set_bit(&recent, true);
    ck_assert_int_eq(recent_meet(&recent, 7), RECENT_REPEATED);
    ck_assert_int_eq(recent_meet(&recent, 0), RECENT_REPEATED);
    ck_assert(!recent_bit(&recent));
    next_page();
    ck_assert_int_eq(recent_meet(&recent, 7), RECENT_KNOWN);
    ck_assert(recent_bit(&recent));
    ck_assert_int_eq(recent_meet(&recent, 7), RECENT_REPEATED);
    ck_assert(recent_bit(&recent));
    recent_set_bit(&recent, false);
    ck_assert(!recent_bit(&recent));
    ck_assert_int_eq(recent_meet(&recent, 0), RECENT_KNOWN);
    recent_free(&recent);
}
END_TEST

/* One page of any size between small ones: exact for each, and the memory of the large one is given back. */
START_TEST(one_page_is_exact_however_large)
{
    recent_init(&recent);
    uint64_t large = (uint64_t)effort(200000);
    for (int page = 0; page < 3; page++) {
        uint64_t many = page == 1 ? large : 40;
        next_page();
        for (uint64_t i = 0; i < many; i++)
            ck_assert_int_ne(recent_meet(&recent, i * 0x9e3779b97f4a7c15u), RECENT_REPEATED);
        for (uint64_t i = 0; i < many; i++)
            ck_assert_int_eq(recent_meet(&recent, i * 0x9e3779b97f4a7c15u), RECENT_REPEATED);
    }
    ck_assert_uint_le(recent.count, 8192);
    recent_free(&recent);
}
END_TEST

START_TEST(what_was_met_longest_ago_goes_first)
{
    recent_init(&recent);
    for (uint64_t page = 0; page < 100; page++) {
        next_page();
        ck_assert_int_eq(recent_meet(&recent, 1), page ? RECENT_KNOWN : RECENT_NEW);
        for (uint64_t i = 0; i < 4; i++)
            ck_assert_int_eq(recent_meet(&recent, (page * 4 + i + 1) << 32 | 1), RECENT_NEW); /* all in one bucket */
    }
    recent_free(&recent);
}
END_TEST

START_TEST(a_wrong_hint_does_no_harm)
{
    recent_init(&recent);
    ck_assert_int_eq(recent_next_page(&recent), 0);
    ck_assert_int_eq(recent_meet_at(&recent, 5, UINT32_MAX), RECENT_NEW);
    uint32_t place = recent_place(&recent);
    ck_assert_int_eq(recent_meet_at(&recent, 6, place), RECENT_NEW);
    ck_assert_int_eq(recent_meet_at(&recent, 5, place), RECENT_REPEATED);
    ck_assert_int_eq(recent_next_page(&recent), 0);
    ck_assert_int_eq(recent_meet_at(&recent, 5, place), RECENT_KNOWN);
    ck_assert_int_eq(recent_meet(&recent, 5), RECENT_REPEATED);
    recent_free(&recent);
}
END_TEST

int main(void)
{
    return RUN_TESTS("recent", pages_are_told_apart, one_page_is_exact_however_large,
                     what_was_met_longest_ago_goes_first, a_wrong_hint_does_no_harm);
}
