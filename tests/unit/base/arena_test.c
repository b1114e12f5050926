#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "unit/suite.h"

enum { PIECES = 5000 };

START_TEST(nothing_moves_or_overlaps)
{
    struct arena arena;
    arena_init(&arena);
    static unsigned char *pieces[PIECES];
    static size_t sizes[PIECES];
    unsigned seed = 1;
    for (int i = 0; i < PIECES; i++) {
        sizes[i] = (size_t)rand_r(&seed) % 300;
        pieces[i] = arena_alloc(&arena, sizes[i]);
        ck_assert_ptr_nonnull(pieces[i]);
        ck_assert_uint_eq((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        memset(pieces[i], i % 251, sizes[i]);
    }
    size_t changed = 0;
    for (int i = 0; i < PIECES; i++)
        for (size_t at = 0; at < sizes[i]; at++)
            changed += pieces[i][at] != i % 251;
    ck_assert_uint_eq(changed, 0);
    arena_free(&arena);
}
END_TEST

START_TEST(outsized_requests_are_met)
{
    enum { LARGE = 3000000 };
    struct arena arena;
    arena_init(&arena);
    char *small = arena_alloc(&arena, 3);
    char *large = arena_alloc(&arena, LARGE);
    ck_assert_ptr_nonnull(small);
    ck_assert_ptr_nonnull(large);
    memset(large, 1, LARGE);
    memset(small, 2, 3);
    ck_assert_int_eq(large[0], 1);
    ck_assert_uint_ge(arena.used, LARGE + 3);
    arena_free(&arena);
    ck_assert_uint_eq(arena.used, 0);
}
END_TEST

START_TEST(sizes_that_wrap_are_refused)
{
    struct arena arena;
    arena_init(&arena);
    ck_assert_ptr_null(arena_alloc(&arena, SIZE_MAX));
    ck_assert_ptr_null(arena_alloc(&arena, SIZE_MAX - 2 * alignof(max_align_t)));
    ck_assert_ptr_nonnull(arena_alloc(&arena, 1));
    arena_free(&arena);
}
END_TEST

START_TEST(copies_are_terminated)
{
    struct arena arena;
    arena_init(&arena);
    struct slice copy = arena_copy(&arena, SLICE("a\0b"));
    ck_assert_uint_eq(copy.length, 3);
    ck_assert_mem_eq(copy.data, "a\0b", 4);
    copy = arena_copy(&arena, (struct slice){NULL, 0});
    ck_assert_uint_eq(copy.length, 0);
    ck_assert_str_eq(copy.data, "");
    arena_free(&arena);
}
END_TEST

START_TEST(clear_keeps_a_chunk_for_the_next_use)
{
    struct arena arena;
    arena_init(&arena);
    arena_clear(&arena);
    for (int i = 0; i < 100; i++)
        ck_assert_ptr_nonnull(arena_alloc(&arena, 100));
    const struct arena_chunk *kept = arena.chunk;
    arena_clear(&arena);
    ck_assert_uint_eq(arena.used, 0);
    ck_assert_ptr_nonnull(arena_alloc(&arena, 100));
    ck_assert_ptr_eq(arena.chunk, kept);
    arena_free(&arena);
}
END_TEST

int main(void)
{
    return RUN_TESTS("arena", nothing_moves_or_overlaps, outsized_requests_are_met, sizes_that_wrap_are_refused,
                     copies_are_terminated, clear_keeps_a_chunk_for_the_next_use);
}
