#include "store/memory_store.h"

#include <assert.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/error.h"
#include "store/host_queues.h"
#include "store/seen.h"

struct memory_store {
    struct store store;
    struct seen *seen;
    struct host_queues *queues;
    uint64_t claimed;
    uint64_t given_up; /* claims that ended without a record */
    uint64_t last_id;
};

static struct memory_store *memory_of(struct store *store)
{
    return container_of(store, struct memory_store, store);
}

static const struct memory_store *const_memory_of(const struct store *store)
{
    return container_of(store, struct memory_store, store);
}

/* Numbers from earlier are kept even where one is missing. */
static void number(struct memory_store *memory, struct store_url *url, bool is_new)
{
    if (is_new && !url->id)
        url->id = memory->last_id + 1;
    if (url->id > memory->last_id)
        memory->last_id = url->id;
}

/* Makes it known; the bit of its fingerprint says whether it is refused. Returns whether it is new, or
 * ERR_NO_MEMORY. */
static int remember(struct seen *seen, const struct store_url *url)
{
    bool is_refused = reason_is_refusal(url->reason);
    if (url->wish != STORE_RELEASE && url->wish != STORE_REFUSE)
        return seen_add(seen, url->fingerprint, is_refused);
    seen_set_bit(seen, url->fingerprint, is_refused);
    return 0;
}

static int enqueue(struct memory_store *memory, struct store_url *url, struct store_source *source)
{
    int is_new = remember(memory->seen, url);
    if (is_new < 0)
        return is_new;
    url->is_new = is_new;
    number(memory, url, is_new);
    if (url->wish == STORE_REMEMBER || url->wish == STORE_REFUSE || (url->wish == STORE_ENQUEUE && !is_new))
        return 0;
    struct referrer *referrer;
    int err = store_source_referrer(source, &referrer);
    return err ? err : host_queues_add(memory->queues, url, referrer, source);
}

static int enqueue_batch(struct store *store, struct store_url *urls, size_t count, struct store_source *source)
{
    struct memory_store *memory = memory_of(store);
    for (size_t i = 0; i < count; i++)
        seen_prefetch(memory->seen, urls[i].fingerprint);
    int err = 0;
    for (size_t i = 0; i < count && !err; i++)
        err = enqueue(memory, &urls[i], source);
    return err;
}

static void look_up_batch(const struct store *store, struct store_question *questions, size_t count)
{
    const struct seen *seen = const_memory_of(store)->seen;
    for (size_t i = 0; i < count; i++)
        seen_prefetch(seen, questions[i].fingerprint);
    for (size_t i = 0; i < count; i++) {
        bool is_refused;
        bool is_known = seen_has(seen, questions[i].fingerprint, &is_refused);
        questions[i].standing = !is_known ? STANDING_NEW : is_refused ? STANDING_REFUSED : STANDING_KNOWN;
    }
}

static int claim_next(struct store *store, nanoseconds now, struct claim *claim)
{
    struct memory_store *memory = memory_of(store);
    int got = host_queues_take(memory->queues, now, claim);
    memory->claimed += got > 0;
    return got;
}

static int end_claim(struct memory_store *memory, const struct store_record *record)
{
    if (record->outcome == STORE_LATER)
        return host_queues_later(memory->queues, record->claim, record->not_before);
    host_queues_done(memory->queues, record->claim);
    return 0;
}

static int done_batch(struct store *store, const struct store_record *records, size_t count)
{
    struct memory_store *memory = memory_of(store);
    assert(memory->claimed >= count);
    int err = 0;
    for (size_t i = 0; i < count; i++) {
        int lost = end_claim(memory, &records[i]);
        memory->given_up += lost || records[i].outcome == STORE_GIVEN_UP;
        err = err ? err : lost;
    }
    memory->claimed -= count;
    return err;
}

static void set_pace(struct store *store, const struct claim *claim, const struct store_pace *pace)
{
    host_queues_set_pace(memory_of(store)->queues, claim, pace);
}

static nanoseconds next_time(const struct store *store)
{
    return host_queues_next_time(const_memory_of(store)->queues);
}

static void stats(const struct store *store, struct store_stats *stats)
{
    const struct memory_store *memory = const_memory_of(store);
    *stats = (struct store_stats){
        .known = seen_count(memory->seen),
        .pending = host_queues_count(memory->queues) + memory->given_up,
        .claimed = memory->claimed,
    };
}

static bool finished(const struct store *store)
{
    const struct memory_store *memory = const_memory_of(store);
    return memory->claimed == 0 && host_queues_count(memory->queues) == 0;
}

static void memory_store_free(struct store *store)
{
    struct memory_store *memory = memory_of(store);
    host_queues_free(memory->queues);
    seen_free(memory->seen);
    free(memory);
}

int memory_store_create(struct store **out, uint32_t at_once, uint64_t budget, const char *folder)
{
    static const struct store_operations operations = {
        enqueue_batch, look_up_batch, claim_next, done_batch, set_pace, next_time, stats, finished, memory_store_free};
    struct memory_store *memory = calloc(1, sizeof *memory);
    if (!memory)
        return ERR_NO_MEMORY;
    memory->store.operations = &operations;
    int err = seen_create(&memory->seen);
    if (!err)
        err = host_queues_create(&memory->queues, at_once, budget, folder);
    if (err) {
        memory_store_free(&memory->store);
        return err;
    }
    *out = &memory->store;
    return 0;
}
