/* line_output.h - an output that writes lines while the crawl goes on.
 *
 * They go out in pieces that end with a line, when much has gathered or a second has passed: who reads along, or finds
 * what a crash left, has whole lines. */
#ifndef OUTPUT_LINE_OUTPUT_H
#define OUTPUT_LINE_OUTPUT_H

#include "base/buf.h"
#include "base/clock.h"
#include "output/output.h"

struct line_output {
    struct output output;
    struct output_file *file;
    struct buf text;     /* what has not gone out yet; to be appended to */
    size_t whole;        /* bytes of it that end with a line */
    uint64_t count;      /* lines that ended */
    nanoseconds written; /* when lines last went out */
    int error;           /* the first: a line is missing */
};

/* Makes one that begins with `head` and observes by the functions of `observer`, whose context will be the line_output.
 * Errors: ERR_NO_MEMORY. */
int line_output_create(struct output **out, struct output_file *file, struct slice head,
                       const struct observer *observer);

/* A line ends here, its newline included; or, where `err` is an error, what there is of it is taken back, and finishing
 * will fail. Errors: `err`, those of error_from_errno. */
int line_output_end_line(struct line_output *lines, int err);

/* The finish and free of formats that have nothing to add: writes out what has gathered; the same, if it still can be,
 * for lines that ended, and frees all. */
int line_output_finish(struct output *output, const struct crawl_end *end);
void line_output_free(struct output *output);

static inline struct line_output *line_output_of(struct output *output)
{
    return container_of(output, struct line_output, output);
}

#endif
