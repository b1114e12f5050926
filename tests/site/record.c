#include "site/record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "site/timers.h"

enum { MOST_KEYS = SITE_COUNT_SLOTS / 4 * 3 };

struct site_record *site_record_create(void)
{
    void *memory = mmap(NULL, sizeof(struct site_record), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void site_record_free(struct site_record *record)
{
    if (record)
        munmap(record, sizeof *record);
}

static void raise_to(atomic_uint *peak, unsigned value)
{
    if (value > atomic_load_explicit(peak, memory_order_relaxed))
        atomic_store(peak, value);
}

void site_record_opened(struct site_record *record)
{
    atomic_fetch_add(&record->connections, 1);
    atomic_fetch_add(&record->open, 1);
}

void site_record_note_open(struct site_record *record)
{
    raise_to(&record->peak_open, atomic_load_explicit(&record->open, memory_order_relaxed));
}

void site_record_closed(struct site_record *record)
{
    atomic_fetch_sub(&record->open, 1);
}

void site_record_answered(struct site_record *record, int64_t arrival, int64_t now)
{
    int64_t units = (now - arrival) / 1000 / SITE_SERVICE_UNIT + 1;
    atomic_fetch_sub(&record->in_flight, 1);
    atomic_fetch_add(&record->service_times[units < SITE_SERVICE_TIMES ? units : SITE_SERVICE_TIMES], 1);
    atomic_fetch_add(&record->answered, 1);
    if (!atomic_load(&record->first_arrival))
        atomic_store(&record->first_arrival, arrival);
    int64_t second = (now - atomic_load(&record->first_arrival)) / 1000000000;
    if (second < SITE_SECONDS)
        atomic_fetch_add(&record->seconds[second], 1);
}

static int compare_counts(const void *a, const void *b)
{
    unsigned left = *(const unsigned *)a, right = *(const unsigned *)b;
    return (left > right) - (left < right);
}

unsigned site_record_rate(const struct site_record *record)
{
    unsigned counts[SITE_SECONDS], last = SITE_SECONDS, count = 0;
    while (last && !atomic_load(&record->seconds[last - 1]))
        last--;
    for (unsigned second = 1; second + 1 < last; second++)
        counts[count++] = atomic_load(&record->seconds[second]);
    if (!count)
        return 0;
    qsort(counts, count, sizeof counts[0], compare_counts);
    return counts[count / 2];
}

unsigned site_record_service_time(const struct site_record *record, double percent)
{
    double wanted = percent / 100 * atomic_load(&record->answered);
    unsigned count = 0, units = 0;
    while (units < SITE_SERVICE_TIMES && (count += atomic_load(&record->service_times[units])) < wanted)
        units++;
    return units * SITE_SERVICE_UNIT;
}

enum { FNV_PRIME_LOW = 0x1b3 };
static const uint64_t fnv_start = 0xcbf29ce484222325;
static const uint64_t fnv_prime = ((uint64_t)1 << 40) + FNV_PRIME_LOW;

static uint64_t fingerprint(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * fnv_prime;
    return hash ? hash : 1;
}

/* The slot of a key: its own, or a free one, or NULL when it has none and there is no more room. */
static struct site_count *slot_of(struct site_record *record, uint64_t key)
{
    size_t place = (size_t)(key ^ key >> 32);
    for (;; place++) {
        struct site_count *slot = &record->counts[place % SITE_COUNT_SLOTS];
        uint64_t found = atomic_load(&slot->key);
        if (found == key)
            return slot;
        if (!found)
            return atomic_load(&record->keys) < MOST_KEYS ? slot : NULL;
    }
}

/* Counts once more and returns the count so far. */
static unsigned count_key(struct site_record *record, uint64_t key)
{
    struct site_count *slot = slot_of(record, key);
    if (!slot)
        return 0;
    unsigned count = atomic_fetch_add(&slot->count, 1) + 1;
    if (count == 1) {
        atomic_fetch_add(&record->keys, 1);
        atomic_store(&slot->key, key);
    }
    return count;
}

void site_record_request(struct site_record *record, const struct site_sender *sender, const struct site_head *head,
                         const char *text, size_t length)
{
    unsigned index = atomic_load(&record->requests);
    struct site_request *kept = &record->kept[index % SITE_REQUESTS_KEPT];
    size_t size = length < sizeof kept->head ? length : sizeof kept->head - 1;
    kept->connection = sender->connection;
    kept->listener = sender->listener;
    kept->has_certificate = sender->has_certificate;
    kept->arrived = site_now();
    memcpy(kept->head, text, size);
    kept->head[size] = '\0';
    count_key(record, fingerprint(fnv_start, head->target));
    const char *host = head->host[0] ? head->host : "-"; /* one who names none asks a host of its own */
    unsigned count = count_key(record, fingerprint(fingerprint(fnv_start, host), head->target));
    raise_to(&record->most_requests, count);
    raise_to(&record->peak_in_flight, atomic_fetch_add(&record->in_flight, 1) + 1);
    atomic_store(&record->requests, index + 1);
}

unsigned site_record_count(struct site_record *record, const char *path)
{
    const struct site_count *slot = slot_of(record, fingerprint(fnv_start, path));
    return slot ? atomic_load(&slot->count) : 0;
}
