/* utf8.h - UTF-8 as the WHATWG Encoding standard decodes it (section 8.1). */
#ifndef WEB_UTF8_H
#define WEB_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum { UTF8_MAX = 4 /* bytes of one character */, REPLACEMENT_CHARACTER = 0xfffd };

/* Reads the character at the start of `text`, which must not be empty, into `*code_point` and returns its bytes. A
 * malformed sequence is one U+FFFD for its longest part that could have begun a character (at least one byte); one that
 * the end of `text` cuts off is malformed too. */
size_t utf8_decode(struct slice text, uint32_t *code_point);

/* Writes a code point that is no surrogate and returns its bytes, 1 to UTF8_MAX. */
size_t utf8_encode(uint32_t code_point, char out[UTF8_MAX]);

/* Bytes at the start of `text` that are whole, well-formed characters. */
size_t utf8_valid_length(struct slice text);

/* Bytes at the end of `text` that begin a character without being whole, 0 to 3. */
size_t utf8_unfinished_length(struct slice text);

#endif
