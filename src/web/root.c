#include "web/root.h"

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

/* The byte that "%XX" at the start of `text` stands for; -1 when there is no such thing. */
static int escaped_byte(struct slice text)
{
    if (text.length < 3 || text.data[0] != '%' || digit_of(text.data[1]) < 0 || digit_of(text.data[2]) < 0)
        return -1;
    return digit_of(text.data[1]) * 16 + digit_of(text.data[2]);
}

static int append_decoded(struct buf *out, struct slice text)
{
    int err = 0;
    while (text.length && !err) {
        int byte = escaped_byte(text);
        const unsigned char decoded = (unsigned char)byte;
        err = buf_append(out, byte < 0 ? (const void *)text.data : &decoded, 1);
        size_t length = byte < 0 ? 1 : 3;
        text = (struct slice){text.data + length, text.length - length};
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
