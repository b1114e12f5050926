/* surt.h - the keys by which indexes of web archives sort URLs: "org,example)/path?a=1&b=2". */
#ifndef OUTPUT_SURT_H
#define OUTPUT_SURT_H

#include "base/buf.h"
#include "base/slice.h"

/* Appends the key of a URL that is http or https, serialised by the standard, without credentials and fragment: the
 * host's labels from the last to the first, without "www.", path and query, in lower case, the query's parameters in
 * order: the keys that warcio.js makes. pywb's own take the last '/' of a path and session ids away. Errors as
 * buf_append. */
int surt_append(struct buf *out, struct slice url);

#endif
