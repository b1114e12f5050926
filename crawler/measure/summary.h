/* summary.h - a crawl in figures: how fast, how long things took, what came back.
 *
 * Fed by records, read by the outputs when it is over. Its size does not depend on that of the crawl.
 *
 * The series has each record where its last try ended, by the crawl's own time, which stands still between two
 * processes of a crawl with a state file. It takes records in that order: those of this process as they are told, to a
 * turn of the loop; those of earlier ones, which observers are told in the order of their URLs, apart, by
 * summary_add_end. Then a crawl that went on has the series of one that did not, but for tries that were broken off. */
#ifndef MEASURE_SUMMARY_H
#define MEASURE_SUMMARY_H

#include "measure/histogram.h"
#include "measure/tallies.h"
#include "measure/timeseries.h"
#include "record/crawl_totals.h"
#include "record/observer.h"

/* What is timed. Only exchanges with a whole answer count, each with its last try. */
enum phase_kind {
    PHASE_QUEUE,      /* waiting for a turn at the origin; only those that waited */
    PHASE_CONNECT,    /* TCP; only where a connection was opened */
    PHASE_TLS,        /* handshake; the same */
    PHASE_FIRST_BYTE, /* from the request to the first byte of the answer, all before it included */
    PHASE_TOTAL,      /* from the request to the end of the answer */
    PHASE_COUNT
};

/* "queue", "connect", "tls", "first_byte", "total". Static. */
const char *phase_name(enum phase_kind phase);

/* "waiting for a turn", ..., for people. Static. */
const char *phase_title(enum phase_kind phase);

enum { SUMMARY_TOP = 20 };

/* One of the slowest or largest. */
struct top_item {
    char *url;      /* owned */
    uint64_t value; /* microseconds or decoded bytes */
    int status;
};

/* The largest values, in descending order. */
struct top {
    struct top_item items[SUMMARY_TOP];
    size_t count;
};

struct summary {
    struct observer observer;
    struct histogram phases[PHASE_COUNT];
    struct timeseries series; /* starts at 0: the crawl's time */
    uint64_t classes[10];     /* by the first digit of the status; [0]: no answer */
    struct tallies statuses;  /* "200"; without an answer none */
    struct tallies errors;    /* kinds of errors: "connect-refused" */
    struct tallies types;     /* media types; "-" where there is none */
    struct tallies versions;  /* "HTTP/1.1" */
    struct tallies skipped;   /* reasons: "host" */
    struct top slowest;       /* by microseconds in total */
    struct top largest;       /* by decoded bytes */
    uint64_t redirects;
    uint64_t broken; /* no answer, or a status of 400 and above, unless accepted */
};

/* The figures of a crawl. Errors: ERR_NO_MEMORY. */
int summary_create(struct summary **out);
void summary_free(struct summary *summary);

/* Adds a record that was made by an earlier process to the series alone (state_file_for_each_end): all of them before
 * any of this process. `context` is the summary. Returns 0. */
int summary_add_end(void *context, const struct fetch_statistic *stat);

/* {"urls_per_second", "bytes_per_second"..., "latency": {phase: histogram}, "status": {...}, ...}. NULL when memory is
 * out. */
json_t *summary_json(const struct summary *summary, const struct crawl_totals *totals);

#endif
