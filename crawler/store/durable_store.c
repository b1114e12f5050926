#include "store/durable_store.h"

#include <stdlib.h>

#include "base/container.h"
#include "base/error.h"

enum { POSITION_LIMIT = 64 * 1024 };

struct durable_store {
    struct store store;
    struct store *memory;
    struct state *state;
    const struct archive *archive; /* NULL for none */
    struct buf position;           /* scratch: of that */
    bool is_begun;
};

static struct durable_store *durable_of(struct store *store)
{
    return container_of(store, struct durable_store, store);
}

static const struct durable_store *const_durable_of(const struct store *store)
{
    return container_of(store, struct durable_store, store);
}

static int write_url(struct durable_store *durable, const struct store_url *url, const struct store_source *source)
{
    if (url->wish == STORE_RELEASE || url->wish == STORE_REFUSE)
        return state_send(durable->state, &(struct journal_entry){.kind = JOURNAL_REASON,
                                                                  .id = url->id,
                                                                  .number = true,
                                                                  .depth = source->depth,
                                                                  .redirects = source->redirects,
                                                                  .reason = url->reason});
    if (!url->is_new)
        return 0;
    struct journal_entry entry = {.kind = JOURNAL_URL,
                                  .id = url->id,
                                  .referrer = source->id,
                                  .number = url->fingerprint,
                                  .depth = source->depth,
                                  .redirects = source->redirects,
                                  .reason = url->reason,
                                  .text = url->text};
    if (!source->id)
        entry.more = source->page;
    return state_send(durable->state, &entry);
}

static int enqueue_batch(struct store *store, struct store_url *urls, size_t count, struct store_source *source)
{
    struct durable_store *durable = durable_of(store);
    int memory_err = store_enqueue_batch(durable->memory, urls, count, source);
    int err = 0; /* those that got a number are in the file whatever became of the others: it has no gaps */
    for (size_t i = 0; i < count && !err && durable->is_begun; i++)
        err = write_url(durable, &urls[i], source);
    return memory_err ? memory_err : err;
}

static void look_up_batch(const struct store *store, struct store_question *questions, size_t count)
{
    store_look_up_batch(const_durable_of(store)->memory, questions, count);
}

/* Where the disk can't keep up, fetching waits for it. */
static int claim_next(struct store *store, nanoseconds now, struct claim *claim)
{
    struct durable_store *durable = durable_of(store);
    return now != NEVER && state_is_full(durable->state) ? 0 : store_claim(durable->memory, now, claim);
}

static int write_record(struct durable_store *durable, const struct store_record *record)
{
    struct journal_entry entry = {
        .kind = JOURNAL_RECORD, .id = record->claim->id, .depth = record->stat->depth, .stat = *record->stat};
    if (durable->archive) {
        buf_clear(&durable->position);
        int err = archive_position_append(&durable->archive->position, &durable->position);
        if (err)
            return err;
        entry.more = buf_slice(&durable->position);
    }
    return state_send(durable->state, &entry);
}

static int write_end(struct durable_store *durable, const struct store_record *record)
{
    if (record->outcome == STORE_FETCHED)
        return write_record(durable, record);
    if (record->outcome != STORE_FILTERED)
        return 0;
    return state_send(durable->state, &(struct journal_entry){
                                          .kind = JOURNAL_REASON, .id = record->claim->id, .reason = record->reason});
}

static int done_batch(struct store *store, const struct store_record *records, size_t count)
{
    struct durable_store *durable = durable_of(store);
    int err = 0;
    for (size_t i = 0; i < count && !err; i++)
        err = write_end(durable, &records[i]);
    int done_err = store_done_batch(durable->memory, records, count);
    return err ? err : done_err;
}

static void set_pace(struct store *store, const struct claim *claim, const struct store_pace *pace)
{
    store_set_pace(durable_of(store)->memory, claim, pace);
}

static nanoseconds next_time(const struct store *store)
{
    return store_next_time(const_durable_of(store)->memory);
}

static void stats(const struct store *store, struct store_stats *stats)
{
    store_stats(const_durable_of(store)->memory, stats);
}

static bool finished(const struct store *store)
{
    return store_finished(const_durable_of(store)->memory);
}

static void durable_store_free(struct store *store)
{
    struct durable_store *durable = durable_of(store);
    store_free(durable->memory);
    buf_free(&durable->position);
    free(durable);
}

int durable_store_create(struct store **out, struct store *memory, struct state *state)
{
    static const struct store_operations operations = {
        enqueue_batch, look_up_batch, claim_next, done_batch, set_pace, next_time, stats, finished, durable_store_free};
    struct durable_store *durable = calloc(1, sizeof *durable);
    if (!durable) {
        store_free(memory);
        return ERR_NO_MEMORY;
    }
    *durable = (struct durable_store){.store = {.operations = &operations}, .memory = memory, .state = state};
    buf_init(&durable->position, POSITION_LIMIT);
    *out = &durable->store;
    return 0;
}

void durable_store_begin(struct store *store)
{
    durable_of(store)->is_begun = true;
}

void durable_store_set_archive(struct store *store, const struct archive *archive)
{
    durable_of(store)->archive = archive;
}
