#include "output/output.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "output/csv.h"
#include "output/distribution.h"
#include "output/dot.h"
#include "output/html.h"
#include "output/json.h"
#include "output/jsonl.h"
#include "output/junit.h"
#include "output/sitemap.h"
#include "output/skipped.h"
#include "output/svg.h"
#include "output/text.h"

const struct output_format *const OUTPUT_FORMATS[] = {
    &OUTPUT_TEXT,    &OUTPUT_JSONL, &OUTPUT_JSON, &OUTPUT_CSV, &OUTPUT_JUNIT,
    &OUTPUT_SITEMAP, &OUTPUT_DOT,   &OUTPUT_HTML, &OUTPUT_SVG, NULL};

struct outputs {
    enum command command;
    struct output **items;
    size_t count;
};

/* One output that is wanted. */
struct wish {
    const struct output_format *format;
    const char *path;
};

static const struct output_format *format_called(struct slice name)
{
    for (const struct output_format *const *format = OUTPUT_FORMATS; *format; format++)
        if (slice_equal(slice_of((*format)->name), name))
            return *format;
    return NULL;
}

static bool ends_with(const char *text, const char *suffix)
{
    size_t length = strlen(text), suffix_length = strlen(suffix);
    return length > suffix_length && strcmp(text + length - suffix_length, suffix) == 0;
}

static const struct output_format *format_of_suffix(const char *path)
{
    for (const struct output_format *const *format = OUTPUT_FORMATS; *format; format++)
        if ((*format)->suffix && ends_with(path, (*format)->suffix))
            return *format;
    return &OUTPUT_TEXT;
}

/* The word before the first ':', where a format may stand; empty when there is none. A path with a '/' before its ':'
 * has none. */
static struct slice format_word(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789");
    return (struct slice){text, text[length] == ':' ? length : 0};
}

static bool serves(const struct output_format *format, enum command command)
{
    return command == COMMAND_MEASURE ? format->write_measurement != NULL : format->create != NULL;
}

int output_parse(const char *text, enum command command, const struct output_format **format, const char **path,
                 const char **why)
{
    struct slice word = format_word(text);
    *path = word.length ? text + word.length + 1 : text;
    *format = word.length ? format_called(word) : format_of_suffix(text);
    *why = NULL;
    if (!*format)
        *why = "unknown format (a file whose name holds a ':' is written ./NAME)";
    else if (!serves(*format, command))
        *why = command == COMMAND_MEASURE ? "not a format for measurements" : "a format for measurements alone";
    else if (!(*path)[0])
        *why = "the file's name is missing";
    else if (!word.length && ends_with(text, ".xml"))
        *why = "which kind of XML? say junit: or sitemap: before it";
    return *why ? ERR_SYNTAX : 0;
}

static int tell(const char *name, int err)
{
    log_error("%s: %s", name, error_text(err));
    return err;
}

/* A measurement is written at once when it is over. */
static int create_plain(struct output **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? 0 : ERR_NO_MEMORY;
}

static int open_file(const struct wish *wish, const struct options *options, struct output **out)
{
    struct output_file *file;
    int err = output_file_open(&file, wish->path, wish->format->is_lines);
    if (err)
        return tell(wish->path, err);
    err = options->command == COMMAND_MEASURE ? create_plain(out) : wish->format->create(out, file, options);
    if (err) {
        tell(output_file_name(file), err);
        output_file_free(file);
        return err;
    }
    (*out)->format = wish->format;
    (*out)->file = file;
    return 0;
}

static int is_taken(const struct outputs *outputs, const char *path)
{
    for (size_t i = 0; i < outputs->count; i++)
        if (strcmp(output_file_path(outputs->items[i]->file), path) == 0)
            return true;
    return false;
}

static int add(struct outputs *outputs, const struct wish *wish, const struct options *options)
{
    if (is_taken(outputs, wish->path)) {
        log_error("%s: named for two outputs", wish->path);
        return ERR_SYNTAX;
    }
    struct output **items = realloc(outputs->items, (outputs->count + 1) * sizeof(struct output *));
    if (!items)
        return tell(wish->path, ERR_NO_MEMORY);
    outputs->items = items;
    int err = open_file(wish, options, &items[outputs->count]);
    outputs->count += !err;
    return err;
}

static int add_file(struct outputs *outputs, const struct output_format *format, const char *path,
                    const struct options *options)
{
    return path ? add(outputs, &(struct wish){format, path}, options) : 0;
}

static int add_all(struct outputs *outputs, const struct options *options)
{
    const struct text_list *wanted = &options->outputs;
    int err = wanted->count ? 0 : add_file(outputs, &OUTPUT_TEXT, "-", options);
    for (size_t i = 0; i < wanted->count && !err; i++) {
        struct wish wish;
        const char *why;
        err = output_parse(wanted->items[i], options->command, &wish.format, &wish.path, &why);
        if (err)
            log_error("%s: %s", wanted->items[i], why);
        else
            err = add(outputs, &wish, options);
    }
    if (!err && options->command != COMMAND_MEASURE)
        err = add_file(outputs, &OUTPUT_SKIPPED, options->skipped, options);
    if (!err)
        err = add_file(outputs, &OUTPUT_TIMESERIES, options->timeseries, options);
    if (!err)
        err = add_file(outputs, &OUTPUT_HISTOGRAM, options->histogram, options);
    return err;
}

int outputs_open(struct outputs **out, const struct options *options)
{
    struct outputs *outputs = calloc(1, sizeof *outputs);
    if (!outputs)
        return tell("outputs", ERR_NO_MEMORY);
    outputs->command = options->command;
    int err = add_all(outputs, options);
    if (err) {
        outputs_free(outputs);
        return err;
    }
    *out = outputs;
    return 0;
}

void outputs_for_each_observer(struct outputs *outputs, void (*visit)(void *context, struct observer *observer),
                               void *context)
{
    for (size_t i = 0; i < outputs->count; i++)
        visit(context, &outputs->items[i]->observer);
}

void outputs_for_each_name(const struct outputs *outputs, void (*visit)(void *context, const char *path), void *context)
{
    for (size_t i = 0; i < outputs->count; i++)
        if (output_file_is_named(outputs->items[i]->file))
            visit(context, output_file_path(outputs->items[i]->file));
}

/* Gives the file its name, unless `err`. */
static int commit(struct output *output, int err)
{
    if (!err)
        err = output_file_commit(output->file);
    return err ? tell(output_file_name(output->file), err) : 0;
}

int outputs_finish(struct outputs *outputs, const struct crawl_end *end)
{
    int first = 0;
    for (size_t i = 0; i < outputs->count; i++) {
        struct output *output = outputs->items[i];
        int err = output->observer.error ? output->observer.error : output_file_error(output->file);
        if (!err && output->format->finish)
            err = output->format->finish(output, end);
        err = commit(output, err);
        first = first ? first : err;
    }
    return first;
}

int outputs_finish_measurement(struct outputs *outputs, const struct measurement *measurement)
{
    int first = 0;
    for (size_t i = 0; i < outputs->count; i++) {
        struct output *output = outputs->items[i];
        int err = output->format->write_measurement(output_file_stream(output->file), measurement);
        err = commit(output, err);
        first = first ? first : err;
    }
    return first;
}

void outputs_free(struct outputs *outputs)
{
    if (!outputs)
        return;
    for (size_t i = 0; i < outputs->count; i++) {
        struct output_file *file = outputs->items[i]->file;
        if (outputs->items[i]->format->create && outputs->command != COMMAND_MEASURE)
            outputs->items[i]->format->free(outputs->items[i]);
        else
            free(outputs->items[i]);
        output_file_free(file);
    }
    free(outputs->items);
    free(outputs);
}
