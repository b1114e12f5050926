#include "web/charset.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "unit/suite.h"
#include "web/utf8.h"

/* One word or more in every encoding of the standard. */
static const struct {
    const char *label;
    struct slice bytes;
    const char *text;
} SAMPLES[] = {
#define SAMPLE(label, bytes, text)                    \
    {                                                 \
        (label), {(bytes), sizeof(bytes) - 1}, (text) \
    }
    SAMPLE("utf-8", "a\xc3\xa9\xe2\x98\x83\xf0\x9f\x98\x80", "aé☃😀"),
    SAMPLE("ibm866", "\x8f\xe0\xf0", "ПрЁ"),
    SAMPLE("iso-8859-2", "\xb1\xa9\xff", "ąŠ˙"),
    SAMPLE("iso-8859-3", "\xa1\xfe\xa5", "Ħŝ�"),
    SAMPLE("iso-8859-4", "\xa2\xff", "ĸ˙"),
    SAMPLE("iso-8859-5", "\xbf\xf0", "П№"),
    SAMPLE("iso-8859-6", "\xc7\xac\xff", "ا،�"),
    SAMPLE("iso-8859-7", "\xe1\xa4\xae", "α€�"),
    SAMPLE("iso-8859-8", "\xe0\xdf\xbf", "א‗�"),
    SAMPLE("iso-8859-8-i", "\xfa", "ת"),
    SAMPLE("iso-8859-10", "\xbd\xff", "―ĸ"),
    SAMPLE("iso-8859-13", "\xff\xa1", "’”"),
    SAMPLE("iso-8859-14", "\xd0\xa1", "ŴḂ"),
    SAMPLE("iso-8859-15", "\xa4\xbd", "€œ"),
    SAMPLE("iso-8859-16", "\xa5\xde\xe9", "„Țé"),
    SAMPLE("koi8-r", "\xf0\x95\xa3", "П∙ё"),
    SAMPLE("koi8-u", "\xa4\xae\xbe", "єўЎ"),
    SAMPLE("macintosh", "\xdb\xf0\xbd", "€\xef\xa3\xbfΩ"),
    SAMPLE("windows-874", "\xa1\xdb\x81", "ก�\xc2\x81"),
    SAMPLE("windows-1250", "\x9c\x81", "ś\xc2\x81"),
    SAMPLE("windows-1251", "\xcf\x98", "П\xc2\x98"),
    SAMPLE("latin1", "\x80\x81\x8d\x9d\xe9", "€\xc2\x81\xc2\x8d\xc2\x9dé"),
    SAMPLE("windows-1253", "\xe1\xaa\xd2", "α��"),
    SAMPLE("windows-1254", "\xdd\x9e", "İ\xc2\x9e"),
    SAMPLE("windows-1255", "\xe0\xca\xd9", "א\xd6\xba�"),
    SAMPLE("windows-1256", "\xc7\x81", "اپ"),
    SAMPLE("windows-1257", "\xe0\xa1", "ą�"),
    SAMPLE("windows-1258", "\xfe\xd2", "₫\xcc\x89"),
    SAMPLE("x-mac-cyrillic", "\x8f\xff\xa2", "П€Ґ"),
    SAMPLE("gbk", "\xc4\xe3\x80\x81\x30\x81\x35", "你€\xc2\x85"),
    SAMPLE("gb18030", "\xba\xc3\x95\x32\x82\x36\xa3\xa0\xa6\xd9\x81\x35\xf4\x37", "好𠀀　︐\xee\x9f\x87"),
    SAMPLE("big5", "\xa7\x41\x88\x62\x87\x40\x88\x40", "你Ê̄䏰㇀"),
    SAMPLE("euc-jp", "\xc6\xfc\x8e\xb1\x8f\xb0\xa1", "日ｱ丂"),
    SAMPLE("iso-2022-jp", "a\x1b$BF|\x1b(J\\~\x1b(I1\x1b(Bb", "a日¥‾ｱb"),
    SAMPLE("shift_jis", "\x93\xfa\xb1\x81\x60\x80\xf0\x40", "日ｱ～\xc2\x80\xee\x80\x80"),
    SAMPLE("euc-kr", "\xb0\xa1\x81\x41", "가갂"),
    SAMPLE("iso-2022-kr", "abc\xff", "�"),
    SAMPLE("utf-16be", "\x00\x61\x65\xe5\xd8\x3d\xde\x00", "a日😀"),
    SAMPLE("utf-16le", "\x61\x00\xe5\x65\x3d\xd8\x00\xde", "a日😀"),
    SAMPLE("x-user-defined", "a\x80\xff", "a\xef\x9e\x80\xef\x9f\xbf"),
    /* malformed */
    SAMPLE("utf-8", "\xe2\x98\xf0\x9f\x98\xc0\xaf\xed\xa0\x80\xf4\x90x\x80",
           "������"
           "���"
           "x�"),
    SAMPLE("utf-8", "a\xf0\x9f\x98", "a�"),
    SAMPLE("gb18030", "\x81\"\xff\x81\x30\"\x81\x30\x81\"", "�\"��0\"�0�\""),
    SAMPLE("gb18030", "\x84\x31\xa5\x30\x81\x30", "��"),
    SAMPLE("big5", "\x81<\xff\xa4", "�<��"),
    SAMPLE("euc-jp", "\xc6<\x8f\xa1\xff\x8e", "�<��"),
    SAMPLE("shift_jis", "\x81<\xa0\xfd\x81", "�<���"),
    SAMPLE("euc-kr", "\xc9\x21\xff\x81", "�!��"),
    SAMPLE("iso-2022-jp", "\x1b(B\x1b(B\x1b$A\x0e\x80\x1b$BF", "��$A���"),
    SAMPLE("iso-2022-jp", "\x1b$", "�$"),
    SAMPLE("utf-16le", "\x3d\xd8\x61\x00\x00\xde\x3d\xd8\x61", "�a��"),
};

enum { SAMPLE_COUNT = sizeof SAMPLES / sizeof SAMPLES[0], TEXT_LIMIT = 1000 };

static const struct charset *charset_of(const char *label)
{
    const struct charset *charset = charset_by_label(slice_of(label));
    ck_assert_msg(charset, "%s", label);
    return charset;
}

/* Decodes in two pieces, cut at `cut`. */
static void check_decoded(const struct charset *charset, struct slice bytes, size_t cut, const char *wanted)
{
    struct charset_decoder *decoder;
    ck_assert_int_eq(charset_decoder_create(&decoder, charset), 0);
    struct buf out;
    buf_init(&out, TEXT_LIMIT);
    ck_assert_int_eq(charset_decode(decoder, (struct slice){bytes.data, cut}, false, &out), 0);
    struct slice rest = {bytes.data + cut, bytes.length - cut};
    ck_assert_int_eq(charset_decode(decoder, rest, true, &out), 0);
    ck_assert_msg(strcmp(buf_text(&out), wanted) == 0, "%s: %s and not %s", charset_name(charset), buf_text(&out),
                  wanted);
    buf_free(&out);
    charset_decoder_free(decoder);
}

START_TEST(samples_decode_wherever_they_are_cut)
{
    for (size_t i = 0; i < SAMPLE_COUNT; i++)
        for (size_t cut = 0; cut <= SAMPLES[i].bytes.length; cut++)
            check_decoded(charset_of(SAMPLES[i].label), SAMPLES[i].bytes, cut, SAMPLES[i].text);
}
END_TEST

START_TEST(samples_decode_byte_by_byte)
{
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        struct charset_decoder *decoder;
        ck_assert_int_eq(charset_decoder_create(&decoder, charset_of(SAMPLES[i].label)), 0);
        struct buf out;
        buf_init(&out, TEXT_LIMIT);
        for (size_t at = 0; at < SAMPLES[i].bytes.length; at++)
            ck_assert_int_eq(charset_decode(decoder, (struct slice){SAMPLES[i].bytes.data + at, 1}, false, &out), 0);
        ck_assert_int_eq(charset_decode(decoder, (struct slice){NULL, 0}, true, &out), 0);
        ck_assert_str_eq(buf_text(&out), SAMPLES[i].text);
        buf_free(&out);
        charset_decoder_free(decoder);
    }
}
END_TEST

START_TEST(output_limit_is_kept)
{
    static const char *const labels[] = {"utf-8", "latin1", "shift_jis", "utf-16le"};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        struct charset_decoder *decoder;
        ck_assert_int_eq(charset_decoder_create(&decoder, charset_of(labels[i])), 0);
        struct buf out;
        buf_init(&out, 4);
        ck_assert_int_eq(charset_decode(decoder,
                                        SLICE("a\xff"
                                              "a\xff"
                                              "a\xff"
                                              "a\xff"),
                                        true, &out),
                         ERR_TOO_LARGE);
        ck_assert_uint_le(out.length, 4);
        buf_free(&out);
        charset_decoder_free(decoder);
    }
}
END_TEST

START_TEST(labels_name_their_encodings)
{
    static const struct {
        const char *label, *name;
    } cases[] = {
        {"UTF8", "UTF-8"},
        {" latin1\n", "windows-1252"},
        {"ascii", "windows-1252"},
        {"iso-8859-9", "windows-1254"},
        {"x-sjis", "Shift_JIS"},
        {"GB2312", "GBK"},
        {"utf-16", "UTF-16LE"},
        {"unicodefffe", "UTF-16BE"},
        {"hz-gb-2312", "replacement"},
        {"866", "IBM866"},
        {"x-x-big5", "Big5"},
        {"logical", "ISO-8859-8-I"},
        {"cseucpkdfmtjapanese", "EUC-JP"},
        {"ks_c_5601-1987", "EUC-KR"},
        {"\tKOI8-RU ", "KOI8-U"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_str_eq(charset_name(charset_of(cases[i].label)), cases[i].name);
    static const char *const unknown[] = {
        "", " ", "utf", "utf-8x", "latin 1", "utf-7", "utf-32", "cseucpkdfmtjapanesex", "iso-8859-12"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        ck_assert_ptr_null(charset_by_label(slice_of(unknown[i])));
    ck_assert_ptr_null(charset_by_label((struct slice){NULL, 0}));
    ck_assert_ptr_null(charset_by_label(SLICE("utf-8\0")));
}
END_TEST

START_TEST(names_are_labels_of_themselves)
{
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        const struct charset *charset = charset_of(SAMPLES[i].label);
        ck_assert_ptr_eq(charset_of(charset_name(charset)), charset);
    }
    ck_assert_ptr_eq(charset_utf8(), charset_of("utf-8"));
}
END_TEST

START_TEST(ascii_compatibility_is_known)
{
    ck_assert(charset_is_ascii_compatible(charset_of("utf-8")));
    ck_assert(charset_is_ascii_compatible(charset_of("shift_jis")));
    ck_assert(!charset_is_ascii_compatible(charset_of("utf-16le")));
    ck_assert(!charset_is_ascii_compatible(charset_of("utf-16be")));
    ck_assert(!charset_is_ascii_compatible(charset_of("iso-2022-jp")));
}
END_TEST

static void check_found(struct slice start, const char *header, const char *name, const char *source_name)
{
    enum charset_source source;
    const struct charset *charset = charset_of_html(start, slice_of(header), &source);
    ck_assert_str_eq(charset_name(charset), name);
    ck_assert_str_eq(charset_source_name(source), source_name);
    ck_assert_ptr_eq(charset_of_html(start, slice_of(header), NULL), charset);
}

START_TEST(sources_have_their_order)
{
    check_found(SLICE("\xef\xbb\xbf<meta charset=koi8-r>"), "latin1", "UTF-8", "bom");
    check_found(SLICE("\xff\xfe<\0"), "latin1", "UTF-16LE", "bom");
    check_found(SLICE("\xfe\xff\0<"), "", "UTF-16BE", "bom");
    check_found(SLICE("<meta charset=koi8-r>"), "greek", "ISO-8859-7", "header");
    check_found(SLICE("<meta charset=koi8-r>"), "nonsense", "KOI8-R", "meta");
    check_found(SLICE("<meta charset=nonsense>"), "", "windows-1252", "default");
    check_found((struct slice){NULL, 0}, "", "windows-1252", "default");
}
END_TEST

START_TEST(prescan_reads_what_the_standard_says)
{
    check_found(SLICE("<meta charset=utf-16>"), "", "UTF-8", "meta");
    check_found(SLICE("<META/CHARSET = 'x-user-defined' >"), "", "windows-1252", "meta");
    check_found(SLICE("<!--><meta charset=koi8-r>"), "", "KOI8-R", "meta");
    check_found(SLICE("<!-- <meta charset=koi8-r>"), "", "windows-1252", "default");
    check_found(SLICE("<a b='<meta charset=koi8-r>'><meta charset=greek>"), "", "ISO-8859-7", "meta");
    check_found(SLICE("</a <meta charset=koi8-r>"), "", "windows-1252", "default");
    check_found(SLICE("<? <meta charset=greek><meta charset=koi8-r>"), "", "KOI8-R", "meta");
    check_found(SLICE("<meta charset=koi8-r"), "", "windows-1252", "default");
    check_found(SLICE("<meta charset='koi8-r>"), "", "windows-1252", "default");
    check_found(SLICE("<meta charset=x charset=koi8-r>"), "", "windows-1252", "default");
    check_found(SLICE("<meta charset=x content='charset=koi8-r' http-equiv=content-type>"), "", "windows-1252",
                "default");
    check_found(SLICE("<meta content='a; charset charset = \"koi8-r\"' http-equiv=content-type>"), "", "KOI8-R",
                "meta");
    check_found(SLICE("<meta content='charset=\"koi8-r' http-equiv=content-type>"), "", "windows-1252", "default");
    check_found(SLICE("<meta content='charset=koi8-r'>"), "", "windows-1252", "default");
    check_found(SLICE("<meta content='charset=greek' charset=koi8-r>"), "", "KOI8-R", "meta");
    check_found(SLICE("<?xml version='1.0' encoding = 'koi8-r'?>x"), "", "KOI8-R", "meta");
    check_found(SLICE("<?xml encoding='koi8-r"), "", "windows-1252", "default");
    check_found(SLICE("<?xml encoding='utf-16'?><meta charset=greek>"), "", "ISO-8859-7", "meta");
    check_found(SLICE("<\0?\0x\0m\0"), "", "UTF-16LE", "meta");
    check_found(SLICE("\0<\0?\0x\0m"), "", "UTF-16BE", "meta");
}
END_TEST

START_TEST(prescan_ends_after_its_bytes)
{
    char page[CHARSET_PRESCAN + 10];
    struct slice meta = SLICE("<meta charset=koi8-r>");
    memset(page, ' ', sizeof page);
    memcpy(page + CHARSET_PRESCAN - meta.length, meta.data, meta.length);
    check_found((struct slice){page, sizeof page}, "", "KOI8-R", "meta");
    memset(page, ' ', sizeof page);
    memcpy(page + CHARSET_PRESCAN - meta.length + 1, meta.data, meta.length);
    check_found((struct slice){page, sizeof page}, "", "windows-1252", "default");
}
END_TEST

START_TEST(byte_order_marks_are_measured)
{
    const struct charset *charset = NULL;
    ck_assert_uint_eq(charset_bom(SLICE("\xef\xbb\xbfx"), &charset), 3);
    ck_assert_uint_eq(charset_bom(SLICE("\xff\xfe"), &charset), 2);
    ck_assert_ptr_eq(charset, charset_of("utf-16le"));
    ck_assert_uint_eq(charset_bom(SLICE("\xef\xbb"), &charset), 0);
    ck_assert_uint_eq(charset_bom(SLICE("\xff"), &charset), 0);
    ck_assert_uint_eq(charset_bom((struct slice){NULL, 0}, &charset), 0);
}
END_TEST

static void check_encoded(const char *label, const char *text, const char *wanted)
{
    struct buf out;
    buf_init(&out, TEXT_LIMIT);
    ck_assert_int_eq(charset_encode_query(charset_of(label), slice_of(text), &out), 0);
    ck_assert_msg(strcmp(buf_text(&out), wanted) == 0, "%s: %s gives %s", label, text, buf_text(&out));
    buf_free(&out);
}

START_TEST(queries_are_encoded)
{
    check_encoded("utf-8", "é\xff", "é�");
    check_encoded("utf-16le", "é", "é");
    check_encoded("replacement", "é", "é");
    check_encoded("latin1", "aé€☃", "a\xe9\x80%26%239731%3B");
    check_encoded("koi8-r", "П", "\xf0");
    check_encoded("x-user-defined", "\xef\x9e\x80é", "\x80%26%23233%3B");
    check_encoded("gbk", "你€𠀀", "\xc4\xe3\x80%26%23131072%3B");
    check_encoded("gb18030", "€𠀀ß", "\xa2\xe3\x95\x32\x82\x36\x81\x30\x89\x38");
    check_encoded("big5", "你十䏰㇀", "\xa7\x41\xa4\x51%26%2317392%3B%26%2312736%3B");
    check_encoded("euc-jp", "日ｱ¥−", "\xc6\xfc\x8e\xb1\\\xa1\xdd");
    check_encoded("shift_jis", "日ｱ‾纊", "\x93\xfa\xb1~\xfa\x5c");
    check_encoded("euc-kr", "가갂", "\xb0\xa1\x81\x41");
    check_encoded("iso-2022-jp", "a日¥bｱ☃\\", "a\x1b$BF|\x1b(J\\b\x1b$B%\"\x1b(B%26%239731%3B\\");
    check_encoded("iso-2022-jp", "日", "\x1b$BF|\x1b(B");
    check_encoded("iso-2022-jp", "\x1b", "%26%2365533%3B");
}
END_TEST

/* What the encoders write, the decoders must read as it was. */
START_TEST(encoding_and_decoding_agree)
{
    static const char *const labels[] = {"gbk",    "gb18030",     "big5",   "euc-jp",       "shift_jis",
                                         "euc-kr", "iso-2022-jp", "koi8-u", "windows-1258", "iso-8859-16"};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        const struct charset *charset = charset_of(labels[i]);
        unsigned agreed = 0;
        for (unsigned c = 0x80; c < 0xd800; c++) {
            char text[UTF8_MAX + 1] = {0};
            utf8_encode(c, text);
            struct buf bytes;
            buf_init(&bytes, TEXT_LIMIT);
            ck_assert_int_eq(charset_encode_query(charset, slice_of(text), &bytes), 0);
            /* The Japanese encodings write these three as something alike. */
            bool stands_in = c == 0xa5 || c == 0x203e || c == 0x2212;
            if (!memmem(bytes.data, bytes.length, "%26%23", 6) && !stands_in) {
                check_decoded(charset, buf_slice(&bytes), bytes.length, text);
                agreed++;
            }
            buf_free(&bytes);
        }
        ck_assert_uint_gt(agreed, 90);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("charset", samples_decode_wherever_they_are_cut, samples_decode_byte_by_byte, output_limit_is_kept,
                     labels_name_their_encodings, names_are_labels_of_themselves, ascii_compatibility_is_known,
                     sources_have_their_order, prescan_reads_what_the_standard_says, prescan_ends_after_its_bytes,
                     byte_order_marks_are_measured, queries_are_encoded, encoding_and_decoding_agree);
}
