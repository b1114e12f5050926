/* escape.h - text from the network made harmless for a terminal. */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/buf.h"
#include "base/slice.h"

/* Appends `text` with every C0 and C1 control, DEL, and every byte that is not part of well-formed UTF-8 as \xNN (in
 * hex, for each of its bytes); all else as it is. Errors as buf_append. */
int escape_for_terminal(struct buf *out, struct slice text);

/* Appends `text` with each maximal part that is not well-formed UTF-8 replaced by U+FFFD, as the Encoding standard's
 * decoder does. NUL bytes stay. Errors as buf_append. */
int utf8_repair(struct buf *out, struct slice text);

#endif
