#include <stdlib.h>

#include "base/error.h"
#include "web/charset_decoder.h"
#include "web/charset_index.h"
#include "web/utf8.h"

void decoder_emit(struct charset_decoder *decoder, uint32_t code_point)
{
    char bytes[UTF8_MAX];
    size_t length = utf8_encode(code_point, bytes);
    if (!decoder->err)
        decoder->err = buf_append(decoder->out, bytes, length);
}

void decoder_error(struct charset_decoder *decoder)
{
    decoder_emit(decoder, REPLACEMENT_CHARACTER);
}

void decoder_give_back(struct charset_decoder *decoder, int byte)
{
    if (byte != END_OF_STREAM)
        decoder->given_back[decoder->given_back_count++] = (uint8_t)byte;
}

static void utf8_begin(struct charset_decoder *decoder, uint8_t needed, uint32_t bits)
{
    decoder->utf8.needed = needed;
    decoder->utf8.code_point = bits;
    decoder->utf8.lowest = 0x80;
    decoder->utf8.highest = 0xbf;
}

static void utf8_lead(struct charset_decoder *decoder, int byte)
{
    if (byte < 0x80) {
        decoder_emit(decoder, (uint32_t)byte);
    } else if (byte >= 0xc2 && byte <= 0xdf) {
        utf8_begin(decoder, 1, byte & 0x1f);
    } else if (byte >= 0xe0 && byte <= 0xef) {
        utf8_begin(decoder, 2, byte & 0x0f);
        if (byte == 0xe0)
            decoder->utf8.lowest = 0xa0;
        else if (byte == 0xed)
            decoder->utf8.highest = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
        utf8_begin(decoder, 3, byte & 0x07);
        if (byte == 0xf0)
            decoder->utf8.lowest = 0x90;
        else if (byte == 0xf4)
            decoder->utf8.highest = 0x8f;
    } else {
        decoder_error(decoder);
    }
}

static void utf8_handle(struct charset_decoder *decoder, int byte)
{
    if (!decoder->utf8.needed) {
        if (byte != END_OF_STREAM)
            utf8_lead(decoder, byte);
    } else if (byte < decoder->utf8.lowest || byte > decoder->utf8.highest) {
        decoder->utf8.needed = 0;
        decoder_give_back(decoder, byte);
        decoder_error(decoder);
    } else {
        utf8_begin(decoder, decoder->utf8.needed - 1, decoder->utf8.code_point << 6 | (byte & 0x3f));
        if (!decoder->utf8.needed)
            decoder_emit(decoder, decoder->utf8.code_point);
    }
}

static void single_byte_handle(struct charset_decoder *decoder, int byte)
{
    if (byte == END_OF_STREAM)
        return;
    uint32_t code_point = (uint32_t)byte;
    if (byte >= 0x80)
        code_point = index_single_byte_code_point(decoder->charset, (unsigned char)byte);
    if (code_point || !byte)
        decoder_emit(decoder, code_point);
    else
        decoder_error(decoder);
}

/* One unit of UTF-16, which ends a pair of surrogates, begins one, or does neither. */
static void utf16_unit(struct charset_decoder *decoder, uint32_t unit)
{
    uint32_t lead = decoder->utf16.lead_surrogate;
    decoder->utf16.lead_surrogate = 0;
    bool is_lead = (unit & 0xfc00) == 0xd800, is_trail = (unit & 0xfc00) == 0xdc00;
    if (lead && is_trail) {
        decoder_emit(decoder, 0x10000 + ((lead & 0x3ff) << 10) + (unit & 0x3ff));
        return;
    }
    if (lead)
        decoder_error(decoder);
    if (is_lead)
        decoder->utf16.lead_surrogate = (uint16_t)unit;
    else if (is_trail)
        decoder_error(decoder);
    else
        decoder_emit(decoder, unit);
}

static void utf16_handle(struct charset_decoder *decoder, int byte)
{
    if (byte == END_OF_STREAM) {
        if (decoder->utf16.has_lead || decoder->utf16.lead_surrogate)
            decoder_error(decoder);
        decoder->utf16.has_lead = false;
        decoder->utf16.lead_surrogate = 0;
    } else if (!decoder->utf16.has_lead) {
        decoder->utf16.has_lead = true;
        decoder->lead = (uint8_t)byte;
    } else {
        decoder->utf16.has_lead = false;
        bool big = decoder->charset->family == FAMILY_UTF_16BE;
        unsigned high = big ? decoder->lead : (unsigned)byte, low = big ? (unsigned)byte : decoder->lead;
        utf16_unit(decoder, high << 8 | low);
    }
}

/* Encodings that attackers could hide markup in are one error as a whole. */
static void replacement_handle(struct charset_decoder *decoder, int byte)
{
    if (byte == END_OF_STREAM || decoder->reported)
        return;
    decoder->reported = true;
    decoder_error(decoder);
}

static void user_defined_handle(struct charset_decoder *decoder, int byte)
{
    if (byte != END_OF_STREAM)
        decoder_emit(decoder, (uint32_t)(byte < 0x80 ? byte : 0xf780 + byte - 0x80));
}

static byte_handler handler_of(enum charset_family family)
{
    static const byte_handler handlers[] = {
        [FAMILY_UTF_8] = utf8_handle,
        [FAMILY_SINGLE_BYTE] = single_byte_handle,
        [FAMILY_GB18030] = gb18030_handle,
        [FAMILY_BIG5] = big5_handle,
        [FAMILY_EUC_JP] = euc_jp_handle,
        [FAMILY_ISO_2022_JP] = iso_2022_jp_handle,
        [FAMILY_SHIFT_JIS] = shift_jis_handle,
        [FAMILY_EUC_KR] = euc_kr_handle,
        [FAMILY_REPLACEMENT] = replacement_handle,
        [FAMILY_UTF_16BE] = utf16_handle,
        [FAMILY_UTF_16LE] = utf16_handle,
        [FAMILY_USER_DEFINED] = user_defined_handle,
    };
    return handlers[family];
}

int charset_decoder_create(struct charset_decoder **out, const struct charset *charset)
{
    int err = charset_index_prepare(charset);
    if (err)
        return err;
    struct charset_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        return ERR_NO_MEMORY;
    decoder->charset = charset;
    decoder->handle = handler_of(charset->family);
    *out = decoder;
    return 0;
}

void charset_decoder_free(struct charset_decoder *decoder)
{
    free(decoder);
}

static size_t ascii_length(struct slice text)
{
    size_t at = 0;
    while (at < text.length && (unsigned char)text.data[at] < 0x80)
        at++;
    return at;
}

/* Bytes at the start of `rest` that stay as they are, so that they can be copied at once. */
static size_t verbatim_length(const struct charset_decoder *decoder, struct slice rest)
{
    if (decoder->charset->family == FAMILY_UTF_8)
        return decoder->utf8.needed ? 0 : utf8_valid_length(rest);
    if (decoder->lead || !charset_is_ascii_compatible(decoder->charset))
        return 0;
    return ascii_length(rest);
}

static void push(struct charset_decoder *decoder, int byte)
{
    decoder->handle(decoder, byte);
    while (decoder->given_back_count)
        decoder->handle(decoder, decoder->given_back[--decoder->given_back_count]);
}

int charset_decode(struct charset_decoder *decoder, struct slice bytes, bool last, struct buf *out)
{
    decoder->out = out;
    decoder->err = 0;
    while (bytes.length && !decoder->err) {
        size_t length = verbatim_length(decoder, bytes);
        if (length) {
            decoder->err = buf_append(out, bytes.data, length);
        } else {
            push(decoder, (unsigned char)bytes.data[0]);
            length = 1;
        }
        bytes.data += length;
        bytes.length -= length;
    }
    if (last) {
        push(decoder, END_OF_STREAM);
        /* An escape sequence cut off gives back bytes that may themselves begin a character. */
        push(decoder, END_OF_STREAM);
    }
    return decoder->err;
}
