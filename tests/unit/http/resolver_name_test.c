#include "http/resolver_name.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "base/error.h"
#include "unit/suite.h"

static struct resolver_name read_name(const char *host)
{
    struct resolver_name name;
    ck_assert_msg(resolver_name_read(&name, slice_of(host)) == 0, "%s", host);
    return name;
}

START_TEST(names_are_normalised)
{
    static const char *const cases[][2] = {{"example.com", "example.com"},   {"EXAMPLE.Com", "example.com"},
                                           {"example.com.", "example.com"},  {"a", "a"},
                                           {"_dmarc.x-y.1", "_dmarc.x-y.1"}, {"1.2.3", "1.2.3"},
                                           {"1.2.3.4.5", "1.2.3.4.5"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct resolver_name name = read_name(cases[i][0]);
        ck_assert_str_eq(name.text, cases[i][1]);
        ck_assert_uint_eq(name.length, strlen(cases[i][1]));
        ck_assert(!name.is_address);
    }
}
END_TEST

START_TEST(literals_are_addresses)
{
    static const struct {
        const char *host;
        int family;
        const char *address;
    } cases[] = {{"127.0.0.1", AF_INET, "127.0.0.1"},
                 {"127.0.0.1.", AF_INET, "127.0.0.1"},
                 {"255.255.255.255", AF_INET, "255.255.255.255"},
                 {"::1", AF_INET6, "::1"},
                 {"[::1]", AF_INET6, "::1"},
                 {"[2001:DB8::A]", AF_INET6, "2001:db8::a"},
                 {"[::ffff:192.0.2.1]", AF_INET6, "::ffff:192.0.2.1"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct resolver_name name = read_name(cases[i].host);
        ck_assert(name.is_address);
        ck_assert_int_eq(name.address.family, cases[i].family);
        char text[INET6_ADDRSTRLEN];
        ck_assert_ptr_nonnull(inet_ntop(name.address.family, name.address.bytes, text, sizeof text));
        ck_assert_str_eq(text, cases[i].address);
    }
}
END_TEST

START_TEST(what_cannot_be_a_name_is_refused)
{
    static const struct slice hosts[] = {
        SLICE(""),         SLICE("."),           SLICE(".."),         SLICE("a..test"),     SLICE(".test"),
        SLICE("a.test.."), SLICE("a b.test"),    SLICE("a\x01.test"), SLICE("a\0.test"),    SLICE("a\x7f.test"),
        SLICE("\xc3\xa4"), SLICE("a\\.test"),    SLICE("[a.test]"),   SLICE("[127.0.0.1]"), SLICE("[::1"),
        SLICE("::1]"),     SLICE("[]"),          SLICE("::g"),        SLICE("a:80"),        SLICE("127.0.0.1\0"),
        SLICE("[::1\0]"),  SLICE("[fe80::1%1]"), SLICE("fe80::1%lo")};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        struct resolver_name name;
        ck_assert_msg(resolver_name_read(&name, hosts[i]) == ERR_NAME_NOT_FOUND, "case %zu", i);
    }
}
END_TEST

/* Labels of `label` bytes, `length` bytes in all. */
static int read_long(size_t length, size_t label, bool dot_behind)
{
    char text[512];
    ck_assert_uint_lt(length, sizeof text);
    memset(text, 'a', sizeof text);
    for (size_t i = label; i < length; i += label + 1)
        text[i] = '.';
    if (dot_behind)
        text[length++] = '.';
    struct resolver_name name;
    return resolver_name_read(&name, (struct slice){text, length});
}

START_TEST(lengths_have_their_limits)
{
    ck_assert_int_eq(read_long(253, 63, false), 0);
    ck_assert_int_eq(read_long(253, 63, true), 0);
    ck_assert_int_eq(read_long(254, 63, false), ERR_NAME_NOT_FOUND);
    ck_assert_int_eq(read_long(500, 63, false), ERR_NAME_NOT_FOUND);
    ck_assert_int_eq(read_long(63, 63, false), 0);
    ck_assert_int_eq(read_long(64, 64, false), ERR_NAME_NOT_FOUND);
    ck_assert_int_eq(read_long(120, 64, true), ERR_NAME_NOT_FOUND);
}
END_TEST

START_TEST(localhost_and_below)
{
    static const char *const inside[] = {"localhost", "LocalHost.", "a.localhost", "b.a.localhost"};
    static const char *const outside[] = {"ocalhost", "notlocalhost", "localhost.com", "a", "localhost.a.b"};
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        struct resolver_name name = read_name(inside[i]);
        ck_assert(resolver_name_is_localhost(&name));
    }
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        struct resolver_name name = read_name(outside[i]);
        ck_assert(!resolver_name_is_localhost(&name));
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("resolver_name", names_are_normalised, literals_are_addresses, what_cannot_be_a_name_is_refused,
                     lengths_have_their_limits, localhost_and_below);
}
