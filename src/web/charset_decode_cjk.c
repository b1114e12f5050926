/* The decoders of Chinese, Japanese and Korean encodings (Encoding standard, sections 10 to 13). */
#include "web/charset_decoder.h"
#include "web/charset_index.h"

enum { NO_POINTER = 0x10000 };

static bool is_between(int byte, int lowest, int highest)
{
    return byte >= lowest && byte <= highest;
}

/* Emits the character of a two-byte sequence. Where it is malformed and its second byte is ASCII, that byte is read
 * again, so that a stray lead byte can't swallow a quote or a '<'. */
static void emit_or_error(struct charset_decoder *decoder, uint32_t code_point, int byte)
{
    if (code_point) {
        decoder_emit(decoder, code_point);
        return;
    }
    if (byte < 0x80)
        decoder_give_back(decoder, byte);
    decoder_error(decoder);
}

/* The byte that a sequence may begin with, or ASCII, or an error. */
static void begin(struct charset_decoder *decoder, int byte, bool is_lead)
{
    if (byte == END_OF_STREAM)
        return;
    if (is_lead)
        decoder->lead = (uint8_t)byte;
    else if (byte < 0x80)
        decoder_emit(decoder, (uint32_t)byte);
    else
        decoder_error(decoder);
}

/* Takes the lead byte of an unfinished sequence; 0 when there is none, or when the end cut it off, which is reported.
 * */
static int take_lead(struct charset_decoder *decoder, int byte)
{
    int lead = decoder->lead;
    decoder->lead = 0;
    if (lead && byte == END_OF_STREAM) {
        decoder_error(decoder);
        return 0;
    }
    return lead;
}

static void gb18030_reset(struct charset_decoder *decoder)
{
    decoder->lead = decoder->second = decoder->third = 0;
}

static void gb18030_fourth(struct charset_decoder *decoder, int byte)
{
    int first = decoder->lead, second = decoder->second, third = decoder->third;
    gb18030_reset(decoder);
    if (!is_between(byte, '0', '9')) {
        decoder_give_back(decoder, byte);
        decoder_give_back(decoder, third);
        decoder_give_back(decoder, second);
        decoder_error(decoder);
        return;
    }
    int pointer = (((first - 0x81) * 10 + second - '0') * 126 + third - 0x81) * 10 + byte - '0';
    uint32_t code_point = index_ranges_code_point((uint32_t)pointer);
    if (code_point)
        decoder_emit(decoder, code_point);
    else
        decoder_error(decoder);
}

static void gb18030_third(struct charset_decoder *decoder, int byte)
{
    if (is_between(byte, 0x81, 0xfe)) {
        decoder->third = (uint8_t)byte;
        return;
    }
    int second = decoder->second;
    gb18030_reset(decoder);
    decoder_give_back(decoder, byte);
    decoder_give_back(decoder, second);
    decoder_error(decoder);
}

static void gb18030_second(struct charset_decoder *decoder, int byte)
{
    if (is_between(byte, '0', '9')) {
        decoder->second = (uint8_t)byte;
        return;
    }
    int pointer = NO_POINTER;
    if (is_between(byte, 0x40, 0x7e) || is_between(byte, 0x80, 0xfe))
        pointer = (decoder->lead - 0x81) * 190 + byte - (byte < 0x7f ? 0x40 : 0x41);
    decoder->lead = 0;
    emit_or_error(decoder, index_code_point(INDEX_GB18030, (unsigned)pointer), byte);
}

void gb18030_handle(struct charset_decoder *decoder, int byte)
{
    if (decoder->lead && byte == END_OF_STREAM) {
        gb18030_reset(decoder);
        decoder_error(decoder);
    } else if (decoder->third)
        gb18030_fourth(decoder, byte);
    else if (decoder->second)
        gb18030_third(decoder, byte);
    else if (decoder->lead)
        gb18030_second(decoder, byte);
    else if (byte == 0x80)
        decoder_emit(decoder, 0x20ac);
    else
        begin(decoder, byte, is_between(byte, 0x81, 0xfe));
}

/* Four pointers stand for a letter and a combining mark. */
static bool big5_emit_pair(struct charset_decoder *decoder, int pointer)
{
    if (pointer != 1133 && pointer != 1135 && pointer != 1164 && pointer != 1166)
        return false;
    decoder_emit(decoder, pointer < 1164 ? 0xca : 0xea);
    decoder_emit(decoder, pointer == 1133 || pointer == 1164 ? 0x304 : 0x30c);
    return true;
}

void big5_handle(struct charset_decoder *decoder, int byte)
{
    int lead = take_lead(decoder, byte);
    if (!lead) {
        begin(decoder, byte, is_between(byte, 0x81, 0xfe));
        return;
    }
    int pointer = NO_POINTER;
    if (is_between(byte, 0x40, 0x7e) || is_between(byte, 0xa1, 0xfe))
        pointer = (lead - 0x81) * 157 + byte - (byte < 0x7f ? 0x40 : 0x62);
    if (!big5_emit_pair(decoder, pointer))
        emit_or_error(decoder, index_code_point(INDEX_BIG5, (unsigned)pointer), byte);
}

static bool is_euc_byte(int byte)
{
    return is_between(byte, 0xa1, 0xfe);
}

void euc_jp_handle(struct charset_decoder *decoder, int byte)
{
    int lead = take_lead(decoder, byte);
    if (!lead) {
        decoder->jis0212 = false;
        begin(decoder, byte, byte == 0x8e || byte == 0x8f || is_euc_byte(byte));
        return;
    }
    if (lead == 0x8e && is_between(byte, 0xa1, 0xdf)) {
        decoder_emit(decoder, (uint32_t)(0xff61 - 0xa1 + byte));
        return;
    }
    if (lead == 0x8f && is_euc_byte(byte)) {
        decoder->jis0212 = true;
        decoder->lead = (uint8_t)byte;
        return;
    }
    int pointer = is_euc_byte(lead) && is_euc_byte(byte) ? (lead - 0xa1) * 94 + byte - 0xa1 : NO_POINTER;
    enum index_id index = decoder->jis0212 ? INDEX_JIS0212 : INDEX_JIS0208;
    decoder->jis0212 = false;
    emit_or_error(decoder, index_code_point(index, (unsigned)pointer), byte);
}

/* Pointers of rows that were left to users stand for the private use area. */
static uint32_t shift_jis_code_point(int pointer)
{
    if (is_between(pointer, 8836, 10715))
        return (uint32_t)(0xe000 - 8836 + pointer);
    return index_code_point(INDEX_JIS0208, (unsigned)pointer);
}

void shift_jis_handle(struct charset_decoder *decoder, int byte)
{
    int lead = take_lead(decoder, byte);
    if (lead) {
        int pointer = NO_POINTER;
        if (is_between(byte, 0x40, 0x7e) || is_between(byte, 0x80, 0xfc))
            pointer = (lead - (lead < 0xa0 ? 0x81 : 0xc1)) * 188 + byte - (byte < 0x7f ? 0x40 : 0x41);
        emit_or_error(decoder, shift_jis_code_point(pointer), byte);
    } else if (byte == 0x80)
        decoder_emit(decoder, 0x80);
    else if (is_between(byte, 0xa1, 0xdf))
        decoder_emit(decoder, (uint32_t)(0xff61 - 0xa1 + byte));
    else
        begin(decoder, byte, is_between(byte, 0x81, 0x9f) || is_between(byte, 0xe0, 0xfc));
}

void euc_kr_handle(struct charset_decoder *decoder, int byte)
{
    int lead = take_lead(decoder, byte);
    if (!lead) {
        begin(decoder, byte, is_between(byte, 0x81, 0xfe));
        return;
    }
    int pointer = is_between(byte, 0x41, 0xfe) ? (lead - 0x81) * 190 + byte - 0x41 : NO_POINTER;
    emit_or_error(decoder, index_code_point(INDEX_EUC_KR, (unsigned)pointer), byte);
}

static uint32_t roman_code_point(int byte)
{
    return byte == 0x5c ? 0xa5 : byte == 0x7e ? 0x203e : (uint32_t)byte;
}

/* A byte of one of the three sets of single bytes. */
static void jp_single(struct charset_decoder *decoder, int byte)
{
    enum iso_2022_jp_state state = decoder->jp.state;
    decoder->jp.output = false;
    if (state == JP_KATAKANA && is_between(byte, 0x21, 0x5f))
        decoder_emit(decoder, (uint32_t)(0xff61 - 0x21 + byte));
    else if (state == JP_KATAKANA || byte > 0x7f || byte == 0x0e || byte == 0x0f)
        decoder_error(decoder);
    else
        decoder_emit(decoder, state == JP_ROMAN ? roman_code_point(byte) : (uint32_t)byte);
}

static void jp_lead(struct charset_decoder *decoder, int byte)
{
    decoder->jp.output = false;
    if (!is_between(byte, 0x21, 0x7e)) {
        decoder_error(decoder);
        return;
    }
    decoder->lead = (uint8_t)byte;
    decoder->jp.state = JP_TRAIL;
}

static void jp_trail(struct charset_decoder *decoder, int byte)
{
    decoder->jp.state = byte == 0x1b ? JP_ESCAPE_START : JP_LEAD;
    uint32_t code_point = 0;
    if (is_between(byte, 0x21, 0x7e))
        code_point = index_code_point(INDEX_JIS0208, (unsigned)((decoder->lead - 0x21) * 94 + byte - 0x21));
    decoder->lead = 0;
    if (code_point)
        decoder_emit(decoder, code_point);
    else
        decoder_error(decoder);
}

static void jp_bad_escape(struct charset_decoder *decoder)
{
    decoder->jp.output = false;
    decoder->jp.state = decoder->jp.output_state;
    decoder_error(decoder);
}

static void jp_escape_start(struct charset_decoder *decoder, int byte)
{
    if (byte == '$' || byte == '(') {
        decoder->lead = (uint8_t)byte;
        decoder->jp.state = JP_ESCAPE;
        return;
    }
    decoder_give_back(decoder, byte);
    jp_bad_escape(decoder);
}

/* The set that an escape sequence selects; JP_ESCAPE for none. */
static enum iso_2022_jp_state jp_selected(int lead, int byte)
{
    if (lead == '$')
        return byte == '@' || byte == 'B' ? JP_LEAD : JP_ESCAPE;
    return byte == 'B' ? JP_ASCII : byte == 'J' ? JP_ROMAN : byte == 'I' ? JP_KATAKANA : JP_ESCAPE;
}

static void jp_escape(struct charset_decoder *decoder, int byte)
{
    int lead = decoder->lead;
    decoder->lead = 0;
    enum iso_2022_jp_state selected = jp_selected(lead, byte);
    if (selected == JP_ESCAPE) {
        decoder_give_back(decoder, byte);
        decoder_give_back(decoder, lead);
        jp_bad_escape(decoder);
        return;
    }
    /* Of two escape sequences in a row the first said nothing: a way to hide bytes from filters, so it is an error. */
    bool in_a_row = decoder->jp.output;
    decoder->jp.state = decoder->jp.output_state = selected;
    decoder->jp.output = true;
    if (in_a_row)
        decoder_error(decoder);
}

void iso_2022_jp_handle(struct charset_decoder *decoder, int byte)
{
    switch (decoder->jp.state) {
    case JP_TRAIL:
        jp_trail(decoder, byte);
        return;
    case JP_ESCAPE_START:
        jp_escape_start(decoder, byte);
        return;
    case JP_ESCAPE:
        jp_escape(decoder, byte);
        return;
    default:
        break;
    }
    if (byte == END_OF_STREAM)
        return;
    if (byte == 0x1b)
        decoder->jp.state = JP_ESCAPE_START;
    else if (decoder->jp.state == JP_LEAD)
        jp_lead(decoder, byte);
    else
        jp_single(decoder, byte);
}
