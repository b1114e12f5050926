/* journal.h - what a crawl tells the process that writes its state file: messages one behind the other in a stream.
 *
 * Any whole number of messages from the beginning on is a state that a crawl can go on from. Both ends are the same
 * program on the same machine. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "record/fetch_statistic.h"
#include "record/reason.h"

/* Times are milliseconds since 1970, unless a line says otherwise. */
enum journal_kind {
    JOURNAL_BEGIN, /* a crawl begins: what is there is of one that never got as far as to its rules */
    JOURNAL_VISIT, /* all that was fetched is to be fetched again, from `number` on (seconds since 1970) */
    JOURNAL_NOTE,  /* of the whole crawl: `text` is a name, `more` its value, or, when that is empty, `number` */
    JOURNAL_URL, /* `id` was met: `text`, of the fingerprint `number`; found by `referrer`, or by `more` if that is 0 */
    JOURNAL_REASON,  /* `id` is not fetched for `reason`, or, REASON_NONE, is to be after all; with `number` not 0,
                        `depth` and `redirects` are new, too */
    JOURNAL_RECORD,  /* `id` was fetched: `stat`; the archive, if any, ends at `more` (record/archive.h) */
    JOURNAL_GRAPH,   /* lists of links will follow */
    JOURNAL_KNOWN,   /* URLs from `id` on that are in the file have the fingerprints `text`, 64 bits each */
    JOURNAL_LINKS,   /* page `id` has links to the fingerprints `text`; those from `number` on are not followed */
    JOURNAL_NEARER,  /* the URL of the fingerprint `number`, first reached by redirects, has `depth` and `redirects` */
    JOURNAL_RULES,   /* the origin `text` has the robots.txt `more`, empty for none, since `number` */
    JOURNAL_HOLD,    /* the origin `text` is not to be asked before `number` */
    JOURNAL_SITEMAP, /* the sitemap `text` of the origin `more`, below `depth` indexes, guessed if `redirects`, has been
                        read if `number` */
    JOURNAL_FINISH,  /* all is to be on the disk; answered */
    JOURNAL_KINDS
};

struct journal_entry {
    enum journal_kind kind;
    uint64_t id;
    uint64_t referrer; /* 0 for none */
    uint64_t number;
    uint32_t depth;
    uint32_t redirects;
    enum reason reason;
    struct slice text; /* as `more` and those of `stat`: valid as long as the stream's bytes */
    struct slice more;
    struct fetch_statistic stat;                  /* without URL and referrer */
    struct slice detail, type, encoding, address; /* of `stat`, whose own C strings are not set when taken */
};

/* Appends a message. Errors: those of buf_append; then what
 * was appended of it is taken back. */
int journal_append(struct buf *stream, const struct journal_entry *entry);

/* Takes the first message off `stream`. Returns 1, 0 when it is not whole yet, or ERR_SYNTAX. */
int journal_take(struct slice *stream, struct journal_entry *entry);

#endif
