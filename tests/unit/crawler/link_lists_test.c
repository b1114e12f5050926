/* Fingerprints of links become lists of numbers. */
#include "store/link_lists.h"

#include "unit/suite.h"

static struct link_lists lists;

static struct slice write(const uint64_t *fingerprints, size_t count, uint64_t followed)
{
    struct slice list;
    const struct slice bytes = {(const char *)fingerprints, count * sizeof *fingerprints};
    ck_assert_int_eq(link_lists_write(&lists, bytes, followed, &list), 0);
    return list;
}

START_TEST(links_keep_their_order)
{
    static const uint64_t fingerprints[] = {900, 100, 500};
    link_lists_init(&lists);
    ck_assert_int_eq(link_lists_learn(&lists, 100, 1), 0);
    ck_assert_int_eq(link_lists_learn(&lists, 500, 4294967296), 0);
    ck_assert_int_eq(link_lists_learn(&lists, 900, 17), 0);
    ck_assert(slice_equal(write(fingerprints, 3, 3), SLICE("[17,1,4294967296]")));
    ck_assert(slice_equal(write(fingerprints, 3, 1), SLICE("[17,-1,-4294967296]")));
    ck_assert(slice_equal(write(fingerprints, 1, 0), SLICE("[-17]")));
    ck_assert(slice_equal(write(fingerprints, 0, 0), SLICE("[]")));
    link_lists_free(&lists);
}
END_TEST

START_TEST(what_is_not_known_is_left_out)
{
    static const uint64_t fingerprints[] = {1, 100, 2, 3};
    link_lists_init(&lists);
    ck_assert(slice_equal(write(fingerprints, 4, 4), SLICE("[]")));
    ck_assert_int_eq(link_lists_learn(&lists, 100, 9), 0);
    ck_assert_uint_eq(link_lists_number(&lists, 100), 9);
    ck_assert_uint_eq(link_lists_number(&lists, 1), 0);
    ck_assert(slice_equal(write(fingerprints, 4, 1), SLICE("[-9]")));
    link_lists_free(&lists);
}
END_TEST

START_TEST(a_million_links_fit)
{
    enum { COUNT = 1 << 20 };
    uint64_t *fingerprints = malloc(COUNT * sizeof *fingerprints);
    ck_assert_ptr_nonnull(fingerprints);
    link_lists_init(&lists);
    ck_assert_int_eq(link_lists_learn(&lists, 5, UINT32_MAX), 0);
    for (size_t i = 0; i < COUNT; i++)
        fingerprints[i] = 5;
    ck_assert_uint_eq(write(fingerprints, COUNT, 0).length, (size_t)COUNT * 12 + 1);
    link_lists_free(&lists);
    free(fingerprints);
}
END_TEST

int main(void)
{
    return RUN_TESTS("link_lists", links_keep_their_order, what_is_not_known_is_left_out, a_million_links_fit);
}
