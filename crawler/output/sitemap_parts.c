#include "output/sitemap_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/path.h"

void sitemap_parts_init(struct sitemap_parts *parts, const char *path)
{
    *parts = (struct sitemap_parts){.path = path};
}

void sitemap_parts_free(struct sitemap_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        output_file_free(parts->files[i]);
    free(parts->files);
}

/* The path up to its suffix; a name that only begins with a dot has none. */
static size_t stem_length(const char *path)
{
    const char *name = path_name(path), *dot = strrchr(name, '.');
    return dot && dot > name ? (size_t)(dot - path) : strlen(path);
}

static int append_path(struct buf *out, const char *path, size_t number)
{
    size_t stem = stem_length(path);
    return buf_printf(out, "%.*s-%zu%s", (int)stem, path, number, path + stem);
}

static int tell(const char *name, int err)
{
    log_error("%s: %s", name, error_text(err));
    return err;
}

/* Closes the last one, so that one of many is open at a time. */
static int close_last(const struct sitemap_parts *parts)
{
    int err = parts->count ? output_file_close(parts->files[parts->count - 1]) : 0;
    return err ? tell(output_file_name(parts->files[parts->count - 1]), err) : 0;
}

int sitemap_parts_add(struct sitemap_parts *parts)
{
    int closed = close_last(parts);
    if (closed)
        return closed;
    struct output_file **files = realloc(parts->files, (parts->count + 1) * sizeof(struct output_file *));
    if (!files)
        return tell(parts->path, ERR_NO_MEMORY);
    parts->files = files;
    struct buf path;
    buf_init(&path, PATH_LIMIT);
    int err = append_path(&path, parts->path, parts->count + 1);
    if (!err)
        err = output_file_open(&files[parts->count], buf_text(&path), false);
    if (err)
        tell(buf_text(&path), err);
    else
        parts->count++;
    buf_free(&path);
    return err;
}

FILE *sitemap_parts_stream(const struct sitemap_parts *parts)
{
    return output_file_stream(parts->files[parts->count - 1]);
}

int sitemap_parts_commit(struct sitemap_parts *parts)
{
    int closed = close_last(parts);
    if (closed)
        return closed;
    for (size_t i = 0; i < parts->count; i++) {
        int err = output_file_commit(parts->files[i]);
        if (err)
            return tell(output_file_name(parts->files[i]), err);
    }
    return 0;
}

static bool is_unreserved(char c)
{
    return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || (c && strchr("-._~", c));
}

int sitemap_part_append_name(struct buf *out, const char *path, size_t number)
{
    struct buf name;
    buf_init(&name, PATH_LIMIT);
    int err = append_path(&name, path_name(path), number);
    for (size_t i = 0; i < name.length && !err; i++)
        err = is_unreserved(name.data[i]) ? buf_append_char(out, name.data[i])
                                          : buf_printf(out, "%%%02X", (unsigned char)name.data[i]);
    buf_free(&name);
    return err;
}
