#include "record/json_value.h"

#include <stdbool.h>

#include "base/error.h"

/* --- from text ---------------------------------------------------------------------------------------------------- */

/* How jansson allocates when it isn't watched. */
static json_malloc_t usual_malloc;
static json_free_t usual_free;
static bool was_refused;

static void *watched_malloc(size_t size)
{
    void *memory = usual_malloc(size);
    was_refused |= !memory;
    return memory;
}

static void watch_memory(void)
{
    json_get_alloc_funcs(&usual_malloc, &usual_free);
    json_set_alloc_funcs(watched_malloc, usual_free);
    was_refused = false;
}

/* Ends the watch: what was read meanwhile is not to be trusted when memory was refused. */
static int settle(json_t **value)
{
    json_set_alloc_funcs(usual_malloc, usual_free);
    if (!was_refused)
        return *value ? 0 : ERR_SYNTAX;
    json_decref(*value);
    *value = NULL;
    return ERR_NO_MEMORY;
}

int json_value_parse(json_t **value, struct slice text, json_error_t *problem)
{
    watch_memory();
    *value = json_loadb(text.data ? text.data : "", text.length, 0, problem);
    return settle(value);
}

int json_value_read(json_t **value, FILE *file, json_error_t *problem)
{
    watch_memory();
    *value = json_loadf(file, 0, problem);
    return settle(value);
}

/* --- to text ------------------------------------------------------------------------------------------------------ */

struct dump {
    struct buf *out;
    int err; /* the first; jansson forgets one that comes up at a key */
};

static int append_dumped(const char *bytes, size_t length, void *context)
{
    struct dump *dump = context;
    if (!dump->err)
        dump->err = buf_append(dump->out, bytes, length);
    return dump->err;
}

int json_value_append(struct buf *out, const json_t *value, size_t flags)
{
    struct dump dump = {.out = out};
    int failed = json_dump_callback(value, append_dumped, &dump, flags);
    return failed && !dump.err ? ERR_NO_MEMORY : dump.err;
}
