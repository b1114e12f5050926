/* output.h - what a crawl writes, chosen by -o [FORMAT:]FILE.
 *
 * A format is a row of a table and a file of its own beside this one. Each output observes the crawl's records as they
 * come and writes the rest when it is over. It goes to a file through output_file, which gives it its name only when it
 * is whole. */
#ifndef OUTPUT_OUTPUT_H
#define OUTPUT_OUTPUT_H

#include <stdbool.h>

#include "measure/baseline.h"
#include "measure/summary.h"
#include "measure/sweep.h"
#include "options.h"
#include "output/output_file.h"
#include "record/crawl_totals.h"
#include "record/observer.h"

/* A crawl that is over. */
struct crawl_end {
    const struct crawl_totals *totals;
    struct summary *summary;
    const struct options *options;
    bool was_interrupted;
    bool hit_limit;
};

/* A measurement that is over. */
struct measurement {
    const struct sweep *sweep;
    const struct comparison *comparison; /* with a baseline; else NULL */
    const struct options *options;
};

/* What every output begins with. */
struct output {
    const struct output_format *format;
    struct output_file *file; /* open from creation to the end; the output writes to output_file_stream(file) */
    struct observer observer; /* its functions are the format's; either may be NULL */
};

struct output_format {
    const char *name;   /* "jsonl" */
    const char *suffix; /* of files that are taken for it when no format is named: ".jsonl"; NULL for none */
    const char *help;   /* in a few words */
    bool is_lines;      /* each line is whole for itself, so that FILE.part is of use when it is never finished */
    /* Of a crawl. Makes one; NULL: the format is for measurements alone. The first member of what it makes is a struct
     * output, whose observer it fills; format and file are set by the caller and already valid. Errors: any; `*out` is
     * not touched then. */
    int (*create)(struct output **out, struct output_file *file, const struct options *options);
    /* Writes what is left to write. May be NULL. */
    int (*finish)(struct output *output, const struct crawl_end *end);
    void (*free)(struct output *output);
    /* Of a measurement. Writes it whole; NULL: the format is for crawls alone. Errors: any; those of writing show in
     * ferror. */
    int (*write_measurement)(FILE *file, const struct measurement *measurement);
};

/* All formats; one without a name ends the table. */
extern const struct output_format *const OUTPUT_FORMATS[];

/* The format and the path of `text`: "jsonl:out", "out.jsonl", "-" and "report" (text), for a command. Errors:
 * ERR_SYNTAX, and `*why` says what is wrong, static. */
int output_parse(const char *text, enum command command, const struct output_format **format, const char **path,
                 const char **why);

/* All outputs of a crawl. */
struct outputs;

/* Opens what options->outputs and options->skipped name; the text report on standard output when there are none. Errors
 * are told in the log with the file's name: ERR_SYNTAX (a format), ERR_NO_MEMORY, those of error_from_errno. */
int outputs_open(struct outputs **out, const struct options *options);

/* Calls `visit` for the observer of each. */
void outputs_for_each_observer(struct outputs *outputs, void (*visit)(void *context, struct observer *observer),
                               void *context);

/* Calls `visit` for the path of each that gets its name in the end, and beside which FILE.part and others may be
 * made. */
void outputs_for_each_name(const struct outputs *outputs, void (*visit)(void *context, const char *path),
                           void *context);

/* Finishes all and gives the files their names. Each is tried, whatever became of the others; errors are told in the
 * log and the first is returned. An output that failed before is not finished. */
int outputs_finish(struct outputs *outputs, const struct crawl_end *end);

/* The same for a measurement. */
int outputs_finish_measurement(struct outputs *outputs, const struct measurement *measurement);

/* What was not finished gets no name: FILE.part of a line format stays, that of others goes. NULL is allowed. */
void outputs_free(struct outputs *outputs);

#endif
