/* failing_call.h - crawls in which one call of the system fails (tests/shim/nth_failure.h), and how they may end. */
#ifndef E2E_FAILING_CALL_H
#define E2E_FAILING_CALL_H

#include <stdbool.h>

#include "e2e/run.h"

/* Only on x86-64 Linux with glibc, and without sanitizers. */
bool calls_can_fail(void);

/* Lets the `nth` call of a kind fail in each crawl from now on, with the error `number`, by default (0) the kind's
 * own. */
void let_call_fail(const char *kind, int nth, int number);
void let_no_call_fail(void);

/* A crawl whose `nth` call failed has done without it, or has said why it could not. */
void check_clean_end(const struct run *run, const char *kind, int nth);

/* The same crawl, run again as `second`, has come to its end, unless it had come there the first time. */
void check_gone_on(const struct run *first, const struct run *second, const char *kind, int nth);

#endif
