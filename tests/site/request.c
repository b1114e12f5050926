#include "site/request.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

size_t site_head_length(const char *data, size_t length)
{
    const char *at = data;
    const char *end = data + length;
    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
        at++;
        if (at < end && *at == '\n')
            return (size_t)(at + 1 - data);
        if (end - at >= 2 && at[0] == '\r' && at[1] == '\n')
            return (size_t)(at + 2 - data);
    }
    return 0;
}

static size_t line_length(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    return newline ? (size_t)(newline + 1 - line) : (size_t)(end - line);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

const char *site_head_find(const char *data, size_t length, const char *name, size_t *value_length)
{
    const char *end = data + length;
    size_t name_length = strlen(name);
    const char *line = data + line_length(data, end);
    for (size_t size; line < end; line += size) {
        size = line_length(line, end);
        if (size <= name_length || line[name_length] != ':' || strncasecmp(line, name, name_length) != 0)
            continue;
        const char *value = line + name_length + 1;
        const char *last = line + size;
        while (value < last && is_space(*value))
            value++;
        while (last > value && is_space(last[-1]))
            last--;
        *value_length = (size_t)(last - value);
        return value;
    }
    return NULL;
}

static bool value_is(const char *data, size_t length, const char *name, const char *expected)
{
    size_t size;
    const char *value = site_head_find(data, length, name, &size);
    return value && size == strlen(expected) && strncasecmp(value, expected, size) == 0;
}

/* Stores a host in lower case and without its port; the brackets of an IPv6 address stay. */
static void store_host(struct site_head *head, const char *host, size_t length)
{
    const char *bracket = length && *host == '[' ? memchr(host, ']', length) : NULL;
    const char *from = bracket ? bracket : host;
    const char *colon = memchr(from, ':', length - (size_t)(from - host));
    if (colon)
        length = (size_t)(colon - host);
    if (length >= sizeof head->host)
        length = sizeof head->host - 1;
    for (size_t i = 0; i < length; i++)
        head->host[i] = (char)tolower((unsigned char)host[i]);
    head->host[length] = '\0';
}

/* Splits "http://host/path", as a proxy is asked, and moves on to its path. The host in it wins over the header. */
static void split_absolute(struct site_head *head, const char **target, size_t *length)
{
    const char *slashes = *length > 8 ? memchr(*target, ':', *length - 3) : NULL;
    if (**target == '/' || !slashes || strncmp(slashes, "://", 3) != 0)
        return;
    const char *host = slashes + 3;
    const char *end = *target + *length;
    const char *path = host;
    while (path < end && *path != '/' && *path != '?')
        path++;
    store_host(head, host, (size_t)(path - host));
    *target = path;
    *length = (size_t)(end - path);
}

static int parse_line(struct site_head *head, const char *line, size_t length)
{
    const char *end = line + length;
    while (end > line && is_space(end[-1]))
        end--;
    const char *target = memchr(line, ' ', (size_t)(end - line));
    const char *version = target ? memchr(target + 1, ' ', (size_t)(end - target - 1)) : NULL;
    if (!version || version == target + 1)
        return 400;
    head->is_head = target - line == 4 && memcmp(line, "HEAD", 4) == 0;
    target++;
    size_t target_length = (size_t)(version - target);
    version++;
    if (end - version != 8 || memcmp(version, "HTTP/1.", 7) != 0)
        return 505;
    head->keep_alive = version[7] != '0';
    split_absolute(head, &target, &target_length);
    if (target_length >= sizeof head->target)
        return 414;
    memcpy(head->target, target, target_length);
    head->target[target_length] = '\0';
    return 0;
}

static void store_condition(const char *data, size_t length, const char *name, char *condition)
{
    size_t size = 0;
    const char *value = site_head_find(data, length, name, &size);
    size = size < SITE_CONDITION_SIZE ? size : SITE_CONDITION_SIZE - 1;
    if (value)
        memcpy(condition, value, size);
    condition[size] = '\0';
}

int site_head_parse(struct site_head *head, const char *data, size_t length)
{
    head->host[0] = '\0';
    head->body = 0;
    size_t size;
    const char *host = site_head_find(data, length, "Host", &size);
    if (host)
        store_host(head, host, size);
    store_condition(data, length, "If-None-Match", head->none_match);
    store_condition(data, length, "If-Modified-Since", head->modified_since);
    int status = parse_line(head, data, line_length(data, data + length));
    if (status)
        return status;
    if (value_is(data, length, "Connection", "close"))
        head->keep_alive = false;
    if (site_head_find(data, length, "Transfer-Encoding", &size))
        return 501;
    const char *body = site_head_find(data, length, "Content-Length", &size);
    if (body)
        head->body = strtoull(body, NULL, 10); /* stops at the end of the line, which a whole head has */
    return 0;
}
