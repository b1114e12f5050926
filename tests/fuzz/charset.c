/* Encodings: a decoder says the same however its input is cut, and only UTF-8; a query can always be encoded. */
#include "web/charset.h"

#include "fuzz.h"
#include "web/document_charset.h"

enum { LIMIT = 1 << 24 };

static const char *const LABELS[] = {
    "utf-8",        "utf-16le",    "utf-16be",    "windows-1252", "iso-8859-8-i", "koi8-u", "macintosh",      "gbk",
    "gb18030",      "big5",        "euc-jp",      "iso-2022-jp",  "shift_jis",    "euc-kr", "x-user-defined", "ibm866",
    "windows-1258", "windows-874", "replacement", "iso-8859-16",
};
enum { LABEL_COUNT = sizeof LABELS / sizeof LABELS[0] };

static void decode(const struct charset *charset, struct slice input, size_t cut, struct buf *out)
{
    struct charset_decoder *decoder;
    FUZZ_CHECK(charset_decoder_create(&decoder, charset) == 0);
    FUZZ_CHECK(charset_decode(decoder, (struct slice){input.data, cut}, false, out) == 0);
    FUZZ_CHECK(charset_decode(decoder, (struct slice){input.data + cut, input.length - cut}, true, out) == 0);
    charset_decoder_free(decoder);
}

/* Well-formed UTF-8 (Unicode, table 3-7), written down once more on purpose. */
static bool is_utf8(struct slice text)
{
    const unsigned char *at = (const unsigned char *)text.data, *end = at + text.length;
    while (at < end) {
        unsigned lead = *at++, more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
        unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4)
            return false;
        for (; more; more--, at++, low = 0x80, high = 0xbf)
            if (at == end || *at < low || *at > high)
                return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = fuzz_input(data, size);
    const char *label = LABELS[fuzz_choice(&input) % LABEL_COUNT];
    const struct charset *charset = charset_by_label(slice_of(label)), *bom;
    size_t cut = fuzz_choice(&input);
    struct buf whole, pieces, query;
    buf_init(&whole, LIMIT);
    buf_init(&pieces, LIMIT);
    buf_init(&query, LIMIT);
    decode(charset, input, 0, &whole);
    decode(charset, input, cut < input.length ? cut : input.length, &pieces);
    FUZZ_CHECK(slice_equal(buf_slice(&whole), buf_slice(&pieces)));
    FUZZ_CHECK(is_utf8(buf_slice(&whole)));
    FUZZ_CHECK(charset_encode_query(charset, buf_slice(&whole), &query) == 0);
    FUZZ_CHECK(charset_encode_query(charset, input, &query) == 0); /* not UTF-8: anything but a crash */
    enum charset_source source;
    FUZZ_CHECK(charset_of_html(input, (struct slice){NULL, 0}, &source) != NULL);
    for (int kind = DOCUMENT_HTML; kind <= DOCUMENT_CSS; kind++)
        FUZZ_CHECK(document_charset((enum document_kind)kind, input, slice_of(label), &source) != NULL);
    FUZZ_CHECK(charset_bom(input, &bom) <= 3);
    (void)charset_by_label(input);
    buf_free(&query);
    buf_free(&pieces);
    buf_free(&whole);
    return 0;
}
