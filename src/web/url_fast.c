/* The short cut for links that need no change but resolving, as nearly all in a page are.
 *
 * It takes on a link only when each byte of it stays as it is: one pass over the path tells, by the classes of its
 * bytes, that nothing is to be encoded and that no segment but those at its front consists of dots. Then the result is
 * a front part of the base followed by a back part of the link. All else goes through the whole parser. */
#include "web/url_internal.h"

struct link {
    const char *at;
    const char *end;
    const char *path_end; /* set by measure */
    const char *query_end;
};

/* The first byte from `at` on that is of `classes`, or the end. */
static const char *find(const char *at, const char *end, unsigned classes)
{
    while (at < end && !url_byte_is(*at, classes))
        at++;
    return at;
}

/* A segment of dots, plain or as "%2e", can only be one that begins like this. */
static bool may_be_dots(const char *segment, const char *end)
{
    return segment < end && (*segment == '.' || *segment == '%');
}

/* Finds the ends of path, query and fragment; false when the link needs more than copying. */
static bool measure(struct link *link)
{
    const char *at = link->at, *end = link->end;
    for (;;) {
        if (may_be_dots(at, end))
            return false;
        at = find(at, end, NOT_PLAIN_IN_PATH);
        if (at == end || *at != '/')
            break;
        at++;
    }
    link->path_end = at;
    if (at < end && *at == '?')
        at = find(at + 1, end, ENCODE_SPECIAL_QUERY);
    link->query_end = at;
    if (at < end && *at == '#')
        at = find(at + 1, end, ENCODE_FRAGMENT);
    return at == end;
}

/* Writes the first `kept` bytes of the base and the rest of the link. */
static bool join(struct url *url, const struct url *base, size_t kept, const struct link *link, struct buf *storage)
{
    size_t added = (size_t)(link->end - link->at);
    buf_clear(storage);
    if (kept + added > URL_MAX_LENGTH || buf_reserve(storage, kept + added))
        return false;
    memcpy(storage->data, base->href.data, kept);
    memcpy(storage->data + kept, link->at, added);
    storage->length = kept + added;
    storage->data[storage->length] = '\0';
    *url = *base;
    url->href = buf_slice(storage);
    return true;
}

static bool join_path(struct url *url, const struct url *base, size_t kept, struct link *link, struct buf *storage)
{
    if (!measure(link) || !join(url, base, kept, link, storage))
        return false;
    url->path_end = (uint32_t)(kept + (size_t)(link->path_end - link->at));
    url->query_end = (uint32_t)(kept + (size_t)(link->query_end - link->at));
    return true;
}

static bool resolve_fragment(struct url *url, const struct url *base, const struct link *link, struct buf *storage)
{
    return find(link->at + 1, link->end, ENCODE_FRAGMENT) == link->end &&
           join(url, base, base->query_end, link, storage);
}

static bool resolve_query(struct url *url, const struct url *base, struct link *link, struct buf *storage)
{
    return join_path(url, base, base->path_end, link, storage);
}

/* Behind the base's last slash before `end`; `end` is behind the first slash of the path. */
static size_t directory_end(const struct url *base, size_t end)
{
    while (base->href.data[end - 1] != '/')
        end--;
    return end;
}

/* Takes "./" and "../" off the front of the link; returns how much of the base is left. */
static size_t climb(const struct url *base, struct link *link)
{
    size_t root = base->path_start + 1, kept = directory_end(base, base->path_end);
    for (;;) {
        size_t left = (size_t)(link->end - link->at);
        if (left >= 3 && memcmp(link->at, "../", 3) == 0) {
            link->at += 3;
            if (kept > root)
                kept = directory_end(base, kept - 1);
        } else if (left >= 2 && memcmp(link->at, "./", 2) == 0) {
            link->at += 2;
        } else {
            return kept;
        }
    }
}

static bool resolve_path(struct url *url, const struct url *base, struct link *link, struct buf *storage)
{
    size_t kept = climb(base, link);
    return join_path(url, base, kept, link, storage);
}

/* "/a", but not "//host". */
static bool resolve_absolute_path(struct url *url, const struct url *base, struct link *link, struct buf *storage)
{
    link->at++;
    if (link->at < link->end && (*link->at == '/' || *link->at == '\\'))
        return false;
    return join_path(url, base, base->path_start + 1, link, storage);
}

/* Whether a host of plain bytes only is its own ASCII form, and no address. */
static bool is_plain_domain(struct slice host)
{
    if (!host.length)
        return false;
    const char *last = memrchr(host.data, '.', host.length);
    last = last ? last + 1 : host.data;
    return last < host.data + host.length && !(*last >= '0' && *last <= '9');
}

/* "https://host/path": all of it is the link's. */
static bool resolve_absolute(struct url *url, struct slice scheme, const struct link *link, struct buf *storage)
{
    struct url whole = {.scheme_end = (uint32_t)scheme.length, .port = -1, .has_host = true};
    const char *host = link->at + scheme.length + 3;
    const char *host_end = find(host, link->end, NOT_PLAIN_IN_HOST);
    if (host_end == link->end || *host_end != '/' || !is_plain_domain((struct slice){host, (size_t)(host_end - host)}))
        return false;
    struct link path = {.at = host_end + 1, .end = link->end};
    whole.user_start = whole.user_end = whole.host_start = (uint32_t)(host - link->at);
    whole.host_end = whole.path_start = (uint32_t)(host_end - link->at);
    whole.href = (struct slice){link->at, whole.path_start + 1u};
    return join_path(url, &whole, whole.href.length, &path, storage);
}

static bool has_prefix(const struct link *link, struct slice prefix)
{
    return (size_t)(link->end - link->at) >= prefix.length && memcmp(link->at, prefix.data, prefix.length) == 0;
}

/* Whether a link that begins with a byte of schemes has one. */
static bool has_scheme(const struct link *link)
{
    const char *at = link->at;
    while (at < link->end && url_byte_is(*at, SCHEME_BYTE))
        at++;
    return at < link->end && *at == ':';
}

bool url_parse_fast(struct url *url, struct slice input, const struct url *base, struct buf *storage)
{
    struct link link = {.at = input.data, .end = input.data + input.length};
    if (!input.length || input.length > URL_MAX_LENGTH)
        return false;
    if (has_prefix(&link, SLICE("https://")))
        return resolve_absolute(url, SLICE("https"), &link, storage);
    if (has_prefix(&link, SLICE("http://")))
        return resolve_absolute(url, SLICE("http"), &link, storage);
    if (!base || !url_is_http(base))
        return false;
    switch (*link.at) {
    case '#':
        return resolve_fragment(url, base, &link, storage);
    case '?':
        return resolve_query(url, base, &link, storage);
    case '/':
        return resolve_absolute_path(url, base, &link, storage);
    default:
        return !has_scheme(&link) && resolve_path(url, base, &link, storage);
    }
}
