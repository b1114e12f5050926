/* Content codings: limits hold whatever the bytes say, and a body is whole or not however it is cut. */
#include "http/decode.h"

#include "base/buf.h"
#include "base/error.h"
#include "fuzz.h"

enum { MAX_SIZE = 1 << 18 };

static int take(void *context, struct slice bytes)
{
    struct buf *out = context;
    FUZZ_CHECK(bytes.length > 0 && out->length + bytes.length <= MAX_SIZE);
    return buf_append_slice(out, bytes);
}

static int decode(struct slice coding, unsigned ratio, struct slice input, unsigned seed, struct buf *out)
{
    struct decode_limits limits = {.max_size = MAX_SIZE, .max_ratio = ratio, .zstd_window = 17};
    struct decoder *decoder;
    int err = decoder_create(&decoder, coding, &limits, take, out);
    while (decoder && !err && input.length)
        err = decoder_feed(decoder, fuzz_piece(&input, &seed));
    if (decoder && !err)
        err = decoder_finish(decoder);
    decoder_free(decoder);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const codings[] = {
        "gzip", "deflate", "br", "zstd", "gzip, br", "deflate,gzip", "zstd, identity, gzip", "br,br,br,br",
    };
    struct slice input = fuzz_input(data, size);
    unsigned choice = fuzz_choice(&input), seed = fuzz_choice(&input);
    struct slice coding = slice_of(codings[choice % 8]);
    unsigned ratio = choice & 8 ? 16 : 0;
    struct buf whole, cut;
    buf_init(&whole, MAX_SIZE);
    buf_init(&cut, MAX_SIZE);
    int whole_err = decode(coding, ratio, input, 0, &whole);
    int cut_err = decode(coding, ratio, input, 1 + seed, &cut);
    /* A ratio is measured against the bytes so far, and so depends on the cuts. */
    FUZZ_CHECK(ratio || (whole_err == 0) == (cut_err == 0));
    if (!whole_err && !cut_err)
        FUZZ_CHECK(slice_equal(buf_slice(&whole), buf_slice(&cut)));
    buf_clear(&whole);
    (void)decode(input, 0, input, 0, &whole); /* the value of a header, too */
    buf_free(&cut);
    buf_free(&whole);
    return 0;
}
