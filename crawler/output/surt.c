#include "output/surt.h"

#include <stdlib.h>

#include "base/error.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct slice tail(struct slice text, size_t start)
{
    return (struct slice){text.data + start, text.length - start};
}

/* "www.example.org" and "www2.example.org" are "example.org". */
static struct slice without_www(struct slice host)
{
    size_t end = 3;
    if (!slice_has_prefix_nocase(host, SLICE("www")))
        return host;
    while (end < host.length && is_digit(host.data[end]))
        end++;
    return end < host.length && host.data[end] == '.' ? tail(host, end + 1) : host;
}

static size_t find_any(struct slice text, const char *set)
{
    size_t i = 0;
    while (i < text.length && !strchr(set, text.data[i]))
        i++;
    return i;
}

/* An IPv6 address, in brackets, has no dots. */
static int append_host(struct buf *out, struct slice host)
{
    int err = 0;
    while (host.length && !err) {
        size_t start = host.length;
        while (start && host.data[start - 1] != '.')
            start--;
        err = buf_append_slice(out, tail(host, start));
        host.length = start ? start - 1 : 0;
        if (start && !err)
            err = buf_append_char(out, ',');
    }
    return err;
}

static int compare(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static size_t count_parameters(struct slice query)
{
    size_t count = 1;
    for (size_t i = 0; i < query.length; i++)
        count += query.data[i] == '&';
    return count;
}

static int append_query(struct buf *out, struct slice query)
{
    size_t count = count_parameters(query);
    struct slice *parameters = malloc(count * sizeof *parameters);
    if (!parameters)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        size_t length = find_any(query, "&");
        parameters[i] = (struct slice){query.data, length};
        query = tail(query, length < query.length ? length + 1 : length);
    }
    qsort(parameters, count, sizeof *parameters, compare);
    int err = 0;
    for (size_t i = 0; i < count && !err; i++) {
        err = buf_append_char(out, i ? '&' : '?');
        if (!err)
            err = buf_append_slice(out, parameters[i]);
    }
    free(parameters);
    return err;
}

static int append_parts(struct buf *out, struct slice rest)
{
    size_t end = find_any(rest, "/?");
    struct slice authority = without_www((struct slice){rest.data, end});
    size_t port = authority.length;
    while (port && is_digit(authority.data[port - 1]))
        port--;
    bool has_port = port && authority.data[port - 1] == ':';
    int err = append_host(out, (struct slice){authority.data, has_port ? port - 1 : authority.length});
    if (!err && has_port)
        err = buf_append_slice(out, tail(authority, port - 1));
    if (!err)
        err = buf_append_char(out, ')');
    rest = tail(rest, end);
    end = find_any(rest, "?");
    if (!err)
        err = buf_append_slice(out, (struct slice){rest.data, end});
    return err || end + 1 >= rest.length ? err : append_query(out, tail(rest, end + 1));
}

int surt_append(struct buf *out, struct slice url)
{
    struct buf lower;
    buf_init(&lower, out->limit);
    int err = buf_append_slice(&lower, url);
    for (size_t i = 0; i < lower.length; i++)
        lower.data[i] = ascii_lower(lower.data[i]);
    struct slice text = buf_slice(&lower);
    size_t scheme = slice_has_prefix_nocase(text, SLICE("https://"))  ? 8
                    : slice_has_prefix_nocase(text, SLICE("http://")) ? 7
                                                                      : 0;
    if (!err)
        err = append_parts(out, tail(text, scheme));
    buf_free(&lower);
    return err;
}
