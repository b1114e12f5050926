/* Fetches one page with callbacks.
 *
 * The loop tells when the socket can do something, and a callback does it. Between two callbacks nothing of ours is on
 * the stack: what must outlive a callback is kept in the fetcher, and the order of events is spread over as many
 * functions as there are waits. Compare fetch_coroutine.c, which does the same in one. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "async/future.h"
#include "async/loop.h"
#include "base/error.h"
#include "examples/connection.h"

enum { RESPONSE_LIMIT = 16 * 1024 * 1024 };

struct fetcher {
    struct loop *loop;
    struct loop_watch watch;
    const char *address;
    const char *port;
    const char *path;
    int fd;
    struct buf response;
    struct future page; /* complete when `response` is */
};

static void connected(void *context, int fd, unsigned ready);
static void read_response(void *context, int fd, unsigned ready);

static void finish(struct fetcher *self, int err)
{
    loop_unwatch(self->loop, &self->watch);
    close(self->fd);
    if (err)
        future_set_error(&self->page, err);
    else
        future_set_result(&self->page, &self->response);
}

/* Step 1: begin to connect. The socket becomes writable when that has ended. */
static void fetch(struct fetcher *self)
{
    self->fd = connection_open(self->address, self->port);
    if (self->fd < 0) {
        future_set_error(&self->page, self->fd);
        return;
    }
    loop_watch_init(&self->watch, connected, self);
    int err = loop_watch_fd(self->loop, &self->watch, self->fd, SELECTOR_WRITE);
    if (err)
        finish(self, err);
}

/* Step 2: send the request, and wait for the response to come in. */
static void connected(void *context, int fd, unsigned ready)
{
    (void)ready;
    struct fetcher *self = context;
    loop_unwatch(self->loop, &self->watch);
    int err = connection_result(fd);
    if (!err)
        err = connection_send_request(fd, self->address, self->path);
    loop_watch_init(&self->watch, read_response, self);
    if (!err)
        err = loop_watch_fd(self->loop, &self->watch, fd, SELECTOR_READ);
    if (err)
        finish(self, err);
}

/* Step 3, again and again: take what is there, until the end. */
static void read_response(void *context, int fd, unsigned ready)
{
    (void)ready;
    struct fetcher *self = context;
    ssize_t count = connection_read(fd, &self->response);
    if (count <= 0)
        finish(self, (int)count);
}

static int fetch_page(struct fetcher *self)
{
    int err = loop_create(&self->loop, NULL);
    if (err)
        return err;
    buf_init(&self->response, RESPONSE_LIMIT);
    future_init(&self->page, self->loop, "page");
    fetch(self);
    err = loop_run_until_complete(self->loop, &self->page);
    if (!err)
        err = future_result(&self->page, NULL);
    if (!err)
        fwrite(self->response.data, 1, self->response.length, stdout);
    future_destroy(&self->page);
    buf_free(&self->response);
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
