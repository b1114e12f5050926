/* The context switch for x86-64, by the System V ABI (AMD64 supplement, section 3.2.1): a called function preserves
 * rbx, rbp, r12 to r15, rsp, the control bits of MXCSR and the x87 control word. */
#if defined(__x86_64__)

#if defined(__APPLE__)
#define SYMBOL(name) _##name
#else
#define SYMBOL(name) name
#endif

/* Each rule says where the caller's register lies, so that a debugger that stops halfway finds the right frames: those
 * of the context whose stack is in rsp. */
.macro save register
    pushq %\register
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset \register, 0
.endm

.macro restore register
    popq %\register
    .cfi_adjust_cfa_offset -8
    .cfi_restore \register
.endm

    .text

/* void context_switch(struct context *from (rdi), struct context *to (rsi)) */
    .globl SYMBOL(context_switch)
    .p2align 4
SYMBOL(context_switch):
    .cfi_startproc
    endbr64
    save rbp
    save rbx
    save r12
    save r13
    save r14
    save r15
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
    restore r15
    restore r14
    restore r13
    restore r12
    restore rbx
    restore rbp
    /* A jump, since the processor would predict that a ret goes back to who called: never so here. Its target bears no
     * landing pad, whence notrack. */
    popq %rcx
    .cfi_adjust_cfa_offset -8
    .cfi_register rip, rcx
    notrack jmp *%rcx
    .cfi_endproc
#if defined(__ELF__)
    .type context_switch, @function
    .size context_switch, . - context_switch
#endif

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
    .type context_start, @function
    .size context_start, . - context_start
#endif

#endif

#if defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
