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

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

enum {
    BLOCK = 64, /* bytes */
    KEY = 4,    /* bytes of an attribute's name */
    MARGIN = 8  /* bytes behind a block that may be looked at: the name behind a '<' */
};

/* Which of the bytes of a block are these; the first byte is the lowest bit. */
struct marks {
    uint64_t less, greater, quote, equals;
    uint64_t space; /* some white space: ' ' and line feeds */
};

typedef struct marks marker(const char *block);

/* For each bit, whether the number of bits set up to it is odd. */
typedef uint64_t parity(uint64_t bits);

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
static void add_pair(uint64_t *set, char first, char second)
{
    for (int upper = 0; upper < 4; upper++) {
        char pair[2] = {(char)(first - (upper & 1 && is_letter(first) ? 0x20 : 0)),
                        (char)(second - (upper & 2 && is_letter(second) ? 0x20 : 0))};
        add(set, load_pair(pair));
    }
}

void html_skim_init(struct html_skim *skim)
{
    enum { ROW = 4 /* words: all pairs with the same second byte */ };
    uint64_t no_letters[ROW] = {0};
    for (unsigned first = 0; first < 256; first++)
        if (!is_letter((char)first))
            add(no_letters, first);
    *skim = (struct html_skim){0};
    for (unsigned second = 0; second < 256; second++) {
        bool letter = is_letter((char)second);
        memcpy(skim->pairs_behind_less + (size_t)ROW * second, no_letters, sizeof no_letters);
        if (letter)
            skim->pairs_behind_less[ROW * second + '/' / 64] &= ~((uint64_t)1 << '/' % 64);
        if (!letter && !is_digit((char)second))
            memset(skim->pairs_before_equals + (size_t)ROW * second, 0xFF, sizeof no_letters);
    }
}

void html_skim_add_element(struct html_skim *skim, const char *name)
{
    char key[KEY] = {'<', name[0], name[1], name[2]};
    add(skim->elements, hash(load_key(key)));
    add_pair(skim->pairs_behind_less, name[0], name[1]);
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

/* --- bytes to bits ------------------------------------------------------------------------------------------------ */

/* A bit for each byte of `word` that is `wanted`. */
static inline uint64_t equal_bytes(uint64_t word, char wanted)
{
    const uint64_t ones = UINT64_MAX / 0xFF, low = ones * 0x7F;
    uint64_t difference = word ^ ones * (unsigned char)wanted;
    uint64_t zeros = ~(((difference & low) + low) | difference | low);
    return (zeros >> 7) * 0x0102040810204080u >> 56;
}

static inline struct marks mark_portable(const char *block)
{
    struct marks marks = {0};
    for (unsigned i = 0; i < BLOCK; i += 8) {
        /* The first byte is to be the lowest, whichever way the machine has it. */
        uint64_t word = 0;
        for (unsigned k = 0; k < 8; k++)
            word |= (uint64_t)(unsigned char)block[i + k] << 8 * k;
        marks.less |= equal_bytes(word, '<') << i;
        marks.greater |= equal_bytes(word, '>') << i;
        marks.quote |= equal_bytes(word, '"') << i;
        marks.equals |= equal_bytes(word, '=') << i;
        marks.space |= (equal_bytes(word, ' ') | equal_bytes(word, '\n')) << i;
    }
    return marks;
}

static inline uint64_t parities_portable(uint64_t bits)
{
    for (unsigned step = 1; step < 64; step *= 2)
        bits ^= bits << step;
    return bits;
}

#if defined(__x86_64__)

struct block_sse2 {
    __m128i parts[4];
};

static inline uint64_t equal_sse2(const struct block_sse2 *block, char wanted)
{
    const __m128i pattern = _mm_set1_epi8(wanted);
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++)
        bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block->parts[i], pattern)) << 16 * i;
    return bits;
}

static inline struct marks mark_sse2(const char *at)
{
    struct block_sse2 block;
    for (int i = 0; i < 4; i++)
        block.parts[i] = _mm_loadu_si128((const __m128i *)(const void *)(at + (ptrdiff_t)16 * i));
    return (struct marks){equal_sse2(&block, '<'), equal_sse2(&block, '>'), equal_sse2(&block, '"'),
                          equal_sse2(&block, '='), equal_sse2(&block, ' ') | equal_sse2(&block, '\n')};
}

#define AVX2 __attribute__((target("avx2,bmi,bmi2,pclmul")))

AVX2 static inline uint64_t equal_avx2(__m256i low, __m256i high, char wanted)
{
    const __m256i pattern = _mm256_set1_epi8(wanted);
    uint64_t bits = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, pattern));
    return bits | (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, pattern)) << 32;
}

AVX2 static inline struct marks mark_avx2(const char *at)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(at + 32));
    return (struct marks){equal_avx2(low, high, '<'), equal_avx2(low, high, '>'), equal_avx2(low, high, '"'),
                          equal_avx2(low, high, '='), equal_avx2(low, high, ' ') | equal_avx2(low, high, '\n')};
}

/* Multiplying without carries by all ones. */
AVX2 static inline uint64_t parities_clmul(uint64_t bits)
{
    __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

#define AVX512 __attribute__((target("avx512bw,avx512vl,avx2,bmi,bmi2,pclmul")))

AVX512 static inline struct marks mark_avx512(const char *at)
{
    __m512i bytes = _mm512_loadu_si512(at);
    return (struct marks){
        _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('<')), _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('>')),
        _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')), _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('=')),
        _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(' ')) | _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'))};
}

#elif defined(__aarch64__)

static inline uint64_t equal_neon(const uint8x16_t parts[4], char wanted)
{
    static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bits = vld1q_u8(places), pattern = vdupq_n_u8((uint8_t)wanted);
    uint8x16_t hits[4];
    for (int i = 0; i < 4; i++)
        hits[i] = vandq_u8(vceqq_u8(parts[i], pattern), bits);
    uint8x16_t sum = vpaddq_u8(vpaddq_u8(hits[0], hits[1]), vpaddq_u8(hits[2], hits[3]));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}

static inline struct marks mark_neon(const char *at)
{
    uint8x16_t parts[4];
    for (int i = 0; i < 4; i++)
        parts[i] = vld1q_u8((const uint8_t *)at + (ptrdiff_t)16 * i);
    return (struct marks){equal_neon(parts, '<'), equal_neon(parts, '>'), equal_neon(parts, '"'),
                          equal_neon(parts, '='), equal_neon(parts, ' ') | equal_neon(parts, '\n')};
}

#endif

/* --- the way through a piece -------------------------------------------------------------------------------------- */

struct place {
    const char *tag; /* the '<' of the tag at hand, or of the last one */
    uint64_t in_tag; /* all bits set when the block begins in a tag, else 0 */
    uint64_t in_quotes;
    uint64_t after_equals;       /* lowest bit: behind any '=' */
    uint64_t after_value_equals; /* lowest bit: behind one that a value is to follow */
    uint64_t in_name;            /* lowest bit: in or before a tag's name */
};

/* What a block holds, up to its first bit in `strange`. */
struct findings {
    uint64_t tags;    /* the '<' of tags */
    uint64_t values;  /* the '"' that begin values */
    uint64_t strange; /* where something is not as plain as we need it */
    uint64_t stray;   /* the '>' outside of tags: they are strange, but just text */
};

/* The end of each tag's name: the first white space, '=' or '>' behind its '<'. Adding carries from the '<' through what
 * none of these is. */
static inline uint64_t name_ends(struct place *place, struct marks marks)
{
    uint64_t ends = marks.space | marks.equals | marks.greater;
    unsigned long long sum, with_carry;
    bool carry = __builtin_uaddll_overflow(~ends, marks.less, &sum);
    carry |= __builtin_uaddll_overflow(sum, place->in_name, &with_carry);
    place->in_name = carry;
    return with_carry & ends;
}

static inline struct findings read_block(struct place *place, struct marks marks, parity *parities)
{
    uint64_t angles = marks.less | marks.greater;
    uint64_t in_tag = parities(angles) ^ place->in_tag; /* from its '<' to before its '>' */
    uint64_t quotes = marks.quote & in_tag;
    uint64_t in_quotes = parities(quotes) ^ place->in_quotes; /* from the first '"' to before the second */
    uint64_t values = quotes & in_quotes;
    uint64_t value_equals = marks.equals & in_tag & ~in_quotes;
    struct findings found = {.tags = marks.less, .values = values, .stray = marks.greater & in_tag};
    found.strange = (marks.less & ~in_tag) | found.stray | (angles & in_quotes);
    found.strange |= name_ends(place, marks) & marks.equals;
    found.strange |= values & ~(marks.equals << 1 | place->after_equals);
    found.strange |= (value_equals << 1 | place->after_value_equals) & ~values;
    place->in_tag = (uint64_t)((int64_t)in_tag >> 63);
    place->in_quotes = (uint64_t)((int64_t)in_quotes >> 63);
    place->after_equals = marks.equals >> 63;
    place->after_value_equals = value_equals >> 63;
    return found;
}

/* Whether the '<' at `at` begins no tag, or that of an element that may matter. */
static inline bool matters(const struct html_skim *skim, const char *at)
{
    if (!is_in(skim->pairs_behind_less, load_pair(at + 1)))
        return false;
    return !is_letter(at[1]) || is_in(skim->elements, hash(load_key(at)));
}

/* Whether the '"' at `at` may begin the value of an attribute that may matter, or of something else, in a tag behind
 * `start`. */
static inline bool value_matters(const struct html_skim *skim, const char *start, const char *at)
{
    if (at - start < KEY + 1)
        return true;
    const char *name_end = at - 1;
    if (!is_in(skim->pairs_before_equals, load_pair(name_end - 2)))
        return false;
    return !(is_letter(name_end[-1]) || is_digit(name_end[-1])) ||
           is_in(skim->attributes, hash(load_key(name_end - KEY)));
}

/* Whether two bytes are enough to see that none of the tags and values in a block matters. */
static inline bool none_matters(const struct html_skim *skim, const struct findings *found, uint64_t sure,
                                const char *start, const char *block)
{
    bool found_one = block - start < KEY && found->values;
    for (uint64_t bits = found->tags & sure; bits; bits &= bits - 1)
        found_one |= is_in(skim->pairs_behind_less, load_pair(block + __builtin_ctzll(bits) + 1));
    for (uint64_t bits = found->values & sure; bits; bits &= bits - 1)
        found_one |= is_in(skim->pairs_before_equals, load_pair(block + __builtin_ctzll(bits) - 3));
    return !found_one;
}

/* Looks at the tags and values of a block one by one. Returns whether none matters; else place->tag is the tag that
 * does. */
static inline __attribute__((always_inline)) bool search(const struct html_skim *skim, struct place *place,
                                                         const struct findings *found, uint64_t sure, const char *start,
                                                         const char *block)
{
    for (uint64_t bits = (found->tags | found->values) & sure; bits; bits &= bits - 1) {
        const char *at = block + __builtin_ctzll(bits);
        bool is_tag = bits & -bits & found->tags;
        if (is_tag)
            place->tag = at;
        if (is_tag ? matters(skim, at) : value_matters(skim, start, at))
            return false;
    }
    return true;
}

static inline const char *last_of(const char *block, uint64_t bits)
{
    return block + 63 - __builtin_clzll(bits);
}

__attribute__((always_inline)) static inline const char *
skim_by(marker *mark, parity *parities, const struct html_skim *skim, const char *at, const char *end)
{
    const char *start = at;
    struct place place = {.tag = at};
    while (end - at >= BLOCK + MARGIN) {
        struct findings found = read_block(&place, mark(at), parities);
        uint64_t sure = (found.strange & -found.strange) - 1; /* the bits below the first strange one */
        if (none_matters(skim, &found, sure, start, at))
            place.tag = found.tags & sure ? last_of(at, found.tags & sure) : place.tag;
        else if (!search(skim, &place, &found, sure, start, at))
            return place.tag;
        if (!found.strange) {
            at += BLOCK;
            continue;
        }
        if (!(found.strange & -found.strange & found.stray))
            return place.tag;
        at += __builtin_ctzll(found.strange) + 1;
        place = (struct place){.tag = at};
    }
    return place.in_tag ? place.tag : at;
}

const char *html_skim_portable(const struct html_skim *skim, const char *at, const char *end)
{
    return skim_by(mark_portable, parities_portable, skim, at, end);
}

#if defined(__x86_64__)

static const char *skim_sse2(const struct html_skim *skim, const char *at, const char *end)
{
    return skim_by(mark_sse2, parities_portable, skim, at, end);
}

AVX2 static const char *skim_avx2(const struct html_skim *skim, const char *at, const char *end)
{
    return skim_by(mark_avx2, parities_clmul, skim, at, end);
}

AVX512 static const char *skim_avx512(const struct html_skim *skim, const char *at, const char *end)
{
    return skim_by(mark_avx512, parities_clmul, skim, at, end);
}

const char *html_skim(const struct html_skim *skim, const char *at, const char *end)
{
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi2"))
        return skim_avx512(skim, at, end);

    return __builtin_cpu_supports("avx2") ? skim_avx2(skim, at, end) : skim_sse2(skim, at, end);
}

#elif defined(__aarch64__)

const char *html_skim(const struct html_skim *skim, const char *at, const char *end)
{
    return skim_by(mark_neon, parities_portable, skim, at, end);
}

#else

const char *html_skim(const struct html_skim *skim, const char *at, const char *end)
{
    return html_skim_portable(skim, at, end);
}

#endif
