#include "crawl/frontier.h"

#include <assert.h>
#include <stdlib.h>

#include "async/future.h"
#include "async/task.h"
#include "base/container.h"
#include "base/error.h"

struct frontier {
    struct loop *loop;
    struct store *store;
    struct list waiters;
    struct loop_timer alarm; /* rings when a URL's time has come */
    uint64_t max_pages;
    uint64_t handed_out;
    bool closed;
    bool may_have_more; /* several URLs may have come free at once: whoever got one wakes the next who waits */
};

/* A task that waits for a URL, on its own stack. */
struct waiter {
    struct list_node node;
    struct future woken;
};

static void on_alarm(void *context);

int frontier_create(struct frontier **out, struct loop *loop, struct store *store, uint64_t max_pages)
{
    struct frontier *frontier = calloc(1, sizeof *frontier);
    if (!frontier)
        return ERR_NO_MEMORY;
    frontier->loop = loop;
    frontier->store = store;
    frontier->max_pages = max_pages;
    list_init(&frontier->waiters);
    loop_timer_init(&frontier->alarm, on_alarm, frontier);
    *out = frontier;
    return 0;
}

void frontier_free(struct frontier *frontier)
{
    if (!frontier)
        return;
    assert(list_is_empty(&frontier->waiters));
    loop_timer_cancel(frontier->loop, &frontier->alarm);
    free(frontier);
}

static bool may_claim(const struct frontier *frontier)
{
    return !frontier->closed && (!frontier->max_pages || frontier->handed_out < frontier->max_pages);
}

static bool is_over(const struct frontier *frontier)
{
    struct store_stats stats;
    if (frontier->closed || store_finished(frontier->store))
        return true;
    store_stats(frontier->store, &stats);
    return stats.claimed == 0 && !may_claim(frontier);
}

static void wake_one(struct frontier *frontier)
{
    struct list_node *node = list_pop(&frontier->waiters);
    if (node)
        future_set_result(&container_of(node, struct waiter, node)->woken, NULL);
}

static void wake_all(struct frontier *frontier)
{
    while (!list_is_empty(&frontier->waiters))
        wake_one(frontier);
}

/* Rings when the first URL's time comes, if anybody waits. */
static void set_alarm(struct frontier *frontier)
{
    nanoseconds next =
        list_is_empty(&frontier->waiters) || !may_claim(frontier) ? NEVER : store_next_time(frontier->store);
    if (next == NEVER)
        loop_timer_cancel(frontier->loop, &frontier->alarm);
    else
        loop_call_at(frontier->loop, &frontier->alarm, next);
}

/* Several URLs may have come free. */
static void wake_some(struct frontier *frontier)
{
    frontier->may_have_more = true;
    wake_one(frontier);
}

static void on_alarm(void *context)
{
    wake_some(context);
}

int frontier_add(struct frontier *frontier, struct store_url *urls, size_t count, struct store_source *source)
{
    int err = store_enqueue_batch(frontier->store, urls, count, source);
    for (size_t i = 0; i < count && !err && !list_is_empty(&frontier->waiters); i++)
        if (urls[i].wish == STORE_RELEASE || (urls[i].wish == STORE_ENQUEUE && urls[i].is_new))
            wake_one(frontier);
    return err;
}

void frontier_look_up(const struct frontier *frontier, struct store_question *questions, size_t count)
{
    store_look_up_batch(frontier->store, questions, count);
}

static int wait_for_change(struct frontier *frontier)
{
    struct waiter waiter;
    list_node_init(&waiter.node);
    future_init(&waiter.woken, frontier->loop, "frontier");
    list_append(&frontier->waiters, &waiter.node);
    set_alarm(frontier);
    int err = await(&waiter.woken, NULL);
    /* Whoever was cancelled just when it was woken passes the news on. */
    if (err && future_is_complete(&waiter.woken) && may_claim(frontier))
        wake_one(frontier);
    list_remove(&waiter.node);
    future_destroy(&waiter.woken);
    return err;
}

static void note_claim(struct frontier *frontier)
{
    frontier->handed_out++;
    if (frontier->may_have_more)
        wake_one(frontier);
    set_alarm(frontier);
}

int frontier_next(struct frontier *frontier, struct claim *claim)
{
    for (;;) {
        int got = may_claim(frontier) ? store_claim(frontier->store, clock_now(), claim) : 0;
        if (got < 0)
            return got;
        if (got) {
            note_claim(frontier);
            return 0;
        }
        frontier->may_have_more = false;
        if (is_over(frontier))
            return ERR_FINISHED;
        int err = wait_for_change(frontier);
        if (err)
            return err;
    }
}

static int end_claim(struct frontier *frontier, const struct store_record *record)
{
    int err = store_done_batch(frontier->store, record, 1);
    frontier->handed_out -= record->outcome == STORE_FILTERED || record->outcome == STORE_LATER;
    if (list_is_empty(&frontier->waiters))
        return err;
    if (is_over(frontier)) {
        wake_all(frontier);
    } else if (may_claim(frontier)) {
        wake_one(frontier);
        set_alarm(frontier);
    }
    return err;
}

int frontier_done(struct frontier *frontier, struct claim *claim, enum store_outcome outcome,
                  const struct fetch_statistic *stat)
{
    return end_claim(frontier, &(struct store_record){.claim = claim, .outcome = outcome, .stat = stat});
}

int frontier_filtered(struct frontier *frontier, struct claim *claim, enum reason reason)
{
    return end_claim(frontier, &(struct store_record){.claim = claim, .outcome = STORE_FILTERED, .reason = reason});
}

int frontier_later(struct frontier *frontier, struct claim *claim, nanoseconds not_before)
{
    return end_claim(frontier,
                     &(struct store_record){.claim = claim, .outcome = STORE_LATER, .not_before = not_before});
}

void frontier_set_pace(struct frontier *frontier, const struct claim *claim, const struct store_pace *pace)
{
    store_set_pace(frontier->store, claim, pace);
    frontier_wake(frontier);
}

void frontier_wake(struct frontier *frontier)
{
    if (may_claim(frontier))
        wake_some(frontier);
}

void frontier_close(struct frontier *frontier)
{
    frontier->closed = true;
    wake_all(frontier);
}

int frontier_tell_left(struct frontier *frontier, frontier_left left, void *context)
{
    struct claim claim;
    claim_init(&claim);
    int err = 0, got = 0;
    while (!err && (got = store_claim(frontier->store, NEVER, &claim)) > 0) {
        err = left(context, buf_slice(&claim.url), referrer_text(claim.referrer));
        int done_err =
            store_done_batch(frontier->store, &(struct store_record){.claim = &claim, .outcome = STORE_GIVEN_UP}, 1);
        err = err ? err : done_err;
    }
    claim_free(&claim);
    return got < 0 ? got : err;
}

bool frontier_hit_limit(const struct frontier *frontier)
{
    struct store_stats stats;
    store_stats(frontier->store, &stats);
    return frontier->max_pages && frontier->handed_out >= frontier->max_pages && stats.pending;
}
