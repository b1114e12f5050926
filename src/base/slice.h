/* slice.h - bytes that somebody else owns.
 *
 * Not terminated: a slice may hold NUL bytes. An empty slice may have a NULL pointer. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
    const char *data;
    size_t length; /* bytes */
};

#define SLICE(literal)                 \
    (struct slice)                     \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

/* For printf("%.*s"). */
#define SLICE_ARGS(slice) (int)(slice).length, (slice).data

static inline struct slice slice_of(const char *text)
{
    return (struct slice){text, text ? strlen(text) : 0};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

/* Upper-case ASCII letter to lower case, all else as it is: never depends on the locale. */
static inline char ascii_lower(char c)
{
    if (c < 'A' || c > 'Z')
        return c;
    return (char)(c + ('a' - 'A'));
}

/* Whether `c` is ASCII whitespace as the Infra standard defines it: TAB, LF, FF, CR or SPACE. */
static inline bool ascii_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* Whether `text` begins with `prefix`, ASCII letters of either case being the same. */
bool slice_has_prefix_nocase(struct slice text, struct slice prefix);

/* Less than, equal to or greater than 0 as `a` comes before, is or comes behind `b` in the order of their bytes. */
static inline int slice_compare(struct slice a, struct slice b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter ? memcmp(a.data, b.data, shorter) : 0;
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

/* Equality that takes ASCII letters of either case for the same. */
static inline bool slice_equal_nocase(struct slice a, struct slice b)
{
    return a.length == b.length && slice_has_prefix_nocase(a, b);
}

/* `text` without the ASCII whitespace at both ends. */
static inline struct slice slice_trim(struct slice text)
{
    while (text.length && ascii_is_space(text.data[0])) {
        text.data++;
        text.length--;
    }
    while (text.length && ascii_is_space(text.data[text.length - 1]))
        text.length--;
    return text;
}

#endif
