/* resolver_fixture.h - a resolver on a loop of its own, and the name server that it asks. */
#ifndef HTTP_RESOLVER_FIXTURE_H
#define HTTP_RESOLVER_FIXTURE_H

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/log.h"
#include "http/resolver.h"
#include "site/dns.h"
#include "unit/suite.h"

enum {
    CROWD = 1000,
    CLOSED_PORT = 1,
    DNS_PATIENCE = 60 /* seconds: so long that nothing is asked twice because the machine is busy */
};

static const struct dns_row ROWS[] = {
    {.name = "both.test", .ipv4 = "127.0.0.1", .ipv6 = "::1", .ttl = 300},
    {.name = "four.test", .ipv4 = "192.0.2.1,192.0.2.2,192.0.2.3", .ttl = 300},
    {.name = "six.test", .ipv6 = "2001:db8::1", .ttl = 300},
    {.name = "nodata.test", .ttl = 300},
    {.name = "gone.test", .behaviour = DNS_NXDOMAIN},
    {.name = "servfail.test", .behaviour = DNS_SERVFAIL},
    {.name = "refused.test", .behaviour = DNS_REFUSED},
    {.name = "garbage.test", .behaviour = DNS_GARBAGE},
    {.name = "noise.test", .behaviour = DNS_NOISE},
    {.name = "silent.test", .behaviour = DNS_SILENT},
    {.name = "silent%d.test", .behaviour = DNS_SILENT},
    {.name = "zero-ttl.test", .ipv4 = "127.0.0.1", .ttl = 0},
    {.name = "long-ttl.test", .ipv4 = "127.0.0.1", .ttl = 30 * 24 * 3600},
    {.name = "alias.test", .cname = "alias2.test", .ttl = 300},
    {.name = "alias2.test", .cname = "short-ttl.test", .ttl = 20},
    {.name = "short-ttl.test", .ipv4 = "127.0.0.7", .ttl = 60},
    {.name = "dangling.test", .cname = "nowhere.test", .ttl = 300},
    {.name = "loop.test", .cname = "loop2.test", .ttl = 300},
    {.name = "loop2.test", .cname = "loop.test", .ttl = 300},
    {.name = "self.test", .cname = "self.test", .ttl = 300},
    {.name = "pointer.test", .behaviour = DNS_POINTER},
    {.name = "flood.test", .ipv4 = "192.0.2.1,192.0.2.2", .ttl = 300, .behaviour = DNS_FLOOD},
    {.name = "forged.test", .ipv4 = "192.0.2.1", .ttl = 300, .behaviour = DNS_FORGED},
    {.name = "astray.test", .ipv4 = "192.0.2.1", .ttl = 300, .behaviour = DNS_ASTRAY},
    {.name = "truncated.test", .ipv4 = "127.0.0.1", .ttl = 300, .truncated = true},
    {.name = "large.test",
     .ipv4 = "10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5,10.0.0.6,10.0.0.7,10.0.0.8,10.0.0.9,10.0.0.10,10.0.0.11,"
             "10.0.0.12,10.0.0.13,10.0.0.14,10.0.0.15,10.0.0.16,10.0.0.17,10.0.0.18,10.0.0.19,10.0.0.20,10.0.0.21",
     .ipv6 = "2001:db8::1",
     .ttl = 300},
    {.name = "lost.test", .ipv4 = "127.0.0.1", .ttl = 300, .ignored = 1},
    {.name = "slow.test", .ipv4 = "127.0.0.1", .ttl = 300, .delay = 300},
    {.name = "late.test", .ipv4 = "127.0.0.1", .ttl = 300, .delay = 900},
    {.name = "no-aaaa.test", .ipv4 = "127.0.0.1", .ttl = 300, .behaviour = DNS_SILENT, .only = DNS_AAAA},
    {.name = "no-a.test", .ipv6 = "::1", .ttl = 300, .behaviour = DNS_SERVFAIL, .only = DNS_A},
    {.name = "a-fails.test", .behaviour = DNS_SERVFAIL, .only = DNS_A},
    {.name = "aaaa-fails.test", .behaviour = DNS_SERVFAIL, .only = DNS_AAAA},
    {.name = "aaaa-times-out.test", .behaviour = DNS_SILENT, .only = DNS_AAAA},
    {.name = "host%d.test", .ipv4 = "127.0.0.1", .ipv6 = "::1", .ttl = 300},
    {.name = "*.wild.test", .ipv4 = "127.0.0.1", .ttl = 300},
};

static struct dns_server *dns;
static struct loop *loop;
static struct resolver *resolver;

static inline struct resolver_options test_options(void)
{
    return (struct resolver_options){
        .servers = dns_server_address(dns), .hosts_file = "/dev/null", .timeout = SECONDS(DNS_PATIENCE)};
}

static inline void open_with(const struct resolver_options *options)
{
    ck_assert_int_eq(resolver_create(&resolver, loop, options), 0);
}

static inline void open_server(void)
{
    dns = dns_server_start(ROWS, sizeof ROWS / sizeof ROWS[0]);
    ck_assert_int_eq(loop_create(&loop, NULL), 0);
}

static inline void open_all(void)
{
    open_server();
    struct resolver_options options = test_options();
    open_with(&options);
}

static inline void open_impatient(nanoseconds timeout)
{
    open_server();
    struct resolver_options options = test_options();
    options.timeout = timeout;
    open_with(&options);
}

static inline void open_for(enum resolver_family family)
{
    open_server();
    struct resolver_options options = test_options();
    options.family = family;
    open_with(&options);
}

static inline void close_all(void)
{
    resolver_free(resolver);
    loop_free(loop);
    dns_server_stop(dns);
}

/* Runs the loop until nothing is scheduled or watched any more: no question may be left behind on it. */
static inline void run_dry(void)
{
    struct future never;
    future_init(&never, loop, "never");
    ck_assert_int_eq(loop_run_until_complete(loop, &never), ERR_FINISHED);
}

static inline void start(struct resolver_lookup *lookup, const char *host)
{
    resolver_start(resolver, lookup, slice_of(host));
}

/* Waits for a lookup and returns its outcome. */
static inline int finish(struct resolver_lookup *lookup)
{
    ck_assert_int_eq(loop_run_until_complete(loop, &lookup->done), 0);
    void *value = NULL;
    int err = future_result(&lookup->done, &value);
    if (!err)
        ck_assert_ptr_eq(value, &lookup->answer);
    future_destroy(&lookup->done);
    return err;
}

static inline int look_up(const char *host, struct resolver_answer *answer)
{
    struct resolver_lookup lookup;
    start(&lookup, host);
    int err = finish(&lookup);
    if (!err)
        *answer = lookup.answer;
    return err;
}

static inline int fate_of(const char *host)
{
    struct resolver_answer answer;
    return look_up(host, &answer);
}

/* The addresses of an answer as text, separated by blanks. */
static inline const char *addresses(const struct resolver_answer *answer)
{
    static char text[RESOLVER_MAX_ADDRESSES * (INET6_ADDRSTRLEN + 1)];
    text[0] = '\0';
    for (size_t i = 0; i < answer->count; i++) {
        size_t length = strlen(text);
        if (i > 0)
            text[length++] = ' ';
        ck_assert_ptr_nonnull(inet_ntop(answer->addresses[i].family, answer->addresses[i].bytes, text + length,
                                        (socklen_t)(sizeof text - length)));
    }
    return text;
}

static inline const char *addresses_of(const char *host)
{
    struct resolver_answer answer;
    int err = look_up(host, &answer);
    return err ? error_kind(err) : addresses(&answer);
}

/* Asserts that `answer`, asked for after `before`, holds for `seconds`. */
static inline void assert_life(const struct resolver_answer *answer, nanoseconds before, int seconds)
{
    ck_assert_int_ge(answer->expires, before + SECONDS(seconds));
    ck_assert_int_le(answer->expires, clock_now() + SECONDS(seconds));
}

/* The last line logged, from log_set_sink(keep_line, NULL) on. */
static char last_line[1024];

static inline void keep_line(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    snprintf(last_line, sizeof last_line, "%s", line);
}

/* Starts to look up `count` names, `pattern` being a format for their number. */
static inline void start_crowd(struct resolver_lookup *lookups, int count, const char *pattern)
{
    for (int i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, pattern, i);
        start(&lookups[i], name);
    }
}

#endif
