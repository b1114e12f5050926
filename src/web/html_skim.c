/* Looking for one byte after the other makes each step wait for the one before, and every tag costs some branches that
 * nothing foretells. So sixty-four bytes are looked at at once: a word of bits for each byte of interest, which then tell
 * by arithmetic where tags are and what in them is quoted. That is right as long as
 *
 *   - '<' and '>' take turns, and neither stands within quotes,
 *   - in tags each '=' outside of quotes is followed by a '"', and each '"' that begins a value follows a '=',
 *   - a letter or digit stands before that '=', and it belongs to the name of an attribute, not of the tag.
 *
 * Then a '=' finds the HTML standard's tokenizer (13.2.5) in the name of an attribute, the '"' begins a value for it too,
 * nothing else does, and it ends the tag at the same '>'. The lowest bit at which something else is found ends what is
 * sure. */

#include "web/html_skim.h"

#include "web/html_marks.h"

enum {
    KEY = 4, /* bytes of an attribute's name */
    /* Bytes behind a block that may be looked at: the name behind a '<', and what SKIM_MARGIN promises. */
    MARGIN = SKIM_MARGIN
};

/* --- the sets of names -------------------------------------------------------------------------------------------- */

static inline uint32_t load_pair(const char *at)
{
    return (uint32_t)(unsigned char)at[0] | (uint32_t)(unsigned char)at[1] << 8;
}

static inline uint32_t load_key(const char *at)
{
    uint32_t key;
    memcpy(&key, at, sizeof key);
    return key;
}

/* A number for a key whose letters may be of either case. Others may have the same; that costs only time. */
static inline uint32_t hash(uint32_t key)
{
    return (key | 0x20202020) * 0x9E3779B1u / (UINT32_MAX / SKIM_KEYS + 1);
}

static inline bool is_in(const uint64_t *set, uint32_t bit)
{
    return set[bit / 64] >> bit % 64 & 1;
}

static inline void add(uint64_t *set, uint32_t bit)
{
    set[bit / 64] |= (uint64_t)1 << bit % 64;
}

static inline bool is_letter(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

static inline bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* Adds two bytes, their letters in either case. */
static void add_pair(signed char *pairs, char first, char second)
{
    for (int upper = 0; upper < 4; upper++) {
        char pair[2] = {(char)(first - (upper & 1 && is_letter(first) ? 0x20 : 0)),
                        (char)(second - (upper & 2 && is_letter(second) ? 0x20 : 0))};
        pairs[load_pair(pair)] = -1;
    }
}

void html_skim_init(struct html_skim *skim)
{
    *skim = (struct html_skim){0};
    for (unsigned byte = 0; byte < 256; byte++) {
        char pair[] = {'!', (char)byte};
        skim->pairs_behind_less[load_pair(pair)] = -1;
        if (!is_letter((char)byte) && !is_digit((char)byte))
            memset(skim->pairs_before_equals + (size_t)256 * byte, -1, 256); /* all with this second byte */
    }
}

/* What may follow a tag's name. */
static const char BEHIND_NAME[] = {' ', '\t', '\n', '\f', '\r', '/', '>'};

/* The pair and the key of what stands behind a '<'; in names of one letter the pair is all there is to see. */
static void add_tag(struct html_skim *skim, const char *bytes)
{
    char key[KEY] = {'<', bytes[0], bytes[1], bytes[2]};
    add(skim->elements, hash(load_key(key)));
    add_pair(skim->pairs_behind_less, bytes[0], bytes[1]);
}

void html_skim_add_element(struct html_skim *skim, const char *name)
{
    size_t length = strlen(name);
    if (length >= KEY - 1)
        add_tag(skim, name);
    for (size_t i = 0; i < sizeof BEHIND_NAME && length < KEY - 1; i++) {
        char bytes[KEY - 1] = {0};
        memset(bytes, BEHIND_NAME[i], sizeof bytes);
        for (size_t k = 0; k < length; k++)
            bytes[k] = name[k];
        add_tag(skim, bytes);
    }
}

void html_skim_add_end(struct html_skim *skim, const char *name)
{
    size_t length = strlen(name);
    skim->ends = UINT64_MAX;
    for (size_t i = 0; i < sizeof BEHIND_NAME; i++) {
        char bytes[KEY - 1] = {'/', name[0], BEHIND_NAME[i]};
        if (length > 1)
            bytes[2] = name[1];
        add_tag(skim, bytes);
    }
}

void html_skim_add_attribute(struct html_skim *skim, const char *name)
{
    size_t length = strlen(name);
    add_pair(skim->pairs_before_equals, name[length - 2], name[length - 1]);
    if (length >= KEY) {
        add(skim->attributes, hash(load_key(name + length - KEY)));
        return;
    }
    static const char before[] = {' ', '\t', '\n', '\f', '\r', '/', '"'};
    for (size_t i = 0; i < sizeof before; i++) {
        char key[KEY] = {before[i], name[0], name[1], name[2]};
        add(skim->attributes, hash(load_key(key)));
    }
}

/* Compiled anew for each kind of machine. A call from one kind's code to another's would cost hundreds of cycles. */
#define INLINE __attribute__((always_inline)) static inline

/* --- the way through a piece -------------------------------------------------------------------------------------- */

struct place {
    const char *start; /* of the way, outside of tags */
    const char *block;
    uint64_t in_tag; /* all bits set when the block begins in a tag, else 0 */
    uint64_t in_quotes;
    uint64_t after_equals;       /* lowest bit: behind any '=' */
    uint64_t after_value_equals; /* lowest bit: behind one that a value is to follow */
    uint64_t in_name;            /* lowest bit: in or before a tag's name */
    const char *tag;             /* the '<' of the last tag met */
    bool matters;                /* it does, and its end is to come */
};

/* What a block holds, up to its first bit in `strange`. */
struct findings {
    uint64_t tags;      /* the '<' of tags */
    uint64_t looked_at; /* those that may matter: end tags mostly don't */
    uint64_t ends;      /* their '>' */
    uint64_t values;    /* the '"' that begin values */
    uint64_t strange;   /* where something is not as plain as we need it */
    uint64_t stray;     /* the '>' outside of tags: they are strange, but just text */
};

INLINE void begin(struct place *place, const char *at)
{
    place->start = place->block = place->tag = at;
    place->in_tag = place->in_quotes = 0;
    place->after_equals = place->after_value_equals = place->in_name = 0;
    place->matters = false;
}

INLINE uint64_t lowest(uint64_t bits)
{
    return bits & -bits;
}

INLINE const char *at_lowest(const struct place *place, uint64_t bits)
{
    return place->block + __builtin_ctzll(bits);
}

/* The end of each tag's name: the first white space, '=' or '>' behind its '<'. Adding carries from the '<' through what
 * none of these is. */
INLINE uint64_t name_ends(struct place *place, struct html_marks marks)
{
    uint64_t ends = marks.space | marks.equals | marks.greater;
    unsigned long long sum;
    place->in_name = __builtin_uaddll_overflow(~ends, marks.less | place->in_name, &sum);
    return sum & ends;
}

INLINE struct findings read_block(const struct html_skim *skim, struct place *place, struct html_marks marks,
                                  html_parity *parities)
{
    uint64_t angles = marks.less | marks.greater;
    uint64_t in_tag = parities(angles) ^ place->in_tag; /* from its '<' to before its '>' */
    uint64_t quotes = marks.quote & in_tag;
    uint64_t in_quotes = parities(quotes) ^ place->in_quotes; /* from the first '"' to before the second */
    uint64_t values = quotes & in_quotes;
    uint64_t value_equals = marks.equals & in_tag & ~in_quotes;
    struct findings found = {.tags = marks.less,
                             .looked_at = marks.less & (skim->ends | ~(marks.slash >> 1)),
                             .ends = marks.greater,
                             .values = values,
                             .stray = marks.greater & in_tag};
    found.strange = (marks.less & ~in_tag) | found.stray | (angles & in_quotes);
    found.strange |= name_ends(place, marks) & marks.equals;
    found.strange |= values & ~(marks.equals << 1 | place->after_equals);
    found.strange |= (value_equals << 1 | place->after_value_equals) & ~values;
    place->in_tag = -(in_tag >> 63);
    place->in_quotes = -(in_quotes >> 63);
    place->after_equals = marks.equals >> 63;
    place->after_value_equals = value_equals >> 63;
    return found;
}

/* Whether the '<' at `at` begins a comment or its like, or the tag of an element that may matter. */
INLINE bool matters(const struct html_skim *skim, const char *at)
{
    if (!skim->pairs_behind_less[load_pair(at + 1)])
        return false;
    return at[1] == '!' || (is_letter(at[1]) && !is_letter(at[2]) && !is_digit(at[2])) ||
           is_in(skim->elements, hash(load_key(at)));
}

/* Whether the '"' at `at` may begin the value of an attribute that may matter, or of something else. */
INLINE bool value_matters(const struct html_skim *skim, const struct place *place, const char *at)
{
    if (at - place->start < KEY + 1)
        return true;
    const char *name_end = at - 1;
    if (!skim->pairs_before_equals[load_pair(name_end - 2)])
        return false;
    return !(is_letter(name_end[-1]) || is_digit(name_end[-1])) ||
           is_in(skim->attributes, hash(load_key(name_end - KEY)));
}

/* The lowest of `bits`, which it takes off, if the pair of bytes `offset` behind it is in `pairs`. */
INLINE uint64_t look_up(const signed char *pairs, const struct place *place, int offset, uint64_t *bits)
{
    const uint64_t guard = (uint64_t)1 << 63; /* so that there is a lowest one */
    const char *pair = place->block + __builtin_ctzll(*bits | guard) + offset;
    uint64_t hit = lowest(*bits) & (uint64_t)(int64_t)pairs[load_pair(pair)];
    *bits &= *bits - 1;
    return hit;
}

/* The tags and values of a block of which two bytes don't settle that they don't matter. As many as are usual in a block
 * are looked up without a branch, since nothing foretells how many there are. */
INLINE uint64_t first_look(const struct html_skim *skim, const struct place *place, const struct findings *found,
                           uint64_t sure)
{
    uint64_t tags = found->looked_at & sure, values = found->values & sure;
    if (place->block - place->start < KEY)
        return tags | values;
    uint64_t hits = look_up(skim->pairs_behind_less, place, 1, &tags);
    hits |= look_up(skim->pairs_before_equals, place, -3, &values);
    hits |= look_up(skim->pairs_behind_less, place, 1, &tags);
    hits |= look_up(skim->pairs_before_equals, place, -3, &values);
    hits |= look_up(skim->pairs_behind_less, place, 1, &tags);
    hits |= look_up(skim->pairs_before_equals, place, -3, &values);
    while (tags)
        hits |= look_up(skim->pairs_behind_less, place, 1, &tags);
    while (values)
        hits |= look_up(skim->pairs_before_equals, place, -3, &values);
    return hits;
}

/* Makes the tag that begins with the last of `tags` the one at hand; without one it goes on. */
INLINE void begin_tag(struct place *place, uint64_t tags)
{
    place->tag = tags ? place->block + 63 - __builtin_clzll(tags) : place->tag;
}

enum outcome { GO_ON, STOP };

/* Hands over the tag that the lowest of `bits` belongs to, if it ends in the block; else it matters on. `bits` are then
 * those behind it. */
INLINE enum outcome hand_over(struct place *place, const struct findings *found, uint64_t sure,
                              const struct html_skimmer *skimmer, uint64_t *bits)
{
    uint64_t before = lowest(*bits) - 1;
    uint64_t ends = found->ends & sure & ~before;
    place->matters = !ends;
    if (!ends) {
        *bits = 0;
        return GO_ON;
    }
    *bits &= ~(lowest(ends) | (lowest(ends) - 1));
    begin_tag(place, found->tags & before);
    const char *end = at_lowest(place, ends) + 1;
    struct slice tag = {place->tag, (size_t)(end - place->tag)};
    enum html_skim_answer answer = skimmer->tag(skimmer->context, tag);
    place->tag = answer == HTML_SKIM_STOP ? end : place->tag;
    return answer == HTML_SKIM_ON ? GO_ON : STOP;
}

/* Looks at the tags and values in `hits`. Unless all is done, place->tag is where to stop. */
INLINE enum outcome second_look(const struct html_skim *skim, struct place *place, const struct findings *found,
                                uint64_t sure, uint64_t hits, const struct html_skimmer *skimmer)
{
    enum outcome outcome = GO_ON;
    if (place->matters) {
        hits |= 1;
        outcome = hand_over(place, found, sure, skimmer, &hits);
    }
    while (hits && outcome == GO_ON) {
        const char *at = at_lowest(place, hits);
        if (!(lowest(hits) & found->tags) && value_matters(skim, place, at)) {
            outcome = hand_over(place, found, sure, skimmer, &hits);
        } else if ((lowest(hits) & found->tags) && matters(skim, at)) {
            begin_tag(place, lowest(hits));
            outcome = STOP;
        } else {
            hits &= hits - 1;
        }
    }
    return outcome;
}

INLINE const char *skim_by(html_marker *mark, html_parity *parities, const struct html_skim *skim, const char *at,
                           const char *end, const struct html_skimmer *skimmer)
{
    struct place place;
    begin(&place, at);
    while (end - place.block >= HTML_BLOCK + MARGIN) {
        struct findings found = read_block(skim, &place, mark(place.block), parities);
        uint64_t strange = lowest(found.strange);
        uint64_t sure = strange - 1; /* the bits below the first strange one */
        uint64_t hits = first_look(skim, &place, &found, sure);
        if ((hits || place.matters) && second_look(skim, &place, &found, sure, hits, skimmer) == STOP)
            return place.tag;
        begin_tag(&place, found.tags & sure);
        if (strange && !(strange & found.stray))
            return place.tag;
        if (strange)
            begin(&place, place.block + __builtin_ctzll(strange) + 1);
        else
            place.block += HTML_BLOCK;
    }
    return place.in_tag ? place.tag : place.block;
}

const char *html_skim_portable(const struct html_skim *skim, const char *at, const char *end,
                               const struct html_skimmer *skimmer)
{
    return skim_by(html_mark_portable, html_parities_portable, skim, at, end, skimmer);
}

#if defined(__x86_64__)

static const char *skim_sse2(const struct html_skim *skim, const char *at, const char *end,
                             const struct html_skimmer *skimmer)
{
    return skim_by(html_mark_sse2, html_parities_portable, skim, at, end, skimmer);
}

HTML_AVX2 static const char *skim_avx2(const struct html_skim *skim, const char *at, const char *end,
                                       const struct html_skimmer *skimmer)
{
    return skim_by(html_mark_avx2, html_parities_clmul, skim, at, end, skimmer);
}

const char *html_skim(const struct html_skim *skim, const char *at, const char *end, const struct html_skimmer *skimmer)
{
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul"))
        return skim_avx2(skim, at, end, skimmer);
    return skim_sse2(skim, at, end, skimmer);
}

#elif defined(__aarch64__)

const char *html_skim(const struct html_skim *skim, const char *at, const char *end, const struct html_skimmer *skimmer)
{
    return skim_by(html_mark_neon, html_parities_portable, skim, at, end, skimmer);
}

#else

const char *html_skim(const struct html_skim *skim, const char *at, const char *end, const struct html_skimmer *skimmer)
{
    return html_skim_portable(skim, at, end, skimmer);
}

#endif
