#include "web/sitemap.h"

#include <errno.h>

#include "base/error.h"
#include "inspect/document.h"
#include "inspect/inspect.h"

enum { CHUNK = 64 * 1024 };

static int print_entry(void *context, const struct sitemap_entry *entry)
{
    bool *output_failed = context;
    json_t *object = entry->kind == SITEMAP_OF_SITEMAPS
                         ? json_pack("{s:o}", "sitemap", json_text(entry->url))
                         : json_pack("{s:o, s:o}", "url", json_text(entry->url), "lastmod", json_text(entry->lastmod));
    *output_failed = json_print(object) != 0;
    return *output_failed ? ERR_CLOSED : 0;
}

static int read_file(struct sitemap_reader *reader, FILE *file)
{
    static char chunk[CHUNK];
    int err = 0;
    for (size_t length; !err && (length = fread(chunk, 1, sizeof chunk, file)) > 0;)
        err = sitemap_feed(reader, (struct slice){chunk, length});
    if (!err && ferror(file))
        return error_from_errno(errno);
    return err ? err : sitemap_finish(reader);
}

/* Tells what is missing from the output, if anything. Returns the exit code. */
static int judge(const char *name, int err, size_t dropped)
{
    if (dropped)
        fprintf(stderr, "%s: %zu left out: too many, too long or malformed\n", name, dropped);
    if (err)
        fprintf(stderr, "%s: %s\n", name, error_text(err));
    return err ? 1 : 0;
}

static int run(const char *name, FILE *file)
{
    struct sitemap_reader *reader;
    bool output_failed = false;
    int err = sitemap_create(&reader, print_entry, &output_failed);
    if (err)
        return judge(name, err, 0);
    err = read_file(reader, file);
    int code = output_failed ? 1 : judge(name, err, sitemap_dropped(reader));
    sitemap_free(reader);
    return code;
}

int inspect_sitemap(int argc, char **argv)
{
    struct document_arguments arguments;
    int code = document_read_arguments(&arguments, argc, argv, DOCUMENT_NO_OPTIONS);
    if (code)
        return code;
    FILE *file = document_open(&arguments);
    if (!file)
        return 1;
    code = run(arguments.file, file);
    if (file != stdin)
        fclose(file);
    return code;
}
