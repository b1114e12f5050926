#include "base/library.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "unit/suite.h"

#ifndef CRAWLER_LAZY_LIBRARIES

int main(void)
{
    return 77;
}

#else

static unsigned lines_logged;
static char last_line[512];

static void note_line(void *context, enum log_level level, const char *line)
{
    (void)context;
    ck_assert_int_eq(level, LOG_ERROR);
    lines_logged++;
    strncpy(last_line, line, sizeof last_line - 1);
}

static void expect_missing(struct library *library, const char *named)
{
    lines_logged = 0;
    log_set_sink(note_line, NULL);
    ck_assert_int_eq(library_load(library), ERR_LIBRARY);
    ck_assert_int_eq(library_load(library), ERR_LIBRARY);
    log_set_sink(NULL, NULL);
    ck_assert_uint_eq(lines_logged, 1);
    ck_assert_ptr_nonnull(strstr(last_line, named));
}

START_TEST(functions_are_there_once_it_is_loaded)
{
    struct {
        __typeof__(cos) *cosine;
        __typeof__(sqrt) *root;
    } functions = {0};
    static const char *const names[] = {"cos", "sqrt"};
    struct library library = {.soname = "libm.so.6", .names = names, .count = 2, .functions = &functions};
    ck_assert_int_eq(library_load(&library), 0);
    ck_assert(functions.cosine(0) == 1);
    ck_assert(functions.root(16) == 4);
    ck_assert_int_eq(library_load(&library), 0);
}
END_TEST

START_TEST(missing_library_is_told_once)
{
    struct library library = {.soname = "libnowhere.so.0"};
    expect_missing(&library, "libnowhere.so.0");
}
END_TEST

START_TEST(missing_function_is_told_once)
{
    struct {
        void (*nothing)(void);
    } functions = {0};
    static const char *const names[] = {"no_such_function"};
    struct library library = {.soname = "libm.so.6", .names = names, .count = 1, .functions = &functions};
    expect_missing(&library, "no_such_function");
}
END_TEST

int main(void)
{
    return RUN_TESTS("library", functions_are_there_once_it_is_loaded, missing_library_is_told_once,
                     missing_function_is_told_once);
}

#endif
