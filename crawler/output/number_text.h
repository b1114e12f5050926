/* number_text.h - numbers as text, at a fraction of printf's cost: every record has twenty. */
#ifndef OUTPUT_NUMBER_TEXT_H
#define OUTPUT_NUMBER_TEXT_H

#include <stdint.h>

#include "base/buf.h"

/* Appends `number` in decimal. Errors as buf_append. */
int number_append(struct buf *out, uint64_t number);

/* Appends nanoseconds as seconds with a fraction of six digits, cut: "12.000345". Errors as buf_append. */
int seconds_append(struct buf *out, uint64_t nanoseconds);

#endif
