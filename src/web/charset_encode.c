/* Encoders for the queries of URLs (Encoding standard, the encoders of sections 9 to 14). */
#include <stdio.h>

#include "base/error.h"
#include "web/charset_index.h"
#include "web/utf8.h"

enum { ENCODED_MAX = 8 /* bytes of one character, an escape sequence included */, NOT_ENCODABLE = -1 };

struct encoder {
    const struct charset *charset;
    enum { SET_ASCII, SET_ROMAN, SET_JIS0208 } set; /* ISO-2022-JP: what the bytes stand for at this point */
};

/* The encoders take a code point from U+0080 (all, for ISO-2022-JP), write its bytes and return how many, or
 * NOT_ENCODABLE. */

static int two_bytes(unsigned char out[], int lead, int trail)
{
    out[0] = (unsigned char)lead;
    out[1] = (unsigned char)trail;
    return 2;
}

static int single_byte_encode(const struct charset *charset, uint32_t code_point, unsigned char out[])
{
    int byte = index_single_byte(charset, code_point);
    if (byte < 0)
        return NOT_ENCODABLE;
    out[0] = (unsigned char)byte;
    return 1;
}

static int user_defined_encode(uint32_t code_point, unsigned char out[])
{
    if (code_point < 0xf780 || code_point > 0xf7ff)
        return NOT_ENCODABLE;
    out[0] = (unsigned char)(code_point - 0xf780 + 0x80);
    return 1;
}

static int gb18030_four_bytes(uint32_t code_point, unsigned char out[])
{
    int32_t pointer = index_ranges_pointer(code_point);
    if (pointer < 0)
        return NOT_ENCODABLE;
    out[3] = (unsigned char)(pointer % 10 + '0');
    out[2] = (unsigned char)(pointer / 10 % 126 + 0x81);
    out[1] = (unsigned char)(pointer / 1260 % 10 + '0');
    out[0] = (unsigned char)(pointer / 12600 + 0x81);
    return 4;
}

static int gb18030_encode(const struct charset *charset, uint32_t code_point, unsigned char out[])
{
    bool is_gbk = charset->id == CHARSET_GBK;
    if (code_point == 0xe5e5)
        return NOT_ENCODABLE;
    if (is_gbk && code_point == 0x20ac) {
        out[0] = 0x80;
        return 1;
    }
    int pointer = index_pointer(INDEX_GB18030, code_point);
    if (pointer < 0)
        return is_gbk ? NOT_ENCODABLE : gb18030_four_bytes(code_point, out);
    int trail = pointer % 190;
    return two_bytes(out, pointer / 190 + 0x81, trail + (trail < 0x3f ? 0x40 : 0x41));
}

/* Six characters are taken where they stand last, since their first places were for line drawings and numerals; the
 * part that Hong Kong added is only read, never written. */
static int big5_pointer(uint32_t code_point)
{
    enum { HONG_KONG_POINTERS = (0xa1 - 0x81) * 157 };
    static const uint16_t taken_last[] = {0x2550, 0x255e, 0x2561, 0x256a, 0x5341, 0x5345};
    for (size_t i = 0; i < sizeof taken_last / sizeof taken_last[0]; i++)
        if (taken_last[i] == code_point)
            return index_last_pointer(INDEX_BIG5, code_point);
    return index_pointer_outside(INDEX_BIG5, code_point, 0, HONG_KONG_POINTERS);
}

static int big5_encode(uint32_t code_point, unsigned char out[])
{
    int pointer = big5_pointer(code_point);
    if (pointer < 0)
        return NOT_ENCODABLE;
    int trail = pointer % 157;
    return two_bytes(out, pointer / 157 + 0x81, trail + (trail < 0x3f ? 0x40 : 0x62));
}

static int euc_kr_encode(uint32_t code_point, unsigned char out[])
{
    int pointer = index_pointer(INDEX_EUC_KR, code_point);
    if (pointer < 0)
        return NOT_ENCODABLE;
    return two_bytes(out, pointer / 190 + 0x81, pointer % 190 + 0x41);
}

static bool is_halfwidth_katakana(uint32_t code_point)
{
    return code_point >= 0xff61 && code_point <= 0xff9f;
}

/* What the Japanese encodings share: a yen sign and an overline that are ASCII's backslash and tilde; a minus sign. */
static int japanese_single(uint32_t code_point)
{
    return code_point == 0xa5 ? 0x5c : code_point == 0x203e ? 0x7e : 0;
}

static uint32_t japanese_minus(uint32_t code_point)
{
    return code_point == 0x2212 ? 0xff0d : code_point;
}

static int euc_jp_encode(uint32_t code_point, unsigned char out[])
{
    out[0] = (unsigned char)japanese_single(code_point);
    if (out[0])
        return 1;
    if (is_halfwidth_katakana(code_point))
        return two_bytes(out, 0x8e, (int)(code_point - 0xff61 + 0xa1));
    int pointer = index_pointer(INDEX_JIS0208, japanese_minus(code_point));
    if (pointer < 0 || pointer >= 94 * 94)
        return NOT_ENCODABLE;
    return two_bytes(out, pointer / 94 + 0xa1, pointer % 94 + 0xa1);
}

static int shift_jis_encode(uint32_t code_point, unsigned char out[])
{
    out[0] = (unsigned char)(code_point == 0x80 ? 0x80 : japanese_single(code_point));
    if (out[0])
        return 1;
    if (is_halfwidth_katakana(code_point)) {
        out[0] = (unsigned char)(code_point - 0xff61 + 0xa1);
        return 1;
    }
    /* Rows that NEC chose from IBM's additions are read but not written: IBM's own are. */
    int pointer = index_pointer_outside(INDEX_JIS0208, japanese_minus(code_point), 8272, 8836);
    if (pointer < 0)
        return NOT_ENCODABLE;
    int lead = pointer / 188, trail = pointer % 188;
    return two_bytes(out, lead + (lead < 0x1f ? 0x81 : 0xc1), trail + (trail < 0x3f ? 0x40 : 0x41));
}

/* The escape sequence to another set; returns its length, 0 when that set is selected already. */
static int select_set(struct encoder *encoder, int set, unsigned char out[])
{
    static const char sequences[][4] = {[SET_ASCII] = "\x1b(B", [SET_ROMAN] = "\x1b(J", [SET_JIS0208] = "\x1b$B"};
    if ((int)encoder->set == set)
        return 0;
    encoder->set = set;
    memcpy(out, sequences[set], 3);
    return 3;
}

/* JIS X 0208 has katakana in full width only: the standard's "index ISO-2022-JP katakana", less 0x3000. */
static uint32_t full_width_katakana(uint32_t code_point)
{
    static const uint8_t low_bytes[] = {
        0x02, 0x0c, 0x0d, 0x01, 0xfb, 0xf2, 0xa1, 0xa3, 0xa5, 0xa7, 0xa9, 0xe3, 0xe5, 0xe7, 0xc3, 0xfc,
        0xa2, 0xa4, 0xa6, 0xa8, 0xaa, 0xab, 0xad, 0xaf, 0xb1, 0xb3, 0xb5, 0xb7, 0xb9, 0xbb, 0xbd, 0xbf,
        0xc1, 0xc4, 0xc6, 0xc8, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf, 0xd2, 0xd5, 0xd8, 0xdb, 0xde, 0xdf,
        0xe0, 0xe1, 0xe2, 0xe4, 0xe6, 0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xef, 0xf3, 0x9b, 0x9c,
    };
    uint32_t place = code_point - 0xff61; /* a huge one for those before */
    return place < sizeof low_bytes ? 0x3000u + low_bytes[place] : code_point;
}

static int jp_ascii_encode(struct encoder *encoder, uint32_t code_point, unsigned char out[])
{
    /* Bytes that would switch sets when read back. */
    if (code_point == 0x0e || code_point == 0x0f || code_point == 0x1b)
        return NOT_ENCODABLE;
    bool same_in_roman = code_point != 0x5c && code_point != 0x7e;
    int length = encoder->set == SET_ROMAN && same_in_roman ? 0 : select_set(encoder, SET_ASCII, out);
    out[length] = (unsigned char)code_point;
    return length + 1;
}

static int jp_encode(struct encoder *encoder, uint32_t code_point, unsigned char out[])
{
    if (code_point < 0x80)
        return jp_ascii_encode(encoder, code_point, out);
    int single = japanese_single(code_point);
    if (single) {
        int length = select_set(encoder, SET_ROMAN, out);
        out[length] = (unsigned char)single;
        return length + 1;
    }
    int pointer = index_pointer(INDEX_JIS0208, full_width_katakana(japanese_minus(code_point)));
    if (pointer < 0 || pointer >= 94 * 94)
        return NOT_ENCODABLE;
    int length = select_set(encoder, SET_JIS0208, out);
    return length + two_bytes(out + length, pointer / 94 + 0x21, pointer % 94 + 0x21);
}

static int encode(struct encoder *encoder, uint32_t code_point, unsigned char out[])
{
    if (encoder->charset->family == FAMILY_ISO_2022_JP)
        return jp_encode(encoder, code_point, out);
    if (code_point < 0x80) {
        out[0] = (unsigned char)code_point;
        return 1;
    }
    switch (encoder->charset->family) {
    case FAMILY_SINGLE_BYTE:
        return single_byte_encode(encoder->charset, code_point, out);
    case FAMILY_USER_DEFINED:
        return user_defined_encode(code_point, out);
    case FAMILY_GB18030:
        return gb18030_encode(encoder->charset, code_point, out);
    case FAMILY_BIG5:
        return big5_encode(code_point, out);
    case FAMILY_EUC_JP:
        return euc_jp_encode(code_point, out);
    case FAMILY_SHIFT_JIS:
        return shift_jis_encode(code_point, out);
    case FAMILY_EUC_KR:
        return euc_kr_encode(code_point, out);
    default:
        return (int)utf8_encode(code_point, (char *)out);
    }
}

static int append_encoded(struct encoder *encoder, uint32_t code_point, struct buf *out)
{
    unsigned char bytes[ENCODED_MAX];
    int length = encode(encoder, code_point, bytes);
    if (length >= 0)
        return buf_append(out, bytes, (size_t)length);
    /* The reference is written in ASCII, which JIS X 0208 would read as something else. */
    int err = 0;
    if (encoder->set == SET_JIS0208)
        err = buf_append(out, bytes, (size_t)select_set(encoder, SET_ASCII, bytes));
    bool unsafe = encoder->charset->family == FAMILY_ISO_2022_JP && code_point < 0x80;
    return err ? err : buf_printf(out, "%%26%%23%u%%3B", unsafe ? REPLACEMENT_CHARACTER : code_point);
}

int charset_encode_query(const struct charset *charset, struct slice utf8, struct buf *out)
{
    int err = charset_index_prepare(charset);
    struct encoder encoder = {charset, SET_ASCII};
    while (utf8.length && !err) {
        uint32_t code_point;
        size_t length = utf8_decode(utf8, &code_point);
        err = append_encoded(&encoder, code_point, out);
        utf8.data += length;
        utf8.length -= length;
    }
    if (err)
        return err;
    unsigned char bytes[ENCODED_MAX];
    return buf_append(out, bytes, (size_t)select_set(&encoder, SET_ASCII, bytes));
}
