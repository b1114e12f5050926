/* calls.h - the system calls that a crawler never makes, as tables; for the architectures that seccomp.c knows. */
#ifndef SANDBOX_CALLS_H
#define SANDBOX_CALLS_H

#include <stddef.h>
#include <stdint.h>

/* Refused whatever their arguments. */
extern const int REFUSED_CALLS[];
extern const size_t REFUSED_CALL_COUNT;

enum { MOST_VALUES = 3 };

enum call_test { REFUSED_IF_ONE_OF, REFUSED_UNLESS_ONE_OF };

/* A call that is refused for what is in the lower 32 bits of an argument. A call may have several rules, each of which
 * can refuse it. */
struct call_rule {
    int number;
    unsigned argument; /* from 0 */
    uint32_t mask;     /* what of the argument is looked at */
    enum call_test test;
    size_t count; /* of the values */
    uint32_t values[MOST_VALUES];
};

extern const struct call_rule CALL_RULES[];
extern const size_t CALL_RULE_COUNT;

/* Calls that take a process in their first argument and are refused for any but ourselves. */
extern const int SELF_CALLS[];
extern const size_t SELF_CALL_COUNT;

/* Said not to exist, so that the C library takes an older one that is looked at. */
extern const int ABSENT_CALLS[];
extern const size_t ABSENT_CALL_COUNT;

#endif
