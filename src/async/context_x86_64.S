/* The context switch for x86-64, by the System V ABI (AMD64 supplement, section 3.2.1): a called function preserves rbx,
 * rbp, r12 to r15, rsp, the control bits of MXCSR and the x87 control word. */
#if defined(__x86_64__)

#if defined(__APPLE__)
#define SYMBOL(name) _##name
#else
#define SYMBOL(name) name
#endif

    .text

/* void context_switch(struct context *from (rdi), struct context *to (rsi)) */
    .globl SYMBOL(context_switch)
    .p2align 4
SYMBOL(context_switch):
    .cfi_startproc
    endbr64
    pushq %rbp
    .cfi_adjust_cfa_offset 8
    pushq %rbx
    .cfi_adjust_cfa_offset 8
    pushq %r12
    .cfi_adjust_cfa_offset 8
    pushq %r13
    .cfi_adjust_cfa_offset 8
    pushq %r14
    .cfi_adjust_cfa_offset 8
    pushq %r15
    .cfi_adjust_cfa_offset 8
    subq $8, %rsp
    .cfi_adjust_cfa_offset 8
    stmxcsr (%rsp)
    fnstcw 4(%rsp)

    movq %rsp, (%rdi)
    movq (%rsi), %rsp

    ldmxcsr (%rsp)
    fldcw 4(%rsp)
    addq $8, %rsp
    .cfi_adjust_cfa_offset -8
    popq %r15
    .cfi_adjust_cfa_offset -8
    popq %r14
    .cfi_adjust_cfa_offset -8
    popq %r13
    .cfi_adjust_cfa_offset -8
    popq %r12
    .cfi_adjust_cfa_offset -8
    popq %rbx
    .cfi_adjust_cfa_offset -8
    popq %rbp
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc

/* Where the first switch to a context lands: calls r12(r13), which never returns. Nothing lies above. */
    .globl SYMBOL(context_start)
    .p2align 4
SYMBOL(context_start):
    .cfi_startproc
    .cfi_undefined rip
    endbr64
    movq %r13, %rdi
    xorl %ebp, %ebp
    callq *%r12
    ud2
    .cfi_endproc

#if defined(__ELF__)
    .type context_switch, @function
    .size context_switch, context_start - context_switch
    .type context_start, @function
#endif
#endif

#if defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
