#include "web/url.h"

#include <assert.h>

#include "base/hash.h"
#include "web/url_internal.h"

int url_parse(struct url *url, struct slice input, const struct url *base, const struct charset *charset,
              struct buf *storage)
{
    assert(!base || base->href.data != storage->data);
    if (url_parse_fast(url, input, base, storage))
        return 0;
    return url_parse_slowly(url, input, base, charset, storage);
}

static struct slice part(const struct url *url, uint32_t start, uint32_t end)
{
    return (struct slice){url->href.data + start, end - start};
}

struct slice url_scheme(const struct url *url)
{
    return part(url, 0, url->scheme_end);
}

struct slice url_host(const struct url *url)
{
    return part(url, url->host_start, url->host_end);
}

struct slice url_path(const struct url *url)
{
    return part(url, url->path_start, url->path_end);
}

struct slice url_query(const struct url *url)
{
    return part(url, url->path_end, url->query_end);
}

struct slice url_fragment(const struct url *url)
{
    return part(url, url->query_end, (uint32_t)url->href.length);
}

struct slice url_without_fragment(const struct url *url)
{
    return part(url, 0, url->query_end);
}

void url_strip_credentials(struct url *url, struct buf *storage)
{
    assert(url->href.data == storage->data);
    uint32_t length = url->host_start - url->user_start;
    if (length == 0)
        return;
    memmove(storage->data + url->user_start, storage->data + url->host_start, storage->length - url->host_start);
    storage->length -= length;
    storage->data[storage->length] = '\0';
    url->href = buf_slice(storage);
    url->user_end = url->user_start;
    url->host_start -= length;
    url->host_end -= length;
    url->path_start -= length;
    url->path_end -= length;
    url->query_end -= length;
}

static int32_t read_port(struct slice digits)
{
    int32_t port = 0;
    for (size_t i = 0; i < digits.length; i++)
        port = port * 10 + (digits.data[i] - '0');
    return port;
}

void url_of_serialised(struct url *url, struct slice href)
{
    const char *end = href.data + href.length;
    const char *scheme_end = memchr(href.data, ':', href.length);
    assert(scheme_end && end - scheme_end > 3);
    const char *host = scheme_end + 3;
    const char *path = memchr(host, '/', (size_t)(end - host));
    assert(path);
    /* The colons of an IPv6 address stand within its brackets. */
    const char *bracket = *host == '[' ? memchr(host, ']', (size_t)(path - host)) : NULL;
    const char *behind = bracket ? bracket : host;
    const char *colon = memchr(behind, ':', (size_t)(path - behind));
    const char *query = memchr(path, '?', (size_t)(end - path));
    *url = (struct url){
        .href = href,
        .scheme_end = (uint32_t)(scheme_end - href.data),
        .user_start = (uint32_t)(host - href.data),
        .user_end = (uint32_t)(host - href.data),
        .host_start = (uint32_t)(host - href.data),
        .host_end = (uint32_t)((colon ? colon : path) - href.data),
        .path_start = (uint32_t)(path - href.data),
        .path_end = (uint32_t)((query ? query : end) - href.data),
        .query_end = (uint32_t)href.length,
        .port = colon ? read_port((struct slice){colon + 1, (size_t)(path - colon - 1)}) : -1,
        .has_host = true,
    };
}

uint64_t url_origin_fingerprint(const struct url *url)
{
    return hash_bytes(part(url, 0, url->path_start));
}

uint64_t url_fingerprint(const struct url *url)
{
    return url_origin_fingerprint(url) ^ hash_bytes(part(url, url->path_start, url->query_end));
}

int url_append_origin(const struct url *url, struct buf *out)
{
    struct slice authority = part(url, url->host_start, url->has_host ? url->path_start : url->host_end);
    size_t length = out->length;
    int err = buf_append_slice(out, url_scheme(url));
    if (!err)
        err = buf_append(out, "://", 3);
    if (!err)
        err = buf_append_slice(out, authority);
    if (err)
        out->length = length;
    return err;
}

int url_scheme_port(struct slice scheme)
{
    static const struct {
        struct slice scheme;
        int port;
    } special[] = {
        {{"https", 5}, 443}, {{"http", 4}, 80}, {{"ftp", 3}, 21}, {{"ws", 2}, 80}, {{"wss", 3}, 443}, {{"file", 4}, 0},
    };
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (slice_equal(special[i].scheme, scheme))
            return special[i].port;
    return -1;
}

uint16_t url_effective_port(const struct url *url)
{
    if (url->port >= 0)
        return (uint16_t)url->port;
    int port = url_scheme_port(url_scheme(url));
    return (uint16_t)(port > 0 ? port : 0);
}

bool url_is_http(const struct url *url)
{
    struct slice scheme = url_scheme(url);
    return slice_equal(scheme, SLICE("http")) || slice_equal(scheme, SLICE("https"));
}

bool url_host_is_address(const struct url *url)
{
    struct slice host = url_host(url);
    return host.length && (host.data[0] == '[' || (url_scheme_port(url_scheme(url)) >= 0 && url_ends_in_number(host)));
}

static bool ends_with(struct slice text, struct slice suffix)
{
    return text.length >= suffix.length &&
           memcmp(text.data + text.length - suffix.length, suffix.data, suffix.length) == 0;
}

bool url_is_loopback(const struct url *url)
{
    struct slice host = url_host(url);
    if (url_host_is_address(url))
        return slice_equal(host, SLICE("[::1]")) || (host.length > 4 && memcmp(host.data, "127.", 4) == 0);
    if (ends_with(host, SLICE(".")))
        host.length--;
    return slice_equal(host, SLICE("localhost")) || ends_with(host, SLICE(".localhost"));
}
