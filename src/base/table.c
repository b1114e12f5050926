#include "base/table.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"

enum { FIRST_CAPACITY = 16 };

void table_init(struct table *table)
{
    *table = (struct table){0};
}

void table_free(struct table *table)
{
    free(table->slots);
    table_init(table);
}

/* The slot that holds `key`, or the free one where it would go. There must be a free slot. */
static size_t probe(const struct table *table, uint64_t key)
{
    size_t i = key & (table->capacity - 1);
    while (table->slots[i].value && table->slots[i].key != key)
        i = (i + 1) & (table->capacity - 1);
    return i;
}

void *table_get(const struct table *table, uint64_t key)
{
    return table->capacity ? table->slots[probe(table, key)].value : NULL;
}

static int grow(struct table *table)
{
    struct table bigger = {.capacity = table->capacity ? table->capacity * 2 : FIRST_CAPACITY, .count = table->count};
    bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
    if (!bigger.slots)
        return ERR_NO_MEMORY;
    table_for_each(slot, table) bigger.slots[probe(&bigger, slot->key)] = *slot;
    free(table->slots);
    *table = bigger;
    return 0;
}

int table_put(struct table *table, uint64_t key, void *value)
{
    assert(value);
    if ((table->count + 1) * 4 > table->capacity * 3) {
        int err = grow(table);
        if (err)
            return err;
    }
    struct table_slot *slot = &table->slots[probe(table, key)];
    if (!slot->value)
        table->count++;
    *slot = (struct table_slot){key, value};
    return 0;
}

/* Moves later members of the run back, so that no search for them ends at the hole. */
static void close_hole(struct table *table, size_t hole)
{
    size_t mask = table->capacity - 1;
    for (size_t i = (hole + 1) & mask; table->slots[i].value; i = (i + 1) & mask) {
        size_t home = table->slots[i].key & mask;
        if (((i - home) & mask) < ((i - hole) & mask))
            continue;
        table->slots[hole] = table->slots[i];
        hole = i;
    }
    table->slots[hole].value = NULL;
}

void *table_remove(struct table *table, uint64_t key)
{
    if (!table->capacity)
        return NULL;
    size_t i = probe(table, key);
    void *value = table->slots[i].value;
    if (value) {
        close_hole(table, i);
        table->count--;
    }
    return value;
}
