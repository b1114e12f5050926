#include "site/dns.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum {
    HEADER_SIZE = 12,
    NAME_SIZE = 256,
    MESSAGE_SIZE = UINT16_MAX, /* of what comes by TCP */
    RECORD_SIZE = 2 * NAME_SIZE,
    UDP_SIZE = 512, /* RFC 1035, section 4.2.1 */
    QUERY_SIZE = 1024,
    CLASS_INTERNET = 1,
    TYPE_CNAME = 5,
    ALIASES = 16, /* followed for one answer */
    TALLIES = 32768,
    CONNECTIONS = 64,
    PORT_TRIES = 50,
};

enum { RCODE_OK = 0, RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 };

/* What both processes see. Only the server writes. */
struct tally {
    _Atomic unsigned asked; /* 0 marks a free slot: the name is written before */
    enum dns_type type;
    char name[NAME_SIZE];
};

struct counts {
    _Atomic unsigned in_all;
    _Atomic unsigned by_tcp;
    struct tally tallies[TALLIES];
};

struct connection {
    int fd; /* -1: free */
    size_t length;
    unsigned char bytes[2 + QUERY_SIZE];
};

struct reply {
    struct reply *next;
    long long due; /* milliseconds of the monotonic clock */
    struct sockaddr_in to;
    size_t length;
    unsigned char bytes[];
};

struct dns_server {
    const struct dns_row *rows;
    size_t row_count;
    struct counts *counts;
    char address[32];
    int udp;
    int tcp;
    pid_t pid;
    struct reply *delayed; /* by time; the rest is the server process's alone */
    struct connection connections[CONNECTIONS];
};

struct question {
    char name[NAME_SIZE]; /* lower case */
    unsigned type;
    unsigned asked; /* how often so far, this time included */
    size_t end;     /* offset behind it */
};

struct message {
    unsigned char bytes[MESSAGE_SIZE];
    size_t length;
    unsigned answers;
};

/* Counting. */

static struct tally *tally_of(const struct counts *counts, const char *name, enum dns_type type)
{
    unsigned hash = 2166136261U + type;
    for (const char *c = name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    for (unsigned i = 0; i < TALLIES; i++) {
        struct tally *tally = (struct tally *)&counts->tallies[(hash + i) % TALLIES];
        if (!atomic_load(&tally->asked) || (tally->type == type && strcmp(tally->name, name) == 0))
            return tally;
    }
    errx(1, "dns server: more than %d names were asked for", TALLIES);
}

static unsigned count_question(struct counts *counts, const struct question *question, bool by_tcp)
{
    struct tally *tally = tally_of(counts, question->name, question->type);
    if (!atomic_load(&tally->asked)) {
        memcpy(tally->name, question->name, sizeof tally->name);
        tally->type = question->type;
    }
    atomic_fetch_add(&counts->in_all, 1);
    atomic_fetch_add(&counts->by_tcp, by_tcp ? 1 : 0);
    return atomic_fetch_add(&tally->asked, 1) + 1;
}

unsigned dns_server_asked(const struct dns_server *server, const char *name, enum dns_type type)
{
    if (type == DNS_ANY_TYPE)
        return dns_server_asked(server, name, DNS_A) + dns_server_asked(server, name, DNS_AAAA);
    return atomic_load(&tally_of(server->counts, name, type)->asked);
}

unsigned dns_server_asked_in_all(const struct dns_server *server)
{
    return atomic_load(&server->counts->in_all);
}

unsigned dns_server_asked_by_tcp(const struct dns_server *server)
{
    return atomic_load(&server->counts->by_tcp);
}

/* The table. */

/* Whether `name` is what `pattern`, in which "%d" stands for digits, says. */
static bool matches_numbers(const char *pattern, const char *name)
{
    while (*pattern) {
        if (pattern[0] == '%' && pattern[1] == 'd') {
            size_t digits = strspn(name, "0123456789");
            if (digits == 0)
                return false;
            name += digits;
            pattern += 2;
        } else if (*pattern++ != *name++) {
            return false;
        }
    }
    return *name == '\0';
}

static bool matches(const char *pattern, const char *name)
{
    if (strncmp(pattern, "*.", 2) != 0)
        return matches_numbers(pattern, name);
    size_t tail = strlen(pattern) - 1, length = strlen(name);
    return length > tail && strcmp(name + length - tail, pattern + 1) == 0;
}

static const struct dns_row *find_row(const struct dns_server *server, const char *name)
{
    for (size_t i = 0; i < server->row_count; i++)
        if (matches(server->rows[i].name, name))
            return &server->rows[i];
    return NULL;
}

/* Messages (RFC 1035, section 4). */

static unsigned read16(const unsigned char *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static void write16(unsigned char *bytes, unsigned value)
{
    bytes[0] = (unsigned char)(value >> 8);
    bytes[1] = (unsigned char)value;
}

/* Reads the one question of a query. False when there is none or it is cut. */
static bool read_question(struct question *question, const unsigned char *query, size_t length)
{
    if (length < HEADER_SIZE || read16(query + 4) != 1)
        return false;
    size_t at = HEADER_SIZE, name = 0;
    while (at < length && query[at] != 0) {
        size_t label = query[at++];
        if (label > 63 || at + label >= length || name + label + 1 >= sizeof question->name)
            return false;
        if (name > 0)
            question->name[name++] = '.';
        for (size_t i = 0; i < label; i++)
            question->name[name++] = (char)tolower(query[at++]);
    }
    if (at + 5 > length)
        return false;
    memset(question->name + name, 0, sizeof question->name - name);
    question->type = read16(query + at + 1);
    question->end = at + 5;
    return true;
}

static void append(struct message *message, const void *bytes, size_t length)
{
    assert(message->length + length <= sizeof message->bytes);
    memcpy(message->bytes + message->length, bytes, length);
    message->length += length;
}

static void append16(struct message *message, unsigned value)
{
    unsigned char bytes[2];
    write16(bytes, value);
    append(message, bytes, sizeof bytes);
}

static size_t encode_name(unsigned char *out, const char *name)
{
    size_t length = 0;
    while (*name) {
        size_t label = strcspn(name, ".");
        out[length++] = (unsigned char)label;
        memcpy(out + length, name, label);
        length += label;
        name += label;
        name += *name == '.';
    }
    out[length++] = 0;
    return length;
}

static void append_record(struct message *message, const char *owner, unsigned type, uint32_t ttl, const void *data,
                          size_t length)
{
    unsigned char name[NAME_SIZE + 1];
    size_t name_length = encode_name(name, owner);
    append(message, name, name_length);
    append16(message, type);
    append16(message, CLASS_INTERNET);
    append16(message, ttl >> 16);
    append16(message, ttl & 0xffff);
    append16(message, (unsigned)length);
    append(message, data, length);
    message->answers++;
}

static const char *addresses_of(const struct dns_row *row, const struct question *question)
{
    if (question->type == DNS_A)
        return question->asked > 1 && row->later_ipv4 ? row->later_ipv4 : row->ipv4;
    return question->type == DNS_AAAA ? row->ipv6 : NULL;
}

static void append_addresses(struct message *message, const char *owner, const struct dns_row *row,
                             const struct question *question)
{
    int family = question->type == DNS_A ? AF_INET : AF_INET6;
    const char *list = addresses_of(row, question);
    while (list && *list) {
        char text[INET6_ADDRSTRLEN];
        unsigned char address[16];
        snprintf(text, sizeof text, "%.*s", (int)strcspn(list, ","), list);
        if (inet_pton(family, text, address) != 1)
            errx(1, "dns server: malformed address '%s' of %s", text, row->name);
        append_record(message, owner, question->type, row->ttl, address, family == AF_INET ? 4 : 16);
        list += strcspn(list, ",");
        list += *list == ',';
    }
}

/* The records that lead from the question's name to its addresses. */
static void append_answers(const struct dns_server *server, struct message *message, const struct question *question,
                           const struct dns_row *row)
{
    const char *name = question->name;
    for (int i = 0; i < ALIASES && row && row->cname; i++) {
        unsigned char target[NAME_SIZE + 1];
        size_t target_length = encode_name(target, row->cname);
        append_record(message, name, TYPE_CNAME, row->ttl, target, target_length);
        name = row->cname;
        row = find_row(server, name);
    }
    if (row)
        append_addresses(message, name, row, question);
}

static void append_garbage(struct message *message)
{
    memset(message->bytes + message->length, 0xff, 50);
    message->length += 50;
    message->answers = 3;
}

static void append_pointer(struct message *message)
{
    append16(message, 0xc000 | (unsigned)message->length);
    append16(message, DNS_A);
    append16(message, CLASS_INTERNET);
    message->answers = 1;
}

static unsigned rcode_of(enum dns_behaviour behaviour)
{
    switch (behaviour) {
    case DNS_NXDOMAIN:
        return RCODE_NXDOMAIN;
    case DNS_SERVFAIL:
        return RCODE_SERVFAIL;
    case DNS_REFUSED:
        return RCODE_REFUSED;
    default:
        return RCODE_OK;
    }
}

/* Starts an answer: the query's header and question. */
static void begin_message(struct message *message, const unsigned char *query, size_t question_end)
{
    message->length = 0;
    message->answers = 0;
    append(message, query, question_end);
}

/* Answer, recursion desired and available; QR, RD, RA of RFC 1035, section 4.1.1. */
static void end_message(struct message *message, unsigned rcode, bool truncated)
{
    write16(message->bytes + 2, 0x8180 | rcode | (truncated ? 0x0200 : 0));
    write16(message->bytes + 4, 1);
    write16(message->bytes + 6, message->answers);
    write16(message->bytes + 8, 0);
    write16(message->bytes + 10, 0);
}

static enum dns_behaviour behaviour_of(const struct dns_row *row, const struct question *question)
{
    if (!row)
        return DNS_NXDOMAIN;
    if (question->asked <= row->ignored)
        return DNS_SILENT;
    return row->only == DNS_ANY_TYPE || row->only == question->type ? row->behaviour : DNS_ANSWER;
}

static bool answers_well(enum dns_behaviour behaviour)
{
    return behaviour == DNS_ANSWER || behaviour >= DNS_FLOOD;
}

static void fill_message(const struct dns_server *server, struct message *message, const struct question *question,
                         const unsigned char *query, enum dns_behaviour behaviour, const struct dns_row *row,
                         bool by_tcp)
{
    begin_message(message, query, question->end);
    if (answers_well(behaviour))
        append_answers(server, message, question, row);
    while (behaviour == DNS_FLOOD && message->answers && message->length + RECORD_SIZE < MESSAGE_SIZE)
        append_answers(server, message, question, row);
    bool truncated = !by_tcp && row && (row->truncated || message->length > UDP_SIZE);
    if (truncated)
        begin_message(message, query, question->end);
    if (behaviour == DNS_GARBAGE)
        append_garbage(message);
    if (behaviour == DNS_POINTER)
        append_pointer(message);
    if (behaviour == DNS_FORGED)
        message->bytes[0] ^= 1;
    if (behaviour == DNS_ASTRAY)
        message->bytes[HEADER_SIZE + 1] ^= 1; /* the first letter of the name */
    end_message(message, rcode_of(behaviour), truncated);
    if (behaviour == DNS_NOISE)
        memset(message->bytes, 0x5a, message->length);
}

/* Makes the answer to a query and says after how many milliseconds it is due. False: there is none. */
static bool answer(const struct dns_server *server, struct message *message, const unsigned char *query, size_t length,
                   bool by_tcp, unsigned *delay)
{
    struct question question;
    if (!read_question(&question, query, length))
        return false;
    question.asked = count_question(server->counts, &question, by_tcp);
    const struct dns_row *row = find_row(server, question.name);
    enum dns_behaviour behaviour = behaviour_of(row, &question);
    if (behaviour == DNS_SILENT)
        return false;
    fill_message(server, message, &question, query, behaviour, row, by_tcp);
    *delay = row ? row->delay : 0;
    return true;
}

/* Delayed answers. */

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (long long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void send_later(struct dns_server *server, const struct message *message, const struct sockaddr_in *to,
                       unsigned delay)
{
    struct reply *reply = malloc(sizeof *reply + message->length);
    if (!reply)
        err(1, "dns server");
    reply->due = now() + delay;
    reply->to = *to;
    reply->length = message->length;
    memcpy(reply->bytes, message->bytes, message->length);
    struct reply **place = &server->delayed;
    while (*place && (*place)->due <= reply->due)
        place = &(*place)->next;
    reply->next = *place;
    *place = reply;
}

static void send_due(struct dns_server *server)
{
    while (server->delayed && server->delayed->due <= now()) {
        struct reply *reply = server->delayed;
        server->delayed = reply->next;
        sendto(server->udp, reply->bytes, reply->length, 0, (struct sockaddr *)&reply->to, sizeof reply->to);
        free(reply);
    }
}

static int milliseconds_to_next(const struct dns_server *server)
{
    if (!server->delayed)
        return -1;
    long long left = server->delayed->due - now();
    return left > 0 ? (int)left : 0;
}

/* Sockets. */

static void serve_udp(struct dns_server *server)
{
    unsigned char query[QUERY_SIZE];
    struct sockaddr_in from;
    socklen_t from_size = sizeof from;
    ssize_t length = recvfrom(server->udp, query, sizeof query, MSG_DONTWAIT, (struct sockaddr *)&from, &from_size);
    struct message message;
    unsigned delay = 0;
    if (length <= 0 || !answer(server, &message, query, (size_t)length, false, &delay))
        return;
    if (delay)
        send_later(server, &message, &from, delay);
    else
        sendto(server->udp, message.bytes, message.length, 0, (struct sockaddr *)&from, from_size);
}

static void hang_up(struct connection *connection)
{
    close(connection->fd);
    connection->fd = -1;
}

static void accept_connection(struct dns_server *server)
{
    int fd = accept(server->tcp, NULL, NULL);
    for (int i = 0; fd >= 0 && i < CONNECTIONS; i++)
        if (server->connections[i].fd < 0) {
            server->connections[i].fd = fd;
            server->connections[i].length = 0;
            return;
        }
    if (fd >= 0)
        close(fd);
}

/* Answers one query of a connection. False when the connection broke. */
static bool answer_by_tcp(const struct dns_server *server, const struct connection *connection, size_t length)
{
    struct message message;
    unsigned delay = 0;
    if (!answer(server, &message, connection->bytes + 2, length, true, &delay))
        return true;
    unsigned char prefix[2];
    write16(prefix, (unsigned)message.length);
    return send(connection->fd, prefix, 2, MSG_NOSIGNAL | MSG_MORE) == 2 &&
           send(connection->fd, message.bytes, message.length, MSG_NOSIGNAL) == (ssize_t)message.length;
}

static void serve_tcp(const struct dns_server *server, struct connection *connection)
{
    ssize_t received = recv(connection->fd, connection->bytes + connection->length,
                            sizeof connection->bytes - connection->length, MSG_DONTWAIT);
    if (received <= 0) {
        hang_up(connection);
        return;
    }
    connection->length += (size_t)received;
    while (connection->length >= 2 && connection->length - 2 >= read16(connection->bytes)) {
        size_t length = read16(connection->bytes);
        if (!answer_by_tcp(server, connection, length)) {
            hang_up(connection);
            return;
        }
        connection->length -= 2 + length;
        memmove(connection->bytes, connection->bytes + 2 + length, connection->length);
    }
    if (connection->length == sizeof connection->bytes)
        hang_up(connection);
}

static _Noreturn void serve(struct dns_server *server)
{
    for (;;) {
        struct pollfd fds[2 + CONNECTIONS] = {{server->udp, POLLIN, 0}, {server->tcp, POLLIN, 0}};
        for (int i = 0; i < CONNECTIONS; i++)
            fds[2 + i] = (struct pollfd){server->connections[i].fd, POLLIN, 0};
        if (poll(fds, 2 + CONNECTIONS, milliseconds_to_next(server)) < 0 && errno != EINTR)
            err(1, "dns server: poll");
        send_due(server);
        if (fds[0].revents)
            serve_udp(server);
        for (int i = 0; i < CONNECTIONS; i++)
            if (fds[2 + i].fd >= 0 && fds[2 + i].revents)
                serve_tcp(server, &server->connections[i]);
        if (fds[1].revents)
            accept_connection(server);
    }
}

/* A UDP and a TCP socket at the same free port. False when the port that was free for one is taken for the other. */
static bool open_sockets(struct dns_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    server->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (server->tcp < 0 || server->udp < 0 || bind(server->tcp, (struct sockaddr *)&address, sizeof address) ||
        getsockname(server->tcp, (struct sockaddr *)&address, &size) || listen(server->tcp, CONNECTIONS))
        err(1, "dns server: socket");
    snprintf(server->address, sizeof server->address, "127.0.0.1:%d", ntohs(address.sin_port));
    if (bind(server->udp, (struct sockaddr *)&address, sizeof address) == 0)
        return true;
    close(server->tcp);
    close(server->udp);
    return false;
}

static void die_with_parent(pid_t parent)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent)
        _exit(0);
}

struct dns_server *dns_server_start(const struct dns_row *rows, size_t count)
{
    struct dns_server *server = calloc(1, sizeof *server);
    if (!server)
        err(1, "dns server");
    server->rows = rows;
    server->row_count = count;
    for (int i = 0; i < CONNECTIONS; i++)
        server->connections[i].fd = -1;
    server->counts = mmap(NULL, sizeof *server->counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (server->counts == MAP_FAILED)
        err(1, "dns server: mmap");
    int tries = 0;
    while (!open_sockets(server))
        if (++tries == PORT_TRIES)
            errx(1, "dns server: no port is free");
    pid_t parent = getpid();
    server->pid = fork();
    if (server->pid < 0)
        err(1, "dns server: fork");
    if (server->pid == 0) {
        die_with_parent(parent);
        serve(server);
    }
    close(server->udp);
    close(server->tcp);
    return server;
}

void dns_server_stop(struct dns_server *server)
{
    if (!server)
        return;
    kill(server->pid, SIGKILL);
    pid_t ended = -1;
    do
        ended = waitpid(server->pid, NULL, 0);
    while (ended < 0 && errno == EINTR);
    munmap(server->counts, sizeof *server->counts);
    free(server);
}

const char *dns_server_address(const struct dns_server *server)
{
    return server->address;
}
