/* What is hashed can't be made to collide from outside: the key is another one in each process. */
#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "unit/suite.h"

enum { PATH_SIZE = 4096 };

static const char word[] = "http://a.test/";
static char this_program[PATH_SIZE];

/* The fingerprint of the word in a process of its own. */
static uint64_t fingerprint_elsewhere(void)
{
    char command[PATH_SIZE + 16];
    uint64_t fingerprint = 0;
    snprintf(command, sizeof command, "'%s' print", this_program);
    FILE *output = popen(command, "r");
    ck_assert_ptr_nonnull(output);
    ck_assert_int_eq(fscanf(output, "%" SCNu64, &fingerprint), 1);
    ck_assert_int_eq(pclose(output), 0);
    return fingerprint;
}

START_TEST(fingerprints_hold_for_one_process)
{
    uint64_t first = fingerprint_elsewhere(), second = fingerprint_elsewhere();
    ck_assert(first != second);
    ck_assert(first != hash_bytes(slice_of(word)));
}
END_TEST

START_TEST(equal_bytes_have_equal_fingerprints)
{
    char copy[sizeof word];
    memcpy(copy, word, sizeof word);
    ck_assert(hash_bytes(slice_of(copy)) == hash_bytes(slice_of(word)));
    ck_assert(hash_bytes((struct slice){copy, 4}) != hash_bytes((struct slice){copy, 5}));
    ck_assert(hash_bytes(SLICE("")) == hash_bytes((struct slice){copy, 0}));
}
END_TEST

START_TEST(pairs_have_an_order)
{
    uint64_t a = hash_bytes(SLICE("a")), b = hash_bytes(SLICE("b"));
    ck_assert(hash_pair(a, b) == hash_pair(a, b));
    ck_assert(hash_pair(a, b) != hash_pair(b, a));
}
END_TEST

static uint64_t digest_of(struct slice bytes, size_t piece)
{
    struct digest *digest = digest_create();
    ck_assert_ptr_nonnull(digest);
    digest_add(digest, SLICE("what came before is forgotten"));
    digest_begin(digest);
    for (size_t i = 0; i < bytes.length; i += piece) {
        size_t left = bytes.length - i;
        digest_add(digest, (struct slice){bytes.data + i, left < piece ? left : piece});
    }
    uint64_t result = digest_end(digest);
    digest_free(digest);
    return result;
}

/* The value is that of xxhsum -H3. */
START_TEST(digests_do_not_depend_on_pieces_or_processes)
{
    struct slice bytes = SLICE("a body that comes in pieces");
    for (size_t piece = 1; piece <= bytes.length; piece++)
        ck_assert_uint_eq(digest_of(bytes, piece), digest_of(bytes, bytes.length));
    ck_assert_uint_eq(digest_of(SLICE("abc"), 1), UINT64_C(0x78af5f94892f3950));
    ck_assert_uint_ne(digest_of(SLICE("abc"), 3), digest_of(SLICE("abd"), 3));
}
END_TEST

int main(int argc, char **argv)
{
    if (argc > 1)
        return printf("%" PRIu64 "\n", hash_bytes(slice_of(word))) < 0;
    snprintf(this_program, sizeof this_program, "%s", argv[0]);
    return RUN_TESTS("hash", fingerprints_hold_for_one_process, equal_bytes_have_equal_fingerprints,
                     pairs_have_an_order, digests_do_not_depend_on_pieces_or_processes);
}
