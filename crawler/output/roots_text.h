/* roots_text.h - what was crawled or measured, in a few words. */
#ifndef OUTPUT_ROOTS_TEXT_H
#define OUTPUT_ROOTS_TEXT_H

#include "base/buf.h"
#include "options.h"

/* Appends the first root, without credentials, and how many more there are: "http://a/ and 2 more". Errors: as
 * root_parse, buf_append. */
int roots_text(struct buf *out, const struct options *options);

#endif
