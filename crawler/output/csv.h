/* csv.h - comma-separated values (RFC 4180), a URL a line, in the order in which fetches end.
 *
 * The first line has the names of the columns: those of record_fields.h in their order, the parts of the error as
 * error_kind, error_text and error_detail. Lines end with CR LF. A cell with a comma, quote, CR or LF stands between
 * quotes, its quotes doubled; an absent value is an empty cell; flags are true or false. Text is UTF-8; controls but
 * TAB, CR and LF, and ill-formed bytes, are U+FFFD.
 *
 * A text that begins with = + - @ TAB CR or LF, which a spreadsheet would take for a formula, has an apostrophe before
 * it. Numbers are never negative. */
#ifndef OUTPUT_CSV_H
#define OUTPUT_CSV_H

#include "output/output.h"

extern const struct output_format OUTPUT_CSV;

#endif
