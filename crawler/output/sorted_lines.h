/* sorted_lines.h - any number of lines in ascending order, with bounded memory.
 *
 * Lines are gathered in memory; when they fill it, they are sorted and spilled to an unnamed temporary file, and at the
 * end the spilled runs are merged. */
#ifndef OUTPUT_SORTED_LINES_H
#define OUTPUT_SORTED_LINES_H

#include <stddef.h>
#include <stdio.h>

#include "base/slice.h"

struct sorted_lines;

/* `memory` is the number of bytes that may be gathered before they spill. Errors: ERR_NO_MEMORY. */
int sorted_lines_create(struct sorted_lines **out, size_t memory);
void sorted_lines_free(struct sorted_lines *lines);

/* Adds a copy of `line`, which holds no newline. Errors: ERR_NO_MEMORY, and those of error_from_errno for the temporary
 * file. */
int sorted_lines_add(struct sorted_lines *lines, struct slice line);

/* Takes the next line in byte order. Returns 0, or a negative error that ends the walk. */
typedef int (*sorted_lines_visit)(void *context, struct slice line);

/* Walks over all lines in ascending order of their bytes. May be repeated, with more lines added in between. Errors: as
 * sorted_lines_add, or what `visit` returned. */
int sorted_lines_walk(struct sorted_lines *lines, sorted_lines_visit visit, void *context);

#endif
