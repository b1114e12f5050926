/* reason.h - why a URL was not fetched. */
#ifndef RECORD_REASON_H
#define RECORD_REASON_H

#include <stdbool.h>

/* reason, machine-readable name (stable: outputs use it), text for people */
#define REASON_TABLE(X)                                                                                            \
    X(REASON_NONE, "none", "allowed")                                                                              \
    X(REASON_MALFORMED, "malformed", "not a valid URL")                                                            \
    X(REASON_SCHEME, "scheme", "neither http nor https")                                                           \
    X(REASON_TOO_LONG, "too-long", "longer than --max-url-length")                                                 \
    X(REASON_HOST, "host", "host is out of scope")                                                                 \
    X(REASON_PREFIX, "prefix", "not below a root (--scope prefix)")                                                \
    X(REASON_PARENT, "parent", "above its root (--no-parent)")                                                     \
    X(REASON_EXCLUDED, "excluded", "matches --exclude")                                                            \
    X(REASON_NOT_INCLUDED, "not-included", "matches no --include")                                                 \
    X(REASON_PATTERN_LIMIT, "pattern-limit", "too costly to match against --include or --exclude")                 \
    X(REASON_PATH_LENGTH, "path-length", "path is longer than --max-path-length")                                  \
    X(REASON_PATH_DEPTH, "path-depth", "more path segments than --max-path-depth")                                 \
    X(REASON_REPEATED_SEGMENTS, "repeated-segments", "the same path segment more often than --max-repeats")        \
    X(REASON_QUERY_PARAMETERS, "query-parameters", "more query parameters than --max-query-params")                \
    X(REASON_SESSION_ID, "session-id", "differs from another URL only in its session id (see --keep-session-ids)") \
    X(REASON_QUERY_VARIANTS, "query-variants", "more queries of one path than --max-query-variants")               \
    X(REASON_CALENDAR, "calendar", "more far-off dates of one calendar than --max-calendar-dates")                 \
    X(REASON_HOST_BUDGET, "host-budget", "more URLs of one host than --max-pages-per-host")                        \
    X(REASON_DEPTH, "depth", "deeper than --depth")                                                                \
    X(REASON_REDIRECTS, "redirects", "too many redirects")                                                         \
    X(REASON_NOFOLLOW, "nofollow", "only links marked nofollow lead there (--heed-nofollow)")                      \
    X(REASON_ROBOTS, "robots", "forbidden by robots.txt")                                                          \
    X(REASON_ROBOTS_UNAVAILABLE, "robots-unavailable", "the server could not give its robots.txt")                 \
    X(REASON_MAX_PAGES, "max-pages", "--max-pages was reached before its turn came")                               \
    X(REASON_STOPPED, "stopped", "the crawl ended before its turn came")

enum reason {
#define X(reason, name, text) reason,
    REASON_TABLE(X)
#undef X
        REASON_COUNT
};

/* Those that keep a crawl out of endless sites (crawl/traps.h), in their order. */
enum { REASON_TRAPS_BEGIN = REASON_PATH_LENGTH, REASON_TRAPS_END = REASON_HOST_BUDGET + 1 };

/* Whether the crawl refuses the URL for good, whatever way leads there and whatever its server says. */
static inline bool reason_is_refusal(enum reason reason)
{
    return reason > REASON_NONE && reason <= REASON_HOST_BUDGET;
}

/* "host". Static. */
const char *reason_name(enum reason reason);

/* The reason called so; REASON_NONE for "" and unknown ones. */
enum reason reason_called(const char *name);

/* "host is out of scope". Static. */
const char *reason_text(enum reason reason);

#endif
