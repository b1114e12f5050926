#include "output/junit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/temporary.h"
#include "output/junit_case.h"
#include "output/sorted_lines.h"
#include "output/xml_text.h"

enum { IN_MEMORY = 32 * 1024 * 1024, LINE_LIMIT = 1 << 24 };

/* What the head of a suite tells of its cases. */
struct suite_counts {
    uint64_t tests;
    uint64_t failures;
    uint64_t errors;
    uint64_t milliseconds;
};

struct junit {
    struct output output;
    struct sorted_lines *cases; /* junit_case.h */
    struct suite_counts all;
    struct buf line; /* scratch */
};

static void count_case(struct suite_counts *counts, const struct junit_case *taken)
{
    counts->tests++;
    counts->failures += taken->kind == JUNIT_FAILURE;
    counts->errors += taken->kind == JUNIT_ERROR;
    counts->milliseconds += taken->milliseconds;
}

static int take_record(void *context, const struct fetch_statistic *stat)
{
    struct junit *junit = context;
    buf_clear(&junit->line);
    int err = junit_case_append(&junit->line, stat);
    if (err)
        return err;
    const struct junit_case taken = junit_case_read(buf_slice(&junit->line));
    count_case(&junit->all, &taken);
    return sorted_lines_add(junit->cases, buf_slice(&junit->line));
}

/* A walk over the cases, suite by suite. */
struct suite_walk {
    FILE *counts;              /* temporary; those of each suite in turn, since heads tell them before the cases come */
    FILE *out;                 /* NULL in the first walk, which makes `counts` */
    struct buf host;           /* of the suite that the walk is in */
    struct suite_counts suite; /* first walk: so far */
    bool in_suite;
};

static int stream_error(FILE *stream)
{
    return ferror(stream) ? error_from_errno(errno) : 0;
}

/* Whether the case begins a suite; that is then the one that the walk is in. */
static int enter_suite(struct suite_walk *walk, struct slice host, bool *is_new)
{
    *is_new = !walk->in_suite || !slice_equal(host, buf_slice(&walk->host));
    if (!*is_new)
        return 0;
    walk->in_suite = true;
    buf_clear(&walk->host);
    return buf_append_slice(&walk->host, host);
}

static int end_counting(struct suite_walk *walk)
{
    fwrite(&walk->suite, sizeof walk->suite, 1, walk->counts);
    walk->suite = (struct suite_counts){0};
    return stream_error(walk->counts);
}

static int count_line(void *context, struct slice line)
{
    struct suite_walk *walk = context;
    const struct junit_case taken = junit_case_read(line);
    bool is_new, was_in_suite = walk->in_suite;
    int err = enter_suite(walk, taken.host, &is_new);
    if (!err && is_new && was_in_suite)
        err = end_counting(walk);
    count_case(&walk->suite, &taken);
    return err;
}

/* The attributes that every head ends with. */
static void write_counts(FILE *out, const struct suite_counts *counts)
{
    fprintf(out, "\" tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\" errors=\"%" PRIu64 "\"", counts->tests,
            counts->failures, counts->errors);
}

static void write_seconds(FILE *out, uint64_t milliseconds)
{
    fprintf(out, " time=\"%" PRIu64 ".%03u\">\n", milliseconds / 1000, (unsigned)(milliseconds % 1000));
}

static int begin_suite(struct suite_walk *walk)
{
    struct suite_counts counts;
    struct buf name;
    if (fread(&counts, sizeof counts, 1, walk->counts) != 1)
        return ERR_SYSTEM;
    buf_init(&name, LINE_LIMIT);
    int err = xml_text_append(&name, buf_slice(&walk->host));
    fprintf(walk->out, "<testsuite name=\"%s", buf_text(&name));
    write_counts(walk->out, &counts);
    fputs(" skipped=\"0\"", walk->out);
    write_seconds(walk->out, counts.milliseconds);
    buf_free(&name);
    return err;
}

static int write_line(void *context, struct slice line)
{
    struct suite_walk *walk = context;
    const struct junit_case taken = junit_case_read(line);
    bool is_new, was_in_suite = walk->in_suite;
    int err = enter_suite(walk, taken.host, &is_new);
    if (is_new && was_in_suite)
        fputs("</testsuite>\n", walk->out);
    if (!err && is_new)
        err = begin_suite(walk);
    fprintf(walk->out, "%.*s\n", SLICE_ARGS(taken.xml));
    return err ? err : stream_error(walk->out);
}

static int count_suites(struct junit *junit, FILE *counts)
{
    struct suite_walk walk = {.counts = counts};
    buf_init(&walk.host, LINE_LIMIT);
    int err = sorted_lines_walk(junit->cases, count_line, &walk);
    if (!err)
        err = end_counting(&walk);
    buf_free(&walk.host);
    if (!err && fseeko(counts, 0, SEEK_SET)) /* which writes out what is buffered */
        err = error_from_errno(errno);
    return err;
}

static int write_suites(struct junit *junit, FILE *counts, FILE *out)
{
    struct suite_walk walk = {.counts = counts, .out = out};
    buf_init(&walk.host, LINE_LIMIT);
    int err = sorted_lines_walk(junit->cases, write_line, &walk);
    if (walk.in_suite)
        fputs("</testsuite>\n", out);
    buf_free(&walk.host);
    return err;
}

static int finish(struct output *output, const struct crawl_end *end)
{
    struct junit *junit = container_of(output, struct junit, output);
    FILE *out = output_file_stream(output->file), *counts;
    int err = temporary_stream(&counts);
    if (err)
        return err;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"crawler", out);
    write_counts(out, &junit->all);
    write_seconds(out, (uint64_t)(end->totals->elapsed / MILLISECONDS(1)));
    err = count_suites(junit, counts);
    if (!err)
        err = write_suites(junit, counts, out);
    fputs("</testsuites>\n", out);
    fclose(counts);
    return err ? err : stream_error(out);
}

static void destroy(struct output *output)
{
    struct junit *junit = container_of(output, struct junit, output);
    sorted_lines_free(junit->cases);
    buf_free(&junit->line);
    free(junit);
}

static int create(struct output **out, struct output_file *file, const struct options *options)
{
    (void)file;
    (void)options;
    struct junit *junit = calloc(1, sizeof *junit);
    if (!junit)
        return ERR_NO_MEMORY;
    junit->output.observer = (struct observer){.fetched = take_record, .context = junit};
    buf_init(&junit->line, LINE_LIMIT);
    int err = sorted_lines_create(&junit->cases, IN_MEMORY);
    if (err) {
        free(junit);
        return err;
    }
    *out = &junit->output;
    return 0;
}

const struct output_format OUTPUT_JUNIT = {
    .name = "junit",
    .help = "test results as JUnit writes them; broken links fail",
    .create = create,
    .finish = finish,
    .free = destroy,
};
