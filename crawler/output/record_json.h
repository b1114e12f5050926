/* record_json.h - a record as a JSON object. */
#ifndef OUTPUT_RECORD_JSON_H
#define OUTPUT_RECORD_JSON_H

#include "base/buf.h"
#include "record/fetch_statistic.h"

/* Appends the fields of record_fields.h in their order, on one line without its end: absent values are null, groups
 * objects, and an absent group is left out. Errors as buf_append. */
int record_json_append(struct buf *out, const struct fetch_statistic *stat);

#endif
