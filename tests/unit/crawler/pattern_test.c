/* Regular expressions of the user's, good, bad and malicious. */
#include "crawl/pattern.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "option_table.h"
#include "unit/suite.h"

static char last_line[512];

static void capture(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    snprintf(last_line, sizeof last_line, "%s", line);
}

static int compile(struct pattern_list **list, const char *text)
{
    struct text_list texts = {0};
    ck_assert_int_eq(text_list_add(&texts, slice_of(text)), 0);
    int err = pattern_list_create(list, &texts, "--exclude");
    text_list_free(&texts);
    return err;
}

START_TEST(searches_anywhere)
{
    struct pattern_list *list;
    ck_assert_int_eq(compile(&list, "/private/|\\.zip$"), 0);
    ck_assert_int_eq(pattern_list_search(list, SLICE("http://a/private/x")), 1);
    ck_assert_int_eq(pattern_list_search(list, SLICE("http://a/x.zip")), 1);
    ck_assert_int_eq(pattern_list_search(list, SLICE("http://a/x.zipped")), 0);
    pattern_list_free(list);
}
END_TEST

START_TEST(no_patterns_match_nothing)
{
    struct pattern_list *list;
    ck_assert_int_eq(pattern_list_create(&list, &(struct text_list){0}, "--include"), 0);
    ck_assert_int_eq(pattern_list_search(list, SLICE("http://a/")), 0);
    pattern_list_free(list);
}
END_TEST

START_TEST(a_malformed_one_is_named_with_its_place)
{
    struct pattern_list *list;
    log_set_sink(capture, NULL);
    ck_assert_int_eq(compile(&list, "ab(c"), ERR_SYNTAX);
    log_set_sink(NULL, NULL);
    ck_assert_ptr_nonnull(strstr(last_line, "--exclude"));
    ck_assert_ptr_nonnull(strstr(last_line, "position 5"));
    ck_assert_ptr_nonnull(strstr(last_line, "'ab(c'"));
}
END_TEST

/* Without a limit this takes 2^40 steps. */
START_TEST(a_backtracking_bomb_is_given_up)
{
    struct pattern_list *list;
    ck_assert_int_eq(compile(&list, "^(a+)+(b+)+(a+)+$"), 0);
    char subject[121];
    memset(subject, 'a', 120);
    subject[40] = subject[80] = 'b';
    subject[119] = 'x';
    ck_assert_int_eq(pattern_list_search(list, (struct slice){subject, 120}), ERR_TOO_LARGE);
    pattern_list_free(list);
}
END_TEST

int main(void)
{
    return RUN_TESTS("pattern", searches_anywhere, no_patterns_match_nothing, a_malformed_one_is_named_with_its_place,
                     a_backtracking_bomb_is_given_up);
}
