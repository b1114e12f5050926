/* table.h - map from 64-bit fingerprints to pointers.
 *
 * Open addressing with linear probing, at most three quarters full. The keys are fingerprints (hash.h), already as good
 * as random, and are used as they are. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct table_slot {
    uint64_t key;
    void *value; /* NULL marks a free slot */
};

struct table {
    struct table_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

/* An empty table; nothing is allocated. */
void table_init(struct table *table);

/* Gives the memory back; the values are the caller's. The table is empty and can be used again. */
void table_free(struct table *table);

/* The value of `key`; NULL when there is none. */
void *table_get(const struct table *table, uint64_t key);

/* Sets the value of `key`, which must not be NULL. Errors: ERR_NO_MEMORY (the table is as it was). */
int table_put(struct table *table, uint64_t key, void *value);

/* Takes `key` out and returns its value; NULL when there was none. */
void *table_remove(struct table *table, uint64_t key);

/* Walks over all values, in no order. The body must not change the table. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a name that is declared can't stand in parentheses. */
#define table_for_each(slot, table)                                                                      \
    for (struct table_slot *slot = (table)->slots, *slot##_end = slot ? slot + (table)->capacity : NULL; \
         slot != slot##_end; slot++)                                                                     \
        if (slot->value)
/* NOLINTEND(bugprone-macro-parentheses) */

#endif
