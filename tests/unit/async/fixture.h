/* fixture.h - what the tests of the runtime share. Every one of them runs once on each selector of this build. */
#ifndef ASYNC_FIXTURE_H
#define ASYNC_FIXTURE_H

#include <fcntl.h>
#include <unistd.h>

#include "async/future.h"
#include "async/loop.h"
#include "async/selector.h"
#include "base/error.h"
#include "unit/suite.h"

static inline int selector_count(void)
{
    int count = 0;
    while (selector_names()[count])
        count++;
    return count;
}

#define RUN_ON_EACH_SELECTOR(name, ...) RUN_TESTS_TIMES(name, selector_count(), __VA_ARGS__)

/* The order in which things happened: a letter each. Empty when a loop is opened. */
static struct {
    char text[64];
    size_t length;
} trace;

static inline void trace_add(char letter)
{
    ck_assert_uint_lt(trace.length, sizeof trace.text - 1);
    trace.text[trace.length++] = letter;
    trace.text[trace.length] = '\0';
}

/* A loop on the selector of that number. */
static inline struct loop *open_loop(int selector)
{
    struct loop *loop = NULL;
    trace.length = 0;
    trace.text[0] = '\0';
    ck_assert_int_eq(loop_create(&loop, selector_names()[selector]), 0);
    ck_assert_str_eq(loop_selector_name(loop), selector_names()[selector]);
    return loop;
}

/* For callbacks: completes the future that is the context. */
static inline void complete_future(void *context)
{
    future_set_result(context, NULL);
}

/* Runs the loop until it has done all that it can. */
static inline void run_dry(struct loop *loop)
{
    struct future never;
    future_init(&never, loop, "never");
    ck_assert_int_eq(loop_run_until_complete(loop, &never), ERR_FINISHED);
}

/* Runs one pass of the loop, or two: until a callback that is scheduled now has had its turn. */
static inline void run_briefly(struct loop *loop)
{
    struct future soon;
    future_init(&soon, loop, "soon");
    struct loop_callback callback;
    loop_callback_init(&callback, complete_future, &soon);
    loop_call_soon(loop, &callback);
    ck_assert_int_eq(loop_run_until_complete(loop, &soon), 0);
}

/* A pipe that has a byte to read. */
static inline void open_full_pipe(int ends[2])
{
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
}

static inline void close_pipe(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

#endif
