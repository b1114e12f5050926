#include "crawl/session_id.h"

#include "base/hash.h"
#include "crawl/query.h"

enum { LEAST_RANDOM = 16, MOST_RANDOM = 128 };

/* What is left of a URL. */
struct remainder {
    uint64_t fingerprint;
    bool is_without; /* something was left out */
};

static void keep(struct remainder *remainder, struct slice part)
{
    remainder->fingerprint = hash_pair(remainder->fingerprint, hash_bytes(part));
}

static bool is_any_of(struct slice name, const struct slice *names)
{
    for (; names->data; names++)
        if (slice_equal_nocase(name, *names))
            return true;
    return false;
}

static bool looks_random(struct slice value)
{
    bool digits = false, letters = false;
    if (value.length < LEAST_RANDOM || value.length > MOST_RANDOM)
        return false;
    for (size_t i = 0; i < value.length; i++) {
        char c = ascii_lower(value.data[i]);
        bool is_digit = c >= '0' && c <= '9', is_letter = c >= 'a' && c <= 'z';
        if (!is_digit && !is_letter)
            return false;
        digits |= is_digit;
        letters |= is_letter;
    }
    return digits && letters;
}

static bool is_session(const struct parameter *parameter, struct slice query)
{
    static const struct slice certain[] = {{"jsessionid", 10}, {"phpsessid", 9}, {"oscsid", 6}, {"cftoken", 7}, {0}};
    static const struct slice random[] = {{"sid", 3},         {"sessid", 6}, {"sessionid", 9},
                                          {"session_id", 10}, {"zenid", 5},  {0}};
    if (!parameter->value.length)
        return false;
    if (is_any_of(parameter->name, certain) || slice_has_prefix_nocase(parameter->name, SLICE("aspsessionid")))
        return true;
    if (slice_equal_nocase(parameter->name, SLICE("cfid")))
        return query_has(query, SLICE("cftoken"));
    return is_any_of(parameter->name, random) && looks_random(parameter->value);
}

static void strip_query(struct remainder *remainder, struct slice query)
{
    struct slice rest = query;
    struct parameter parameter;
    while (query_next(&rest, &parameter)) {
        if (is_session(&parameter, query)) {
            remainder->is_without = true;
        } else {
            keep(remainder, parameter.name);
            keep(remainder, parameter.value);
        }
    }
}

/* "(S(...))", "(A(...)S(...))"; `segment` begins with its '/'. */
static bool is_asp_net(struct slice segment)
{
    return segment.length > 6 && segment.data[1] == '(' && strchr("AFS", segment.data[2]) && segment.data[3] == '(' &&
           memcmp(segment.data + segment.length - 2, "))", 2) == 0;
}

/* Takes a segment and its path parameters apart. */
static void strip_segment(struct remainder *remainder, struct slice segment)
{
    const char *end = segment.data + segment.length;
    while (segment.length) {
        const char *stop = memchr(segment.data + 1, ';', segment.length - 1);
        stop = stop ? stop : end;
        struct slice part = {segment.data, (size_t)(stop - segment.data)}, rest = part;
        struct parameter parameter;
        if (part.data[0] == ';' && query_next(&rest, &parameter) && is_session(&parameter, (struct slice){0}))
            remainder->is_without = true;
        else
            keep(remainder, part);
        segment = (struct slice){stop, (size_t)(end - stop)};
    }
}

static void strip_path(struct remainder *remainder, struct slice path)
{
    const char *end = path.data + path.length;
    while (path.length) {
        const char *stop = memchr(path.data + 1, '/', path.length - 1);
        stop = stop ? stop : end;
        struct slice segment = {path.data, (size_t)(stop - path.data)};
        if (is_asp_net(segment))
            remainder->is_without = true;
        else
            strip_segment(remainder, segment);
        path = (struct slice){stop, (size_t)(end - stop)};
    }
}

static bool has_byte(struct slice text, char byte)
{
    return text.length && memchr(text.data, byte, text.length);
}

bool session_id_find(const struct url *url, uint64_t *page)
{
    struct slice path = url_path(url), query = url_query(url);
    struct remainder remainder = {0};
    bool path_may = has_byte(path, ';') || has_byte(path, '(');
    if (!path_may && !query.length)
        return false;
    keep(&remainder, (struct slice){url->href.data, url->path_start});
    if (path_may)
        strip_path(&remainder, path);
    else
        keep(&remainder, path);
    strip_query(&remainder, query);
    *page = remainder.fingerprint | 1;
    return remainder.is_without;
}
