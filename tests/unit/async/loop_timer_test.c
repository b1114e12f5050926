#include "async/loop.h"

#include <stdlib.h>

#include "unit/async/fixture.h"

struct letter_timer {
    struct loop_timer timer;
    char letter;
};

static void add_timer_letter(void *context)
{
    struct letter_timer *self = context;
    ck_assert_int_ge(clock_now(), self->timer.deadline);
    ck_assert(!loop_timer_is_scheduled(&self->timer));
    trace_add(self->letter);
}

static void init_timers(struct letter_timer *timers, int count)
{
    for (int i = 0; i < count; i++) {
        timers[i].letter = (char)('a' + i);
        loop_timer_init(&timers[i].timer, add_timer_letter, &timers[i]);
    }
}

START_TEST(timers_run_in_the_order_of_their_deadlines)
{
    struct loop *loop = open_loop(_i);
    struct letter_timer timers[5];
    init_timers(timers, 5);
    nanoseconds now = clock_now();
    loop_call_at(loop, &timers[0].timer, now + MILLISECONDS(3));
    loop_call_at(loop, &timers[1].timer, now + MICROSECONDS(100));
    loop_call_at(loop, &timers[2].timer, now + MILLISECONDS(2));
    loop_call_at(loop, &timers[3].timer, 1);
    loop_call_at(loop, &timers[4].timer, -1);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "edbca");
    loop_free(loop);
}
END_TEST

START_TEST(equal_deadlines_run_in_the_order_of_scheduling)
{
    struct loop *loop = open_loop(_i);
    struct letter_timer timers[6];
    init_timers(timers, 6);
    nanoseconds soon = clock_after(MILLISECONDS(1));
    const char order[] = "dbfaec";
    for (int i = 0; i < 6; i++)
        loop_call_at(loop, &timers[order[i] - 'a'].timer, soon);
    run_dry(loop);
    ck_assert_str_eq(trace.text, order);
    loop_free(loop);
}
END_TEST

START_TEST(scheduled_timer_is_moved)
{
    struct loop *loop = open_loop(_i);
    struct letter_timer timers[4];
    init_timers(timers, 4);
    for (int i = 0; i < 4; i++)
        loop_call_at(loop, &timers[i].timer, 10 + i);
    loop_call_at(loop, &timers[3].timer, 1);
    loop_call_at(loop, &timers[0].timer, 12); /* equal to c now, and later than it */
    loop_call_at(loop, &timers[1].timer, NEVER);
    ck_assert(!loop_timer_is_scheduled(&timers[1].timer));
    ck_assert(loop_timer_is_scheduled(&timers[0].timer));
    run_dry(loop);
    ck_assert_str_eq(trace.text, "dca");
    loop_free(loop);
}
END_TEST

START_TEST(cancelled_timer_does_not_run)
{
    struct loop *loop = open_loop(_i);
    struct letter_timer timers[3];
    init_timers(timers, 3);
    for (int i = 0; i < 3; i++)
        loop_call_at(loop, &timers[i].timer, i);
    loop_timer_cancel(loop, &timers[0].timer);
    loop_timer_cancel(loop, &timers[0].timer);
    loop_timer_cancel(loop, &timers[2].timer);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "b");
    loop_free(loop);
}
END_TEST

/* Does something to timers b and c while all are due in the same pass. */
struct meddler {
    struct loop *loop;
    struct loop_timer timer;
    struct letter_timer *timers;
};

static void meddle(void *context)
{
    struct meddler *self = context;
    trace_add('!');
    ck_assert(loop_timer_is_scheduled(&self->timers[1].timer));
    loop_timer_cancel(self->loop, &self->timers[1].timer);
    ck_assert(!loop_timer_is_scheduled(&self->timers[1].timer));
    loop_call_at(self->loop, &self->timers[2].timer, 0);
}

START_TEST(due_timers_can_be_cancelled_and_moved)
{
    struct loop *loop = open_loop(_i);
    struct letter_timer timers[4];
    init_timers(timers, 4);
    struct meddler meddler = {.loop = loop, .timers = timers};
    loop_timer_init(&meddler.timer, meddle, &meddler);
    loop_call_at(loop, &timers[0].timer, 1);
    loop_call_at(loop, &meddler.timer, 2);
    loop_call_at(loop, &timers[1].timer, 3);
    loop_call_at(loop, &timers[2].timer, 4);
    loop_call_at(loop, &timers[3].timer, 5);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "a!dc");
    loop_free(loop);
}
END_TEST

struct ordered_timer {
    struct loop_timer timer;
    nanoseconds *last;
    int *count;
};

static void check_order(void *context)
{
    struct ordered_timer *self = context;
    ck_assert_int_ge(self->timer.deadline, *self->last);
    *self->last = self->timer.deadline;
    ++*self->count;
}

START_TEST(many_timers_keep_their_order)
{
    enum { MANY = 20000 };
    struct loop *loop = open_loop(_i);
    struct ordered_timer *timers = calloc(MANY, sizeof *timers);
    ck_assert_ptr_nonnull(timers);
    nanoseconds last = 0;
    int count = 0;
    unsigned seed = 1;
    for (int i = 0; i < MANY; i++) {
        loop_timer_init(&timers[i].timer, check_order, &timers[i]);
        timers[i].last = &last;
        timers[i].count = &count;
        loop_call_at(loop, &timers[i].timer, rand_r(&seed) % MANY);
    }
    for (int i = 0; i < MANY; i += 3)
        loop_timer_cancel(loop, &timers[i].timer);
    for (int i = 1; i < MANY; i += 3)
        loop_call_at(loop, &timers[i].timer, rand_r(&seed) % MANY);
    run_dry(loop);
    ck_assert_int_eq(count, MANY - (MANY + 2) / 3);
    free(timers);
    loop_free(loop);
}
END_TEST

/* Descriptors are left alone; timers and callbacks come to their end. */
START_TEST(winding_up_sees_no_descriptors)
{
    struct loop *loop = open_loop(_i);
    int ends[2];
    struct future done;
    struct loop_watch watch;
    struct loop_timer timer;
    open_full_pipe(ends);
    future_init(&done, loop, "done");
    loop_watch_init(&watch, NULL, NULL);
    loop_timer_init(&timer, complete_future, &done);
    ck_assert_int_eq(loop_watch_fd(loop, &watch, ends[0], SELECTOR_READ), 0);
    loop_call_at(loop, &timer, clock_after(MILLISECONDS(1)));
    ck_assert_int_eq(loop_wind_up(loop, &done), 0);
    struct future never;
    future_init(&never, loop, "never");
    ck_assert_int_eq(loop_wind_up(loop, &never), ERR_FINISHED);
    loop_unwatch(loop, &watch);
    future_destroy(&done);
    close_pipe(ends);
    loop_free(loop);
}
END_TEST

int main(void)
{
    return RUN_ON_EACH_SELECTOR("loop_timer", timers_run_in_the_order_of_their_deadlines,
                                equal_deadlines_run_in_the_order_of_scheduling, scheduled_timer_is_moved,
                                cancelled_timer_does_not_run, due_timers_can_be_cancelled_and_moved,
                                many_timers_keep_their_order, winding_up_sees_no_descriptors);
}
