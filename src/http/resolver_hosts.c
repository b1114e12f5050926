#include "http/resolver_hosts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/hash.h"

struct host_address {
    struct host_address *next;
    struct resolver_address address;
};

struct host {
    struct slice name;
    struct host_address *first;
    struct host_address *last;
};

static struct host *find(const struct resolver_hosts *hosts, struct slice name)
{
    struct host *host = table_get(&hosts->table, hash_bytes(name));
    return host && slice_equal(host->name, name) ? host : NULL;
}

/* The entry of `name`, made where there is none; NULL when memory is out. */
static struct host *find_or_add(struct resolver_hosts *hosts, struct slice name)
{
    struct host *host = find(hosts, name);
    if (host)
        return host;
    host = arena_alloc(&hosts->arena, sizeof *host);
    if (!host)
        return NULL;
    *host = (struct host){.name = arena_copy(&hosts->arena, name)};
    if (!host->name.data || table_put(&hosts->table, hash_bytes(name), host))
        return NULL;
    return host;
}

static int add(struct resolver_hosts *hosts, const struct resolver_name *name, const struct resolver_address *address)
{
    struct host *host = find_or_add(hosts, resolver_name_slice(name));
    struct host_address *node = arena_alloc(&hosts->arena, sizeof *node);
    if (!host || !node)
        return ERR_NO_MEMORY;
    *node = (struct host_address){.address = *address};
    if (host->last)
        host->last->next = node;
    else
        host->first = node;
    host->last = node;
    return 0;
}

/* Cuts the next word off `*line`; it is empty at the end of the line or where a comment starts. */
static struct slice next_word(struct slice *line)
{
    size_t start = 0;
    while (start < line->length && ascii_is_space(line->data[start]))
        start++;
    size_t end = start;
    while (end < line->length && !ascii_is_space(line->data[end]) && line->data[end] != '#')
        end++;
    struct slice word = {line->data + start, end - start};
    *line = (struct slice){line->data + end, line->length - end};
    return word;
}

static int read_line(struct resolver_hosts *hosts, struct slice line)
{
    struct resolver_name address;
    if (resolver_name_read(&address, next_word(&line)) || !address.is_address)
        return 0;
    for (struct slice word = next_word(&line); word.length; word = next_word(&line)) {
        struct resolver_name name;
        if (resolver_name_read(&name, word) || name.is_address)
            continue;
        int err = add(hosts, &name, &address.address);
        if (err)
            return err;
    }
    return 0;
}

static int read_lines(struct resolver_hosts *hosts, FILE *file)
{
    char *line = NULL;
    size_t capacity = 0;
    int err = 0;
    ssize_t length = 0;
    while (!err && (length = getline(&line, &capacity, file)) >= 0)
        err = read_line(hosts, (struct slice){line, (size_t)length});
    if (!err && !feof(file))
        err = error_from_errno(errno);
    free(line);
    return err;
}

int resolver_hosts_read(struct resolver_hosts *hosts, const char *path)
{
    table_init(&hosts->table);
    arena_init(&hosts->arena);
    FILE *file = fopen(path, "re");
    if (!file)
        return error_from_errno(errno);
    int err = read_lines(hosts, file);
    fclose(file);
    if (err)
        resolver_hosts_free(hosts);
    return err;
}

void resolver_hosts_free(struct resolver_hosts *hosts)
{
    table_free(&hosts->table);
    arena_free(&hosts->arena);
}

static bool is_wanted(const struct resolver_address *address, enum resolver_family family)
{
    return family == RESOLVER_ANY || (address->family == AF_INET) == (family == RESOLVER_IPV4);
}

bool resolver_hosts_find(const struct resolver_hosts *hosts, const struct resolver_name *name,
                         enum resolver_family family, struct resolver_answer *answer)
{
    const struct host *host = find(hosts, resolver_name_slice(name));
    *answer = (struct resolver_answer){.expires = NEVER};
    for (const struct host_address *node = host ? host->first : NULL; node; node = node->next)
        if (is_wanted(&node->address, family) && answer->count < RESOLVER_MAX_ADDRESSES)
            answer->addresses[answer->count++] = node->address;
    return answer->count > 0;
}
