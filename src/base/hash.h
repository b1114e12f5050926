/* hash.h - keyed 64-bit fingerprints.
 *
 * XXH3 with a secret that is drawn anew for each process, so that no one outside can choose inputs that collide. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/slice.h"

/* The fingerprint of some bytes: equal bytes, equal fingerprint, within one process. */
uint64_t hash_bytes(struct slice bytes);

#endif
