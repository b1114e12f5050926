/* html_marks.h - which of sixty-four bytes are those that make tags?
 *
 * One function for each kind of machine, and one that all have; they give the same answers. */
#ifndef WEB_HTML_MARKS_H
#define WEB_HTML_MARKS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

enum { HTML_BLOCK = 64 /* bytes */ };

#define HTML_SPACES " \n\t\f\r"

/* The first byte of a block is the lowest bit. */
struct html_marks {
    uint64_t less, greater, quote, equals, slash;
    uint64_t space; /* HTML's white space */
};

typedef struct html_marks html_marker(const char *block);

/* For each bit, whether the number of bits set up to it is odd. */
typedef uint64_t html_parity(uint64_t bits);

/* A bit for each byte of `word` that is `wanted`. */
static inline uint64_t html_equal_bytes(uint64_t word, char wanted)
{
    const uint64_t ones = UINT64_MAX / 0xFF, low = ones * 0x7F;
    uint64_t difference = word ^ ones * (unsigned char)wanted;
    uint64_t zeros = ~(((difference & low) + low) | difference | low);
    return (zeros >> 7) * 0x0102040810204080u >> 56;
}

static inline struct html_marks html_mark_portable(const char *block)
{
    struct html_marks marks = {0};
    for (unsigned i = 0; i < HTML_BLOCK; i += 8) {
        /* The first byte is to be the lowest, whichever way the machine has it. */
        uint64_t word = 0;
        for (unsigned k = 0; k < 8; k++)
            word |= (uint64_t)(unsigned char)block[i + k] << 8 * k;
        marks.less |= html_equal_bytes(word, '<') << i;
        marks.greater |= html_equal_bytes(word, '>') << i;
        marks.quote |= html_equal_bytes(word, '"') << i;
        marks.equals |= html_equal_bytes(word, '=') << i;
        marks.slash |= html_equal_bytes(word, '/') << i;
        for (const char *space = HTML_SPACES; *space; space++)
            marks.space |= html_equal_bytes(word, *space) << i;
    }
    return marks;
}

static inline uint64_t html_parities_portable(uint64_t bits)
{
    for (unsigned step = 1; step < 64; step *= 2)
        bits ^= bits << step;
    return bits;
}

#if defined(__x86_64__)

struct html_block_sse2 {
    __m128i parts[4];
};

static inline uint64_t html_equal_sse2(const struct html_block_sse2 *block, char wanted)
{
    const __m128i pattern = _mm_set1_epi8(wanted);
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++)
        bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block->parts[i], pattern)) << 16 * i;
    return bits;
}

static inline struct html_marks html_mark_sse2(const char *at)
{
    struct html_block_sse2 block;
    for (int i = 0; i < 4; i++)
        block.parts[i] = _mm_loadu_si128((const __m128i *)(const void *)(at + (ptrdiff_t)16 * i));
    struct html_marks marks = {html_equal_sse2(&block, '<'), html_equal_sse2(&block, '>'), html_equal_sse2(&block, '"'),
                               html_equal_sse2(&block, '='), html_equal_sse2(&block, '/'), 0};
    for (const char *space = HTML_SPACES; *space; space++)
        marks.space |= html_equal_sse2(&block, *space);
    return marks;
}

#define HTML_AVX2 __attribute__((target("avx2,bmi,bmi2,pclmul")))

HTML_AVX2 static inline uint64_t html_equal_avx2(__m256i low, __m256i high, char wanted)
{
    const __m256i pattern = _mm256_set1_epi8(wanted);
    uint64_t bits = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, pattern));
    return bits | (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, pattern)) << 32;
}

/* White space is what this has for its lower four bits: 0x20, 0x09, 0x0A, 0x0C and 0x0D. */
#define HTML_SPACE_TABLE ' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, '\f', '\r', 0, 0

HTML_AVX2 static inline uint64_t html_spaces_avx2(__m256i low, __m256i high)
{
    const __m256i table = _mm256_setr_epi8(HTML_SPACE_TABLE, HTML_SPACE_TABLE);
    low = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, low), low);
    high = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, high), high);
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

HTML_AVX2 static inline struct html_marks html_mark_avx2(const char *at)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(at + 32));
    return (struct html_marks){html_equal_avx2(low, high, '<'), html_equal_avx2(low, high, '>'),
                               html_equal_avx2(low, high, '"'), html_equal_avx2(low, high, '='),
                               html_equal_avx2(low, high, '/'), html_spaces_avx2(low, high)};
}

#define HTML_AVX512 __attribute__((target("avx2,avx512f,avx512bw,avx512vbmi,bmi,bmi2,pclmul")))

HTML_AVX512 static inline __m512i html_load_avx512(const char *at)
{
    return _mm512_loadu_si512((const void *)at);
}

HTML_AVX512 static inline uint64_t html_equal_avx512(__m512i bytes, char wanted)
{
    return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(wanted));
}

HTML_AVX512 static inline struct html_marks html_mark_avx512(const char *at)
{
    const __m128i table = _mm_setr_epi8(HTML_SPACE_TABLE);
    __m512i bytes = html_load_avx512(at);
    __m512i spaces = _mm512_shuffle_epi8(_mm512_broadcast_i32x4(table), bytes);
    return (struct html_marks){html_equal_avx512(bytes, '<'), html_equal_avx512(bytes, '>'),
                               html_equal_avx512(bytes, '"'), html_equal_avx512(bytes, '='),
                               html_equal_avx512(bytes, '/'), _mm512_cmpeq_epi8_mask(spaces, bytes)};
}

/* Multiplying without carries by all ones. */
HTML_AVX2 static inline uint64_t html_parities_clmul(uint64_t bits)
{
    __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

#elif defined(__aarch64__)

static inline uint64_t html_equal_neon(const uint8x16_t parts[4], char wanted)
{
    static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bits = vld1q_u8(places), pattern = vdupq_n_u8((uint8_t)wanted);
    uint8x16_t hits[4];
    for (int i = 0; i < 4; i++)
        hits[i] = vandq_u8(vceqq_u8(parts[i], pattern), bits);
    uint8x16_t sum = vpaddq_u8(vpaddq_u8(hits[0], hits[1]), vpaddq_u8(hits[2], hits[3]));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}

static inline struct html_marks html_mark_neon(const char *at)
{
    uint8x16_t parts[4];
    for (int i = 0; i < 4; i++)
        parts[i] = vld1q_u8((const uint8_t *)at + (ptrdiff_t)16 * i);
    struct html_marks marks = {html_equal_neon(parts, '<'), html_equal_neon(parts, '>'), html_equal_neon(parts, '"'),
                               html_equal_neon(parts, '='), html_equal_neon(parts, '/'), 0};
    for (const char *space = HTML_SPACES; *space; space++)
        marks.space |= html_equal_neon(parts, *space);
    return marks;
}

#endif

#endif
