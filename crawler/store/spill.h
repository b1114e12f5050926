/* spill.h - what doesn't fit into memory: pieces of bytes in a file without a name, each to be read back once.
 *
 * A piece lies in a slot whose size is a power of two. Slots that are free again are used first, so that the file grows
 * to less than twice what it holds at most, as long as pieces are of one size; it goes with the process. */
#ifndef STORE_SPILL_H
#define STORE_SPILL_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct spill;
struct spill_slot;

/* The longest piece. */
enum { SPILL_LARGEST = 4 << 20 };

/* The file is made in `folder`, NULL for $TMPDIR or else /tmp, when it is first needed. Errors: ERR_NO_MEMORY. */
int spill_create(struct spill **out, const char *folder);

/* The slots go, too. NULL is allowed. */
void spill_free(struct spill *spill);

/* Writes a piece of 1 to SPILL_LARGEST bytes. Errors: ERR_NO_MEMORY, and those of error_from_errno, which are told in
 * the log with the folder's name. */
int spill_put(struct spill *spill, struct slice piece, struct spill_slot **out);

/* Reads a piece, of which `bytes` takes all, spill_length of them. Errors: as spill_put, ERR_TRUNCATED. */
int spill_get(struct spill *spill, const struct spill_slot *slot, char *bytes);
size_t spill_length(const struct spill_slot *slot);

/* Has the system fetch a piece that will be read soon. */
void spill_expect(const struct spill *spill, const struct spill_slot *slot);

/* The piece is not needed any more. */
void spill_drop(struct spill *spill, struct spill_slot *slot);

/* Bytes of the file. */
uint64_t spill_size(const struct spill *spill);

#endif
