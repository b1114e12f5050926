#include "http/resolver_cache.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"

/* One allocation: the addresses follow, then the name. */
struct entry {
    struct list_node age_node;
    uint64_t key;
    uint64_t serial;
    nanoseconds expires;
    int error;
    struct slice name;
    size_t count;
    struct resolver_address addresses[];
};

void resolver_cache_init(struct resolver_cache *cache, size_t limit)
{
    assert(limit > 0);
    table_init(&cache->table);
    list_init(&cache->by_age);
    cache->limit = limit;
}

static void forget(struct resolver_cache *cache, struct entry *entry)
{
    table_remove(&cache->table, entry->key);
    list_remove(&entry->age_node);
    free(entry);
}

static struct entry *oldest(const struct resolver_cache *cache)
{
    struct list_node *node = list_first(&cache->by_age);
    return node ? container_of(node, struct entry, age_node) : NULL;
}

void resolver_cache_free(struct resolver_cache *cache)
{
    for (struct entry *entry = oldest(cache); entry; entry = oldest(cache))
        forget(cache, entry);
    table_free(&cache->table);
}

int resolver_cache_get(struct resolver_cache *cache, struct slice name, nanoseconds now, struct resolver_answer *answer)
{
    struct entry *entry = table_get(&cache->table, hash_bytes(name));
    if (!entry || !slice_equal(entry->name, name))
        return ERR_NOT_FOUND;
    if (entry->expires <= now) {
        forget(cache, entry);
        return ERR_NOT_FOUND;
    }
    if (entry->error)
        return entry->error;
    answer->count = entry->count;
    answer->serial = entry->serial;
    answer->expires = entry->expires;
    memcpy(answer->addresses, entry->addresses, entry->count * sizeof entry->addresses[0]);
    return 0;
}

static struct entry *entry_create(struct slice name, int error, const struct resolver_answer *answer)
{
    size_t count = error ? 0 : answer->count;
    size_t addresses_size = count * sizeof answer->addresses[0];
    struct entry *entry = malloc(sizeof *entry + addresses_size + name.length);
    if (!entry)
        return NULL;
    char *text = (char *)entry->addresses + addresses_size;
    memcpy(text, name.data, name.length);
    *entry = (struct entry){
        .key = hash_bytes(name),
        .serial = answer->serial,
        .expires = answer->expires,
        .error = error,
        .name = {text, name.length},
        .count = count,
    };
    memcpy(entry->addresses, answer->addresses, addresses_size);
    list_node_init(&entry->age_node);
    return entry;
}

void resolver_cache_put(struct resolver_cache *cache, struct slice name, int error,
                        const struct resolver_answer *answer)
{
    struct entry *earlier = table_get(&cache->table, hash_bytes(name));
    if (earlier)
        forget(cache, earlier);
    else if (cache->table.count == cache->limit)
        forget(cache, oldest(cache));
    struct entry *entry = entry_create(name, error, answer);
    if (!entry)
        return;
    if (table_put(&cache->table, entry->key, entry)) {
        free(entry);
        return;
    }
    list_append(&cache->by_age, &entry->age_node);
}
