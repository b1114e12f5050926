#include "output/sitemap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/log.h"
#include "output/sitemap_parts.h"
#include "output/sorted_lines.h"
#include "output/xml_text.h"
#include "web/root.h"

enum { IN_MEMORY = 32 * 1024 * 1024, LONGEST_URL = 2047, ENTRY_LIMIT = 1 << 16 };
enum { MOST_URLS = 50000, MOST_BYTES = 50 << 20 }; /* of a file */

#define NAMESPACE "http://www.sitemaps.org/schemas/sitemap/0.9"
static const char HEAD[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"" NAMESPACE "\">\n";
static const char TAIL[] = "</urlset>\n";
static const char INDEX_HEAD[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"" NAMESPACE "\">\n";
static const char INDEX_TAIL[] = "</sitemapindex>\n";

struct sitemap {
    struct output output;
    struct sorted_lines *urls;
    uint64_t too_long; /* URLs left out */
};

static int take_record(void *context, const struct fetch_statistic *stat)
{
    struct sitemap *sitemap = context;
    if (fetch_statistic_status(stat) != 200 || !stat->is_html || fetch_statistic_is_broken(stat))
        return 0;
    if (stat->url.length > LONGEST_URL) {
        sitemap->too_long++;
        return 0;
    }
    return sorted_lines_add(sitemap->urls, stat->url);
}

/* A walk over the URLs that knows where a file ends. */
struct sitemap_walk {
    struct sitemap_parts *parts; /* NULL: there is one file at most, or they are only counted */
    FILE *out;                   /* where entries go; NULL: they are only counted */
    size_t files;
    uint64_t urls; /* in the present file */
    size_t bytes;  /* the same, its tail included */
    struct buf entry;
};

static int append_location(struct buf *out, const char *element, struct slice url)
{
    int err = buf_printf(out, "<%s><loc>", element);
    if (!err)
        err = xml_text_append(out, url);
    return err ? err : buf_printf(out, "</loc></%s>\n", element);
}

static int write_bytes(FILE *out, struct slice bytes)
{
    return fwrite(bytes.data, 1, bytes.length, out) == bytes.length ? 0 : error_from_errno(errno);
}

static int end_file(struct sitemap_walk *walk)
{
    return walk->out && walk->files ? write_bytes(walk->out, slice_of(TAIL)) : 0;
}

static int begin_file(struct sitemap_walk *walk)
{
    int err = end_file(walk);
    if (!err && walk->parts)
        err = sitemap_parts_add(walk->parts);
    if (!err && walk->parts)
        walk->out = sitemap_parts_stream(walk->parts);
    walk->files++;
    walk->urls = 0;
    walk->bytes = sizeof HEAD - 1 + sizeof TAIL - 1;
    return !err && walk->out ? write_bytes(walk->out, slice_of(HEAD)) : err;
}

static bool is_full(const struct sitemap_walk *walk)
{
    return walk->urls == MOST_URLS || walk->bytes + walk->entry.length > MOST_BYTES;
}

static int visit_url(void *context, struct slice url)
{
    struct sitemap_walk *walk = context;
    buf_clear(&walk->entry);
    int err = append_location(&walk->entry, "url", url);
    if (!err && (!walk->files || is_full(walk)))
        err = begin_file(walk);
    walk->urls++;
    walk->bytes += walk->entry.length;
    return !err && walk->out ? write_bytes(walk->out, buf_slice(&walk->entry)) : err;
}

/* Walks over all URLs; `*files` is how many files they fill. */
static int walk_urls(struct sitemap *sitemap, struct sitemap_parts *parts, FILE *out, size_t *files)
{
    struct sitemap_walk walk = {.parts = parts, .out = out};
    buf_init(&walk.entry, ENTRY_LIMIT);
    int err = sorted_lines_walk(sitemap->urls, visit_url, &walk);
    if (!err && !walk.files)
        err = begin_file(&walk);
    if (!err)
        err = end_file(&walk);
    *files = walk.files;
    buf_free(&walk.entry);
    return err;
}

static int write_part_locations(FILE *out, const char *path, size_t count, struct slice folder)
{
    struct buf url, entry;
    int err = 0;
    buf_init(&url, ENTRY_LIMIT);
    buf_init(&entry, ENTRY_LIMIT);
    for (size_t i = 1; i <= count && !err; i++) {
        buf_clear(&url);
        buf_clear(&entry);
        err = buf_append_slice(&url, folder);
        if (!err)
            err = sitemap_part_append_name(&url, path, i);
        if (!err)
            err = append_location(&entry, "sitemap", buf_slice(&url));
        if (!err)
            err = write_bytes(out, buf_slice(&entry));
    }
    buf_free(&url);
    buf_free(&entry);
    return err;
}

/* The root folder of the first root's site. */
static int append_folder(struct buf *out, const struct options *options)
{
    struct buf storage;
    struct url url;
    buf_init(&storage, URL_MAX_LENGTH);
    int err = options->roots.count ? root_parse(slice_of(options->roots.items[0]), &url, &storage) : ERR_INVALID;
    if (!err)
        err = url_append_origin(&url, out);
    buf_free(&storage);
    return err ? err : buf_append_char(out, '/');
}

static int write_index(FILE *out, const struct sitemap_parts *parts, const struct options *options)
{
    struct buf folder;
    buf_init(&folder, ENTRY_LIMIT);
    int err = append_folder(&folder, options);
    if (!err)
        err = write_bytes(out, slice_of(INDEX_HEAD));
    if (!err)
        err = write_part_locations(out, parts->path, parts->count, buf_slice(&folder));
    if (!err)
        err = write_bytes(out, slice_of(INDEX_TAIL));
    buf_free(&folder);
    return err;
}

/* Nothing gets its name before all is written. */
static int write_split(struct sitemap *sitemap, const struct options *options)
{
    struct sitemap_parts parts;
    size_t files;
    sitemap_parts_init(&parts, output_file_path(sitemap->output.file));
    int err = walk_urls(sitemap, &parts, NULL, &files);
    if (!err)
        err = write_index(output_file_stream(sitemap->output.file), &parts, options);
    if (!err)
        err = output_file_sync(sitemap->output.file); /* open, it keeps other crawls from the parts */
    if (!err)
        err = sitemap_parts_commit(&parts);
    sitemap_parts_free(&parts);
    return err;
}

static int finish(struct output *output, const struct crawl_end *end)
{
    struct sitemap *sitemap = container_of(output, struct sitemap, output);
    size_t files;
    if (sitemap->too_long)
        log_warning("sitemap: %" PRIu64 " URLs of more than %d bytes were left out", sitemap->too_long, LONGEST_URL);
    int err = walk_urls(sitemap, NULL, NULL, &files);
    if (err)
        return err;
    if (files == 1)
        return walk_urls(sitemap, NULL, output_file_stream(output->file), &files);
    if (output_file_is_named(output->file)) /* then others can be put beside it */
        return write_split(sitemap, end->options);
    log_error("sitemap: the URLs need %zu files, into which %s can't be split; name a file", files,
              output_file_name(output->file));
    return ERR_TOO_LARGE;
}

static void destroy(struct output *output)
{
    struct sitemap *sitemap = container_of(output, struct sitemap, output);
    sorted_lines_free(sitemap->urls);
    free(sitemap);
}

static int create(struct output **out, struct output_file *file, const struct options *options)
{
    (void)file;
    (void)options;
    struct sitemap *sitemap = calloc(1, sizeof *sitemap);
    if (!sitemap)
        return ERR_NO_MEMORY;
    sitemap->output.observer = (struct observer){.fetched = take_record, .context = sitemap};
    int err = sorted_lines_create(&sitemap->urls, IN_MEMORY);
    if (err) {
        free(sitemap);
        return err;
    }
    *out = &sitemap->output;
    return 0;
}

const struct output_format OUTPUT_SITEMAP = {
    .name = "sitemap",
    .help = "a sitemap of the HTML documents that were found",
    .create = create,
    .finish = finish,
    .free = destroy,
};
