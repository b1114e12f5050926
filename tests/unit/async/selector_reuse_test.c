/* Descriptors that are closed too early, and numbers that come back as other files. */
#include <stdio.h>
#include <sys/socket.h>

#include "unit/async/selector_fixture.h"

static int tag, other_tag; /* what descriptors are registered with */

/* Makes `fd` another name of the file that is `source`, which goes. */
static void take_number(int source, int fd)
{
    ck_assert_int_eq(dup2(source, fd), fd);
    close(source);
}

/* A registered pipe that has a byte to read, whose read end was closed without a word, and whose number is the read end
 * of an empty pipe now. */
struct reused {
    struct selector *selector;
    int fd;
    int old_writer;
    int new_writer;
};

static struct reused open_reused(int number)
{
    int old[2], new[2];
    struct selector *selector = open_selector(number);
    open_full_pipe(old);
    ck_assert_int_eq(selector_register(selector, old[0], SELECTOR_READ, &tag), 0);
    expect_event(selector, old[0], SELECTOR_READ, &tag);
    close(old[0]);
    ck_assert_int_eq(pipe(new), 0);
    if (new[0] != old[0])
        take_number(new[0], old[0]);
    return (struct reused){selector, old[0], old[1], new[1]};
}

static void close_reused(const struct reused *reused)
{
    selector_free(reused->selector);
    close(reused->fd);
    close(reused->old_writer);
    close(reused->new_writer);
}

START_TEST(reused_number_can_be_unregistered)
{
    struct reused reused = open_reused(_i);
    ck_assert_int_eq(selector_unregister(reused.selector, reused.fd), 0);
    write_byte(reused.new_writer);
    expect_nothing(reused.selector);
    close_reused(&reused);
}
END_TEST

START_TEST(reused_number_can_be_registered_anew)
{
    struct reused reused = open_reused(_i);
    ck_assert_int_eq(selector_register(reused.selector, reused.fd, SELECTOR_READ, NULL), ERR_ALREADY_REGISTERED);
    ck_assert_int_eq(selector_unregister(reused.selector, reused.fd), 0);
    ck_assert_int_eq(selector_register(reused.selector, reused.fd, SELECTOR_READ, &other_tag), 0);
    expect_nothing(reused.selector);
    write_byte(reused.new_writer);
    expect_event(reused.selector, reused.fd, SELECTOR_READ, &other_tag);
    close_reused(&reused);
}
END_TEST

START_TEST(modifying_a_reused_number_watches_the_new_file)
{
    struct reused reused = open_reused(_i);
    ck_assert_int_eq(selector_modify(reused.selector, reused.fd, SELECTOR_READ, &other_tag), 0);
    expect_nothing(reused.selector);
    write_byte(reused.new_writer);
    expect_event(reused.selector, reused.fd, SELECTOR_READ, &other_tag);
    close_reused(&reused);
}
END_TEST

START_TEST(number_reused_by_a_regular_file_can_be_unregistered)
{
    struct reused reused = open_reused(_i);
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(dup2(fileno(file), reused.fd), reused.fd);
    ck_assert_int_eq(selector_unregister(reused.selector, reused.fd), 0);
    expect_nothing(reused.selector);
    fclose(file);
    close_reused(&reused);
}
END_TEST

START_TEST(closed_while_registered_disturbs_no_other)
{
    struct selector *selector = open_selector(_i);
    int ends[2], others[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    open_full_pipe(others);
    ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
    ck_assert_int_eq(selector_register(selector, others[0], SELECTOR_READ, &other_tag), 0);
    close(ends[0]);
    bool told = false;
    for (int i = 0; i < 2; i++) {
        struct selector_event events[2];
        int count = selector_select(selector, PAST, events, 2);
        ck_assert_int_ge(count, 1);
        for (int k = 0; k < count; k++) {
            told |= events[k].fd == others[0] && events[k].data == &other_tag;
            ck_assert_uint_eq(events[k].ready, SELECTOR_READ);
        }
    }
    /* select tells of closed descriptors before all others. */
    ck_assert(told || selector_is(selector, "select"));
    ck_assert_int_eq(selector_unregister(selector, ends[0]), 0);
    expect_event(selector, others[0], SELECTOR_READ, &other_tag);
    selector_free(selector);
    close(ends[1]);
    close_pipe(others);
}
END_TEST

/* A readable pipe that was registered, closed and unregistered, but lives on under another number, `survivor`. */
struct orphan {
    struct selector *selector;
    int fd;
    int survivor;
    int writer;
};

static struct orphan open_orphan(int number)
{
    int ends[2];
    struct selector *selector = open_selector(number);
    open_full_pipe(ends);
    ck_assert_int_eq(selector_register(selector, ends[0], SELECTOR_READ, &tag), 0);
    int survivor = dup(ends[0]);
    close(ends[0]);
    ck_assert_int_eq(selector_unregister(selector, ends[0]), 0);
    return (struct orphan){selector, ends[0], survivor, ends[1]};
}

static void close_orphan(const struct orphan *orphan)
{
    selector_free(orphan->selector);
    close(orphan->survivor);
    close(orphan->writer);
}

START_TEST(file_that_lives_on_is_silent)
{
    struct orphan orphan = open_orphan(_i);
    struct selector_event event;
    nanoseconds deadline = clock_after(MILLISECONDS(5));
    ck_assert_int_eq(selector_select(orphan.selector, deadline, &event, 1), 0);
    ck_assert_int_ge(clock_now(), deadline);
    /* Nor is it looked at again and again: only a wait that sleeps is ended by a signal. */
    start_alarms();
    ck_assert_int_eq(selector_select(orphan.selector, NEVER, &event, 1), 0);
    stop_alarms();
    close_orphan(&orphan);
}
END_TEST

START_TEST(file_that_lives_on_is_silent_without_means_to_drop_it)
{
    struct orphan orphan = open_orphan(_i);
    /* poll, and kqueue where it is made of poll, take the limit for that of the array too. */
    if (selector_is(orphan.selector, "epoll") || selector_is(orphan.selector, "select")) {
        int ends[2];
        struct selector_event event;
        ck_assert_int_eq(pipe(ends), 0);
        ck_assert_int_eq(selector_register(orphan.selector, ends[0], SELECTOR_READ, &other_tag), 0);
        struct rlimit limit = forbid_new_descriptors();
        ck_assert_int_eq(selector_select(orphan.selector, clock_after(MILLISECONDS(5)), &event, 1), 0);
        write_byte(ends[1]);
        expect_event(orphan.selector, ends[0], SELECTOR_READ, &other_tag);
        ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
        expect_event(orphan.selector, ends[0], SELECTOR_READ, &other_tag);
        close_pipe(ends);
    }
    close_orphan(&orphan);
}
END_TEST

START_TEST(file_that_lives_on_does_not_speak_for_its_successor)
{
    struct orphan orphan = open_orphan(_i);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    if (ends[0] != orphan.fd)
        take_number(ends[0], orphan.fd);
    ck_assert_int_eq(selector_register(orphan.selector, orphan.fd, SELECTOR_READ, &other_tag), 0);
    expect_nothing(orphan.selector);
    write_byte(ends[1]);
    expect_event(orphan.selector, orphan.fd, SELECTOR_READ, &other_tag);
    read_byte(orphan.fd);
    expect_nothing(orphan.selector);
    ck_assert_int_eq(selector_unregister(orphan.selector, orphan.fd), 0);
    close(ends[1]);
    expect_nothing(orphan.selector);
    close(orphan.fd);
    close_orphan(&orphan);
}
END_TEST

START_TEST(file_that_lives_on_may_come_back)
{
    struct orphan orphan = open_orphan(_i);
    ck_assert_int_eq(dup2(orphan.survivor, orphan.fd), orphan.fd);
    expect_nothing(orphan.selector);
    ck_assert_int_eq(selector_register(orphan.selector, orphan.fd, SELECTOR_READ, &other_tag), 0);
    expect_event(orphan.selector, orphan.fd, SELECTOR_READ, &other_tag);
    ck_assert_int_eq(selector_unregister(orphan.selector, orphan.fd), 0);
    expect_nothing(orphan.selector);
    close(orphan.fd);
    close_orphan(&orphan);
}
END_TEST

START_TEST(file_that_lives_on_may_come_back_unnoticed)
{
    struct orphan orphan = open_orphan(_i);
    ck_assert_int_eq(dup2(orphan.survivor, orphan.fd), orphan.fd);
    ck_assert_int_eq(selector_register(orphan.selector, orphan.fd, SELECTOR_READ, &other_tag), 0);
    expect_event(orphan.selector, orphan.fd, SELECTOR_READ, &other_tag);
    ck_assert_int_eq(selector_register(orphan.selector, orphan.survivor, SELECTOR_READ, &tag), 0);
    ck_assert_int_eq(selector_unregister(orphan.selector, orphan.fd), 0);
    expect_event(orphan.selector, orphan.survivor, SELECTOR_READ, &tag);
    close(orphan.fd);
    close_orphan(&orphan);
}
END_TEST

int main(void)
{
    return RUN_ON_EACH_SELECTOR(
        "selector reuse", reused_number_can_be_unregistered, reused_number_can_be_registered_anew,
        modifying_a_reused_number_watches_the_new_file, number_reused_by_a_regular_file_can_be_unregistered,
        closed_while_registered_disturbs_no_other, file_that_lives_on_is_silent,
        file_that_lives_on_is_silent_without_means_to_drop_it, file_that_lives_on_does_not_speak_for_its_successor,
        file_that_lives_on_may_come_back, file_that_lives_on_may_come_back_unnoticed);
}
