/* Name servers that mean harm: what they say leads nowhere, costs little and spoils nothing for other names. */
#include "unit/http/resolver_fixture.h"

START_TEST(loops_of_aliases_end)
{
    static const char *const names[] = {"loop.test", "loop2.test", "self.test"};
    open_all();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_int_eq(fate_of(names[i]), ERR_NAME_NOT_FOUND);
        ck_assert_uint_le(dns_server_asked(dns, names[i], DNS_A), 2); /* the second time by TCP: the answer is long */
    }
    run_dry();
    close_all();
}
END_TEST

START_TEST(pointer_to_itself_ends)
{
    open_all();
    ck_assert_int_eq(fate_of("pointer.test"), ERR_NAME_FAILED);
    run_dry();
    close_all();
}
END_TEST

START_TEST(longest_answer_is_cut)
{
    struct resolver_answer answer;
    open_for(RESOLVER_IPV4);
    ck_assert_int_eq(look_up("flood.test", &answer), 0);
    ck_assert_uint_eq(answer.count, RESOLVER_MAX_ADDRESSES);
    ck_assert_uint_eq(dns_server_asked_by_tcp(dns), 1);
    run_dry();
    close_all();
}
END_TEST

/* Whoever can't see the question guesses its number. */
START_TEST(answers_to_other_questions_do_not_count)
{
    open_impatient(SECONDS(2));
    struct resolver_lookup forged, astray;
    start(&forged, "forged.test");
    start(&astray, "astray.test");
    ck_assert_int_eq(finish(&forged), ERR_NAME_TIMED_OUT);
    ck_assert_int_eq(finish(&astray), ERR_NAME_TIMED_OUT);
    ck_assert_int_eq(fate_of("`stray.test"), ERR_NAME_NOT_FOUND); /* the name that was answered instead */
    ck_assert_str_eq(addresses_of("four.test"), "192.0.2.1 192.0.2.2 192.0.2.3");
    close_all();
}
END_TEST

int main(void)
{
    return RUN_TESTS("resolver_hostile", loops_of_aliases_end, pointer_to_itself_ends, longest_answer_is_cut,
                     answers_to_other_questions_do_not_count);
}
