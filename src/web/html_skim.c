/* Looking for one byte after the other makes each step wait for the one before, and every tag costs some branches that
 * nothing foretells. So sixty-four bytes are looked at at once: a word of bits for each byte of interest, which then
 * tell by arithmetic where tags are and what in them is quoted. That is right as long as
 *
 *   - '<' and '>' take turns, and neither stands within quotes,
 *   - in tags each '=' outside of quotes is followed by a '"', and each '"' that begins a value follows a '=',
 *   - before that '=' stands the name of an attribute: no white space, '/' or '"', and it isn't of the tag's name.
 *
 * Then a '=' finds the HTML standard's tokenizer (13.2.5) in the name of an attribute, the '"' begins a value for it
 * too, nothing else does, and it ends the tag at the same '>'. The lowest bit at which something else is found ends
 * what is sure. */

#include "web/html_skim.h"

#include "web/html_marks.h"

enum {
    MARGIN = 8, /* bytes behind a block that may be looked at: the name behind a '<' */
    CLASSES = 8
};

/* --- the sets of names -------------------------------------------------------------------------------------------- */

static inline uint32_t load_pair(const char *at)
{
    return (uint32_t)(unsigned char)at[0] | (uint32_t)(unsigned char)at[1] << 8;
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

static void add_class(unsigned char classes[SKIM_ASCII], char byte, unsigned char class)
{
    classes[(unsigned char)byte % SKIM_ASCII] |= class;
    if (is_letter(byte))
        classes[(unsigned char)(byte ^ 0x20)] |= class;
}

/* The class of the three bytes that begin with `first`. There are more than classes, but what '!' begins, which matters
 * whatever follows, is alone in its own. */
static unsigned char class_of(struct html_triples *triples, char first)
{
    unsigned char class = triples->classes[0][(unsigned char)first];
    if (!class)
        class = (unsigned char)(1u << (first == '!' ? 0 : 1 + triples->beginnings++ % (CLASSES - 1)));
    return class;
}

/* Adds three bytes, their letters in either case, of which only the first are given: the others may be any. */
static void add_triple(struct html_triples *triples, const char *bytes, size_t given)
{
    unsigned char class = class_of(triples, bytes[0]);
    for (size_t i = 0; i < given; i++)
        add_class(triples->classes[i], bytes[i], class);
    for (size_t i = given; i < SKIM_TRIPLE; i++)
        for (unsigned byte = 0; byte < SKIM_ASCII; byte++)
            add_class(triples->classes[i], (char)byte, class);
}

void html_skim_init(struct html_skim *skim)
{
    *skim = (struct html_skim){0};
    for (unsigned byte = 0; byte < 256; byte++) {
        char pair[] = {'!', (char)byte};
        skim->pairs_behind_less[load_pair(pair)] = -1;
    }
    add_triple(&skim->behind_less, "!", 1);
}

/* What may follow a tag's name. */
static const char BEHIND_NAME[] = {' ', '\t', '\n', '\f', '\r', '/', '>'};

/* Adds what stands behind a '<', of which `given` bytes are known: in names of one letter the pair is all there is to
 * see. */
static void add_tag(struct html_skim *skim, const char *bytes, size_t given)
{
    char key[SKIM_KEY] = {'<', bytes[0], bytes[1], bytes[2]};
    add(skim->elements, html_skim_hash(html_skim_key(key)));
    add_pair(skim->pairs_behind_less, bytes[0], bytes[1]);
    add_triple(&skim->behind_less, bytes, given);
}

void html_skim_add_element(struct html_skim *skim, const char *name)
{
    size_t length = strlen(name);
    if (length >= SKIM_KEY - 1)
        add_tag(skim, name, SKIM_TRIPLE);
    for (size_t i = 0; i < sizeof BEHIND_NAME && length < SKIM_KEY - 1; i++) {
        char bytes[SKIM_KEY - 1] = {0};
        memset(bytes, BEHIND_NAME[i], sizeof bytes);
        for (size_t k = 0; k < length; k++)
            bytes[k] = name[k];
        add_tag(skim, bytes, length + 1);
    }
}

void html_skim_add_end(struct html_skim *skim, const char *name)
{
    size_t length = strlen(name);
    skim->ends = UINT64_MAX;
    for (size_t i = 0; i < sizeof BEHIND_NAME; i++) {
        char bytes[SKIM_KEY - 1] = {'/', name[0], BEHIND_NAME[i]};
        if (length > 1)
            bytes[2] = name[1];
        add_tag(skim, bytes, SKIM_TRIPLE);
    }
}

void html_skim_add_attribute(struct html_skim *skim, const char *name)
{
    size_t length = strlen(name);
    add_triple(&skim->before_equals, name + length - SKIM_TRIPLE, SKIM_TRIPLE);
    if (length >= SKIM_KEY) {
        skim->attributes[html_skim_hash(html_skim_key(name + length - SKIM_KEY))] = -1;
        return;
    }
    static const char before[] = {' ', '\t', '\n', '\f', '\r', '/', '"'};
    for (size_t i = 0; i < sizeof before; i++) {
        char key[SKIM_KEY] = {before[i], name[0], name[1], name[2]};
        skim->attributes[html_skim_hash(html_skim_key(key))] = -1;
    }
}

/* Compiled anew for each kind of machine. A call from one kind's code to another's would cost hundreds of cycles. */
#define INLINE __attribute__((always_inline)) static inline

/* --- what a block says -------------------------------------------------------------------------------------------- */

/* What a block has to know of those before it. */
struct carry {
    uint64_t in_tag; /* all bits set when the block begins in a tag, else 0 */
    uint64_t in_quotes;
    uint64_t after_equals; /* lowest bit: behind a '=' that a value is to follow */
    uint64_t in_name;      /* lowest bit: in or before a tag's name */
    uint64_t after_space;  /* lowest bit: behind what a name can't end with */
    uint64_t names;        /* where values begin whose names end as one of the set */
};

/* Tells those of `tags` and `values` of a block of which a glance doesn't settle that they don't matter. */
typedef uint64_t html_look(const struct html_skim *skim, struct carry *carry, const char *block, uint64_t tags,
                           uint64_t values);

/* What a block holds, up to its first bit in `strange`. */
struct findings {
    uint64_t tags;      /* the '<' of tags */
    uint64_t looked_at; /* those that may matter: end tags mostly don't */
    uint64_t greater;   /* all '>' */
    uint64_t values;    /* the '"' that begin values */
    uint64_t strange;   /* where something is not as plain as we need it */
    uint64_t in_tag;
};

INLINE uint64_t lowest(uint64_t bits)
{
    return bits & -bits;
}

/* The end of each tag's name: the first white space, '=' or '>' behind its '<'. Adding carries from the '<' through
 * what none of these is. */
INLINE uint64_t name_ends(uint64_t *in_name, struct html_marks marks)
{
    uint64_t ends = marks.space | marks.equals | marks.greater;
    unsigned long long sum;
    *in_name = __builtin_uaddll_overflow(~ends, marks.less | *in_name, &sum);
    return sum & ends;
}

INLINE struct findings read_block(const struct html_skim *skim, struct carry *carry, struct html_marks marks,
                                  html_parity *parities)
{
    uint64_t angles = marks.less | marks.greater;
    uint64_t in_tag = parities(angles) ^ carry->in_tag; /* from its '<' to before its '>' */
    uint64_t quotes = marks.quote & in_tag;
    uint64_t in_quotes = parities(quotes) ^ carry->in_quotes; /* from the first '"' to before the second */
    uint64_t values = quotes & in_quotes;
    uint64_t equals = marks.equals & in_tag & ~in_quotes;
    uint64_t spaces = marks.space | marks.slash | marks.quote;
    struct findings found = {.tags = marks.less,
                             .looked_at = marks.less & ~(marks.slash >> 1 & ~skim->ends),
                             .greater = marks.greater,
                             .values = values,
                             .in_tag = in_tag};
    found.strange = angles & ((in_tag ^ marks.less) | in_quotes);
    found.strange |= values ^ ((equals << 1) + carry->after_equals);
    found.strange |= equals & ((spaces << 1) + carry->after_space);
    found.strange |= name_ends(&carry->in_name, marks) & marks.equals;
    carry->in_tag = -(in_tag >> 63);
    carry->in_quotes = -(in_quotes >> 63);
    carry->after_equals = equals >> 63;
    carry->after_space = spaces >> 63;
    return found;
}

/* The number of the lowest bit; 64 for none. */
INLINE int first_bit(uint64_t bits)
{
    return bits ? __builtin_ctzll(bits) : 64;
}

/* The lowest of `bits`, which it takes off, if the pair of bytes behind that '<' is one of the set. Without one it
 * looks behind the block, for nothing. */
INLINE uint64_t look_at_tag(const struct html_skim *skim, const char *block, uint64_t *bits)
{
    const char *less = block + first_bit(*bits);
    uint64_t hit = lowest(*bits) & (uint64_t)(int64_t)skim->pairs_behind_less[load_pair(less + 1)];
    *bits &= *bits - 1;
    return hit;
}

/* The same if the name before that '"' ends as one of the set. Before it stand a '<', a name, a space, a name and
 * '=', or more. */
INLINE uint64_t look_at_value(const struct html_skim *skim, const char *block, uint64_t *bits)
{
    const char *quote = block + first_bit(*bits);
    uint64_t hit =
        lowest(*bits) & (uint64_t)(int64_t)skim->attributes[html_skim_hash(html_skim_key(quote - 1 - SKIM_KEY))];
    *bits &= *bits - 1;
    return hit;
}

/* One after the other. As many as are usual in a block are looked up without a branch, since nothing foretells how many
 * there are. */
INLINE uint64_t look_at_each(const struct html_skim *skim, struct carry *carry, const char *block, uint64_t tags,
                             uint64_t values)
{
    (void)carry;
    uint64_t hits = look_at_tag(skim, block, &tags);
    hits |= look_at_value(skim, block, &values);
    hits |= look_at_tag(skim, block, &tags);
    hits |= look_at_value(skim, block, &values);
    hits |= look_at_tag(skim, block, &tags);
    hits |= look_at_value(skim, block, &values);
    while (tags)
        hits |= look_at_tag(skim, block, &tags);
    while (values)
        hits |= look_at_value(skim, block, &values);
    return hits;
}

#if defined(__x86_64__)

/* The classes of sixty-four bytes that stand `place` bytes behind where three of the set may begin. */
HTML_AVX512 INLINE __m512i classes_at(const struct html_triples *triples, const char *start, int place)
{
    const char *classes = (const char *)triples->classes[place];
    return _mm512_permutex2var_epi8(html_load_avx512(classes), html_load_avx512(start + place),
                                    html_load_avx512(classes + SKIM_ASCII / 2));
}

/* At which of sixty-four bytes do three of the set begin? */
HTML_AVX512 INLINE uint64_t find_triples(const struct html_triples *triples, const char *start)
{
    __m512i two = _mm512_and_si512(classes_at(triples, start, 0), classes_at(triples, start, 1));
    return _mm512_test_epi8_mask(two, classes_at(triples, start, 2));
}

/* All at once. */
HTML_AVX512 INLINE uint64_t look_at_all(const struct html_skim *skim, struct carry *carry, const char *block,
                                        uint64_t tags, uint64_t values)
{
    enum { TO_VALUE = SKIM_TRIPLE + 1 }; /* "ref=" */
    uint64_t names = find_triples(&skim->before_equals, block);
    uint64_t hits =
        (tags & find_triples(&skim->behind_less, block + 1)) | (values & (names << TO_VALUE | carry->names));
    carry->names = names >> (64 - TO_VALUE);
    return hits;
}

#endif

/* --- a closer look ------------------------------------------------------------------------------------------------ */

/* A way through a piece. */
struct way {
    const struct html_skim *skim;
    const struct html_skimmer *skimmer;
    const char *block;
    const char *tag; /* the last '<' before the block; in a tag it is that tag's */
    const char *end; /* of the piece */
};

/* The last '<' of `tags`, which are in the block at hand, or before. */
INLINE const char *last_tag(const char *block, uint64_t tags, const char *before)
{
    return tags ? block + 63 - __builtin_clzll(tags) : before;
}

/* Whether the '<' at `at` begins a comment or its like, or the tag of an element that may matter. */
INLINE bool matters(const struct html_skim *skim, const char *at)
{
    if (!skim->pairs_behind_less[load_pair(at + 1)] || !html_triples_hold(&skim->behind_less, at + 1))
        return false;
    return at[1] == '!' || (is_letter(at[1]) && !is_letter(at[2]) && !is_digit(at[2])) ||
           is_in(skim->elements, html_skim_hash(html_skim_key(at)));
}

/* Where the comment that begins with the "<!--" at `at` ends (HTML standard, 13.2.5.43 and following); NULL for
 * anything else, and where its end is not within the piece. */
static const char *comment_end(const char *at, const char *end)
{
    const char *text = at + strlen("<!--");
    if (end - at < (ptrdiff_t)strlen("<!--->") || memcmp(at, "<!--", strlen("<!--")) != 0)
        return NULL;
    if (*text == '>' || (text[0] == '-' && text[1] == '>'))
        return text + 1 + (*text == '-');
    for (const char *close = text; (close = memchr(close, '>', (size_t)(end - close))); close++) {
        const char *dashes = close - (close[-1] == '!') - 2;
        if (dashes >= text && dashes[0] == '-' && dashes[1] == '-')
            return close + 1;
    }
    return NULL;
}

/* The '<' at `at` may matter. A comment doesn't. `at` is NULL to go on. */
static struct html_skim_turn turn_at_tag(const struct way *way, const char *at)
{
    if (!matters(way->skim, at))
        return (struct html_skim_turn){NULL, false};
    const char *behind = comment_end(at, way->end);
    return behind ? (struct html_skim_turn){behind, false} : (struct html_skim_turn){at, true};
}

/* Looks at the tags and values in `hits`, in their order, but for those within a tag that was handed over. Then
 * where to: NULL for the rest of the block. */
static struct html_skim_turn second_look(const struct way *way, const struct findings *found, uint64_t hits)
{
    struct html_skim_turn turn = {NULL, false};
    while (hits && !turn.at) {
        uint64_t hit = lowest(hits);
        const char *at = way->block + __builtin_ctzll(hit);
        hits &= hits - 1;
        if (hit & found->tags) {
            turn = turn_at_tag(way, at);
            continue;
        }
        if (!html_skim_counts(way->skim, at))
            continue;
        const char *start = last_tag(way->block, found->tags & (hit - 1), way->tag);
        turn = way->skimmer->tag(way->skimmer->context, start, at, way->end);
        if (!turn.at)
            continue;
        if (turn.stops || turn.at - way->block >= HTML_BLOCK ||
            (found->strange & (((uint64_t)1 << (turn.at - way->block)) - 1)))
            break;
        hits &= UINT64_MAX << (turn.at - way->block);
        turn.at = NULL;
    }
    return turn;
}

/* What a block needs that is not passed over. Apart, so that the others have the machine's registers to themselves. A
 * stray '>' outside of tags is just text. */
static __attribute__((noinline)) struct html_skim_turn look_closer(const struct way *way, const struct findings *found,
                                                                   uint64_t hits)
{
    uint64_t strange = lowest(found->strange);
    struct html_skim_turn turn = second_look(way, found, hits);
    if (turn.at || !strange)
        return turn;
    if (strange & found->greater & found->in_tag)
        return (struct html_skim_turn){way->block + __builtin_ctzll(strange) + 1, false};
    return (struct html_skim_turn){last_tag(way->block, found->tags & (strange - 1), way->tag), true};
}

/* --- the way through a piece -------------------------------------------------------------------------------------- */

INLINE const char *skim_by(html_marker *mark, html_parity *parities, html_look *look, const struct html_skim *skim,
                           const char *at, const char *end, const struct html_skimmer *skimmer)
{
    const char *block = at, *tag = at;
    struct carry carry = {0};
    while (end - block >= HTML_BLOCK + MARGIN) {
        const struct findings found = read_block(skim, &carry, mark(block), parities);
        uint64_t sure = lowest(found.strange) - 1; /* the bits below the first strange one */
        uint64_t hits = look(skim, &carry, block, found.looked_at & sure, found.values & sure);
        if (!(hits | found.strange)) {
            tag = last_tag(block, found.tags, tag);
            block += HTML_BLOCK;
            continue;
        }
        const struct way way = {skim, skimmer, block, tag, end};
        const struct findings noted = found;
        const struct html_skim_turn turn = look_closer(&way, &noted, hits);
        if (turn.stops)
            return turn.at;
        tag = last_tag(block, found.tags, tag);
        block += HTML_BLOCK;
        if (turn.at) {
            block = turn.at;
            carry = (struct carry){0};
        }
    }
    return carry.in_tag ? tag : block;
}

static const char *skim_portable(const struct html_skim *skim, const char *at, const char *end,
                                 const struct html_skimmer *skimmer)
{
    return skim_by(html_mark_portable, html_parities_portable, look_at_each, skim, at, end, skimmer);
}

#if defined(__x86_64__)

static const char *skim_sse2(const struct html_skim *skim, const char *at, const char *end,
                             const struct html_skimmer *skimmer)
{
    return skim_by(html_mark_sse2, html_parities_portable, look_at_each, skim, at, end, skimmer);
}

HTML_AVX2 static const char *skim_avx2(const struct html_skim *skim, const char *at, const char *end,
                                       const struct html_skimmer *skimmer)
{
    return skim_by(html_mark_avx2, html_parities_clmul, look_at_each, skim, at, end, skimmer);
}

HTML_AVX512 static const char *skim_avx512(const struct html_skim *skim, const char *at, const char *end,
                                           const struct html_skimmer *skimmer)
{
    return skim_by(html_mark_avx512, html_parities_clmul, look_at_all, skim, at, end, skimmer);
}

static html_skim_way *const WAYS[] = {skim_avx512, skim_avx2, skim_sse2, skim_portable, NULL};

html_skim_way *const *html_skim_ways(void)
{
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("pclmul"))
        return &WAYS[2];
    return &WAYS[!__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vbmi")];
}

#else

#if defined(__aarch64__)

static const char *skim_neon(const struct html_skim *skim, const char *at, const char *end,
                             const struct html_skimmer *skimmer)
{
    return skim_by(html_mark_neon, html_parities_portable, look_at_each, skim, at, end, skimmer);
}

static html_skim_way *const WAYS[] = {skim_neon, skim_portable, NULL};

#else

static html_skim_way *const WAYS[] = {skim_portable, NULL};

#endif

html_skim_way *const *html_skim_ways(void)
{
    return WAYS;
}

#endif

const char *html_skim(const struct html_skim *skim, const char *at, const char *end, const struct html_skimmer *skimmer)
{
    static html_skim_way *way;
    if (!way)
        way = *html_skim_ways();
    return way(skim, at, end, skimmer);
}
