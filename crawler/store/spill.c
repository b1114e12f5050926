#include "store/spill.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "base/temporary.h"

/* Sizes of slots: 512 bytes, twice that, and so on. */
enum { SMALLEST = 512, ORDERS = 14 };
_Static_assert(SMALLEST << (ORDERS - 1) == SPILL_LARGEST, "the largest piece fills the largest slot");

struct spill_slot {
    struct spill_slot *next; /* while it is free: one more of its size */
    uint64_t start;
    uint32_t length; /* of the piece */
    uint32_t order;
};

struct spill {
    char *folder;
    int descriptor; /* -1 before the first piece */
    uint64_t size;
    struct spill_slot *free[ORDERS];
    struct arena slots; /* none ever goes, and so none lies in the way of what does */
};

int spill_create(struct spill **out, const char *folder)
{
    struct spill *spill = calloc(1, sizeof *spill);
    if (!spill)
        return ERR_NO_MEMORY;
    spill->descriptor = -1;
    arena_init(&spill->slots);
    spill->folder = strdup(folder ? folder : temporary_folder());
    if (!spill->folder) {
        free(spill);
        return ERR_NO_MEMORY;
    }
    *out = spill;
    return 0;
}

void spill_free(struct spill *spill)
{
    if (!spill)
        return;
    if (spill->descriptor >= 0)
        close(spill->descriptor);
    arena_free(&spill->slots);
    free(spill->folder);
    free(spill);
}

static int tell(const struct spill *spill, int err)
{
    log_error("%s: file for URLs that don't fit into memory: %s", spill->folder, error_text(err));
    return err;
}

static int open_file(struct spill *spill)
{
    int err = spill->descriptor < 0 ? temporary_open(spill->folder, &spill->descriptor) : 0;
    return err ? tell(spill, err) : 0;
}

static uint64_t size_of(uint32_t order)
{
    return (uint64_t)SMALLEST << order;
}

static uint32_t order_for(size_t length)
{
    uint32_t order = 0;
    while (size_of(order) < length)
        order++;
    return order;
}

/* A free slot, or one more behind all others; NULL when memory is out. */
static struct spill_slot *take_slot(struct spill *spill, uint32_t order)
{
    struct spill_slot *slot = spill->free[order];
    if (slot) {
        spill->free[order] = slot->next;
        return slot;
    }
    slot = arena_alloc(&spill->slots, sizeof *slot);
    if (!slot)
        return NULL;
    *slot = (struct spill_slot){.start = spill->size, .order = order};
    spill->size += size_of(order);
    return slot;
}

static int write_piece(const struct spill *spill, const struct spill_slot *slot, struct slice piece)
{
    for (size_t done = 0; done < piece.length;) {
        ssize_t wrote = pwrite(spill->descriptor, piece.data + done, piece.length - done, (off_t)(slot->start + done));
        if (wrote < 0 && errno != EINTR)
            return tell(spill, error_from_errno(errno));
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    return 0;
}

int spill_put(struct spill *spill, struct slice piece, struct spill_slot **out)
{
    assert(piece.length > 0 && piece.length <= SPILL_LARGEST);
    int err = open_file(spill);
    if (err)
        return err;
    struct spill_slot *slot = take_slot(spill, order_for(piece.length));
    if (!slot)
        return ERR_NO_MEMORY;
    err = write_piece(spill, slot, piece);
    if (err) {
        spill_drop(spill, slot);
        return err;
    }
    slot->length = (uint32_t)piece.length;
    *out = slot;
    return 0;
}

int spill_get(struct spill *spill, const struct spill_slot *slot, char *bytes)
{
    for (size_t done = 0; done < slot->length;) {
        ssize_t got = pread(spill->descriptor, bytes + done, slot->length - done, (off_t)(slot->start + done));
        if (got == 0)
            return tell(spill, ERR_TRUNCATED);
        if (got < 0 && errno != EINTR)
            return tell(spill, error_from_errno(errno));
        done += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

size_t spill_length(const struct spill_slot *slot)
{
    return slot->length;
}

void spill_expect(const struct spill *spill, const struct spill_slot *slot)
{
#ifdef POSIX_FADV_WILLNEED
    (void)posix_fadvise(spill->descriptor, (off_t)slot->start, slot->length, POSIX_FADV_WILLNEED);
#else
    (void)spill;
    (void)slot;
#endif
}

void spill_drop(struct spill *spill, struct spill_slot *slot)
{
    slot->next = spill->free[slot->order];
    spill->free[slot->order] = slot;
}

uint64_t spill_size(const struct spill *spill)
{
    return spill->size;
}
