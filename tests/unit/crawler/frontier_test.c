/* The frontier over a store in memory: turns of the origins, limits, and its end. */
#include "crawl/frontier.h"

#include <stdio.h>
#include <string.h>

#include "async/task.h"
#include "base/error.h"
#include "store/memory_store.h"
#include "unit/suite.h"

enum { MANY = 5000 };

static struct loop *loop;
static const struct fetch_statistic RECORD = {.status = 200};
static struct store *store;
static struct frontier *frontier;

static void open_frontier(uint32_t per_host, uint64_t max_pages)
{
    ck_assert_int_eq(loop_create(&loop, NULL), 0);
    ck_assert_int_eq(memory_store_create(&store, per_host, 0, NULL), 0);
    ck_assert_int_eq(frontier_create(&frontier, loop, store, max_pages), 0);
}

static void close_frontier(void)
{
    frontier_free(frontier);
    store_free(store);
    loop_free(loop);
}

/* Adds a URL that is taken for a new one. */
static void add_from(const char *origin, const char *rest, struct store_source *source)
{
    static uint64_t last;
    last += 2;
    char text[1024];
    snprintf(text, sizeof text, "%s%s", origin, rest);
    struct store_url url = {.text = slice_of(text), .origin_length = (uint32_t)strlen(origin), .fingerprint = last};
    ck_assert_int_eq(frontier_add(frontier, &url, 1, source), 0);
    ck_assert(url.is_new);
}

static void add(const char *origin, const char *rest)
{
    struct store_source root = {0};
    add_from(origin, rest, &root);
}

static struct store_stats stats(void)
{
    struct store_stats stats;
    store_stats(store, &stats);
    return stats;
}

static void run_task(task_body body)
{
    struct task *task;
    ck_assert_int_eq(task_create(&task, loop, "test", body, NULL), 0);
    ck_assert_int_eq(loop_run_until_complete(loop, task_future(task)), 0);
    ck_assert_int_eq(future_result(task_future(task), NULL), 0);
    task_free(task);
}

static void take(struct claim *claim, const char *url)
{
    claim_init(claim);
    ck_assert_int_eq(frontier_next(frontier, claim), 0);
    ck_assert_str_eq(buf_text(&claim->url), url);
}

static void give_back(struct claim *claim)
{
    frontier_done(frontier, claim, STORE_FETCHED, &RECORD);
    claim_free(claim);
}

static void expect_end(void)
{
    struct claim none;
    claim_init(&none);
    ck_assert_int_eq(frontier_next(frontier, &none), ERR_FINISHED);
    claim_free(&none);
}

static int take_turns(void *argument)
{
    struct claim claims[5];
    (void)argument;
    take(&claims[0], "http://a/1");
    take(&claims[1], "http://b/1");
    take(&claims[2], "http://a/2");
    /* b has had one claim fewer since this one is done: its turn comes first. */
    give_back(&claims[1]);
    take(&claims[3], "http://b/2");
    take(&claims[4], "http://a/3");
    ck_assert_uint_eq(stats().claimed, 4);
    ck_assert_uint_eq(stats().pending, 0);
    give_back(&claims[0]);
    give_back(&claims[2]);
    give_back(&claims[3]);
    give_back(&claims[4]);
    expect_end();
    return 0;
}

START_TEST(origins_take_turns_by_their_share)
{
    open_frontier(0, 0);
    add("http://a", "/1");
    add("http://a", "/2");
    add("http://a", "/3");
    add("http://b", "/1");
    add("http://b", "/2");
    run_task(take_turns);
    close_frontier();
}
END_TEST

static int take_all_in_order(void *argument)
{
    (void)argument;
    for (int i = 0; i < MANY; i++) {
        char url[600];
        struct claim claim;
        snprintf(url, sizeof url, "http://a/%0*d", i % 500 + 1, i);
        take(&claim, url);
        ck_assert_uint_eq(claim.depth, (unsigned)i);
        ck_assert_uint_eq(claim.redirects, (unsigned)i % 7);
        ck_assert_int_eq(slice_equal(referrer_text(claim.referrer), SLICE("http://referrer/")), 1);
        give_back(&claim);
    }
    return 0;
}

/* Entries of many sizes, across chunks. */
START_TEST(nothing_is_lost_or_swapped)
{
    open_frontier(0, 0);
    struct store_source source = {.page = SLICE("http://referrer/")};
    for (int i = 0; i < MANY; i++) {
        char rest[600];
        snprintf(rest, sizeof rest, "/%0*d", i % 500 + 1, i);
        source.depth = (uint32_t)i;
        source.redirects = (uint32_t)i % 7;
        add_from("http://a", rest, &source);
    }
    store_source_free(&source);
    run_task(take_all_in_order);
    close_frontier();
}
END_TEST

START_TEST(what_was_never_taken_is_freed)
{
    open_frontier(0, 0);
    struct store_source source = {.page = SLICE("http://referrer/")};
    for (int i = 0; i < 100; i++)
        add_from("http://a", "/x", &source);
    store_source_free(&source);
    close_frontier();
}
END_TEST

static int stop_at_the_limit(void *argument)
{
    struct claim claims[3];
    (void)argument;
    take(&claims[0], "http://a/1");
    take(&claims[1], "http://a/2");
    give_back(&claims[0]);
    ck_assert(frontier_hit_limit(frontier));
    give_back(&claims[1]);
    claim_init(&claims[2]);
    ck_assert_int_eq(frontier_next(frontier, &claims[2]), ERR_FINISHED);
    claim_free(&claims[2]);
    ck_assert_uint_eq(stats().pending, 1);
    return 0;
}

START_TEST(max_pages_ends_it)
{
    open_frontier(0, 2);
    add("http://a", "/1");
    add("http://a", "/2");
    add("http://a", "/3");
    run_task(stop_at_the_limit);
    close_frontier();
}
END_TEST

/* Tasks that wait for a URL: one gets the only URL, the other learns of the end when that is done. */
enum { WAITERS = 3 };
static struct claim waiting_claims[WAITERS];
static int waiting_results[WAITERS];

static int wait_for_url(void *argument)
{
    struct claim *claim = argument;
    claim_init(claim);
    int err = frontier_next(frontier, claim);
    waiting_results[claim - waiting_claims] = err;
    if (!err)
        frontier_done(frontier, claim, STORE_FETCHED, &RECORD);
    claim_free(claim);
    return 0;
}

static int add_late(void *argument)
{
    struct task *tasks[2];
    struct claim holder;
    (void)argument;
    add("http://a", "/first");
    take(&holder, "http://a/first");
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(task_create(&tasks[i], loop, "waiter", wait_for_url, &waiting_claims[i]), 0);
    ck_assert_int_eq(sleep_until(clock_after(0)), 0);
    add("http://a", "/second");
    give_back(&holder);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(await(task_future(tasks[i]), NULL), 0);
        task_free(tasks[i]);
    }
    ck_assert_int_eq(waiting_results[0], 0);
    ck_assert_int_eq(waiting_results[1], ERR_FINISHED);
    return 0;
}

START_TEST(those_who_wait_are_woken)
{
    open_frontier(0, 0);
    run_task(add_late);
    close_frontier();
}
END_TEST

static int close_while_waiting(void *argument)
{
    struct task *task;
    struct claim holder;
    (void)argument;
    add("http://a", "/first");
    take(&holder, "http://a/first");
    ck_assert_int_eq(task_create(&task, loop, "waiter", wait_for_url, &waiting_claims[0]), 0);
    ck_assert_int_eq(sleep_until(clock_after(0)), 0);
    add("http://b", "/never");
    frontier_close(frontier);
    ck_assert_int_eq(await(task_future(task), NULL), 0);
    ck_assert_int_eq(waiting_results[0], ERR_FINISHED);
    ck_assert_uint_eq(stats().pending, 1);
    task_free(task);
    give_back(&holder);
    return 0;
}

START_TEST(closing_it_sends_all_home)
{
    open_frontier(0, 0);
    run_task(close_while_waiting);
    close_frontier();
}
END_TEST

static int respect_the_share(void *argument)
{
    struct claim first, other, second;
    (void)argument;
    take(&first, "http://a/1");
    take(&other, "http://b/1");
    give_back(&first);
    take(&second, "http://a/2");
    give_back(&second);
    give_back(&other);
    return 0;
}

START_TEST(per_host_holds_back_one_origin_alone)
{
    open_frontier(1, 0);
    add("http://a", "/1");
    add("http://a", "/2");
    add("http://b", "/1");
    run_task(respect_the_share);
    close_frontier();
}
END_TEST

enum { LATE_ORIGINS = WAITERS };

static int wait_and_hold(void *argument)
{
    struct claim *claim = argument;
    claim_init(claim);
    waiting_results[claim - waiting_claims] = frontier_next(frontier, claim);
    return 0;
}

/* Of three origins one URL is held each, and the next is due at the same moment. */
static int wait_for_a_moment(void *argument)
{
    static const char *const origins[LATE_ORIGINS] = {"http://a", "http://b", "http://c"};
    struct claim holders[LATE_ORIGINS];
    struct task *tasks[LATE_ORIGINS];
    nanoseconds moment = clock_after(MILLISECONDS(20));
    (void)argument;
    for (int i = 0; i < LATE_ORIGINS; i++) {
        add(origins[i], "/held");
        claim_init(&holders[i]);
        ck_assert_int_eq(frontier_next(frontier, &holders[i]), 0);
        frontier_set_pace(frontier, &holders[i], &(struct store_pace){.not_before = moment});
        add(origins[i], "/late");
    }
    for (int i = 0; i < LATE_ORIGINS; i++)
        ck_assert_int_eq(task_create(&tasks[i], loop, "waiter", wait_and_hold, &waiting_claims[i]), 0);
    for (int i = 0; i < LATE_ORIGINS; i++) {
        ck_assert_int_eq(await(task_future(tasks[i]), NULL), 0);
        ck_assert_int_eq(waiting_results[i], 0);
        task_free(tasks[i]);
    }
    ck_assert(clock_now() >= moment);
    for (int i = 0; i < LATE_ORIGINS; i++) {
        give_back(&holders[i]);
        give_back(&waiting_claims[i]);
    }
    return 0;
}

START_TEST(a_moment_wakes_all_for_whom_it_came)
{
    open_frontier(0, 0);
    run_task(wait_for_a_moment);
    ck_assert_uint_eq(stats().pending, 0);
    close_frontier();
}
END_TEST

/* One URL is put off, the other turns out unwanted: neither counts. */
static int take_two_of_two(void *argument)
{
    struct claim late, unwanted;
    (void)argument;
    take(&late, "http://a/1");
    take(&unwanted, "http://a/2");
    late.tries = 1;
    ck_assert_int_eq(frontier_later(frontier, &late, clock_after(MILLISECONDS(5))), 0);
    ck_assert_int_eq(frontier_filtered(frontier, &unwanted, REASON_ROBOTS), 0);
    claim_free(&late);
    claim_free(&unwanted);
    take(&late, "http://a/1"); /* waits for its time */
    ck_assert_uint_eq(late.tries, 1);
    give_back(&late);
    add("http://a", "/3");
    take(&late, "http://a/3");
    give_back(&late);
    add("http://a", "/4");
    expect_end();
    return 0;
}

START_TEST(what_is_put_off_or_filtered_does_not_count)
{
    open_frontier(0, 2);
    add("http://a", "/1");
    add("http://a", "/2");
    run_task(take_two_of_two);
    ck_assert_uint_eq(stats().pending, 1);
    close_frontier();
}
END_TEST

static int take_all_that_is_left(void *argument)
{
    struct claim claim;
    (void)argument;
    take(&claim, "http://a/1");
    frontier_set_pace(frontier, &claim, &(struct store_pace){.at_once = 1, .not_before = NEVER - 1});
    give_back(&claim);
    return 0;
}

static int count_left(void *context, struct slice url, struct slice referrer)
{
    (void)referrer;
    ck_assert_uint_eq(url.length, strlen("http://a/1"));
    ++*(int *)context;
    return 0;
}

START_TEST(what_is_left_is_told_whatever_its_pace)
{
    int left = 0;
    open_frontier(0, 0);
    add("http://a", "/1");
    add("http://a", "/2");
    add("http://a", "/3");
    run_task(take_all_that_is_left);
    ck_assert_int_eq(frontier_tell_left(frontier, count_left, &left), 0);
    ck_assert_int_eq(left, 2);
    ck_assert_uint_eq(stats().pending, 2);
    close_frontier();
}
END_TEST

int main(void)
{
    return RUN_TESTS("frontier", origins_take_turns_by_their_share, nothing_is_lost_or_swapped,
                     what_was_never_taken_is_freed, max_pages_ends_it, those_who_wait_are_woken,
                     closing_it_sends_all_home, per_host_holds_back_one_origin_alone,
                     a_moment_wakes_all_for_whom_it_came, what_is_put_off_or_filtered_does_not_count,
                     what_is_left_is_told_whatever_its_pace);
}
