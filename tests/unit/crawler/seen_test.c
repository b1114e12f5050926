/* The set of known URLs against the rule of a sorted array, and its promise on memory. */
#include "store/seen.h"

#include "unit/suite.h"

enum { MANY = 300000, MILLION = 1000000 };

/* A fixed bijection of 64-bit numbers (splitmix64's finaliser), so that fingerprints are distinct and spread. */
static uint64_t spread(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

START_TEST(knows_what_was_added_and_nothing_else)
{
    struct seen *seen;
    ck_assert_int_eq(seen_create(&seen), 0);
    for (uint64_t i = 0; i < (uint64_t)effort(MANY); i++) {
        seen_prefetch(seen, spread(2 * i));
        ck_assert(!seen_has(seen, spread(2 * i)));
        ck_assert_int_eq(seen_add(seen, spread(2 * i)), 1);
    }
    for (uint64_t i = 0; i < (uint64_t)effort(MANY); i++) {
        ck_assert_int_eq(seen_add(seen, spread(2 * i)), 0);
        ck_assert(seen_has(seen, spread(2 * i)));
        ck_assert(!seen_has(seen, spread(2 * i + 1)));
    }
    ck_assert_uint_eq(seen_count(seen), (size_t)effort(MANY));
    seen_free(seen);
}
END_TEST

/* Neighbours all want the same few slots at the end of one segment, and 0 marks a free slot inside. */
START_TEST(survives_crowds_and_extremes)
{
    struct seen *seen;
    ck_assert_int_eq(seen_create(&seen), 0);
    for (uint64_t i = 0; i < 2000; i++) {
        ck_assert_int_eq(seen_add(seen, UINT64_MAX - i * 7), 1);
        ck_assert_int_eq(seen_add(seen, i * 7 + 2), 1);
    }
    ck_assert_int_eq(seen_add(seen, 0), 1);
    ck_assert_int_eq(seen_add(seen, 0), 0);
    for (uint64_t i = 0; i < 2000; i++) {
        ck_assert(seen_has(seen, UINT64_MAX - i * 7));
        ck_assert(!seen_has(seen, UINT64_MAX - i * 7 - 1));
        ck_assert(seen_has(seen, i * 7 + 2));
    }
    seen_free(seen);
}
END_TEST

START_TEST(costs_at_most_eleven_bytes_a_url)
{
    struct seen *seen;
    uint64_t many = (uint64_t)effort(MILLION);
    if (many < MILLION)
        return; /* at a fiftieth, the last page of each segment counts */
    ck_assert_int_eq(seen_create(&seen), 0);
    for (uint64_t i = 1; i <= many; i++) {
        ck_assert_int_eq(seen_add(seen, spread(i)), 1);
        if (i == many || (i > 400000 && i % 50000 == 0))
            ck_assert_msg(seen_bytes(seen) <= 12 * i, "%zu bytes at %zu", seen_bytes(seen), (size_t)i);
    }
    ck_assert_uint_le(seen_bytes(seen), 11 * seen_count(seen));
    seen_free(seen);
}
END_TEST

int main(void)
{
    return RUN_TESTS("seen", knows_what_was_added_and_nothing_else, survives_crowds_and_extremes,
                     costs_at_most_eleven_bytes_a_url);
}
