/* json_string.h - bytes of any kind as a JSON string (RFC 8259, section 7). */
#ifndef OUTPUT_JSON_STRING_H
#define OUTPUT_JSON_STRING_H

#include "base/buf.h"
#include "base/slice.h"

/* Appends `text` between quotes: ill-formed UTF-8 as U+FFFD, and every C0 and C1 control and DEL escaped, so that the
 * string is harmless for a terminal too. Errors as buf_append. */
int json_string_append(struct buf *out, struct slice text);

#endif
