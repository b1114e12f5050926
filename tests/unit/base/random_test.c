/* Bounds are asserted as they must hold; frequencies so widely that a sound generator never fails them. */
#include "base/random.h"

#include <sys/wait.h>
#include <unistd.h>

#include "unit/suite.h"

START_TEST(stays_below_its_bound)
{
    for (int i = 0; i < 1000; i++) {
        ck_assert_uint_eq(random_below(1), 0);
        ck_assert_uint_lt(random_below(3), 3);
        ck_assert_uint_lt(random_below(UINT64_MAX), UINT64_MAX);
        ck_assert_uint_lt(random_below((UINT64_C(1) << 63) + 1), (UINT64_C(1) << 63) + 1);
    }
}
END_TEST

START_TEST(all_below_a_bound_come_up_alike)
{
    enum { BOUND = 10, DRAWS = 100000 };
    int seen[BOUND] = {0};
    for (int i = 0; i < DRAWS; i++)
        seen[random_below(BOUND)]++;
    for (int i = 0; i < BOUND; i++) {
        ck_assert_int_gt(seen[i], DRAWS / BOUND * 9 / 10);
        ck_assert_int_lt(seen[i], DRAWS / BOUND * 11 / 10);
    }
}
END_TEST

START_TEST(every_bit_changes)
{
    uint64_t ones = 0, zeros = 0;
    for (int i = 0; i < 200; i++) {
        uint64_t bits = random_bits();
        ones |= bits;
        zeros |= ~bits;
    }
    ck_assert_uint_eq(ones, UINT64_MAX);
    ck_assert_uint_eq(zeros, UINT64_MAX);
}
END_TEST

static uint64_t first_of_a_new_process(void)
{
    int ends[2];
    uint64_t bits = 0;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        bits = random_bits();
        _exit(write(ends[1], &bits, sizeof bits) != sizeof bits);
    }
    ck_assert_int_eq(read(ends[0], &bits, sizeof bits), sizeof bits);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    close(ends[0]);
    close(ends[1]);
    return bits;
}

START_TEST(processes_draw_different_numbers)
{
    ck_assert_uint_ne(first_of_a_new_process(), first_of_a_new_process());
}
END_TEST

int main(void)
{
    /* That one first: in one process for all, the others would draw before it forks. */
    return RUN_TESTS("random", processes_draw_different_numbers, stays_below_its_bound, all_below_a_bound_come_up_alike,
                     every_bit_changes);
}
