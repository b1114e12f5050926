/* jsonl.h - JSON lines: a URL a line, in the order in which fetches end.
 *
 * Each line is one JSON object (RFC 8259) in UTF-8 with the fields of record_fields.h, all of them and in that order;
 * what does not apply is null. "error" is an object with "kind", "text" and "detail", and absent when all went well.
 * URLs that were not fetched have no line (see skipped.h). */
#ifndef OUTPUT_JSONL_H
#define OUTPUT_JSONL_H

#include "output/output.h"

extern const struct output_format OUTPUT_JSONL;

#endif
