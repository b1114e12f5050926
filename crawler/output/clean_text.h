/* clean_text.h - bytes of any kind as text that XML 1.0 and spreadsheets can hold. */
#ifndef OUTPUT_CLEAN_TEXT_H
#define OUTPUT_CLEAN_TEXT_H

#include "base/buf.h"
#include "base/slice.h"

/* What is to be written for an ASCII character; NULL for itself. */
typedef const char *(*clean_text_escape)(char c);

/* Appends `text` with all of these as U+FFFD: ill-formed UTF-8, controls but TAB, LF and CR (C1 and DEL too, which XML
 * could hold and terminals obey), U+FFFE and U+FFFF. Errors as buf_append. */
int clean_text_append(struct buf *out, struct slice text, clean_text_escape escape);

#endif
