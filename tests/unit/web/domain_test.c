#include "web/domain.h"

#include "unit/suite.h"

static void check(const char *host, const char *wanted)
{
    struct slice found = domain_registrable(slice_of(host));
    ck_assert_msg(slice_equal(found, slice_of(wanted)), "%s is of \"%.*s\"", host, SLICE_ARGS(found));
}

START_TEST(names_lead_to_what_was_registered)
{
    check("example.com", "example.com");
    check("www.a.example.com", "example.com");
    check("a.co.uk", "a.co.uk");
    check("www.a.example.co.uk", "example.co.uk");
    check("me.github.io", "me.github.io");
    check("x.me.github.io", "me.github.io");
    check("www.ck", "www.ck");               /* an exception to a wildcard */
    check("a.b.example.ck", "b.example.ck"); /* the wildcard */
    check("a.b.nosuchtld", "b.nosuchtld");
    check("www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn");
}
END_TEST

START_TEST(hosts_without_a_domain_stand_for_themselves)
{
    check("", "");
    check("localhost", "localhost");
    check("com", "com");
    check("co.uk", "co.uk");
    check("github.io", "github.io");
    check("127.0.0.1", "127.0.0.1");
    check("[::1]", "[::1]");
    check("[2001:db8::1.2.3.4]", "[2001:db8::1.2.3.4]");
    check(".", ".");
}
END_TEST

START_TEST(dot_at_the_end_is_kept)
{
    check("www.example.com.", "example.com.");
    check("co.uk.", "co.uk.");
}
END_TEST

START_TEST(overlong_hosts_stand_for_themselves)
{
    char host[300];
    memset(host, 'a', sizeof host - 1);
    host[sizeof host - 1] = '\0';
    memcpy(host + sizeof host - 5, ".com", 4);
    check(host, host);
}
END_TEST

START_TEST(result_points_into_the_host)
{
    static const char host[] = "www.example.com!";
    struct slice found = domain_registrable((struct slice){host, sizeof host - 2});
    ck_assert_ptr_eq(found.data, host + 4);
    ck_assert_uint_eq(found.length, sizeof host - 2 - 4);
}
END_TEST

int main(void)
{
    return RUN_TESTS("domain", names_lead_to_what_was_registered, hosts_without_a_domain_stand_for_themselves,
                     dot_at_the_end_is_kept, overlong_hosts_stand_for_themselves, result_points_into_the_host);
}
