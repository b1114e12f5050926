/* The portable switch. swapcontext saves the signal mask too, two system calls a switch: correct everywhere, slow. */
#include "async/context.h"

#include <assert.h>
#include <stdint.h>

/* makecontext passes ints: a pointer goes in two halves. */
static void start(unsigned entry_high, unsigned entry_low, unsigned argument_high, unsigned argument_low)
{
    uintptr_t entry = (uintptr_t)((uint64_t)entry_high << 32 | entry_low);
    uintptr_t argument = (uintptr_t)((uint64_t)argument_high << 32 | argument_low);
    ((context_entry)entry)((void *)argument);
}

void context_init(struct context *context, char *low, size_t size, context_entry entry, void *argument)
{
    uint64_t entry_bits = (uintptr_t)entry, argument_bits = (uintptr_t)argument;
    int failed = getcontext(&context->registers);
    assert(!failed);
    context->registers.uc_stack.ss_sp = low;
    context->registers.uc_stack.ss_size = size;
    context->registers.uc_link = NULL;
    makecontext(&context->registers, (void (*)(void))start, 4, (unsigned)(entry_bits >> 32), (unsigned)entry_bits,
                (unsigned)(argument_bits >> 32), (unsigned)argument_bits);
}

void context_switch(struct context *from, struct context *to)
{
    int failed = swapcontext(&from->registers, &to->registers);
    assert(!failed);
}
