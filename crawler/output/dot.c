#include "output/dot.h"

#include "output/clean_text.h"
#include "output/line_output.h"
#include "web/url.h"

/* A strict graph takes an edge that comes twice for one: the target of a redirect names the redirect as the page where
 * it was found, and the edge from there is the dashed one already. */
static const char HEAD[] = "strict digraph crawl {\n"
                           "rankdir=LR;\n"
                           "node [shape=box, style=filled, fillcolor=white];\n";

/* Backslashes that are not doubled would mean something in a label, and the last one in a name would hide its quote.
 * Graphviz takes references to characters in labels for these, and copies those in names into its SVG as they are. */
static const char *escaped(char c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '&':
        return "&amp;";
    case '\n':
        return "\\n";
    case '\r':
    case '\t':
        return " ";
    default:
        return NULL;
    }
}

static int append_quoted(struct buf *out, struct slice text)
{
    int err = buf_append_char(out, '"');
    if (!err)
        err = clean_text_append(out, text, escaped);
    return err ? err : buf_append_char(out, '"');
}

static const char *colour_of(const struct fetch_statistic *stat)
{
    if (!fetch_statistic_is_whole(stat))
        return "red";
    if (stat->next_url.length)
        return "khaki";
    if (fetch_statistic_is_broken(stat))
        return "salmon";
    return stat->is_html ? "lightblue" : "lightgrey";
}

/* What stands behind the origin. */
static struct slice label_of(struct slice href)
{
    struct url url;
    url_of_serialised(&url, href);
    return (struct slice){href.data + url.path_start, href.length - url.path_start};
}

static int append_node(struct buf *out, const struct fetch_statistic *stat)
{
    int err = append_quoted(out, stat->url);
    if (!err)
        err = buf_append_slice(out, SLICE(" [label="));
    if (!err)
        err = append_quoted(out, label_of(stat->url));
    return err ? err : buf_printf(out, ", fillcolor=%s];\n", colour_of(stat));
}

static int append_edge(struct buf *out, struct slice from, struct slice to, const char *attributes)
{
    if (!from.length || !to.length)
        return 0;
    int err = append_quoted(out, from);
    if (!err)
        err = buf_append_slice(out, SLICE(" -> "));
    if (!err)
        err = append_quoted(out, to);
    return err ? err : buf_append_slice(out, slice_of(attributes));
}

static int take_record(void *context, const struct fetch_statistic *stat)
{
    struct line_output *lines = context;
    struct buf *text = &lines->text;
    int err = append_node(text, stat);
    if (!err)
        err = append_edge(text, stat->referrer, stat->url, ";\n");
    if (!err)
        err = append_edge(text, stat->url, stat->next_url, " [style=dashed];\n");
    return line_output_end_line(lines, err);
}

static int create(struct output **out, struct output_file *file, const struct options *options)
{
    (void)options;
    const struct observer observer = {.fetched = take_record};
    return line_output_create(out, file, slice_of(HEAD), &observer);
}

static int finish(struct output *output, const struct crawl_end *end)
{
    int err = buf_append_slice(&line_output_of(output)->text, SLICE("}\n"));
    return err ? err : line_output_finish(output, end);
}

const struct output_format OUTPUT_DOT = {
    .name = "dot",
    .suffix = ".dot",
    .help = "the crawl as a graph, for Graphviz",
    .create = create,
    .finish = finish,
    .free = line_output_free,
};
