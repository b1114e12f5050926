/* Random changes to a few sockets: after each, every selector must tell what poll(2) says of them. */
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include "unit/async/selector_fixture.h"

enum { SOCKETS = 24, STEPS = 3000, SEEDS = 4 };

struct model {
    struct selector *selector;
    uint64_t state; /* of the random numbers */
    struct socket {
        int fd;
        int peer; /* -1 once closed */
        unsigned interest;
    } sockets[SOCKETS];
};

/* The same numbers in every run: an LCG's high bits. */
static unsigned draw(struct model *model, unsigned bound)
{
    model->state = model->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(model->state >> 33) % bound;
}

static void open_socket(struct socket *s)
{
    int ends[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    make_nonblocking(ends[0]);
    make_nonblocking(ends[1]);
    *s = (struct socket){ends[0], ends[1], 0};
}

/* Gives the number `fd`, which is free or the peer's, to the socket. */
static void take_number(struct socket *s, int fd)
{
    if (s->peer == fd) {
        s->peer = s->fd;
    } else if (s->fd != fd) {
        ck_assert_int_eq(dup2(s->fd, fd), fd);
        close(s->fd);
    }
    s->fd = fd;
}

static void close_socket(struct socket *s)
{
    close(s->fd);
    if (s->peer != -1)
        close(s->peer);
}

static void set_interest(const struct model *model, struct socket *s, unsigned interest)
{
    int err = !interest     ? selector_unregister(model->selector, s->fd)
              : s->interest ? selector_modify(model->selector, s->fd, interest, s)
                            : selector_register(model->selector, s->fd, interest, s);
    ck_assert_int_eq(err, !interest && !s->interest ? ERR_NOT_REGISTERED : 0);
    s->interest = interest;
}

static void fill(int fd)
{
    char bytes[16384] = {0};
    while (write(fd, bytes, sizeof bytes) > 0)
        continue;
}

static void drain(int fd)
{
    char bytes[16384];
    while (read(fd, bytes, sizeof bytes) > 0)
        continue;
}

/* Closes the socket before or after it is unregistered, or hands its number on with the registration modified. */
static void replace(struct model *model, struct socket *s)
{
    unsigned way = draw(model, 3), interest = s->interest;
    if (way == 0 && interest)
        set_interest(model, s, 0);
    close_socket(s);
    if (way == 1 && interest)
        set_interest(model, s, 0);
    int fd = s->fd;
    open_socket(s);
    if (way != 2 || !interest)
        return;
    take_number(s, fd);
    s->interest = interest;
    set_interest(model, s, 1 + draw(model, 3));
}

static void change_something(struct model *model)
{
    struct socket *s = &model->sockets[draw(model, SOCKETS)];
    unsigned what = draw(model, 10);
    if (what < 5)
        set_interest(model, s, draw(model, 4));
    else if (what == 5)
        fill(s->fd);
    else if (what == 6)
        drain(s->fd);
    else if (what == 7)
        replace(model, s);
    else if (s->peer == -1)
        return;
    else if (what == 8)
        fill(s->peer);
    else if (draw(model, 4))
        drain(s->peer);
    else {
        close(s->peer);
        s->peer = -1;
    }
}

/* What poll says of `s`, in the selector's terms. */
static unsigned expected(const struct socket *s)
{
    if (!s->interest)
        return 0;
    struct pollfd polled = {.fd = s->fd, .events = POLLIN | POLLOUT};
    ck_assert_int_ge(poll(&polled, 1, 0), 0);
    unsigned ready = (polled.revents & POLLIN ? SELECTOR_READ : 0u) | (polled.revents & POLLOUT ? SELECTOR_WRITE : 0u);
    if (polled.revents & (POLLERR | POLLHUP))
        ready = SELECTOR_READ | SELECTOR_WRITE;
    return ready & s->interest;
}

static void compare(struct model *model)
{
    struct selector_event events[SOCKETS + 1];
    unsigned told[SOCKETS] = {0};
    int count = selector_select(model->selector, PAST, events, SOCKETS + 1);
    ck_assert_int_ge(count, 0);
    for (int i = 0; i < count; i++) {
        const struct socket *s = events[i].data;
        ck_assert_int_eq(events[i].fd, s->fd);
        ck_assert_uint_eq(told[s - model->sockets], 0);
        told[s - model->sockets] = events[i].ready;
    }
    for (int i = 0; i < SOCKETS; i++)
        ck_assert_uint_eq(told[i], expected(&model->sockets[i]));
}

START_TEST(tells_what_poll_says)
{
    struct model model = {.selector = open_selector(_i / SEEDS), .state = (uint64_t)(_i % SEEDS)};
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < SOCKETS; i++)
        open_socket(&model.sockets[i]);
    for (int step = 0; step < effort(STEPS); step++) {
        change_something(&model);
        compare(&model);
    }
    for (int i = 0; i < SOCKETS; i++)
        close_socket(&model.sockets[i]);
    selector_free(model.selector);
}
END_TEST

int main(void)
{
    return RUN_TESTS_TIMES("selector model", selector_count() * SEEDS, tells_what_poll_says);
}
