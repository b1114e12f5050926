#include "http/resolver.h"

#include <unistd.h>

#include "unit/http/resolver_fixture.h"

/* Answers. */

START_TEST(both_families_are_asked_for_once)
{
    open_all();
    struct resolver_answer answer;
    ck_assert_int_eq(look_up("both.test", &answer), 0);
    ck_assert_uint_eq(answer.count, 2);
    ck_assert_uint_eq(answer.serial, 1);
    ck_assert_int_ne(answer.addresses[0].family, answer.addresses[1].family);
    ck_assert_uint_eq(dns_server_asked(dns, "both.test", DNS_A), 1);
    ck_assert_uint_eq(dns_server_asked(dns, "both.test", DNS_AAAA), 1);
    run_dry();
    close_all();
}
END_TEST

START_TEST(one_family_is_enough)
{
    open_all();
    ck_assert_str_eq(addresses_of("four.test"), "192.0.2.1 192.0.2.2 192.0.2.3");
    ck_assert_str_eq(addresses_of("six.test"), "2001:db8::1");
    close_all();
}
END_TEST

START_TEST(only_the_family_wanted_is_asked_for)
{
    static const enum resolver_family families[] = {RESOLVER_IPV4, RESOLVER_IPV6};
    static const char *const expected[] = {"127.0.0.1", "::1"};
    open_for(families[_i]);
    ck_assert_str_eq(addresses_of("both.test"), expected[_i]);
    ck_assert_str_eq(addresses_of("localhost"), expected[_i]);
    ck_assert_uint_eq(dns_server_asked(dns, "both.test", DNS_A), _i == 0);
    ck_assert_uint_eq(dns_server_asked(dns, "both.test", DNS_AAAA), _i == 1);
    ck_assert_int_eq(fate_of(_i == 0 ? "six.test" : "four.test"), ERR_NAME_NOT_FOUND);
    close_all();
}
END_TEST

START_TEST(aliases_are_followed)
{
    open_all();
    nanoseconds before = clock_now();
    struct resolver_answer answer;
    ck_assert_int_eq(look_up("alias.test", &answer), 0);
    ck_assert_str_eq(addresses(&answer), "127.0.0.7");
    assert_life(&answer, before, 20);
    ck_assert_int_eq(fate_of("dangling.test"), ERR_NAME_NOT_FOUND);
    close_all();
}
END_TEST

START_TEST(large_answer_is_cut_and_keeps_both_families)
{
    open_all();
    struct resolver_answer answer;
    ck_assert_int_eq(look_up("large.test", &answer), 0);
    ck_assert_uint_eq(answer.count, RESOLVER_MAX_ADDRESSES);
    ck_assert(answer.addresses[0].family == AF_INET6 || answer.addresses[1].family == AF_INET6);
    ck_assert_uint_eq(dns_server_asked_by_tcp(dns), 1);
    close_all();
}
END_TEST

/* Lives. */

START_TEST(life_is_the_ttl_within_bounds)
{
    open_all();
    static const struct {
        const char *name;
        int seconds;
    } cases[] = {{"four.test", 300}, {"zero-ttl.test", 1}, {"long-ttl.test", 24 * 3600}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        nanoseconds before = clock_now();
        struct resolver_answer answer;
        ck_assert_int_eq(look_up(cases[i].name, &answer), 0);
        assert_life(&answer, before, cases[i].seconds);
    }
    close_all();
}
END_TEST

START_TEST(names_in_any_spelling_share_an_answer)
{
    open_all();
    struct resolver_answer first, second, third;
    ck_assert(!resolver_cached(resolver, SLICE("both.test"), &first));
    ck_assert_int_eq(look_up("Both.TEST.", &first), 0);
    ck_assert_int_eq(look_up("both.test", &second), 0);
    ck_assert(resolver_cached(resolver, SLICE("BOTH.test"), &third));
    ck_assert_uint_eq(dns_server_asked(dns, "both.test", DNS_ANY_TYPE), 2);
    ck_assert_uint_eq(first.serial, second.serial);
    ck_assert_uint_eq(first.serial, third.serial);
    ck_assert_int_eq(first.expires, third.expires);
    ck_assert_uint_eq(third.count, 2);
    ck_assert_mem_eq(first.addresses, third.addresses, 2 * sizeof first.addresses[0]);
    ck_assert_int_eq(look_up("four.test", &second), 0);
    ck_assert_uint_gt(second.serial, first.serial);
    close_all();
}
END_TEST

START_TEST(lookups_of_one_name_share_one_question)
{
    open_all();
    static struct resolver_lookup lookups[CROWD];
    for (int i = 0; i < CROWD; i++)
        start(&lookups[i], i % 2 ? "slow.test" : "SLOW.test.");
    for (int i = 0; i < CROWD; i++) {
        ck_assert_int_eq(finish(&lookups[i]), 0);
        ck_assert_str_eq(addresses(&lookups[i].answer), "127.0.0.1");
    }
    ck_assert_uint_eq(dns_server_asked(dns, "slow.test", DNS_A), 1);
    close_all();
}
END_TEST

START_TEST(missing_name_is_not_asked_for_again)
{
    open_all();
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(fate_of("gone.test"), ERR_NAME_NOT_FOUND);
        ck_assert_int_eq(fate_of("nodata.test"), ERR_NAME_NOT_FOUND);
    }
    ck_assert_uint_eq(dns_server_asked(dns, "gone.test", DNS_A), 1);
    ck_assert_uint_eq(dns_server_asked(dns, "nodata.test", DNS_A), 1);
    struct resolver_answer answer;
    ck_assert(!resolver_cached(resolver, SLICE("gone.test"), &answer));
    close_all();
}
END_TEST

/* For a moment only: TROUBLE_LIFE. The first to ask pays for the tries. */
START_TEST(trouble_is_remembered_for_a_moment)
{
    static const char *const names[] = {"servfail.test", "refused.test", "a-fails.test"};
    open_all();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_int_eq(fate_of(names[i]), ERR_NAME_FAILED);
        unsigned asked = dns_server_asked(dns, names[i], DNS_ANY_TYPE);
        ck_assert_int_eq(fate_of(names[i]), ERR_NAME_FAILED);
        ck_assert_uint_eq(dns_server_asked(dns, names[i], DNS_ANY_TYPE), asked);
    }
    unsigned asked = dns_server_asked(dns, "servfail.test", DNS_ANY_TYPE);
    usleep(1100000);
    ck_assert_int_eq(fate_of("servfail.test"), ERR_NAME_FAILED);
    ck_assert_uint_gt(dns_server_asked(dns, "servfail.test", DNS_ANY_TYPE), asked);
    close_all();
}
END_TEST

/* Failures. */

START_TEST(failures_are_told_apart)
{
    static const struct {
        const char *name;
        int error;
    } cases[] = {
        {"gone.test", ERR_NAME_NOT_FOUND},           {"in-no-row.test", ERR_NAME_NOT_FOUND},
        {"nodata.test", ERR_NAME_NOT_FOUND},         {"servfail.test", ERR_NAME_FAILED},
        {"refused.test", ERR_NAME_FAILED},           {"garbage.test", ERR_NAME_FAILED},
        {"noise.test", ERR_NAME_TIMED_OUT},          {"silent.test", ERR_NAME_TIMED_OUT},
        {"a-fails.test", ERR_NAME_FAILED},           {"aaaa-fails.test", ERR_NAME_FAILED},
        {"aaaa-times-out.test", ERR_NAME_TIMED_OUT},
    };
    enum { CASES = sizeof cases / sizeof cases[0] };
    struct resolver_lookup lookups[CASES];
    open_impatient(SECONDS(3));
    for (int i = 0; i < CASES; i++)
        start(&lookups[i], cases[i].name);
    for (int i = 0; i < CASES; i++)
        ck_assert_msg(finish(&lookups[i]) == cases[i].error, "%s", cases[i].name);
    run_dry();
    close_all();
}
END_TEST

START_TEST(one_family_in_trouble_leaves_the_other)
{
    open_impatient(SECONDS(8));
    nanoseconds before = clock_now();
    struct resolver_lookup silent, half;
    start(&silent, "silent.test");
    start(&half, "no-aaaa.test");
    ck_assert_int_eq(finish(&half), 0);
    ck_assert(!future_is_complete(&silent.done)); /* the family that is there doesn't wait that long for the other */
    ck_assert_str_eq(addresses(&half.answer), "127.0.0.1");
    assert_life(&half.answer, before, 30);
    ck_assert_str_eq(addresses_of("no-a.test"), "::1");
    resolver_cancel(resolver, &silent);
    close_all();
}
END_TEST

/* Three servers keep c-ares busy for three times as long as the lookup waits. */
START_TEST(late_answer_harms_nobody)
{
    open_server();
    char servers[96];
    const char *server = dns_server_address(dns);
    snprintf(servers, sizeof servers, "%s,%s,%s", server, server, server);
    open_with(&(struct resolver_options){.servers = servers, .hosts_file = "/dev/null", .timeout = MILLISECONDS(400)});
    ck_assert_int_eq(fate_of("late.test"), ERR_NAME_TIMED_OUT);
    run_dry();
    ck_assert_str_eq(addresses_of("four.test"), "192.0.2.1 192.0.2.2 192.0.2.3");
    close_all();
}
END_TEST

/* What nobody is asked for. */

START_TEST(literals_are_answered_at_once)
{
    static const char *const cases[][2] = {{"127.0.0.1", "127.0.0.1"},
                                           {"192.0.2.255", "192.0.2.255"},
                                           {"::1", "::1"},
                                           {"[2001:DB8::1]", "2001:db8::1"},
                                           {"[::ffff:192.0.2.1]", "::ffff:192.0.2.1"}};
    open_all();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct resolver_lookup lookup;
        start(&lookup, cases[i][0]);
        ck_assert(future_is_complete(&lookup.done));
        ck_assert_int_eq(finish(&lookup), 0);
        ck_assert_str_eq(addresses(&lookup.answer), cases[i][1]);
        ck_assert_int_eq(lookup.answer.expires, NEVER);
        ck_assert_uint_eq(lookup.answer.serial, 0);
        struct resolver_answer answer;
        ck_assert(resolver_cached(resolver, slice_of(cases[i][0]), &answer));
    }
    ck_assert_uint_eq(dns_server_asked_in_all(dns), 0);
    close_all();
}
END_TEST

START_TEST(localhost_is_this_machine)
{
    static const char *const names[] = {"localhost", "LOCALHOST.", "a.localhost", "x.y.Localhost"};
    open_all();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_str_eq(addresses_of(names[i]), "::1 127.0.0.1");
    ck_assert_uint_eq(dns_server_asked_in_all(dns), 0);
    ck_assert_int_eq(fate_of("notlocalhost"), ERR_NAME_NOT_FOUND);
    ck_assert_uint_eq(dns_server_asked_in_all(dns), 2);
    close_all();
}
END_TEST

START_TEST(impossible_names_are_not_asked_for)
{
    static const struct slice names[] = {SLICE(""), SLICE("a..test"), SLICE("a\0.test"), SLICE("[a.test]"),
                                         SLICE("a\\.b")};
    open_all();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct resolver_lookup lookup;
        struct resolver_answer answer;
        resolver_start(resolver, &lookup, names[i]);
        ck_assert(future_is_complete(&lookup.done));
        ck_assert_int_eq(finish(&lookup), ERR_NAME_NOT_FOUND);
        ck_assert(!resolver_cached(resolver, names[i], &answer));
    }
    run_dry();
    ck_assert_uint_eq(dns_server_asked_in_all(dns), 0);
    close_all();
}
END_TEST

static void write_hosts(char *path, const char *text)
{
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

START_TEST(hosts_file_comes_first)
{
    open_server();
    char path[] = "/tmp/hosts-XXXXXX";
    write_hosts(path, "192.0.2.9 Both.test  second.test\n2001:db8::9\tboth.test\n192.0.2.66 localhost\n");
    struct resolver_options options = test_options();
    options.hosts_file = path;
    open_with(&options);
    unlink(path);
    ck_assert_str_eq(addresses_of("both.test"), "192.0.2.9 2001:db8::9");
    ck_assert_str_eq(addresses_of("SECOND.test."), "192.0.2.9");
    ck_assert_str_eq(addresses_of("localhost"), "::1 127.0.0.1");
    ck_assert_uint_eq(dns_server_asked_in_all(dns), 0);
    ck_assert_str_eq(addresses_of("six.test"), "2001:db8::1");
    close_all();
}
END_TEST

START_TEST(hosts_file_without_the_family_is_no_answer)
{
    open_server();
    char path[] = "/tmp/hosts-XXXXXX";
    write_hosts(path, "192.0.2.9 both.test\n");
    struct resolver_options options = test_options();
    options.hosts_file = path;
    options.family = RESOLVER_IPV6;
    open_with(&options);
    unlink(path);
    ck_assert_str_eq(addresses_of("both.test"), "::1");
    close_all();
}
END_TEST

START_TEST(missing_hosts_file_is_an_error)
{
    ck_assert_int_eq(loop_create(&loop, NULL), 0);
    log_set_sink(keep_line, NULL);
    struct resolver_options options = {.hosts_file = "/nowhere/hosts"};
    ck_assert_int_eq(resolver_create(&resolver, loop, &options), ERR_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(last_line, "/nowhere/hosts"));
    loop_free(loop);
}
END_TEST

START_TEST(system_configuration_is_enough)
{
    ck_assert_int_eq(loop_create(&loop, NULL), 0);
    open_with(&(struct resolver_options){0});
    ck_assert_str_eq(addresses_of("localhost"), "::1 127.0.0.1");
    resolver_free(resolver);
    loop_free(loop);
}
END_TEST

/* Giving up. */

START_TEST(cancelled_lookup_leaves_the_others)
{
    open_all();
    struct resolver_lookup first, second;
    start(&first, "slow.test");
    start(&second, "slow.test");
    resolver_cancel(resolver, &first);
    ck_assert_int_eq(finish(&first), ERR_CANCELLED);
    ck_assert_int_eq(finish(&second), 0);
    resolver_cancel(resolver, &second);
    close_all();
}
END_TEST

START_TEST(cancelled_question_fills_the_cache)
{
    open_all();
    struct resolver_lookup slow, other;
    struct resolver_answer answer;
    start(&slow, "slow.test");
    start(&other, "four.test");
    ck_assert_int_eq(finish(&other), 0); /* by now the first one was asked */
    resolver_cancel(resolver, &slow);
    ck_assert_int_eq(finish(&slow), ERR_CANCELLED);
    run_dry();
    ck_assert(resolver_cached(resolver, SLICE("slow.test"), &answer));
    close_all();
}
END_TEST

START_TEST(cancelled_in_line_is_not_asked_for)
{
    open_all();
    struct resolver_lookup lookup;
    start(&lookup, "four.test");
    resolver_cancel(resolver, &lookup);
    run_dry();
    ck_assert_uint_eq(dns_server_asked_in_all(dns), 0);
    ck_assert_int_eq(finish(&lookup), ERR_CANCELLED);
    close_all();
}
END_TEST

static void cancel_future(void *context)
{
    future_cancel(context);
}

START_TEST(freeing_cancels_what_is_in_flight)
{
    open_all();
    static struct resolver_lookup lookups[CROWD];
    start_crowd(lookups, CROWD, "silent%d.test");
    struct resolver_lookup settled;
    start(&settled, "127.0.0.1");
    if (_i == 1) { /* with some of them asked already */
        resolver_cancel(resolver, &lookups[7]);
        struct future soon;
        future_init(&soon, loop, "soon");
        struct loop_callback callback;
        loop_callback_init(&callback, cancel_future, &soon);
        loop_call_soon(loop, &callback);
        ck_assert_int_eq(loop_run_until_complete(loop, &soon), 0);
    }
    resolver_free(resolver);
    resolver = NULL;
    for (int i = 0; i < CROWD; i++)
        ck_assert_int_eq(finish(&lookups[i]), ERR_CANCELLED);
    ck_assert_int_eq(finish(&settled), 0);
    run_dry();
    close_all();
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS(
        "resolver", both_families_are_asked_for_once, one_family_is_enough, aliases_are_followed,
        large_answer_is_cut_and_keeps_both_families, life_is_the_ttl_within_bounds,
        names_in_any_spelling_share_an_answer, lookups_of_one_name_share_one_question,
        missing_name_is_not_asked_for_again, trouble_is_remembered_for_a_moment, failures_are_told_apart,
        one_family_in_trouble_leaves_the_other, late_answer_harms_nobody, literals_are_answered_at_once,
        localhost_is_this_machine, impossible_names_are_not_asked_for, hosts_file_comes_first,
        hosts_file_without_the_family_is_no_answer, missing_hosts_file_is_an_error, system_configuration_is_enough,
        cancelled_lookup_leaves_the_others, cancelled_question_fills_the_cache, cancelled_in_line_is_not_asked_for);
    failed |=
        RUN_TESTS_TIMES("resolver, twice", 2, only_the_family_wanted_is_asked_for, freeing_cancels_what_is_in_flight);
    return failed;
}
