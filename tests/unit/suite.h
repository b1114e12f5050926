/* suite.h - runs the tests of one file.
 *
 *     int main(void)
 *     {
 *         return RUN_TESTS("list", empty_list_has_no_first, removing_twice_does_no_harm);
 *     }
 *
 * RUN_TESTS_TIMES runs each test several times, with `_i` in its body counting from 0. */
#ifndef UNIT_SUITE_H
#define UNIT_SUITE_H

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>

enum { TEST_TIMEOUT = 60 /* seconds; generous, since valgrind is slow */ };

/* Runs each test of a NULL-terminated array `times` times; returns what main must. */
static inline int run_tests(const char *name, int times, const TTest *const tests[])
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, TEST_TIMEOUT);
    for (; *tests; tests++)
        tcase_add_loop_test(tcase, *tests, 0, times);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* What tests/checks/valgrind.sh says. */
static inline bool is_under_valgrind(void)
{
    return getenv("CRAWLER_UNDER_VALGRIND") != NULL;
}

/* How often to do what is done `full` times: a fiftieth under valgrind, which is that much slower. */
static inline int effort(int full)
{
    return is_under_valgrind() ? full / 50 : full;
}

#ifndef __SANITIZE_ADDRESS__
#define __SANITIZE_ADDRESS__ 0
#endif

/* Each assertion that holds leaves a mark of where the test has come to, a system call or two. Under valgrind and the
 * address sanitizer, where that costs most, there is none: both print the stack when a test crashes. */
static inline void leave_mark(const char *file, int line)
{
    static int unwanted = -1;
    if (unwanted < 0)
        unwanted = __SANITIZE_ADDRESS__ || is_under_valgrind();
    if (!unwanted)
        _mark_point(file, line);
}
#define _mark_point leave_mark

#define RUN_TESTS(name, ...)              RUN_TESTS_TIMES(name, 1, __VA_ARGS__)
#define RUN_TESTS_TIMES(name, times, ...) run_tests(name, times, (const TTest *const[]){__VA_ARGS__, NULL})

#endif
