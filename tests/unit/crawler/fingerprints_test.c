/* The set of one page's fingerprints. */
#include "crawl/fingerprints.h"

#include "unit/suite.h"

START_TEST(tells_new_from_known_and_starts_afresh)
{
    struct fingerprints set;
    fingerprints_init(&set);
    fingerprints_clear(&set);
    for (int round = 0; round < 3; round++) {
        uint64_t many = round == 1 ? 5000 : 40; /* one large page between two small ones */
        for (uint64_t i = 0; i < many; i++)
            ck_assert_int_eq(fingerprints_add(&set, i << 32), 1);
        for (uint64_t i = 0; i < many; i++)
            ck_assert_int_eq(fingerprints_add(&set, i << 32), 0);
        ck_assert_uint_eq(set.count, many);
        fingerprints_clear(&set);
        ck_assert_uint_le(set.capacity, 1024);
    }
    fingerprints_free(&set);
}
END_TEST

int main(void)
{
    return RUN_TESTS("fingerprints", tells_new_from_known_and_starts_afresh);
}
