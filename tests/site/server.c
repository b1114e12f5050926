#include "site/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "site/certificate.h"
#include "site/connection.h"

enum {
    BACKLOG = 65535,   /* the system cuts it to its own limit */
    ACCEPTS = 256,     /* connections taken in one turn of a listener */
    TURN = 1000000000, /* nanoseconds */
    WANTED_FILES = 65536,
    FILLERS = 4, /* one is enough for Linux; others may round up the length of the queue */
    NANOSECONDS_A_MILLISECOND = 1000000
};

union address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

struct listener {
    struct site_source source;
    struct site_server *server;
    struct site_manner manner;
    bool is_ready;
    union address address; /* with the port */
    socklen_t length;
    bool is_full;
    int fillers[FILLERS]; /* connections that nobody takes */
};

struct site_server {
    struct site_hub hub;
    struct site_source wake; /* the reading end of a pipe; a byte in it ends the loop */
    int wake_writer;
    bool stopping;
    bool starved;          /* of file descriptors: the listeners rest until a connection has gone */
    unsigned freeze_after; /* milliseconds from the first request */
    unsigned freeze_for;   /* 0: never, or not any more */
    size_t count;
    struct listener listeners[SITE_LISTENERS_MAX];
};

static bool have_listeners_want(struct site_server *server, unsigned wants)
{
    for (size_t i = 0; i < server->count; i++)
        if (!server->listeners[i].is_full &&
            site_poller_change(server->hub.poller, &server->listeners[i].source, wants))
            return false;
    return true;
}

static void on_closed(struct site_hub *hub)
{
    struct site_server *server = (struct site_server *)hub; /* its first member */
    if (server->starved && !server->stopping)
        server->starved = !have_listeners_want(server, SITE_READ);
}

static int make_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) || fcntl(fd, F_SETFD, FD_CLOEXEC) ? -1 : 0;
}

static int accept_one(int fd)
{
#ifdef __linux__
    return accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
    int accepted = accept(fd, NULL, NULL);
    if (accepted >= 0 && make_nonblocking(accepted)) {
        close(accepted);
        errno = ECONNABORTED;
        return -1;
    }
    return accepted;
#endif
}

static void on_connections(struct site_source *source)
{
    struct listener *listener = (struct listener *)source; /* its first member */
    listener->is_ready = true;
}

static void accept_some(struct listener *listener)
{
    struct site_server *server = listener->server;
    for (int i = 0; i < ACCEPTS; i++) {
        int fd = accept_one(listener->source.fd);
        if (fd >= 0) {
            site_connection_open(&server->hub, fd, &listener->manner);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE)
            server->starved = have_listeners_want(server, 0);
        if (errno != EINTR && errno != ECONNABORTED)
            return;
    }
}

/* Returns whether some listener was ready. */
static bool accept_ready(struct site_server *server)
{
    bool was_ready = false;
    for (size_t i = 0; i < server->count; i++) {
        struct listener *listener = &server->listeners[i];
        if (listener->is_ready)
            accept_some(listener);
        was_ready |= listener->is_ready;
        listener->is_ready = false;
    }
    return was_ready;
}

static void on_wake(struct site_source *source)
{
    struct site_server *server = (struct site_server *)(void *)((char *)source - offsetof(struct site_server, wake));
    server->stopping = true;
}

/* Sets the address that is wanted. Returns 0, or -1 with errno set when it is malformed. */
static int set_address(struct listener *listener, const struct site_listener *wanted)
{
    union address *address = &listener->address;
    const char *text = wanted->address ? wanted->address : wanted->ipv6 ? "::1" : "127.0.0.1";
    if (inet_pton(AF_INET, text, &address->ipv4.sin_addr) == 1) {
        address->ipv4.sin_family = AF_INET;
        address->ipv4.sin_port = htons(wanted->port);
        listener->length = sizeof address->ipv4;
    } else if (inet_pton(AF_INET6, text, &address->ipv6.sin6_addr) == 1) {
        address->ipv6.sin6_family = AF_INET6;
        address->ipv6.sin6_port = htons(wanted->port);
        listener->length = sizeof address->ipv6;
    } else {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

/* Takes all places in the listener's queue. */
static int fill_queue(struct listener *listener)
{
    for (int i = 0; i < FILLERS; i++) {
        int fd = listener->fillers[i] = socket(listener->address.any.sa_family, SOCK_STREAM, 0);
        if (fd < 0 || make_nonblocking(fd) ||
            (connect(fd, &listener->address.any, listener->length) && errno != EINPROGRESS))
            return -1;
    }
    return 0;
}

static void close_listener(struct listener *listener)
{
    for (int i = 0; listener->is_full && i < FILLERS; i++)
        if (listener->fillers[i] >= 0)
            close(listener->fillers[i]);
    SSL_CTX_free(listener->manner.tls);
    close(listener->source.fd);
}

static int bind_and_listen(struct listener *listener)
{
    int fd = listener->source.fd;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (listener->address.any.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int));
    if (make_nonblocking(fd) || bind(fd, &listener->address.any, listener->length) ||
        listen(fd, listener->is_full ? 0 : BACKLOG) || getsockname(fd, &listener->address.any, &listener->length))
        return -1;
    return listener->is_full ? fill_queue(listener) : 0;
}

static int open_listener(struct site_server *server, const struct site_listener *wanted, const struct site_page *pages)
{
    struct listener *listener = &server->listeners[server->count];
    *listener = (struct listener){.server = server, .is_full = wanted->is_full};
    for (int i = 0; i < FILLERS; i++)
        listener->fillers[i] = -1;
    listener->manner = (struct site_manner){.listener = (unsigned)server->count};
    listener->manner.stalled = wanted->tls == SITE_TLS_STALLED;
    listener->source.ready = on_connections;
    if (set_address(listener, wanted))
        return -1;
    listener->source.fd = socket(listener->address.any.sa_family, SOCK_STREAM, 0);
    if (listener->source.fd < 0)
        return -1;
    server->count++; /* closed with the server from here on */
    if (bind_and_listen(listener))
        return -1;
    if (wanted->tls == SITE_PLAIN || listener->manner.stalled)
        return 0;
    return site_certificate_context(&listener->manner.tls, wanted->tls, pages);
}

static int open_listeners(struct site_server *server, const struct site_config *config)
{
    static const struct site_listener usual = {.ipv6 = false};
    const struct site_listener *wanted = config->listeners ? config->listeners : &usual;
    size_t count = config->listeners ? config->listener_count : 1;
    if (!count || count > SITE_LISTENERS_MAX) {
        errno = EINVAL;
        return -1;
    }
    for (size_t i = 0; i < count; i++)
        if (open_listener(server, &wanted[i], config->pages))
            return -1;
    return 0;
}

static int open_wake(struct site_server *server)
{
    int ends[2];
    if (pipe(ends))
        return -1;
    server->wake.fd = ends[0];
    server->wake_writer = ends[1];
    return make_nonblocking(ends[0]) || make_nonblocking(ends[1]) ? -1 : 0;
}

static int prepare(struct site_server *server, const struct site_config *config)
{
    if (open_wake(server) || open_listeners(server, config))
        return -1;
    struct site_ports ports = {.count = server->count, .other = config->other_port};
    for (size_t i = 0; i < server->count; i++)
        ports.listeners[i] = site_server_port(server, i);
    return site_catalogue_create(&server->hub.catalogue, config, &ports);
}

int site_server_open(struct site_server **out, const struct site_config *config, struct site_record *record)
{
    struct site_server *server = calloc(1, sizeof *server);
    if (!server)
        return -1;
    server->wake = (struct site_source){.fd = -1, .ready = on_wake};
    server->wake_writer = -1;
    server->hub.record = record;
    server->hub.drip = config->drip;
    server->hub.drip_body = config->drip_body;
    server->hub.one_byte = config->one_byte;
    server->hub.at_once = config->at_once;
    server->freeze_after = config->freeze_after;
    server->freeze_for = config->freeze_for;
    server->hub.closed = on_closed;
    if (prepare(server, config)) {
        int number = errno;
        site_server_close(server);
        errno = number;
        return -1;
    }
    *out = server;
    return 0;
}

static int watch_all(struct site_server *server)
{
    struct site_poller *poller = server->hub.poller;
    if (site_poller_add(poller, &server->wake, SITE_READ))
        return -1;
    for (size_t i = 0; i < server->count; i++)
        if (!server->listeners[i].is_full && site_poller_add(poller, &server->listeners[i].source, SITE_READ))
            return -1;
    return 0;
}

/* Stands still if the time has come. */
static void freeze(struct site_server *server)
{
    int64_t first = atomic_load(&server->hub.record->first_arrival);
    if (!server->freeze_for || !first || site_now() < first + (int64_t)server->freeze_after * NANOSECONDS_A_MILLISECOND)
        return;
    const struct timespec duration = {.tv_sec = server->freeze_for / 1000,
                                      .tv_nsec = (long)(server->freeze_for % 1000) * NANOSECONDS_A_MILLISECOND};
    server->freeze_for = 0;
    nanosleep(&duration, NULL);
}

/* A client that closes a connection and then opens another never has both, but the new one may be taken before the end
 * of the old one is seen. So what is open is noted when the turn after that, which does not wait, has seen what
 * ended. */
static int serve(struct site_server *server, pid_t parent)
{
    struct site_hub *hub = &server->hub;
    bool has_accepted = false;
    while (!server->stopping && (!parent || getppid() == parent)) {
        if (site_poller_wait(hub->poller, has_accepted ? 0 : site_timers_timeout(&hub->timers, TURN)))
            return -1;
        freeze(server);
        int64_t now = site_now();
        for (struct site_timer *timer; (timer = site_timers_pop(&hub->timers, now));)
            site_connection_due(timer);
        site_record_note_open(hub->record);
        has_accepted = accept_ready(server);
    }
    return 0;
}

int site_server_run(struct site_server *server, pid_t parent)
{
    if (site_poller_open(&server->hub.poller)) /* here, for a poller does not survive a fork everywhere */
        return -1;
    int result = watch_all(server) ? -1 : serve(server, parent);
    server->stopping = true;
    site_connection_close_all(&server->hub);
    site_timers_free(&server->hub.timers);
    site_poller_close(server->hub.poller);
    return result;
}

void site_server_stop(struct site_server *server)
{
    int number = errno;
    ssize_t ignored = write(server->wake_writer, "", 1); /* a full pipe wakes as well */
    (void)ignored;
    errno = number;
}

size_t site_server_listeners(const struct site_server *server)
{
    return server->count;
}

uint16_t site_server_port(const struct site_server *server, size_t index)
{
    const union address *address = &server->listeners[index].address;
    return ntohs(address->any.sa_family == AF_INET6 ? address->ipv6.sin6_port : address->ipv4.sin_port);
}

void site_server_origin(const struct site_server *server, size_t index, char *url, size_t size)
{
    const struct listener *listener = &server->listeners[index];
    bool tls = listener->manner.tls || listener->manner.stalled;
    const union address *address = &listener->address;
    bool ipv6 = address->any.sa_family == AF_INET6;
    char text[INET6_ADDRSTRLEN] = "";
    inet_ntop(address->any.sa_family, ipv6 ? (const void *)&address->ipv6.sin6_addr : &address->ipv4.sin_addr, text,
              sizeof text);
    snprintf(url, size, ipv6 ? "%s://[%s]:%u" : "%s://%s:%u", tls ? "https" : "http", text,
             site_server_port(server, index));
}

bool site_server_has_tls(const struct site_server *server)
{
    for (size_t i = 0; i < server->count; i++)
        if (server->listeners[i].manner.tls || server->listeners[i].manner.stalled)
            return true;
    return false;
}

void site_server_close(struct site_server *server)
{
    for (size_t i = 0; i < server->count; i++)
        close_listener(&server->listeners[i]);
    if (server->wake.fd >= 0) {
        close(server->wake.fd);
        close(server->wake_writer);
    }
    site_catalogue_free(server->hub.catalogue);
    free(server);
}

void site_server_raise_limit(void)
{
    struct rlimit limit = {.rlim_cur = WANTED_FILES, .rlim_max = WANTED_FILES};
    if (!setrlimit(RLIMIT_NOFILE, &limit) || getrlimit(RLIMIT_NOFILE, &limit))
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}
