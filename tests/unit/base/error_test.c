#include "base/error.h"

#include <errno.h>
#include <string.h>

#include "unit/suite.h"

static const int CODES[] = {
#define X(code, kind, text) code,
    ERROR_TABLE(X)
#undef X
};

enum { COUNT = sizeof CODES / sizeof CODES[0] };

START_TEST(codes_are_negative_and_never_minus_one)
{
    for (int i = 0; i < COUNT; i++)
        ck_assert_int_lt(CODES[i], -1);
}
END_TEST

START_TEST(kinds_and_texts_tell_codes_apart)
{
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < i; j++) {
            ck_assert_int_ne(CODES[i], CODES[j]);
            ck_assert_str_ne(error_kind(CODES[i]), error_kind(CODES[j]));
            ck_assert_str_ne(error_text(CODES[i]), error_text(CODES[j]));
        }
}
END_TEST

START_TEST(kinds_are_words_joined_by_hyphens)
{
    for (int i = 0; i < COUNT; i++) {
        const char *kind = error_kind(CODES[i]);
        ck_assert_uint_eq(strspn(kind, "abcdefghijklmnopqrstuvwxyz-"), strlen(kind));
    }
}
END_TEST

START_TEST(success_and_the_unknown_have_names)
{
    ck_assert_str_eq(error_kind(0), "none");
    ck_assert_str_eq(error_text(0), "success");
    ck_assert_str_eq(error_kind(-1), "unknown");
    ck_assert_str_eq(error_text(-99999), "unknown error");
    ck_assert_str_eq(error_text(ERR_CONNECT_REFUSED), "connection refused");
}
END_TEST

START_TEST(kinds_lead_back_to_their_codes)
{
    ck_assert_int_eq(error_of_kind(error_kind(ERR_NO_MEMORY)), ERR_NO_MEMORY);
    ck_assert_int_eq(error_of_kind("url-port"), ERR_URL_PORT);
    ck_assert_int_eq(error_of_kind(""), 0);
    ck_assert_int_eq(error_of_kind("none"), 0);
    ck_assert_int_eq(error_of_kind("no such kind"), 0);
}
END_TEST

START_TEST(every_errno_has_a_code)
{
    ck_assert_int_eq(error_from_errno(ENOMEM), ERR_NO_MEMORY);
    ck_assert_int_eq(error_from_errno(EBADF), ERR_CLOSED);
    ck_assert_int_eq(error_from_errno(EMFILE), ERR_TOO_MANY_FILES);
    ck_assert_int_eq(error_from_errno(ENFILE), ERR_TOO_MANY_FILES);
    ck_assert_int_eq(error_from_errno(ECONNREFUSED), ERR_CONNECT_REFUSED);
    ck_assert_int_eq(error_from_errno(EISDIR), ERR_IS_FOLDER);
    ck_assert_int_eq(error_from_errno(EPIPE), ERR_READER_GONE);
    for (int number = 0; number < 4096; number++)
        ck_assert_int_lt(error_from_errno(number), 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("error", codes_are_negative_and_never_minus_one, kinds_and_texts_tell_codes_apart,
                     kinds_are_words_joined_by_hyphens, success_and_the_unknown_have_names,
                     kinds_lead_back_to_their_codes, every_errno_has_a_code);
}
