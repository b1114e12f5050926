/* How libcurl and the loop fit together.
 *
 * libcurl's multi_socket interface is a state machine without a poller. It has two callbacks. on_socket says "watch
 * this socket for reading, writing, both, or no more"; on_timer says "call me in so many milliseconds" (0: as soon as
 * you can; -1: never mind). The other way round, curl_multi_socket_action tells it that a socket is ready or that the
 * time has come, and everything happens in there: connecting, TLS, parsing, the transfer's own callbacks.
 *
 * Several rules were learnt the hard way by others:
 * - Nothing of libcurl may be called from on_socket, on_timer or a transfer's callbacks. on_timer therefore only moves
 *   a timer of the loop, which fires in a later pass even for 0 ms.
 * - "No more" does not mean that the socket is closed: mostly its connection lies idle, and comes back with the next
 *   transfer. So its watch rests, until the socket is closed or something comes from the other side. Nor does it mean
 *   that the socket is still open: it may come late, and not every socket is closed by on_close. So whatever is known
 *   of the last socket that had its number is forgotten when one is opened.
 * - After each action the finished transfers must be fetched by curl_multi_info_read, and a message is gone with the
 *   handle's removal: the result is copied before.
 * - Callbacks still come during curl_multi_cleanup, so that what they need is freed after it.
 * - When socket_action itself fails, the state of all transfers is unknown. For want of memory it leaves its work half
 *   done (a socket that nobody watches): its transfers are removed and it is given up. After anything else there is
 *   nothing to go on with. */
#include "http/multi.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"

struct multi {
    struct loop *loop;
    CURLM *handle; /* NULL from when it failed to when it is needed */
    unsigned max_connections;
    long transfers;
    long idle; /* most connections kept beside theirs */
    struct loop_timer timer;
    struct list sockets;
    struct multi_events events;
};

/* A socket of libcurl's that is watched, or was and lies idle. */
struct socket_watch {
    struct multi *multi;
    struct list_node node;
    struct loop_watch watch;
};

/* libcurl counts all connections, those of the transfers included: beyond its limit each transfer that ends costs one
 * of the idle ones and a search among all. */
static void apply_limit(struct multi *multi)
{
    curl_multi_setopt(multi->handle, CURLMOPT_MAXCONNECTS, multi->transfers + multi->idle);
}

/* Takes a transfer out of libcurl. */
static void take_out(struct multi *multi, CURL *easy)
{
    curl_multi_remove_handle(multi->handle, easy);
    multi->transfers--;
    apply_limit(multi);
}

static void drain(struct multi *multi)
{
    int left;
    const CURLMsg *message;
    while ((message = curl_multi_info_read(multi->handle, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        take_out(multi, easy);
        multi->events.done(multi->events.context, easy, result);
    }
}

static void forget_socket(struct socket_watch *socket)
{
    loop_unwatch(socket->multi->loop, &socket->watch);
    list_remove(&socket->node);
    free(socket);
}

/* Callbacks still come. */
static void close_handle(struct multi *multi)
{
    curl_multi_cleanup(multi->handle);
    multi->handle = NULL;
    list_for_each(node, &multi->sockets)
    {
        forget_socket(container_of(node, struct socket_watch, node));
    }
    loop_timer_cancel(multi->loop, &multi->timer);
}

/* libcurl 7.88 that lacked memory for a socket's table of transfers leaves one of no size behind, and divides by that
 * when the descriptor comes back: such a handle is not used again. */
static void lose_all(struct multi *multi)
{
    multi->events.failed(multi->events.context, multi);
    close_handle(multi);
}

static void act(struct multi *multi, curl_socket_t socket, int ready)
{
    int running;
    CURLMcode code = curl_multi_socket_action(multi->handle, socket, ready, &running);
    if (code != CURLM_OK && code != CURLM_OUT_OF_MEMORY) {
        log_error("libcurl failed: %s", curl_multi_strerror(code));
        abort();
    }
    drain(multi);
    if (code != CURLM_OK)
        lose_all(multi);
}

static void on_ready(void *context, int fd, unsigned ready)
{
    struct socket_watch *socket = context;
    if (!ready) {
        forget_socket(socket);
        return;
    }
    int action = (ready & SELECTOR_READ ? CURL_CSELECT_IN : 0) | (ready & SELECTOR_WRITE ? CURL_CSELECT_OUT : 0);
    act(socket->multi, fd, action);
}

static void on_due(void *context)
{
    act(context, CURL_SOCKET_TIMEOUT, 0);
}

static struct socket_watch *new_socket(struct multi *multi)
{
    struct socket_watch *socket = malloc(sizeof *socket);
    if (!socket)
        return NULL;
    socket->multi = multi;
    list_node_init(&socket->node);
    list_append(&multi->sockets, &socket->node);
    loop_watch_init(&socket->watch, on_ready, socket);
    return socket;
}

/* The watch of a socket of libcurl's, or of one that had its number; NULL for none. */
static struct socket_watch *watch_of(const struct loop *loop, curl_socket_t fd)
{
    struct loop_watch *watch = loop_watch_of(loop, fd);
    return watch && watch->run == on_ready ? container_of(watch, struct socket_watch, watch) : NULL;
}

/* Gives libcurl a watch for a socket that it wants watched again, or for the first time. */
static struct socket_watch *assign_watch(struct multi *multi, curl_socket_t fd)
{
    struct socket_watch *socket = watch_of(multi->loop, fd);
    if (!socket || socket->multi != multi)
        socket = new_socket(multi);
    if (socket)
        curl_multi_assign(multi->handle, fd, socket);
    return socket;
}

/* Those of connections that wait for nothing but an answer may come back. One that is being opened doesn't. */
static void let_rest(struct socket_watch *socket)
{
    if (socket->watch.interest == SELECTOR_READ)
        loop_rest(socket->multi->loop, &socket->watch);
    else
        forget_socket(socket);
}

/* libcurl's CURLMOPT_SOCKETFUNCTION. Its -1 would give all transfers up, and so one that can't be watched is left to
 * run into its limit instead. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *assigned)
{
    struct multi *multi = context;
    struct socket_watch *socket = assigned;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (socket)
            let_rest(socket);
        return 0;
    }
    if (!socket && !(socket = assign_watch(multi, fd))) {
        log_error("cannot watch a socket: %s", error_text(ERR_NO_MEMORY));
        return 0;
    }
    unsigned interest = (what & CURL_POLL_IN ? SELECTOR_READ : 0) | (what & CURL_POLL_OUT ? SELECTOR_WRITE : 0);
    int err = loop_watch_fd(multi->loop, &socket->watch, fd, interest);
    if (err)
        log_error("cannot watch a socket: %s", error_text(err));
    return 0;
}

/* What is known of a socket that had the number and is closed. */
static void leave_socket(struct loop *loop, curl_socket_t fd)
{
    struct socket_watch *socket = watch_of(loop, fd);
    if (socket && socket->watch.is_resting)
        forget_socket(socket);
    else if (socket)
        loop_unwatch(loop, &socket->watch); /* libcurl has yet to say "no more" */
}

/* libcurl's CURLOPT_CLOSESOCKETFUNCTION. */
static int on_close(void *context, curl_socket_t fd)
{
    const struct multi *multi = context;
    leave_socket(multi->loop, fd);
    return close(fd);
}

void multi_socket_opened(struct loop *loop, curl_socket_t fd)
{
    leave_socket(loop, fd);
}

/* libcurl's CURLMOPT_TIMERFUNCTION. */
static int on_timer(CURLM *handle, long milliseconds, void *context)
{
    struct multi *multi = context;
    (void)handle;
    loop_call_at(multi->loop, &multi->timer, milliseconds < 0 ? NEVER : clock_after(MILLISECONDS(milliseconds)));
    return 0;
}

static int open_handle(struct multi *multi)
{
    multi->handle = curl_multi_init();
    if (!multi->handle)
        return ERR_NO_MEMORY;
    curl_multi_setopt(multi->handle, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi->handle, CURLMOPT_SOCKETDATA, multi);
    curl_multi_setopt(multi->handle, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi->handle, CURLMOPT_TIMERDATA, multi);
    curl_multi_setopt(multi->handle, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi->handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)multi->max_connections);
    apply_limit(multi);
    return 0;
}

int multi_create(struct multi **out, struct loop *loop, unsigned max_connections, const struct multi_events *events)
{
    struct multi *multi = calloc(1, sizeof *multi);
    if (!multi)
        return ERR_NO_MEMORY;
    multi->loop = loop;
    multi->max_connections = max_connections;
    multi->idle = 1;
    multi->events = *events;
    list_init(&multi->sockets);
    loop_timer_init(&multi->timer, on_due, multi);
    int err = open_handle(multi);
    if (err) {
        free(multi);
        return err;
    }
    *out = multi;
    return 0;
}

void multi_free(struct multi *multi)
{
    if (!multi)
        return;
    close_handle(multi);
    free(multi);
}

void multi_limit_idle(struct multi *multi, long most)
{
    multi->idle = most;
}

int multi_add(struct multi *multi, CURL *easy)
{
    int err = multi->handle ? 0 : open_handle(multi);
    if (err)
        return err;
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, multi);
    CURLMcode code = curl_multi_add_handle(multi->handle, easy);
    if (code != CURLM_OK)
        return code == CURLM_OUT_OF_MEMORY ? ERR_NO_MEMORY : ERR_INVALID;
    multi->transfers++;
    apply_limit(multi);
    return 0;
}

void multi_remove(struct multi *multi, CURL *easy)
{
    take_out(multi, easy);
}
