#include "crawl/root.h"

#include "base/error.h"

int root_parse(struct slice text, struct url *url, struct buf *storage)
{
    struct buf with_scheme;
    buf_init(&with_scheme, URL_MAX_LENGTH);
    text = slice_trim(text);
    int err = memmem(text.data, text.length, "://", 3) ? 0 : buf_append_slice(&with_scheme, SLICE("http://"));
    if (!err)
        err = buf_append_slice(&with_scheme, text);
    if (!err)
        err = url_parse(url, buf_slice(&with_scheme), NULL, NULL, storage);
    if (!err && !url_is_http(url))
        err = ERR_UNSUPPORTED;
    buf_free(&with_scheme);
    return err;
}
