/* The context switch for 64-bit ARM, by the procedure call standard (AAPCS64, sections 6.1.1 and 6.1.2): a called
 * function preserves x19 to x29, sp and the low halves of v8 to v15; x30 holds where it returns to. */
#if defined(__aarch64__)

#if defined(__APPLE__)
#define SYMBOL(name) _##name
#else
#define SYMBOL(name) name
#endif

#define FRAME 160

    .text

/* void context_switch(struct context *from (x0), struct context *to (x1)) */
    .globl SYMBOL(context_switch)
    .p2align 4
SYMBOL(context_switch):
    .cfi_startproc
    hint #34 /* bti c */
    sub sp, sp, #FRAME
    .cfi_adjust_cfa_offset FRAME
    stp d8, d9, [sp, #0]
    stp d10, d11, [sp, #16]
    stp d12, d13, [sp, #32]
    stp d14, d15, [sp, #48]
    stp x19, x20, [sp, #64]
    stp x21, x22, [sp, #80]
    stp x23, x24, [sp, #96]
    stp x25, x26, [sp, #112]
    stp x27, x28, [sp, #128]
    stp x29, x30, [sp, #144]

    mov x9, sp
    str x9, [x0]
    ldr x9, [x1]
    mov sp, x9

    ldp d8, d9, [sp, #0]
    ldp d10, d11, [sp, #16]
    ldp d12, d13, [sp, #32]
    ldp d14, d15, [sp, #48]
    ldp x19, x20, [sp, #64]
    ldp x21, x22, [sp, #80]
    ldp x23, x24, [sp, #96]
    ldp x25, x26, [sp, #112]
    ldp x27, x28, [sp, #128]
    ldp x29, x30, [sp, #144]
    add sp, sp, #FRAME
    .cfi_adjust_cfa_offset -FRAME
    ret
    .cfi_endproc

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
    .type context_switch, %function
    .size context_switch, context_start - context_switch
    .type context_start, %function
#endif
#endif

#if defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
