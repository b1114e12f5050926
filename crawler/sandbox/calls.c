#include "sandbox/calls.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "sandbox/sanitizer.h"

/* Younger than the headers may be; from 424 on all architectures have the same numbers. */
enum {
    CALL_PIDFD_SEND_SIGNAL = 424,
    CALL_IO_URING_SETUP = 425,
    CALL_IO_URING_ENTER = 426,
    CALL_IO_URING_REGISTER = 427,
    CALL_OPEN_TREE = 428,
    CALL_MOVE_MOUNT = 429,
    CALL_FSOPEN = 430,
    CALL_FSCONFIG = 431,
    CALL_FSMOUNT = 432,
    CALL_FSPICK = 433,
    CALL_CLONE3 = 435,
    CALL_PIDFD_GETFD = 438,
    CALL_PROCESS_MADVISE = 440,
    CALL_MOUNT_SETATTR = 442,
    CALL_QUOTACTL_FD = 443,
    CALL_MEMFD_SECRET = 447,
    CALL_PROCESS_MRELEASE = 448,
    CALL_FCHMODAT2 = 452,
    CALL_SETXATTRAT = 463,
    CALL_REMOVEXATTRAT = 466,
    CALL_OPEN_TREE_ATTR = 467,
    CALL_FILE_SETATTR = 469
};

const int REFUSED_CALLS[] = {
#if !SANITIZED
    /* processes, threads and programs, and a look into others */
    SYS_clone, SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
#endif
    SYS_kcmp, CALL_PIDFD_SEND_SIGNAL, CALL_PIDFD_GETFD, CALL_PROCESS_MADVISE, CALL_PROCESS_MRELEASE, SYS_move_pages,
    SYS_migrate_pages,

    /* who we are and where */
    SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setfsuid, SYS_setfsgid,
    SYS_setgroups, SYS_capset, SYS_unshare, SYS_setns, SYS_chroot, SYS_pivot_root, SYS_personality,

    /* what Landlock does not know of files */
    SYS_truncate, SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_mknodat, SYS_utimensat, SYS_setxattr, SYS_lsetxattr,
    SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr, SYS_open_by_handle_at, CALL_FCHMODAT2,
    CALL_SETXATTRAT, CALL_REMOVEXATTRAT, CALL_FILE_SETATTR,
#ifdef SYS_chmod
    SYS_chmod, SYS_chown, SYS_lchown, SYS_mknod, SYS_utime, SYS_utimes, SYS_futimesat,
#endif

    /* the system */
    SYS_mount, SYS_umount2, CALL_OPEN_TREE, CALL_OPEN_TREE_ATTR, CALL_MOVE_MOUNT, CALL_FSOPEN, CALL_FSCONFIG,
    CALL_FSMOUNT, CALL_FSPICK, CALL_MOUNT_SETATTR, SYS_swapon, SYS_swapoff, SYS_quotactl, CALL_QUOTACTL_FD, SYS_acct,
    SYS_syslog, SYS_vhangup, SYS_reboot, SYS_sethostname, SYS_setdomainname, SYS_settimeofday, SYS_clock_settime,
    SYS_clock_adjtime, SYS_adjtimex, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load,
    SYS_nfsservctl, SYS_fanotify_init,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib,
#endif

    /* servers */
    SYS_listen, SYS_accept, SYS_accept4,

    /* what few programs use and where the kernel's faults are */
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, CALL_IO_URING_SETUP, CALL_IO_URING_ENTER, CALL_IO_URING_REGISTER,
    SYS_io_setup, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_memfd_create, CALL_MEMFD_SECRET, SYS_remap_file_pages,
    SYS_splice, SYS_tee, SYS_vmsplice, SYS_lookup_dcookie, SYS_shmget, SYS_shmat, SYS_semget, SYS_msgget, SYS_mq_open};
const size_t REFUSED_CALL_COUNT = sizeof REFUSED_CALLS / sizeof REFUSED_CALLS[0];

enum { SOCKET_TYPE_BITS = 0xf }; /* the others are flags */

/* Libraries are mapped as files that nobody writes to, so that executable memory need never be written. */
const struct call_rule CALL_RULES[] = {
    {SYS_socket, 0, UINT32_MAX, REFUSED_UNLESS_ONE_OF, 3, {AF_UNIX, AF_INET, AF_INET6}},
    {SYS_socket, 1, SOCKET_TYPE_BITS, REFUSED_UNLESS_ONE_OF, 2, {SOCK_STREAM, SOCK_DGRAM}},
    {SYS_socket, 2, UINT32_MAX, REFUSED_UNLESS_ONE_OF, 3, {0, IPPROTO_TCP, IPPROTO_UDP}},
    {SYS_mmap, 2, PROT_WRITE | PROT_EXEC, REFUSED_IF_ONE_OF, 1, {PROT_WRITE | PROT_EXEC}},
    {SYS_mprotect, 2, PROT_EXEC, REFUSED_IF_ONE_OF, 1, {PROT_EXEC}},
    {SYS_pkey_mprotect, 2, PROT_EXEC, REFUSED_IF_ONE_OF, 1, {PROT_EXEC}},
    {SYS_prlimit64, 0, UINT32_MAX, REFUSED_UNLESS_ONE_OF, 1, {0}}, /* 0: our own limits */
    /* libcurl gives a new cookie jar the old one's mode. */
    {SYS_fchmod, 1, S_ISUID | S_ISGID, REFUSED_UNLESS_ONE_OF, 1, {0}},
    /* Typing into our own terminal would command the shell that comes after us. */
    {SYS_ioctl, 1, UINT32_MAX, REFUSED_IF_ONE_OF, 2, {TIOCSTI, TIOCLINUX}},
};
const size_t CALL_RULE_COUNT = sizeof CALL_RULES / sizeof CALL_RULES[0];

const int SELF_CALLS[] = {SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo};
const size_t SELF_CALL_COUNT = sizeof SELF_CALLS / sizeof SELF_CALLS[0];

const int ABSENT_CALLS[] = {CALL_CLONE3};
const size_t ABSENT_CALL_COUNT = sizeof ABSENT_CALLS / sizeof ABSENT_CALLS[0];

#endif
