#include "output/roots_text.h"

#include "web/root.h"

static int append_root(struct buf *out, const char *root)
{
    struct buf storage;
    struct url url;
    buf_init(&storage, URL_MAX_LENGTH);
    int err = root_parse(slice_of(root), &url, &storage);
    if (!err) {
        url_strip_credentials(&url, &storage);
        err = buf_append_slice(out, url.href);
    }
    buf_free(&storage);
    return err;
}

int roots_text(struct buf *out, const struct options *options)
{
    size_t count = options->roots.count;
    int err = count ? append_root(out, options->roots.items[0]) : 0;
    if (!err && count > 1)
        err = buf_printf(out, " and %zu more", count - 1);
    return err;
}
