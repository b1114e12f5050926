#include "async/task.h"

#include <string.h>

#include "async/coroutine.h"
#include "async/stack.h"
#include "unit/async/fixture.h"
#include "unit/async/log_capture.h"

static struct task *start(struct loop *loop, task_body body, void *argument)
{
    struct task *task = NULL;
    ck_assert_int_eq(task_create(&task, loop, "test task", body, argument), 0);
    return task;
}

/* Runs the loop until `task` is complete, and returns its outcome. */
static int run_to_end(struct loop *loop, struct task *task)
{
    ck_assert_int_eq(loop_run_until_complete(loop, task_future(task)), 0);
    return future_result(task_future(task), NULL);
}

/* Running. */

static int return_argument(void *argument)
{
    trace_add('r');
    return *(const int *)argument;
}

static int success = 0, proxy_error = ERR_PROXY;

START_TEST(outcome_of_the_body_is_the_tasks)
{
    struct loop *loop = open_loop(_i);
    static int outcomes[] = {0, ERR_PROTOCOL, ERR_CANCELLED};
    static const enum future_state states[] = {FUTURE_DONE, FUTURE_FAILED, FUTURE_CANCELLED};
    for (int i = 0; i < 3; i++) {
        struct task *task = start(loop, return_argument, &outcomes[i]);
        ck_assert_int_eq(task_future(task)->state, FUTURE_PENDING);
        ck_assert_int_eq(run_to_end(loop, task), outcomes[i]);
        ck_assert_int_eq(task_future(task)->state, states[i]);
        task_free(task);
    }
    loop_free(loop);
}
END_TEST

START_TEST(body_begins_in_the_loop)
{
    struct loop *loop = open_loop(_i);
    struct task *task = start(loop, return_argument, &success);
    ck_assert_str_eq(trace.text, "");
    run_dry(loop);
    ck_assert_str_eq(trace.text, "r");
    task_free(task);
    loop_free(loop);
}
END_TEST

START_TEST(task_that_never_ran_can_be_freed)
{
    struct loop *loop = open_loop(_i);
    task_free(start(loop, return_argument, &success));
    task_free(NULL);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "");
    loop_free(loop);
}
END_TEST

static int check_current(void *argument)
{
    struct task **self = argument;
    ck_assert_ptr_eq(task_current(), *self);
    ck_assert_str_eq(task_name(*self), "test task");
    return sleep_until(0);
}

START_TEST(current_is_the_one_that_runs)
{
    struct loop *loop = open_loop(_i);
    struct task *one, *two;
    ck_assert_ptr_null(task_current());
    one = start(loop, check_current, &one);
    two = start(loop, check_current, &two);
    run_dry(loop);
    ck_assert_ptr_null(task_current());
    task_free(one);
    task_free(two);
    loop_free(loop);
}
END_TEST

START_TEST(stack_is_given_back_at_the_end)
{
    struct loop *loop = open_loop(_i);
    struct task *task = start(loop, return_argument, &success);
    struct stack_census census;
    run_dry(loop);
    stack_census(&census);
    ck_assert_uint_eq(census.in_use, 0);
    task_free(task);
    loop_free(loop);
}
END_TEST

START_TEST(forgotten_error_names_the_task)
{
    struct loop *loop = open_loop(_i);
    struct task *task = start(loop, return_argument, &proxy_error);
    log_capture_start();
    run_dry(loop);
    task_free(task);
    ck_assert_ptr_nonnull(strstr(logged_line, "test task"));
    loop_free(loop);
}
END_TEST

/* Waiting. */

/* What a test's tasks do, and what came of it. */
struct waiting {
    struct loop *loop;
    struct future future;
    struct future *awaited; /* its own, but where a test says otherwise */
    char letter;            /* of the trace, when it has waited */
    nanoseconds deadline;
    struct loop_callback complete;
    struct loop_timer complete_at;
    void *value;
    int outcome;
    int second_outcome;
    bool ended;
};

static struct waiting *waiting_new(struct loop *loop)
{
    struct waiting *waiting = calloc(1, sizeof *waiting);
    ck_assert_ptr_nonnull(waiting);
    waiting->loop = loop;
    waiting->awaited = &waiting->future;
    waiting->letter = ')';
    waiting->deadline = NEVER;
    future_init(&waiting->future, loop, "awaited");
    loop_callback_init(&waiting->complete, complete_future, &waiting->future);
    loop_timer_init(&waiting->complete_at, complete_future, &waiting->future);
    return waiting;
}

static void waiting_free(struct waiting *waiting, struct task *task)
{
    task_free(task);
    future_destroy(&waiting->future);
    loop_free(waiting->loop);
    free(waiting);
}

static int wait_once(void *argument)
{
    struct waiting *self = argument;
    trace_add('(');
    self->outcome = await_until(self->awaited, self->deadline, &self->value);
    trace_add(self->letter);
    self->ended = true;
    return self->outcome;
}

START_TEST(value_of_a_future_is_sent_in)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    struct task *task = start(waiting->loop, wait_once, waiting);
    run_dry(waiting->loop);
    ck_assert_str_eq(trace.text, "(");
    future_set_result(&waiting->future, &trace);
    ck_assert_str_eq(trace.text, "(");
    ck_assert_int_eq(run_to_end(waiting->loop, task), 0);
    ck_assert_ptr_eq(waiting->value, &trace);
    waiting_free(waiting, task);
}
END_TEST

START_TEST(error_of_a_future_is_returned)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    struct task *task = start(waiting->loop, wait_once, waiting);
    run_dry(waiting->loop);
    log_capture_start();
    future_set_error(&waiting->future, ERR_IDLE);
    ck_assert_int_eq(run_to_end(waiting->loop, task), ERR_IDLE);
    waiting_free(waiting, task);
    ck_assert_str_eq(logged_line, "");
}
END_TEST

START_TEST(cancelled_future_does_not_cancel_the_task)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    struct task *task = start(waiting->loop, wait_once, waiting);
    run_dry(waiting->loop);
    future_cancel(&waiting->future);
    run_dry(waiting->loop);
    ck_assert_int_eq(waiting->outcome, ERR_CANCELLED);
    ck_assert(!task_is_cancelled(task));
    waiting_free(waiting, task);
}
END_TEST

START_TEST(complete_future_is_taken_without_a_switch)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    waiting->deadline = 0; /* long past: the future wins */
    future_set_result(&waiting->future, &trace);
    struct task *task = start(waiting->loop, wait_once, waiting);
    run_briefly(waiting->loop); /* in the first pass already */
    ck_assert(waiting->ended);
    ck_assert_int_eq(waiting->outcome, 0);
    ck_assert_ptr_eq(waiting->value, &trace);
    waiting_free(waiting, task);
}
END_TEST

static int await_failed_many_times(void *argument)
{
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(await(argument, NULL), ERR_TLS);
    return 0;
}

START_TEST(outcome_can_be_taken_many_times)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    future_set_error(&waiting->future, ERR_TLS);
    struct task *task = start(waiting->loop, await_failed_many_times, &waiting->future);
    ck_assert_int_eq(run_to_end(waiting->loop, task), 0);
    waiting_free(waiting, task);
}
END_TEST

START_TEST(waiters_wake_in_the_order_in_which_they_came)
{
    struct loop *loop = open_loop(_i);
    struct future shared;
    struct waiting *waiting[3];
    struct task *tasks[3];
    future_init(&shared, loop, "shared");
    for (int i = 0; i < 3; i++) {
        waiting[i] = waiting_new(loop);
        waiting[i]->awaited = &shared;
        waiting[i]->letter = (char)('1' + i);
        tasks[i] = start(loop, wait_once, waiting[i]);
    }
    run_dry(loop);
    future_set_result(&shared, NULL);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "(((123");
    for (int i = 0; i < 3; i++) {
        task_free(tasks[i]);
        free(waiting[i]);
    }
    loop_free(loop);
}
END_TEST

/* Deadlines. */

START_TEST(deadline_ends_the_wait_and_leaves_nothing_behind)
{
    static const nanoseconds deadlines[] = {-1, 0, MILLISECONDS(1)};
    for (int i = 0; i < 3; i++) {
        struct waiting *waiting = waiting_new(open_loop(_i));
        waiting->deadline = i == 2 ? clock_after(deadlines[i]) : deadlines[i];
        struct task *task = start(waiting->loop, wait_once, waiting);
        run_dry(waiting->loop);
        ck_assert(waiting->ended);
        ck_assert_int_eq(waiting->outcome, ERR_TIMED_OUT);
        ck_assert_int_ge(clock_now(), waiting->deadline);
        ck_assert(!future_is_complete(&waiting->future));
        ck_assert(list_is_empty(&waiting->future.callbacks));
        ck_assert_int_eq(future_result(task_future(task), NULL), ERR_TIMED_OUT);
        waiting_free(waiting, task);
    }
}
END_TEST

START_TEST(future_in_time_leaves_no_timer_behind)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    waiting->deadline = clock_after(SECONDS(3600));
    struct task *task = start(waiting->loop, wait_once, waiting);
    loop_call_soon(waiting->loop, &waiting->complete);
    run_dry(waiting->loop); /* would take an hour */
    ck_assert_int_eq(waiting->outcome, 0);
    waiting_free(waiting, task);
}
END_TEST

START_TEST(future_that_completes_in_the_last_moment_wins)
{
    static const nanoseconds completions[] = {0, 2}; /* before the deadline and after it, in the same pass */
    for (int i = 0; i < 2; i++) {
        struct waiting *waiting = waiting_new(open_loop(_i));
        waiting->deadline = 1;
        struct task *task = start(waiting->loop, wait_once, waiting);
        run_briefly(waiting->loop);
        ck_assert_str_eq(trace.text, "(");
        loop_call_at(waiting->loop, &waiting->complete_at, completions[i]);
        run_dry(waiting->loop);
        ck_assert_int_eq(waiting->outcome, 0);
        waiting_free(waiting, task);
    }
}
END_TEST

struct sleeper {
    nanoseconds deadline;
    char letter;
};

static int sleep_and_trace(void *argument)
{
    struct sleeper *self = argument;
    int err = sleep_until(self->deadline);
    ck_assert_int_ge(clock_now(), self->deadline);
    trace_add(self->letter);
    return err;
}

START_TEST(sleepers_wake_in_the_order_of_their_deadlines)
{
    struct loop *loop = open_loop(_i);
    nanoseconds now = clock_now();
    struct sleeper sleepers[] = {{now + MILLISECONDS(4), 'd'},
                                 {now + MILLISECONDS(2), 'b'},
                                 {0, 'a'},
                                 {now + MILLISECONDS(3), 'c'},
                                 {now + MILLISECONDS(4), 'e'}};
    struct task *tasks[5];
    for (int i = 0; i < 5; i++)
        tasks[i] = start(loop, sleep_and_trace, &sleepers[i]);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(run_to_end(loop, tasks[i]), 0);
    ck_assert_str_eq(trace.text, "abcde");
    for (int i = 0; i < 5; i++)
        task_free(tasks[i]);
    loop_free(loop);
}
END_TEST

static int yield_by_sleeping(void *argument)
{
    for (int i = 0; i < 3; i++) {
        trace_add(*(const char *)argument);
        ck_assert_int_eq(sleep_until(0), 0);
    }
    return 0;
}

START_TEST(sleeping_until_the_past_lets_others_run)
{
    struct loop *loop = open_loop(_i);
    char letters[] = {'1', '2'};
    struct task *one = start(loop, yield_by_sleeping, &letters[0]), *two = start(loop, yield_by_sleeping, &letters[1]);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "121212");
    task_free(one);
    task_free(two);
    loop_free(loop);
}
END_TEST

/* Cancelling. */

static int wait_and_clean_up(void *argument)
{
    struct waiting *self = argument;
    struct future done;
    self->outcome = await_until(&self->future, self->deadline, &self->value);
    future_init(&done, self->loop, "done");
    future_set_result(&done, NULL);
    self->second_outcome = await(&done, NULL);
    ck_assert_int_eq(await_until(&self->future, 0, NULL), ERR_CANCELLED);
    ck_assert_int_eq(sleep_until(clock_after(SECONDS(3600))), ERR_CANCELLED);
    self->ended = true;
    return self->outcome;
}

static void assert_cancelled(struct waiting *waiting, struct task *task)
{
    ck_assert(task_is_cancelled(task));
    run_dry(waiting->loop);
    ck_assert(waiting->ended);
    ck_assert_int_eq(waiting->outcome, ERR_CANCELLED);
    ck_assert_int_eq(waiting->second_outcome, ERR_CANCELLED);
    ck_assert(list_is_empty(&waiting->future.callbacks));
    ck_assert_int_eq(task_future(task)->state, FUTURE_CANCELLED);
    task_cancel(task);
}

START_TEST(cancelling_ends_the_wait_and_all_later_ones)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    struct task *task = start(waiting->loop, wait_and_clean_up, waiting);
    waiting->deadline = clock_after(SECONDS(3600));
    run_briefly(waiting->loop);
    ck_assert(!task_is_cancelled(task));
    task_cancel(task);
    task_cancel(task);
    ck_assert(!waiting->ended);
    assert_cancelled(waiting, task);
    ck_assert(!future_is_complete(&waiting->future));
    waiting_free(waiting, task);
}
END_TEST

START_TEST(cancelling_wins_over_a_result_that_was_not_taken)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    struct task *task = start(waiting->loop, wait_and_clean_up, waiting);
    run_briefly(waiting->loop);
    future_set_result(&waiting->future, &trace);
    task_cancel(task);
    assert_cancelled(waiting, task);
    ck_assert_ptr_null(waiting->value);
    waiting_free(waiting, task);
}
END_TEST

START_TEST(result_after_cancelling_does_not_wake_twice)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    struct task *task = start(waiting->loop, wait_and_clean_up, waiting);
    run_briefly(waiting->loop);
    task_cancel(task);
    future_set_result(&waiting->future, &trace);
    assert_cancelled(waiting, task);
    waiting_free(waiting, task);
}
END_TEST

START_TEST(task_cancelled_before_its_start_runs_its_body)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    struct task *task = start(waiting->loop, wait_and_clean_up, waiting);
    task_cancel(task);
    assert_cancelled(waiting, task);
    waiting_free(waiting, task);
}
END_TEST

static int cancel_self(void *argument)
{
    task_cancel(task_current());
    return wait_and_clean_up(argument);
}

START_TEST(task_may_cancel_itself)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    struct task *task = start(waiting->loop, cancel_self, waiting);
    run_dry(waiting->loop);
    assert_cancelled(waiting, task);
    waiting_free(waiting, task);
}
END_TEST

static int ignore_cancelling(void *argument)
{
    (void)wait_and_clean_up(argument);
    return 0;
}

START_TEST(cancelled_task_may_end_well)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    struct task *task = start(waiting->loop, ignore_cancelling, waiting);
    run_briefly(waiting->loop);
    task_cancel(task);
    ck_assert_int_eq(run_to_end(waiting->loop, task), 0);
    waiting_free(waiting, task);
}
END_TEST

/* Composing. */

static void *generator_that_awaits(void *argument)
{
    void *value = NULL;
    ck_assert_int_eq(await(argument, &value), 0);
    return value;
}

static int delegate(void *argument)
{
    struct waiting *self = argument;
    struct coroutine *inner;
    ck_assert_int_eq(coroutine_create(&inner, "inner", generator_that_awaits, &self->future), 0);
    self->value = coroutine_yield_from(inner);
    coroutine_free(inner);
    return 0;
}

START_TEST(generator_awaits_through_its_caller)
{
    struct waiting *waiting = waiting_new(open_loop(_i));
    struct task *task = start(waiting->loop, delegate, waiting);
    run_dry(waiting->loop);
    future_set_result(&waiting->future, &trace);
    ck_assert_int_eq(run_to_end(waiting->loop, task), 0);
    ck_assert_ptr_eq(waiting->value, &trace);
    waiting_free(waiting, task);
}
END_TEST

/* A task that starts another, which starts another ... and waits for it. */
struct nest {
    struct loop *loop;
    int depth;
};

static int start_inner(void *argument)
{
    const struct nest *outer = argument;
    if (outer->depth == 0)
        return ERR_DECODE;
    struct nest inner = {outer->loop, outer->depth - 1};
    struct task *task = start(outer->loop, start_inner, &inner);
    int err = await(task_future(task), NULL);
    task_free(task);
    return err;
}

START_TEST(tasks_await_tasks)
{
    struct loop *loop = open_loop(_i);
    struct nest nest = {loop, 100};
    struct task *task = start(loop, start_inner, &nest);
    ck_assert_int_eq(run_to_end(loop, task), ERR_DECODE);
    task_free(task);
    loop_free(loop);
}
END_TEST

enum { MANY_TASKS = 1000, STEPS = 10, ALL_STEPS = MANY_TASKS * STEPS };

static int count_steps(void *argument)
{
    for (int i = 0; i < STEPS; i++) {
        ck_assert_int_eq(sleep_until(0), 0);
        ++*(int *)argument;
    }
    return 0;
}

START_TEST(many_tasks_run_side_by_side)
{
    struct loop *loop = open_loop(_i);
    struct task **tasks = calloc(MANY_TASKS, sizeof(struct task *));
    ck_assert_ptr_nonnull(tasks);
    int steps = 0;
    for (int i = 0; i < MANY_TASKS; i++)
        tasks[i] = start(loop, count_steps, &steps);
    run_dry(loop);
    ck_assert_int_eq(steps, ALL_STEPS);
    for (int i = 0; i < MANY_TASKS; i++)
        task_free(tasks[i]);
    free(tasks);
    loop_free(loop);
    stack_cache_drain();
}
END_TEST

int main(void)
{
    return RUN_ON_EACH_SELECTOR(
        "task", outcome_of_the_body_is_the_tasks, body_begins_in_the_loop, task_that_never_ran_can_be_freed,
        current_is_the_one_that_runs, stack_is_given_back_at_the_end, forgotten_error_names_the_task,
        value_of_a_future_is_sent_in, error_of_a_future_is_returned, cancelled_future_does_not_cancel_the_task,
        complete_future_is_taken_without_a_switch, outcome_can_be_taken_many_times,
        waiters_wake_in_the_order_in_which_they_came, deadline_ends_the_wait_and_leaves_nothing_behind,
        future_in_time_leaves_no_timer_behind, future_that_completes_in_the_last_moment_wins,
        sleepers_wake_in_the_order_of_their_deadlines, sleeping_until_the_past_lets_others_run,
        cancelling_ends_the_wait_and_all_later_ones, cancelling_wins_over_a_result_that_was_not_taken,
        result_after_cancelling_does_not_wake_twice, task_cancelled_before_its_start_runs_its_body,
        task_may_cancel_itself, cancelled_task_may_end_well, generator_awaits_through_its_caller, tasks_await_tasks,
        many_tasks_run_side_by_side);
}
