#include "crawl/intake_graph.h"

#include <stdlib.h>

#include "base/error.h"

void graph_begin(const struct intake *intake, struct visit *visit, struct buf *graph)
{
    visit->walk->leaves_none = intake->memory.links;
    visit->graph = intake->memory.links ? graph : NULL;
    buf_clear(graph);
}

int graph_keep_link(struct visit *visit, uint64_t fingerprint)
{
    int err = buf_append(visit->graph, &fingerprint, sizeof fingerprint);
    if (!err && !visit->walk->is_nofollow)
        visit->followed++;
    return err == ERR_TOO_LARGE ? 0 : err;
}

static int compare_fingerprints(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return a < b ? -1 : a > b;
}

/* Sorts some fingerprints, and moves each once to `*end`. */
static void take_once(uint64_t *fingerprints, size_t count, uint64_t **end)
{
    qsort(fingerprints, count, sizeof *fingerprints, compare_fingerprints);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || fingerprints[i] != (*end)[-1])
            *(*end)++ = fingerprints[i];
}

/* Links that are the same for the user only become one. */
static void join_links(struct visit *visit)
{
    uint64_t *first = (uint64_t *)(void *)visit->graph->data, *end = first;
    size_t count = visit->graph->length / sizeof *first, followed = visit->followed;
    take_once(first, followed, &end);
    visit->followed = (uint64_t)(end - first);
    take_once(first + followed, count - followed, &end);
    visit->graph->length = (size_t)(end - first) * sizeof *first;
}

int graph_tell_links(struct intake *intake, struct visit *visit)
{
    const struct intake_memory *memory = &intake->memory;
    if (!visit->graph || (!visit->graph->length && !memory->wants_empty))
        return 0;
    if (intake->canonical && visit->graph->length)
        join_links(visit);
    return memory->links(memory->context, visit->found.id, buf_slice(visit->graph), visit->followed);
}

int intake_add_no_links(struct intake *intake, uint64_t page)
{
    const struct intake_memory *memory = &intake->memory;
    return memory->links && memory->wants_empty ? memory->links(memory->context, page, SLICE(""), 0) : 0;
}
