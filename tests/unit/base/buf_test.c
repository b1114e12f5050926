#include "base/buf.h"

#include <string.h>

#include "base/error.h"
#include "unit/suite.h"

START_TEST(empty_buffer_is_empty_text)
{
    struct buf buf;
    buf_init(&buf, 10);
    ck_assert_str_eq(buf_text(&buf), "");
    ck_assert_uint_eq(buf_slice(&buf).length, 0);
    buf_free(&buf);
}
END_TEST

START_TEST(appends_and_terminates)
{
    struct buf buf;
    buf_init(&buf, 100);
    ck_assert_int_eq(buf_append(&buf, "ab\0c", 4), 0);
    ck_assert_int_eq(buf_append_slice(&buf, SLICE("de")), 0);
    ck_assert_int_eq(buf_append_char(&buf, 'f'), 0);
    ck_assert_int_eq(buf_printf(&buf, "%d%s", 42, "g"), 0);
    ck_assert_mem_eq(buf.data, "ab\0cdef42g", 11);
    ck_assert_uint_eq(buf.length, 10);
    buf_free(&buf);
}
END_TEST

START_TEST(fills_to_the_limit_and_no_further)
{
    struct buf buf;
    buf_init(&buf, 5);
    ck_assert_int_eq(buf_append(&buf, "1234", 4), 0);
    ck_assert_int_eq(buf_append(&buf, "56", 2), ERR_TOO_LARGE);
    ck_assert_int_eq(buf_printf(&buf, "%s", "56"), ERR_TOO_LARGE);
    ck_assert_str_eq(buf_text(&buf), "1234");
    ck_assert_int_eq(buf_append_char(&buf, '5'), 0);
    ck_assert_int_eq(buf_append_char(&buf, '6'), ERR_TOO_LARGE);
    ck_assert_int_eq(buf_append(&buf, NULL, 0), 0);
    ck_assert_str_eq(buf_text(&buf), "12345");
    buf_free(&buf);
}
END_TEST

START_TEST(sizes_that_wrap_are_refused)
{
    struct buf buf;
    buf_init(&buf, 1000);
    ck_assert_int_eq(buf_append_char(&buf, 'a'), 0);
    ck_assert_int_eq(buf_reserve(&buf, SIZE_MAX), ERR_TOO_LARGE);
    ck_assert_int_eq(buf_reserve(&buf, SIZE_MAX - 1), ERR_TOO_LARGE);
    ck_assert_str_eq(buf_text(&buf), "a");
    buf_free(&buf);
}
END_TEST

START_TEST(clear_keeps_memory_and_free_gives_it_back)
{
    struct buf buf;
    buf_init(&buf, 1000);
    ck_assert_int_eq(buf_append(&buf, "abc", 3), 0);
    size_t capacity = buf.capacity;
    buf_clear(&buf);
    ck_assert_uint_eq(buf.length, 0);
    ck_assert_uint_eq(buf.capacity, capacity);
    ck_assert_str_eq(buf_text(&buf), "");
    buf_free(&buf);
    ck_assert_uint_eq(buf.capacity, 0);
    ck_assert_int_eq(buf_append(&buf, "d", 1), 0);
    ck_assert_str_eq(buf_text(&buf), "d");
    buf_free(&buf);
}
END_TEST

START_TEST(grows_through_many_appends)
{
    enum { TIMES = 100000, TOTAL = 7 * TIMES };
    struct buf buf;
    buf_init(&buf, TOTAL);
    for (int i = 0; i < TIMES; i++)
        ck_assert_int_eq(buf_printf(&buf, "%06d,", i), 0);
    ck_assert_uint_eq(buf.length, TOTAL);
    for (int i = 0; i < TIMES; i += 9973)
        ck_assert_int_eq(atoi(buf.data + (size_t)7 * i), i);
    ck_assert_int_eq(buf_append_char(&buf, 'x'), ERR_TOO_LARGE);
    buf_free(&buf);
}
END_TEST

int main(void)
{
    return RUN_TESTS("buf", empty_buffer_is_empty_text, appends_and_terminates, fills_to_the_limit_and_no_further,
                     sizes_that_wrap_are_refused, clear_keeps_memory_and_free_gives_it_back,
                     grows_through_many_appends);
}
