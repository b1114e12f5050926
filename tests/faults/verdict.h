/* verdict.h - whether a crawl in which a call failed ended as it may. */
#ifndef FAULTS_VERDICT_H
#define FAULTS_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "faults/trial.h"

/* What a crawl in which nothing failed has found and left behind. */
struct expected;

/* Learns it from such a crawl. Ends the process with a message when that did not end well. */
struct expected *expected_learn(const struct trial *trial);

/* Takes in another one: libraries may keep a little more in one than in the other. */
void expected_learn_more(struct expected *expected, const struct trial *trial);

/* Calls of a kind, in the one that made most. */
unsigned expected_calls(const struct expected *expected, enum nth_kind kind);

void expected_free(struct expected *expected);

enum { REASON_SIZE = 400 };

/* Whether it is well. Where it isn't, `reason` says why. It isn't when
 * - a signal ended it, or the time limit;
 * - own blocks, or more blocks of a library or descriptors than usual, are left in the end;
 * - a record without an error is not as it is in a clean crawl;
 * - it ends with 0 while records are missing, and no record has an error;
 * - it ends with anything but 0, or with failed records, and says nothing about it;
 * - an output under its final name is not whole, or one that is not there is said to be well. */
bool verdict(const struct expected *expected, const struct trial *trial, char reason[REASON_SIZE]);

/* Whether the state file that it leaves behind is one to go on from, to the end that a clean crawl has; or, where it is
 * said to be finished, holds all of that already. */
bool verdict_of_state(const struct expected *expected, const struct trial *trial, const struct target *target,
                      char reason[REASON_SIZE]);

#endif
