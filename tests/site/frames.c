#include "site/frames.h"

#include <arpa/inet.h>
#include <err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "site/certificate.h"

enum {
    CONNECTIONS = 32,
    PREFACE_SIZE = 24,
    HEADER_SIZE = 9,
    MOST_PAYLOAD = 16384,
    BACKLOG = 64,
    LONGEST_REST = 100 /* milliseconds */
};

/* RFC 9113, sections 6 and 7. */
enum { HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, GOAWAY = 7 };
enum { ACK = 1, END_STREAM = 1, END_HEADERS = 4 };
enum { REFUSED_STREAM = 7, ENHANCE_YOUR_CALM = 11 };
static const unsigned char status_200 = 0x88; /* RFC 7541, appendix A */

struct counts {
    atomic_uint requests;
    atomic_uint connections;
};

struct frames_server {
    pid_t pid;
    uint16_t port;
    int listener;
    const char *fates;
    struct counts *counts; /* shared with the child */
    SSL_CTX *tls;          /* NULL: plain */
};

struct connection {
    int fd;   /* -1: none */
    SSL *ssl; /* NULL: plain */
};

static bool receive_all(const struct connection *from, unsigned char *out, size_t length)
{
    while (length) {
        ssize_t got = from->ssl ? SSL_read(from->ssl, out, (int)length) : recv(from->fd, out, length, 0);
        if (got <= 0)
            return false;
        out += got;
        length -= (size_t)got;
    }
    return true;
}

/* What is sent is small enough to be taken at once. */
static void send_all(const struct connection *to, const unsigned char *bytes, size_t length)
{
    if (to->ssl)
        (void)SSL_write(to->ssl, bytes, (int)length);
    else
        (void)send(to->fd, bytes, length, MSG_NOSIGNAL);
}

static void put_number(unsigned char out[4], uint32_t number)
{
    number = htonl(number);
    memcpy(out, &number, sizeof number);
}

/* A frame with a payload of a few bytes. */
static void send_frame(const struct connection *to, unsigned char type, unsigned char flags, uint32_t stream,
                       const void *payload, unsigned char length)
{
    unsigned char frame[HEADER_SIZE + UINT8_MAX] = {0, 0, length, type, flags};
    put_number(&frame[5], stream);
    if (length)
        memcpy(&frame[HEADER_SIZE], payload, length);
    send_all(to, frame, HEADER_SIZE + (size_t)length);
}

static void reset_stream(const struct connection *to, uint32_t stream, uint32_t why)
{
    unsigned char payload[4];
    put_number(payload, why);
    send_frame(to, RST_STREAM, 0, stream, payload, sizeof payload);
}

/* Does to a request what stands in the script; false when its connection ends. */
static bool answer(struct frames_server *server, const struct connection *to, uint32_t stream)
{
    static const unsigned char goaway[8] = {0}; /* the last stream that was looked at: none; no error */
    unsigned index = atomic_fetch_add(&server->counts->requests, 1);
    size_t last = strlen(server->fates) - 1;
    switch (server->fates[index < last ? index : last]) {
    case 'a':
        send_frame(to, HEADERS, END_HEADERS | END_STREAM, stream, &status_200, 1);
        return true;
    case 'g':
        send_frame(to, GOAWAY, 0, 0, goaway, sizeof goaway);
        return false;
    case 'h':
        send_frame(to, HEADERS, END_HEADERS, stream, &status_200, 1);
        return false;
    case 'r':
        reset_stream(to, stream, REFUSED_STREAM);
        return true;
    case 's':
        reset_stream(to, stream, ENHANCE_YOUR_CALM);
        return true;
    case 'x':
        send_all(to, (const unsigned char *)"no frame, but some bytes of another kind", 40);
        return false;
    default:
        return false;
    }
}

/* Takes the next frame; false when the connection is to end. */
static bool serve_frame(struct frames_server *server, const struct connection *connection)
{
    unsigned char header[HEADER_SIZE], payload[MOST_PAYLOAD];
    if (!receive_all(connection, header, sizeof header))
        return false;
    size_t length = (size_t)header[0] << 16 | (size_t)header[1] << 8 | header[2];
    uint32_t stream;
    memcpy(&stream, &header[5], sizeof stream);
    if (length > sizeof payload || !receive_all(connection, payload, length))
        return false;
    if (header[3] == SETTINGS && !(header[4] & ACK))
        send_frame(connection, SETTINGS, ACK, 0, NULL, 0);
    return header[3] != HEADERS || answer(server, connection, ntohl(stream));
}

/* Clients send whole frames, so that waiting for the rest of one holds nobody up. */
static bool serve_frames(struct frames_server *server, const struct connection *connection)
{
    bool good;
    do
        good = serve_frame(server, connection);
    while (good && connection->ssl && SSL_pending(connection->ssl));
    return good;
}

/* By FIN: what the client still sends would make it RST if it weren't read. */
static void end_connection(struct connection *connection)
{
    unsigned char rest[MOST_PAYLOAD];
    struct pollfd polled = {.fd = connection->fd, .events = POLLIN};
    shutdown(connection->fd, SHUT_WR);
    while (poll(&polled, 1, LONGEST_REST) > 0 && recv(connection->fd, rest, sizeof rest, 0) > 0)
        continue;
    SSL_free(connection->ssl);
    close(connection->fd);
    *connection = (struct connection){.fd = -1};
}

static bool shake_hands(const struct frames_server *server, struct connection *connection)
{
    if (!server->tls)
        return true;
    connection->ssl = SSL_new(server->tls);
    return connection->ssl && SSL_set_fd(connection->ssl, connection->fd) && SSL_accept(connection->ssl) == 1;
}

static void take_connection(struct frames_server *server, struct connection *connection)
{
    unsigned char preface[PREFACE_SIZE];
    connection->fd = accept(server->listener, NULL, NULL);
    if (connection->fd < 0)
        return;
    atomic_fetch_add(&server->counts->connections, 1);
    if (shake_hands(server, connection) && receive_all(connection, preface, sizeof preface)) {
        send_frame(connection, SETTINGS, 0, 0, NULL, 0);
        if (!connection->ssl || !SSL_pending(connection->ssl) || serve_frames(server, connection))
            return;
    }
    end_connection(connection);
}

static _Noreturn void serve(struct frames_server *server)
{
    struct connection connections[CONNECTIONS];
    struct pollfd polled[1 + CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++)
        connections[i] = (struct connection){.fd = -1};
    for (;;) {
        polled[0] = (struct pollfd){.fd = server->listener, .events = POLLIN};
        for (int i = 0; i < CONNECTIONS; i++)
            polled[i + 1] = (struct pollfd){.fd = connections[i].fd, .events = POLLIN};
        if (poll(polled, 1 + CONNECTIONS, -1) < 0)
            _exit(1);
        for (int i = 0; i < CONNECTIONS; i++) {
            if (connections[i].fd < 0 && polled[0].revents) {
                take_connection(server, &connections[i]);
                polled[0].revents = 0;
            } else if (connections[i].fd >= 0 && polled[i + 1].revents && !serve_frames(server, &connections[i])) {
                end_connection(&connections[i]);
            }
        }
    }
}

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *offered,
                           unsigned offered_length, void *context)
{
    static const unsigned char spoken[] = "\x02h2";
    unsigned char *chosen;
    (void)ssl;
    (void)context;
    int result = SSL_select_next_proto(&chosen, length, spoken, sizeof spoken - 1, offered, offered_length);
    *out = chosen;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void listen_anywhere(struct frames_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&address, sizeof address) ||
        listen(server->listener, BACKLOG) || getsockname(server->listener, (struct sockaddr *)&address, &size))
        err(1, "frames server");
    server->port = ntohs(address.sin_port);
}

struct frames_server *frames_start(const char *fates, bool tls)
{
    struct frames_server *server = calloc(1, sizeof *server);
    if (!server)
        err(1, "frames server");
    server->fates = fates;
    server->counts = mmap(NULL, sizeof *server->counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (server->counts == MAP_FAILED)
        err(1, "frames server: mmap");
    if (tls && site_certificate_context(&server->tls, SITE_TLS, NULL))
        err(1, "frames server: TLS");
    if (tls)
        SSL_CTX_set_alpn_select_cb(server->tls, choose_protocol, NULL);
    listen_anywhere(server);
    pid_t parent = getpid();
    server->pid = fork();
    if (server->pid < 0)
        err(1, "frames server: fork");
    if (server->pid == 0) {
#ifdef __linux__
        prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
        if (getppid() != parent)
            _exit(0);
        serve(server);
    }
    close(server->listener);
    return server;
}

void frames_stop(struct frames_server *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    SSL_CTX_free(server->tls);
    munmap(server->counts, sizeof *server->counts);
    free(server);
}

uint16_t frames_port(const struct frames_server *server)
{
    return server->port;
}

unsigned frames_requests(const struct frames_server *server)
{
    return atomic_load(&server->counts->requests);
}

unsigned frames_connections(const struct frames_server *server)
{
    return atomic_load(&server->counts->connections);
}
