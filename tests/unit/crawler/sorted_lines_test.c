/* Lines come back in order whether they fit in memory or spill. */
#include "output/sorted_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "unit/suite.h"

enum { LINES = 20000 };

struct walk {
    char last[64];
    size_t count;
    size_t stop_at;
};

static int check_order(void *context, struct slice line)
{
    struct walk *walk = context;
    char text[64];
    if (line.length >= sizeof text) /* no assertions: many lines come */
        ck_abort_msg("a line of %zu bytes", line.length);
    memcpy(text, line.data, line.length);
    text[line.length] = '\0';
    if (strcmp(walk->last, text) > 0)
        ck_abort_msg("%s comes behind %s", text, walk->last);
    memcpy(walk->last, text, sizeof text);
    return ++walk->count == walk->stop_at ? ERR_CLOSED : 0;
}

static struct sorted_lines *filled(size_t memory, int count)
{
    struct sorted_lines *lines;
    unsigned seed = 3;
    ck_assert_int_eq(sorted_lines_create(&lines, memory), 0);
    int failed = 0;
    for (int i = 0; i < count; i++) {
        char text[64];
        snprintf(text, sizeof text, "%d", rand_r(&seed) % count);
        failed += sorted_lines_add(lines, slice_of(text)) != 0;
    }
    ck_assert_int_eq(failed, 0);
    return lines;
}

START_TEST(nothing_gives_nothing)
{
    struct sorted_lines *lines;
    struct walk walk = {.count = 0};
    ck_assert_int_eq(sorted_lines_create(&lines, 100), 0);
    ck_assert_int_eq(sorted_lines_walk(lines, check_order, &walk), 0);
    ck_assert_uint_eq(walk.count, 0);
    sorted_lines_free(lines);
}
END_TEST

START_TEST(in_order_whatever_the_memory)
{
    static const struct {
        size_t memory;
        int lines;
    } cases[] = {{1, LINES / 10}, {1000, LINES}, {50000, LINES}, {5000, LINES}, {1 << 30, LINES}};
    int count = effort(cases[_i].lines);
    struct sorted_lines *lines = filled(cases[_i].memory, count);
    for (int round = 0; round < 2; round++) {
        struct walk walk = {.count = 0};
        ck_assert_int_eq(sorted_lines_walk(lines, check_order, &walk), 0);
        ck_assert_uint_eq(walk.count, count);
    }
    sorted_lines_free(lines);
}
END_TEST

START_TEST(prefixes_and_empty_lines_come_first)
{
    struct sorted_lines *lines;
    static const char *const texts[] = {"ab", "a", "", "abc", "b", "aa"};
    ck_assert_int_eq(sorted_lines_create(&lines, 1 << 20), 0);
    for (size_t i = 0; i < 6; i++)
        ck_assert_int_eq(sorted_lines_add(lines, slice_of(texts[i])), 0);
    struct walk walk = {.count = 0};
    ck_assert_int_eq(sorted_lines_walk(lines, check_order, &walk), 0);
    ck_assert_uint_eq(walk.count, 6);
    sorted_lines_free(lines);
}
END_TEST

START_TEST(the_visitors_error_ends_the_walk)
{
    struct sorted_lines *lines = filled(5000, effort(LINES));
    struct walk walk = {.stop_at = 100};
    ck_assert_int_eq(sorted_lines_walk(lines, check_order, &walk), ERR_CLOSED);
    ck_assert_uint_eq(walk.count, 100);
    sorted_lines_free(lines);
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS("sorted_lines", nothing_gives_nothing, prefixes_and_empty_lines_come_first,
                           the_visitors_error_ends_the_walk);
    return failed | RUN_TESTS_TIMES("sorted_lines memory", 5, in_order_whatever_the_memory);
}
