/* html_references.h - character references (HTML standard, 13.2.5.72 and on). */
#ifndef WEB_HTML_REFERENCES_H
#define WEB_HTML_REFERENCES_H

#include "base/buf.h"
#include "base/slice.h"

/* Appends UTF-8 text of an attribute's value, or of an element, with its references decoded, line ends made LF and NUL
 * made U+FFFD. Errors: as buf_append; a part may have been appended. */
int html_decode_text(struct buf *out, struct slice text, bool in_attribute);

#endif
