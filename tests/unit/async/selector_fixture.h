/* selector_fixture.h - what the tests of the selector share. */
#ifndef ASYNC_SELECTOR_FIXTURE_H
#define ASYNC_SELECTOR_FIXTURE_H

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "unit/async/fixture.h"

enum { PAST = 0 }; /* a deadline that is over */

static inline struct selector *open_selector(int number)
{
    struct selector *selector = NULL;
    ck_assert_int_eq(selector_create(&selector, selector_names()[number]), 0);
    ck_assert_str_eq(selector_name(selector), selector_names()[number]);
    return selector;
}

static inline bool selector_is(const struct selector *selector, const char *name)
{
    return strcmp(selector_name(selector), name) == 0;
}

/* The selector has nothing to say now. */
static inline void expect_nothing(struct selector *selector)
{
    struct selector_event events[8];
    ck_assert_int_eq(selector_select(selector, PAST, events, 8), 0);
}

/* The selector tells of `fd` and nothing else, with what it was registered with. Waits for it. */
static inline void expect_event(struct selector *selector, int fd, unsigned ready, const void *data)
{
    struct selector_event events[8];
    ck_assert_int_eq(selector_select(selector, NEVER, events, 8), 1);
    ck_assert_int_eq(events[0].fd, fd);
    ck_assert_uint_eq(events[0].ready, ready);
    ck_assert_ptr_eq(events[0].data, data);
}

static inline void write_byte(int fd)
{
    ck_assert_int_eq(write(fd, "x", 1), 1);
}

static inline void read_byte(int fd)
{
    char byte;
    ck_assert_int_eq(read(fd, &byte, 1), 1);
}

static inline void make_nonblocking(int fd)
{
    ck_assert_int_eq(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK), 0);
}

/* Makes room for `count` open descriptors. */
static inline void raise_file_limit(rlim_t count)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_cur >= count)
        return;
    limit.rlim_cur = count;
    if (limit.rlim_max < count)
        limit.rlim_max = count;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* Makes every attempt to open something fail. Returns the limit to be restored. */
static inline struct rlimit forbid_new_descriptors(void)
{
    struct rlimit earlier;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &earlier), 0);
    struct rlimit none = {0, earlier.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    return earlier;
}

static inline void ignore_alarm(int number)
{
    (void)number;
}

/* Signals come in from now on, again and again: one may come before the wait that it should end begins. */
static inline void start_alarms(void)
{
    struct sigaction action = {.sa_handler = ignore_alarm, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 5000}, {0, 5000}};
    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
}

static inline void stop_alarms(void)
{
    ck_assert_int_eq(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL), 0);
}

#endif
