#include "measure/tallies.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"

static struct tally *find(struct tallies *tallies, const char *name)
{
    for (size_t i = 0; i < tallies->count; i++)
        if (strncmp(tallies->items[i].name, name, TALLY_NAME - 1) == 0)
            return &tallies->items[i];
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

json_t *tallies_json(const struct tallies *tallies)
{
    json_t *object = json_object();
    struct buf name;
    buf_init(&name, (size_t)TALLY_NAME * 3);
    for (size_t i = 0; i < tallies->count; i++) {
        const struct tally *tally = &tallies->items[i];
        buf_clear(&name);
        if (utf8_repair(&name, slice_of(tally->name)) == 0)
            json_object_set_new(
                object, buf_text(&name),
                json_pack("{s:I, s:I}", "count", (json_int_t)tally->count, "bytes", (json_int_t)tally->bytes));
    }
    buf_free(&name);
    return object;
}
