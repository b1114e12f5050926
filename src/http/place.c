#include "http/place.h"

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

/* Addresses that begin with the first `bits` bits of `prefix`. */
struct range {
    unsigned char prefix[16];
    unsigned bits;
    enum place place;
};

/* Where addresses of a range carry an IPv4 address. */
struct carrier {
    unsigned char prefix[16];
    unsigned bits;
    unsigned offset;
    unsigned char mask; /* to XOR each byte with */
};

/* The first range that holds an address tells. */
static const struct range IPV4[] = {
    {{0}, 8, PLACE_UNSPECIFIED},                 /* RFC 791, section 3.2 */
    {{10}, 8, PLACE_PRIVATE},                    /* RFC 1918 */
    {{100, 64}, 10, PLACE_SHARED},               /* RFC 6598 */
    {{127}, 8, PLACE_LOOPBACK},                  /* RFC 1122, section 3.2.1.3 */
    {{169, 254}, 16, PLACE_LINK_LOCAL},          /* RFC 3927 */
    {{172, 16}, 12, PLACE_PRIVATE},              /* RFC 1918 */
    {{192, 0, 0}, 24, PLACE_RESERVED},           /* RFC 6890, section 2.1 */
    {{192, 0, 2}, 24, PLACE_DOCUMENTATION},      /* RFC 5737 */
    {{192, 88, 99}, 24, PLACE_RESERVED},         /* RFC 7526: was 6to4 relay anycast */
    {{192, 168}, 16, PLACE_PRIVATE},             /* RFC 1918 */
    {{198, 18}, 15, PLACE_BENCHMARK},            /* RFC 2544 */
    {{198, 51, 100}, 24, PLACE_DOCUMENTATION},   /* RFC 5737 */
    {{203, 0, 113}, 24, PLACE_DOCUMENTATION},    /* RFC 5737 */
    {{224}, 4, PLACE_MULTICAST},                 /* RFC 5771 */
    {{255, 255, 255, 255}, 32, PLACE_MULTICAST}, /* RFC 919: broadcast */
    {{240}, 4, PLACE_RESERVED},                  /* RFC 1112, section 4 */
    {{0}, 0, PLACE_PUBLIC},
};

static const struct range IPV6[] = {
    {{[15] = 1}, 128, PLACE_LOOPBACK},                   /* RFC 4291 */
    {{0}, 128, PLACE_UNSPECIFIED},                       /* RFC 4291 */
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48, PLACE_PRIVATE},    /* RFC 8215: translators within a network */
    {{0x20, 0x01, 0, 2}, 48, PLACE_BENCHMARK},           /* RFC 5180 */
    {{0x20, 0x01}, 23, PLACE_RESERVED},                  /* RFC 2928; ORCHIDs: RFC 4843, RFC 7343 */
    {{0x20, 0x01, 0x0d, 0xb8}, 32, PLACE_DOCUMENTATION}, /* RFC 3849 */
    {{0x3f, 0xff}, 20, PLACE_DOCUMENTATION},             /* RFC 9637 */
    {{0xfc}, 7, PLACE_PRIVATE},                          /* RFC 4193 */
    {{0xfe, 0x80}, 10, PLACE_LINK_LOCAL},                /* RFC 4291 */
    {{0xfe, 0xc0}, 10, PLACE_PRIVATE},                   /* RFC 3879: was site-local */
    {{0xff}, 8, PLACE_MULTICAST},                        /* RFC 4291 */
    {{0x20}, 3, PLACE_PUBLIC},                           /* RFC 4291, section 2.4: all that was given out so far */
    {{0}, 0, PLACE_RESERVED},
};

static const struct carrier CARRIERS[] = {
    {{[10] = 0xff, 0xff}, 96, 12, 0},   /* IPv4-mapped: RFC 4291, section 2.5.5.2 */
    {{0}, 96, 12, 0},                   /* IPv4-compatible: RFC 4291, section 2.5.5.1 */
    {{0, 0x64, 0xff, 0x9b}, 96, 12, 0}, /* NAT64: RFC 6052, section 2.1 */
    {{0x20, 0x02}, 16, 2, 0},           /* 6to4: RFC 3056, section 2 */
    {{0x20, 0x01, 0, 0}, 32, 4, 0},     /* Teredo's server: RFC 4380, section 4 */
    {{0x20, 0x01, 0, 0}, 32, 12, 0xff}, /* and client */
};
enum { CARRIER_COUNT = sizeof CARRIERS / sizeof CARRIERS[0] };

static bool begins_with(const unsigned char *bytes, const unsigned char *prefix, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(bytes, prefix, whole) != 0)
        return false;
    return !rest || (bytes[whole] ^ prefix[whole]) >> (8 - rest) == 0;
}

static enum place look_up(const struct range *range, const unsigned char *bytes)
{
    while (!begins_with(bytes, range->prefix, range->bits))
        range++;
    return range->place;
}

/* The place of the IPv4 address that `bytes` carry as `carrier` says. */
static enum place place_of_carried(const struct carrier *carrier, const unsigned char *bytes)
{
    unsigned char carried[4];
    for (unsigned i = 0; i < sizeof carried; i++)
        carried[i] = bytes[carrier->offset + i] ^ carrier->mask;
    return look_up(IPV4, carried);
}

/* :: and ::1 look as if they carried one. */
static bool carries_nothing(const unsigned char *bytes)
{
    static const unsigned char zero[16];
    return begins_with(bytes, zero, 127);
}

static enum place place_of_ipv6(const unsigned char *bytes)
{
    bool carries = false;
    for (size_t i = 0; i < CARRIER_COUNT && !carries_nothing(bytes); i++) {
        if (!begins_with(bytes, CARRIERS[i].prefix, CARRIERS[i].bits))
            continue;
        enum place place = place_of_carried(&CARRIERS[i], bytes);
        if (place != PLACE_PUBLIC)
            return place;
        carries = true;
    }
    return carries ? PLACE_PUBLIC : look_up(IPV6, bytes);
}

enum place place_of(const struct resolver_address *address)
{
    switch (address->family) {
    case AF_INET:
        return look_up(IPV4, address->bytes);
    case AF_INET6:
        return place_of_ipv6(address->bytes);
    default:
        return PLACE_RESERVED;
    }
}

const char *place_text(enum place place)
{
    static const char *const texts[] = {
        [PLACE_PUBLIC] = "public",           [PLACE_LOOPBACK] = "loopback",
        [PLACE_PRIVATE] = "private network", [PLACE_SHARED] = "shared address space",
        [PLACE_LINK_LOCAL] = "link-local",   [PLACE_UNSPECIFIED] = "unspecified",
        [PLACE_MULTICAST] = "multicast",     [PLACE_DOCUMENTATION] = "documentation",
        [PLACE_BENCHMARK] = "benchmarking",  [PLACE_RESERVED] = "reserved",
    };
    return texts[place];
}
