/* nth_failure_calls.c - system calls, trapped by seccomp.
 *
 * A filter raises SIGSYS for the calls of interest wherever in the process they are made, but for those of one function
 * here, which the handler makes in their place. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "shim/nth_failure_internal.h"

static const struct {
    int number;
    enum nth_kind kind;
} CALLS[] = {
    {SYS_mmap, NTH_MAPPING},       {SYS_mprotect, NTH_MAPPING},   {SYS_mremap, NTH_MAPPING},
    {SYS_read, NTH_READ},          {SYS_pread64, NTH_READ},       {SYS_readv, NTH_READ},
    {SYS_recvfrom, NTH_RECEIVE},   {SYS_recvmsg, NTH_RECEIVE},    {SYS_write, NTH_WRITE},
    {SYS_pwrite64, NTH_WRITE},     {SYS_writev, NTH_WRITE},       {SYS_sendto, NTH_SEND},
    {SYS_sendmsg, NTH_SEND},       {SYS_sendmmsg, NTH_SEND},      {SYS_open, NTH_OPEN},
    {SYS_openat, NTH_OPEN},        {SYS_creat, NTH_OPEN},         {SYS_fsync, NTH_SYNC},
    {SYS_fdatasync, NTH_SYNC},     {SYS_rename, NTH_RENAME},      {SYS_renameat, NTH_RENAME},
    {SYS_renameat2, NTH_RENAME},   {SYS_close, NTH_CLOSE},        {SYS_socket, NTH_SOCKET},
    {SYS_socketpair, NTH_SOCKET},  {SYS_pipe, NTH_SOCKET},        {SYS_pipe2, NTH_SOCKET},
    {SYS_eventfd2, NTH_SOCKET},    {SYS_connect, NTH_CONNECT},    {SYS_epoll_create1, NTH_EPOLL},
    {SYS_epoll_create, NTH_EPOLL}, {SYS_epoll_ctl, NTH_EPOLL},    {SYS_epoll_wait, NTH_EPOLL},
    {SYS_epoll_pwait, NTH_EPOLL},  {SYS_epoll_pwait2, NTH_EPOLL},
};

enum { CALL_COUNT = sizeof CALLS / sizeof CALLS[0], FILTER_SIZE = CALL_COUNT + 16 };

/* nth_raw_call(number, six arguments): what the kernel returns, a negative errno on failure. */
long nth_raw_call(long number, long a, long b, long c, long d, long e, long f);
extern const char nth_raw_call_end[];

__asm__(".text\n"
        ".globl nth_raw_call\n"
        ".hidden nth_raw_call\n"
        ".type nth_raw_call, @function\n"
        "nth_raw_call:\n"
        "    mov %rdi, %rax\n"
        "    mov %rsi, %rdi\n"
        "    mov %rdx, %rsi\n"
        "    mov %rcx, %rdx\n"
        "    mov %r8, %r10\n"
        "    mov %r9, %r8\n"
        "    mov 8(%rsp), %r9\n"
        "    syscall\n"
        "    ret\n"
        ".globl nth_raw_call_end\n"
        ".hidden nth_raw_call_end\n"
        "nth_raw_call_end:\n"
        "    nop\n"
        ".size nth_raw_call, . - nth_raw_call\n");

static enum nth_kind kind_of(int number)
{
    for (int i = 0; i < CALL_COUNT; i++)
        if (CALLS[i].number == number)
            return CALLS[i].kind;
    return NTH_KIND_COUNT;
}

/* Taking a watch off an epoll is no service that can be refused for want of anything. */
static bool only_gives_back(int number, long operation)
{
    enum { CTL_DEL = 2 };
    return number == SYS_epoll_ctl && operation == CTL_DEL;
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    int saved = errno, call = info->si_syscall;
    (void)signal;
    int number = only_gives_back(call, registers[REG_RSI]) ? 0 : nth_call(kind_of(call));
    long result = -number;
    if (!number || call == SYS_close)
        result = nth_raw_call(call, registers[REG_RDI], registers[REG_RSI], registers[REG_RDX], registers[REG_R10],
                              registers[REG_R8], registers[REG_R9]);
    if (number && call == SYS_write && registers[REG_RDI] == STDERR_FILENO)
        nth_record->stderr_failed = true;
    registers[REG_RAX] = number ? -number : result;
    errno = saved;
}

static int install_filter(const struct sock_filter *filter, unsigned short length)
{
    struct sock_fprog program = {length, (struct sock_filter *)(uintptr_t)filter};
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGSYS, &action, NULL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* A jump within the filter, whose instructions are counted up to `next`. */
#define JUMP(test, value, if_true, if_false) \
    (struct sock_filter) BPF_JUMP(BPF_JMP | (test) | BPF_K, value, if_true, if_false)
#define LOAD(field)   (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (field))
#define ANSWER(value) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, value)

int nth_trap_calls(enum nth_kind kind)
{
    struct sock_filter filter[FILTER_SIZE];
    unsigned short length = 0, wanted = 0;
    unsigned instruction = (unsigned)offsetof(struct seccomp_data, instruction_pointer);
    uint64_t first = (uint64_t)(uintptr_t)nth_raw_call, last = (uint64_t)(uintptr_t)nth_raw_call_end;
    if (first >> 32 != last >> 32)
        return -1;
    for (int i = 0; i < CALL_COUNT; i++)
        wanted += kind == NTH_KIND_COUNT || CALLS[i].kind == kind;
    if (!wanted)
        return 0;
    filter[length++] = LOAD((unsigned)offsetof(struct seccomp_data, nr));
    for (int i = 0; i < CALL_COUNT; i++)
        if (kind == NTH_KIND_COUNT || CALLS[i].kind == kind)
            filter[length++] = JUMP(BPF_JEQ, (unsigned)CALLS[i].number, (unsigned char)wanted--, 0);
    filter[length++] = ANSWER(SECCOMP_RET_ALLOW);
    filter[length++] = LOAD(instruction + 4);
    filter[length++] = JUMP(BPF_JEQ, (unsigned)(first >> 32), 0, 3);
    filter[length++] = LOAD(instruction);
    filter[length++] = JUMP(BPF_JGE, (unsigned)first, 0, 1);
    filter[length++] = JUMP(BPF_JGT, (unsigned)last, 0, 1);
    filter[length++] = ANSWER(SECCOMP_RET_TRAP);
    filter[length++] = ANSWER(SECCOMP_RET_ALLOW);
    return install_filter(filter, length);
}
