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

static int digit_of(char c)
{
    return c >= '0' && c <= '9'                             ? c - '0'
           : ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f' ? ascii_lower(c) - 'a' + 10
                                                            : -1;
}

static int append_decoded(struct buf *out, struct slice text)
{
    int err = 0;
    for (size_t i = 0; i < text.length && !err; i++) {
        bool escaped = text.data[i] == '%' && i + 2 < text.length && digit_of(text.data[i + 1]) >= 0 &&
                       digit_of(text.data[i + 2]) >= 0;
        char c = escaped ? (char)(digit_of(text.data[i + 1]) * 16 + digit_of(text.data[i + 2])) : text.data[i];
        i += escaped ? 2 : 0;
        err = buf_append_char(out, c);
    }
    return err;
}

int root_credentials(const struct url *url, struct buf *out)
{
    if (url->user_start == url->host_start)
        return 0;
    /* "name@" or "name:password@" */
    const char *text = url->href.data;
    struct slice name = {text + url->user_start, url->user_end - url->user_start};
    struct slice password = {text + url->user_end + 1, url->host_start - url->user_end - 1};
    if (password.length)
        password.length--;
    int err = append_decoded(out, name);
    if (!err)
        err = buf_append_char(out, ':');
    return err ? err : append_decoded(out, password);
}
