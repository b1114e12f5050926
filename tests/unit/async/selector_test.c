#include "async/selector.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/socket.h>

#include "unit/async/selector_fixture.h"

enum { BOTH = SELECTOR_READ | SELECTOR_WRITE };

static int tag, other_tag; /* what descriptors are registered with */

/* Names. */

START_TEST(default_is_the_first_name)
{
    ck_assert_str_eq(selector_default(), selector_names()[0]);
    struct selector *selector;
    ck_assert_int_eq(selector_create(&selector, NULL), 0);
    ck_assert_str_eq(selector_name(selector), selector_default());
    selector_free(selector);
}
END_TEST

START_TEST(names_are_known_and_best_first)
{
    static const char *const ranking[] = {"epoll", "kqueue", "poll", "select"};
    int rank = 0;
    for (int i = 0; i < selector_count(); i++, rank++)
        while (strcmp(selector_names()[i], ranking[rank]) != 0)
            ck_assert_int_lt(++rank, 4);
    ck_assert_int_eq(rank, 4);
#ifdef __linux__
    ck_assert_str_eq(selector_default(), "epoll");
#endif
}
END_TEST

START_TEST(unknown_name_is_unsupported)
{
    static const char *const names[] = {"", "EPOLL", "epol", "epoll ", "devpoll"};
    struct selector *selector;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_int_eq(selector_create(&selector, names[i]), ERR_UNSUPPORTED);
}
END_TEST

START_TEST(creating_needs_a_descriptor_or_none)
{
    const char *name = selector_names()[_i];
    bool needs_one = strcmp(name, "epoll") == 0 || strcmp(name, "kqueue") == 0;
    struct selector *selector = NULL;
    struct rlimit limit = forbid_new_descriptors();
    int err = selector_create(&selector, name);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_int_eq(err, needs_one ? ERR_TOO_MANY_FILES : 0);
    selector_free(selector);
}
END_TEST

/* Registration. */

START_TEST(registering_twice_is_refused)
{
    struct selector *selector = open_selector(_i);
    int ends[2];
    open_full_pipe(ends);
    ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
    ck_assert_int_eq(selector_register(selector, ends[0], BOTH, &other_tag), ERR_ALREADY_REGISTERED);
    expect_event(selector, ends[0], SELECTOR_READ, &tag);
    selector_free(selector);
    close_pipe(ends);
}
END_TEST

START_TEST(what_is_not_registered_can_not_be_changed)
{
    struct selector *selector = open_selector(_i);
    static const int fds[] = {-1, INT_MIN, 0, 63, 64, INT_MAX};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        ck_assert_int_eq(selector_modify(selector, fds[i], SELECTOR_READ, NULL), ERR_NOT_REGISTERED);
        ck_assert_int_eq(selector_unregister(selector, fds[i]), ERR_NOT_REGISTERED);
    }
    selector_free(selector);
}
END_TEST

START_TEST(what_is_not_open_is_not_found)
{
    struct selector *selector = open_selector(_i);
    int ends[2];
    open_full_pipe(ends);
    ck_assert_int_eq(selector_register(selector, ends[1], SELECTOR_WRITE, &tag), 0);
    close_pipe(ends);
    const int fds[] = {-1, INT_MIN, INT_MAX, ends[0]};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        ck_assert_int_eq(selector_register(selector, fds[i], SELECTOR_READ, NULL), ERR_NOT_FOUND);
        ck_assert_int_eq(selector_unregister(selector, fds[i]), ERR_NOT_REGISTERED);
    }
    ck_assert_int_eq(selector_modify(selector, ends[1], BOTH, &tag), ERR_NOT_FOUND);
    ck_assert_int_eq(selector_unregister(selector, ends[1]), 0);
    expect_nothing(selector);
    selector_free(selector);
}
END_TEST

START_TEST(freeing_leaves_descriptors_open)
{
    struct selector *selector = open_selector(_i);
    int ends[2];
    open_full_pipe(ends);
    ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
    selector_free(selector);
    selector_free(NULL);
    read_byte(ends[0]);
    close_pipe(ends);
}
END_TEST

START_TEST(unregistered_is_silent)
{
    struct selector *selector = open_selector(_i);
    int ends[2];
    open_full_pipe(ends);
    ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
    ck_assert_int_eq(selector_register(selector, ends[1], SELECTOR_WRITE, &other_tag), 0);
    ck_assert_int_eq(selector_unregister(selector, ends[0]), 0);
    expect_event(selector, ends[1], SELECTOR_WRITE, &other_tag);
    ck_assert_int_eq(selector_unregister(selector, ends[1]), 0);
    expect_nothing(selector);
    ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
    expect_event(selector, ends[0], SELECTOR_READ, &tag);
    selector_free(selector);
    close_pipe(ends);
}
END_TEST

START_TEST(regular_file_is_always_ready_or_unsupported)
{
    struct selector *selector = open_selector(_i);
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fputs("text", file), 1);
    rewind(file);
    int err = selector_register(selector, fileno(file), BOTH, &tag);
    if (selector_is(selector, "epoll")) {
        ck_assert_int_eq(err, ERR_UNSUPPORTED);
        ck_assert_int_eq(selector_unregister(selector, fileno(file)), ERR_NOT_REGISTERED);
        expect_nothing(selector);
    } else {
        ck_assert_int_eq(err, 0);
        expect_event(selector, fileno(file), BOTH, &tag);
    }
    selector_free(selector);
    fclose(file);
}
END_TEST

START_TEST(only_select_has_a_largest_descriptor)
{
    raise_file_limit(FD_SETSIZE + 64);
    struct selector *selector = open_selector(_i);
    int ends[2];
    open_full_pipe(ends);
    const int largest = FD_SETSIZE - 1, too_large = FD_SETSIZE;
    ck_assert_int_eq(dup2(ends[0], largest), largest);
    ck_assert_int_eq(dup2(ends[0], too_large), too_large);
    ck_assert_int_eq(selector_register(selector, largest, SELECTOR_READ, &tag), 0);
    expect_event(selector, largest, SELECTOR_READ, &tag);
    ck_assert_int_eq(selector_unregister(selector, largest), 0);
    int err = selector_register(selector, too_large, SELECTOR_READ, &tag);
    if (selector_is(selector, "select")) {
        ck_assert_int_eq(err, ERR_TOO_LARGE);
        ck_assert_int_eq(selector_unregister(selector, too_large), ERR_NOT_REGISTERED);
        expect_nothing(selector);
    } else {
        ck_assert_int_eq(err, 0);
        expect_event(selector, too_large, SELECTOR_READ, &tag);
    }
    selector_free(selector);
    close(largest);
    close(too_large);
    close_pipe(ends);
}
END_TEST

/* Readiness. */

START_TEST(readable_until_it_is_read)
{
    struct selector *selector = open_selector(_i);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
    expect_nothing(selector);
    write_byte(ends[1]);
    expect_event(selector, ends[0], SELECTOR_READ, &tag);
    expect_event(selector, ends[0], SELECTOR_READ, &tag);
    read_byte(ends[0]);
    expect_nothing(selector);
    selector_free(selector);
    close_pipe(ends);
}
END_TEST

START_TEST(writable_until_it_is_full)
{
    struct selector *selector = open_selector(_i);
    int ends[2];
    char bytes[4096] = {0};
    ck_assert_int_eq(pipe(ends), 0);
    make_nonblocking(ends[0]);
    make_nonblocking(ends[1]);
    ck_assert_int_eq(selector_register(selector, ends[1], SELECTOR_WRITE, &tag), 0);
    expect_event(selector, ends[1], SELECTOR_WRITE, &tag);
    while (write(ends[1], bytes, sizeof bytes) > 0)
        continue;
    expect_nothing(selector);
    while (read(ends[0], bytes, sizeof bytes) > 0)
        continue;
    expect_event(selector, ends[1], SELECTOR_WRITE, &tag);
    selector_free(selector);
    close_pipe(ends);
}
END_TEST

START_TEST(both_directions_are_one_event)
{
    struct selector *selector = open_selector(_i);
    int ends[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    write_byte(ends[1]);
    ck_assert_int_eq(selector_register(selector, ends[0], BOTH, &tag), 0);
    expect_event(selector, ends[0], BOTH, &tag);
    ck_assert_int_eq(selector_modify(selector, ends[0], SELECTOR_WRITE, &other_tag), 0);
    expect_event(selector, ends[0], SELECTOR_WRITE, &other_tag);
    ck_assert_int_eq(selector_modify(selector, ends[0], SELECTOR_READ, NULL), 0);
    expect_event(selector, ends[0], SELECTOR_READ, NULL);
    read_byte(ends[0]);
    expect_nothing(selector);
    ck_assert_int_eq(selector_modify(selector, ends[0], BOTH, &tag), 0);
    expect_event(selector, ends[0], SELECTOR_WRITE, &tag);
    selector_free(selector);
    close_pipe(ends);
}
END_TEST

START_TEST(hang_up_of_a_pipe_wakes_its_other_end)
{
    struct selector *selector = open_selector(_i);
    int ends[2], others[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
    close(ends[1]);
    expect_event(selector, ends[0], SELECTOR_READ, &tag);
    ck_assert_int_eq(selector_unregister(selector, ends[0]), 0);
    ck_assert_int_eq(pipe(others), 0);
    ck_assert_int_eq(selector_register(selector, others[1], SELECTOR_WRITE, &tag), 0);
    close(others[0]);
    expect_event(selector, others[1], SELECTOR_WRITE, &tag);
    selector_free(selector);
    close(ends[0]);
    close(others[1]);
}
END_TEST

START_TEST(hang_up_of_a_socket_wakes_all_interest)
{
    static const unsigned interests[] = {SELECTOR_READ, SELECTOR_WRITE, BOTH};
    for (int i = 0; i < 3; i++) {
        struct selector *selector = open_selector(_i);
        int ends[2];
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        ck_assert_int_eq(selector_register(selector, ends[0], interests[i], &tag), 0);
        close(ends[1]);
        expect_event(selector, ends[0], interests[i], &tag);
        selector_free(selector);
        close(ends[0]);
    }
}
END_TEST

/* TCP. */

static struct sockaddr_in loopback;

/* A listening socket on a free port, whose address is in `loopback` then. */
static int listen_on_loopback(void)
{
    socklen_t length = sizeof loopback;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    loopback = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&loopback, sizeof loopback), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&loopback, &length), 0);
    ck_assert_int_eq(listen(fd, 8), 0);
    return fd;
}

static int start_connecting(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    make_nonblocking(fd);
    if (connect(fd, (struct sockaddr *)&loopback, sizeof loopback) == -1)
        ck_assert_int_eq(errno, EINPROGRESS);
    return fd;
}

static int socket_error(int fd)
{
    int error = -1;
    socklen_t length = sizeof error;
    ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
    return error;
}

START_TEST(connection_is_made_and_reset)
{
    struct selector *selector = open_selector(_i);
    int listener = listen_on_loopback();
    int client = start_connecting();
    ck_assert_int_eq(selector_register(selector, client, SELECTOR_WRITE, &tag), 0);
    expect_event(selector, client, SELECTOR_WRITE, &tag);
    ck_assert_int_eq(socket_error(client), 0);
    ck_assert_int_eq(selector_modify(selector, client, SELECTOR_READ, &tag), 0);
    ck_assert_int_eq(selector_register(selector, listener, SELECTOR_READ, &other_tag), 0);
    expect_event(selector, listener, SELECTOR_READ, &other_tag);
    int served = accept(listener, NULL, NULL);
    ck_assert_int_ge(served, 0);
    expect_nothing(selector);
    write_byte(served);
    expect_event(selector, client, SELECTOR_READ, &tag);
    read_byte(client);
    ck_assert_int_eq(selector_modify(selector, client, BOTH, &tag), 0);
    struct linger linger = {.l_onoff = 1};
    ck_assert_int_eq(setsockopt(served, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
    close(served);
    expect_event(selector, client, BOTH, &tag);
    ck_assert_int_eq(read(client, &(char){0}, 1), -1);
    ck_assert_int_eq(errno, ECONNRESET);
    selector_free(selector);
    close(client);
    close(listener);
}
END_TEST

START_TEST(refused_connection_wakes_its_writer)
{
    struct selector *selector = open_selector(_i);
    close(listen_on_loopback());
    int client = start_connecting();
    ck_assert_int_eq(selector_register(selector, client, SELECTOR_WRITE, &tag), 0);
    expect_event(selector, client, SELECTOR_WRITE, &tag);
    ck_assert_int_eq(socket_error(client), ECONNREFUSED);
    selector_free(selector);
    close(client);
}
END_TEST

int main(void)
{
    int failed =
        RUN_TESTS("selector", default_is_the_first_name, names_are_known_and_best_first, unknown_name_is_unsupported);
    return failed | RUN_ON_EACH_SELECTOR("each selector", creating_needs_a_descriptor_or_none,
                                         registering_twice_is_refused, what_is_not_registered_can_not_be_changed,
                                         what_is_not_open_is_not_found, freeing_leaves_descriptors_open,
                                         unregistered_is_silent, regular_file_is_always_ready_or_unsupported,
                                         only_select_has_a_largest_descriptor, readable_until_it_is_read,
                                         writable_until_it_is_full, both_directions_are_one_event,
                                         hang_up_of_a_pipe_wakes_its_other_end, hang_up_of_a_socket_wakes_all_interest,
                                         connection_is_made_and_reset, refused_connection_wakes_its_writer);
}
