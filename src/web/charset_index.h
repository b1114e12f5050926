/* charset_index.h - the indexes of the Encoding standard (section 5): code points by pointer, and back.
 *
 * Filled through ICU's converters at first use, then mended where these differ from the standard. They live to the end
 * of the process. */
#ifndef WEB_CHARSET_INDEX_H
#define WEB_CHARSET_INDEX_H

#include <stdint.h>

#include "web/charset_table.h"

enum index_id { INDEX_GB18030, INDEX_BIG5, INDEX_EUC_KR, INDEX_JIS0208, INDEX_JIS0212, INDEX_COUNT };

/* Fills whatever indexes `charset` needs; nothing when they are. To be called before any of the functions below.
 * Errors: ERR_NO_MEMORY, ERR_UNSUPPORTED (ICU lacks the converter), ERR_LIBRARY (ICU is missing). */
int charset_index_prepare(const struct charset *charset);

/* 0 where the standard has null. Any pointer is allowed. */
uint32_t index_code_point(enum index_id index, unsigned pointer);

/* The first pointer whose code point is `code_point`; -1 for none. */
int index_pointer(enum index_id index, uint32_t code_point);

/* The first one that is not from `first` up to but without `end`. */
int index_pointer_outside(enum index_id index, uint32_t code_point, int first, int end);

/* The last one. */
int index_last_pointer(enum index_id index, uint32_t code_point);

/* "Index gb18030 ranges code point": of a sequence of four bytes; 0 for none. And back; -1 for none. */
uint32_t index_ranges_code_point(uint32_t pointer);
int32_t index_ranges_pointer(uint32_t code_point);

/* The code point of a byte from 0x80 in a single-byte encoding; 0 for none. And back; -1 for none. */
uint32_t index_single_byte_code_point(const struct charset *charset, unsigned char byte);
int index_single_byte(const struct charset *charset, uint32_t code_point);

#endif
