/* archive.h - who keeps what a crawl asks and is answered, byte by byte.
 *
 * Each worker has a slot in it, whose tap listens to one exchange after another. When an exchange is over, it is
 * kept or dropped: only then, and whole, it goes into the archive. Where the archive ends is its position, which a
 * state file holds beside the records of the crawl, so that both agree when the crawl goes on. */
#ifndef RECORD_ARCHIVE_H
#define RECORD_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/fetch.h"

/* How far an archive has got. */
struct archive_position {
    struct slice prefix;   /* of its files' names, as given; valid as long as what it was read from */
    uint32_t file;         /* the number of the last file */
    uint64_t length;       /* of that */
    uint64_t index_length; /* of the lines of its index */
};

/* What a state file calls the position. */
#define ARCHIVE_NOTE "archive"

/* "FILE LENGTH INDEX_LENGTH PREFIX", for a state file. Errors as buf_printf. */
int archive_position_append(const struct archive_position *position, struct buf *text);

/* The opposite. Errors: ERR_SYNTAX. */
int archive_position_read(const char *text, struct archive_position *position);

/* The names of an archive's files: "PREFIX-00000.warc.gz", and that of its index as it grows, "PREFIX.cdxj.lines".
 * Errors as buf_printf. */
int archive_file_name(struct slice prefix, uint32_t file, struct buf *name);
int archive_lines_name(struct slice prefix, struct buf *name);

/* What is known of an exchange that is over. */
struct archive_answer {
    struct slice url;
    struct slice referrer; /* where it was found; empty for none */
    uint32_t depth;
    uint32_t tries;
    const struct http_response *response;
};

struct archive;
struct archive_slot;

struct archive_operations {
    int (*create_slot)(struct archive *archive, struct archive_slot **out);
    void (*free_slot)(struct archive_slot *slot);
    bool (*is_slow)(const struct archive_slot *slot);
    int (*keep)(struct archive_slot *slot, const struct archive_answer *answer);
    void (*drop)(struct archive_slot *slot);
};

/* What all archives and their slots begin with. */
struct archive {
    const struct archive_operations *operations;
    struct archive_position position;
};

struct archive_slot {
    struct archive *archive;
    struct http_tap tap;
};

/* Errors: ERR_NO_MEMORY. */
static inline int archive_create_slot(struct archive *archive, struct archive_slot **out)
{
    return archive->operations->create_slot(archive, out);
}

/* NULL is allowed. */
static inline void archive_free_slot(struct archive_slot *slot)
{
    if (slot)
        slot->archive->operations->free_slot(slot);
}

/* Whether keeping what is in the slot would take more than one call. */
static inline bool archive_is_slow(const struct archive_slot *slot)
{
    return slot->archive->operations->is_slow(slot);
}

/* Writes the exchange that is in the slot, if there is one and all of its answer arrived or a limit of ours cut it, and
 * empties the slot. Returns 1 when there is more to do in a later turn of the loop, before which nothing that `answer`
 * says may change; 0 when the exchange is in the files and in the position; or an error, which is told in the log once,
 * with the file's name, and which all later calls return: ERR_NO_MEMORY, those of error_from_errno. */
static inline int archive_keep(struct archive_slot *slot, const struct archive_answer *answer)
{
    return slot->archive->operations->keep(slot, answer);
}

/* Forgets the exchange, even in the midst of keeping it. */
static inline void archive_drop(struct archive_slot *slot)
{
    slot->archive->operations->drop(slot);
}

#endif
