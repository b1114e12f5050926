/* json_text.h - JSON as it reads without spaces. */
#ifndef UNIT_JSON_TEXT_H
#define UNIT_JSON_TEXT_H

#include <jansson.h>
#include <stdlib.h>

#include "unit/suite.h"

static inline void check_json(const json_t *json, const char *expected)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    ck_assert_ptr_nonnull(text);
    ck_assert_str_eq(text, expected);
    free(text);
}

/* The same of what was made for it, and goes. */
static inline void check_made_json(json_t *json, const char *expected)
{
    check_json(json, expected);
    json_decref(json);
}

#endif
