#include "output/skipped.h"

#include "output/json_string.h"
#include "output/line_output.h"

/* `key` is a name with its colon and what stands before it. An empty value is null. */
static int append_member(struct buf *out, const char *key, struct slice value)
{
    int err = buf_append_slice(out, slice_of(key));
    if (err)
        return err;
    return value.length ? json_string_append(out, value) : buf_append_slice(out, SLICE("null"));
}

static int take_url(void *context, struct slice url, enum reason reason, struct slice referrer)
{
    struct line_output *lines = context;
    struct buf *text = &lines->text;
    int err = buf_append_slice(text, SLICE("{\"url\":"));
    if (!err)
        err = json_string_append(text, url);
    if (!err)
        err = append_member(text, ",\"reason\":", slice_of(reason_name(reason)));
    if (!err)
        err = append_member(text, ",\"text\":", slice_of(reason_text(reason)));
    if (!err)
        err = append_member(text, ",\"referrer\":", referrer);
    if (!err)
        err = buf_append_slice(text, SLICE("}\n"));
    return line_output_end_line(lines, err);
}

static int create(struct output **out, struct output_file *file, const struct options *options)
{
    (void)options;
    const struct observer observer = {.skipped = take_url, .left = take_url};
    return line_output_create(out, file, SLICE(""), &observer);
}

const struct output_format OUTPUT_SKIPPED = {
    .name = "skipped",
    .help = "URLs that were not fetched, and why, as JSON lines",
    .is_lines = true,
    .create = create,
    .finish = line_output_finish,
    .free = line_output_free,
};
