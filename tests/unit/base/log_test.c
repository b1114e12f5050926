#include "base/log.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "unit/suite.h"

/* What came to the sink: each line behind the letter of its level, newlines between. */
static struct buf lines;

static void collect(void *context, enum log_level level, const char *line)
{
    ck_assert_ptr_eq(context, &lines);
    ck_assert_int_eq(buf_printf(&lines, "%c %s\n", "EWID"[level], line), 0);
}

static void start(enum log_level level)
{
    buf_init(&lines, SIZE_MAX / 2);
    log_set_sink(collect, &lines);
    log_set_level(level);
}

static void finish(const char *expected)
{
    log_set_sink(NULL, NULL);
    ck_assert_str_eq(buf_text(&lines), expected);
    buf_free(&lines);
}

static int evaluations;

static int count_evaluation(void)
{
    return ++evaluations;
}

static void write_all_levels(void)
{
    log_error("one %d", 1);
    log_warning("two");
    log_info("three");
    log_debug("four %d", count_evaluation());
}

START_TEST(warnings_are_the_default)
{
    ck_assert(log_enabled(LOG_WARNING));
    ck_assert(!log_enabled(LOG_INFO));
}
END_TEST

START_TEST(lines_above_the_level_are_dropped)
{
    start(LOG_ERROR);
    write_all_levels();
    finish("E one 1\n");
    start(LOG_INFO);
    write_all_levels();
    finish("E one 1\nW two\nI three\n");
    ck_assert_int_eq(evaluations, 0);
    start(LOG_DEBUG);
    write_all_levels();
    finish("E one 1\nW two\nI three\nD four 1\n");
}
END_TEST

START_TEST(control_characters_reach_no_terminal)
{
    start(LOG_ERROR);
    log_error("%s", "a\nb\x1b[2J");
    finish("E a\\x0ab\\x1b[2J\n");
}
END_TEST

START_TEST(long_lines_are_cut)
{
    enum { LENGTH = 100000 };
    char *text = malloc(LENGTH + 1);
    ck_assert_ptr_nonnull(text);
    memset(text, '\1', LENGTH);
    text[LENGTH] = '\0';
    start(LOG_ERROR);
    log_error("%s", text);
    ck_assert_uint_gt(lines.length, 1000);
    ck_assert_uint_lt(lines.length, LENGTH);
    ck_assert(strncmp(buf_text(&lines), "E \\x01\\x01", 10) == 0);
    log_set_sink(NULL, NULL);
    buf_free(&lines);
    free(text);
}
END_TEST

int main(void)
{
    return RUN_TESTS("log", warnings_are_the_default, lines_above_the_level_are_dropped,
                     control_characters_reach_no_terminal, long_lines_are_cut);
}
