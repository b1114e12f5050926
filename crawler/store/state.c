#include "store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "store/state_lock.h"
#include "store/state_writer.h"

enum { SEND_AT = 64 * 1024, FULL_AT = 8 << 20, LARGEST_STREAM = 512 << 20, LARGEST_POSITION = 64 * 1024 };

static const nanoseconds SEND_AFTER = MILLISECONDS(100);

struct state {
    char *path;
    struct state_lock lock;
    int socket;
    pid_t writer;
    struct buf stream; /* from `sent` on it is to be sent */
    size_t sent;
    int error; /* with which writing failed */
    bool was_full;
    struct loop *loop; /* NULL as long as it is not attached */
    struct loop_watch watch;
    struct loop_timer soon;
    struct state_listener listener;
};

static int fail(struct state *state, int error, const char *words)
{
    if (state->error)
        return state->error;
    log_error("%s: %s%s%s", state->path, error_text(error), words[0] ? ": " : "", words);
    state->error = error;
    if (state->loop) {
        loop_unwatch(state->loop, &state->watch);
        state->listener.failed(state->listener.context, error);
    }
    return error;
}

/* --- the writer --------------------------------------------------------------------------------------------------- */

enum { MOST_CLOSED = 4096 };

/* Closes the descriptors from `first` up to but without `end`. */
static void close_between(int first, int end)
{
#ifdef CLOSE_RANGE_UNSHARE
    if (first >= end || close_range((unsigned)first, (unsigned)end - 1, 0) == 0)
        return;
#endif
    for (int fd = first; fd < end; fd++)
        close(fd);
}

/* The writer has nothing of the crawl's but its socket and the lock. */
static void close_others(const struct state *state, int socket)
{
    long most = sysconf(_SC_OPEN_MAX);
    int end = most > 0 && most < MOST_CLOSED ? (int)most : MOST_CLOSED;
    int low = socket < state->lock.descriptor ? socket : state->lock.descriptor;
    int high = socket < state->lock.descriptor ? state->lock.descriptor : socket;
    int null = open("/dev/null", O_RDWR);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && null >= 0; fd++)
        dup2(null, fd);
    close_between(STDERR_FILENO + 1, low);
    close_between(low + 1, high);
    close_between(high + 1, end);
}

static int start_writer(struct state *state, void (*confine)(const char *path))
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
        return error_from_errno(errno);
    state->writer = fork();
    if (state->writer == 0) {
        close_others(state, sockets[1]);
        if (confine)
            confine(state->path);
        _exit(state_writer_run(state->path, sockets[1]));
    }
    int err = state->writer < 0 ? error_from_errno(errno) : 0;
    close(sockets[1]);
    state->socket = sockets[0];
    return err;
}

/* Takes the next answer, waiting for it. Returns 0, or the error with which writing failed. */
static int take_answer(struct state *state, enum writer_answer_kind wanted)
{
    struct writer_answer answer;
    ssize_t got;
    do
        got = recv(state->socket, &answer, sizeof answer, MSG_WAITALL);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof answer)
        return fail(state, ERR_CLOSED, "the process that writes it has died");
    answer.text[sizeof answer.text - 1] = '\0';
    if (answer.kind == WRITER_FAILED)
        return fail(state, answer.error, answer.text);
    return answer.kind == wanted ? 0 : fail(state, ERR_PROTOCOL, "");
}

static int take_lock(struct state *state)
{
    pid_t owner;
    int err = state_lock_take(&state->lock, state->path, &owner);
    if (err == ERR_RUNNING)
        log_error("%s: in use by process %ld", state->path, (long)owner);
    else if (err)
        log_error("%s.lock: %s", state->path, error_text(err));
    return err;
}

static int tell(const char *path, int err)
{
    log_error("%s: %s", path, error_text(err));
    return err;
}

int state_open(struct state **out, const char *path, void (*confine)(const char *path))
{
    struct state *state = calloc(1, sizeof *state);
    if (!state)
        return tell(path, ERR_NO_MEMORY);
    state->lock.descriptor = state->socket = -1;
    buf_init(&state->stream, LARGEST_STREAM);
    state->path = strdup(path);
    int err = state->path ? take_lock(state) : tell(path, ERR_NO_MEMORY);
    if (!err && (err = start_writer(state, confine)))
        tell(path, err);
    if (!err)
        err = take_answer(state, WRITER_READY);
    if (err) {
        state_close(state);
        return err;
    }
    *out = state;
    return 0;
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

static size_t waiting(const struct state *state)
{
    return state->stream.length - state->sent;
}

int state_note_archive(struct state *state, const struct archive_position *position)
{
    struct buf text;
    buf_init(&text, LARGEST_POSITION);
    int err = archive_position_append(position, &text);
    if (!err)
        err = state_send(state, &(struct journal_entry){
                                    .kind = JOURNAL_NOTE, .text = SLICE(ARCHIVE_NOTE), .more = buf_slice(&text)});
    buf_free(&text);
    return err;
}

bool state_is_full(const struct state *state)
{
    return waiting(state) >= FULL_AT;
}

/* What the writer has to say about it when it is gone, or is told so, comes first. */
static int fail_to_send(struct state *state, int number)
{
    if (number != EPIPE && number != ECONNRESET)
        return fail(state, error_from_errno(number), "");
    shutdown(state->socket, SHUT_WR);
    return take_answer(state, WRITER_FAILED);
}

/* Sends what the socket takes at once. */
static int send_some(struct state *state)
{
    while (waiting(state) && !state->error) {
        ssize_t sent =
            send(state->socket, state->stream.data + state->sent, waiting(state), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (sent < 0)
            return fail_to_send(state, errno);
        state->sent += (size_t)sent;
    }
    if (state->sent == state->stream.length) {
        buf_clear(&state->stream);
        state->sent = 0;
    } else if (state->sent >= FULL_AT) {
        memmove(state->stream.data, state->stream.data + state->sent, waiting(state));
        state->stream.length -= state->sent;
        state->sent = 0;
    }
    return state->error;
}

static void tell_of_room(struct state *state)
{
    bool is_full = state_is_full(state);
    if (state->was_full && !is_full)
        state->listener.has_room(state->listener.context);
    state->was_full = is_full;
}

/* Sends, and waits for what is left until the socket takes it. */
static void send_and_watch(struct state *state)
{
    send_some(state);
    if (state->error)
        return;
    unsigned interest = SELECTOR_READ | (waiting(state) ? SELECTOR_WRITE : 0);
    if (interest != state->watch.interest) {
        int err = loop_watch_fd(state->loop, &state->watch, state->socket, interest);
        if (err)
            fail(state, err, "");
    }
    tell_of_room(state);
}

static void on_ready(void *context, int fd, unsigned ready)
{
    struct state *state = context;
    (void)fd;
    if (ready & SELECTOR_READ)
        take_answer(state, WRITER_FAILED);
    else
        send_and_watch(state);
}

static void on_time(void *context)
{
    send_and_watch(context);
}

int state_attach(struct state *state, struct loop *loop, const struct state_listener *listener)
{
    loop_watch_init(&state->watch, on_ready, state);
    loop_timer_init(&state->soon, on_time, state);
    state->listener = *listener;
    int err = loop_watch_fd(loop, &state->watch, state->socket, SELECTOR_READ);
    if (!err)
        state->loop = loop;
    return err;
}

int state_send(struct state *state, const struct journal_entry *entry)
{
    if (state->error)
        return state->error;
    int err = journal_append(&state->stream, entry);
    if (err)
        return fail(state, err, "");
    if (!state->loop)
        return 0;
    if (waiting(state) >= SEND_AT && !(state->watch.interest & SELECTOR_WRITE))
        send_and_watch(state);
    else if (!loop_timer_is_scheduled(&state->soon))
        loop_call_at(state->loop, &state->soon, clock_after(SEND_AFTER));
    return state->error;
}

/* Sends all, waiting for the writer. */
static int send_all(struct state *state)
{
    while (waiting(state) && !state->error) {
        struct pollfd ready = {.fd = state->socket, .events = POLLOUT | POLLIN};
        if (poll(&ready, 1, -1) < 0 && errno != EINTR)
            return fail(state, error_from_errno(errno), "");
        if (ready.revents & (POLLIN | POLLERR | POLLHUP))
            return take_answer(state, WRITER_FAILED);
        send_some(state);
    }
    return state->error;
}

static void detach(struct state *state)
{
    if (!state->loop)
        return;
    loop_unwatch(state->loop, &state->watch);
    loop_timer_cancel(state->loop, &state->soon);
    state->loop = NULL;
}

int state_wait(struct state *state)
{
    int err = state_send(state, &(struct journal_entry){.kind = JOURNAL_FINISH});
    if (!err)
        err = send_all(state);
    return err ? err : take_answer(state, WRITER_FINISHED);
}

int state_finish(struct state *state)
{
    detach(state);
    return state_wait(state);
}

void state_close(struct state *state)
{
    if (!state)
        return;
    detach(state);
    if (state->socket >= 0)
        close(state->socket);
    while (state->writer > 0 && waitpid(state->writer, NULL, 0) < 0 && errno == EINTR)
        continue;
    state_lock_release(&state->lock);
    buf_free(&state->stream);
    free(state->path);
    free(state);
}
