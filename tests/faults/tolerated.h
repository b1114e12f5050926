/* tolerated.h - what is wrong in system libraries and can't be mended or avoided on our side. */
#ifndef FAULTS_TOLERATED_H
#define FAULTS_TOLERATED_H

#include <stdbool.h>

#include "shim/nth_failure.h"

/* Whether it is known that a failure there ends the process at once with that exit code. */
bool tolerated_end(const struct nth_record *record, int code);

/* Whether it is known that a failure there makes the library keep more than its `usual` blocks. `err` is what the crawl
 * said. */
bool tolerated_leak(const struct nth_record *record, const struct nth_module *module, unsigned usual, const char *err);

#endif
