/* surt.h - the keys by which indexes of web archives sort URLs: "org,example)/path?a=1&b=2". */
#ifndef OUTPUT_SURT_H
#define OUTPUT_SURT_H

#include "base/buf.h"
#include "base/slice.h"

/* Appends the key of a URL that is http or https, serialised by the standard, without credentials and fragment: the
 * host's labels from the last to the first, without "www.", path and query, in lower case, the query's parameters in
 * order, no '/' at the end of a path but "/". That is what pywb and its kin look for, but that they leave out session ids
 * and decode what is needlessly encoded. Errors as buf_append. */
int surt_append(struct buf *out, struct slice url);

#endif
