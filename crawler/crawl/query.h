/* query.h - the parameters of a query, as application/x-www-form-urlencoded has them, undecoded. */
#ifndef CRAWL_QUERY_H
#define CRAWL_QUERY_H

#include <stdbool.h>

#include "base/slice.h"

struct parameter {
    struct slice name;
    struct slice value; /* empty without '=' */
};

/* Takes the first parameter off `query`, which begins with '?' (as url_query) or, later, '&'. False at the end. */
static inline bool query_next(struct slice *query, struct parameter *parameter)
{
    if (!query->length)
        return false;
    const char *start = query->data + 1, *end = query->data + query->length;
    const char *stop = memchr(start, '&', (size_t)(end - start));
    stop = stop ? stop : end;
    const char *equals = memchr(start, '=', (size_t)(stop - start));
    const char *name_end = equals ? equals : stop, *value = equals ? equals + 1 : stop;
    *parameter = (struct parameter){{start, (size_t)(name_end - start)}, {value, (size_t)(stop - value)}};
    *query = (struct slice){stop, (size_t)(end - stop)};
    return true;
}

/* Whether a parameter has that name, in any case. */
static inline bool query_has(struct slice query, struct slice name)
{
    struct parameter parameter;
    while (query_next(&query, &parameter))
        if (slice_equal_nocase(parameter.name, name))
            return true;
    return false;
}

#endif
