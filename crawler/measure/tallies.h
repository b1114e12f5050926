/* tallies.h - how many there were of each kind. */
#ifndef MEASURE_TALLIES_H
#define MEASURE_TALLIES_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

enum { TALLIES = 64, TALLY_NAME = 48 };

struct tally {
    char name[TALLY_NAME]; /* cut when longer */
    uint64_t count;
    uint64_t bytes; /* decoded, of them */
};

/* Kinds in the order in which they were met; when there are too many, the last one, "more", stands for the rest. */
struct tallies {
    struct tally items[TALLIES];
    size_t count;
};

/* Counts one of `name`. */
void tallies_add(struct tallies *tallies, const char *name, uint64_t bytes);

/* How many there were of `name`. */
uint64_t tallies_count(const struct tallies *tallies, const char *name);

/* {"name": {"count": N, "bytes": N}, ...}. Names are made valid UTF-8. NULL when memory is out. */
json_t *tallies_json(const struct tallies *tallies);

#endif
