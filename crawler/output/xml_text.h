/* xml_text.h - bytes of any kind as XML 1.0. */
#ifndef OUTPUT_XML_TEXT_H
#define OUTPUT_XML_TEXT_H

#include "base/buf.h"
#include "base/slice.h"

/* Appends `text` so that it may stand in an element and in an attribute between double quotes: cleaned (clean_text.h),
 * the five that mean something as entities, and white space other than ' ' as character references, so that it
 * survives a parser. Holds no newline. Errors as buf_append. */
int xml_text_append(struct buf *out, struct slice text);

#endif
