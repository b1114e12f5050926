/* The context switch for 64-bit ARM, by the procedure call standard (AAPCS64, sections 6.1.1 and 6.1.2): a called
 * function preserves x19 to x29, sp and the low halves of v8 to v15; x30 holds where it returns to. */
#if defined(__aarch64__)

#if defined(__APPLE__)
#define SYMBOL(name) _##name
#else
#define SYMBOL(name) name
#endif

#define FRAME 160

/* Each rule says where the caller's register lies, so that a debugger that stops halfway finds the right frames: those
 * of the context whose stack is in sp. */
.macro save first, second, offset
    stp \first, \second, [sp, #\offset]
    .cfi_rel_offset \first, \offset
    .cfi_rel_offset \second, \offset + 8
.endm

.macro restore first, second, offset
    ldp \first, \second, [sp, #\offset]
    .cfi_restore \first
    .cfi_restore \second
.endm

    .text

/* void context_switch(struct context *from (x0), struct context *to (x1)) */
    .globl SYMBOL(context_switch)
    .p2align 4
SYMBOL(context_switch):
    .cfi_startproc
    hint #34 /* bti c */
    sub sp, sp, #FRAME
    .cfi_adjust_cfa_offset FRAME
    save d8, d9, 0
    save d10, d11, 16
    save d12, d13, 32
    save d14, d15, 48
    save x19, x20, 64
    save x21, x22, 80
    save x23, x24, 96
    save x25, x26, 112
    save x27, x28, 128
    save x29, x30, 144

    mov x9, sp
    str x9, [x0]
    ldr x9, [x1]
    mov sp, x9

    restore d8, d9, 0
    restore d10, d11, 16
    restore d12, d13, 32
    restore d14, d15, 48
    restore x19, x20, 64
    restore x21, x22, 80
    restore x23, x24, 96
    restore x25, x26, 112
    restore x27, x28, 128
    restore x29, x30, 144
    add sp, sp, #FRAME
    .cfi_adjust_cfa_offset -FRAME
    ret
    .cfi_endproc
#if defined(__ELF__)
    .type context_switch, %function
    .size context_switch, . - context_switch
#endif

/* Where the first switch to a context lands: calls x19(x20), which never returns. Nothing lies above. */
    .globl SYMBOL(context_start)
    .p2align 4
SYMBOL(context_start):
    .cfi_startproc
    .cfi_undefined x30
    hint #36 /* bti j */
    mov x0, x20
    mov x29, xzr
    mov x30, xzr
    blr x19
    brk #1
    .cfi_endproc
#if defined(__ELF__)
    .type context_start, %function
    .size context_start, . - context_start
#endif

#endif

#if defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
