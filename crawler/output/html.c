#include "output/html.h"

#include <stdlib.h>

#include "base/container.h"
#include "base/error.h"
#include "output/crawl_page.h"
#include "output/sweep_page.h"

struct html_output {
    struct output output;
    struct crawl_page page;
};

static int take_record(void *context, const struct fetch_statistic *stat)
{
    struct html_output *html = context;
    return crawl_page_add(&html->page, stat);
}

static int create(struct output **out, struct output_file *file, const struct options *options)
{
    (void)file;
    (void)options;
    struct html_output *html = calloc(1, sizeof *html);
    if (!html)
        return ERR_NO_MEMORY;
    int err = crawl_page_init(&html->page);
    if (err) {
        free(html);
        return err;
    }
    html->output.observer = (struct observer){.fetched = take_record, .context = html};
    *out = &html->output;
    return 0;
}

static int finish(struct output *output, const struct crawl_end *end)
{
    struct html_output *html = container_of(output, struct html_output, output);
    return crawl_page_write(&html->page, end, output_file_stream(output->file));
}

static void destroy(struct output *output)
{
    struct html_output *html = container_of(output, struct html_output, output);
    crawl_page_free(&html->page);
    free(html);
}

const struct output_format OUTPUT_HTML = {
    .name = "html",
    .suffix = ".html",
    .help = "page with figures and charts",
    .create = create,
    .finish = finish,
    .free = destroy,
    .write_measurement = html_write_sweep,
};
