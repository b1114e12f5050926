/* record_fields.h - what the outputs tell of a URL: names, values and their order, in one place. */
#ifndef OUTPUT_RECORD_FIELDS_H
#define OUTPUT_RECORD_FIELDS_H

#include "base/buf.h"
#include "record/fetch_statistic.h"

/* Names never change. Values that do not apply are absent: JSON has null there, CSV an empty cell. Times are durations
 * of the last try.
 *
 *   url            as it was fetched: serialised, without credentials and fragment
 *   status         HTTP status; absent when no answer came
 *   error          a group, absent when all went well: why there is no whole answer
 *     kind         "connect-refused"; see base/error.h; never changes
 *     text         the same for people
 *     detail       more words
 *   redirect       where the answer leads
 *   content_type   media type
 *   encoding       of the text, by its standard name or as the answer names it
 *   html           whether the answer was searched for links as HTML
 *   truncated      whether a limit of the crawl's cut the answer short; what came counts
 *   unchanged      on a visit: whether the answer is that of the visit before, by status or by bytes
 *   size           body bytes, decoded
 *   wire_size      body bytes, as sent
 *   links          distinct URLs that the page links to and that are in scope
 *   new_links      of them, those that no page had before
 *   depth          links away from a root
 *   tries          1 for success at once
 *   referrer       the page where the URL was first found; absent for a root
 *   started        seconds since the crawl began, with microseconds
 *   resolve_us     microseconds from the start to the name's addresses
 *   queue_us       from there until its turn at the server came
 *   connect_us     opening the TCP connection; absent when one was reused
 *   tls_us         the TLS handshake; the same
 *   first_byte_us  from the start to the first byte of the answer
 *   total_us       from the start to the end
 *   http_version   "1.0", "1.1" or "2"
 *   reused         whether the connection had served before
 *   address        of the server
 *   broken         whether the URL counts as broken: no whole answer, or a status of 400 and above that is not
 *                  accepted */
enum { RECORD_FIELDS = 29 };

struct record_field {
    struct slice group; /* empty for none */
    struct slice name;  /* [a-z_] */
    struct slice key;   /* ,"name": as JSON has it behind another field */
};
extern const struct record_field RECORD_FIELD[RECORD_FIELDS];

enum record_value_kind { RECORD_ABSENT, RECORD_TEXT, RECORD_NUMBER, RECORD_SECONDS, RECORD_FLAG };

struct record_value {
    enum record_value_kind kind;
    struct slice text; /* any bytes */
    uint64_t number;   /* RECORD_SECONDS: nanoseconds; RECORD_FLAG: 0 or 1 */
};

/* The values of a record, as long as it is valid. */
void record_values(const struct fetch_statistic *stat, struct record_value values[RECORD_FIELDS]);

/* Appends text in the manner of a format. */
typedef int (*record_text_append)(struct buf *out, struct slice text);

/* Appends a value: numbers in decimal, seconds with a fraction, true and false, text by `append_text`, and `absent`
 * where there is none. Errors as buf_append. */
int record_value_append(struct buf *out, const struct record_value *value, record_text_append append_text,
                        struct slice absent);

#endif
