#include "web/utf8.h"

/* The lengths of characters by their first byte; 0 for a byte that begins none. */
static size_t length_from_lead(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* Whether `second` may follow `lead`: no overlong forms, no surrogates, nothing over U+10FFFF. */
static bool second_fits(unsigned char lead, unsigned char second)
{
    unsigned char lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    return second >= lowest && second <= highest;
}

/* Bytes at the start of `text` that are, or could begin, one character; `*whole` when they are. */
static size_t sequence(struct slice text, bool *whole)
{
    const unsigned char *s = (const unsigned char *)text.data;
    size_t length = length_from_lead(s[0]);
    size_t fitting = 1;
    if (length > 1 && text.length > 1 && second_fits(s[0], s[1]))
        fitting = 2;
    while (fitting >= 2 && fitting < length && fitting < text.length && (s[fitting] & 0xc0) == 0x80)
        fitting++;
    *whole = fitting == length;
    return fitting;
}

size_t utf8_decode(struct slice text, uint32_t *code_point)
{
    bool whole;
    size_t length = sequence(text, &whole);
    const unsigned char *s = (const unsigned char *)text.data;
    if (!whole)
        *code_point = REPLACEMENT_CHARACTER;
    else if (length == 1)
        *code_point = s[0];
    else {
        uint32_t bits = s[0] & (0x7fu >> length);
        for (size_t i = 1; i < length; i++)
            bits = bits << 6 | (s[i] & 0x3fu);
        *code_point = bits;
    }
    return length;
}

size_t utf8_encode(uint32_t code_point, char out[UTF8_MAX])
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    out[0] = (char)((0xf00 >> length) | code_point);
    return length;
}

size_t utf8_valid_length(struct slice text)
{
    size_t at = 0;
    while (at < text.length) {
        uint64_t word;
        if (text.length - at >= sizeof word) {
            memcpy(&word, text.data + at, sizeof word);
            if (!(word & UINT64_C(0x8080808080808080))) {
                at += sizeof word;
                continue;
            }
        }
        bool whole;
        size_t length = sequence((struct slice){text.data + at, text.length - at}, &whole);
        if (!whole)
            break;
        at += length;
    }
    return at;
}

size_t utf8_unfinished_length(struct slice text)
{
    for (size_t back = 1; back < UTF8_MAX && back <= text.length; back++) {
        const char *start = text.data + text.length - back;
        if (((unsigned char)*start & 0xc0) == 0x80)
            continue;
        bool whole;
        size_t fitting = sequence((struct slice){start, back}, &whole);
        return !whole && fitting == back && length_from_lead((unsigned char)*start) ? back : 0;
    }
    return 0;
}
