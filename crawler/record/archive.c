#include "record/archive.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"

int archive_position_append(const struct archive_position *position, struct buf *text)
{
    return buf_printf(text, "%" PRIu32 " %" PRIu64 " %" PRIu64 " %.*s", position->file, position->length,
                      position->index_length, SLICE_ARGS(position->prefix));
}

int archive_position_read(const char *text, struct archive_position *position)
{
    int read = 0;
    if (sscanf(text, "%" SCNu32 " %" SCNu64 " %" SCNu64 "%n", &position->file, &position->length,
               &position->index_length, &read) < 3 ||
        text[read] != ' ')
        return ERR_SYNTAX;
    position->prefix = slice_of(text + read + 1);
    return 0;
}

int archive_file_name(struct slice prefix, uint32_t file, struct buf *name)
{
    return buf_printf(name, "%.*s-%05" PRIu32 ".warc.gz", SLICE_ARGS(prefix), file);
}

int archive_lines_name(struct slice prefix, struct buf *name)
{
    return buf_printf(name, "%.*s.cdxj.lines", SLICE_ARGS(prefix));
}
