#include "http/resolver_channel.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>

#include "unit/http/resolver_fixture.h"

/* Names and servers. */

START_TEST(wildcards_of_the_test_server_work)
{
    open_all();
    ck_assert_str_eq(addresses_of("a.b.wild.test"), "127.0.0.1");
    ck_assert_int_eq(fate_of("wild.test"), ERR_NAME_NOT_FOUND);
    ck_assert_int_eq(fate_of("host.test"), ERR_NAME_NOT_FOUND);
    close_all();
}
END_TEST

START_TEST(truncated_answer_is_asked_for_by_tcp)
{
    open_all();
    ck_assert_str_eq(addresses_of("truncated.test"), "127.0.0.1");
    ck_assert_uint_eq(dns_server_asked_by_tcp(dns), 2);
    run_dry();
    close_all();
}
END_TEST

START_TEST(lost_packet_is_sent_again)
{
    open_impatient(SECONDS(4));
    ck_assert_str_eq(addresses_of("lost.test"), "127.0.0.1");
    ck_assert_uint_eq(dns_server_asked(dns, "lost.test", DNS_A), 2);
    close_all();
}
END_TEST

START_TEST(silent_server_fails_every_name_in_line)
{
    open_impatient(MILLISECONDS(200));
    static struct resolver_lookup lookups[300];
    start_crowd(lookups, 300, "silent%d.test");
    for (int i = 0; i < 300; i++)
        ck_assert_int_eq(finish(&lookups[i]), ERR_NAME_TIMED_OUT);
    close_all();
}
END_TEST

START_TEST(next_server_is_asked_when_one_is_down)
{
    open_server();
    char servers[64];
    snprintf(servers, sizeof servers, "127.0.0.1:%d,%s", CLOSED_PORT, dns_server_address(dns));
    struct resolver_options options = test_options();
    options.servers = servers;
    options.timeout = SECONDS(4); /* a refusal is told to one question only: the other waits for its time-out */
    open_with(&options);
    ck_assert_str_eq(addresses_of("four.test"), "192.0.2.1 192.0.2.2 192.0.2.3");
    close_all();
}
END_TEST

START_TEST(next_server_is_asked_when_one_fails)
{
    static const struct dns_row rows[] = {{.name = "servfail.test", .ipv4 = "192.0.2.1", .ttl = 300},
                                          {.name = "refused.test", .ipv4 = "192.0.2.2", .ttl = 300},
                                          {.name = "silent.test", .ipv4 = "192.0.2.3", .ttl = 300},
                                          {.name = "gone.test", .ipv4 = "192.0.2.4", .ttl = 300}};
    open_server();
    struct dns_server *other = dns_server_start(rows, sizeof rows / sizeof rows[0]);
    char servers[64];
    snprintf(servers, sizeof servers, "%s,%s", dns_server_address(dns), dns_server_address(other));
    struct resolver_options options = test_options();
    options.servers = servers;
    options.timeout = SECONDS(4);
    open_with(&options);
    ck_assert_str_eq(addresses_of("servfail.test"), "192.0.2.1");
    ck_assert_str_eq(addresses_of("refused.test"), "192.0.2.2");
    ck_assert_str_eq(addresses_of("silent.test"), "192.0.2.3");
    ck_assert_int_eq(fate_of("gone.test"), ERR_NAME_NOT_FOUND); /* that is an answer */
    ck_assert_uint_eq(dns_server_asked(other, "gone.test", DNS_ANY_TYPE), 0);
    close_all();
    dns_server_stop(other);
}
END_TEST

START_TEST(no_server_at_all_is_a_failure)
{
    open_server();
    struct resolver_options options = test_options();
    options.servers = "127.0.0.1:1";
    options.timeout = SECONDS(4); /* a refusal is told to one question only: the other waits for its time-out */
    open_with(&options);
    ck_assert_int_eq(fate_of("four.test"), ERR_NAME_FAILED);
    run_dry();
    close_all();
}
END_TEST

START_TEST(malformed_server_is_named)
{
    ck_assert_int_eq(loop_create(&loop, NULL), 0);
    log_set_sink(keep_line, NULL);
    struct resolver_options options = {.servers = "127.0.0.1:53, bad.example"};
    ck_assert_int_eq(resolver_create(&resolver, loop, &options), ERR_SYNTAX);
    ck_assert_ptr_nonnull(strstr(last_line, "'bad.example'"));
    loop_free(loop);
}
END_TEST

START_TEST(longest_names_are_asked_for)
{
    open_all();
    char name[254];
    memset(name, 'a', sizeof name);
    name[63] = name[127] = name[191] = '.';
    ck_assert_int_eq(fate_of((name[253] = '\0', name)), ERR_NAME_NOT_FOUND);
    ck_assert_uint_eq(dns_server_asked(dns, name, DNS_A), 1);
    close_all();
}
END_TEST

START_TEST(search_domains_do_not_count)
{
    setenv("LOCALDOMAIN", "test", 1);
    open_all();
    ck_assert_int_eq(fate_of("both"), ERR_NAME_NOT_FOUND);
    ck_assert_int_eq(fate_of("host1"), ERR_NAME_NOT_FOUND);
    ck_assert_uint_eq(dns_server_asked(dns, "both", DNS_A), 1);
    ck_assert_uint_eq(dns_server_asked(dns, "both.test", DNS_A), 0);
    ck_assert_uint_eq(dns_server_asked_in_all(dns), 4);
    close_all();
}
END_TEST

/* Crowds and shortages. */

static int thread_count(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    if (!status)
        return 1;
    char line[256];
    int threads = 0;
    while (fgets(line, sizeof line, status))
        if (sscanf(line, "Threads: %d", &threads) == 1)
            break;
    fclose(status);
    return threads;
}

START_TEST(thousand_names_at_once_without_a_thread)
{
    open_all();
    static struct resolver_lookup lookups[CROWD];
    start_crowd(lookups, CROWD, "host%d.test");
    for (int i = 0; i < CROWD; i++) {
        ck_assert_int_eq(finish(&lookups[i]), 0);
        ck_assert_uint_eq(lookups[i].answer.count, 2);
        ck_assert_int_eq(i % 200 ? 1 : thread_count(), 1);
    }
    ck_assert_uint_eq(dns_server_asked_in_all(dns), (size_t)2 * CROWD); /* no packet was lost in the crowd */
    run_dry();
    close_all();
}
END_TEST

START_TEST(want_of_descriptors_is_not_the_names_fault)
{
    open_all();
    struct rlimit limit, none;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = limit;
    none.rlim_cur = 0;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    static struct resolver_lookup lookups[CROWD];
    start_crowd(lookups, CROWD, "host%d.test");
    for (int i = 0; i < CROWD; i++)
        ck_assert_int_eq(finish(&lookups[i]), ERR_TOO_MANY_FILES);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_str_ne(addresses_of("host1.test"), "too-many-files");
    close_all();
}
END_TEST

START_TEST(socket_that_cannot_be_watched_fails_the_lookup)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    if (limit.rlim_max < 2048 || setrlimit(RLIMIT_NOFILE, &limit))
        return;
    dns = dns_server_start(ROWS, sizeof ROWS / sizeof ROWS[0]);
    ck_assert_int_eq(loop_create(&loop, "select"), 0);
    struct resolver_options options = test_options();
    open_with(&options);
    log_set_sink(keep_line, NULL);
    int low = open("/dev/null", O_RDONLY), fds[FD_SETSIZE];
    for (int i = 0; i < FD_SETSIZE; i++)
        ck_assert_int_ge(fds[i] = dup(low), 0);
    ck_assert_int_eq(fate_of("both.test"), ERR_TOO_LARGE);
    for (int i = 0; i < FD_SETSIZE; i++)
        close(fds[i]);
    ck_assert_int_eq(fate_of("both.test"), 0);
    close(low);
    run_dry();
    close_all();
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS("resolver_channel", wildcards_of_the_test_server_work, truncated_answer_is_asked_for_by_tcp,
                           lost_packet_is_sent_again, silent_server_fails_every_name_in_line,
                           next_server_is_asked_when_one_is_down, next_server_is_asked_when_one_fails,
                           no_server_at_all_is_a_failure, malformed_server_is_named, longest_names_are_asked_for,
                           search_domains_do_not_count, thousand_names_at_once_without_a_thread,
                           want_of_descriptors_is_not_the_names_fault, socket_that_cannot_be_watched_fails_the_lookup);
    return failed;
}
