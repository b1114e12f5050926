/* json_value.h - values of jansson from text and to text, whole or not at all: where there is no memory version 2.14
 * leaves out characters that it reads (json_loads and its kin) and keys that it writes (json_dumps), and says that all
 * is well. */
#ifndef RECORD_JSON_VALUE_H
#define RECORD_JSON_VALUE_H

#include <jansson.h>
#include <stdio.h>

#include "base/buf.h"

/* Reads a value, or the rest of a file as one; `*value` is to be freed by json_decref. `problem` may be NULL. Errors:
 * ERR_SYNTAX (then `problem` says where and why), also when the file can't be read (ferror tells), ERR_NO_MEMORY. */
int json_value_parse(json_t **value, struct slice text, json_error_t *problem);
int json_value_read(json_t **value, FILE *file, json_error_t *problem);

/* Appends a value, written with the flags of json_dumps. Errors: ERR_NO_MEMORY, ERR_TOO_LARGE (over the buffer's
 * limit); part of it is appended then. */
int json_value_append(struct buf *out, const json_t *value, size_t flags);

#endif
