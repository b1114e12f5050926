/* The portable switch. swapcontext saves the signal mask too, two system calls a switch: correct everywhere, slow. */
#include "async/context.h"

#include <assert.h>

/* makecontext passes ints, and no pointer is wider than two of them. */
union halves {
    context_entry entry;
    void *argument;
    unsigned half[2];
};

static_assert(sizeof(union halves) == 2 * sizeof(unsigned), "a pointer does not fit in two ints");

static void start(unsigned entry_first, unsigned entry_second, unsigned argument_first, unsigned argument_second)
{
    union halves entry = {.half = {entry_first, entry_second}}, argument = {.half = {argument_first, argument_second}};
    entry.entry(argument.argument);
}

void context_init(struct context *context, char *low, size_t size, context_entry entry, void *argument)
{
    union halves passed_entry = {.half = {0}}, passed_argument = {.half = {0}};
    passed_entry.entry = entry;
    passed_argument.argument = argument;
    int failed = getcontext(&context->registers);
    assert(!failed);
    context->registers.uc_stack.ss_sp = low;
    context->registers.uc_stack.ss_size = size;
    context->registers.uc_link = NULL;
    makecontext(&context->registers, (void (*)(void))start, 4, passed_entry.half[0], passed_entry.half[1],
                passed_argument.half[0], passed_argument.half[1]);
}

void context_switch(struct context *from, struct context *to)
{
    int failed = swapcontext(&from->registers, &to->registers);
    assert(!failed);
}
