#include "crawl/earlier_visit.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"

/* A record; its texts stand behind it, all but the first two with a NUL. */
struct entry {
    uint64_t size;
    uint64_t digest;
    uint32_t links;
    uint16_t status;
    uint16_t tag_length;
    uint16_t date_length;
    bool is_html;
    char texts[];
};

/* Where the entry of a number is. */
struct place {
    uint64_t id;
    const struct entry *entry;
};

/* By number. They are found by halving, as that takes no more memory. */
struct earlier_visit {
    struct arena arena;
    struct place *places;
    size_t count;
    size_t room;
};

int earlier_visit_create(struct earlier_visit **out)
{
    struct earlier_visit *visit = calloc(1, sizeof *visit);
    if (!visit)
        return ERR_NO_MEMORY;
    arena_init(&visit->arena);
    *out = visit;
    return 0;
}

void earlier_visit_free(struct earlier_visit *visit)
{
    if (!visit)
        return;
    arena_free(&visit->arena);
    free(visit->places);
    free(visit);
}

static int make_room(struct earlier_visit *visit)
{
    if (visit->count < visit->room)
        return 0;
    size_t room = visit->room ? visit->room + visit->room / 2 : 64;
    struct place *places = realloc(visit->places, room * sizeof *places);
    if (!places)
        return ERR_NO_MEMORY;
    visit->places = places;
    visit->room = room;
    return 0;
}

static char *put(char *end, const char *text, size_t length)
{
    if (length)
        memcpy(end, text, length);
    return end + length;
}

/* Whether a 304 would stand for the record's answer. */
static bool is_answer(const struct fetch_statistic *record)
{
    return record->status == 200 && !record->error && !record->truncated;
}

int earlier_visit_add(struct earlier_visit *visit, uint64_t id, const struct fetch_statistic *record)
{
    struct validators kept = validators_checked(record->entity_tag, record->last_modified);
    if (!is_answer(record))
        kept = (struct validators){0};
    size_t type = strlen(record->content_type) + 1, encoding = strlen(record->encoding) + 1;
    int err = make_room(visit);
    struct entry *entry =
        err ? NULL : arena_alloc(&visit->arena, sizeof *entry + kept.tag.length + kept.date.length + type + encoding);
    if (!entry)
        return ERR_NO_MEMORY;
    *entry = (struct entry){.size = record->size,
                            .digest = record->digest,
                            .links = record->num_urls,
                            .status = (uint16_t)record->status,
                            .tag_length = (uint16_t)kept.tag.length,
                            .date_length = (uint16_t)kept.date.length,
                            .is_html = record->is_html};
    char *end = put(entry->texts, kept.tag.data, kept.tag.length);
    end = put(end, kept.date.data, kept.date.length);
    end = put(end, record->content_type, type);
    put(end, record->encoding, encoding);
    visit->places[visit->count++] = (struct place){id, entry};
    return 0;
}

static int compare_ids(const void *key, const void *member)
{
    uint64_t id = *(const uint64_t *)key, other = ((const struct place *)member)->id;
    return id < other ? -1 : id > other;
}

static const struct entry *find(const struct earlier_visit *visit, uint64_t id)
{
    if (!visit || !visit->count)
        return NULL;
    const struct place *found = bsearch(&id, visit->places, visit->count, sizeof *visit->places, compare_ids);
    return found ? found->entry : NULL;
}

static struct validators validators_in(const struct entry *entry)
{
    return (struct validators){{entry->texts, entry->tag_length},
                               {entry->texts + entry->tag_length, entry->date_length}};
}

struct validators earlier_visit_validators(const struct earlier_visit *visit, uint64_t id)
{
    const struct entry *entry = find(visit, id);
    return entry ? validators_in(entry) : (struct validators){0};
}

/* The validators stay those with which the body came, whatever the answer says of them. */
static void take_over(struct fetch_statistic *record, const struct entry *entry)
{
    const struct validators validators = validators_in(entry);
    record->is_not_modified = true;
    record->content_type = entry->texts + entry->tag_length + entry->date_length;
    record->encoding = record->content_type + strlen(record->content_type) + 1;
    record->is_html = entry->is_html;
    record->size = entry->size;
    record->digest = entry->digest;
    record->num_urls = entry->links;
    record->entity_tag = validators.tag;
    record->last_modified = validators.date;
}

void earlier_visit_compare(const struct earlier_visit *visit, uint64_t id, bool was_asked,
                           struct fetch_statistic *record)
{
    const struct entry *entry = find(visit, id);
    if (!entry || record->error)
        return;
    if (was_asked && record->status == 304)
        take_over(record, entry);
    record->is_unchanged = record->is_not_modified ||
                           (record->digest && record->digest == entry->digest && record->status == entry->status);
}
