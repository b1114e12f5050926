#include "output/line_output.h"

#include <stdlib.h>

#include "base/error.h"

enum { GATHERED = 64 * 1024, LIMIT = 1 << 26 };

int line_output_create(struct output **out, struct output_file *file, struct slice head,
                       const struct observer *observer)
{
    struct line_output *lines = calloc(1, sizeof *lines);
    if (!lines)
        return ERR_NO_MEMORY;
    buf_init(&lines->text, LIMIT);
    int err = buf_append_slice(&lines->text, head);
    if (err) {
        free(lines);
        return err;
    }
    lines->output.observer = *observer;
    lines->output.observer.context = lines;
    lines->file = file;
    lines->whole = head.length;
    lines->written = clock_now();
    *out = &lines->output;
    return 0;
}

static int note(struct line_output *lines, int err)
{
    if (!lines->error)
        lines->error = err;
    return err;
}

/* What could not be written once is not written again: nobody knows how far it went. */
static int write_out(struct line_output *lines)
{
    FILE *stream = output_file_stream(lines->file);
    if (!ferror(stream) && (fwrite(lines->text.data, 1, lines->whole, stream) != lines->whole || fflush(stream)))
        note(lines, output_file_error(lines->file));
    if (ferror(stream))
        return lines->error;
    buf_clear(&lines->text);
    lines->whole = 0;
    lines->written = clock_now();
    return 0;
}

int line_output_end_line(struct line_output *lines, int err)
{
    if (err) {
        lines->text.length = lines->whole;
        return note(lines, err);
    }
    lines->whole = lines->text.length;
    lines->count++;
    if (lines->whole < GATHERED && clock_now() - lines->written < SECONDS(1))
        return 0;
    return write_out(lines);
}

int line_output_finish(struct output *output, const struct crawl_end *end)
{
    (void)end;
    struct line_output *lines = line_output_of(output);
    if (lines->error)
        return lines->error;
    lines->whole = lines->text.length;
    return lines->whole ? write_out(lines) : 0;
}

void line_output_free(struct output *output)
{
    struct line_output *lines = line_output_of(output);
    if (lines->whole && output_file_stream(lines->file))
        (void)write_out(lines);
    buf_free(&lines->text);
    free(lines);
}
