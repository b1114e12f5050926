#include "async/loop.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "unit/async/fixture.h"

struct listener {
    struct loop *loop;
    struct loop_watch watch;
    unsigned ready; /* all that it was told */
    int times;
};

static void listen_once(void *context, int fd, unsigned ready)
{
    struct listener *self = context;
    ck_assert_int_eq(fd, self->watch.fd);
    self->ready |= ready;
    self->times++;
    loop_unwatch(self->loop, &self->watch);
}

static void listener_init(struct listener *self, struct loop *loop)
{
    *self = (struct listener){.loop = loop};
    loop_watch_init(&self->watch, listen_once, self);
}

static void listen_to(struct listener *self, int fd, unsigned interest)
{
    ck_assert_int_eq(loop_watch_fd(self->loop, &self->watch, fd, interest), 0);
}

START_TEST(watch_is_told_what_it_asked_for)
{
    struct loop *loop = open_loop(_i);
    int ends[2];
    open_full_pipe(ends);
    struct listener reader, writer;
    listener_init(&reader, loop);
    listener_init(&writer, loop);
    listen_to(&reader, ends[0], SELECTOR_READ);
    listen_to(&writer, ends[1], SELECTOR_WRITE);
    run_dry(loop);
    ck_assert_uint_eq(reader.ready, SELECTOR_READ);
    ck_assert_uint_eq(writer.ready, SELECTOR_WRITE);
    ck_assert_int_eq(reader.watch.fd, -1);
    close_pipe(ends);
    loop_free(loop);
}
END_TEST

START_TEST(hang_up_wakes_a_reader)
{
    struct loop *loop = open_loop(_i);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[1]);
    struct listener reader;
    listener_init(&reader, loop);
    listen_to(&reader, ends[0], SELECTOR_READ);
    run_dry(loop);
    ck_assert_uint_eq(reader.ready, SELECTOR_READ);
    close(ends[0]);
    loop_free(loop);
}
END_TEST

START_TEST(interest_can_be_changed)
{
    struct loop *loop = open_loop(_i);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    struct listener writer;
    listener_init(&writer, loop);
    listen_to(&writer, ends[1], SELECTOR_READ);
    run_briefly(loop);
    ck_assert_int_eq(writer.times, 0);
    listen_to(&writer, ends[1], SELECTOR_READ | SELECTOR_WRITE);
    run_dry(loop);
    ck_assert_uint_eq(writer.ready, SELECTOR_WRITE);
    close_pipe(ends);
    loop_free(loop);
}
END_TEST

START_TEST(descriptor_that_is_not_open_is_refused)
{
    struct loop *loop = open_loop(_i);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    close_pipe(ends);
    struct listener reader;
    listener_init(&reader, loop);
    ck_assert_int_eq(loop_watch_fd(loop, &reader.watch, ends[0], SELECTOR_READ), ERR_NOT_FOUND);
    loop_unwatch(loop, &reader.watch);
    run_dry(loop);
    loop_free(loop);
}
END_TEST

START_TEST(descriptor_that_was_closed_first_can_be_unwatched)
{
    struct loop *loop = open_loop(_i);
    int ends[2];
    open_full_pipe(ends);
    struct listener reader;
    listener_init(&reader, loop);
    listen_to(&reader, ends[0], SELECTOR_READ);
    close_pipe(ends);
    loop_unwatch(loop, &reader.watch);
    loop_unwatch(loop, &reader.watch);
    run_dry(loop);
    ck_assert_int_eq(reader.times, 0);
    loop_free(loop);
}
END_TEST

/* One of two that are ready to read in the same pass: the first that runs does something to the other. */
struct changer {
    struct loop *loop;
    struct loop_watch watch;
    struct changer *other;
    int runs;
    int ends[2];
};

/* Makes the other wait to write, which it never can. */
static void change_other(void *context, int fd, unsigned ready)
{
    (void)fd;
    struct changer *self = context;
    ck_assert_uint_eq(ready, SELECTOR_READ);
    self->runs++;
    struct loop_watch *other = &self->other->watch;
    ck_assert_int_eq(loop_watch_fd(self->loop, other, other->fd, SELECTOR_WRITE), 0);
    loop_unwatch(self->loop, &self->watch);
}

static void open_changers(struct changer changers[2], struct loop *loop,
                          void (*change)(void *context, int fd, unsigned ready))
{
    for (int i = 0; i < 2; i++) {
        changers[i] = (struct changer){.loop = loop, .other = &changers[!i]};
        open_full_pipe(changers[i].ends);
        loop_watch_init(&changers[i].watch, change, &changers[i]);
        ck_assert_int_eq(loop_watch_fd(loop, &changers[i].watch, changers[i].ends[0], SELECTOR_READ), 0);
    }
}

static void close_changers(struct changer changers[2])
{
    for (int i = 0; i < 2; i++) {
        loop_unwatch(changers[i].loop, &changers[i].watch);
        close_pipe(changers[i].ends);
    }
}

START_TEST(event_that_is_of_no_interest_any_more_is_dropped)
{
    struct loop *loop = open_loop(_i);
    struct changer changers[2];
    open_changers(changers, loop, change_other);
    run_briefly(loop);
    run_briefly(loop);
    ck_assert_int_eq(changers[0].runs + changers[1].runs, 1);
    close_changers(changers);
    loop_free(loop);
}
END_TEST

/* Two watches that are ready in the same pass. Whichever runs first ends the other, frees its memory, closes its fd and
 * gives the fd number to a pipe that has nothing to say. */
struct rival {
    struct loop *loop;
    struct loop_watch watch;
    struct rival *other;
    struct listener *heir;
    int *heir_ends;
    int *runs;
};

static void replace_other(void *context, int fd, unsigned ready)
{
    (void)fd;
    (void)ready;
    struct rival *self = context;
    ++*self->runs;
    int freed_fd = self->other->watch.fd;
    loop_unwatch(self->loop, &self->other->watch);
    close(freed_fd);
    free(self->other);
    ck_assert_int_eq(pipe(self->heir_ends), 0);
    ck_assert_int_eq(self->heir_ends[0], freed_fd);
    listen_to(self->heir, freed_fd, SELECTOR_READ);
    loop_unwatch(self->loop, &self->watch);
}

static struct rival *open_rival(struct loop *loop, int fd)
{
    struct rival *rival = calloc(1, sizeof *rival);
    ck_assert_ptr_nonnull(rival);
    rival->loop = loop;
    loop_watch_init(&rival->watch, replace_other, rival);
    ck_assert_int_eq(loop_watch_fd(loop, &rival->watch, fd, SELECTOR_READ), 0);
    return rival;
}

START_TEST(unwatched_descriptor_is_never_told_of)
{
    struct loop *loop = open_loop(_i);
    int ends[2][2], heir_ends[2], runs = 0;
    struct rival *rivals[2];
    struct listener heir;
    listener_init(&heir, loop);
    for (int i = 0; i < 2; i++) {
        open_full_pipe(ends[i]);
        rivals[i] = open_rival(loop, ends[i][0]);
        rivals[i]->heir = &heir;
        rivals[i]->heir_ends = heir_ends;
        rivals[i]->runs = &runs;
    }
    rivals[0]->other = rivals[1];
    rivals[1]->other = rivals[0];
    run_briefly(loop);
    run_briefly(loop);
    ck_assert_int_eq(runs, 1);
    ck_assert_int_eq(heir.times, 0);
    int survivor = heir_ends[0] == ends[0][0];
    free(rivals[survivor]);
    loop_unwatch(loop, &heir.watch);
    run_dry(loop);
    close(ends[survivor][0]);
    close(ends[0][1]);
    close(ends[1][1]);
    close_pipe(heir_ends);
    loop_free(loop);
}
END_TEST

START_TEST(more_ready_descriptors_than_a_pass_holds)
{
    enum { MANY = 700 };
    struct loop *loop = open_loop(_i);
    static struct listener listeners[MANY];
    int ends[2];
    open_full_pipe(ends);
    for (int i = 0; i < MANY; i++) {
        listener_init(&listeners[i], loop);
        int fd = dup(ends[0]);
        ck_assert_int_ge(fd, 0);
        listen_to(&listeners[i], fd, SELECTOR_READ);
    }
    run_dry(loop);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(listeners[i].times, 1);
    for (int fd = ends[1] + 1; fd <= ends[1] + MANY; fd++)
        close(fd);
    close_pipe(ends);
    loop_free(loop);
}
END_TEST

/* What a watch was told, which goes on. */
struct sleeper {
    struct loop_watch watch;
    unsigned ready;
    int times;
};

static void note(void *context, int fd, unsigned ready)
{
    struct sleeper *self = context;
    (void)fd;
    self->ready = ready;
    self->times++;
}

/* A watch that was to read one end of a pair and rests. */
struct bed {
    struct loop *loop;
    int ends[2];
    struct sleeper sleeper;
};

static void lay_down(struct bed *bed, int selector)
{
    *bed = (struct bed){.loop = open_loop(selector)};
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, bed->ends), 0);
    loop_watch_init(&bed->sleeper.watch, note, &bed->sleeper);
    ck_assert_int_eq(loop_watch_fd(bed->loop, &bed->sleeper.watch, bed->ends[0], SELECTOR_READ), 0);
    loop_rest(bed->loop, &bed->sleeper.watch);
    ck_assert_ptr_eq(loop_watch_of(bed->loop, bed->ends[0]), &bed->sleeper.watch);
}

static void wake_up(struct bed *bed, unsigned interest)
{
    ck_assert_int_eq(loop_watch_fd(bed->loop, &bed->sleeper.watch, bed->ends[0], interest), 0);
}

static void disturb(const struct bed *bed)
{
    ck_assert_int_eq(write(bed->ends[1], "x", 1), 1);
}

/* Gives the fd number to a pipe that has a byte to read, and a watch to that. */
static void give_number_away(struct bed *bed, struct listener *heir)
{
    int number = bed->ends[0];
    close_pipe(bed->ends);
    open_full_pipe(bed->ends);
    ck_assert_int_eq(bed->ends[0], number);
    listener_init(heir, bed->loop);
    listen_to(heir, number, SELECTOR_READ);
    ck_assert_ptr_eq(loop_watch_of(bed->loop, number), &heir->watch);
    run_dry(bed->loop);
    ck_assert_int_eq(heir->times, 1);
}

static void put_away(struct bed *bed)
{
    loop_unwatch(bed->loop, &bed->sleeper.watch);
    run_dry(bed->loop);
    close_pipe(bed->ends);
    loop_free(bed->loop);
}

static void assert_told(const struct bed *bed, int times, unsigned last)
{
    ck_assert_int_eq(bed->sleeper.times, times);
    ck_assert_uint_eq(bed->sleeper.ready, last);
}

START_TEST(watch_goes_on_behind_a_rest)
{
    struct bed bed;
    lay_down(&bed, _i);
    run_dry(bed.loop); /* nobody waits for it */
    wake_up(&bed, SELECTOR_READ);
    disturb(&bed);
    run_briefly(bed.loop);
    assert_told(&bed, 1, SELECTOR_READ);
    put_away(&bed);
}
END_TEST

START_TEST(watch_goes_on_for_something_else)
{
    struct bed bed;
    lay_down(&bed, _i);
    wake_up(&bed, SELECTOR_WRITE);
    run_briefly(bed.loop);
    assert_told(&bed, 1, SELECTOR_WRITE);
    put_away(&bed);
}
END_TEST

START_TEST(ready_descriptor_ends_a_rest)
{
    struct bed bed;
    lay_down(&bed, _i);
    disturb(&bed);
    run_briefly(bed.loop);
    run_briefly(bed.loop);
    assert_told(&bed, 1, 0);
    ck_assert_ptr_null(loop_watch_of(bed.loop, bed.ends[0]));
    loop_rest(bed.loop, &bed.sleeper.watch); /* which does nothing */
    wake_up(&bed, SELECTOR_READ);
    run_briefly(bed.loop);
    assert_told(&bed, 2, SELECTOR_READ);
    put_away(&bed);
}
END_TEST

START_TEST(descriptor_may_be_closed_behind_a_rest_that_ended)
{
    struct bed bed;
    struct listener heir;
    lay_down(&bed, _i);
    loop_unwatch(bed.loop, &bed.sleeper.watch);
    ck_assert_ptr_null(loop_watch_of(bed.loop, bed.ends[0]));
    give_number_away(&bed, &heir);
    ck_assert_int_eq(bed.sleeper.times, 0);
    put_away(&bed);
}
END_TEST

START_TEST(another_watch_ends_a_rest)
{
    struct bed bed;
    struct listener heir;
    lay_down(&bed, _i);
    give_number_away(&bed, &heir);
    assert_told(&bed, 1, 0);
    ck_assert_uint_eq(bed.sleeper.watch.interest, 0);
    put_away(&bed);
}
END_TEST

/* Lays the other to rest. */
static void calm_other(void *context, int fd, unsigned ready)
{
    (void)fd;
    struct changer *self = context;
    ck_assert_uint_eq(ready, SELECTOR_READ);
    self->runs++;
    loop_rest(self->loop, &self->other->watch);
}

START_TEST(watch_that_rests_is_not_told_in_that_pass)
{
    struct loop *loop = open_loop(_i);
    struct changer changers[2];
    open_changers(changers, loop, calm_other);
    run_briefly(loop);
    ck_assert_int_eq(changers[0].runs + changers[1].runs, 1);
    close_changers(changers);
    loop_free(loop);
}
END_TEST

int main(void)
{
    return RUN_ON_EACH_SELECTOR(
        "loop_watch", watch_is_told_what_it_asked_for, hang_up_wakes_a_reader, interest_can_be_changed,
        descriptor_that_is_not_open_is_refused, descriptor_that_was_closed_first_can_be_unwatched,
        event_that_is_of_no_interest_any_more_is_dropped, unwatched_descriptor_is_never_told_of,
        more_ready_descriptors_than_a_pass_holds, watch_goes_on_behind_a_rest, watch_goes_on_for_something_else,
        ready_descriptor_ends_a_rest, descriptor_may_be_closed_behind_a_rest_that_ended, another_watch_ends_a_rest,
        watch_that_rests_is_not_told_in_that_pass);
}
