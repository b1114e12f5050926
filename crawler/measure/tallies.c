#include "measure/tallies.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"

/* The place of `name`; that behind the last when there is none. */
static size_t place_of(const struct tallies *tallies, const char *name)
{
    size_t i = 0;
    while (i < tallies->count && strncmp(tallies->items[i].name, name, TALLY_NAME - 1) != 0)
        i++;
    return i;
}

static struct tally *find(struct tallies *tallies, const char *name)
{
    size_t place = place_of(tallies, name);
    if (place < tallies->count)
        return &tallies->items[place];
    if (tallies->count == TALLIES)
        return &tallies->items[TALLIES - 1];
    struct tally *tally = &tallies->items[tallies->count++];
    snprintf(tally->name, sizeof tally->name, "%s", tallies->count == TALLIES ? "more" : name);
    return tally;
}

void tallies_add(struct tallies *tallies, const char *name, uint64_t bytes)
{
    struct tally *tally = find(tallies, name);
    tally->count++;
    tally->bytes += bytes;
}

uint64_t tallies_count(const struct tallies *tallies, const char *name)
{
    size_t place = place_of(tallies, name);
    return place < tallies->count ? tallies->items[place].count : 0;
}

/* Names that differ can become the same when they are repaired: their figures are added then. */
static int add_json(json_t *object, const char *name, const struct tally *tally)
{
    const json_t *same = json_object_get(object, name);
    json_int_t count = json_integer_value(json_object_get(same, "count")) + (json_int_t)tally->count;
    json_int_t bytes = json_integer_value(json_object_get(same, "bytes")) + (json_int_t)tally->bytes;
    return json_object_set_new(object, name, json_pack("{s:I, s:I}", "count", count, "bytes", bytes));
}

json_t *tallies_json(const struct tallies *tallies)
{
    json_t *object = json_object();
    struct buf name;
    int err = 0;
    buf_init(&name, (size_t)TALLY_NAME * 3);
    for (size_t i = 0; i < tallies->count && !err; i++) {
        buf_clear(&name);
        err = utf8_repair(&name, slice_of(tallies->items[i].name));
        if (!err)
            err = add_json(object, buf_text(&name), &tallies->items[i]);
    }
    buf_free(&name);
    if (!err)
        return object;
    json_decref(object);
    return NULL;
}
