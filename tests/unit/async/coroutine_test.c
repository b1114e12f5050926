/* Generators as the chapter tells them, and what a switch must not lose. */
#include "async/coroutine.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#if defined(__has_include)
#if __has_include(<execinfo.h>)
#include <execinfo.h>
#define HAVE_BACKTRACE 1
#endif
#endif
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "async/stack.h"
#include "base/error.h"
#include "unit/suite.h"

enum { MANY = 10000, SWITCHES = 100, MORE_SWITCHES = 1000 };

static struct coroutine *make(const char *name, coroutine_body body, void *argument)
{
    struct coroutine *coroutine = NULL;
    ck_assert_int_eq(coroutine_create(&coroutine, name, body, argument), 0);
    return coroutine;
}

/* Sends, and expects a yield; returns what was yielded. */
static void *send(struct coroutine *coroutine, void *value)
{
    void *out = NULL;
    ck_assert_int_eq(coroutine_send(coroutine, value, &out), 0);
    return out;
}

/* Sends, and expects the end; returns the final result. */
static void *finish(struct coroutine *coroutine, void *value)
{
    void *out = NULL;
    ck_assert_int_eq(coroutine_send(coroutine, value, &out), ERR_FINISHED);
    return out;
}

static void assert_no_stack_in_use(void)
{
    struct stack_census census;
    stack_census(&census);
    ck_assert_uint_eq(census.in_use, 0);
}

/* The generator of the chapter, and what it received. */
static int one = 1, two = 2;
static char hello[] = "hello", goodbye[] = "goodbye", done[] = "done";
static const char *received[2];

static void *gen(void *argument)
{
    (void)argument;
    received[0] = received[1] = NULL;
    received[0] = coroutine_yield(&one);
    received[1] = coroutine_yield(&two);
    return done;
}

START_TEST(generator_of_the_chapter)
{
    struct coroutine *generator = make("gen", gen, NULL);
    ck_assert_int_eq(*(int *)send(generator, NULL), 1);
    ck_assert_int_eq(*(int *)send(generator, hello), 2);
    ck_assert_str_eq(received[0], "hello");
    ck_assert(!coroutine_is_finished(generator));
    ck_assert_ptr_null(coroutine_result(generator));
    ck_assert_str_eq(finish(generator, goodbye), "done");
    ck_assert_str_eq(received[1], "goodbye");
    ck_assert(coroutine_is_finished(generator));
    ck_assert_str_eq(coroutine_result(generator), "done");
    coroutine_free(generator);
}
END_TEST

START_TEST(resumed_after_its_end_it_gives_its_result_again)
{
    struct coroutine *generator = make("gen", gen, NULL);
    send(generator, NULL);
    send(generator, hello);
    for (int i = 0; i < 3; i++) {
        ck_assert_str_eq(finish(generator, goodbye), "done");
        assert_no_stack_in_use();
    }
    coroutine_free(generator);
}
END_TEST

/* Where the caller of the chapter is: how many statements it has passed. */
static int place;

static void *caller(void *argument)
{
    place++;
    void *result = coroutine_yield_from(argument);
    place++;
    return result;
}

START_TEST(caller_of_the_chapter_stays_at_one_place)
{
    place = 0;
    struct coroutine *generator = make("gen", gen, NULL);
    struct coroutine *outer = make("caller", caller, generator);
    ck_assert_int_eq(place, 0);
    ck_assert_int_eq(*(int *)send(outer, NULL), 1);
    ck_assert_int_eq(place, 1);
    ck_assert_int_eq(*(int *)send(outer, hello), 2);
    ck_assert_int_eq(place, 1);
    ck_assert_str_eq(received[0], "hello");
    ck_assert_str_eq(finish(outer, goodbye), "done");
    ck_assert_int_eq(place, 2);
    ck_assert_str_eq(received[1], "goodbye");
    ck_assert(coroutine_is_finished(generator));
    coroutine_free(outer);
    coroutine_free(generator);
}
END_TEST

START_TEST(delegation_passes_through_any_number_of_callers)
{
    enum { DEPTH = 50, BOTH_PLACES = 2 * (DEPTH - 1) };
    place = 0;
    struct coroutine *chain[DEPTH] = {make("gen", gen, NULL)};
    for (int i = 1; i < DEPTH; i++)
        chain[i] = make("caller", caller, chain[i - 1]);
    struct coroutine *outermost = chain[DEPTH - 1];
    ck_assert_ptr_eq(send(outermost, NULL), &one);
    ck_assert_ptr_eq(send(outermost, hello), &two);
    ck_assert_int_eq(place, DEPTH - 1);
    ck_assert_ptr_eq(finish(outermost, goodbye), done);
    ck_assert_int_eq(place, BOTH_PLACES);
    for (int i = 0; i < DEPTH; i++)
        coroutine_free(chain[i]);
}
END_TEST

START_TEST(delegation_takes_up_an_inner_one_where_it_stands)
{
    struct coroutine *generator = make("gen", gen, NULL);
    ck_assert_ptr_eq(send(generator, NULL), &one);
    struct coroutine *outer = make("caller", caller, generator);
    ck_assert_ptr_eq(send(outer, NULL), &two);
    ck_assert_ptr_null(received[0]);
    ck_assert_ptr_eq(finish(outer, goodbye), done);
    coroutine_free(outer);
    coroutine_free(generator);
}
END_TEST

static void *return_argument(void *argument)
{
    return argument;
}

START_TEST(delegation_to_a_finished_one_returns_at_once)
{
    struct coroutine *inner = make("inner", return_argument, hello);
    ck_assert_ptr_eq(finish(inner, NULL), hello);
    struct coroutine *outer = make("outer", caller, inner);
    ck_assert_ptr_eq(finish(outer, NULL), hello);
    coroutine_free(outer);
    coroutine_free(inner);
}
END_TEST

static void *set_flag(void *argument)
{
    *(bool *)argument = true;
    return NULL;
}

START_TEST(body_does_not_run_before_the_first_send)
{
    bool ran = false;
    struct coroutine *coroutine = make("set flag", set_flag, &ran);
    ck_assert(!ran);
    ck_assert(!coroutine_is_finished(coroutine));
    ck_assert_ptr_null(finish(coroutine, NULL));
    ck_assert(ran);
    coroutine_free(coroutine);
}
END_TEST

START_TEST(first_send_takes_no_value)
{
    bool ran = false;
    void *out = hello;
    struct coroutine *coroutine = make("set flag", set_flag, &ran);
    ck_assert_int_eq(coroutine_send(coroutine, goodbye, &out), ERR_INVALID);
    ck_assert_ptr_eq(out, hello);
    ck_assert(!ran);
    finish(coroutine, NULL);
    coroutine_free(coroutine);
}
END_TEST

static struct coroutine *busy;

static void *send_to_busy(void *argument)
{
    void *out = argument;
    ck_assert_int_eq(coroutine_send(busy, NULL, &out), ERR_RUNNING);
    return out;
}

static void *finish_inner(void *argument)
{
    return finish(argument, NULL);
}

START_TEST(one_that_runs_cannot_be_resumed)
{
    busy = make("busy", send_to_busy, hello);
    ck_assert_ptr_eq(finish(busy, NULL), hello);
    coroutine_free(busy);
}
END_TEST

START_TEST(one_that_waits_for_another_cannot_be_resumed)
{
    struct coroutine *inner = make("inner", send_to_busy, hello);
    busy = make("busy", finish_inner, inner);
    ck_assert_ptr_eq(finish(busy, NULL), hello);
    coroutine_free(busy);
    coroutine_free(inner);
}
END_TEST

/* Yields itself as the machinery sees it, again and again. */
static void *yield_current(void *argument)
{
    (void)argument;
    for (int i = 0; i < MORE_SWITCHES; i++)
        coroutine_yield(coroutine_current());
    return NULL;
}

static void *relay(void *argument)
{
    struct coroutine *inner = argument, *me = coroutine_current();
    for (int i = 0; i < MORE_SWITCHES; i++) {
        ck_assert_ptr_eq(send(inner, NULL), inner);
        ck_assert_ptr_eq(coroutine_current(), me);
        coroutine_yield(me);
    }
    return NULL;
}

START_TEST(current_one_is_known_at_every_depth)
{
    struct coroutine *inner = make("inner", yield_current, NULL);
    struct coroutine *middle = make("middle", relay, inner);
    struct coroutine *outer = make("outer", relay, middle);
    ck_assert_ptr_null(coroutine_current());
    for (int i = 0; i < SWITCHES; i++) {
        ck_assert_ptr_eq(send(outer, NULL), outer);
        ck_assert_ptr_null(coroutine_current());
    }
    coroutine_free(outer);
    coroutine_free(middle);
    coroutine_free(inner);
}
END_TEST

START_TEST(each_send_may_come_from_someone_else)
{
    struct coroutine *inner = make("inner", yield_current, NULL);
    struct coroutine *first = make("first", relay, inner), *second = make("second", relay, inner);
    for (int i = 0; i < SWITCHES; i++) {
        ck_assert_ptr_eq(send(first, NULL), first);
        ck_assert_ptr_eq(send(inner, NULL), inner);
        ck_assert_ptr_eq(send(second, NULL), second);
    }
    coroutine_free(first);
    coroutine_free(second);
    coroutine_free(inner);
}
END_TEST

static void *create_and_finish_another(void *argument)
{
    struct coroutine *another = make("another", return_argument, argument);
    void *result = finish(another, NULL);
    coroutine_free(another);
    return result;
}

START_TEST(coroutine_may_create_and_free_others)
{
    struct coroutine *coroutine = make("creator", create_and_finish_another, hello);
    ck_assert_ptr_eq(finish(coroutine, NULL), hello);
    coroutine_free(coroutine);
    assert_no_stack_in_use();
}
END_TEST

/* Numbers on their way through a pointer: how far it points into this. */
static char numbers[1 << 22];

static void *wrap(size_t number)
{
    ck_assert_uint_lt(number, sizeof numbers);
    return numbers + number;
}

static size_t unwrap(const void *value)
{
    return (size_t)((const char *)value - numbers);
}

/* Yields the sum of its own number and all that it was sent. */
static void *add(void *argument)
{
    size_t sum = unwrap(argument);
    for (int i = 0; i < MORE_SWITCHES; i++)
        sum += unwrap(coroutine_yield(wrap(sum)));
    return NULL;
}

START_TEST(ten_thousand_at_once)
{
    struct coroutine **all = calloc(MANY, sizeof(struct coroutine *));
    struct stack_census census;
    ck_assert_ptr_nonnull(all);
    for (size_t i = 0; i < MANY; i++)
        all[i] = make("adder", add, wrap(i));
    for (size_t i = 0; i < MANY; i++)
        ck_assert_uint_eq(unwrap(send(all[i], NULL)), i);
    for (size_t round = 1; round <= 3; round++)
        for (size_t i = 0; i < MANY; i++)
            ck_assert_uint_eq(unwrap(send(all[i], wrap(i))), i + round * i);
    stack_census(&census);
    ck_assert_uint_eq(census.in_use, MANY);
    for (int i = 0; i < MANY; i++)
        coroutine_free(all[i]);
    assert_no_stack_in_use();
    free(all);
}
END_TEST

/* More integers than there are registers that a called function preserves. */
static void *hold_integers(void *argument)
{
    volatile uint64_t seed = unwrap(argument);
    register uint64_t a = seed, b = seed + 1, c = seed + 2, d = seed + 3, e = seed + 4, f = seed + 5;
    register uint64_t g = seed + 6, h = seed + 7, i = seed + 8, j = seed + 9, k = seed + 10, l = seed + 11;
    for (int round = 0; round < SWITCHES; round++) {
        coroutine_yield(NULL);
        a += 12, b += 12, c += 12, d += 12, e += 12, f += 12;
        g += 12, h += 12, i += 12, j += 12, k += 12, l += 12;
    }
    uint64_t sum = a + 3 * b + 5 * c + 7 * d + 11 * e + 13 * f + 17 * g + 19 * h + 23 * i + 29 * j + 31 * k + 37 * l;
    return wrap(sum);
}

static void *hold_doubles(void *argument)
{
    volatile double seed = (double)unwrap(argument);
    register double a = seed, b = seed + 1, c = seed + 2, d = seed + 3, e = seed + 4, f = seed + 5, g = seed + 6;
    register double h = seed + 7, i = seed + 8, j = seed + 9;
    for (int round = 0; round < SWITCHES; round++) {
        coroutine_yield(NULL);
        a += 10, b += 10, c += 10, d += 10, e += 10, f += 10, g += 10, h += 10, i += 10, j += 10;
    }
    return wrap((size_t)(a + 3 * b + 5 * c + 7 * d + 11 * e + 13 * f + 17 * g + 19 * h + 23 * i + 29 * j));
}

/* What the two above must come to: the k-th value is multiplied by the k-th of `factors`. */
static size_t expected_sum(size_t seed, size_t count)
{
    static const size_t factors[] = {1, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    size_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += factors[i] * (seed + i + count * SWITCHES);
    return sum;
}

static void check_registers_survive(coroutine_body body, size_t count)
{
    enum { SEEDS = 8 };
    struct coroutine *all[SEEDS];
    for (size_t i = 0; i < SEEDS; i++)
        all[i] = make("holder", body, wrap(i * 1000));
    for (int round = 0; round < SWITCHES; round++)
        for (int i = 0; i < SEEDS; i++)
            send(all[i], NULL);
    for (size_t i = 0; i < SEEDS; i++) {
        ck_assert_uint_eq(unwrap(finish(all[i], NULL)), expected_sum(i * 1000, count));
        coroutine_free(all[i]);
    }
}

START_TEST(integer_registers_survive)
{
    check_registers_survive(hold_integers, 12);
}
END_TEST

START_TEST(floating_point_registers_survive)
{
    check_registers_survive(hold_doubles, 10);
}
END_TEST

#if defined(__x86_64__)

enum { MXCSR_DEFAULT = 0x1f80, MXCSR_TO_ZERO = 0x7f80, X87_DEFAULT = 0x037f, X87_TO_ZERO = 0x0f7f };

static void set_rounding(unsigned mxcsr, uint16_t x87)
{
    _mm_setcsr(mxcsr);
    __asm__ volatile("fldcw %0" : : "m"(x87));
}

static void assert_rounding(unsigned mxcsr, uint16_t x87)
{
    enum { MXCSR_STATUS = 0x3f }; /* sticky flags, which belong to no one */
    uint16_t now;
    __asm__ volatile("fnstcw %0" : "=m"(now));
    ck_assert_uint_eq(now, x87);
    ck_assert_uint_eq(_mm_getcsr() & ~(unsigned)MXCSR_STATUS, mxcsr);
}

static void *round_to_zero(void *argument)
{
    assert_rounding(MXCSR_DEFAULT, X87_DEFAULT);
    set_rounding(MXCSR_TO_ZERO, X87_TO_ZERO);
    coroutine_yield(NULL);
    assert_rounding(MXCSR_TO_ZERO, X87_TO_ZERO);
    return argument;
}

START_TEST(each_has_its_own_rounding_mode)
{
    struct coroutine *first = make("first", round_to_zero, NULL), *second = make("second", round_to_zero, NULL);
    send(first, NULL);
    assert_rounding(MXCSR_DEFAULT, X87_DEFAULT);
    send(second, NULL);
    assert_rounding(MXCSR_DEFAULT, X87_DEFAULT);
    finish(first, NULL);
    finish(second, NULL);
    assert_rounding(MXCSR_DEFAULT, X87_DEFAULT);
    coroutine_free(first);
    coroutine_free(second);
}
END_TEST

#define ROUNDING_TESTS each_has_its_own_rounding_mode,

#else
#define ROUNDING_TESTS
#endif

static void *print_number(void *argument)
{
    _Alignas(16) char text[32];
    ck_assert_uint_eq((uintptr_t)text % 16, 0);
    snprintf(text, sizeof text, "%.3f", *(double *)argument); /* which moves aligned vectors */
    ck_assert_str_eq(text, "2.718");
    return argument;
}

START_TEST(stack_is_aligned)
{
    double number = 2.71828;
    struct coroutine *coroutine = make("printer", print_number, &number);
    ck_assert_ptr_eq(finish(coroutine, NULL), &number);
    coroutine_free(coroutine);
}
END_TEST

enum { BLOCK = 512, DEEP = 40 };

/* Yields at the deepest of `depth` frames of half a KiB, each of which must find its bytes again. */
static __attribute__((noinline)) void descend(int depth)
{
    volatile char block[BLOCK];
    memset((char *)block, depth, sizeof block);
    if (depth)
        descend(depth - 1);
    else
        coroutine_yield(NULL);
    for (size_t i = 0; i < sizeof block; i++)
        ck_assert_int_eq(block[i], depth);
}

static void *dive(void *argument)
{
    descend(DEEP);
    return argument;
}

START_TEST(suspended_deep_down_it_loses_nothing)
{
    struct coroutine *first = make("first", dive, hello), *second = make("second", dive, goodbye);
    send(first, NULL);
    send(second, NULL);
    ck_assert_ptr_eq(finish(first, NULL), hello);
    ck_assert_ptr_eq(finish(second, NULL), goodbye);
    coroutine_free(first);
    coroutine_free(second);
}
END_TEST

START_TEST(suspended_one_is_dropped_where_it_stands)
{
    for (int i = 0; i < SWITCHES; i++) {
        struct coroutine *coroutine = make("dropped", dive, NULL);
        send(coroutine, NULL);
        coroutine_free(coroutine);
    }
    assert_no_stack_in_use();
    coroutine_free(make("never started", dive, NULL));
    coroutine_free(NULL);
    assert_no_stack_in_use();
}
END_TEST

START_TEST(name_is_copied_and_cut)
{
    char name[100];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct coroutine *coroutine = make(name, gen, NULL);
    name[0] = 'y';
    ck_assert_uint_eq(strlen(coroutine_name(coroutine)), 63);
    ck_assert_int_eq(coroutine_name(coroutine)[0], 'x');
    coroutine_free(coroutine);
}
END_TEST

#ifdef HAVE_BACKTRACE

static void *count_frames(void *argument)
{
    enum { FAR_TOO_MANY = 64 };
    void *frames[FAR_TOO_MANY];
    *(int *)argument = backtrace(frames, FAR_TOO_MANY);
    return NULL;
}

START_TEST(walking_the_stack_stops_at_the_entry)
{
    int frames = 0;
    struct coroutine *coroutine = make("frames", count_frames, &frames);
    finish(coroutine, NULL);
    ck_assert_int_ge(frames, 2); /* the body, and what calls it */
    ck_assert_int_le(frames, 6);
    coroutine_free(coroutine);
}
END_TEST

#define BACKTRACE_TESTS walking_the_stack_stops_at_the_entry,

#else
#define BACKTRACE_TESTS
#endif

int main(void)
{
    return RUN_TESTS("coroutine", generator_of_the_chapter, resumed_after_its_end_it_gives_its_result_again,
                     caller_of_the_chapter_stays_at_one_place, delegation_passes_through_any_number_of_callers,
                     delegation_takes_up_an_inner_one_where_it_stands, delegation_to_a_finished_one_returns_at_once,
                     body_does_not_run_before_the_first_send, first_send_takes_no_value,
                     one_that_runs_cannot_be_resumed, one_that_waits_for_another_cannot_be_resumed,
                     current_one_is_known_at_every_depth, each_send_may_come_from_someone_else,
                     coroutine_may_create_and_free_others, ten_thousand_at_once, integer_registers_survive,
                     floating_point_registers_survive, ROUNDING_TESTS stack_is_aligned,
                     suspended_deep_down_it_loses_nothing, suspended_one_is_dropped_where_it_stands,
                     BACKTRACE_TESTS name_is_copied_and_cut);
}
