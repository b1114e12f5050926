#include <signal.h>
#include <sys/wait.h>

#include "async/loop.h"
#include "unit/async/fixture.h"

struct counter {
    struct loop *loop;
    struct loop_signal signal;
    struct counter *other; /* stopped by this one when it runs, where not NULL */
    int times;
};

static void count_signal(void *context, int number)
{
    struct counter *self = context;
    ck_assert_int_eq(number, self->signal.number);
    self->times++;
    if (self->other)
        loop_unwatch_signal(self->loop, &self->other->signal);
}

static void counter_init(struct counter *self, struct loop *loop)
{
    *self = (struct counter){.loop = loop};
    loop_signal_init(&self->signal, count_signal, self);
}

static void counter_start(struct counter *self, struct loop *loop, int number)
{
    counter_init(self, loop);
    ck_assert_int_eq(loop_watch_signal(loop, &self->signal, number), 0);
}

static void raise_times(int number, int times)
{
    while (times--)
        ck_assert_int_eq(raise(number), 0);
}

/* A signal's byte is in the pipe before raise() returns, so that the next pass finds it; its callback runs in that
 * pass. */
START_TEST(every_delivery_is_told)
{
    struct loop *loop = open_loop(_i);
    struct counter one, two;
    counter_start(&one, loop, SIGUSR1);
    counter_start(&two, loop, SIGUSR2);
    raise_times(SIGUSR1, 3);
    raise_times(SIGUSR2, 1);
    ck_assert_int_eq(one.times, 0);
    run_briefly(loop);
    ck_assert_int_eq(one.times, 3);
    ck_assert_int_eq(two.times, 1);
    run_briefly(loop);
    ck_assert_int_eq(one.times, 3);
    loop_unwatch_signal(loop, &one.signal);
    loop_unwatch_signal(loop, &two.signal);
    run_dry(loop);
    loop_free(loop);
}
END_TEST

START_TEST(full_pipe_loses_no_signal)
{
    enum { MANY = 70000 /* more than a pipe holds */ };
    struct loop *loop = open_loop(_i);
    struct counter many, last;
    counter_start(&many, loop, SIGUSR1);
    counter_start(&last, loop, SIGUSR2);
    raise_times(SIGUSR1, MANY);
    raise_times(SIGUSR2, 1);
    run_briefly(loop);
    ck_assert_int_eq(many.times, MANY);
    ck_assert_int_eq(last.times, 1);
    loop_unwatch_signal(loop, &many.signal);
    loop_unwatch_signal(loop, &last.signal);
    loop_free(loop);
}
END_TEST

static int handled;

static void handle(int number)
{
    (void)number;
    handled++;
}

START_TEST(last_one_restores_the_disposition)
{
    struct loop *loop = open_loop(_i);
    handled = 0;
    ck_assert(signal(SIGUSR1, handle) != SIG_ERR);
    struct counter one, two;
    counter_start(&one, loop, SIGUSR1);
    counter_start(&two, loop, SIGUSR1);
    raise_times(SIGUSR1, 1);
    run_briefly(loop);
    loop_unwatch_signal(loop, &one.signal);
    loop_unwatch_signal(loop, &one.signal);
    raise_times(SIGUSR1, 1);
    run_briefly(loop);
    ck_assert_int_eq(one.times, 1);
    ck_assert_int_eq(two.times, 2);
    ck_assert_int_eq(handled, 0);
    loop_unwatch_signal(loop, &two.signal);
    raise_times(SIGUSR1, 1);
    run_dry(loop);
    ck_assert_int_eq(handled, 1);
    ck_assert_int_eq(two.times, 2);
    loop_free(loop);
}
END_TEST

START_TEST(one_may_stop_another)
{
    struct loop *loop = open_loop(_i);
    struct counter one, two;
    counter_start(&one, loop, SIGUSR1);
    counter_start(&two, loop, SIGUSR1);
    one.other = &two;
    two.other = &one;
    raise_times(SIGUSR1, 2);
    run_briefly(loop);
    ck_assert_int_eq(one.times, 2);
    ck_assert_int_eq(two.times, 0);
    loop_unwatch_signal(loop, &one.signal);
    run_dry(loop);
    loop_free(loop);
}
END_TEST

START_TEST(one_may_stop_itself)
{
    struct loop *loop = open_loop(_i);
    struct counter one;
    counter_start(&one, loop, SIGUSR1);
    one.other = &one;
    raise_times(SIGUSR1, 5);
    run_dry(loop);
    ck_assert_int_eq(one.times, 1);
    loop_free(loop);
}
END_TEST

START_TEST(one_loop_at_a_time)
{
    struct loop *loop = open_loop(_i), *rival = open_loop(0);
    struct counter one, two;
    counter_start(&one, loop, SIGUSR1);
    counter_init(&two, rival);
    ck_assert_int_eq(loop_watch_signal(rival, &two.signal, SIGUSR2), ERR_ALREADY_REGISTERED);
    loop_unwatch_signal(loop, &one.signal);
    counter_start(&two, rival, SIGUSR2);
    raise_times(SIGUSR2, 1);
    run_briefly(rival);
    ck_assert_int_eq(two.times, 1);
    loop_unwatch_signal(rival, &two.signal);
    loop_free(loop);
    loop_free(rival);
}
END_TEST

START_TEST(what_cannot_be_caught_is_refused)
{
    static const int numbers[] = {SIGKILL, SIGSTOP, 0, -1, NSIG, 100000};
    struct loop *loop = open_loop(_i);
    struct counter one;
    counter_init(&one, loop);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        ck_assert_int_eq(loop_watch_signal(loop, &one.signal, numbers[i]), ERR_INVALID);
    run_dry(loop);
    loop_free(loop);
}
END_TEST

START_TEST(signal_to_a_child_is_none_of_ours)
{
    struct loop *loop = open_loop(_i);
    struct counter one;
    counter_start(&one, loop, SIGUSR1);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        raise_times(SIGUSR1, 1);
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    run_briefly(loop);
    ck_assert_int_eq(one.times, 0);
    loop_unwatch_signal(loop, &one.signal);
    loop_free(loop);
}
END_TEST

int main(void)
{
    return RUN_ON_EACH_SELECTOR("loop_signal", every_delivery_is_told, full_pipe_loses_no_signal,
                                last_one_restores_the_disposition, one_may_stop_another, one_may_stop_itself,
                                one_loop_at_a_time, what_cannot_be_caught_is_refused,
                                signal_to_a_child_is_none_of_ours);
}
