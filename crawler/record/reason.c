#include "record/reason.h"

#include <assert.h>
#include <string.h>

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

enum reason reason_called(const char *name)
{
    for (enum reason reason = REASON_NONE; name[0] && reason < REASON_COUNT; reason++)
        if (strcmp(ROWS[reason].name, name) == 0)
            return reason;
    return REASON_NONE;
}

const char *reason_text(enum reason reason)
{
    assert(reason < REASON_COUNT);
    return ROWS[reason].text;
}
