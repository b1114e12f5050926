/* json_value.h - values of jansson as text. */
#ifndef OUTPUT_JSON_VALUE_H
#define OUTPUT_JSON_VALUE_H

#include <jansson.h>

#include "base/buf.h"

/* Appends a value, written with the flags of json_dumps, which must not be used for objects: version 2.14 leaves out keys
 * for which there is no memory, and says that all is well. Errors: ERR_NO_MEMORY, ERR_TOO_LARGE (over the buffer's
 * limit); part of it is appended then. */
int json_value_append(struct buf *out, const json_t *value, size_t flags);

#endif
