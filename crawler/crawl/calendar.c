#include "crawl/calendar.h"

#include "base/hash.h"
#include "crawl/query.h"

enum { PAST = 1500, PAST_END = 1600, AHEAD = 10, FAR_AHEAD = 110, MONTHS = 12, DAYS = 31 };

static bool is_far_off(unsigned year, unsigned this_year)
{
    return (year >= PAST && year < PAST_END) || (year > this_year + AHEAD && year <= this_year + FAR_AHEAD);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');
}

/* Reads the digits from `start` on, which must be `count`, all there; false when they are not. */
static bool read_digits(struct slice text, size_t start, size_t count, unsigned *number)
{
    *number = 0;
    if (text.length < start + count)
        return false;
    for (size_t i = start; i < start + count; i++) {
        if (!is_digit(text.data[i]))
            return false;
        *number = *number * 10 + (unsigned)(text.data[i] - '0');
    }
    return true;
}

/* The same for two digits that no third follows, from 1 to `most`. */
static bool read_part(struct slice text, size_t start, unsigned most)
{
    unsigned number;
    return read_digits(text, start, 2, &number) && number >= 1 && number <= most &&
           (text.length == start + 2 || !is_digit(text.data[start + 2]));
}

/* The bytes of the date that `text` begins with, 2031-05 or 2031-05-07; 0 for none. */
static size_t read_date(struct slice text, unsigned *year)
{
    if (text.length < 7 || !read_digits(text, 0, 4, year) || (text.data[4] != '-' && text.data[4] != '/') ||
        !read_part(text, 5, MONTHS))
        return 0;
    return text.length > 7 && text.data[7] == text.data[4] && read_part(text, 8, DAYS) ? 10 : 7;
}

static uint64_t kind_of(struct slice before, struct slice behind)
{
    return hash_pair(hash_bytes(before), hash_bytes(behind)) | 1;
}

static bool find_in_path(const struct url *url, unsigned this_year, uint64_t *kind)
{
    const char *href = url->href.data;
    for (size_t i = url->path_start + 1; i + 7 <= url->path_end; i++) {
        unsigned year;
        if (!is_digit(href[i]) || is_word(href[i - 1]))
            continue;
        size_t length = read_date((struct slice){href + i, url->path_end - i}, &year);
        if (length && is_far_off(year, this_year)) {
            size_t behind = i + length;
            *kind = kind_of((struct slice){href, i}, (struct slice){href + behind, url->path_end - behind});
            return true;
        }
    }
    return false;
}

static bool ends_with(struct slice name, struct slice end)
{
    return name.length >= end.length &&
           slice_has_prefix_nocase((struct slice){name.data + name.length - end.length, end.length}, end);
}

static bool names_a_date(struct slice name)
{
    return ends_with(name, SLICE("date")) || ends_with(name, SLICE("month")) || ends_with(name, SLICE("day"));
}

static bool names_a_year(struct slice name, struct slice query)
{
    return ends_with(name, SLICE("year")) || (slice_equal_nocase(name, SLICE("y")) && query_has(query, SLICE("m")));
}

/* Whether the value is a date, by its form and the name of its parameter. */
static bool is_date(const struct parameter *parameter, struct slice query, unsigned *year)
{
    struct slice value = parameter->value;
    unsigned rest;
    if (read_date(value, year))
        return value.data[4] == '-';
    if (!read_digits(value, 0, 4, year))
        return false;
    if (value.length == 4)
        return names_a_year(parameter->name, query);
    return (value.length == 6 || value.length == 8) && read_digits(value, 4, value.length - 4, &rest) &&
           names_a_date(parameter->name);
}

static bool find_in_query(const struct url *url, unsigned this_year, uint64_t *kind)
{
    struct slice query = url_query(url), rest = query;
    struct parameter parameter;
    while (query_next(&rest, &parameter)) {
        unsigned year;
        if (is_date(&parameter, query, &year) && is_far_off(year, this_year)) {
            *kind = kind_of((struct slice){url->href.data, url->path_end}, parameter.name);
            return true;
        }
    }
    return false;
}

bool calendar_find(const struct url *url, unsigned this_year, uint64_t *kind)
{
    return find_in_path(url, this_year, kind) || find_in_query(url, this_year, kind);
}
