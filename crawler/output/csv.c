#include "output/csv.h"

#include "output/clean_text.h"
#include "output/line_output.h"
#include "output/record_fields.h"
#include "output/sweep_text.h"

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

/* Whether a spreadsheet would take the text for a formula. */
static bool looks_like_formula(struct slice text)
{
    return text.length && is_one_of(text.data[0], "=+-@\t\r\n");
}

static bool needs_quotes(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (is_one_of(text.data[i], ",\"\r\n"))
            return true;
    return false;
}

static const char *doubled_quote(char c)
{
    return c == '"' ? "\"\"" : NULL;
}

static int append_text(struct buf *out, struct slice text)
{
    const struct slice quote = needs_quotes(text) ? SLICE("\"") : SLICE("");
    int err = buf_append_slice(out, quote);
    if (!err && looks_like_formula(text))
        err = buf_append_char(out, '\'');
    if (!err)
        err = clean_text_append(out, text, doubled_quote);
    return err ? err : buf_append_slice(out, quote);
}

static int append_separator(struct buf *out, size_t column)
{
    return column + 1 < RECORD_FIELDS ? buf_append_char(out, ',') : buf_append(out, "\r\n", 2);
}

static int take_record(void *context, const struct fetch_statistic *stat)
{
    struct line_output *lines = context;
    struct buf *text = &lines->text;
    struct record_value values[RECORD_FIELDS];
    record_values(stat, values);
    int err = 0;
    for (size_t i = 0; i < RECORD_FIELDS && !err; i++) {
        err = record_value_append(text, &values[i], append_text, SLICE(""));
        if (!err)
            err = append_separator(text, i);
    }
    return line_output_end_line(lines, err);
}

static int append_name(struct buf *out, const struct record_field *field)
{
    int err = buf_append_slice(out, field->group);
    if (!err && field->group.length)
        err = buf_append_char(out, '_');
    return err ? err : buf_append_slice(out, field->name);
}

static int append_names(struct buf *out)
{
    int err = 0;
    for (size_t i = 0; i < RECORD_FIELDS && !err; i++) {
        err = append_name(out, &RECORD_FIELD[i]);
        if (!err)
            err = append_separator(out, i);
    }
    return err;
}

static int create(struct output **out, struct output_file *file, const struct options *options)
{
    (void)options;
    struct output *output;
    const struct observer observer = {.fetched = take_record};
    int err = line_output_create(&output, file, SLICE(""), &observer);
    if (err)
        return err;
    err = append_names(&line_output_of(output)->text);
    if (err) {
        line_output_free(output);
        return err;
    }
    *out = output;
    return 0;
}

static int write_measurement(FILE *file, const struct measurement *measurement)
{
    sweep_write_csv(file, measurement->sweep);
    return 0;
}

const struct output_format OUTPUT_CSV = {
    .name = "csv",
    .suffix = ".csv",
    .help = "a line a URL, for spreadsheets",
    .is_lines = true,
    .create = create,
    .finish = line_output_finish,
    .free = line_output_free,
    .write_measurement = write_measurement,
};
