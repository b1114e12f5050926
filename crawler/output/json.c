#include "output/json.h"

#include <jansson.h>

#include "base/error.h"
#include "output/json_string.h"
#include "output/line_output.h"
#include "output/record_json.h"
#include "record/json_value.h"
#include "web/root.h"

enum { LARGEST_MEASUREMENT = 256 << 20 }; /* 64 steps with all buckets of their histograms have less */

static int take_record(void *context, const struct fetch_statistic *stat)
{
    struct line_output *lines = context;
    struct buf *text = &lines->text;
    int err = buf_append_slice(text, lines->count ? SLICE(",\n") : SLICE("\n"));
    if (!err)
        err = record_json_append(text, stat);
    return line_output_end_line(lines, err);
}

static int create(struct output **out, struct output_file *file, const struct options *options)
{
    (void)options;
    const struct observer observer = {.fetched = take_record};
    return line_output_create(out, file, SLICE("{\"crawler\":\"" CRAWLER_VERSION "\",\n\"urls\":["), &observer);
}

/* A root as the crawl began with it. */
static int append_root(struct buf *out, struct slice text)
{
    struct buf storage;
    struct url url;
    buf_init(&storage, URL_MAX_LENGTH);
    int err = root_parse(text, &url, &storage);
    if (!err) {
        url_strip_credentials(&url, &storage);
        err = json_string_append(out, url_without_fragment(&url));
    }
    buf_free(&storage);
    return err;
}

/* There may be millions. */
static int write_roots(struct line_output *lines, const struct text_list *roots)
{
    int err = line_output_end_line(lines, buf_append_slice(&lines->text, SLICE("\n],\n\"roots\":[\n")));
    for (size_t i = 0; i < roots->count && !err; i++) {
        err = append_root(&lines->text, slice_of(roots->items[i]));
        if (!err)
            err = buf_append_slice(&lines->text, i + 1 < roots->count ? SLICE(",\n") : SLICE("\n"));
        err = line_output_end_line(lines, err);
    }
    return err;
}

static int append_summary(struct buf *out, const struct crawl_end *end)
{
    json_t *summary = summary_json(end->summary, end->totals);
    if (!summary)
        return ERR_NO_MEMORY;
    int err = json_value_append(out, summary, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(summary);
    return err;
}

static int finish(struct output *output, const struct crawl_end *end)
{
    struct buf *text = &line_output_of(output)->text;
    int err = write_roots(line_output_of(output), &end->options->roots);
    if (!err)
        err = buf_printf(text, "],\n\"interrupted\":%s,\n\"limit_reached\":%s,\n\"summary\":",
                         end->was_interrupted ? "true" : "false", end->hit_limit ? "true" : "false");
    if (!err)
        err = append_summary(text, end);
    if (!err)
        err = buf_append_slice(text, SLICE("}\n"));
    return err ? err : line_output_finish(output, end);
}

/* json_dumpf would leave out what it has no memory for. */
static int write_document(FILE *file, const json_t *document)
{
    struct buf text;
    buf_init(&text, LARGEST_MEASUREMENT);
    int err = json_value_append(&text, document, JSON_ENSURE_ASCII);
    if (!err)
        err = buf_append_char(&text, '\n');
    if (!err)
        fwrite(text.data, 1, text.length, file); /* whether it went well shows in ferror */
    buf_free(&text);
    return err;
}

static int write_measurement(FILE *file, const struct measurement *measurement)
{
    json_t *document = sweep_json(measurement->sweep);
    if (!document)
        return ERR_NO_MEMORY;
    if (measurement->comparison &&
        json_object_set_new(document, "comparison", comparison_json(measurement->comparison))) {
        json_decref(document);
        return ERR_NO_MEMORY;
    }
    int err = write_document(file, document);
    json_decref(document);
    return err;
}

const struct output_format OUTPUT_JSON = {
    .name = "json",
    .suffix = ".json",
    .help = "one JSON document with all URLs and a summary",
    .create = create,
    .finish = finish,
    .free = line_output_free,
    .write_measurement = write_measurement,
};
