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
    bool bit;
    ck_assert_int_eq(seen_create(&seen), 0);
    for (uint64_t i = 0; i < (uint64_t)effort(MANY); i++) {
        seen_prefetch(seen, spread(2 * i));
        ck_assert(!seen_has(seen, spread(2 * i), &bit) && !bit);
        ck_assert_int_eq(seen_add(seen, spread(2 * i), i % 3 == 0), 1);
    }
    for (uint64_t i = 0; i < (uint64_t)effort(MANY); i++) {
        ck_assert_int_eq(seen_add(seen, spread(2 * i), i % 3 != 0), 0);
        ck_assert(seen_has(seen, spread(2 * i), &bit) && bit == (i % 3 == 0));
        ck_assert(!seen_has(seen, spread(2 * i + 1), &bit));
    }
    ck_assert_uint_eq(seen_count(seen), (size_t)effort(MANY));
    seen_free(seen);
}
END_TEST

START_TEST(changes_the_bit_of_what_is_there)
{
    struct seen *seen;
    bool bit;
    ck_assert_int_eq(seen_create(&seen), 0);
    seen_set_bit(seen, spread(1), true);
    ck_assert(!seen_has(seen, spread(1), &bit));
    for (uint64_t i = 0; i < 1000; i++)
        ck_assert_int_eq(seen_add(seen, spread(i), false), 1);
    for (uint64_t i = 0; i < 1000; i += 2)
        seen_set_bit(seen, spread(i), true);
    for (uint64_t i = 0; i < 1000; i++)
        ck_assert(seen_has(seen, spread(i), &bit) && bit == (i % 2 == 0));
    seen_set_bit(seen, spread(0), false);
    ck_assert(seen_has(seen, spread(0), &bit) && !bit);
    seen_free(seen);
}
END_TEST

/* Neighbours all want the same few slots at the end of one segment, and 0 marks a free slot inside. */
START_TEST(survives_crowds_and_extremes)
{
    struct seen *seen;
    bool bit;
    ck_assert_int_eq(seen_create(&seen), 0);
    for (uint64_t i = 0; i < 2000; i++) {
        ck_assert_int_eq(seen_add(seen, UINT64_MAX - i * 14, i % 2), 1);
        ck_assert_int_eq(seen_add(seen, i * 14 + 4, i % 2), 1);
    }
    ck_assert_int_eq(seen_add(seen, 0, false), 1);
    ck_assert_int_eq(seen_add(seen, 0, false), 0);
    for (uint64_t i = 0; i < 2000; i++) {
        ck_assert(seen_has(seen, UINT64_MAX - i * 14, &bit) && bit == i % 2);
        ck_assert(!seen_has(seen, UINT64_MAX - i * 14 - 2, &bit));
        ck_assert(seen_has(seen, i * 14 + 4, &bit) && bit == i % 2);
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
        ck_assert_int_eq(seen_add(seen, spread(i), i % 2), 1);
        if (i == many || (i > 400000 && i % 50000 == 0))
            ck_assert_msg(seen_bytes(seen) <= 12 * i, "%zu bytes at %zu", seen_bytes(seen), (size_t)i);
    }
    ck_assert_uint_le(seen_bytes(seen), 11 * seen_count(seen));
    seen_free(seen);
}
END_TEST

int main(void)
{
    return RUN_TESTS("seen", knows_what_was_added_and_nothing_else, changes_the_bit_of_what_is_there,
                     survives_crowds_and_extremes, costs_at_most_eleven_bytes_a_url);
}
