#include "async/queue.h"

#include <signal.h>
#include <sys/wait.h>

#include "async/task.h"
#include "unit/async/fixture.h"

enum { WORKERS = 4, ITEMS = 5000 };

struct item {
    struct list_node node;
    char letter;
};

/* A task at one end of a queue. */
struct worker {
    struct queue *queue;
    struct task *task;
    struct list_node *item;
    char letter;
    int outcome;
    int items;
};

static struct worker start(struct queue *queue, char letter)
{
    return (struct worker){.queue = queue, .letter = letter};
}

static void start_task(struct worker *worker, task_body body)
{
    ck_assert_int_eq(task_create(&worker->task, worker->queue->loop, "worker", body, worker), 0);
}

static void items_init(struct item *items, int count)
{
    for (int i = 0; i < count; i++) {
        items[i].letter = (char)('a' + i % 26);
        list_node_init(&items[i].node);
    }
}

/* A loop with a queue, and items for it. */
static struct loop *open_queue(int selector, struct queue *queue, struct item *items, int count)
{
    struct loop *loop = open_loop(selector);
    queue_init(queue, loop);
    items_init(items, count);
    return loop;
}

static char letter_of(struct list_node *node)
{
    return container_of(node, struct item, node)->letter;
}

static int get_one(void *argument)
{
    struct worker *self = argument;
    self->outcome = queue_get(self->queue, &self->item);
    trace_add(self->letter);
    if (!self->outcome)
        trace_add(letter_of(self->item));
    return self->outcome;
}

static int join(void *argument)
{
    struct worker *self = argument;
    self->outcome = queue_join(self->queue);
    trace_add(self->letter);
    return self->outcome;
}

START_TEST(items_come_out_in_their_order)
{
    struct queue queue;
    struct item items[2];
    struct loop *loop = open_queue(_i, &queue, items, 2);
    queue_put(&queue, &items[0].node);
    queue_put(&queue, &items[1].node);
    ck_assert_uint_eq(queue.length, 2);
    struct worker one = start(&queue, '1'), two = start(&queue, '2');
    start_task(&one, get_one);
    start_task(&two, get_one);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "1a2b");
    ck_assert_uint_eq(queue.length, 0);
    ck_assert_uint_eq(queue.unfinished, 2);
    task_free(one.task);
    task_free(two.task);
    loop_free(loop);
}
END_TEST

START_TEST(getters_are_served_in_their_order)
{
    struct queue queue;
    struct item items[3];
    struct loop *loop = open_queue(_i, &queue, items, 3);
    struct worker one = start(&queue, '1'), two = start(&queue, '2'), late = start(&queue, '3');
    start_task(&one, get_one);
    start_task(&two, get_one);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "");
    queue_put(&queue, &items[0].node);
    queue_put(&queue, &items[1].node);
    ck_assert_uint_eq(queue.length, 0);
    start_task(&late, get_one);
    queue_put(&queue, &items[2].node);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "1a2b3c");
    task_free(one.task);
    task_free(two.task);
    task_free(late.task);
    loop_free(loop);
}
END_TEST

START_TEST(getter_cancelled_while_waiting_loses_its_place)
{
    struct queue queue;
    struct item items[1];
    struct loop *loop = open_queue(_i, &queue, items, 1);
    struct worker one = start(&queue, '1'), two = start(&queue, '2');
    start_task(&one, get_one);
    start_task(&two, get_one);
    run_dry(loop);
    task_cancel(one.task);
    run_dry(loop);
    queue_put(&queue, &items[0].node);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "12a");
    ck_assert_int_eq(one.outcome, ERR_CANCELLED);
    task_free(one.task);
    task_free(two.task);
    loop_free(loop);
}
END_TEST

START_TEST(item_of_a_cancelled_getter_goes_to_the_next)
{
    struct queue queue;
    struct item items[1];
    struct loop *loop = open_queue(_i, &queue, items, 1);
    struct worker workers[3];
    for (int i = 0; i < 3; i++) {
        workers[i] = start(&queue, (char)('1' + i));
        start_task(&workers[i], get_one);
    }
    run_dry(loop);
    queue_put(&queue, &items[0].node); /* handed to 1, and by it to 2, and by it to 3 */
    task_cancel(workers[0].task);
    task_cancel(workers[1].task);
    run_dry(loop);
    ck_assert_int_eq(workers[0].outcome, ERR_CANCELLED);
    ck_assert_int_eq(workers[1].outcome, ERR_CANCELLED);
    ck_assert_ptr_eq(workers[2].item, &items[0].node);
    ck_assert_uint_eq(queue.unfinished, 1);
    for (int i = 0; i < 3; i++)
        task_free(workers[i].task);
    loop_free(loop);
}
END_TEST

START_TEST(item_of_the_last_cancelled_getter_stays_first)
{
    struct queue queue;
    struct item items[2];
    struct loop *loop = open_queue(_i, &queue, items, 2);
    struct worker one = start(&queue, '1'), two = start(&queue, '2'), three = start(&queue, '3');
    start_task(&one, get_one);
    run_dry(loop);
    queue_put(&queue, &items[0].node);
    queue_put(&queue, &items[1].node);
    ck_assert_uint_eq(queue.length, 1);
    task_cancel(one.task);
    run_dry(loop);
    ck_assert_uint_eq(queue.length, 2);
    ck_assert_uint_eq(queue.unfinished, 2);
    start_task(&two, get_one);
    start_task(&three, get_one);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "12a3b");
    task_free(one.task);
    task_free(two.task);
    task_free(three.task);
    loop_free(loop);
}
END_TEST

START_TEST(cancelled_task_gets_nothing)
{
    struct queue queue;
    struct item items[1];
    struct loop *loop = open_queue(_i, &queue, items, 1);
    queue_put(&queue, &items[0].node);
    struct worker getter = start(&queue, '1'), joiner = start(&queue, '2');
    start_task(&getter, get_one);
    start_task(&joiner, join);
    task_cancel(getter.task);
    task_cancel(joiner.task);
    run_dry(loop);
    ck_assert_int_eq(getter.outcome, ERR_CANCELLED);
    ck_assert_int_eq(joiner.outcome, ERR_CANCELLED);
    ck_assert_uint_eq(queue.length, 1);
    task_free(getter.task);
    task_free(joiner.task);
    loop_free(loop);
}
END_TEST

START_TEST(join_waits_for_the_last_item)
{
    struct queue queue;
    struct item items[2];
    struct loop *loop = open_queue(_i, &queue, items, 2);
    queue_put(&queue, &items[0].node);
    queue_put(&queue, &items[1].node);
    struct worker joiners[3];
    for (int i = 0; i < 3; i++) {
        joiners[i] = start(&queue, (char)('1' + i));
        start_task(&joiners[i], join);
    }
    run_dry(loop);
    queue_task_done(&queue);
    task_cancel(joiners[1].task);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "2");
    queue_task_done(&queue);
    run_dry(loop);
    ck_assert_str_eq(trace.text, "213");
    ck_assert_int_eq(joiners[0].outcome, 0);
    ck_assert_int_eq(joiners[1].outcome, ERR_CANCELLED);
    ck_assert_int_eq(joiners[2].outcome, 0);
    for (int i = 0; i < 3; i++)
        task_free(joiners[i].task);
    loop_free(loop);
}
END_TEST

START_TEST(join_of_a_queue_without_work_returns_at_once)
{
    struct loop *loop = open_loop(_i);
    struct queue queue;
    queue_init(&queue, loop);
    struct worker joiner = start(&queue, '1');
    start_task(&joiner, join);
    run_briefly(loop);
    ck_assert_str_eq(trace.text, "1");
    task_free(joiner.task);
    loop_free(loop);
}
END_TEST

START_TEST(reporting_too_much_is_a_bug)
{
    struct queue queue;
    queue_init(&queue, NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(STDERR_FILENO);
        queue_task_done(&queue);
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}
END_TEST

static int work(void *argument)
{
    struct worker *self = argument;
    struct list_node *item;
    while (!queue_get(self->queue, &item)) {
        self->items++;
        ck_assert_int_eq(sleep_until(0), 0);
        queue_task_done(self->queue);
    }
    return ERR_CANCELLED;
}

/* The chapter's pool: workers that get, work and report for ever, until all is done and they are cancelled. */
START_TEST(pool_of_workers_does_all_items_once)
{
    struct loop *loop = open_loop(_i);
    struct queue queue;
    queue_init(&queue, loop);
    struct item *items = calloc(ITEMS, sizeof *items);
    ck_assert_ptr_nonnull(items);
    items_init(items, ITEMS);
    struct worker workers[WORKERS], joiner = start(&queue, 'j');
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = start(&queue, (char)('1' + i));
        start_task(&workers[i], work);
    }
    for (int i = 0; i < ITEMS; i++)
        queue_put(&queue, &items[i].node);
    start_task(&joiner, join);
    ck_assert_int_eq(loop_run_until_complete(loop, task_future(joiner.task)), 0);
    int done = 0;
    for (int i = 0; i < WORKERS; i++) {
        ck_assert_int_eq(workers[i].items, ITEMS / WORKERS);
        done += workers[i].items;
        task_cancel(workers[i].task);
    }
    ck_assert_int_eq(done, ITEMS);
    run_dry(loop);
    for (int i = 0; i < WORKERS; i++)
        task_free(workers[i].task);
    task_free(joiner.task);
    free(items);
    loop_free(loop);
}
END_TEST

int main(void)
{
    return RUN_ON_EACH_SELECTOR(
        "queue", items_come_out_in_their_order, getters_are_served_in_their_order,
        getter_cancelled_while_waiting_loses_its_place, item_of_a_cancelled_getter_goes_to_the_next,
        item_of_the_last_cancelled_getter_stays_first, cancelled_task_gets_nothing, join_waits_for_the_last_item,
        join_of_a_queue_without_work_returns_at_once, reporting_too_much_is_a_bug, pool_of_workers_does_all_items_once);
}
