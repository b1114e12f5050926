#include "http/decode.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/error.h"
#include "site/coding.h"
#include "unit/suite.h"

enum { TEXT_LENGTH = 3000, WINDOW = 23, MEGABYTE = 1 << 20, STOP = ERR_CLOSED };

static const char *const NAMES[] = {"gzip", "deflate", "br", "zstd"};
static const enum site_coding CODINGS[] = {SITE_GZIP, SITE_DEFLATE, SITE_BROTLI, SITE_ZSTD};
enum { KINDS = sizeof CODINGS / sizeof CODINGS[0] };

static const struct decode_limits PLENTY = {.max_size = UINT64_MAX, .zstd_window = WINDOW};

struct outcome {
    int error;
    struct buf text;
    size_t pieces;
    size_t stop_after; /* pieces; 0: never */
};

static int take(void *context, struct slice bytes)
{
    struct outcome *outcome = context;
    ck_assert_uint_gt(bytes.length, 0);
    ck_assert_int_eq(buf_append_slice(&outcome->text, bytes), 0);
    return ++outcome->pieces == outcome->stop_after ? STOP : 0;
}

static void outcome_init(struct outcome *outcome)
{
    *outcome = (struct outcome){0};
    buf_init(&outcome->text, (size_t)64 * MEGABYTE);
}

/* Decodes `bytes`: `first` of them at once, then in pieces of `piece`. */
static void decode(struct outcome *outcome, const char *coding, struct slice bytes, size_t first, size_t piece,
                   const struct decode_limits *limits)
{
    struct decoder *decoder;
    buf_clear(&outcome->text);
    outcome->pieces = 0;
    ck_assert_int_eq(decoder_create(&decoder, slice_of(coding), limits, take, outcome), 0);
    ck_assert_ptr_nonnull(decoder);
    outcome->error = decoder_feed(decoder, (struct slice){bytes.data, first});
    for (size_t at = first; !outcome->error && at < bytes.length; at += piece) {
        size_t rest = bytes.length - at;
        outcome->error = decoder_feed(decoder, (struct slice){bytes.data + at, rest < piece ? rest : piece});
    }
    if (!outcome->error)
        outcome->error = decoder_finish(decoder);
    decoder_free(decoder);
}

static void decode_whole(struct outcome *outcome, const char *coding, struct slice bytes)
{
    decode(outcome, coding, bytes, bytes.length, 1, &PLENTY);
}

/* Text that shrinks to about a third, the same each time. */
static struct slice sample(void)
{
    static char text[TEXT_LENGTH];
    unsigned state = 1;
    for (size_t i = 0; i < sizeof text; i++) {
        state = state * 1103515245u + 12345u;
        text[i] = "<p>"[i % 3];
        if (i % 3 == 0)
            text[i] = "abcdefghijklmnopqrstuvwxyz"[(state >> 16) % 26];
    }
    return (struct slice){text, sizeof text};
}

static struct slice text_slice(const struct site_text *text)
{
    return (struct slice){text->data, text->length};
}

static struct site_text encode(enum site_coding coding, struct slice text)
{
    struct site_text out = {0};
    site_coding_encode(coding, text.data, text.length, true, &out);
    ck_assert(!out.failed);
    return out;
}

static struct site_text raw_deflate(struct slice text)
{
    struct site_text out = {0};
    z_stream stream = {0};
    ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t bound = deflateBound(&stream, (uLong)text.length);
    ck_assert(site_text_reserve(&out, bound));
    stream.next_in = (Bytef *)text.data;
    stream.avail_in = (uInt)text.length;
    stream.next_out = (Bytef *)out.data;
    stream.avail_out = (uInt)bound;
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.length = stream.total_out;
    deflateEnd(&stream);
    return out;
}

static void assert_decodes(const struct outcome *outcome, struct slice expected)
{
    ck_assert_msg(outcome->error == 0, "%s", error_text(outcome->error));
    ck_assert(slice_equal(buf_slice(&outcome->text), expected));
}

/* However the bytes are cut, the result is the same. Under valgrind every seventh cut will do. */
static void assert_cuts_do_not_matter(const char *coding, struct slice bytes, struct slice expected)
{
    struct outcome outcome;
    size_t step = is_under_valgrind() ? 7 : 1;
    outcome_init(&outcome);
    for (size_t cut = 0; cut <= bytes.length; cut += step) {
        decode(&outcome, coding, bytes, cut, bytes.length + 1, &PLENTY);
        assert_decodes(&outcome, expected);
    }
    for (size_t piece = 1; piece < 6; piece++) {
        decode(&outcome, coding, bytes, 0, piece, &PLENTY);
        assert_decodes(&outcome, expected);
    }
    buf_free(&outcome.text);
}

START_TEST(each_coding_is_decoded_however_it_is_cut)
{
    for (size_t i = 0; i < KINDS; i++) {
        struct site_text encoded = encode(CODINGS[i], sample());
        assert_cuts_do_not_matter(NAMES[i], text_slice(&encoded), sample());
        site_text_free(&encoded);
    }
}
END_TEST

START_TEST(raw_deflate_is_told_from_wrapped)
{
    struct site_text encoded = raw_deflate(sample());
    assert_cuts_do_not_matter("deflate", text_slice(&encoded), sample());
    site_text_free(&encoded);
    assert_cuts_do_not_matter("deflate", (struct slice){"\x03\0", 2}, (struct slice){NULL, 0});
}
END_TEST

START_TEST(each_coding_of_nothing_is_whole)
{
    struct outcome outcome;
    outcome_init(&outcome);
    for (size_t i = 0; i < KINDS; i++) {
        decode_whole(&outcome, NAMES[i], (struct slice){NULL, 0});
        assert_decodes(&outcome, (struct slice){NULL, 0});
        struct site_text encoded = encode(CODINGS[i], (struct slice){"", 0});
        decode_whole(&outcome, NAMES[i], text_slice(&encoded));
        assert_decodes(&outcome, (struct slice){NULL, 0});
        site_text_free(&encoded);
    }
    buf_free(&outcome.text);
}
END_TEST

START_TEST(codings_are_stacked_two_deep)
{
    struct outcome outcome;
    outcome_init(&outcome);
    for (size_t i = 0; i < KINDS; i++) {
        for (size_t j = 0; j < KINDS; j++) {
            char both[32];
            snprintf(both, sizeof both, "%s , %s", NAMES[i], NAMES[j]);
            struct site_text inner = encode(CODINGS[i], sample()), outer = encode(CODINGS[j], text_slice(&inner));
            decode_whole(&outcome, both, text_slice(&outer));
            assert_decodes(&outcome, sample());
            decode(&outcome, both, text_slice(&outer), 0, 1, &PLENTY);
            assert_decodes(&outcome, sample());
            site_text_free(&inner);
            site_text_free(&outer);
        }
    }
    buf_free(&outcome.text);
}
END_TEST

START_TEST(four_codings_are_stacked_in_the_order_of_the_header)
{
    struct outcome outcome;
    outcome_init(&outcome);
    struct site_text text = encode(SITE_GZIP, sample());
    for (size_t i = 1; i < KINDS; i++) {
        struct site_text next = encode(CODINGS[i], text_slice(&text));
        site_text_free(&text);
        text = next;
    }
    decode_whole(&outcome, "gzip, deflate, br, zstd", text_slice(&text));
    assert_decodes(&outcome, sample());
    decode_whole(&outcome, "zstd, br, deflate, gzip", text_slice(&text));
    ck_assert_int_eq(outcome.error, ERR_DECODE);
    site_text_free(&text);
    buf_free(&outcome.text);
}
END_TEST

static int creation(const char *coding, bool *made)
{
    struct decoder *decoder;
    int err = decoder_create(&decoder, slice_of(coding), &PLENTY, take, NULL);
    *made = decoder != NULL;
    decoder_free(decoder);
    return err;
}

START_TEST(header_is_read_as_a_list)
{
    static const struct {
        const char *header;
        int error;
        bool made;
    } cases[] = {
        {"", 0, false},
        {"identity", 0, false},
        {" , ,", 0, false},
        {"Identity, IDENTITY", 0, false},
        {"GZip", 0, true},
        {"x-gzip", 0, true},
        {"identity,\tbr , ", 0, true},
        {"gzip,gzip,gzip,gzip", 0, true},
        {"gzip,gzip,identity,gzip,gzip", 0, true},
        {"gzip,gzip,gzip,gzip,gzip", ERR_CODING_UNKNOWN, false},
        {"compress", ERR_CODING_UNKNOWN, false},
        {"gzip;q=1", ERR_CODING_UNKNOWN, false},
        {"gzip br", ERR_CODING_UNKNOWN, false},
        {"br, sdch", ERR_CODING_UNKNOWN, false},
        {"utf-8", ERR_CODING_UNKNOWN, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool made;
        ck_assert_msg(creation(cases[i].header, &made) == cases[i].error, "%s", cases[i].header);
        ck_assert_msg(made == cases[i].made, "%s", cases[i].header);
    }
}
END_TEST

START_TEST(accepted_codings_are_all_known)
{
    ck_assert_str_eq(decode_accepted(), "gzip, deflate, br, zstd");
    bool made;
    ck_assert_int_eq(creation(decode_accepted(), &made), 0);
    ck_assert(made);
}
END_TEST

static struct site_text joined(const struct site_text *a, struct slice b)
{
    struct site_text out = {0};
    site_text_append(&out, a->data, a->length);
    site_text_append(&out, b.data, b.length);
    return out;
}

static struct slice sample_twice(void)
{
    static char text[2 * TEXT_LENGTH];
    memcpy(text, sample().data, TEXT_LENGTH);
    memcpy(text + TEXT_LENGTH, sample().data, TEXT_LENGTH);
    return (struct slice){text, sizeof text};
}

START_TEST(members_and_frames_follow_each_other)
{
    static const enum site_coding several[] = {SITE_GZIP, SITE_ZSTD};
    static const char *const names[] = {"gzip", "zstd"};
    for (size_t i = 0; i < 2; i++) {
        struct site_text one = encode(several[i], sample()), two = joined(&one, text_slice(&one));
        assert_cuts_do_not_matter(names[i], text_slice(&two), sample_twice());
        site_text_free(&one);
        site_text_free(&two);
    }
}
END_TEST

START_TEST(zstd_frames_that_are_to_be_skipped_are)
{
    struct site_text frame = encode(SITE_ZSTD, sample());
    struct site_text skip = {0};
    site_text_append(&skip, "\x5a\x2a\x4d\x18\x03\0\0\0abc", 11);
    struct site_text first = joined(&skip, text_slice(&frame)), both = joined(&first, text_slice(&skip));
    assert_cuts_do_not_matter("zstd", text_slice(&both), sample());
    site_text_free(&frame);
    site_text_free(&skip);
    site_text_free(&first);
    site_text_free(&both);
}
END_TEST

START_TEST(garbage_behind_the_end_is_ignored)
{
    static const struct slice garbage[] = {
        {"\0\0\0\0\0\0\0\0", 8}, {"<!-- cached -->", 15}, {"\x1f", 1},     {"\x1f\x1f\x8b", 3},
        {"\x28\xb5\x2f", 3},     {"\x28\xb5\x2f\xfe", 4}, {"\x50\x2a", 2}, {"\x5f\x2a\x4d\x19zzzz", 8},
    };
    for (size_t i = 0; i < KINDS; i++) {
        struct site_text encoded = encode(CODINGS[i], sample());
        for (size_t j = 0; j < sizeof garbage / sizeof garbage[0]; j++) {
            struct site_text bytes = joined(&encoded, garbage[j]);
            assert_cuts_do_not_matter(NAMES[i], text_slice(&bytes), sample());
            site_text_free(&bytes);
        }
        site_text_free(&encoded);
    }
}
END_TEST

/* Every proper part of a coded body is an error, and what can be decoded of it has come out in order. */
START_TEST(truncation_is_an_error_wherever_it_is)
{
    struct outcome outcome;
    outcome_init(&outcome);
    for (size_t i = 0; i < KINDS; i++) {
        struct site_text encoded = encode(CODINGS[i], sample());
        for (size_t length = 1; length < encoded.length; length++) {
            decode_whole(&outcome, NAMES[i], (struct slice){encoded.data, length});
            ck_assert_msg(outcome.error == ERR_TRUNCATED, "%s of %zu: %s", NAMES[i], length, error_text(outcome.error));
            ck_assert(slice_equal(buf_slice(&outcome.text), (struct slice){sample().data, outcome.text.length}));
        }
        site_text_free(&encoded);
    }
    buf_free(&outcome.text);
}
END_TEST

START_TEST(second_member_must_be_whole_too)
{
    struct outcome outcome;
    outcome_init(&outcome);
    struct site_text one = encode(SITE_GZIP, sample());
    for (size_t length = 2; length < one.length; length++) {
        struct site_text bytes = joined(&one, (struct slice){one.data, length});
        decode_whole(&outcome, "gzip", text_slice(&bytes));
        ck_assert_int_eq(outcome.error, ERR_TRUNCATED);
        ck_assert_uint_ge(outcome.text.length, TEXT_LENGTH);
        site_text_free(&bytes);
    }
    site_text_free(&one);
    buf_free(&outcome.text);
}
END_TEST

START_TEST(truncation_within_a_stack_is_an_error)
{
    struct outcome outcome;
    outcome_init(&outcome);
    struct site_text inner = encode(SITE_GZIP, sample());
    struct site_text outer = encode(SITE_BROTLI, (struct slice){inner.data, inner.length - 3});
    decode_whole(&outcome, "gzip, br", text_slice(&outer));
    ck_assert_int_eq(outcome.error, ERR_TRUNCATED);
    ck_assert(slice_equal(buf_slice(&outcome.text), sample()));
    site_text_free(&inner);
    site_text_free(&outer);
    buf_free(&outcome.text);
}
END_TEST

START_TEST(corruption_is_an_error)
{
    struct outcome outcome;
    outcome_init(&outcome);
    for (size_t i = 0; i < KINDS; i++) {
        struct site_text bytes = {0};
        site_coding_encode(CODINGS[i], sample().data, TEXT_LENGTH / 2, false, &bytes);
        site_coding_spoil(CODINGS[i], &bytes);
        ck_assert(!bytes.failed);
        decode_whole(&outcome, NAMES[i], text_slice(&bytes));
        ck_assert_int_eq(outcome.error, ERR_DECODE);
        /* br and zstd may keep what they had decoded of the piece that is corrupt. */
        ck_assert_uint_le(outcome.text.length, TEXT_LENGTH / 2);
        ck_assert(slice_equal(buf_slice(&outcome.text), (struct slice){sample().data, outcome.text.length}));
        decode_whole(&outcome, NAMES[i], SLICE("<html>not coded at all</html>"));
        ck_assert_int_ne(outcome.error, 0);
        site_text_free(&bytes);
    }
    buf_free(&outcome.text);
}
END_TEST

START_TEST(checksums_count)
{
    static const char *const names[] = {"gzip", "deflate"};
    static const enum site_coding codings[] = {SITE_GZIP, SITE_DEFLATE};
    struct outcome outcome;
    outcome_init(&outcome);
    for (size_t i = 0; i < 2; i++) {
        struct site_text bytes = encode(codings[i], sample());
        bytes.data[bytes.length - 1] ^= 1;
        decode_whole(&outcome, names[i], text_slice(&bytes));
        ck_assert_int_eq(outcome.error, ERR_DECODE);
        site_text_free(&bytes);
    }
    buf_free(&outcome.text);
}
END_TEST

/* Whatever single bit is flipped, nothing breaks but the result. */
START_TEST(flipped_bits_do_no_harm)
{
    struct outcome outcome;
    outcome_init(&outcome);
    struct slice text = {sample().data, 200};
    for (size_t i = 0; i < KINDS; i++) {
        struct site_text bytes = encode(CODINGS[i], text);
        for (size_t bit = 0; bit < bytes.length * 8; bit++) {
            bytes.data[bit / 8] = (char)(bytes.data[bit / 8] ^ 1 << bit % 8);
            struct decode_limits limits = {.max_size = MEGABYTE, .zstd_window = WINDOW};
            decode(&outcome, NAMES[i], text_slice(&bytes), bytes.length / 2, 7, &limits);
            bytes.data[bit / 8] = (char)(bytes.data[bit / 8] ^ 1 << bit % 8);
        }
        site_text_free(&bytes);
    }
    buf_free(&outcome.text);
}
END_TEST

START_TEST(size_is_capped_to_the_byte)
{
    struct outcome outcome;
    outcome_init(&outcome);
    for (size_t i = 0; i < KINDS; i++) {
        struct site_text bytes = encode(CODINGS[i], sample());
        struct decode_limits limits = {.max_size = TEXT_LENGTH, .zstd_window = WINDOW};
        decode(&outcome, NAMES[i], text_slice(&bytes), 0, 10, &limits);
        assert_decodes(&outcome, sample());
        limits.max_size = TEXT_LENGTH - 1;
        decode(&outcome, NAMES[i], text_slice(&bytes), 0, 10, &limits);
        ck_assert_int_eq(outcome.error, ERR_DECODED_TOO_LARGE);
        ck_assert(slice_equal(buf_slice(&outcome.text), (struct slice){sample().data, TEXT_LENGTH - 1}));
        site_text_free(&bytes);
    }
    buf_free(&outcome.text);
}
END_TEST

static struct slice zeros(size_t length)
{
    static char text[16 * MEGABYTE];
    ck_assert_uint_le(length, sizeof text);
    return (struct slice){text, length};
}

START_TEST(ratio_is_capped_once_a_megabyte_is_out)
{
    struct outcome outcome;
    outcome_init(&outcome);
    struct decode_limits limits = {.max_size = UINT64_MAX, .max_ratio = 20, .zstd_window = WINDOW};
    for (size_t i = 0; i < KINDS; i++) {
        struct site_text small = encode(CODINGS[i], zeros(MEGABYTE)),
                         bomb = encode(CODINGS[i], zeros((size_t)16 * MEGABYTE));
        decode(&outcome, NAMES[i], text_slice(&small), small.length, 1, &limits);
        assert_decodes(&outcome, zeros(MEGABYTE));
        decode(&outcome, NAMES[i], text_slice(&bomb), bomb.length, 1, &limits);
        ck_assert_int_eq(outcome.error, ERR_DECODED_TOO_LARGE);
        ck_assert_uint_ge(outcome.text.length, MEGABYTE);
        ck_assert_uint_lt(outcome.text.length, (size_t)2 * MEGABYTE);
        site_text_free(&small);
        site_text_free(&bomb);
    }
    buf_free(&outcome.text);
}
END_TEST

/* A stack whose middle is huge and whose end is nothing: empty gzip members in gzip. */
START_TEST(middle_of_a_stack_is_capped)
{
    struct outcome outcome;
    outcome_init(&outcome);
    struct site_text empty = encode(SITE_GZIP, (struct slice){"", 0}), many = {0};
    for (size_t i = 0; i < (size_t)4 * MEGABYTE / empty.length; i++)
        site_text_append(&many, empty.data, empty.length);
    struct site_text bomb = encode(SITE_GZIP, text_slice(&many));
    decode_whole(&outcome, "gzip, gzip", text_slice(&bomb));
    assert_decodes(&outcome, (struct slice){NULL, 0});
    struct decode_limits limits = {.max_size = MEGABYTE, .zstd_window = WINDOW};
    decode(&outcome, "gzip, gzip", text_slice(&bomb), bomb.length, 1, &limits);
    ck_assert_int_eq(outcome.error, ERR_DECODED_TOO_LARGE);
    limits = (struct decode_limits){.max_size = UINT64_MAX, .max_ratio = 20, .zstd_window = WINDOW};
    decode(&outcome, "gzip, gzip", text_slice(&bomb), bomb.length, 1, &limits);
    ck_assert_int_eq(outcome.error, ERR_DECODED_TOO_LARGE);
    site_text_free(&empty);
    site_text_free(&many);
    site_text_free(&bomb);
    buf_free(&outcome.text);
}
END_TEST

static struct site_text zstd_with_window(int window, struct slice text)
{
    struct site_text out = {0};
    size_t room = ZSTD_compressBound(text.length);
    ck_assert(site_text_reserve(&out, room));
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ck_assert_ptr_nonnull(context);
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    ZSTD_inBuffer in = {text.data, text.length, 0};
    ZSTD_outBuffer to = {out.data, room, 0};
    while (in.pos < in.size)
        ck_assert(!ZSTD_isError(ZSTD_compressStream2(context, &to, &in, ZSTD_e_continue)));
    ck_assert_uint_eq(ZSTD_compressStream2(context, &to, &in, ZSTD_e_end), 0);
    out.length = to.pos;
    ZSTD_freeCCtx(context);
    return out;
}

START_TEST(zstd_window_is_capped)
{
    struct outcome outcome;
    outcome_init(&outcome);
    struct site_text fits = zstd_with_window(WINDOW, zeros(MEGABYTE)),
                     wide = zstd_with_window(WINDOW + 1, zeros(MEGABYTE));
    decode_whole(&outcome, "zstd", text_slice(&fits));
    assert_decodes(&outcome, zeros(MEGABYTE));
    decode_whole(&outcome, "zstd", text_slice(&wide));
    ck_assert_int_eq(outcome.error, ERR_DECODED_TOO_LARGE);
    site_text_free(&fits);
    site_text_free(&wide);
    buf_free(&outcome.text);
}
END_TEST

START_TEST(sink_can_stop_it)
{
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.stop_after = 2;
    for (size_t i = 0; i < KINDS; i++) {
        struct site_text bytes = encode(CODINGS[i], zeros(MEGABYTE));
        decode_whole(&outcome, NAMES[i], text_slice(&bytes));
        ck_assert_int_eq(outcome.error, STOP);
        ck_assert_uint_eq(outcome.pieces, 2);
        site_text_free(&bytes);
    }
    buf_free(&outcome.text);
}
END_TEST

/* gzip's checksum tells: no changed byte gives another text. */
START_TEST(changed_byte_of_gzip_is_an_error_or_does_not_matter)
{
    struct outcome outcome;
    outcome_init(&outcome);
    struct slice text = {sample().data, 200};
    struct site_text bytes = encode(SITE_GZIP, text);
    for (size_t at = 0; at < bytes.length; at++) {
        char right = bytes.data[at];
        for (int flip = 1; flip < 256; flip++) {
            bytes.data[at] = (char)(right ^ flip);
            decode_whole(&outcome, "gzip", text_slice(&bytes));
            ck_assert_msg(outcome.error || slice_equal(buf_slice(&outcome.text), text), "%zu ^ %d", at, flip);
        }
        bytes.data[at] = right;
    }
    site_text_free(&bytes);
    buf_free(&outcome.text);
}
END_TEST

/* libzstd may have been built to take them, and does not limit their windows: 128 MiB here. */
START_TEST(zstd_formats_before_the_standard_are_refused)
{
    static const struct slice frames[] = {
        {"\x27\xb5\x2f\xfd\0\x88\0\0\0\0", 10},
        {"\x26\xb5\x2f\xfd\x0d\0\0\0\0", 9},
        {"\x25\xb5\x2f\xfd\x0d\0\0\0\0", 9},
    };
    struct outcome outcome;
    outcome_init(&outcome);
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        decode_whole(&outcome, "zstd", frames[i]);
        ck_assert_int_eq(outcome.error, ERR_DECODE);
    }
    buf_free(&outcome.text);
}
END_TEST

START_TEST(small_text_in_a_stack_fits_its_own_size)
{
    struct outcome outcome;
    outcome_init(&outcome);
    for (size_t i = 0; i < KINDS; i++) {
        for (size_t length = 0; length < 64; length++) {
            char both[32];
            snprintf(both, sizeof both, "%s, %s", NAMES[i], NAMES[i]);
            struct slice text = {sample().data, length};
            struct site_text inner = encode(CODINGS[i], text), outer = encode(CODINGS[i], text_slice(&inner));
            struct decode_limits limits = {.max_size = length, .zstd_window = WINDOW};
            decode(&outcome, both, text_slice(&outer), outer.length, 1, &limits);
            assert_decodes(&outcome, text);
            site_text_free(&inner);
            site_text_free(&outer);
        }
    }
    buf_free(&outcome.text);
}
END_TEST

START_TEST(freeing_nothing_is_allowed)
{
    decoder_free(NULL);
}
END_TEST

int main(void)
{
    return RUN_TESTS(
        "decode", each_coding_is_decoded_however_it_is_cut, raw_deflate_is_told_from_wrapped,
        each_coding_of_nothing_is_whole, codings_are_stacked_two_deep,
        four_codings_are_stacked_in_the_order_of_the_header, header_is_read_as_a_list, accepted_codings_are_all_known,
        members_and_frames_follow_each_other, zstd_frames_that_are_to_be_skipped_are, garbage_behind_the_end_is_ignored,
        truncation_is_an_error_wherever_it_is, second_member_must_be_whole_too, truncation_within_a_stack_is_an_error,
        corruption_is_an_error, checksums_count, flipped_bits_do_no_harm, size_is_capped_to_the_byte,
        ratio_is_capped_once_a_megabyte_is_out, middle_of_a_stack_is_capped, zstd_window_is_capped, sink_can_stop_it,
        changed_byte_of_gzip_is_an_error_or_does_not_matter, zstd_formats_before_the_standard_are_refused,
        small_text_in_a_stack_fits_its_own_size, freeing_nothing_is_allowed);
}
