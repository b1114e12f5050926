/* c-ares opens its own sockets and says which of them it wants watched (sock_state); the loop says when they are ready
 * or when time is up, and ares_process_fd does the rest. Replies come out of ares_process_fd, or out of
 * ares_getaddrinfo itself when nothing could even be sent. From inside those c-ares must not be called again, so all
 * that a callback of c-ares does here is to fill in a reply or to change a watch; what must call it back goes through
 * the loop. */
#include "http/resolver_channel.h"

#include <ares.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/container.h"
#include "base/error.h"
#include "base/log.h"
#include "http/resolver_servers.h"

enum {
    TRIES = 3,             /* of each server; each waits twice as long as the one before */
    WAITS_IN_PATIENCE = 8, /* 1 + 2 + 4 first waits, and one to spare */
    LONGEST_WAIT = 60000   /* milliseconds, for the first */
};

struct resolver_channel {
    struct loop *loop;
    ares_channel ares;
    struct loop_timer timer;      /* the next time-out of c-ares */
    struct loop_callback rearm;   /* sets `timer` anew */
    struct loop_callback give_up; /* fails all questions with `failure` */
    struct list sockets;          /* every `struct socket`, watched or spare */
    int failure;                  /* why a socket could not be watched */
};

/* A socket of c-ares, or a spare one while nothing is watched. Spares are kept, because c-ares closes sockets while
 * their watch's callback runs. */
struct socket {
    struct list_node node;
    struct resolver_channel *channel;
    struct loop_watch watch;
};

static void process(struct resolver_channel *channel, ares_socket_t readable, ares_socket_t writable)
{
    ares_process_fd(channel->ares, readable, writable);
    loop_call_soon(channel->loop, &channel->rearm);
}

static void socket_ready(void *context, int fd, unsigned ready)
{
    struct socket *socket = context;
    process(socket->channel, ready & SELECTOR_READ ? fd : ARES_SOCKET_BAD,
            ready & SELECTOR_WRITE ? fd : ARES_SOCKET_BAD);
}

static void time_up(void *context)
{
    process(context, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

/* ares_timeout walks over all questions: once a pass is enough for any number of them. */
static void set_timer(void *context)
{
    struct resolver_channel *channel = context;
    struct timeval left;
    nanoseconds deadline = NEVER;
    /* c-ares counts in milliseconds, cut off: one more, or the loop would spin through the last one. */
    if (ares_timeout(channel->ares, NULL, &left))
        deadline = clock_after(SECONDS(left.tv_sec) + MICROSECONDS(left.tv_usec) + MILLISECONDS(1));
    loop_call_at(channel->loop, &channel->timer, deadline);
}

static void cancel_all(void *context)
{
    struct resolver_channel *channel = context;
    ares_cancel(channel->ares);
    channel->failure = 0;
    loop_call_soon(channel->loop, &channel->rearm);
}

static struct socket *socket_create(struct resolver_channel *channel)
{
    struct socket *socket = calloc(1, sizeof *socket);
    if (!socket)
        return NULL;
    socket->channel = channel;
    loop_watch_init(&socket->watch, socket_ready, socket);
    list_node_init(&socket->node);
    list_append(&channel->sockets, &socket->node);
    return socket;
}

/* The socket that watches `fd`; else a spare one; else NULL. */
static struct socket *socket_find(const struct resolver_channel *channel, int fd)
{
    struct socket *spare = NULL;
    list_for_each(node, &channel->sockets)
    {
        struct socket *socket = container_of(node, struct socket, node);
        if (!socket->watch.interest)
            spare = socket;
        else if (socket->watch.fd == fd)
            return socket;
    }
    return spare;
}

static int watch(struct resolver_channel *channel, int fd, unsigned interest)
{
    struct socket *socket = socket_find(channel, fd);
    if (!socket)
        socket = socket_create(channel);
    return socket ? loop_watch_fd(channel->loop, &socket->watch, fd, interest) : ERR_NO_MEMORY;
}

/* c-ares wants `fd` watched, or is about to close it. It can't be told of a failure here: without the watch, its
 * questions would wait for nothing, so they are ended as soon as it may be called again. */
static void sock_state(void *context, ares_socket_t fd, int readable, int writable)
{
    struct resolver_channel *channel = context;
    unsigned interest = (readable ? SELECTOR_READ : 0U) | (writable ? SELECTOR_WRITE : 0U);
    if (!interest) {
        struct socket *socket = socket_find(channel, fd);
        if (socket)
            loop_unwatch(channel->loop, &socket->watch);
        return;
    }
    int err = watch(channel, fd, interest);
    if (!err)
        return;
    log_warning("can't watch a socket to a name server: %s", error_text(err));
    channel->failure = err;
    loop_call_soon(channel->loop, &channel->give_up);
}

static int error_from_ares(int status)
{
    switch (status) {
    case ARES_SUCCESS:
        return 0;
    case ARES_ENOMEM:
        return ERR_NO_MEMORY;
    default:
        return ERR_SYSTEM;
    }
}

static int apply_servers(struct resolver_channel *channel, const char *servers)
{
    struct ares_addr_port_node *nodes = NULL;
    int err = resolver_servers_parse(servers, &nodes);
    if (err)
        return err;
    err = error_from_ares(ares_set_servers_ports(channel->ares, nodes));
    free(nodes);
    return err;
}

/* How long c-ares waits for the first try, in milliseconds. */
static int first_wait(nanoseconds patience)
{
    nanoseconds wait = patience / WAITS_IN_PATIENCE / MILLISECONDS(1) + 1;
    return (int)(wait < LONGEST_WAIT ? wait : LONGEST_WAIT);
}

static int open_ares(struct resolver_channel *channel, nanoseconds patience)
{
    /* Names in URLs are absolute. 1.18 goes through the search domains whatever ARES_FLAG_NOSEARCH says: so there are
     * none. */
    struct ares_options options = {
        .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
        .timeout = first_wait(patience),
        .tries = TRIES,
        .ndomains = 0,
        .lookups = (char[]){"b"},
        .sock_state_cb = sock_state,
        .sock_state_cb_data = channel,
    };
    int given = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_DOMAINS | ARES_OPT_LOOKUPS |
                ARES_OPT_SOCK_STATE_CB;
    return error_from_ares(ares_init_options(&channel->ares, &options, given));
}

static void channel_init(struct resolver_channel *channel, struct loop *loop)
{
    channel->loop = loop;
    loop_timer_init(&channel->timer, time_up, channel);
    loop_callback_init(&channel->rearm, set_timer, channel);
    loop_callback_init(&channel->give_up, cancel_all, channel);
    list_init(&channel->sockets);
}

int resolver_channel_create(struct resolver_channel **out, struct loop *loop, const char *servers, nanoseconds patience)
{
    struct resolver_channel *channel = calloc(1, sizeof *channel);
    if (!channel)
        return ERR_NO_MEMORY;
    channel_init(channel, loop);
    int err = error_from_ares(ares_library_init(ARES_LIB_INIT_ALL));
    if (err)
        goto free_channel;
    err = open_ares(channel, patience);
    if (err)
        goto clean_library;
    err = servers ? apply_servers(channel, servers) : 0;
    if (err)
        goto destroy_ares;
    *out = channel;
    return 0;

destroy_ares:
    ares_destroy(channel->ares);
clean_library:
    ares_library_cleanup();
free_channel:
    free(channel);
    return err;
}

void resolver_channel_free(struct resolver_channel *channel)
{
    if (!channel)
        return;
    ares_destroy(channel->ares);
    ares_library_cleanup();
    loop_timer_cancel(channel->loop, &channel->timer);
    loop_callback_cancel(&channel->rearm);
    loop_callback_cancel(&channel->give_up);
    list_for_each(node, &channel->sockets)
    {
        struct socket *socket = container_of(node, struct socket, node);
        loop_unwatch(channel->loop, &socket->watch);
        free(socket);
    }
    free(channel);
}

/* Whether a socket can't be opened now for want of descriptors: c-ares calls that a connection refused. */
static bool is_out_of_files(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0)
        return errno == EMFILE || errno == ENFILE;
    close(fd);
    return false;
}

static int error_of_reply(const struct resolver_channel *channel, int status)
{
    switch (status) {
    case ARES_SUCCESS:
        return 0;
    case ARES_ENODATA:
    case ARES_ENOTFOUND:
    case ARES_ENONAME:
    case ARES_EBADNAME:
        return ERR_NAME_NOT_FOUND;
    case ARES_ETIMEOUT:
        return ERR_NAME_TIMED_OUT;
    case ARES_ENOMEM:
        return ERR_NO_MEMORY;
    case ARES_EDESTRUCTION:
        return ERR_CANCELLED;
    case ARES_ECANCELLED: /* only cancel_all does that */
        return channel->failure;
    case ARES_ECONNREFUSED:
        return is_out_of_files() ? ERR_TOO_MANY_FILES : ERR_NAME_FAILED;
    default:
        return ERR_NAME_FAILED;
    }
}

static void take_address(struct resolver_ask *ask, const struct ares_addrinfo_node *node)
{
    if (node->ai_family != ask->family || ask->count == RESOLVER_MAX_ADDRESSES)
        return;
    struct resolver_address *address = &ask->addresses[ask->count++];
    *address = (struct resolver_address){.family = node->ai_family};
    if (node->ai_family == AF_INET)
        memcpy(address->bytes, &((struct sockaddr_in *)(void *)node->ai_addr)->sin_addr, sizeof(struct in_addr));
    else
        memcpy(address->bytes, &((struct sockaddr_in6 *)(void *)node->ai_addr)->sin6_addr, sizeof(struct in6_addr));
}

static void lower_ttl(struct resolver_ask *ask, int ttl)
{
    /* One with the top bit set counts as zero (RFC 2181, section 8). */
    uint32_t seconds = ttl > 0 ? (uint32_t)ttl : 0;
    if (seconds < ask->ttl)
        ask->ttl = seconds;
}

static void take_records(struct resolver_ask *ask, const struct ares_addrinfo *records)
{
    ask->ttl = UINT32_MAX;
    for (const struct ares_addrinfo_cname *cname = records->cnames; cname; cname = cname->next)
        lower_ttl(ask, cname->ttl);
    for (const struct ares_addrinfo_node *node = records->nodes; node; node = node->ai_next) {
        lower_ttl(ask, node->ai_ttl);
        take_address(ask, node);
    }
}

static void take_reply(void *context, int status, int timeouts, struct ares_addrinfo *records)
{
    (void)timeouts;
    struct resolver_ask *ask = context;
    ask->pending = false;
    ask->error = error_of_reply(ask->channel, status);
    if (records) {
        take_records(ask, records);
        ares_freeaddrinfo(records);
    }
    if (!ask->error && ask->count == 0)
        ask->error = ERR_NAME_NOT_FOUND;
    ask->reply(ask->context);
}

void resolver_channel_ask(struct resolver_channel *channel, struct resolver_ask *ask, const char *name)
{
    ask->channel = channel;
    ask->pending = true;
    ask->count = 0;
    struct ares_addrinfo_hints hints = {.ai_family = ask->family, .ai_flags = ARES_AI_NOSORT};
    ares_getaddrinfo(channel->ares, name, NULL, &hints, take_reply, ask);
    loop_call_soon(channel->loop, &channel->rearm);
}
