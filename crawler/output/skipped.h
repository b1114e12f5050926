/* skipped.h - JSON lines: every URL that was found and not fetched, and why, as it happens.
 *
 *     {"url": "http://b/", "reason": "host", "text": "host is out of scope", "referrer": "http://a/"}
 *
 * "reason" is one of those of record/reason.h and never changes, "text" says it for people. "referrer" is the page
 * where the URL was first found, null for a root. A malformed URL stands as it was found. */
#ifndef OUTPUT_SKIPPED_H
#define OUTPUT_SKIPPED_H

#include "output/output.h"

extern const struct output_format OUTPUT_SKIPPED;

#endif
