/* Who may connect where. */
#include "http/guard.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "unit/suite.h"

static struct guard guard;

static struct resolver_address address_of(const char *text)
{
    struct resolver_address address = {.family = strchr(text, ':') ? AF_INET6 : AF_INET};
    ck_assert_int_eq(inet_pton(address.family, text, address.bytes), 1);
    return address;
}

static void open_guard(bool allow_private, const char *const *named_hosts)
{
    ck_assert_int_eq(guard_init(&guard, allow_private, named_hosts), 0);
}

static bool allows(const char *host, const char *address)
{
    struct resolver_address to = address_of(address);
    return guard_allows(&guard, guard_find(&guard, slice_of(host)), &to);
}

/* Tells the guard that `host` was looked up, with up to two addresses. */
static void answer(const char *host, const char *first, const char *second)
{
    struct resolver_answer found = {.count = second ? 2 : 1, .addresses = {address_of(first)}};
    if (second)
        found.addresses[1] = address_of(second);
    guard_take_answer(guard_find(&guard, slice_of(host)), &found);
}

START_TEST(public_addresses_are_open_to_all)
{
    open_guard(false, (const char *const[]){"named.test", NULL});
    ck_assert(allows("named.test", "93.184.216.34") && allows("other.test", "2606:2800::1"));
    ck_assert(!allows("named.test", "127.0.0.1") && !allows("other.test", "127.0.0.1"));
    ck_assert(!allows("", "::1"));
    guard_free(&guard);
}
END_TEST

START_TEST(all_is_open_to_whoever_allows_it)
{
    open_guard(true, NULL);
    ck_assert(allows("other.test", "127.0.0.1") && allows("other.test", "169.254.169.254"));
    guard_free(&guard);
}
END_TEST

START_TEST(literal_opens_its_own_place)
{
    open_guard(false, (const char *const[]){"127.0.0.1", "[fe80::1]", "::ffff:10.0.0.1", "8.8.8.8", NULL});
    ck_assert(allows("127.0.0.1", "127.0.0.1") && allows("[fe80::1]", "fe80::1") && allows("fe80::1", "fe80::1"));
    ck_assert(allows("[::ffff:10.0.0.1]", "::ffff:10.0.0.1") && allows("8.8.8.8", "8.8.8.8"));
    ck_assert(!allows("127.0.0.1", "10.0.0.1") && !allows("8.8.8.8", "127.0.0.1"));
    ck_assert(!allows("127.0.0.2", "127.0.0.2") && !allows("localhost", "127.0.0.1"));
    guard_free(&guard);
}
END_TEST

START_TEST(name_opens_where_all_of_its_first_answer_lies)
{
    static const struct {
        const char *first, *second;  /* the answer */
        const char *opened, *closed; /* NULL for nothing */
    } cases[] = {
        {"127.0.0.1", NULL, "127.9.9.9", "10.0.0.1"},
        {"127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1"},
        {"10.0.0.1", NULL, "fd00::1", "127.0.0.1"},
        {"100.64.0.1", "10.0.0.1", "192.168.0.1", "127.0.0.1"},
        {"93.184.216.34", NULL, NULL, "127.0.0.1"},
        {"93.184.216.34", "127.0.0.1", NULL, "127.0.0.1"},
        {"10.0.0.1", "2606:2800::1", NULL, "10.0.0.1"},
        {"169.254.169.254", NULL, NULL, "169.254.169.254"},
        {"0.0.0.0", NULL, NULL, "0.0.0.0"},
        {"127.0.0.1", "169.254.1.1", "127.0.0.1", "169.254.1.1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_guard(false, (const char *const[]){"named.test", "twin.test", NULL});
        answer("named.test", cases[i].first, cases[i].second);
        ck_assert_msg(!cases[i].opened || allows("named.test", cases[i].opened), "%s", cases[i].opened);
        ck_assert_msg(!allows("named.test", cases[i].closed), "%s", cases[i].closed);
        ck_assert(!allows("twin.test", cases[i].first) || !cases[i].opened);
        ck_assert(allows("named.test", "93.184.216.34"));
        guard_free(&guard);
    }
}
END_TEST

START_TEST(later_answers_open_nothing)
{
    open_guard(false, (const char *const[]){"named.test", NULL});
    answer("named.test", "93.184.216.34", NULL);
    answer("named.test", "127.0.0.1", NULL);
    ck_assert(!allows("named.test", "127.0.0.1"));
    guard_free(&guard);
    open_guard(false, (const char *const[]){"named.test", NULL});
    answer("named.test", "127.0.0.1", NULL);
    answer("named.test", "10.0.0.1", NULL);
    ck_assert(allows("named.test", "127.0.0.1") && !allows("named.test", "10.0.0.1"));
    guard_free(&guard);
}
END_TEST

START_TEST(hosts_are_named_in_any_spelling)
{
    open_guard(false, (const char *const[]){"Named.TEST.", "named.test", "no name", "", NULL});
    ck_assert_uint_eq(guard.hosts.count, 1);
    ck_assert_ptr_nonnull(guard_find(&guard, SLICE("named.test")));
    ck_assert_ptr_eq(guard_find(&guard, SLICE("NAMED.test.")), guard_find(&guard, SLICE("named.test")));
    ck_assert_ptr_null(guard_find(&guard, SLICE("www.named.test")));
    ck_assert_ptr_null(guard_find(&guard, SLICE("no name")));
    guard_free(&guard);
}
END_TEST

int main(void)
{
    return RUN_TESTS("guard", public_addresses_are_open_to_all, all_is_open_to_whoever_allows_it,
                     literal_opens_its_own_place, name_opens_where_all_of_its_first_answer_lies,
                     later_answers_open_nothing, hosts_are_named_in_any_spelling);
}
