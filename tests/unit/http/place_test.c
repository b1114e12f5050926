/* Both edges of every range that is special, from within and from without. */
#include "http/place.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "unit/suite.h"

struct edge {
    const char *address;
    enum place place;
};

static enum place place_of_text(const char *text)
{
    struct resolver_address address = {.family = strchr(text, ':') ? AF_INET6 : AF_INET};
    ck_assert_msg(inet_pton(address.family, text, address.bytes) == 1, "%s", text);
    return place_of(&address);
}

static void assert_places(const struct edge *edges)
{
    for (; edges->address; edges++) {
        enum place place = place_of_text(edges->address);
        ck_assert_msg(place == edges->place, "%s: %s instead of %s", edges->address, place_text(place),
                      place_text(edges->place));
    }
}

static const struct edge IPV4[] = {
    {"0.0.0.0", PLACE_UNSPECIFIED},
    {"0.255.255.255", PLACE_UNSPECIFIED},
    {"1.0.0.0", PLACE_PUBLIC},
    {"9.255.255.255", PLACE_PUBLIC},
    {"10.0.0.0", PLACE_PRIVATE},
    {"10.255.255.255", PLACE_PRIVATE},
    {"11.0.0.0", PLACE_PUBLIC},
    {"100.63.255.255", PLACE_PUBLIC},
    {"100.64.0.0", PLACE_SHARED},
    {"100.127.255.255", PLACE_SHARED},
    {"100.128.0.0", PLACE_PUBLIC},
    {"126.255.255.255", PLACE_PUBLIC},
    {"127.0.0.0", PLACE_LOOPBACK},
    {"127.255.255.255", PLACE_LOOPBACK},
    {"128.0.0.0", PLACE_PUBLIC},
    {"169.253.255.255", PLACE_PUBLIC},
    {"169.254.0.0", PLACE_LINK_LOCAL},
    {"169.254.169.254", PLACE_LINK_LOCAL},
    {"169.254.255.255", PLACE_LINK_LOCAL},
    {"169.255.0.0", PLACE_PUBLIC},
    {"172.15.255.255", PLACE_PUBLIC},
    {"172.16.0.0", PLACE_PRIVATE},
    {"172.31.255.255", PLACE_PRIVATE},
    {"172.32.0.0", PLACE_PUBLIC},
    {"191.255.255.255", PLACE_PUBLIC},
    {"192.0.0.0", PLACE_RESERVED},
    {"192.0.0.255", PLACE_RESERVED},
    {"192.0.1.0", PLACE_PUBLIC},
    {"192.0.1.255", PLACE_PUBLIC},
    {"192.0.2.0", PLACE_DOCUMENTATION},
    {"192.0.2.255", PLACE_DOCUMENTATION},
    {"192.0.3.0", PLACE_PUBLIC},
    {"192.88.98.255", PLACE_PUBLIC},
    {"192.88.99.0", PLACE_RESERVED},
    {"192.88.99.255", PLACE_RESERVED},
    {"192.88.100.0", PLACE_PUBLIC},
    {"192.167.255.255", PLACE_PUBLIC},
    {"192.168.0.0", PLACE_PRIVATE},
    {"192.168.255.255", PLACE_PRIVATE},
    {"192.169.0.0", PLACE_PUBLIC},
    {"198.17.255.255", PLACE_PUBLIC},
    {"198.18.0.0", PLACE_BENCHMARK},
    {"198.19.255.255", PLACE_BENCHMARK},
    {"198.20.0.0", PLACE_PUBLIC},
    {"198.51.99.255", PLACE_PUBLIC},
    {"198.51.100.0", PLACE_DOCUMENTATION},
    {"198.51.100.255", PLACE_DOCUMENTATION},
    {"198.51.101.0", PLACE_PUBLIC},
    {"203.0.112.255", PLACE_PUBLIC},
    {"203.0.113.0", PLACE_DOCUMENTATION},
    {"203.0.113.255", PLACE_DOCUMENTATION},
    {"203.0.114.0", PLACE_PUBLIC},
    {"223.255.255.255", PLACE_PUBLIC},
    {"224.0.0.0", PLACE_MULTICAST},
    {"239.255.255.255", PLACE_MULTICAST},
    {"240.0.0.0", PLACE_RESERVED},
    {"255.255.255.254", PLACE_RESERVED},
    {"255.255.255.255", PLACE_MULTICAST},
    {0},
};

START_TEST(ipv4_at_the_edges)
{
    assert_places(IPV4);
}
END_TEST

START_TEST(ipv6_at_the_edges)
{
    static const struct edge edges[] = {
        {"::", PLACE_UNSPECIFIED},
        {"::1", PLACE_LOOPBACK},
        {"64:ff9b:0:ffff::", PLACE_RESERVED},
        {"64:ff9b:1::", PLACE_PRIVATE},
        {"64:ff9b:1:ffff:ffff:ffff:ffff:ffff", PLACE_PRIVATE},
        {"64:ff9b:2::", PLACE_RESERVED},
        {"100::1", PLACE_RESERVED},
        {"1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_RESERVED},
        {"2000::", PLACE_PUBLIC},
        {"2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_PUBLIC},
        {"2001:1::1", PLACE_RESERVED},
        {"2001:1:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_RESERVED},
        {"2001:2::", PLACE_BENCHMARK},
        {"2001:2:0:ffff:ffff:ffff:ffff:ffff", PLACE_BENCHMARK},
        {"2001:2:1::", PLACE_RESERVED},
        {"2001:10::", PLACE_RESERVED}, /* ORCHID */
        {"2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_RESERVED},
        {"2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_RESERVED},
        {"2001:200::", PLACE_PUBLIC},
        {"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_PUBLIC},
        {"2001:db8::", PLACE_DOCUMENTATION},
        {"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_DOCUMENTATION},
        {"2001:db9::", PLACE_PUBLIC},
        {"2003::", PLACE_PUBLIC},
        {"2606:2800:21f:cb07:6820:80da:af6b:8b2c", PLACE_PUBLIC},
        {"3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_PUBLIC},
        {"3fff::", PLACE_DOCUMENTATION},
        {"3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_DOCUMENTATION},
        {"3fff:1000::", PLACE_PUBLIC},
        {"3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_PUBLIC},
        {"4000::", PLACE_RESERVED},
        {"5f00::1", PLACE_RESERVED},
        {"fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_RESERVED},
        {"fc00::", PLACE_PRIVATE},
        {"fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_PRIVATE},
        {"fe00::", PLACE_RESERVED},
        {"fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_RESERVED},
        {"fe80::", PLACE_LINK_LOCAL},
        {"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_LINK_LOCAL},
        {"fec0::", PLACE_PRIVATE},
        {"feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_PRIVATE},
        {"ff00::", PLACE_MULTICAST},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PLACE_MULTICAST},
        {0},
    };
    assert_places(edges);
}
END_TEST

/* Every row of IPV4 again, in each of the forms in which IPv6 carries it. */
START_TEST(carried_addresses_are_judged_as_themselves)
{
    static const struct {
        unsigned char prefix[16];
        size_t offset;
    } forms[] = {
        {{[10] = 0xff, 0xff}, 12},
        {{0, 0x64, 0xff, 0x9b}, 12},
        {{0x20, 0x02}, 2},
        {{0x20, 0x02, [15] = 1}, 2},
    };
    for (const struct edge *edge = IPV4; edge->address; edge++) {
        for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
            struct resolver_address address = {.family = AF_INET6};
            memcpy(address.bytes, forms[i].prefix, sizeof forms[i].prefix);
            ck_assert_int_eq(inet_pton(AF_INET, edge->address, address.bytes + forms[i].offset), 1);
            ck_assert_msg(place_of(&address) == edge->place, "%s in form %zu", edge->address, i);
        }
    }
}
END_TEST

START_TEST(compatible_addresses_but_two_are_carriers)
{
    static const struct edge edges[] = {
        {"::2", PLACE_UNSPECIFIED},         {"::ffff", PLACE_UNSPECIFIED},
        {"::127.0.0.1", PLACE_LOOPBACK},    {"::10.0.0.1", PLACE_PRIVATE},
        {"::93.184.216.34", PLACE_PUBLIC},  {"::1:7f00:1", PLACE_RESERVED},
        {"::fffe:7f00:1", PLACE_RESERVED},  {"::ffff:0:7f00:1", PLACE_RESERVED},
        {"64:ff9b::1:0:0", PLACE_RESERVED}, {0},
    };
    assert_places(edges);
}
END_TEST

START_TEST(teredo_is_public_where_server_and_client_are)
{
    static const struct edge edges[] = {
        {"2001:0:5db8:d822:0:0:a247:27dd", PLACE_PUBLIC},   /* 93.184.216.34, twice */
        {"2001:0:5db8:d822:0:0:80ff:fffe", PLACE_LOOPBACK}, /* for 127.0.0.1 */
        {"2001:0:7f00:1:0:0:a247:27dd", PLACE_LOOPBACK},    /* through 127.0.0.1 */
        {"2001:0:a00:1:0:0:80ff:fffe", PLACE_PRIVATE},      {"2001:0:5db8:d822::", PLACE_MULTICAST}, {0},
    };
    assert_places(edges);
}
END_TEST

START_TEST(unknown_family_is_not_public)
{
    ck_assert_int_eq(place_of(&(struct resolver_address){.family = AF_UNIX, .bytes = {93}}), PLACE_RESERVED);
}
END_TEST

int main(void)
{
    return RUN_TESTS("place", ipv4_at_the_edges, ipv6_at_the_edges, carried_addresses_are_judged_as_themselves,
                     compatible_addresses_but_two_are_carriers, teredo_is_public_where_server_and_client_are,
                     unknown_family_is_not_public);
}
