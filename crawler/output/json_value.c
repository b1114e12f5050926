#include "output/json_value.h"

#include "base/error.h"

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
