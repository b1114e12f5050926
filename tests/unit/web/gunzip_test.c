#include "web/gunzip.h"

#include "base/buf.h"
#include "base/error.h"
#include "unit/suite.h"
#include "unit/web/pack.h"

enum { LIMIT = 1 << 20, PACKED_LIMIT = 2 * LIMIT };

static int take(void *context, struct slice bytes)
{
    return buf_append_slice(context, bytes);
}

/* Unpacks bytes that come in two pieces, the first of `cut`, or one by one when that is 0. */
static int unpack(struct buf *out, struct slice packed, size_t cut)
{
    struct gunzip *gunzip;
    int err = 0;
    buf_clear(out);
    ck_assert_int_eq(gunzip_create(&gunzip, take, out), 0);
    for (size_t at = 0; at < packed.length && !err;) {
        size_t length = !cut ? 1 : at ? packed.length - at : cut;
        err = gunzip_feed(gunzip, (struct slice){packed.data + at, length});
        at += length;
    }
    if (!err)
        err = gunzip_finish(gunzip);
    gunzip_free(gunzip);
    return err;
}

static void setup(struct buf *packed, struct buf *out)
{
    buf_init(packed, LIMIT);
    buf_init(out, LIMIT);
}

static void teardown(struct buf *packed, struct buf *out)
{
    buf_free(packed);
    buf_free(out);
}

START_TEST(members_are_one_file_however_cut)
{
    static const char *const tails[] = {"", "\x1f", "\x1fx", "junk", "\x1f\x1f\x8b"};
    struct buf packed, out;
    setup(&packed, &out);
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        buf_clear(&packed);
        pack(&packed, SLICE("one, "));
        pack(&packed, SLICE(""));
        pack(&packed, SLICE("two"));
        ck_assert(gunzip_is_start(buf_slice(&packed)));
        ck_assert_int_eq(buf_append_slice(&packed, slice_of(tails[i])), 0);
        for (size_t cut = 0; cut <= packed.length; cut++) {
            ck_assert_int_eq(unpack(&out, buf_slice(&packed), cut), 0);
            ck_assert_str_eq(buf_text(&out), "one, two");
        }
    }
    teardown(&packed, &out);
}
END_TEST

START_TEST(every_end_too_early_is_told)
{
    struct buf packed, out;
    setup(&packed, &out);
    pack(&packed, SLICE("some text, some text"));
    for (size_t length = 0; length < packed.length; length++)
        ck_assert_int_eq(unpack(&out, (struct slice){packed.data, length}, length ? length : 1), ERR_TRUNCATED);
    teardown(&packed, &out);
}
END_TEST

START_TEST(damage_is_told)
{
    struct buf packed, out;
    setup(&packed, &out);
    pack(&packed, SLICE("some text, some text"));
    packed.data[packed.length - 5] ^= 1; /* in the checksum */
    ck_assert_int_eq(unpack(&out, buf_slice(&packed), 1), ERR_DECODE);
    ck_assert_int_eq(unpack(&out, SLICE("\x1f\x8b\x09\0"), 0), ERR_DECODE);
    ck_assert_int_eq(unpack(&out, SLICE("text"), 0), ERR_DECODE);
    ck_assert(!gunzip_is_start(SLICE("\x1f")));
    ck_assert(!gunzip_is_start(SLICE("\x8b\x1f")));
    teardown(&packed, &out);
}
END_TEST

static int refuse(void *context, struct slice bytes)
{
    size_t *taken = context;
    *taken += bytes.length;
    return *taken > LIMIT ? ERR_DECODED_TOO_LARGE : 0;
}

/* A megabyte of zeros, over and over: the sink has its way at once. */
START_TEST(the_sink_ends_a_bomb)
{
    static const char zeros[LIMIT];
    struct buf packed;
    struct gunzip *gunzip;
    size_t taken = 0;
    buf_init(&packed, PACKED_LIMIT);
    for (int i = 0; i < 20; i++)
        pack(&packed, (struct slice){zeros, LIMIT});
    ck_assert_int_eq(gunzip_create(&gunzip, refuse, &taken), 0);
    ck_assert_int_eq(gunzip_feed(gunzip, buf_slice(&packed)), ERR_DECODED_TOO_LARGE);
    ck_assert_uint_le(taken, LIMIT + 65536);
    gunzip_free(gunzip);
    gunzip_free(NULL);
    buf_free(&packed);
}
END_TEST

int main(void)
{
    return RUN_TESTS("gunzip", members_are_one_file_however_cut, every_end_too_early_is_told, damage_is_told,
                     the_sink_ends_a_bomb);
}
