#include "base/escape.h"

#include "base/error.h"
#include "base/random.h"
#include "unit/suite.h"

struct escape_case {
    struct slice raw;
    const char *escaped;
};

#define CASE(raw, escaped)                  \
    {                                       \
        {(raw), sizeof(raw) - 1}, (escaped) \
    }

static const struct escape_case CASES[] = {
    CASE("", ""),
    CASE("plain ~ text", "plain ~ text"),
    CASE("\x1b[31mred\a", "\\x1b[31mred\\x07"),
    CASE("a\0b\nc\x7f", "a\\x00b\\x0ac\\x7f"),
    CASE("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80"),
    CASE("\xc2\x9b[m", "\\xc2\\x9b[m"),               /* CSI as a C1 control */
    CASE("\xc2\xa0", "\xc2\xa0"),                     /* the first that is no control */
    CASE("\x9b[m", "\\x9b[m"),                        /* the same in Latin-1 */
    CASE("\xc0\x9b", "\\xc0\\x9b"),                   /* overlong */
    CASE("\xe0\x80\x9b", "\\xe0\\x80\\x9b"),          /* overlong */
    CASE("\xf0\x80\x80\x9b", "\\xf0\\x80\\x80\\x9b"), /* overlong */
    CASE("\xed\xa0\x80", "\\xed\\xa0\\x80"),          /* a surrogate */
    CASE("\xed\x9f\xbf", "\xed\x9f\xbf"),             /* the last before them */
    CASE("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"), /* beyond U+10FFFF */
    CASE("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"),     /* U+10FFFF */
    CASE("\xe2\x82", "\\xe2\\x82"),                   /* cut */
    CASE("\xe2\x82z", "\\xe2\\x82z"),                 /* broken off */
    CASE("\xff\xfe", "\\xff\\xfe"),
};

START_TEST(escapes_what_could_steer_a_terminal)
{
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct buf out;
        buf_init(&out, 100);
        ck_assert_int_eq(escape_for_terminal(&out, CASES[i].raw), 0);
        ck_assert_str_eq(buf_text(&out), CASES[i].escaped);
        buf_free(&out);
    }
}
END_TEST

START_TEST(stops_at_the_limit)
{
    struct buf out;
    buf_init(&out, 7);
    ck_assert_int_eq(escape_for_terminal(&out, SLICE("a\1\2")), ERR_TOO_LARGE);
    ck_assert_str_eq(buf_text(&out), "a\\x01");
    buf_free(&out);
}
END_TEST

/* --- repaired text ------------------------------------------------------------------------------------------------ */

#define BAD "\xef\xbf\xbd"

#define TEXT(literal)                  \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

static const struct {
    struct slice raw;
    struct slice repaired;
} REPAIRS[] = {
    {TEXT(""), TEXT("")},
    {TEXT("plain\n\x7f text"), TEXT("plain\n\x7f text")},
    {TEXT("a\0b"), TEXT("a\0b")},
    {TEXT("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80"), TEXT("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80")},
    {TEXT("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"), TEXT("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf")},
    {TEXT("\x80z\xff"), TEXT(BAD "z" BAD)},
    {TEXT("\xe2\x82"), TEXT(BAD)},      /* cut */
    {TEXT("\xe2\x82z"), TEXT(BAD "z")}, /* broken off */
    /* The Unicode standard's examples, tables 3-8 to 3-11. */
    {TEXT("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41"), TEXT(BAD BAD BAD BAD BAD BAD BAD BAD "A")},
    {TEXT("\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41"), TEXT(BAD BAD BAD BAD BAD BAD BAD BAD "A")},
    {TEXT("\xf4\x91\x92\x93\xff\x41\x80\xbf\x42"), TEXT(BAD BAD BAD BAD BAD "A" BAD BAD "B")},
    {TEXT("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"), TEXT(BAD BAD BAD BAD "A")},
};

START_TEST(repairs_each_broken_part)
{
    for (size_t i = 0; i < sizeof REPAIRS / sizeof REPAIRS[0]; i++) {
        struct buf out;
        buf_init(&out, 100);
        ck_assert_int_eq(utf8_repair(&out, REPAIRS[i].raw), 0);
        ck_assert_uint_eq(out.length, REPAIRS[i].repaired.length);
        ck_assert_mem_eq(buf_text(&out), REPAIRS[i].repaired.data, out.length);
        buf_free(&out);
    }
}
END_TEST

struct decoder {
    unsigned char pending[4];
    size_t length;
    size_t needed; /* continuations that are still to come */
    unsigned char lower, upper;
};

static void begin_sequence(struct decoder *decoder, unsigned char byte)
{
    decoder->needed = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    decoder->lower = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
    decoder->upper = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    decoder->pending[0] = byte;
    decoder->length = 1;
}

/* A step of the UTF-8 decoder as the Encoding standard writes it. Returns whether the byte was taken. */
static bool decode_byte(struct decoder *decoder, unsigned char byte, struct buf *out)
{
    if (decoder->needed && (byte < decoder->lower || byte > decoder->upper)) {
        decoder->needed = 0;
        buf_append(out, BAD, 3);
        return false;
    }
    if (decoder->needed) {
        decoder->lower = 0x80;
        decoder->upper = 0xbf;
        decoder->pending[decoder->length++] = byte;
        if (!--decoder->needed)
            buf_append(out, decoder->pending, decoder->length);
    } else if (byte < 0x80) {
        buf_append(out, &byte, 1);
    } else if (byte >= 0xc2 && byte <= 0xf4) {
        begin_sequence(decoder, byte);
    } else {
        buf_append(out, BAD, 3);
    }
    return true;
}

static void decode(struct slice text, struct buf *out)
{
    struct decoder decoder = {0};
    for (size_t i = 0; i < text.length;)
        i += decode_byte(&decoder, (unsigned char)text.data[i], out);
    if (decoder.needed)
        buf_append(out, BAD, 3);
}

/* Bytes at the edges of what the decoder tells apart. */
static char random_byte(void)
{
    static const char edges[] =
        "\x7f\x80\x8f\x90\x9f\xa0\xbf\xc1\xc2\xdf\xe0\xe1\xec\xed\xee\xef\xf0\xf1\xf3\xf4\xf5\xff\x80";
    return edges[random_below(sizeof edges)];
}

START_TEST(repairs_as_the_standards_decoder)
{
    struct buf out, expected;
    int wrong = 0;
    buf_init(&out, 100);
    buf_init(&expected, 100);
    for (int i = 0; i < effort(200000); i++) {
        char text[8];
        struct slice raw = {text, 1 + random_below(sizeof text)};
        for (size_t k = 0; k < raw.length; k++)
            text[k] = random_byte();
        buf_clear(&out);
        buf_clear(&expected);
        wrong += utf8_repair(&out, raw) != 0;
        decode(raw, &expected);
        wrong += !slice_equal(buf_slice(&out), buf_slice(&expected));
    }
    ck_assert_int_eq(wrong, 0);
    buf_free(&out);
    buf_free(&expected);
}
END_TEST

START_TEST(repairing_stops_at_the_limit)
{
    struct buf out;
    buf_init(&out, 7);
    ck_assert_int_eq(utf8_repair(&out, SLICE("a\xff\xff\xff")), ERR_TOO_LARGE);
    ck_assert_str_eq(buf_text(&out), "a" BAD BAD);
    buf_free(&out);
}
END_TEST

int main(void)
{
    return RUN_TESTS("escape", escapes_what_could_steer_a_terminal, stops_at_the_limit, repairs_each_broken_part,
                     repairs_as_the_standards_decoder, repairing_stops_at_the_limit);
}
