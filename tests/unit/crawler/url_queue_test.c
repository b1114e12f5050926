/* URLs beyond the budget of memory: the order is that of a twin without a limit, and what there should be of memory and
 * file is kept. */
#include "store/url_queue.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "store/memory_store.h"
#include "unit/suite.h"

enum { CLAIMS = 32, STEPS = 20000, ORIGINS = 12, CHUNK = 65536, HALF_MEGABYTE = 512 * 1024 };

static const struct fetch_statistic RECORD = {.status = 200};

/* --- two stores, which must answer the same ----------------------------------------------------------------------- */

static struct store *twins[2];
static struct claim claims[2][CLAIMS];
static nanoseconds now;
static uint64_t last_url;
static unsigned seed;

static unsigned pick(unsigned count)
{
    seed = seed * 1103515245 + 12345;
    return (seed >> 8) % count;
}

static void open_twins(unsigned first_seed, uint64_t budget, uint32_t at_once)
{
    seed = first_seed;
    now = 1;
    ck_assert_int_eq(memory_store_create(&twins[0], at_once, 0, NULL), 0);
    ck_assert_int_eq(memory_store_create(&twins[1], at_once, budget, NULL), 0);
    for (int i = 0; i < CLAIMS; i++) {
        claim_init(&claims[0][i]);
        claim_init(&claims[1][i]);
    }
}

static void close_twins(void)
{
    for (int i = 0; i < CLAIMS; i++) {
        claim_free(&claims[0][i]);
        claim_free(&claims[1][i]);
    }
    store_free(twins[0]);
    store_free(twins[1]);
}

/* Some URLs of one page; most of one origin, some long. */
static void enqueue_some(void)
{
    char texts[8][700];
    char page[300] = "";
    struct store_url urls[2][8];
    const unsigned count = 1 + pick(8);
    if (pick(5))
        snprintf(page, sizeof page, "http://page/%u/%0*u", pick(1000), 1 + (int)pick(200), 7U);
    for (unsigned i = 0; i < count; i++) {
        const unsigned origin = pick(3) ? 0 : pick(ORIGINS);
        int length = snprintf(texts[i], sizeof texts[i], "http://%02u/%0*llu", origin,
                              1 + (int)pick(pick(9) ? 40 : 600), (unsigned long long)++last_url);
        urls[0][i] = urls[1][i] = (struct store_url){
            .text = {texts[i], (size_t)length}, .origin_length = 9, .fingerprint = last_url * 0x9e3779b97f4a7c15};
    }
    const uint32_t depth = pick(9), redirects = pick(4);
    for (int twin = 0; twin < 2; twin++) {
        struct store_source source = {.page = slice_of(page), .depth = depth, .redirects = redirects};
        ck_assert_int_eq(store_enqueue_batch(twins[twin], urls[twin], count, &source), 0);
        store_source_free(&source);
    }
}

static void compare_claims(const struct claim *a, const struct claim *b)
{
    ck_assert_str_eq(buf_text(&a->url), buf_text(&b->url));
    ck_assert(slice_equal(referrer_text(a->referrer), referrer_text(b->referrer)));
    ck_assert_ptr_eq(a->referrer ? "page" : NULL, b->referrer ? "page" : NULL);
    ck_assert_uint_eq(a->id, b->id);
    ck_assert_uint_eq(a->depth, b->depth);
    ck_assert_uint_eq(a->redirects, b->redirects);
    ck_assert_uint_eq(a->tries, b->tries);
    ck_assert_uint_eq(a->at_once, b->at_once);
}

static bool claim_one(unsigned place)
{
    ck_assert_int_eq(store_next_time(twins[0]), store_next_time(twins[1]));
    int got = store_claim(twins[0], now, &claims[0][place]);
    ck_assert_int_eq(store_claim(twins[1], now, &claims[1][place]), got);
    if (got)
        compare_claims(&claims[0][place], &claims[1][place]);
    return got;
}

static void end_one(unsigned place)
{
    static const enum store_outcome outcomes[] = {STORE_FETCHED, STORE_FILTERED, STORE_LATER, STORE_GIVEN_UP};
    const enum store_outcome outcome = outcomes[pick(4)];
    const nanoseconds not_before = pick(2) ? 0 : now + pick(2000);
    const bool slow = !pick(4);
    const struct store_pace pace = {1 + pick(9), slow ? now + pick(500) : 0};
    for (int twin = 0; twin < 2; twin++) {
        struct claim *claim = &claims[twin][place];
        if (outcome == STORE_LATER)
            claim->tries++;
        store_set_pace(twins[twin], claim, &pace);
        const struct store_record record = {claim, outcome, outcome == STORE_FETCHED ? &RECORD : NULL, REASON_NONE,
                                            not_before};
        ck_assert_int_eq(store_done_batch(twins[twin], &record, 1), 0);
    }
}

static void compare_stats(void)
{
    struct store_stats stats[2];
    store_stats(twins[0], &stats[0]);
    store_stats(twins[1], &stats[1]);
    ck_assert_mem_eq(&stats[0], &stats[1], sizeof stats[0]);
    ck_assert_int_eq(store_finished(twins[0]), store_finished(twins[1]));
}

/* Hands out what is left. */
static void drain(void)
{
    for (unsigned i = 0; i < CLAIMS; i++)
        if (claims[0][i].place)
            end_one(i);
    now = NEVER;
    while (claim_one(0))
        for (int twin = 0; twin < 2; twin++) {
            const struct store_record record = {.claim = &claims[twin][0], .outcome = STORE_GIVEN_UP};
            ck_assert_int_eq(store_done_batch(twins[twin], &record, 1), 0);
        }
    compare_stats();
    ck_assert(store_finished(twins[1]));
}

/* More comes in than goes, then the other way round, and so on. */
static void play(unsigned steps)
{
    for (unsigned step = 0; step < steps; step++) {
        const unsigned place = pick(CLAIMS);
        const bool grows = step / 4000 % 2 == 0;
        now += pick(20);
        if (pick(10) < (grows ? 5 : 1))
            enqueue_some();
        else if (claims[0][place].place)
            end_one(place);
        else
            claim_one(place);
        if (step % 512 == 0)
            compare_stats();
    }
}

START_TEST(claims_come_in_the_order_of_a_twin_without_a_limit)
{
    static const uint64_t budgets[] = {1, 4096, 65536, 300000, 1 << 20, 4 << 20};
    for (unsigned i = 0; i < 12; i++) {
        open_twins(i, budgets[i % 6], i % 3 ? 0 : 4);
        play((unsigned)effort(STEPS));
        drain();
        close_twins();
    }
}
END_TEST

START_TEST(a_store_with_spilled_urls_goes_before_its_end)
{
    open_twins(77, 4096, 0);
    play(3000);
    close_twins();
}
END_TEST

/* --- memory and file ---------------------------------------------------------------------------------------------- */

static struct url_memory *memory;
static struct url_queue queue;

static void add(uint64_t number, struct referrer *referrer)
{
    char text[64];
    int length = snprintf(text, sizeof text, "/a/path/of/usual/length/%09llu", (unsigned long long)number);
    const struct url_entry entry = {.referrer = referrer, .id = number};
    if (url_queue_add(&queue, memory, &entry, (struct slice){text, (size_t)length}))
        ck_abort();
}

/* With the first chunk and the last, and the one that is just coming back. */
static void check_memory(uint64_t budget)
{
    if (url_memory_used(memory) > budget + (uint64_t)2 * CHUNK)
        ck_abort_msg("%llu bytes in memory", (unsigned long long)url_memory_used(memory));
}

static void take(uint64_t number, const char *referrer)
{
    const struct url_entry *entry;
    int err = url_queue_first(&queue, memory, &entry);
    if (err || entry->id != number || !slice_equal(referrer_text(entry->referrer), slice_of(referrer)))
        ck_abort_msg("URL %llu: %s", (unsigned long long)number, error_text(err));
    struct referrer *held = entry->referrer;
    url_queue_drop_first(&queue, memory);
    referrer_release(held);
}

START_TEST(memory_stays_within_the_budget_and_the_file_is_used_again)
{
    const int pages = is_under_valgrind() ? 10000 : 100000;
    const size_t budget = (size_t)20 * (size_t)pages;
    uint64_t added = 0, taken = 0, file = 0;
    ck_assert_int_eq(url_memory_create(&memory, budget, NULL), 0);
    url_queue_init(&queue, memory);
    for (int round = 0; round < 6; round++) {
        for (int i = 0; i < pages; i++) {
            char page[64];
            snprintf(page, sizeof page, "http://page/%llu", (unsigned long long)added / 10);
            struct referrer *referrer = referrer_create(slice_of(page));
            for (int j = 0; j < 5; j++)
                add(added++, referrer);
            referrer_release(referrer);
            check_memory(budget);
        }
        if (!file)
            file = url_memory_spilled(memory);
        ck_assert_uint_ge(file, (uint64_t)5 * 40 * (uint64_t)pages);
        ck_assert_uint_le(url_memory_spilled(memory), file + file / 4);
        while (taken < added - 50) {
            char page[64];
            snprintf(page, sizeof page, "http://page/%llu", (unsigned long long)taken / 5 * 5 / 10);
            take(taken++, page);
            check_memory(budget);
        }
    }
    url_queue_free(&queue, memory);
    ck_assert_uint_eq(url_memory_used(memory), 0);
    url_memory_free(memory);
}
END_TEST

START_TEST(a_file_that_cannot_be_made_ends_spilling_and_loses_nothing)
{
    uint64_t added = 0;
    ck_assert_int_eq(url_memory_create(&memory, 100000, "/nonexistent/folder"), 0);
    url_queue_init(&queue, memory);
    while (added < 10000)
        add(added++, NULL);
    ck_assert_int_eq(url_memory_take_error(memory), ERR_NOT_FOUND);
    ck_assert_int_eq(url_memory_take_error(memory), 0);
    for (uint64_t i = 0; i < added; i++)
        take(i, "");
    ck_assert(url_queue_is_empty(&queue));
    url_queue_free(&queue, memory);
    url_memory_free(memory);
}
END_TEST

/* The file may have half a megabyte; what was written of it comes back, and all behind that stayed in memory. */
START_TEST(a_full_disk_ends_spilling_and_loses_nothing)
{
    struct rlimit before, half;
    uint64_t added = 0;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    half = before;
    half.rlim_cur = HALF_MEGABYTE;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &half), 0);
    ck_assert_int_eq(url_memory_create(&memory, 200000, NULL), 0);
    url_queue_init(&queue, memory);
    while (added < 40000)
        add(added++, NULL);
    ck_assert_int_lt(url_memory_take_error(memory), 0);
    for (uint64_t i = 0; i < added; i++)
        take(i, "");
    url_queue_free(&queue, memory);
    url_memory_free(memory);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
}
END_TEST

/* A claim tells it once, and not to those who only ask what is left. */
START_TEST(a_claim_tells_that_spilling_has_ended)
{
    struct store *store;
    struct claim claim;
    claim_init(&claim);
    ck_assert_int_eq(memory_store_create(&store, 0, 10000, "/nonexistent/folder"), 0);
    for (uint64_t i = 1; i <= 1000; i++) {
        char text[64];
        int length = snprintf(text, sizeof text, "http://a/%020llu", (unsigned long long)i);
        struct store_url url = {.text = {text, (size_t)length}, .origin_length = 8, .fingerprint = 2 * i + 2};
        struct store_source root = {0};
        ck_assert_int_eq(store_enqueue_batch(store, &url, 1, &root), 0);
    }
    ck_assert_int_eq(store_claim(store, NEVER, &claim), 1);
    ck_assert_uint_eq(claim.id, 1);
    ck_assert_int_eq(store_claim(store, 5, &claim), ERR_NOT_FOUND);
    ck_assert_int_eq(store_claim(store, 5, &claim), 1);
    ck_assert_uint_eq(claim.id, 2);
    claim_free(&claim);
    store_free(store);
}
END_TEST

/* --- the file alone ----------------------------------------------------------------------------------------------- */

START_TEST(pieces_of_all_sizes_come_back)
{
    enum { PIECES = 64 };
    static char bytes[SPILL_LARGEST], read_back[SPILL_LARGEST];
    struct spill *spill;
    struct spill_slot *slots[PIECES];
    size_t lengths[PIECES];
    ck_assert_int_eq(spill_create(&spill, NULL), 0);
    for (int i = 0; i < PIECES; i++) {
        lengths[i] = i == 0 ? 1 : i == 1 ? SPILL_LARGEST : 1 + pick(i % 8 ? 70000 : 2000000);
        memset(bytes, i, lengths[i]);
        ck_assert_int_eq(spill_put(spill, (struct slice){bytes, lengths[i]}, &slots[i]), 0);
    }
    for (int i = 0; i < PIECES; i++) {
        ck_assert_uint_eq(spill_length(slots[i]), lengths[i]);
        spill_expect(spill, slots[i]);
        ck_assert_int_eq(spill_get(spill, slots[i], read_back), 0);
        memset(bytes, i, lengths[i]);
        ck_assert_mem_eq(bytes, read_back, lengths[i]);
    }
    uint64_t size = spill_size(spill);
    for (int i = 0; i < PIECES; i++)
        spill_drop(spill, slots[i]);
    for (int i = 0; i < PIECES; i++)
        ck_assert_int_eq(spill_put(spill, (struct slice){bytes, lengths[i]}, &slots[i]), 0);
    ck_assert_uint_eq(spill_size(spill), size);
    for (int i = 0; i < PIECES; i++)
        spill_drop(spill, slots[i]);
    spill_free(spill);
    spill_free(NULL);
}
END_TEST

int main(void)
{
    return RUN_TESTS(
        "url_queue", claims_come_in_the_order_of_a_twin_without_a_limit, a_store_with_spilled_urls_goes_before_its_end,
        memory_stays_within_the_budget_and_the_file_is_used_again,
        a_file_that_cannot_be_made_ends_spilling_and_loses_nothing, a_full_disk_ends_spilling_and_loses_nothing,
        a_claim_tells_that_spilling_has_ended, pieces_of_all_sizes_come_back);
}
