/* output_fixture.h - what a format makes of records. */
#ifndef UNIT_OUTPUT_FIXTURE_H
#define UNIT_OUTPUT_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "output/output.h"
#include "unit/suite.h"

/* A text of a test with its NUL bytes. */
#define TEXT(literal)                  \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

struct output_fixture {
    char folder[32];
    char path[64];
    struct options options;
    struct crawl_totals totals;
    struct output *output;
};

/* Opens an output of `format` in a folder of its own. */
static inline void fixture_open(struct output_fixture *fixture, const struct output_format *format)
{
    struct output_file *file;
    *fixture = (struct output_fixture){.folder = "/tmp/crawler-test-XXXXXX", .totals = {.elapsed = SECONDS(2)}};
    ck_assert_ptr_nonnull(mkdtemp(fixture->folder));
    sprintf(fixture->path, "%s/out.xml", fixture->folder);
    ck_assert_int_eq(output_file_open(&file, fixture->path, format->is_lines), 0);
    ck_assert_int_eq(format->create(&fixture->output, file, &fixture->options), 0);
    fixture->output->format = format;
    fixture->output->file = file;
}

static inline void fixture_take(struct output_fixture *fixture, const struct fetch_statistic *stat)
{
    const struct observer *observer = &fixture->output->observer;
    if (observer->fetched(observer->context, stat)) /* no assertion: many records are taken */
        ck_abort_msg("a record was refused");
}

/* Finishes the output; it and its file are gone then. Returns what `finish` did. */
static inline int fixture_finish(struct output_fixture *fixture)
{
    struct output *output = fixture->output;
    struct output_file *file = output->file;
    const struct crawl_end end = {.totals = &fixture->totals, .options = &fixture->options};
    int err = output->format->finish(output, &end);
    if (!err)
        ck_assert_int_eq(output_file_commit(file), 0);
    output->format->free(output);
    output_file_free(file);
    return err;
}

/* Reads a file of the folder and removes it. Malloced; NULL when there is none. */
static inline char *fixture_read(struct output_fixture *fixture, const char *name)
{
    char path[96];
    sprintf(path, "%s/%s", fixture->folder, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    long length = ftell(file);
    rewind(file);
    char *text = malloc((size_t)length + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(fread(text, 1, (size_t)length, file), length);
    text[length] = '\0';
    fclose(file);
    unlink(path);
    return text;
}

/* Removes the folder, in which nothing may be left. */
static inline void fixture_close(struct output_fixture *fixture)
{
    ck_assert_int_eq(rmdir(fixture->folder), 0);
}

/* What `format` writes for `count` records. Malloced. */
static inline char *format_records(const struct output_format *format, const struct fetch_statistic *stats,
                                   size_t count)
{
    struct output_fixture fixture;
    fixture_open(&fixture, format);
    for (size_t i = 0; i < count; i++)
        fixture_take(&fixture, &stats[i]);
    ck_assert_int_eq(fixture_finish(&fixture), 0);
    char *text = fixture_read(&fixture, "out.xml");
    ck_assert_ptr_nonnull(text);
    fixture_close(&fixture);
    return text;
}

#endif
