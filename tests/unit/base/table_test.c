/* The table against a plain array that does the same. */
#include "base/table.h"

#include "unit/suite.h"

enum { KEYS = 512, STEPS = 200000 };

START_TEST(empty_table_holds_nothing)
{
    struct table table;
    table_init(&table);
    ck_assert_ptr_null(table_get(&table, 7));
    ck_assert_ptr_null(table_remove(&table, 7));
    table_free(&table);
}
END_TEST

START_TEST(behaves_as_an_array)
{
    static int values[KEYS];
    void *expected[KEYS] = {NULL};
    struct table table;
    table_init(&table);
    unsigned seed = 1;
    size_t count = 0;
    for (int step = 0; step < STEPS; step++) {
        /* Keys that share their low bits make the long runs in which a hole must be closed with care. */
        size_t k = (size_t)rand_r(&seed) % KEYS;
        uint64_t key = (uint64_t)(k / 8) * 16 + (k % 8) * 65536;
        switch (rand_r(&seed) % 3) {
        case 0:
            ck_assert_int_eq(table_put(&table, key, &values[k]), 0);
            count += !expected[k];
            expected[k] = &values[k];
            break;
        case 1:
            ck_assert_ptr_eq(table_remove(&table, key), expected[k]);
            count -= !!expected[k];
            expected[k] = NULL;
            break;
        default:
            ck_assert_ptr_eq(table_get(&table, key), expected[k]);
        }
        ck_assert_uint_eq(table.count, count);
    }
    size_t walked = 0;
    table_for_each(slot, &table) walked++;
    ck_assert_uint_eq(walked, count);
    table_free(&table);
}
END_TEST

int main(void)
{
    return RUN_TESTS("table", empty_table_holds_nothing, behaves_as_an_array);
}
