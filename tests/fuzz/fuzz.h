/* fuzz.h - what the fuzz targets share.
 *
 * A target is one .c with LLVMFuzzerTestOneInput: it must stand any bytes, and asserts what holds for all of them. Its
 * first bytes choose options, the rest is the input. fuzz_replay holds all targets at once, each under a name of its
 * own (CMakeLists.txt renames them). */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/slice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program when what must hold does not, so that libFuzzer keeps the input. */
#define FUZZ_CHECK(condition) ((condition) ? (void)0 : abort())

static inline struct slice fuzz_input(const uint8_t *data, size_t size)
{
    return (struct slice){(const char *)data, size};
}

/* Cuts the first byte off, 0 when there is none: a choice. */
static inline unsigned fuzz_choice(struct slice *input)
{
    if (input->length == 0)
        return 0;
    input->length--;
    return (unsigned char)*input->data++;
}

/* Cuts the next piece off: of 1 to 16 bytes, as `*seed` has it, or all for a seed of 0. */
static inline struct slice fuzz_piece(struct slice *input, unsigned *seed)
{
    size_t length = input->length;
    if (*seed) {
        *seed = *seed * 1103515245 + 12345;
        size_t wanted = 1 + (*seed >> 16) % 16;
        *seed |= 1;
        length = wanted < length ? wanted : length;
    }
    struct slice piece = {input->data, length};
    input->data += length;
    input->length -= length;
    return piece;
}

/* Whether `part` lies within `whole`; an empty part may lie anywhere. */
static inline bool fuzz_is_within(struct slice part, struct slice whole)
{
    return part.length == 0 || (part.data >= whole.data && part.data + part.length <= whole.data + whole.length);
}

#endif
