/* dns.h - a name server for tests.
 *
 * Runs in a child process on 127.0.0.1, UDP and TCP, at a port that was free; ends with its parent at the latest.
 * Answers from a table, well or badly, and counts what it is asked. */
#ifndef SITE_DNS_H
#define SITE_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dns_type { DNS_ANY_TYPE = 0, DNS_A = 1, DNS_AAAA = 28 };

enum dns_behaviour {
    DNS_ANSWER,
    DNS_NXDOMAIN,
    DNS_SERVFAIL,
    DNS_REFUSED,
    DNS_SILENT,  /* nothing comes back */
    DNS_GARBAGE, /* the right header and question, then rubbish */
    DNS_NOISE,   /* rubbish from the first byte on */
    DNS_POINTER, /* a record whose name points to itself */
    DNS_FLOOD,   /* its records again and again, as many as a message holds; by TCP, for UDP can't hold them */
    DNS_FORGED,  /* its records, under another id than the question's */
    DNS_ASTRAY,  /* its records, as the answer to a question for another name */
};

/* What is said about one name, or about all that a pattern stands for. A name in no row doesn't exist (NXDOMAIN). */
struct dns_row {
    const char *name;       /* lower case; "%d" stands for any number, "*." at the start for any labels */
    const char *ipv4;       /* addresses, separated by commas; NULL for none */
    const char *later_ipv4; /* those from the second question for them on; NULL: the same */
    const char *ipv6;
    const char *cname; /* an alias of this name, looked up in the table too */
    uint32_t ttl;      /* seconds */
    unsigned delay;    /* milliseconds before an answer by UDP */
    unsigned ignored;  /* so many first questions of a name and type are not answered */
    bool truncated;    /* answers by UDP are empty and say that TCP should be used */
    enum dns_behaviour behaviour;
    enum dns_type only; /* the type that `behaviour` holds for; the other one is answered well */
};

struct dns_server;

/* Starts a server, which answers when this returns. The rows are copied with the process. Ends the process with a
 * message on failure: a test can't go on without it. */
struct dns_server *dns_server_start(const struct dns_row *rows, size_t count);

/* Ends the server and waits for it. NULL is allowed. */
void dns_server_stop(struct dns_server *server);

/* "127.0.0.1:PORT"; valid as long as `server`. */
const char *dns_server_address(const struct dns_server *server);

/* How many questions came for `name` (lower case) and `type`, tries and TCP included. */
unsigned dns_server_asked(const struct dns_server *server, const char *name, enum dns_type type);

/* How many questions came in all, and how many of these by TCP. */
unsigned dns_server_asked_in_all(const struct dns_server *server);
unsigned dns_server_asked_by_tcp(const struct dns_server *server);

#endif
