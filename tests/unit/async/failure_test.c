/* A scenario that uses all of the runtime, run again and again: once with its first allocation or system call failing,
 * once with its second, and so on until none was left to fail. Each time it must end with an error that says so, with
 * nothing lost. Each run has a process of its own, so that what is set up only once in a process is tried too. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "async/queue.h"
#include "async/stack.h"
#include "async/task.h"
#include "shim/failing_calls.h"
#include "unit/async/fixture.h"

enum { WORKERS = 3, ITEMS = 8, MOST_CALLS = 10000, DESCRIPTORS = 256 };

struct scenario {
    struct loop *loop;
    struct queue queue;
    struct list_node items[ITEMS];
    struct task *workers[WORKERS];
    struct task *supervisor;
    struct loop_signal signal;
    struct loop_watch watch;
    struct loop_timer timer;
    struct future signalled;
    struct future readable;
    int ends[2];
    int items_done;
};

static int work(void *argument)
{
    struct scenario *self = argument;
    struct list_node *item;
    int err;
    while (!(err = queue_get(&self->queue, &item))) {
        err = sleep_until(clock_after(MICROSECONDS(50)));
        self->items_done++;
        queue_task_done(&self->queue);
        if (err)
            break;
    }
    return err;
}

/* Waits for all that shall happen, in vain at first. */
static int supervise(void *argument)
{
    struct scenario *self = argument;
    int err = await_until(&self->signalled, 0, NULL);
    if (err == ERR_TIMED_OUT)
        err = await(&self->signalled, NULL);
    if (!err)
        err = await_until(&self->readable, clock_after(SECONDS(60)), NULL);
    return err ? err : queue_join(&self->queue);
}

static void on_timer(void *context)
{
    (void)context;
    raise(SIGUSR1);
}

static void on_signal(void *context, int number)
{
    (void)number;
    struct scenario *self = context;
    future_set_result(&self->signalled, NULL);
    ssize_t written = write(self->ends[1], "x", 1);
    (void)written;
}

static void on_readable(void *context, int fd, unsigned ready)
{
    (void)fd;
    (void)ready;
    struct scenario *self = context;
    loop_unwatch(self->loop, &self->watch);
    future_set_result(&self->readable, NULL);
}

static void scenario_init(struct scenario *self)
{
    *self = (struct scenario){.ends = {-1, -1}};
    loop_signal_init(&self->signal, on_signal, self);
    loop_watch_init(&self->watch, on_readable, self);
    loop_timer_init(&self->timer, on_timer, self);
    future_init(&self->signalled, NULL, "signalled");
    future_init(&self->readable, NULL, "readable");
}

static int scenario_start(struct scenario *self, const char *selector)
{
    int err = loop_create(&self->loop, selector);
    if (err)
        return err;
    self->signalled.loop = self->readable.loop = self->loop;
    queue_init(&self->queue, self->loop);
    for (int i = 0; i < ITEMS; i++)
        queue_put(&self->queue, &self->items[i]);
    if (pipe(self->ends) != 0)
        return ERR_SYSTEM;
    err = loop_watch_signal(self->loop, &self->signal, SIGUSR1);
    if (!err)
        err = loop_watch_fd(self->loop, &self->watch, self->ends[0], SELECTOR_READ | SELECTOR_WRITE);
    if (!err)
        err = loop_watch_fd(self->loop, &self->watch, self->ends[0], SELECTOR_READ);
    for (int i = 0; i < WORKERS && !err; i++)
        err = task_create(&self->workers[i], self->loop, "worker", work, self);
    if (!err)
        err = task_create(&self->supervisor, self->loop, "supervisor", supervise, self);
    loop_call_at(self->loop, &self->timer, clock_after(MICROSECONDS(200)));
    return err;
}

static int scenario_run(struct scenario *self)
{
    int err = loop_run_until_complete(self->loop, task_future(self->supervisor));
    return err ? err : future_result(task_future(self->supervisor), NULL);
}

/* Ends a task, whatever it is in. A loop that could not wait can be run again: what failed once does not fail twice. */
static int end_task(struct loop *loop, struct task *task)
{
    if (!task)
        return 0;
    task_cancel(task);
    int err = loop_run_until_complete(loop, task_future(task));
    if (err)
        (void)loop_run_until_complete(loop, task_future(task));
    (void)future_result(task_future(task), NULL);
    task_free(task);
    return err;
}

static int end_tasks(struct scenario *self)
{
    int err = end_task(self->loop, self->supervisor);
    for (int i = 0; i < WORKERS; i++) {
        int worker_err = end_task(self->loop, self->workers[i]);
        err = err ? err : worker_err;
    }
    return err;
}

static int scenario_stop(struct scenario *self)
{
    int err = 0;
    if (self->loop) {
        err = end_tasks(self);
        loop_timer_cancel(self->loop, &self->timer);
        loop_unwatch(self->loop, &self->watch);
        loop_unwatch_signal(self->loop, &self->signal);
    }
    future_destroy(&self->signalled);
    future_destroy(&self->readable);
    loop_free(self->loop);
    for (int i = 0; i < 2; i++)
        if (self->ends[i] >= 0)
            close(self->ends[i]);
    stack_cache_drain();
    return err;
}

static int scenario(const char *selector)
{
    struct scenario self;
    scenario_init(&self);
    int err = scenario_start(&self, selector);
    if (!err)
        err = scenario_run(&self);
    int stop_err = scenario_stop(&self);
    if (!err && !stop_err && self.items_done != ITEMS)
        return ERR_INVALID;
    return err ? err : stop_err;
}

static int open_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        count += fcntl(fd, F_GETFD) != -1;
    return count;
}

enum verdict { SOUND, NOTHING_FAILED, NOT_REPORTED, WRONG_ERROR, MEMORY_LOST, DESCRIPTORS_LOST };

/* Whether the outcome is the one to expect after `failed` was made to fail. */
static enum verdict judge_error(int err, const char *failed, enum failing_mode mode)
{
    if (!failed)
        return err ? WRONG_ERROR : NOTHING_FAILED;
    if (mode == INTERRUPT_WAITS)
        return err ? WRONG_ERROR : SOUND;
    if (err == 0)
        return failing_calls_spared() ? SOUND : NOT_REPORTED;
    return err < 0 && strcmp(error_kind(err), "unknown") != 0 ? SOUND : WRONG_ERROR;
}

static enum verdict run_with_failure(const char *selector, enum failing_mode mode, size_t nth)
{
    int descriptors = open_descriptors();
    long outstanding = failing_calls_outstanding();
    failing_calls_start(mode, nth);
    int err = scenario(selector);
    const char *failed = failing_calls_stop();
    enum verdict verdict = judge_error(err, failed, mode);
    if (failing_calls_outstanding() != outstanding)
        verdict = MEMORY_LOST;
    if (open_descriptors() != descriptors)
        verdict = DESCRIPTORS_LOST;
    if (verdict > NOTHING_FAILED)
        fprintf(stderr, "%s, call %zu (%s): error %s, verdict %d\n", selector, nth, failed ? failed : "none",
                error_kind(err), verdict);
    return verdict;
}

static enum verdict run_in_child(const char *selector, enum failing_mode mode, size_t nth)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit((int)run_with_failure(selector, mode, nth));
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status), "%s, call %zu: ended by signal %d", selector, nth, WTERMSIG(status));
    return (enum verdict)WEXITSTATUS(status);
}

static void fail_each_call(const char *selector, enum failing_mode mode)
{
    size_t nth = 1;
    enum verdict verdict;
    while ((verdict = run_in_child(selector, mode, nth)) == SOUND && nth < MOST_CALLS)
        nth++;
    ck_assert_int_eq(verdict, NOTHING_FAILED);
    ck_assert_uint_gt(nth, 1);
}

START_TEST(each_failure_is_reported_and_loses_nothing)
{
    fail_each_call(selector_names()[_i], FAIL_ANY);
}
END_TEST

START_TEST(interrupted_waits_go_on)
{
    fail_each_call(selector_names()[_i], INTERRUPT_WAITS);
}
END_TEST

int main(void)
{
    return RUN_ON_EACH_SELECTOR("failure", each_failure_is_reported_and_loses_nothing, interrupted_waits_go_on);
}
