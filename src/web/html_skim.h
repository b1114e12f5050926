/* html_skim.h - passes quickly over what of a page leads nowhere.
 *
 * Most tags of a page matter to nobody. Which ones may, their elements and attributes tell; all others, and the text
 * between them, are passed over sixty-four bytes at a time, without going through the scanner's states. What is not
 * written in the plainest way (name="value", no '<' or '>' in values) is left to the scanner too. */
#ifndef WEB_HTML_SKIM_H
#define WEB_HTML_SKIM_H

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/slice.h"

enum { SKIM_PAIRS = 1 << 16, SKIM_KEYS = 1 << 12, SKIM_TRIPLE = 3, SKIM_ASCII = 128 };

/* A set of three bytes: of each byte, by where it stands, the classes that have it. Three bytes of which all are in one
 * class are of the set, or are made up of some that are. */
struct html_triples {
    _Alignas(64) unsigned char classes[SKIM_TRIPLE][SKIM_ASCII];
    unsigned beginnings; /* that have a class */
};

/* What of tags may matter. A look at two bytes behind a '<' settles it for most, or one at three bytes of sixty-four
 * names at once; the keys of more bytes, hashed, for the others, and for attributes. */
struct html_skim {
    uint64_t ends;                             /* all bits set if end tags may matter, else 0 */
    signed char pairs_behind_less[SKIM_PAIRS]; /* -1: first bytes of an element's name, or of what is no tag at all */
    signed char attributes[SKIM_KEYS];         /* -1: the end of an attribute's name */
    uint64_t elements[SKIM_KEYS / 64];
    struct html_triples behind_less;
    struct html_triples before_equals;
};

/* The bytes of a name that are looked at together: in a tag, those behind its '<' with it; of an attribute the last. */
enum { SKIM_KEY = 4 };

static inline uint32_t html_skim_key(const char *at)
{
    uint32_t key;
    memcpy(&key, at, sizeof key);
    return key;
}

/* A number for a key whose letters may be of either case. Others may have the same; that costs only time. */
static inline uint32_t html_skim_hash(uint32_t key)
{
    return (key | 0x20202020) * 0x9E3779B1u / (UINT32_MAX / SKIM_KEYS + 1);
}

/* Whether the three bytes at `at` are of the set. */
static inline bool html_triples_hold(const struct html_triples *triples, const char *at)
{
    unsigned char common = UCHAR_MAX;
    for (int i = 0; i < SKIM_TRIPLE; i++)
        common &= triples->classes[i][(unsigned char)at[i] % SKIM_ASCII];
    return common;
}

/* Whether an attribute, before whose value's '"' at `quote` a '=' stands, may be of the set. Before that stand SKIM_KEY
 * bytes of the tag, or more. */
static inline bool html_skim_counts(const struct html_skim *skim, const char *quote)
{
    return skim->attributes[html_skim_hash(html_skim_key(quote - 1 - SKIM_KEY))] &&
           html_triples_hold(&skim->before_equals, quote - 1 - SKIM_TRIPLE);
}

/* Begins with what isn't written like a tag. */
void html_skim_init(struct html_skim *skim);

/* Start tags of that element matter. The name is in lower case and has letters and digits only. */
void html_skim_add_element(struct html_skim *skim, const char *name);

/* End tags of that element matter too. */
void html_skim_add_end(struct html_skim *skim, const char *name);

/* Tags with that attribute matter. The name is in lower case and ends with three letters at least. */
void html_skim_add_attribute(struct html_skim *skim, const char *name);

/* Where to go on, outside of tags, and whether to stop there; NULL to go on behind the value, which doesn't matter. */
struct html_skim_turn {
    const char *at;
    bool stops;
};

/* Who gets start and end tags with an attribute that may matter: `start` is their '<', `value` the '"' of its value. Up
 * to there no '<' or '>' is in the tag, and outside of values each '=' ends an attribute's name and is followed by a
 * value in '"'. What is behind has to be looked at, up to `end` if need be. */
struct html_skimmer {
    struct html_skim_turn (*tag)(void *context, const char *start, const char *value, const char *end);
    void *context;
};

/* Passes over text, comments and tags from a place outside of tags on, and hands over those tags that may matter for
 * their attributes. Returns where it stopped, outside of tags: at a '<' that needs a closer look, behind a tag, or
 * in text or at a '<' not far before `end`. */
const char *html_skim(const struct html_skim *skim, const char *at, const char *end,
                      const struct html_skimmer *skimmer);

/* The ways to do it that this machine has, best first, NULL behind the last, which every machine has. They come to the
 * same; for tests. */
typedef const char *html_skim_way(const struct html_skim *skim, const char *at, const char *end,
                                  const struct html_skimmer *skimmer);
html_skim_way *const *html_skim_ways(void);

#endif
