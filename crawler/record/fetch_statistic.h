/* fetch_statistic.h - what became of one URL: one record each, made when its fetch has ended for good. */
#ifndef RECORD_FETCH_STATISTIC_H
#define RECORD_FETCH_STATISTIC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/slice.h"
#include "http/fetch.h"

/* All text is valid only as long as the record is passed around; whoever keeps it copies it. */
struct fetch_statistic {
    struct slice url;
    struct slice next_url;    /* where a redirect leads; empty for none */
    struct slice referrer;    /* the page where the URL was first found; empty for a root */
    int status;               /* HTTP status; 0 when no answer came */
    int error;                /* 0, or the negative code of why there is no whole answer */
    const char *error_detail; /* more words on `error`; "" for none */
    const char *content_type; /* "text/html"; "" for none */
    const char *encoding;     /* of the document, by its standard name or as its header says; "" for none */
    bool is_html;             /* was searched for links as HTML */
    bool truncated;           /* cut by a limit of ours; what came counts */
    bool is_accepted;         /* the user wants its status to count as good */
    bool is_not_modified;  /* status 304, as was asked: type, encoding, size, digest and links are the visit before's */
    bool is_unchanged;     /* that, or the same status and body as at the visit before */
    bool is_replayed;      /* of an earlier process: read from a state file, and in no order of time */
    uint64_t size;         /* decoded body bytes */
    uint64_t wire_size;    /* body bytes as sent */
    uint64_t digest;       /* of the decoded body, the same in every process; 0 when it was not made */
    uint32_t num_urls;     /* distinct allowed links */
    uint32_t num_new_urls; /* of them, those that no page had before */
    uint32_t depth;        /* links away from a root */
    uint32_t tries;        /* 1 for success at once */
    nanoseconds started;   /* of the last try, since the crawl began */
    struct http_timings timings; /* of the last try */
    enum http_version version;
    bool reused;
    const char *remote_address; /* "" when never connected */
    struct slice entity_tag;    /* what the next visit may ask with (http/validators.h); empty for none */
    struct slice last_modified;
};

/* The status of the answer that the record describes: one that was not modified is as good as come. */
static inline int fetch_statistic_status(const struct fetch_statistic *stat)
{
    return stat->is_not_modified ? 200 : stat->status;
}

/* Decoded body bytes that came. */
static inline uint64_t fetch_statistic_received(const struct fetch_statistic *stat)
{
    return stat->is_not_modified ? 0 : stat->size;
}

/* Whether an answer came that counts: whole, or cut by a limit of ours. */
static inline bool fetch_statistic_is_whole(const struct fetch_statistic *stat)
{
    return !stat->error || stat->truncated;
}

/* When its last try was over, since the crawl began. */
static inline nanoseconds fetch_statistic_end(const struct fetch_statistic *stat)
{
    return stat->started + stat->timings.total;
}

/* Whether the record says that the URL is broken: no answer, or a status of 400 and above that is not accepted. */
static inline bool fetch_statistic_is_broken(const struct fetch_statistic *stat)
{
    return !fetch_statistic_is_whole(stat) || (stat->status >= 400 && !stat->is_accepted);
}

#endif
