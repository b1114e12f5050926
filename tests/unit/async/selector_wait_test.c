/* How long the selector waits, and how it shares out its room for events. */
#include <errno.h>
#include <sys/select.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "unit/async/selector_fixture.h"

static int tag; /* what descriptors are registered with */

static void wait_in_vain(struct selector *selector)
{
    static const nanoseconds durations[] = {1, 999, MICROSECONDS(1), MICROSECONDS(999), MICROSECONDS(1001)};
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        struct selector_event event;
        nanoseconds deadline = clock_after(durations[i]);
        ck_assert_int_eq(selector_select(selector, deadline, &event, 1), 0);
        ck_assert_int_ge(clock_now(), deadline);
    }
}

START_TEST(wait_never_ends_before_its_deadline)
{
    struct selector *selector = open_selector(_i);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    wait_in_vain(selector);
    ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
    wait_in_vain(selector);
    selector_free(selector);
    close_pipe(ends);
}
END_TEST

START_TEST(passed_deadline_polls)
{
    static const nanoseconds deadlines[] = {0, 1, -1, INT64_MIN};
    struct selector *selector = open_selector(_i);
    int ends[2];
    open_full_pipe(ends);
    for (size_t i = 0; i < sizeof deadlines / sizeof deadlines[0]; i++) {
        struct selector_event event;
        ck_assert_int_eq(selector_select(selector, deadlines[i], &event, 1), 0);
        ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
        ck_assert_int_eq(selector_select(selector, deadlines[i], &event, 1), 1);
        ck_assert_int_eq(selector_unregister(selector, ends[0]), 0);
    }
    selector_free(selector);
    close_pipe(ends);
}
END_TEST

START_TEST(distant_deadline_is_accepted)
{
    static const nanoseconds deadlines[] = {NEVER - 1, NEVER};
    struct selector *selector = open_selector(_i);
    int ends[2];
    open_full_pipe(ends);
    ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
    for (size_t i = 0; i < sizeof deadlines / sizeof deadlines[0]; i++) {
        struct selector_event event;
        ck_assert_int_eq(selector_select(selector, deadlines[i], &event, 1), 1);
    }
    selector_free(selector);
    close_pipe(ends);
}
END_TEST

START_TEST(signal_ends_a_wait)
{
    struct selector *selector = open_selector(_i);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    start_alarms();
    struct selector_event event;
    ck_assert_int_eq(selector_select(selector, NEVER, &event, 1), 0);
    ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
    ck_assert_int_eq(selector_select(selector, NEVER, &event, 1), 0);
    ck_assert_int_eq(selector_select(selector, clock_after(SECONDS(3600)), &event, 1), 0);
    stop_alarms();
    selector_free(selector);
    close_pipe(ends);
}
END_TEST

#if defined(__linux__) && defined(SYS_epoll_pwait2)
/* From now on the kernel answers epoll_pwait2 with `error`. Returns false where filters can't be had. */
static bool forbid_epoll_pwait2(unsigned error)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_epoll_pwait2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof program / sizeof program[0], program};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

START_TEST(kernel_without_fine_waits_will_do)
{
    static const unsigned errors[] = {ENOSYS, EPERM};
    if (!forbid_epoll_pwait2(errors[_i % 2]))
        return;
    struct selector *selector = open_selector(0);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
    wait_in_vain(selector);
    expect_nothing(selector);
    write_byte(ends[1]);
    expect_event(selector, ends[0], SELECTOR_READ, &tag);
    selector_free(selector);
    close_pipe(ends);
}
END_TEST
#endif

/* Many descriptors. */

enum { PIPES = 500 };

static int pipes[PIPES][2];

static void open_pipes(int count)
{
    raise_file_limit(FD_SETSIZE);
    for (int i = 0; i < count; i++)
        open_full_pipe(pipes[i]);
}

static void close_pipes(int count)
{
    for (int i = 0; i < count; i++)
        close_pipe(pipes[i]);
}

START_TEST(a_thousand_descriptors_are_told_apart)
{
    static struct selector_event events[2 * PIPES + 1];
    static bool seen[PIPES][2];
    struct selector *selector = open_selector(_i);
    memset(seen, 0, sizeof seen);
    open_pipes(PIPES);
    for (int i = 0; i < PIPES; i++) {
        ck_assert_int_eq(selector_register(selector, pipes[i][0], SELECTOR_READ, &seen[i][0]), 0);
        ck_assert_int_eq(selector_register(selector, pipes[i][1], SELECTOR_WRITE, &seen[i][1]), 0);
    }
    for (int round = 0, told = 0; told < 2 * PIPES; round++) {
        ck_assert_int_lt(round, 4);
        int count = selector_select(selector, PAST, events, 2 * PIPES + 1);
        for (int i = 0; i < count; i++) {
            bool *mark = events[i].data;
            ck_assert_int_eq(events[i].fd, (&pipes[0][0])[mark - &seen[0][0]]);
            told += !*mark;
            *mark = true;
        }
    }
    for (int i = 0; i < PIPES; i++) {
        ck_assert_int_eq(selector_unregister(selector, pipes[i][1]), 0);
        if (i != 321)
            read_byte(pipes[i][0]);
    }
    expect_event(selector, pipes[321][0], SELECTOR_READ, &seen[321][0]);
    selector_free(selector);
    close_pipes(PIPES);
}
END_TEST

/* With room for fewer events than there are, each has its turn: none is told a third time before all were told. */
static void expect_turns(struct selector *selector, int pipe_count, size_t capacity)
{
    struct selector_event events[8];
    int times[PIPES] = {0};
    for (int told = 0; told < pipe_count;) {
        int count = selector_select(selector, PAST, events, capacity);
        ck_assert_int_ge(count, 1);
        ck_assert_int_le(count, (int)capacity);
        for (int i = 0; i < count; i++) {
            int *mark = &times[(int *)events[i].data - &pipes[0][0]];
            told += *mark == 0;
            ck_assert_int_le(++*mark, 2);
        }
    }
}

START_TEST(none_starves)
{
    enum { COUNT = 50 };
    struct selector *selector = open_selector(_i);
    open_pipes(COUNT);
    for (int i = 0; i < COUNT; i++)
        ck_assert_int_eq(selector_register(selector, pipes[i][0], SELECTOR_READ, &pipes[0][0] + i), 0);
    for (size_t capacity = 1; capacity <= 8; capacity++)
        expect_turns(selector, COUNT, capacity);
    /* Nor when the one that came last leaves. */
    for (int count = COUNT - 1; count > 0; count--) {
        ck_assert_int_eq(selector_unregister(selector, pipes[count][0]), 0);
        expect_turns(selector, count, 3);
    }
    selector_free(selector);
    close_pipes(COUNT);
}
END_TEST

int main(void)
{
    int failed = 0;
#if defined(__linux__) && defined(SYS_epoll_pwait2)
    failed |= RUN_TESTS_TIMES("selector on old kernels", 2, kernel_without_fine_waits_will_do);
#endif
    return failed | RUN_ON_EACH_SELECTOR("selector waits", wait_never_ends_before_its_deadline, passed_deadline_polls,
                                         distant_deadline_is_accepted, signal_ends_a_wait,
                                         a_thousand_descriptors_are_told_apart, none_starves);
}
