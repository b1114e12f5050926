/* Fetches one page with a coroutine.
 *
 * The same loop and the same callbacks as in fetch_callbacks.c, but there is only one of them, and all that it does is
 * to complete a future. The task waits for that future where the callback version would have returned and hoped to be
 * called again; its stack stays. So fetch() reads like a program that blocks, and does not. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "async/future.h"
#include "async/loop.h"
#include "async/task.h"
#include "base/error.h"
#include "examples/connection.h"

enum { RESPONSE_LIMIT = 16 * 1024 * 1024 };

struct fetcher {
    struct loop *loop;
    const char *address;
    const char *port;
    const char *path;
    struct buf response;
};

/* The one callback: what was waited for has come. */
static void complete(void *context, int fd, unsigned ready)
{
    (void)fd;
    (void)ready;
    struct future *readiness = context;
    if (!future_is_complete(readiness))
        future_set_result(readiness, NULL);
}

/* Lets everybody else run until `fd` is ready. */
static int wait_until_ready(struct loop *loop, int fd, unsigned interest)
{
    struct future readiness;
    struct loop_watch watch;
    future_init(&readiness, loop, "readiness");
    loop_watch_init(&watch, complete, &readiness);
    int err = loop_watch_fd(loop, &watch, fd, interest);
    if (!err)
        err = await(&readiness, NULL);
    loop_unwatch(loop, &watch);
    future_destroy(&readiness);
    return err;
}

static int read_all(struct fetcher *self, int fd)
{
    for (;;) {
        int err = wait_until_ready(self->loop, fd, SELECTOR_READ);
        if (err)
            return err;
        ssize_t count = connection_read(fd, &self->response);
        if (count <= 0)
            return (int)count;
    }
}

/* The task: connect, ask, read. */
static int fetch(void *argument)
{
    struct fetcher *self = argument;
    int fd = connection_open(self->address, self->port);
    if (fd < 0)
        return fd;
    int err = wait_until_ready(self->loop, fd, SELECTOR_WRITE);
    if (!err)
        err = connection_result(fd);
    if (!err)
        err = connection_send_request(fd, self->address, self->path);
    if (!err)
        err = read_all(self, fd);
    close(fd);
    return err;
}

/* Runs a loop with that one task. */
static int fetch_page(struct fetcher *self)
{
    int err = loop_create(&self->loop, NULL);
    if (err)
        return err;
    struct task *task = NULL;
    err = task_create(&task, self->loop, "fetch", fetch, self);
    if (err)
        goto free_loop;
    buf_init(&self->response, RESPONSE_LIMIT);
    err = loop_run_until_complete(self->loop, task_future(task));
    if (!err)
        err = future_result(task_future(task), NULL);
    if (!err)
        fwrite(self->response.data, 1, self->response.length, stdout);
    buf_free(&self->response);
    task_free(task);

free_loop:
    loop_free(self->loop);
    return err;
}

int main(int argc, char *argv[])
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s ADDRESS PORT PATH\n", argv[0]);
        return EXIT_FAILURE;
    }
    struct fetcher fetcher = {.address = argv[1], .port = argv[2], .path = argv[3]};
    int err = fetch_page(&fetcher);
    if (err)
        fprintf(stderr, "%s: %s\n", argv[3], error_text(err));
    return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
