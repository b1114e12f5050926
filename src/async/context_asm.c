#include "async/context.h"

#include <assert.h>
#include <stdint.h>

/* In the assembly files. */
void context_start(void);

/* The frame that context_switch of the processor restores, lowest address first. Kept in step with the .S files. */
#if defined(__x86_64__)
struct frame {
    uint32_t mxcsr;
    uint16_t x87_control;
    uint16_t padding;
    void *r15;
    void *r14;
    void *r13; /* context_start: the argument */
    void *r12; /* context_start: the entry */
    void *rbx;
    void *rbp;
    void *return_address;
    void *end_of_stack[2]; /* NULL, where those look for a caller of context_start who don't read its unwind rules */
};

static void fill(struct frame *frame, context_entry entry, void *argument)
{
    *frame = (struct frame){
        .mxcsr = 0x1f80,       /* all exceptions masked, round to nearest: the ABI's state at process entry */
        .x87_control = 0x037f, /* likewise */
        .r13 = argument,
        .r12 = (void *)entry,
        .return_address = (void *)context_start,
    };
}
#elif defined(__aarch64__)
struct frame {
    double d8_to_d15[8];
    void *x19; /* context_start: the entry */
    void *x20; /* context_start: the argument */
    void *x21_to_x28[8];
    void *x29;
    void *x30; /* where the switch returns to */
};

static void fill(struct frame *frame, context_entry entry, void *argument)
{
    *frame = (struct frame){.x19 = (void *)entry, .x20 = argument, .x30 = (void *)context_start};
}
#else
#error "no context switch for this processor: configure with -DCRAWLER_CONTEXT=ucontext"
#endif

void context_init(struct context *context, char *low, size_t size, context_entry entry, void *argument)
{
    /* The frame ends on a multiple of 16, where both ABIs want the stack pointer when a function is entered by a call
     * (x86-64: before the call pushed its return address, which context_start allows for). */
    char *top = low + size;
    top -= (uintptr_t)top % 16;
    struct frame *frame = (struct frame *)(void *)(top - sizeof *frame);
    static_assert(sizeof *frame % 16 == 0, "the frame would not be aligned");
    fill(frame, entry, argument);
    context->stack_pointer = frame;
}
