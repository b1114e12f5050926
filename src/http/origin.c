#include "http/origin.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"

void origin_table_init(struct origin_table *origins)
{
    table_init(&origins->by_name);
    origins->recent = NULL;
}

void origin_table_free(struct origin_table *origins)
{
    table_for_each(slot, &origins->by_name)
    {
        struct origin *origin = slot->value;
        free(origin->loads);
        free(origin);
    }
    table_free(&origins->by_name);
}

static int parse_port(struct slice text, uint16_t *port)
{
    uint32_t number = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || number > UINT16_MAX)
            return ERR_INVALID;
        number = number * 10 + (uint32_t)(text.data[i] - '0');
    }
    if (number > UINT16_MAX || (text.length && number == 0)) /* 0 stands for a port that is not written */
        return ERR_INVALID;
    *port = (uint16_t)number;
    return 0;
}

/* Keeps of `text` what is behind its last `c`. */
static void drop_through_last(struct slice *text, char c)
{
    for (const char *found; (found = memchr(text->data, c, text->length));) {
        text->length -= (size_t)(found + 1 - text->data);
        text->data = found + 1;
    }
}

int authority_parse(struct slice authority, struct slice *host, uint16_t *port)
{
    drop_through_last(&authority, '@');
    struct slice rest = {authority.data, authority.length};
    size_t end;
    bool bracketed = authority.length && authority.data[0] == '[';
    const char *stop = memchr(authority.data, bracketed ? ']' : ':', authority.length);
    if (bracketed && !stop)
        return ERR_INVALID;
    end = stop ? (size_t)(stop - authority.data) : authority.length;
    *host = (struct slice){authority.data + bracketed, end - bracketed};
    rest.data += end + bracketed;
    rest.length -= end + bracketed;
    *port = 0;
    if (rest.length && rest.data[0] != ':')
        return ERR_INVALID;
    if (!host->length)
        return ERR_INVALID;
    return rest.length ? parse_port((struct slice){rest.data + 1, rest.length - 1}, port) : 0;
}

/* Cuts "scheme://authority" into its two parts; what follows is dropped. */
static int split(struct slice url, struct slice *scheme, struct slice *authority)
{
    const char *colon = memmem(url.data, url.length, "://", 3);
    if (!colon || memchr(url.data, '\0', url.length)) /* names are made with printf */
        return ERR_INVALID;
    *scheme = (struct slice){url.data, (size_t)(colon - url.data)};
    const char *start = colon + 3;
    size_t left = url.length - (size_t)(start - url.data), length = 0;
    while (length < left && start[length] != '/' && start[length] != '?' && start[length] != '#')
        length++;
    *authority = (struct slice){start, length};
    return 0;
}

static struct origin *new_origin(const char *name, size_t length, struct slice scheme, struct slice host)
{
    struct origin *origin = calloc(1, sizeof *origin + length);
    if (!origin)
        return NULL;
    char *copy = memcpy(origin + 1, name, length);
    bool bracketed = copy[scheme.length + 3] == '[';
    origin->name = (struct slice){copy, length};
    origin->scheme = (struct slice){copy, scheme.length};
    origin->host = (struct slice){copy + scheme.length + 3 + bracketed, host.length};
    list_init(&origin->waiting);
    list_node_init(&origin->eager_node);
    return origin;
}

/* Whether the scheme and authority of `url` are written as those that were asked for last. */
static bool is_recent(const struct origin_table *origins, struct slice url)
{
    size_t length = origins->spelling_length;
    return origins->recent && url.length > length && url.data[length] == '/' &&
           memcmp(url.data, origins->spelling, length) == 0;
}

static void remember(struct origin_table *origins, struct origin *origin, struct slice spelling)
{
    origins->recent = NULL;
    if (spelling.length > sizeof origins->spelling)
        return;
    memcpy(origins->spelling, spelling.data, spelling.length);
    origins->spelling_length = spelling.length;
    origins->recent = origin;
}

/* Finds or makes the origin of the parts of a URL. */
static int look_up(struct origin_table *origins, struct slice scheme, struct slice authority, struct origin **out)
{
    struct slice host;
    uint16_t port;
    char name[ORIGIN_NAME_LIMIT];
    if (authority_parse(authority, &host, &port))
        return ERR_INVALID;
    if (!port)
        port = slice_equal_nocase(scheme, SLICE("https")) ? 443 : 80;
    bool bracketed = memchr(host.data, ':', host.length) != NULL;
    int length = snprintf(name, sizeof name, "%.*s://%s%.*s%s:%u", SLICE_ARGS(scheme), bracketed ? "[" : "",
                          SLICE_ARGS(host), bracketed ? "]" : "", port);
    if (length < 0 || (size_t)length >= sizeof name)
        return ERR_INVALID;
    for (int i = 0; i < length; i++)
        name[i] = ascii_lower(name[i]);
    uint64_t key = hash_bytes((struct slice){name, (size_t)length});
    *out = table_get(&origins->by_name, key);
    if (*out)
        return 0;
    struct origin *origin = new_origin(name, (size_t)length, scheme, host);
    if (!origin || table_put(&origins->by_name, key, origin)) {
        free(origin);
        return ERR_NO_MEMORY;
    }
    origin->port = port;
    *out = origin;
    return 0;
}

int origin_of_url(struct origin_table *origins, struct slice url, struct origin **out)
{
    struct slice scheme, authority;
    if (is_recent(origins, url) && !memchr(url.data, '\0', url.length)) {
        *out = origins->recent;
        return 0;
    }
    int err = split(url, &scheme, &authority);
    if (!err)
        err = look_up(origins, scheme, authority, out);
    if (!err)
        remember(origins, *out, (struct slice){url.data, (size_t)(authority.data + authority.length - url.data)});
    return err;
}
