/* sitemap_parts.h - the files that a sitemap is split into: "map-1.xml", "map-2.xml" for "map.xml". */
#ifndef OUTPUT_SITEMAP_PARTS_H
#define OUTPUT_SITEMAP_PARTS_H

#include "base/buf.h"
#include "output/output_file.h"

struct sitemap_parts {
    const char *path; /* of the whole */
    struct output_file **files;
    size_t count;
};

/* None yet. `path` outlives them. */
void sitemap_parts_init(struct sitemap_parts *parts, const char *path);

/* Closes all; those that were not committed go. */
void sitemap_parts_free(struct sitemap_parts *parts);

/* Opens the next, when the one before is on the disk. Errors, which are told in the log with the file's name: those of
 * output_file_open, ERR_TOO_LARGE. */
int sitemap_parts_add(struct sitemap_parts *parts);

/* Where to write the last one. There must be one. */
FILE *sitemap_parts_stream(const struct sitemap_parts *parts);

/* Gives all their names, when the last is on the disk too. Errors, told too: those of output_file_commit. */
int sitemap_parts_commit(struct sitemap_parts *parts);

/* Appends the name of the part with this number, from 1, without its folder and percent-encoded for a URL. Errors as
 * buf_append. */
int sitemap_part_append_name(struct buf *out, const char *path, size_t number);

#endif
