#include "async/loop.h"

#include <string.h>
#include <time.h>

#include "async/coroutine.h"
#include "unit/async/fixture.h"

/* Callbacks. */

struct letter_callback {
    struct loop_callback callback;
    char letter;
};

static void add_letter(void *context)
{
    trace_add(((struct letter_callback *)context)->letter);
}

static void init_letters(struct letter_callback *letters, int count)
{
    for (int i = 0; i < count; i++) {
        letters[i].letter = (char)('a' + i);
        loop_callback_init(&letters[i].callback, add_letter, &letters[i]);
    }
}

START_TEST(callbacks_run_in_the_order_of_scheduling)
{
    struct loop *loop = open_loop(_i);
    struct letter_callback letters[3];
    init_letters(letters, 3);
    loop_call_soon(loop, &letters[2].callback);
    loop_call_soon(loop, &letters[0].callback);
    loop_call_soon(loop, &letters[1].callback);
    loop_call_soon(loop, &letters[2].callback);
    ck_assert_str_eq(trace.text, "");
    run_dry(loop);
    ck_assert_str_eq(trace.text, "cab");
    loop_free(loop);
}
END_TEST

START_TEST(cancelled_callback_does_not_run)
{
    struct loop *loop = open_loop(_i);
    struct letter_callback letters[2];
    init_letters(letters, 2);
    loop_call_soon(loop, &letters[0].callback);
    loop_call_soon(loop, &letters[1].callback);
    loop_callback_cancel(&letters[0].callback);
    loop_callback_cancel(&letters[0].callback);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "b");
    loop_free(loop);
}
END_TEST

static void cancel_callback(void *context)
{
    loop_callback_cancel(context);
}

START_TEST(callback_cancels_one_of_its_own_pass)
{
    struct loop *loop = open_loop(_i);
    struct letter_callback letters[2];
    init_letters(letters, 2);
    struct loop_callback killer;
    loop_callback_init(&killer, cancel_callback, &letters[0].callback);
    loop_call_soon(loop, &killer);
    loop_call_soon(loop, &letters[0].callback);
    loop_call_soon(loop, &letters[1].callback);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "b");
    loop_free(loop);
}
END_TEST

/* Schedules itself for ever, until a descriptor was heard that has something to say only after some turns. */
struct spinner {
    struct loop *loop;
    int fd; /* the end to write to */
    int turns;
    struct loop_callback callback;
    struct loop_timer timer;
    struct loop_watch watch;
    bool heard;
};

static void take_turn(struct spinner *spinner)
{
    if (++spinner->turns == 5)
        ck_assert_int_eq(write(spinner->fd, "x", 1), 1);
    ck_assert_int_lt(spinner->turns, 1000);
}

static void spin_callback(void *context)
{
    struct spinner *spinner = context;
    take_turn(spinner);
    if (!spinner->heard)
        loop_call_soon(spinner->loop, &spinner->callback);
}

static void spin_timer(void *context)
{
    struct spinner *spinner = context;
    take_turn(spinner);
    if (!spinner->heard)
        loop_call_at(spinner->loop, &spinner->timer, 0);
}

static void hear(void *context, int fd, unsigned ready)
{
    (void)fd;
    struct spinner *spinner = context;
    ck_assert_uint_eq(ready, SELECTOR_READ);
    spinner->heard = true;
    loop_unwatch(spinner->loop, &spinner->watch);
}

static void spinner_init(struct spinner *spinner, struct loop *loop, const int ends[2])
{
    *spinner = (struct spinner){.loop = loop, .fd = ends[1]};
    loop_callback_init(&spinner->callback, spin_callback, spinner);
    loop_timer_init(&spinner->timer, spin_timer, spinner);
    loop_watch_init(&spinner->watch, hear, spinner);
    ck_assert_int_eq(loop_watch_fd(loop, &spinner->watch, ends[0], SELECTOR_READ), 0);
}

START_TEST(callback_that_reschedules_itself_starves_nobody)
{
    struct loop *loop = open_loop(_i);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    struct spinner spinner;
    spinner_init(&spinner, loop, ends);
    loop_call_soon(loop, &spinner.callback);
    run_dry(loop);
    ck_assert(spinner.heard);
    close_pipe(ends);
    loop_free(loop);
}
END_TEST

START_TEST(timer_that_sets_itself_in_the_past_starves_nobody)
{
    struct loop *loop = open_loop(_i);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    struct spinner spinner;
    spinner_init(&spinner, loop, ends);
    loop_call_at(loop, &spinner.timer, 0);
    run_dry(loop);
    ck_assert(spinner.heard);
    close_pipe(ends);
    loop_free(loop);
}
END_TEST

static void schedule_soon(void *context, int fd, unsigned ready)
{
    (void)fd;
    (void)ready;
    struct spinner *spinner = context;
    loop_unwatch(spinner->loop, &spinner->watch);
    trace_add('w');
    loop_call_at(spinner->loop, &spinner->timer, 0);
    loop_call_soon(spinner->loop, &spinner->callback);
}

static void trace_timer(void *context)
{
    (void)context;
    trace_add('t');
}

static void trace_callback(void *context)
{
    (void)context;
    trace_add('c');
}

START_TEST(pass_runs_descriptors_then_timers_then_callbacks)
{
    struct loop *loop = open_loop(_i);
    int ends[2];
    open_full_pipe(ends);
    struct spinner spinner;
    spinner_init(&spinner, loop, ends);
    spinner.watch.run = schedule_soon;
    spinner.timer.run = trace_timer;
    spinner.callback.run = trace_callback;
    run_dry(loop);
    ck_assert_str_eq(trace.text, "wtc");
    close_pipe(ends);
    loop_free(loop);
}
END_TEST

/* Twenty-six that take a millisecond at least; the first one makes a descriptor ready. */
struct slow_letter {
    struct letter_callback letter;
    struct loop_timer timer;
    int fd;
};

static void add_slow_letter(void *context)
{
    struct slow_letter *slow = context;
    if (slow->letter.letter == 'a')
        ck_assert_int_eq(write(slow->fd, "x", 1), 1);
    ck_assert_int_eq(nanosleep(&(struct timespec){.tv_nsec = MILLISECONDS(1)}, NULL), 0);
    add_letter(&slow->letter);
}

static void trace_descriptor(void *context, int fd, unsigned ready)
{
    struct spinner *spinner = context;
    (void)fd;
    (void)ready;
    trace_add('!');
    loop_unwatch(spinner->loop, &spinner->watch);
}

static void run_slow_letters(int selector, bool are_timers)
{
    enum { LETTERS = 26 };
    struct loop *loop = open_loop(selector);
    struct slow_letter letters[LETTERS];
    struct spinner spinner;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    spinner_init(&spinner, loop, ends);
    spinner.watch.run = trace_descriptor;
    for (int i = 0; i < LETTERS; i++) {
        letters[i].letter.letter = (char)('a' + i);
        letters[i].fd = ends[1];
        loop_callback_init(&letters[i].letter.callback, add_slow_letter, &letters[i]);
        loop_timer_init(&letters[i].timer, add_slow_letter, &letters[i]);
        if (are_timers)
            loop_call_at(loop, &letters[i].timer, 0);
        else
            loop_call_soon(loop, &letters[i].letter.callback);
    }
    run_dry(loop);
    const char *heard = strchr(trace.text, '!');
    ck_assert_ptr_nonnull(heard);
    ck_assert_msg(heard[1], "after all of them: %s", trace.text);
    ck_assert_uint_eq(strlen(trace.text), LETTERS + 1);
    for (int i = 0; i < LETTERS; i++)
        ck_assert_int_eq(trace.text[i + (i >= heard - trace.text)], 'a' + i);
    close_pipe(ends);
    loop_free(loop);
}

START_TEST(callbacks_that_take_long_go_on_behind_the_descriptors)
{
    run_slow_letters(_i, false);
}
END_TEST

START_TEST(timers_that_take_long_go_on_behind_the_descriptors)
{
    run_slow_letters(_i, true);
}
END_TEST

/* Running. */

START_TEST(loop_with_nothing_to_do_says_so)
{
    struct loop *loop = open_loop(_i);
    run_dry(loop);
    run_dry(loop);
    run_briefly(loop);
    loop_free(loop);
}
END_TEST

START_TEST(complete_future_needs_no_pass)
{
    struct loop *loop = open_loop(_i);
    struct future done;
    future_init(&done, loop, "done");
    future_set_result(&done, NULL);
    struct letter_callback letter;
    init_letters(&letter, 1);
    loop_call_soon(loop, &letter.callback);
    ck_assert_int_eq(loop_run_until_complete(loop, &done), 0);
    ck_assert_str_eq(trace.text, "");
    loop_free(loop);
}
END_TEST

START_TEST(unknown_selector_is_refused)
{
    struct loop *loop = NULL;
    ck_assert_int_eq(loop_create(&loop, "no-such-selector"), ERR_UNSUPPORTED);
    ck_assert_ptr_null(loop);
    loop_free(NULL);
}
END_TEST

struct nested_run {
    struct loop *loop;
    int error;
};

static void run_within(void *context)
{
    struct nested_run *self = context;
    struct future never;
    future_init(&never, self->loop, "never");
    self->error = loop_run_until_complete(self->loop, &never);
}

START_TEST(loop_does_not_run_within_itself)
{
    struct nested_run nested = {.loop = open_loop(_i)};
    struct loop_callback callback;
    loop_callback_init(&callback, run_within, &nested);
    loop_call_soon(nested.loop, &callback);
    run_dry(nested.loop);
    ck_assert_int_eq(nested.error, ERR_INVALID);
    loop_free(nested.loop);
}
END_TEST

static void *run_on_coroutine(void *context)
{
    run_within(context);
    return NULL;
}

START_TEST(loop_does_not_run_on_a_coroutine)
{
    struct nested_run nested = {.loop = open_loop(_i)};
    struct coroutine *coroutine;
    void *result;
    ck_assert_int_eq(coroutine_create(&coroutine, "runner", run_on_coroutine, &nested), 0);
    ck_assert_int_eq(coroutine_send(coroutine, NULL, &result), ERR_FINISHED);
    ck_assert_int_eq(nested.error, ERR_INVALID);
    coroutine_free(coroutine);
    loop_free(nested.loop);
}
END_TEST

static void dawdle(void *context)
{
    (void)context;
    for (nanoseconds end = clock_after(MILLISECONDS(3)); clock_now() < end;)
        ;
}

START_TEST(stall_is_measured)
{
    struct loop *loop = open_loop(_i);
    ck_assert_int_eq(loop_stalls(loop)->longest, 0);
    run_briefly(loop);
    struct loop_callback callback;
    loop_callback_init(&callback, dawdle, NULL);
    loop_call_soon(loop, &callback);
    run_briefly(loop);
    ck_assert_int_ge(loop_stalls(loop)->longest, MILLISECONDS(3));
    loop_free(loop);
}
END_TEST

int main(void)
{
    return RUN_ON_EACH_SELECTOR(
        "loop", callbacks_run_in_the_order_of_scheduling, cancelled_callback_does_not_run,
        callback_cancels_one_of_its_own_pass, callback_that_reschedules_itself_starves_nobody,
        timer_that_sets_itself_in_the_past_starves_nobody, pass_runs_descriptors_then_timers_then_callbacks,
        callbacks_that_take_long_go_on_behind_the_descriptors, timers_that_take_long_go_on_behind_the_descriptors,
        loop_with_nothing_to_do_says_so, complete_future_needs_no_pass, unknown_selector_is_refused,
        loop_does_not_run_within_itself, loop_does_not_run_on_a_coroutine, stall_is_measured);
}
