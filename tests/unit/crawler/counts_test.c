/* Figures that are remembered, and which give way. */
#include "crawl/counts.h"

#include "base/random.h"
#include "unit/suite.h"

enum { MANY = 3000, FLOOD = 4000000, LARGE = 1000 };

START_TEST(what_was_set_is_there)
{
    struct counts counts;
    counts_init(&counts);
    ck_assert_uint_eq(counts_get(&counts, 7), 0);
    ck_assert_int_eq(counts_set(&counts, 7, 0), 0);
    ck_assert_ptr_null(counts.buckets);
    ck_assert_int_eq(counts_set(&counts, 7, 1), 0);
    ck_assert_int_eq(counts_set(&counts, 7, 2), 0);
    ck_assert_uint_eq(counts_get(&counts, 7), 2);
    ck_assert_uint_eq(counts_get(&counts, 8), 0);
    ck_assert_int_eq(counts_set(&counts, 7, 0), 0);
    ck_assert_uint_eq(counts_get(&counts, 7), 0);
    counts_free(&counts);
    ck_assert_uint_eq(counts_get(&counts, 7), 0);
}
END_TEST

START_TEST(the_key_0_is_one_as_any)
{
    struct counts counts;
    counts_init(&counts);
    ck_assert_int_eq(counts_set(&counts, 1, 1), 0);
    ck_assert_uint_eq(counts_get(&counts, 0), 0);
    ck_assert_int_eq(counts_set(&counts, 0, 5), 0);
    ck_assert_uint_eq(counts_get(&counts, 0), 5);
    counts_free(&counts);
}
END_TEST

START_TEST(growing_loses_nothing)
{
    struct counts counts;
    uint64_t keys[MANY];
    unsigned wrong = 0;
    counts_init(&counts);
    for (uint32_t i = 0; i < MANY; i++) {
        keys[i] = random_bits();
        ck_assert_int_eq(counts_set(&counts, keys[i], i + 1), 0);
    }
    for (uint32_t i = 0; i < MANY; i++)
        wrong += counts_get(&counts, keys[i]) != i + 1;
    ck_assert_uint_eq(wrong, 0);
    counts_free(&counts);
}
END_TEST

/* Far more keys than there may be: the table stops growing, and the small figures make room for each other. */
START_TEST(large_figures_outlive_a_flood_of_small_ones)
{
    struct counts counts;
    uint64_t keys[LARGE];
    unsigned lost = 0, flood = (unsigned)effort(FLOOD), failed = 0;
    counts_init(&counts);
    for (unsigned i = 0; i < LARGE; i++)
        failed += counts_set(&counts, keys[i] = random_bits(), 100) != 0;
    for (unsigned i = 0; i < flood; i++)
        failed += counts_set(&counts, random_bits(), 1) != 0;
    for (unsigned i = 0; i < LARGE; i++)
        lost += counts_get(&counts, keys[i]) != 100;
    ck_assert_uint_eq(failed, 0);
    ck_assert_uint_eq(lost, 0);
    ck_assert_uint_le(counts.count, 1 << 17);
    counts_free(&counts);
}
END_TEST

int main(void)
{
    return RUN_TESTS("counts", what_was_set_is_there, the_key_0_is_one_as_any, growing_loses_nothing,
                     large_figures_outlive_a_flood_of_small_ones);
}
