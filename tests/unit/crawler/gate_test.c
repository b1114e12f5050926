#include "async/task.h"
#include "base/error.h"
#include "crawl/gate.h"
#include "unit/suite.h"

enum { VISITORS = 6 };

/* Tasks that go through a gate, each `rounds` times. */
struct crowd {
    struct gate gate;
    unsigned inside;
    unsigned most; /* inside at once, since the gate was narrowed */
    unsigned rounds;
    unsigned narrowed; /* by the first so many visits */
};

static int visit(void *argument)
{
    struct crowd *crowd = argument;
    for (unsigned i = 0; i < crowd->rounds; i++) {
        int err = gate_enter(&crowd->gate);
        crowd->inside++;
        if (!err)
            err = sleep_until(clock_after(MICROSECONDS(100)));
        if (!err && crowd->narrowed && gate_narrow(&crowd->gate)) {
            crowd->narrowed--;
            crowd->most = 0;
        }
        if (crowd->inside > crowd->most)
            crowd->most = crowd->inside;
        crowd->inside--;
        gate_leave(&crowd->gate);
        if (err)
            return err;
    }
    return 0;
}

struct outing {
    struct crowd crowd;
    struct loop *loop;
    struct task *tasks[VISITORS];
    bool is_cancelled;
};

static int go(void *argument)
{
    struct outing *outing = argument;
    for (int i = 0; i < VISITORS; i++)
        ck_assert_int_eq(task_create(&outing->tasks[i], outing->loop, "visitor", visit, &outing->crowd), 0);
    if (outing->is_cancelled)
        sleep_until(clock_after(MILLISECONDS(1)));
    for (int i = 0; i < VISITORS && outing->is_cancelled; i++)
        task_cancel(outing->tasks[i]);
    for (int i = 0; i < VISITORS; i++) {
        int err = await(task_future(outing->tasks[i]), NULL);
        ck_assert_int_eq(err, outing->is_cancelled ? ERR_CANCELLED : 0);
        task_free(outing->tasks[i]);
    }
    return 0;
}

static void outing_run(struct outing *outing)
{
    struct task *task;
    ck_assert_int_eq(loop_create(&outing->loop, NULL), 0);
    gate_init(&outing->crowd.gate, outing->loop);
    ck_assert_int_eq(task_create(&task, outing->loop, "main", go, outing), 0);
    ck_assert_int_eq(loop_run_until_complete(outing->loop, task_future(task)), 0);
    task_free(task);
    loop_free(outing->loop);
    ck_assert_uint_eq(outing->crowd.inside, 0);
    ck_assert_uint_eq(outing->crowd.gate.inside, 0);
    ck_assert(list_is_empty(&outing->crowd.gate.waiting));
}

START_TEST(an_open_gate_holds_nobody_back)
{
    struct outing outing = {.crowd = {.rounds = 3}};
    outing_run(&outing);
    ck_assert_uint_eq(outing.crowd.most, VISITORS);
    ck_assert(!gate_is_narrow(&outing.crowd.gate));
}
END_TEST

START_TEST(a_narrow_gate_lets_fewer_in)
{
    struct outing outing = {.crowd = {.rounds = 20, .narrowed = 2}};
    outing_run(&outing);
    ck_assert(gate_is_narrow(&outing.crowd.gate));
    ck_assert_uint_le(outing.crowd.most, VISITORS - 1);
    ck_assert_uint_ge(outing.crowd.most, 1);
}
END_TEST

START_TEST(it_never_closes)
{
    struct outing outing = {.crowd = {.rounds = 20, .narrowed = 1000}};
    outing_run(&outing);
    ck_assert_uint_eq(outing.crowd.gate.limit, 1);
}
END_TEST

START_TEST(who_waits_can_be_cancelled)
{
    struct outing outing = {.crowd = {.rounds = 1000000, .narrowed = 4}, .is_cancelled = true};
    outing_run(&outing);
}
END_TEST

START_TEST(alone_there_is_nothing_to_lower)
{
    struct gate gate;
    gate_init(&gate, NULL);
    ck_assert_int_eq(gate_enter(&gate), 0);
    ck_assert(!gate_narrow(&gate));
    ck_assert(!gate_is_narrow(&gate));
    gate_leave(&gate);
}
END_TEST

int main(void)
{
    return RUN_TESTS("gate", an_open_gate_holds_nobody_back, a_narrow_gate_lets_fewer_in, it_never_closes,
                     who_waits_can_be_cancelled, alone_there_is_nothing_to_lower);
}
