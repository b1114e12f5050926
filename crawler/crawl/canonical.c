#include "crawl/canonical.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "crawl/query.h"

/* A parameter that stays. */
struct kept {
    struct slice name;
    struct slice text; /* with its value */
    size_t place;      /* where it stood */
};

bool canonical_is_wanted(const struct options *options)
{
    return options->strip_query.count || options->sort_query;
}

static bool fits(struct slice name, const char *pattern)
{
    size_t length = strlen(pattern);
    bool is_prefix = length && pattern[length - 1] == '*';
    length -= is_prefix;
    return (is_prefix ? name.length >= length : name.length == length) && memcmp(name.data, pattern, length) == 0;
}

static bool is_stripped(const struct options *options, struct slice name)
{
    for (size_t i = 0; i < options->strip_query.count; i++)
        if (fits(name, options->strip_query.items[i]))
            return true;
    return false;
}

/* By name, and by place for those of one name. */
static int compare(const void *left, const void *right)
{
    const struct kept *a = left, *b = right;
    size_t shared = a->name.length < b->name.length ? a->name.length : b->name.length;
    int order = shared ? memcmp(a->name.data, b->name.data, shared) : 0;
    if (!order)
        order = (a->name.length > b->name.length) - (a->name.length < b->name.length);
    return order ? order : (a->place > b->place) - (a->place < b->place);
}

static struct slice text_of(const struct parameter *parameter)
{
    const char *end = parameter->value.data + parameter->value.length;
    return (struct slice){parameter->name.data, (size_t)(end - parameter->name.data)};
}

/* Whether the query is as it should be, and how many parameters it has. */
static bool is_canonical(const struct options *options, struct slice query, size_t *count)
{
    struct kept last = {.text = {0}}, next;
    struct parameter parameter;
    bool good = true;
    for (*count = 0; query_next(&query, &parameter); last = next) {
        next = (struct kept){.name = parameter.name, .place = ++*count};
        good = good && !is_stripped(options, parameter.name) &&
               !(options->sort_query && *count > 1 && compare(&last, &next) > 0);
    }
    return good;
}

static size_t keep(const struct options *options, struct slice query, struct kept *kept)
{
    struct parameter parameter;
    size_t count = 0;
    while (query_next(&query, &parameter))
        if (!is_stripped(options, parameter.name)) {
            kept[count] = (struct kept){parameter.name, text_of(&parameter), count};
            count++;
        }
    if (options->sort_query)
        qsort(kept, count, sizeof *kept, compare);
    return count;
}

static int write_url(struct buf *storage, const struct url *url, const struct kept *kept, size_t count)
{
    buf_clear(storage);
    int err = buf_append(storage, url->href.data, url->path_end);
    for (size_t i = 0; i < count && !err; i++) {
        err = buf_append_char(storage, i ? '&' : '?');
        if (!err)
            err = buf_append_slice(storage, kept[i].text);
    }
    return err;
}

int canonical_apply(const struct options *options, struct url *url, struct buf *storage)
{
    size_t count;
    if (is_canonical(options, url_query(url), &count))
        return 0;
    struct kept *kept = malloc(count * sizeof *kept);
    if (!kept)
        return ERR_NO_MEMORY;
    int err = write_url(storage, url, kept, keep(options, url_query(url), kept));
    free(kept);
    if (err)
        return err;
    url->href = buf_slice(storage);
    url->query_end = (uint32_t)url->href.length;
    return 1;
}
