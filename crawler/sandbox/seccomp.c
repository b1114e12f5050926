#include "sandbox/seccomp.h"

#if defined(__linux__) && defined(__x86_64__) && !defined(__ILP32__)
#include <linux/audit.h>
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define LEAST_X32    0x40000000u /* and the numbers above it */
#elif defined(__linux__) && defined(__AARCH64EL__) && !defined(__ILP32__)
#include <linux/audit.h>
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

#include <assert.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/calls.h"

#ifndef SECCOMP_FILTER_FLAG_SPEC_ALLOW
#define SECCOMP_FILTER_FLAG_SPEC_ALLOW (1UL << 2)
#endif

enum { MOST_STEPS = 512, MOST_CALLS = 128, BLOCK = 8 };

static const uint32_t REFUSE = SECCOMP_RET_ERRNO | EPERM;
static const uint32_t DENY_EXISTENCE = SECCOMP_RET_ERRNO | ENOSYS;

/* A filter being written. Its register holds the call's number before each rule. */
struct filter {
    struct sock_filter steps[MOST_STEPS];
    unsigned short length;
};

static void add(struct filter *filter, struct sock_filter step)
{
    assert(filter->length < MOST_STEPS);
    filter->steps[filter->length++] = step;
}

static void load(struct filter *filter, size_t offset)
{
    add(filter, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void load_number(struct filter *filter)
{
    load(filter, offsetof(struct seccomp_data, nr));
}

/* `if_so` and `if_not` steps are passed over. */
static void jump_if_equal(struct filter *filter, uint32_t value, size_t if_so, size_t if_not)
{
    add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, (uint8_t)if_so, (uint8_t)if_not));
}

static void answer(struct filter *filter, uint32_t what)
{
    add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, what));
}

static void check_architecture(struct filter *filter)
{
    load(filter, offsetof(struct seccomp_data, arch));
    jump_if_equal(filter, ARCHITECTURE, 1, 0);
    answer(filter, REFUSE);
    load_number(filter);
#ifdef LEAST_X32
    add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, LEAST_X32, 0, 1));
    answer(filter, REFUSE);
#endif
}

static void add_calls(struct filter *filter, const int *numbers, size_t count, uint32_t what)
{
    for (size_t i = 0; i < count; i++) {
        jump_if_equal(filter, (uint32_t)numbers[i], 0, 1);
        answer(filter, what);
    }
}

static int compare_numbers(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Numbers up to the last of the block end here. */
static void add_block(struct filter *filter, const int *numbers, size_t count)
{
    enum { ANSWERS = 2 };
    uint8_t all = (uint8_t)(count + ANSWERS);
    add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)numbers[count - 1], all, 0));
    for (size_t i = 0; i < count; i++)
        jump_if_equal(filter, (uint32_t)numbers[i], count - i, 0);
    answer(filter, SECCOMP_RET_ALLOW);
    answer(filter, REFUSE);
}

/* All calls are let through but these. The kernel tries the filter with every number when it is installed, so that what
 * lies between is best found soon: sorted numbers come in blocks, and all but one are passed over. */
static void add_last_calls(struct filter *filter, const int *numbers, size_t count)
{
    int sorted[MOST_CALLS];
    assert(count <= MOST_CALLS);
    memcpy(sorted, numbers, count * sizeof *numbers);
    qsort(sorted, count, sizeof *sorted, compare_numbers);
    for (size_t first = 0; first < count; first += BLOCK)
        add_block(filter, sorted + first, count - first < BLOCK ? count - first : BLOCK);
    answer(filter, SECCOMP_RET_ALLOW);
}

/* Behind the comparisons lie: 0 a jump to where no value leads, 1 the refusal, 2 the end. */
static void add_rule(struct filter *filter, const struct call_rule *rule)
{
    size_t refusal = 1, end = 2;
    size_t on_match = rule->test == REFUSED_IF_ONE_OF ? refusal : end;
    size_t otherwise = rule->test == REFUSED_IF_ONE_OF ? end : refusal;
    jump_if_equal(filter, (uint32_t)rule->number, 0, 2 + rule->count + 3);
    load(filter, offsetof(struct seccomp_data, args) + rule->argument * sizeof(uint64_t)); /* little-endian */
    add(filter, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, rule->mask));
    for (size_t i = 0; i < rule->count; i++)
        jump_if_equal(filter, rule->values[i], rule->count - i - 1 + on_match, 0);
    add(filter, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)otherwise - 1));
    answer(filter, REFUSE);
    load_number(filter);
}

static void write_filter(struct filter *filter)
{
    check_architecture(filter);
    add_calls(filter, ABSENT_CALLS, ABSENT_CALL_COUNT, DENY_EXISTENCE);
    for (size_t i = 0; i < CALL_RULE_COUNT; i++)
        add_rule(filter, &CALL_RULES[i]);
    for (size_t i = 0; i < SELF_CALL_COUNT; i++)
        add_rule(filter, &(struct call_rule){.number = SELF_CALLS[i],
                                             .mask = UINT32_MAX,
                                             .test = REFUSED_UNLESS_ONE_OF,
                                             .count = 1,
                                             .values = {(uint32_t)getpid()}});
    add_last_calls(filter, REFUSED_CALLS, REFUSED_CALL_COUNT);
}

/* Kernels before 5.16 would slow down a process with a filter, as one that runs foreign code, were it not for the flag,
 * which those before 4.17 don't know. */
static int install(struct filter *filter, struct refusal *why)
{
    const struct sock_fprog program = {.len = filter->length, .filter = filter->steps};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return refused(why, "seccomp");
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0)
        return 0;
    int err = refused(why, "prctl(PR_SET_SECCOMP)");
    return why->number == EINVAL ? ERR_UNSUPPORTED : err; /* a kernel built without filters */
}

int seccomp_confine(struct refusal *why)
{
    struct filter filter = {.length = 0};
    write_filter(&filter);
    return install(&filter, why);
}

#else

int seccomp_confine(struct refusal *why)
{
    errno = ENOSYS;
    return refused(why, "seccomp");
}

#endif
