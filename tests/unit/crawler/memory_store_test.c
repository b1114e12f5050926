/* The promises of store.h, kept by the store in memory. */
#include "store/memory_store.h"

#include <stdio.h>

#include "unit/suite.h"

static const struct fetch_statistic RECORD = {.status = 200};
static struct store *store;

static uint64_t fingerprint_of(uint64_t number)
{
    return 2 * number; /* the lowest bit is none of its own */
}

static struct store_url url_at(const char *text, enum store_wish wish, uint64_t number)
{
    return (struct store_url){
        .text = slice_of(text), .origin_length = 8, .wish = wish, .fingerprint = fingerprint_of(number)};
}

static void check_stats(uint64_t known, uint64_t pending, uint64_t claimed)
{
    struct store_stats stats;
    store_stats(store, &stats);
    ck_assert_uint_eq(stats.known, known);
    ck_assert_uint_eq(stats.pending, pending);
    ck_assert_uint_eq(stats.claimed, claimed);
    ck_assert_int_eq(store_finished(store), !pending && !claimed);
}

static void claim_url(struct claim *claim, const char *wanted)
{
    ck_assert_int_eq(store_claim(store, 0, claim), 1);
    ck_assert_str_eq(buf_text(&claim->url), wanted);
}

static void end(struct claim *claim, const struct fetch_statistic *stat)
{
    enum store_outcome outcome = stat ? STORE_FETCHED : STORE_GIVEN_UP;
    ck_assert_int_eq(
        store_done_batch(store, &(struct store_record){.claim = claim, .outcome = outcome, .stat = stat}, 1), 0);
}

START_TEST(wishes_are_heeded)
{
    struct store_url urls[] = {
        url_at("http://a/1", STORE_ENQUEUE, 1), url_at("http://a/2", STORE_REMEMBER, 2),
        url_at("http://a/1", STORE_ENQUEUE, 1), url_at("http://a/2", STORE_ENQUEUE, 2),
        url_at("http://a/2", STORE_RELEASE, 2),
    };
    const bool is_new[] = {true, true, false, false, false};
    struct store_source source = {.page = SLICE("http://b/"), .depth = 3, .redirects = 4};
    struct claim claim;
    claim_init(&claim);
    ck_assert_int_eq(memory_store_create(&store, 0, 0, NULL), 0);
    ck_assert_int_eq(store_claim(store, 0, &claim), 0);
    ck_assert_int_eq(store_enqueue_batch(store, urls, 5, &source), 0);
    store_source_free(&source);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(urls[i].is_new, is_new[i]);
    check_stats(2, 2, 0);
    claim_url(&claim, "http://a/1");
    check_stats(2, 1, 1);
    ck_assert(slice_equal(referrer_text(claim.referrer), SLICE("http://b/")));
    ck_assert_uint_eq(claim.depth, 3);
    ck_assert_uint_eq(claim.redirects, 4);
    end(&claim, &RECORD);
    claim_url(&claim, "http://a/2");
    end(&claim, &RECORD);
    check_stats(2, 0, 0);
    claim_free(&claim);
    store_free(store);
}
END_TEST

static void check_standings(const enum store_standing *expected)
{
    struct store_question questions[4];
    for (uint64_t i = 0; i < 4; i++)
        questions[i].fingerprint = fingerprint_of(i + 1);
    store_look_up_batch(store, questions, 4);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(questions[i].standing, expected[i]);
}

START_TEST(refusals_are_remembered)
{
    struct store_url urls[] = {url_at("http://a/1", STORE_ENQUEUE, 1), url_at("http://a/2", STORE_REMEMBER, 2),
                               url_at("http://a/3", STORE_REMEMBER, 3)};
    urls[1].reason = REASON_HOST;
    urls[2].reason = REASON_DEPTH;
    struct store_source source = {0};
    ck_assert_int_eq(memory_store_create(&store, 0, 0, NULL), 0);
    check_standings((enum store_standing[]){STANDING_NEW, STANDING_NEW, STANDING_NEW, STANDING_NEW});
    ck_assert_int_eq(store_enqueue_batch(store, urls, 3, &source), 0);
    check_standings((enum store_standing[]){STANDING_KNOWN, STANDING_REFUSED, STANDING_KNOWN, STANDING_NEW});
    urls[2].wish = STORE_REFUSE;
    urls[2].reason = REASON_HOST_BUDGET;
    ck_assert_int_eq(store_enqueue_batch(store, &urls[2], 1, &source), 0);
    check_standings((enum store_standing[]){STANDING_KNOWN, STANDING_REFUSED, STANDING_REFUSED, STANDING_NEW});
    store_free(store);
}
END_TEST

START_TEST(no_referrer_without_need)
{
    struct store_url urls[] = {url_at("http://a/1", STORE_REMEMBER, 1), url_at("http://a/2", STORE_ENQUEUE, 2)};
    struct store_source source = {.page = SLICE("http://b/")};
    ck_assert_int_eq(memory_store_create(&store, 0, 0, NULL), 0);
    ck_assert_int_eq(store_enqueue_batch(store, urls, 1, &source), 0);
    ck_assert_ptr_null(source.referrer);
    ck_assert_int_eq(store_enqueue_batch(store, urls, 2, &source), 0);
    ck_assert_ptr_nonnull(source.referrer);
    store_source_free(&source);
    store_free(store);
}
END_TEST

/* A store whose only URL is claimed. */
static void open_claimed(struct claim *claim)
{
    struct store_url url = url_at("http://a/1", STORE_ENQUEUE, 1);
    struct store_source root = {0};
    claim_init(claim);
    ck_assert_int_eq(memory_store_create(&store, 0, 0, NULL), 0);
    ck_assert_int_eq(store_enqueue_batch(store, &url, 1, &root), 0);
    claim_url(claim, "http://a/1");
}

START_TEST(what_is_given_up_is_pending_and_not_handed_out_again)
{
    struct claim claim;
    open_claimed(&claim);
    ck_assert_ptr_null(claim.referrer);
    end(&claim, NULL);
    struct store_stats stats;
    store_stats(store, &stats);
    ck_assert_uint_eq(stats.pending, 1);
    ck_assert(store_finished(store));
    ck_assert_int_eq(store_claim(store, 0, &claim), 0);
    claim_free(&claim);
    store_free(store);
}
END_TEST

START_TEST(what_turned_out_unwanted_is_neither_pending_nor_claimed)
{
    struct claim claim;
    open_claimed(&claim);
    ck_assert_int_eq(store_done_batch(store, &(struct store_record){.claim = &claim, .outcome = STORE_FILTERED}, 1), 0);
    check_stats(1, 0, 0);
    claim_free(&claim);
    store_free(store);
}
END_TEST

/* A store with three URLs of a, of which one is claimed, and one of b. */
static void open_paced(struct claim *claim, uint32_t at_once)
{
    struct store_url urls[] = {url_at("http://a/1", STORE_ENQUEUE, 1), url_at("http://a/2", STORE_ENQUEUE, 2),
                               url_at("http://a/3", STORE_ENQUEUE, 3), url_at("http://b/1", STORE_ENQUEUE, 4)};
    struct store_source root = {0};
    claim_init(claim);
    ck_assert_int_eq(memory_store_create(&store, at_once, 0, NULL), 0);
    ck_assert_int_eq(store_enqueue_batch(store, urls, 4, &root), 0);
    claim_url(claim, "http://a/1");
    ck_assert_uint_eq(claim->at_once, at_once);
}

START_TEST(an_origin_waits_for_its_time_alone)
{
    struct claim first, other, late;
    open_paced(&first, 0);
    claim_init(&other);
    claim_init(&late);
    ck_assert_int_eq(store_next_time(store), NEVER);
    store_set_pace(store, &first, &(struct store_pace){.not_before = 1000});
    ck_assert_int_eq(store_next_time(store), 1000);
    claim_url(&other, "http://b/1");
    ck_assert_int_eq(store_claim(store, 999, &late), 0);
    ck_assert(!store_finished(store));
    ck_assert_int_eq(store_claim(store, 1000, &late), 1);
    ck_assert_str_eq(buf_text(&late.url), "http://a/2");
    ck_assert_int_eq(store_next_time(store), NEVER); /* that moment is over */
    end(&first, &RECORD);
    end(&late, &RECORD);
    claim_url(&late, "http://a/3");
    end(&late, &RECORD);
    end(&other, &RECORD);
    claim_free(&first);
    claim_free(&other);
    claim_free(&late);
    store_free(store);
}
END_TEST

static void put_off(struct claim *claim, nanoseconds not_before)
{
    struct store_record record = {.claim = claim, .outcome = STORE_LATER, .not_before = not_before};
    claim->tries++;
    ck_assert_int_eq(store_done_batch(store, &record, 1), 0);
    ck_assert_ptr_null(claim->place);
}

START_TEST(a_url_put_off_comes_first_when_its_time_has_come)
{
    struct claim first, second;
    open_paced(&first, 0);
    claim_init(&second);
    put_off(&first, 500);
    check_stats(4, 4, 0);
    ck_assert_int_eq(store_next_time(store), 500);
    claim_url(&first, "http://b/1");
    claim_url(&second, "http://a/2");
    put_off(&second, 400);
    ck_assert_int_eq(store_next_time(store), 400);
    ck_assert_int_eq(store_claim(store, 500, &second), 1);
    ck_assert_str_eq(buf_text(&second.url), "http://a/1");
    ck_assert_uint_eq(second.tries, 1);
    put_off(&second, 0);
    claim_url(&second, "http://a/1");
    ck_assert_uint_eq(second.tries, 2);
    end(&second, &RECORD);
    claim_url(&second, "http://a/2");
    end(&second, &RECORD);
    claim_url(&second, "http://a/3");
    ck_assert_uint_eq(second.tries, 0);
    end(&second, &RECORD);
    end(&first, &RECORD);
    ck_assert(store_finished(store));
    check_stats(4, 0, 0);
    claim_free(&first);
    claim_free(&second);
    store_free(store);
}
END_TEST

START_TEST(a_url_put_off_keeps_where_it_was_found)
{
    struct store_url url = url_at("http://a/1", STORE_ENQUEUE, 1);
    struct store_source source = {.page = SLICE("http://b/"), .depth = 3, .redirects = 4};
    struct claim claim;
    claim_init(&claim);
    ck_assert_int_eq(memory_store_create(&store, 0, 0, NULL), 0);
    ck_assert_int_eq(store_enqueue_batch(store, &url, 1, &source), 0);
    store_source_free(&source);
    claim_url(&claim, "http://a/1");
    put_off(&claim, 10);
    ck_assert(!store_finished(store));
    ck_assert_int_eq(store_claim(store, 9, &claim), 0);
    ck_assert_int_eq(store_claim(store, 10, &claim), 1);
    ck_assert(slice_equal(referrer_text(claim.referrer), SLICE("http://b/")));
    ck_assert_uint_eq(claim.depth, 3);
    ck_assert_uint_eq(claim.redirects, 4);
    put_off(&claim, 20); /* and the store goes before its time */
    claim_free(&claim);
    store_free(store);
}
END_TEST

START_TEST(an_origin_has_its_own_share)
{
    struct claim claims[3], other;
    open_paced(&claims[0], 1);
    claim_init(&claims[1]);
    claim_init(&claims[2]);
    claim_init(&other);
    claim_url(&other, "http://b/1");
    ck_assert_int_eq(store_claim(store, 0, &claims[1]), 0);
    store_set_pace(store, &claims[0], &(struct store_pace){.at_once = 2});
    claim_url(&claims[1], "http://a/2");
    ck_assert_uint_eq(claims[1].at_once, 2);
    ck_assert_int_eq(store_claim(store, 0, &claims[2]), 0);
    store_set_pace(store, &claims[1], &(struct store_pace){.at_once = 0});
    claim_url(&claims[2], "http://a/3");
    for (int i = 0; i < 3; i++) {
        end(&claims[i], &RECORD);
        claim_free(&claims[i]);
    }
    end(&other, &RECORD);
    claim_free(&other);
    check_stats(4, 0, 0);
    store_free(store);
}
END_TEST

/* Claims and URLs that wait for their next try keep their number. */
START_TEST(urls_are_numbered_as_they_become_known)
{
    struct store_url urls[] = {url_at("http://a/1", STORE_REMEMBER, 1), url_at("http://a/2", STORE_ENQUEUE, 2),
                               url_at("http://a/2", STORE_ENQUEUE, 2), url_at("http://a/3", STORE_ENQUEUE, 3)};
    struct store_source root = {0};
    struct claim claim;
    claim_init(&claim);
    ck_assert_int_eq(memory_store_create(&store, 0, 0, NULL), 0);
    ck_assert_int_eq(store_enqueue_batch(store, urls, 4, &root), 0);
    ck_assert_uint_eq(urls[0].id, 1);
    ck_assert_uint_eq(urls[1].id, 2);
    ck_assert_uint_eq(urls[3].id, 3);
    claim_url(&claim, "http://a/2");
    ck_assert_uint_eq(claim.id, 2);
    ck_assert_int_eq(
        store_done_batch(store, &(struct store_record){.claim = &claim, .outcome = STORE_LATER, .not_before = 0}, 1),
        0);
    claim_url(&claim, "http://a/2");
    ck_assert_uint_eq(claim.id, 2);
    end(&claim, &RECORD);
    struct store_url release = {.text = SLICE("http://a/1"), .origin_length = 8, .wish = STORE_RELEASE, .id = 1};
    ck_assert_int_eq(store_enqueue_batch(store, &release, 1, &root), 0);
    claim_url(&claim, "http://a/3");
    ck_assert_uint_eq(claim.id, 3);
    end(&claim, &RECORD);
    claim_url(&claim, "http://a/1");
    ck_assert_uint_eq(claim.id, 1);
    end(&claim, &RECORD);
    claim_free(&claim);
    store_free(store);
}
END_TEST

/* Two that were told apart by an earlier process may be one for this one. */
START_TEST(numbers_from_earlier_are_kept)
{
    struct store_url urls[] = {url_at("http://a/1", STORE_ENQUEUE, 1), url_at("http://a/2", STORE_ENQUEUE, 2),
                               url_at("http://a/3", STORE_ENQUEUE, 2), url_at("http://a/5", STORE_ENQUEUE, 5),
                               url_at("http://a/6", STORE_ENQUEUE, 6)};
    const uint64_t before[] = {1, 2, 3, 5, 0}, after[] = {1, 2, 3, 5, 6};
    struct store_source root = {0};
    ck_assert_int_eq(memory_store_create(&store, 0, 0, NULL), 0);
    for (int i = 0; i < 5; i++) {
        urls[i].id = before[i];
        ck_assert_int_eq(store_enqueue_batch(store, &urls[i], 1, &root), 0);
        ck_assert_uint_eq(urls[i].id, after[i]);
    }
    check_stats(4, 4, 0);
    store_free(store);
}
END_TEST

int main(void)
{
    return RUN_TESTS("memory_store", wishes_are_heeded, refusals_are_remembered, no_referrer_without_need,
                     what_is_given_up_is_pending_and_not_handed_out_again,
                     what_turned_out_unwanted_is_neither_pending_nor_claimed, an_origin_waits_for_its_time_alone,
                     an_origin_has_its_own_share, a_url_put_off_comes_first_when_its_time_has_come,
                     a_url_put_off_keeps_where_it_was_found, urls_are_numbered_as_they_become_known,
                     numbers_from_earlier_are_kept);
}
