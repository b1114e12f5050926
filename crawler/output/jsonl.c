#include "output/jsonl.h"

#include "output/line_output.h"
#include "output/record_json.h"

static int take_record(void *context, const struct fetch_statistic *stat)
{
    struct line_output *lines = context;
    int err = record_json_append(&lines->text, stat);
    if (!err)
        err = buf_append_char(&lines->text, '\n');
    return line_output_end_line(lines, err);
}

static int create(struct output **out, struct output_file *file, const struct options *options)
{
    (void)options;
    const struct observer observer = {.fetched = take_record};
    return line_output_create(out, file, SLICE(""), &observer);
}

const struct output_format OUTPUT_JSONL = {
    .name = "jsonl",
    .suffix = ".jsonl",
    .help = "a JSON object a line, as fetches end",
    .is_lines = true,
    .create = create,
    .finish = line_output_finish,
    .free = line_output_free,
};
