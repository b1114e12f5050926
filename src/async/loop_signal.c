/* Signals as events of the loop, by a pipe to oneself.
 *
 * A handler may do next to nothing: ours counts the signal and writes a byte to a pipe whose other end the loop watches
 * like any descriptor. The count is the truth and the byte only wakes: a full pipe loses nothing, and a byte that a
 * forked child wrote into the pipe which it shares with us tells nothing false. Dispositions belong to the process, so
 * the state does too; the pipe exists while any signal is watched. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "async/loop.h"
#include "base/error.h"

static struct {
    struct loop *loop; /* NULL: no signal is watched */
    struct list signals;
    struct loop_watch watch;
    int read_fd;
    int write_fd;
    struct sigaction earlier[NSIG];
    unsigned watchers[NSIG];
} state;

/* Signals that came in and were not told yet. Lock-free atomics are safe in a handler. */
static atomic_uint arrived[NSIG];

static void on_signal(int number)
{
    int saved = errno;
    atomic_fetch_add(&arrived[number], 1);
    ssize_t ignored = write(state.write_fd, "", 1);
    (void)ignored;
    errno = saved;
}

/* Runs all that watch `number`, once. Any of them may stop any other, or start new ones, which are not run. */
static void tell(int number)
{
    struct list rest;
    list_init(&rest);
    list_splice(&rest, &state.signals);
    for (struct list_node *node; (node = list_pop(&rest));) {
        list_append(&state.signals, node);
        struct loop_signal *signal = container_of(node, struct loop_signal, node);
        if (signal->number == number)
            signal->run(signal->context, number);
    }
}

static void on_readable(void *context, int fd, unsigned ready)
{
    (void)context;
    (void)ready;
    char bytes[256];
    while (read(fd, bytes, sizeof bytes) > 0)
        ;
    for (int number = 1; number < NSIG; number++)
        for (unsigned times = atomic_exchange(&arrived[number], 0); times; times--)
            tell(number);
}

static int make_private(int fd)
{
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 || fcntl(fd, F_SETFL, O_NONBLOCK) == -1)
        return error_from_errno(errno);
    return 0;
}

static int open_pipe(struct loop *loop)
{
    int ends[2];
    if (pipe(ends) == -1)
        return error_from_errno(errno);
    int err = make_private(ends[0]);
    if (!err)
        err = make_private(ends[1]);
    if (err)
        goto close_ends;
    loop_watch_init(&state.watch, on_readable, NULL);
    err = loop_watch_fd(loop, &state.watch, ends[0], SELECTOR_READ);
    if (err)
        goto close_ends;
    list_init(&state.signals);
    state.read_fd = ends[0];
    state.write_fd = ends[1];
    state.loop = loop;
    return 0;

close_ends:
    close(ends[1]);
    close(ends[0]);
    return err;
}

static void close_pipe(struct loop *loop)
{
    loop_unwatch(loop, &state.watch);
    close(state.write_fd);
    close(state.read_fd);
    state.loop = NULL;
}

static int catch_signal(int number)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    atomic_store(&arrived[number], 0);
    if (sigaction(number, &action, &state.earlier[number]) == -1)
        return error_from_errno(errno);
    return 0;
}

void loop_signal_init(struct loop_signal *signal, void (*run)(void *context, int number), void *context)
{
    *signal = (struct loop_signal){.run = run, .context = context};
    list_node_init(&signal->node);
}

int loop_watch_signal(struct loop *loop, struct loop_signal *signal, int number)
{
    assert(!list_is_linked(&signal->node));
    if (number <= 0 || number >= NSIG)
        return ERR_INVALID;
    if (state.loop && state.loop != loop)
        return ERR_ALREADY_REGISTERED;
    bool first = !state.loop;
    int err = first ? open_pipe(loop) : 0;
    if (err)
        return err;
    err = state.watchers[number] ? 0 : catch_signal(number);
    if (err) {
        if (first)
            close_pipe(loop);
        return err;
    }
    state.watchers[number]++;
    signal->number = number;
    list_append(&state.signals, &signal->node);
    return 0;
}

void loop_unwatch_signal(struct loop *loop, struct loop_signal *signal)
{
    if (!list_is_linked(&signal->node))
        return;
    assert(loop == state.loop);
    list_remove(&signal->node);
    if (--state.watchers[signal->number])
        return;
    /* Only for a number that is no signal could this fail. */
    (void)sigaction(signal->number, &state.earlier[signal->number], NULL);
    for (int number = 1; number < NSIG; number++)
        if (state.watchers[number])
            return;
    close_pipe(loop);
}
