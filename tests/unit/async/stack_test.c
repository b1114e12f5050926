/* Stacks: what they hold, how they are kept, and how running out of one ends. Whatever ends a process does so in a
 * child. */
#include "async/stack.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "async/coroutine.h"
#include "async/fiber_hooks.h"
#include "base/error.h"
#include "unit/suite.h"

#define OVERFLOW "stack overflow ("

#define HANDLED "handled"

enum { SMALL = 64 * 1024, LARGE = 128 * 1024 };

struct child {
    int status;     /* as wait tells it */
    char text[512]; /* the start of what it wrote to standard error */
};

/* Runs `body` in a child, which exits with 0 when it returns. */
static struct child run_child(void (*body)(void))
{
    int ends[2];
    struct child child = {0};
    ck_assert_int_eq(pipe(ends), 0);
    fflush(NULL);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        dup2(ends[1], STDERR_FILENO);
        body();
        _exit(0);
    }
    close(ends[1]);
    char chunk[256];
    size_t length = 0;
    for (ssize_t got; (got = read(ends[0], chunk, sizeof chunk)) > 0;)
        for (ssize_t i = 0; i < got && length < sizeof child.text - 1; i++)
            child.text[length++] = chunk[i];
    close(ends[0]);
    ck_assert_int_eq(waitpid(pid, &child.status, 0), pid);
    return child;
}

/* In a child: a failed check would only end that child. */
static void require(int condition)
{
    if (!condition)
        _exit(1);
}

static struct stack_census census(void)
{
    struct stack_census now;
    stack_census(&now);
    return now;
}

static struct stack *acquire(const char *owner)
{
    struct stack *stack = NULL;
    ck_assert_int_eq(stack_acquire(&stack, owner), 0);
    return stack;
}

static void run_coroutine(const char *name, coroutine_body body, void *argument)
{
    struct coroutine *coroutine;
    void *out;
    require(!coroutine_create(&coroutine, name, body, argument));
    coroutine_send(coroutine, NULL, &out);
    coroutine_free(coroutine);
}

/* A page that may not be touched, and is no guard. */
static volatile char *forbidden_page(void)
{
    void *page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(page != MAP_FAILED);
    return page;
}

static void *touch(void *argument)
{
    *(volatile char *)argument = 1;
    return NULL;
}

static void exit_handled(int number)
{
    (void)number;
    ssize_t written = write(STDERR_FILENO, HANDLED, strlen(HANDLED));
    (void)written;
    _exit(0);
}

static void handle_faults(void)
{
    struct sigaction action = {.sa_handler = exit_handled, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    require(!sigaction(SIGSEGV, &action, NULL) && !sigaction(SIGBUS, &action, NULL));
}

static void fault_with_a_handler(void)
{
    handle_faults();
    run_coroutine("faulty", touch, (void *)forbidden_page());
}

static void send_signal_with_a_handler(void)
{
    handle_faults();
    struct stack *stack;
    require(!stack_acquire(&stack, "bystander"));
    kill(getpid(), SIGSEGV);
}

static void assert_handled(const struct child *child)
{
    ck_assert(WIFEXITED(child->status));
    ck_assert_ptr_nonnull(strstr(child->text, HANDLED));
    ck_assert_ptr_null(strstr(child->text, OVERFLOW));
}

/* Tests with a handler of their own come first: where check doesn't fork, ours is installed once for all. */
START_TEST(other_faults_go_to_the_earlier_handler)
{
    struct child child = run_child(fault_with_a_handler);
    assert_handled(&child);
}
END_TEST

START_TEST(signals_that_were_sent_go_to_the_earlier_handler)
{
    struct child child = run_child(send_signal_with_a_handler);
    assert_handled(&child);
}
END_TEST

static void fault(void)
{
    run_coroutine("faulty", touch, (void *)forbidden_page());
}

static void send_signal(void)
{
    struct stack *stack;
    require(!stack_acquire(&stack, "bystander"));
    kill(getpid(), SIGSEGV);
}

/* Ended by a fault: by the signal itself, or by the sanitizer's report of it. */
static void assert_ended_by_fault(const struct child *child)
{
#ifdef FIBER_HOOKS
    ck_assert(WIFSIGNALED(child->status) || WEXITSTATUS(child->status) != 0);
#else
    ck_assert(WIFSIGNALED(child->status));
    ck_assert(WTERMSIG(child->status) == SIGSEGV || WTERMSIG(child->status) == SIGBUS);
#endif
}

START_TEST(other_faults_end_the_process_without_a_word_of_stacks)
{
    void (*const bodies[])(void) = {fault, send_signal};
    for (int i = 0; i < 2; i++) {
        struct child child = run_child(bodies[i]);
        assert_ended_by_fault(&child);
        ck_assert_ptr_null(strstr(child.text, OVERFLOW));
    }
}
END_TEST

static volatile int without_end = 1;

static __attribute__((noinline)) int overflow(int depth)
{
    volatile char block[256];
    block[0] = (char)depth;
    return without_end ? overflow(depth + 1) + block[0] : 0;
}

static void *overflow_stack(void *argument)
{
    overflow(0);
    return argument;
}

/* Others are alive, in the cache and gone; only the one that overflows is to be named. */
static void overflow_among_others(void)
{
    struct coroutine *alive;
    stack_set_size(SMALL);
    require(!coroutine_create(&alive, "alive", overflow_stack, NULL));
    run_coroutine("innocent", touch, &(char){0});
    run_coroutine("bottomless", overflow_stack, NULL);
}

static void overflow_after_resizing(void)
{
    stack_set_size(LARGE);
    run_coroutine("larger", overflow_stack, NULL);
}

static void assert_ends_with_message(void (*body)(void), const char *message)
{
    struct child child = run_child(body);
    const char *found = strstr(child.text, "coroutine "); /* the sanitizer may have warned before, of ucontext */
    ck_assert_ptr_nonnull(found);
    ck_assert_str_eq(found, message);
    ck_assert(WIFSIGNALED(child.status));
    ck_assert(WTERMSIG(child.status) == SIGSEGV || WTERMSIG(child.status) == SIGBUS);
}

START_TEST(overflow_names_the_coroutine_and_ends_by_the_signal)
{
    assert_ends_with_message(overflow_among_others, "coroutine bottomless: stack overflow (64 KiB)\n");
    assert_ends_with_message(overflow_after_resizing, "coroutine larger: stack overflow (128 KiB)\n");
}
END_TEST

static void handle_faults_and_overflow(void)
{
    handle_faults();
    overflow_among_others();
}

START_TEST(overflow_ends_the_process_whatever_the_earlier_handler)
{
    assert_ends_with_message(handle_faults_and_overflow, "coroutine bottomless: stack overflow (64 KiB)\n");
}
END_TEST

static void step_over_a_page(void)
{
    struct stack *stack;
    stack_set_size(SMALL);
    require(!stack_acquire(&stack, "large frame"));
    touch(stack->low - 12000);
}

START_TEST(guard_is_not_stepped_over_by_a_large_frame)
{
    assert_ends_with_message(step_over_a_page, "coroutine large frame: stack overflow (64 KiB)\n");
}
END_TEST

START_TEST(all_bytes_of_a_stack_are_usable)
{
    const size_t sizes[] = {1, 4096, SMALL, 100000, 1 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        stack_set_size(sizes[i]);
        struct stack *stack = acquire("writer");
        ck_assert_uint_ge(stack->size, sizes[i]);
        memset(stack->low, 0x5a, stack->size);
        ck_assert_str_eq(stack->owner, "writer");
        stack_release(stack);
    }
}
END_TEST

START_TEST(stack_that_was_given_back_is_used_again)
{
    stack_cache_drain();
    struct stack *first = acquire("first");
    stack_release(first);
    ck_assert_uint_eq(census().cached, 1);
    struct stack *second = acquire("second");
    ck_assert_ptr_eq(second, first);
    ck_assert_str_eq(second->owner, "second");
    ck_assert_uint_eq(census().cached, 0);
    ck_assert_uint_eq(census().in_use, 1);
    stack_release(second);
    stack_cache_drain();
    ck_assert_uint_eq(census().cached, 0);
    ck_assert_uint_eq(census().in_use, 0);
}
END_TEST

START_TEST(cache_has_a_limit)
{
    enum { MANY = 3000 };
    static struct stack *all[MANY];
    for (int i = 0; i < MANY; i++)
        all[i] = acquire("one of many");
    ck_assert_uint_eq(census().in_use, MANY);
    for (int i = 0; i < MANY; i++)
        stack_release(all[i]);
    ck_assert_uint_eq(census().in_use, 0);
    ck_assert_uint_ge(census().cached, 100);
    ck_assert_uint_lt(census().cached, MANY);
    stack_cache_drain();
}
END_TEST

START_TEST(stacks_of_another_size_are_not_kept)
{
    stack_set_size(SMALL);
    struct stack *cached = acquire("cached"), *in_use = acquire("in use");
    stack_release(cached);
    stack_set_size(LARGE);
    ck_assert_uint_eq(census().cached, 0);
    stack_release(in_use);
    ck_assert_uint_eq(census().cached, 0);
    struct stack *larger = acquire("larger");
    ck_assert_uint_ge(larger->size, LARGE);
    stack_release(larger);
    stack_set_size(LARGE - 1);
    ck_assert_uint_eq(census().cached, 1); /* the same in whole pages */
    stack_cache_drain();
}
END_TEST

#ifdef CRAWLER_DEBUG

/* The tests of the census come in order of depth, since the deepest stands as long as the process. */

/* A stack whose topmost `size` bytes were used by `owner`. */
static void use_stack(const char *owner, size_t size)
{
    struct stack *stack = acquire(owner);
    memset(stack->low + stack->size - size, 0x5a, size);
    stack_release(stack);
}

START_TEST(census_tells_the_deepest_and_its_owner)
{
    use_stack("modest", 2000);
    ck_assert_uint_eq(census().deepest, 2000);
    ck_assert_str_eq(census().deepest_owner, "modest");
    use_stack("greedy", 20000);
    ck_assert_uint_eq(census().deepest, 20000);
    use_stack("modest", 3000);
    ck_assert_uint_eq(census().deepest, 20000);
    ck_assert_str_eq(census().deepest_owner, "greedy");
}
END_TEST

/* Stands on the stack itself even where the sanitizer would move frames elsewhere. */
static __attribute__((noinline, no_sanitize("address"))) void use(size_t size)
{
    char block[40000];
    memset(block, 1, size);
    coroutine_yield(block);
}

static void *use_and_wait(void *argument)
{
    use(40000);
    return argument;
}

START_TEST(census_counts_the_living)
{
    struct coroutine *coroutine;
    void *out;
    ck_assert_int_eq(coroutine_create(&coroutine, "living", use_and_wait, NULL), 0);
    ck_assert_int_eq(coroutine_send(coroutine, NULL, &out), 0);
    ck_assert_uint_ge(census().deepest, 40000);
    ck_assert_uint_lt(census().deepest, 50000);
    ck_assert_str_eq(census().deepest_owner, "living");
    coroutine_free(coroutine);
}
END_TEST

START_TEST(stack_used_again_is_painted_again)
{
    struct stack *stack = acquire("whole");
    memset(stack->low, 0x5a, stack->size);
    stack_release(stack);
    ck_assert_uint_eq(census().deepest, stack->size);
    ck_assert_str_eq(census().deepest_owner, "whole");
    ck_assert_ptr_eq(acquire("next"), stack);
    for (size_t i = 0; i < stack->size; i++)
        ck_assert_int_eq(stack->low[i], 0);
    stack_release(stack);
}
END_TEST

#define CENSUS_TESTS census_tells_the_deepest_and_its_owner, census_counts_the_living, stack_used_again_is_painted_again

#else

START_TEST(census_measures_no_depth_without_paint)
{
    run_coroutine("unmeasured", touch, &(char){0});
    ck_assert_uint_eq(census().deepest, 0);
    ck_assert_str_eq(census().deepest_owner, "");
}
END_TEST

#define CENSUS_TESTS census_measures_no_depth_without_paint

#endif

static void exhaust_address_space(void)
{
    enum { MOST = 10000, LIMIT = 256 << 20 };
    static struct coroutine *all[MOST];
    int count = 0, err = 0;
    void *out;
    require(!setrlimit(RLIMIT_AS, &(struct rlimit){LIMIT, LIMIT}));
    while (count < MOST && !(err = coroutine_create(&all[count], "one of many", overflow_stack, NULL)))
        count++;
    require(err == ERR_NO_MEMORY);
    require(census().in_use == (size_t)count);
    for (int i = 0; i < count; i++)
        coroutine_free(all[i]);
    require(census().in_use == 0);
    require(!coroutine_create(&all[0], "afterwards", touch, &(char){0}));
    require(coroutine_send(all[0], NULL, &out) == ERR_FINISHED);
}

/* The sanitizer and valgrind need more address space than that for themselves. */
static bool has_tools(void)
{
#if defined(FIBER_HOOKS)
    return true;
#elif defined(RUNNING_ON_VALGRIND)
    return RUNNING_ON_VALGRIND;
#else
    return false;
#endif
}

START_TEST(no_more_mappings_is_no_memory)
{
    if (has_tools())
        return;
    struct child child = run_child(exhaust_address_space);
    ck_assert(WIFEXITED(child.status));
    ck_assert_int_eq(WEXITSTATUS(child.status), 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("stack", other_faults_go_to_the_earlier_handler, signals_that_were_sent_go_to_the_earlier_handler,
                     overflow_ends_the_process_whatever_the_earlier_handler, CENSUS_TESTS,
                     other_faults_end_the_process_without_a_word_of_stacks,
                     overflow_names_the_coroutine_and_ends_by_the_signal, guard_is_not_stepped_over_by_a_large_frame,
                     stack_that_was_given_back_is_used_again, cache_has_a_limit, stacks_of_another_size_are_not_kept,
                     no_more_mappings_is_no_memory, all_bytes_of_a_stack_are_usable);
}
