/* record.h - what a site has seen, in memory that its process shares with the test. */
#ifndef SITE_RECORD_H
#define SITE_RECORD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "site/request.h"
#include "site/site.h"

/* Room for the counts of some 100,000 pages; those met when it is full are not counted each, only in all. */
enum { SITE_COUNT_SLOTS = 1 << 18 };

struct site_count {
    _Atomic uint64_t key; /* fingerprint of what is counted; 0: free */
    atomic_uint count;
};

enum { SITE_SERVICE_UNIT = 100 /* microseconds */, SITE_SERVICE_TIMES = 100000, SITE_SECONDS = 3600 };

struct site_record {
    _Atomic int64_t first_arrival; /* nanoseconds of site_now; 0: none */
    atomic_uint answered;
    atomic_uint seconds[SITE_SECONDS];                 /* answers in each second since then */
    atomic_uint service_times[SITE_SERVICE_TIMES + 1]; /* answers that took so many units */
    atomic_uint requests;
    atomic_uint connections;
    atomic_uint open;
    atomic_uint peak_open;
    atomic_uint in_flight;
    atomic_uint peak_in_flight;
    atomic_uint most_requests;
    atomic_uint keys;
    struct site_count counts[SITE_COUNT_SLOTS];
    struct site_request kept[SITE_REQUESTS_KEPT];
};

/* NULL with errno set when there is no memory for it. */
struct site_record *site_record_create(void);
void site_record_free(struct site_record *record);

/* The server's side. */
void site_record_opened(struct site_record *record);
void site_record_closed(struct site_record *record);
void site_record_note_open(struct site_record *record); /* as many as at the peak, perhaps */

/* The request that arrived at `arrival` has its answer, at `now`. */
void site_record_answered(struct site_record *record, int64_t arrival, int64_t now);

/* The connection that a request came by. */
struct site_sender {
    unsigned connection;
    unsigned listener;
    bool has_certificate;
};

/* Counts and keeps a request, whose head of `length` bytes is `text` and, taken apart, `head`. */
void site_record_request(struct site_record *record, const struct site_sender *sender, const struct site_head *head,
                         const char *text, size_t length);

unsigned site_record_rate(const struct site_record *record);
unsigned site_record_service_time(const struct site_record *record, double percent);

/* How often "/path" or "host/path" was asked for. */
unsigned site_record_count(struct site_record *record, const char *path);

#endif
