/* html_find.h - looks for a byte, sixteen at a time where the machine can.
 *
 * What is looked for in markup is mostly near: these begin at once, while memchr first has to find out where it stands.
 */
#ifndef WEB_HTML_FIND_H
#define WEB_HTML_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Whether a byte of a value means more than itself: a reference, a NUL, a line end, a character that is not ASCII. */
static inline bool html_is_special(char c)
{
    return c == '&' || c == '\0' || c == '\r' || (unsigned char)c >= 0x80;
}

/* The first `wanted` from `at` on, or `end`. */
static inline const char *html_find_portable(const char *at, const char *end, char wanted)
{
    const char *found = at < end ? memchr(at, wanted, (size_t)(end - at)) : NULL;
    return found ? found : end;
}

/* The same, and sets `*special` when a special byte stands before it. */
static inline const char *html_find_value_end_portable(const char *at, const char *end, char wanted, bool *special)
{
    for (; at < end && *at != wanted; at++)
        *special |= html_is_special(*at);
    return at;
}

#ifdef __SSE2__

enum { HTML_FIND_STEP = 16, HTML_FIND_NEAR = 128 };

static inline const char *html_find(const char *at, const char *end, char wanted)
{
    const __m128i pattern = _mm_set1_epi8(wanted);
    const char *far = end - at > HTML_FIND_NEAR ? at + HTML_FIND_NEAR : end;
    for (; far - at >= HTML_FIND_STEP; at += HTML_FIND_STEP) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        unsigned hits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, pattern));
        if (hits)
            return at + __builtin_ctz(hits);
    }
    if (end - at >= HTML_FIND_STEP)
        return html_find_portable(at, end, wanted);
    while (at < end && *at != wanted)
        at++;
    return at;
}

static inline const char *html_find_value_end(const char *at, const char *end, char wanted, bool *special)
{
    const __m128i pattern = _mm_set1_epi8(wanted);
    const __m128i ampersand = _mm_set1_epi8('&');
    const __m128i carriage_return = _mm_set1_epi8('\r');
    for (; end - at >= HTML_FIND_STEP; at += HTML_FIND_STEP) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i specials = _mm_or_si128(_mm_cmpeq_epi8(bytes, ampersand), _mm_cmpeq_epi8(bytes, carriage_return));
        specials = _mm_or_si128(specials, _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
        /* The top bit of a byte that is not ASCII is set, as are those of a match. */
        unsigned special_hits = (unsigned)_mm_movemask_epi8(_mm_or_si128(specials, bytes));
        unsigned hits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, pattern));
        if (hits) {
            *special |= (special_hits & (hits - 1) & ~hits) != 0;
            return at + __builtin_ctz(hits);
        }
        *special |= special_hits != 0;
    }
    return html_find_value_end_portable(at, end, wanted, special);
}

/* Whether the value that begins at `at` ends with a '"' before `end`, and none of "(@\\&" is in it. */
static inline bool html_is_idle_css(const char *at, const char *end)
{
    for (; end - at >= HTML_FIND_STEP; at += HTML_FIND_STEP) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i marks =
            _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('(')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('@')));
        marks = _mm_or_si128(marks, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        marks = _mm_or_si128(marks, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('&')));
        unsigned hits = (unsigned)_mm_movemask_epi8(marks);
        unsigned quotes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
        if (hits | quotes)
            return ((hits - 1) & ~hits & quotes) != 0;
    }
    return false;
}

/* Bytes before the first one at which a name may end: white space, '/', '>' or, for an attribute, '='. Maybe fewer,
 * since other control characters count too; at most one step, and 0 where there is no whole one. */
static inline size_t html_name_length(const char *at, const char *end, bool attribute)
{
    if (end - at < HTML_FIND_STEP)
        return 0;
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i hits = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(' ')), bytes);
    hits = _mm_or_si128(hits, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('/')));
    hits = _mm_or_si128(hits, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('>')));
    if (attribute)
        hits = _mm_or_si128(hits, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('=')));
    return (size_t)__builtin_ctz((unsigned)_mm_movemask_epi8(hits) | 1u << HTML_FIND_STEP);
}

#else

static inline size_t html_name_length(const char *at, const char *end, bool attribute)
{
    (void)at;
    (void)end;
    (void)attribute;
    return 0;
}

static inline bool html_is_idle_css(const char *at, const char *end)
{
    (void)at;
    (void)end;
    return false;
}

static inline const char *html_find(const char *at, const char *end, char wanted)
{
    return html_find_portable(at, end, wanted);
}

static inline const char *html_find_value_end(const char *at, const char *end, char wanted, bool *special)
{
    return html_find_value_end_portable(at, end, wanted, special);
}

#endif

#endif
