/* failing_json.h - JSON while memory runs out: each allocation of jansson fails in turn. */
#ifndef UNIT_FAILING_JSON_H
#define UNIT_FAILING_JSON_H

#include <stdbool.h>
#include <stdlib.h>

#include <jansson.h>

typedef json_t *(*json_maker)(const void *context);

static long allocations_left; /* until one fails; below 0: it has failed, and the rest don't */

static inline void *allocate_or_fail(size_t size)
{
    return allocations_left-- == 0 ? NULL : malloc(size);
}

struct json_failures {
    size_t tried; /* allocations that failed, each in a run of its own */
    size_t half;  /* documents that were made all the same */
};

/* Makes a document again and again, until no allocation is left to fail. */
static inline struct json_failures make_json_without_memory(json_maker make, const void *context)
{
    struct json_failures failures = {0};
    json_set_alloc_funcs(allocate_or_fail, free);
    for (long failing = 0;; failing++) {
        allocations_left = failing;
        json_t *made = make(context);
        bool has_failed = allocations_left < 0;
        failures.tried += has_failed;
        failures.half += has_failed && made;
        json_decref(made);
        if (!has_failed)
            break;
    }
    json_set_alloc_funcs(malloc, free);
    return failures;
}

#endif
