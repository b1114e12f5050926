/* json_lines.h - batch commands: a JSON object a line in, one a line out, in the same order, never stopping at a bad
 * line. */
#ifndef INSPECT_JSON_LINES_H
#define INSPECT_JSON_LINES_H

#include <jansson.h>

#include "base/slice.h"

/* The answer to a request, which is any JSON value. The caller gives it back. */
typedef json_t *(*json_lines_answer)(void *context, const json_t *request);

/* Answers each line of standard input; one that is no JSON by json_lines_failure. Returns the exit code: 0, 1 when the
 * output can't be written, 2 when there are arguments. */
int json_lines(int argc, char **argv, json_lines_answer answer, void *context);

/* {"failure": true, "reason": s} */
json_t *json_lines_failure(const char *reason);

/* The bytes of a JSON string. */
struct slice json_lines_text(const json_t *string);

#endif
