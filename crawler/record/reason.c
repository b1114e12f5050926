#include "record/reason.h"

#include <assert.h>

static const struct {
    const char *name;
    const char *text;
} ROWS[REASON_COUNT] = {
#define X(reason, name, text) [reason] = {name, text},
    REASON_TABLE(X)
#undef X
};

const char *reason_name(enum reason reason)
{
    assert(reason < REASON_COUNT);
    return ROWS[reason].name;
}

const char *reason_text(enum reason reason)
{
    assert(reason < REASON_COUNT);
    return ROWS[reason].text;
}
