/* goals.h - what the crawler is to reach, and what it reaches by the figures at hand. */
#ifndef BENCH_GOALS_H
#define BENCH_GOALS_H

#include "figures.h"

enum part { SITES, IN_FLIGHT, SIZE, DURABLE, DRIP, FAULTS, PARTS };

/* What the parts are called, as files, arguments and keys. */
extern const char *const part_names[PARTS];

/* The subjects of each part, in the order in which they are shown; ends with NULL. Those of FAULTS are not known
 * before. */
extern const char *const part_subjects[PARTS][5];

/* The same by number, of FAULTS in the order of the runs; NULL behind the last. */
const char *part_subject(const struct figures *figures, enum part part, size_t index);

struct goal {
    enum part part;
    char text[96];
    double value; /* NAN: not measured */
    double bound;
    bool at_least; /* else at most */
};

enum { GOALS_MAX = 32 };

/* Stores the goals of all parts and what they come to; returns how many there are. */
size_t goals_judge(const struct figures *parts, struct goal *goals);

bool goal_met(const struct goal *goal);

/* The least wall time of the crawl with so many in flight, in seconds. */
double in_flight_ideal_wall(const struct figures *figures, const char *tasks);

/* RSS for each connection in flight, in KiB: over that of a crawl that knows the same pages and fetches one. */
double in_flight_rss_per_connection(const struct figures *figures, const char *tasks);

/* Bytes of RSS for each URL that is known and will not be fetched; and for each one waiting to be fetched, beyond that
 * and beyond its path. Both are over the crawl with the fewest URLs. */
double size_bytes_per_fingerprint(const struct figures *figures, const char *known);
double size_bytes_per_pending(const struct figures *figures, const char *known);

/* Bytes of RSS for each URL by which the largest crawl with a state file is larger than the one before. */
double durable_rss_slope(const struct figures *figures);

/* The rate of the healthy hosts beside those that drip, over that alone; and how many cores the crawl of them alone has
 * kept busy. */
double drip_rate_kept(const struct figures *figures, const char *deadline);
double drip_load_alone(const struct figures *figures, const char *deadline);

#endif
