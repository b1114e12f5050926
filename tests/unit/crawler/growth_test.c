#include "async/future.h"
#include "crawl/growth.h"
#include "unit/suite.h"

struct pool {
    struct growth growth;
    struct future done;
    struct loop_callback busy;
    struct loop *loop;
    bool is_wanted;
    int asked;
    int grown;
    int turns, turns_before; /* of the loop's other callback */
};

enum { ENOUGH = 5 };

static bool is_wanted(void *context)
{
    struct pool *pool = context;
    if (++pool->asked == ENOUGH && !pool->is_wanted)
        future_set_result(&pool->done, NULL);
    return pool->is_wanted;
}

static bool grow(void *context)
{
    struct pool *pool = context;
    if (++pool->grown < ENOUGH)
        return false;
    growth_stop(&pool->growth);
    future_set_result(&pool->done, NULL);
    return false;
}

/* Runs the pool until `done`; `busy` is scheduled at once if the loop is to be busy from the start. */
static void pool_run(struct pool *pool, bool (*wanted)(void *context), bool (*growing)(void *context),
                     void (*busy)(void *context), bool busy_at_once)
{
    ck_assert_int_eq(loop_create(&pool->loop, NULL), 0);
    future_init(&pool->done, pool->loop, "pool");
    loop_callback_init(&pool->busy, busy, pool);
    if (busy_at_once)
        loop_call_soon(pool->loop, &pool->busy);
    growth_start(&pool->growth, pool->loop, wanted, growing, pool);
    ck_assert_int_eq(loop_run_until_complete(pool->loop, &pool->done), 0);
    growth_stop(&pool->growth);
    loop_callback_cancel(&pool->busy);
    future_destroy(&pool->done);
    loop_free(pool->loop);
}

START_TEST(an_idle_loop_grows)
{
    struct pool pool = {.is_wanted = true};
    pool_run(&pool, is_wanted, grow, NULL, false);
    ck_assert_int_eq(pool.grown, ENOUGH);
}
END_TEST

START_TEST(what_is_not_wanted_does_not_grow)
{
    struct pool pool = {.is_wanted = false};
    pool_run(&pool, is_wanted, grow, NULL, false);
    ck_assert_int_eq(pool.grown, 0);
}
END_TEST

/* Keeps the loop from ever waiting. */
static void keep_busy(void *context)
{
    struct pool *pool = context;
    loop_call_soon(pool->loop, &pool->busy);
}

static bool is_wanted_by_busy(void *context)
{
    struct pool *pool = context;
    if (++pool->asked == ENOUGH)
        future_set_result(&pool->done, NULL);
    return true;
}

START_TEST(a_busy_loop_does_not_grow)
{
    struct pool pool = {.grown = 0};
    pool_run(&pool, is_wanted_by_busy, grow, keep_busy, true);
    ck_assert_int_eq(pool.grown, 0);
}
END_TEST

static bool is_wanted_once(void *context)
{
    struct pool *pool = context;
    return ++pool->asked == 1;
}

/* From then on the loop is busy. Between two calls the others had their turn. */
static bool grow_by_one_step(void *context)
{
    struct pool *pool = context;
    ck_assert(!pool->grown || pool->turns > pool->turns_before);
    pool->turns_before = pool->turns;
    if (!pool->grown)
        loop_call_soon(pool->loop, &pool->busy);
    if (++pool->grown == ENOUGH)
        future_set_result(&pool->done, NULL);
    return pool->grown < ENOUGH;
}

static void count_turn(void *context)
{
    struct pool *pool = context;
    pool->turns++;
    keep_busy(context);
}

START_TEST(what_has_begun_goes_on_pass_by_pass)
{
    struct pool pool = {.grown = 0};
    pool_run(&pool, is_wanted_once, grow_by_one_step, count_turn, false);
    ck_assert_int_eq(pool.grown, ENOUGH);
    ck_assert_int_eq(pool.asked, 1);
}
END_TEST

int main(void)
{
    return RUN_TESTS("growth", an_idle_loop_grows, what_is_not_wanted_does_not_grow, a_busy_loop_does_not_grow,
                     what_has_begun_goes_on_pass_by_pass);
}
