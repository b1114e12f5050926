#include "async/future.h"

#include <string.h>

#include "unit/async/fixture.h"
#include "unit/async/log_capture.h"

struct letter {
    struct loop_callback callback;
    struct future *future;
    char letter;
};

static void add_letter(void *context)
{
    struct letter *self = context;
    ck_assert(future_is_complete(self->future));
    trace_add(self->letter);
}

static void init_letters(struct letter *letters, int count, struct future *f)
{
    for (int i = 0; i < count; i++) {
        letters[i] = (struct letter){.future = f, .letter = (char)('a' + i)};
        loop_callback_init(&letters[i].callback, add_letter, &letters[i]);
    }
}

START_TEST(result_is_taken)
{
    struct loop *loop = open_loop(_i);
    struct future f;
    int answer = 42;
    void *value = NULL;
    future_init(&f, loop, "answer");
    ck_assert(!future_is_complete(&f));
    ck_assert_int_eq(f.state, FUTURE_PENDING);
    future_set_result(&f, &answer);
    ck_assert(future_is_complete(&f));
    ck_assert_int_eq(f.state, FUTURE_DONE);
    ck_assert_int_eq(future_result(&f, &value), 0);
    ck_assert_ptr_eq(value, &answer);
    ck_assert_int_eq(future_result(&f, NULL), 0);
    future_destroy(&f);
    loop_free(loop);
}
END_TEST

START_TEST(error_is_taken)
{
    struct loop *loop = open_loop(_i);
    struct future f;
    void *value = &f;
    log_capture_start();
    future_init(&f, loop, "attempt");
    future_set_error(&f, ERR_TLS);
    ck_assert_int_eq(f.state, FUTURE_FAILED);
    ck_assert_int_eq(future_result(&f, &value), ERR_TLS);
    ck_assert_ptr_eq(value, &f);
    future_destroy(&f);
    ck_assert_str_eq(logged_line, "");
    loop_free(loop);
}
END_TEST

START_TEST(forgotten_error_is_logged)
{
    struct loop *loop = open_loop(_i);
    struct future f;
    log_capture_start();
    future_init(&f, loop, "attempt");
    future_set_error(&f, ERR_TLS);
    future_destroy(&f);
    ck_assert_ptr_nonnull(strstr(logged_line, "attempt"));
    ck_assert_ptr_nonnull(strstr(logged_line, error_text(ERR_TLS)));
    loop_free(loop);
}
END_TEST

START_TEST(only_failures_are_logged)
{
    struct loop *loop = open_loop(_i);
    struct future pending, done, cancelled;
    log_capture_start();
    future_init(&pending, loop, "pending");
    future_init(&done, loop, "done");
    future_init(&cancelled, loop, "cancelled");
    future_set_result(&done, NULL);
    future_cancel(&cancelled);
    future_destroy(&pending);
    future_destroy(&done);
    future_destroy(&cancelled);
    ck_assert_str_eq(logged_line, "");
    loop_free(loop);
}
END_TEST

START_TEST(cancelling_is_an_outcome)
{
    struct loop *loop = open_loop(_i);
    struct future cancelled, passed_on, done;
    future_init(&cancelled, loop, "cancelled");
    ck_assert(future_cancel(&cancelled));
    ck_assert(!future_cancel(&cancelled));
    ck_assert_int_eq(cancelled.state, FUTURE_CANCELLED);
    ck_assert_int_eq(future_result(&cancelled, NULL), ERR_CANCELLED);

    future_init(&passed_on, loop, "passed on");
    future_set_error(&passed_on, ERR_CANCELLED);
    ck_assert_int_eq(passed_on.state, FUTURE_CANCELLED);

    future_init(&done, loop, "done");
    future_set_result(&done, NULL);
    ck_assert(!future_cancel(&done));
    ck_assert_int_eq(future_result(&done, NULL), 0);
    loop_free(loop);
}
END_TEST

START_TEST(completion_schedules_and_does_not_run)
{
    struct loop *loop = open_loop(_i);
    struct future f;
    struct letter letters[3];
    future_init(&f, loop, "f");
    init_letters(letters, 3, &f);
    future_add_done_callback(&f, &letters[1].callback);
    future_add_done_callback(&f, &letters[2].callback);
    future_add_done_callback(&f, &letters[0].callback);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "");
    future_set_result(&f, NULL);
    ck_assert_str_eq(trace.text, "");
    run_dry(loop);
    ck_assert_str_eq(trace.text, "bca");
    future_destroy(&f);
    loop_free(loop);
}
END_TEST

START_TEST(callback_added_late_runs_soon)
{
    struct loop *loop = open_loop(_i);
    struct future f;
    struct letter letters[2];
    future_init(&f, loop, "f");
    init_letters(letters, 2, &f);
    future_add_done_callback(&f, &letters[0].callback);
    future_cancel(&f);
    future_add_done_callback(&f, &letters[1].callback);
    ck_assert_str_eq(trace.text, "");
    run_dry(loop);
    ck_assert_str_eq(trace.text, "ab");
    future_destroy(&f);
    loop_free(loop);
}
END_TEST

START_TEST(callback_is_taken_back_before_and_after_completion)
{
    struct loop *loop = open_loop(_i);
    struct future f;
    struct letter letters[3];
    future_init(&f, loop, "f");
    init_letters(letters, 3, &f);
    for (int i = 0; i < 3; i++)
        future_add_done_callback(&f, &letters[i].callback);
    future_remove_done_callback(&f, &letters[0].callback);
    future_set_result(&f, NULL);
    future_remove_done_callback(&f, &letters[1].callback);
    future_remove_done_callback(&f, &letters[1].callback);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "c");
    future_destroy(&f);
    loop_free(loop);
}
END_TEST

/* Completes a second future from a callback of the first. */
struct chain {
    struct loop_callback callback;
    struct future *next;
};

static void complete_next(void *context)
{
    struct chain *self = context;
    trace_add('(');
    future_set_result(self->next, NULL);
    trace_add(')');
}

START_TEST(completing_in_a_callback_does_not_nest)
{
    struct loop *loop = open_loop(_i);
    struct future first, second;
    future_init(&first, loop, "first");
    future_init(&second, loop, "second");
    struct chain chain = {.next = &second};
    struct letter letter;
    loop_callback_init(&chain.callback, complete_next, &chain);
    init_letters(&letter, 1, &second);
    future_add_done_callback(&first, &chain.callback);
    future_add_done_callback(&second, &letter.callback);
    future_set_result(&first, NULL);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "()a");
    loop_free(loop);
}
END_TEST

int main(void)
{
    return RUN_ON_EACH_SELECTOR(
        "future", result_is_taken, error_is_taken, forgotten_error_is_logged, only_failures_are_logged,
        cancelling_is_an_outcome, completion_schedules_and_does_not_run, callback_added_late_runs_soon,
        callback_is_taken_back_before_and_after_completion, completing_in_a_callback_does_not_nest);
}
