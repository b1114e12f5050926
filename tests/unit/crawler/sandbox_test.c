/* Each attempt is made by a child that has entered the sandbox, for nobody leaves it. */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "sandbox/sanitizer.h"
#include "unit/folder.h"
#include "unit/suite.h"
#include "web/icu_library.h"
#include "web/xml_library.h"

enum { KILLED = 200, BIND_VERSION = 4 };

static char folder[FOLDER_SIZE];
static char inside[FOLDER_SIZE + 4], outside[FOLDER_SIZE + 4]; /* folders in it */
static int outside_fd;                                         /* of outside/open, opened for writing before */
static unsigned parts;                                         /* of the sandbox, that this system has */
static bool binding_is_refused;

static const char *path_of(const char *where, const char *name)
{
    static char paths[2][128];
    static unsigned next;
    char *path = paths[next++ % 2];
    snprintf(path, sizeof paths[0], "%s/%s", where, name);
    return path;
}

static void open_folders(void)
{
    folder_make(folder, "/tmp/crawler-test");
    snprintf(inside, sizeof inside, "%s/in", folder);
    snprintf(outside, sizeof outside, "%s/out", folder);
    ck_assert(mkdir(inside, 0700) == 0 && mkdir(outside, 0700) == 0);
    file_write(path_of(inside, "old"), "as it was");
    file_write(path_of(outside, "old"), "as it was");
    outside_fd = open(path_of(outside, "open"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_ge(outside_fd, 0);
}

static void close_folders(void)
{
    close(outside_fd);
    folder_remove(folder);
}

/* What an attempt, 0 or a value of errno, comes to in a sandbox that leaves the folder `inside`. */
static int in_sandbox(int (*attempt)(void))
{
    int status;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        const char *const writable[] = {inside, "/nonexistent/folder", NULL};
        if (sandbox_enter(writable) != parts)
            _exit(KILLED);
        _exit(attempt());
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : KILLED + WTERMSIG(status);
}

struct attempt {
    const char *name;
    int (*make)(void);
    int result; /* 0 or a value of errno */
};

static void make_attempts(const struct attempt *attempts, size_t count)
{
    open_folders();
    for (size_t i = 0; i < count; i++) {
        int result = in_sandbox(attempts[i].make);
        ck_assert_msg(result == attempts[i].result, "%s: %d (%s), not %d", attempts[i].name, result, strerror(result),
                      attempts[i].result);
    }
    close_folders();
}

/* Of a call that returns -1 when it fails. */
static int outcome(long returned)
{
    return returned < 0 ? errno : 0;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static int open_as(const char *where, const char *name, int flags)
{
    return outcome(open(path_of(where, name), flags | O_CLOEXEC, 0600));
}

static int write_outside(void)
{
    return open_as(outside, "old", O_WRONLY);
}

static int make_outside(void)
{
    return open_as(outside, "new", O_WRONLY | O_CREAT);
}

static int truncate_outside(void)
{
    return open_as(outside, "old", O_RDONLY | O_TRUNC);
}

static int remove_outside(void)
{
    return outcome(unlink(path_of(outside, "old")));
}

static int write_by_a_link(void)
{
    return outcome(symlink(path_of(outside, "old"), path_of(inside, "link")));
}

static int make_folder_inside(void)
{
    return outcome(mkdir(path_of(inside, "folder"), 0700));
}

static int move_out(void)
{
    return outcome(rename(path_of(inside, "old"), path_of(outside, "old")));
}

static int write_own_memory(void)
{
    return outcome(open("/proc/self/mem", O_WRONLY | O_CLOEXEC));
}

static int make_temporary(void)
{
    return tmpfile() ? 0 : errno;
}

static int read_anything(void)
{
    return open_as("/etc", "passwd", O_RDONLY);
}

static int write_what_is_open(void)
{
    return outcome(write(outside_fd, "x", 1));
}

/* As outputs and libcurl's cookie jars do. */
static int write_inside(void)
{
    int fd = open(path_of(inside, "new.part"), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0 || write(fd, "new", 3) != 3 || ftruncate(fd, 2) || fchmod(fd, 0640) || fsync(fd) || close(fd))
        return errno;
    if (rename(path_of(inside, "new.part"), path_of(inside, "old")))
        return errno;
    return outcome(unlink(path_of(inside, "old")));
}

static int serve_tcp(void)
{
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return outcome(
        bind(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), (const struct sockaddr *)&address, sizeof address));
}

START_TEST(files_are_written_in_their_folders_alone)
{
    static const struct attempt attempts[] = {
        {"write outside", write_outside, EACCES},
        {"make outside", make_outside, EACCES},
        {"truncate outside", truncate_outside, EACCES},
        {"remove outside", remove_outside, EACCES},
        {"make a link inside", write_by_a_link, EACCES},
        {"make a folder inside", make_folder_inside, EACCES},
        {"move out", move_out, EACCES},
        {"write our memory", write_own_memory, EACCES},
        {"make a temporary file", make_temporary, EACCES},
        {"read", read_anything, 0},
        {"write what is open", write_what_is_open, 0},
        {"write inside", write_inside, 0},
    };
    if (!(parts & SANDBOX_FILES))
        return;
    make_attempts(attempts, sizeof attempts / sizeof attempts[0]);
    if (binding_is_refused)
        make_attempts(&(const struct attempt){"bind", serve_tcp, EACCES}, 1);
}
END_TEST

/* --- calls -------------------------------------------------------------------------------------------------------- */

#if defined(__x86_64__) || defined(__aarch64__)

/* Calls of other architectures' numbers. */
#ifdef __x86_64__

enum { X32_BIT = 0x40000000, GETPID_OF_32_BITS = 20 };

static int call_x32(void)
{
    return outcome(syscall(X32_BIT + SYS_getpid));
}

/* Where the kernel has no 32-bit calls, the instruction faults. */
static int call_32_bits(void)
{
    long result;
    signal(SIGSEGV, SIG_DFL);
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(GETPID_OF_32_BITS) : "memory", "r8", "r9", "r10", "r11");
    return (int)result < 0 ? -(int)result : 0;
}

START_TEST(other_architectures_calls_are_refused)
{
    if (!(parts & SANDBOX_CALLS))
        return;
    open_folders();
    ck_assert_int_eq(in_sandbox(call_x32), EPERM);
    int result = in_sandbox(call_32_bits);
    ck_assert_msg(result == EPERM || result == KILLED + SIGSEGV, "%d", result);
    close_folders();
}
END_TEST

#else

START_TEST(other_architectures_calls_are_refused)
{
}
END_TEST

#endif

/* With no arguments of use: what is not refused fails otherwise, or does no harm. */
static const int REFUSED[] = {SYS_unshare,
                              SYS_setns,
                              SYS_mount,
                              SYS_umount2,
                              SYS_pivot_root,
                              SYS_bpf,
                              SYS_keyctl,
                              SYS_add_key,
                              SYS_perf_event_open,
                              SYS_userfaultfd,
                              SYS_process_vm_readv,
                              SYS_process_vm_writev,
                              SYS_kexec_load,
                              SYS_init_module,
                              SYS_finit_module,
                              SYS_setuid,
                              SYS_setresuid,
                              SYS_personality,
                              SYS_ptrace,
                              SYS_execve,
                              SYS_execveat,
                              SYS_listen,
                              SYS_accept4,
                              SYS_memfd_create,
                              SYS_fchmodat,
                              SYS_truncate,
                              425 /* io_uring_setup */,
                              428 /* open_tree */,
                              424 /* pidfd_send_signal */};

static bool is_kept_for_sanitizers(int number)
{
    return SANITIZED && (number == SYS_ptrace || number == SYS_execve || number == SYS_execveat ||
                         number == SYS_process_vm_readv || number == SYS_process_vm_writev);
}

static int call_refused(void)
{
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++)
        if (!is_kept_for_sanitizers(REFUSED[i]) && (syscall(REFUSED[i], 0, 0, 0, 0, 0, 0) != -1 || errno != EPERM)) {
            fprintf(stderr, "call %d: %s\n", REFUSED[i], strerror(errno));
            return EINVAL;
        }
    return EPERM;
}

static int call_clone3(void)
{
    return outcome(syscall(435, 0, 0));
}

static int fork_child(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return outcome(child);
}

static void *run_thread(void *argument)
{
    return argument;
}

static int start_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, run_thread, NULL);
}

static int spawn_program(void)
{
    static char name[] = "true";
    char *const arguments[] = {name, NULL}, *const environment[] = {NULL};
    pid_t child;
    return posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environment);
}

static int signal_parent(void)
{
    return outcome(kill(getppid(), 0));
}

static int signal_group(void)
{
    return outcome(kill(0, 0));
}

static int signal_ourselves(void)
{
    signal(SIGUSR1, SIG_IGN);
    return raise(SIGUSR1) || kill(getpid(), SIGUSR1) ? errno : 0;
}

static int open_socket(int family, int type, int protocol)
{
    return outcome(socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
}

static int open_packet_socket(void)
{
    return open_socket(AF_PACKET, SOCK_RAW, 0);
}

static int open_netlink_socket(void)
{
    return open_socket(AF_NETLINK, SOCK_DGRAM, NETLINK_NETFILTER);
}

static int open_raw_socket(void)
{
    return open_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static int open_ping_socket(void)
{
    return open_socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
}

static int open_usual_sockets(void)
{
    int err = open_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    err = err ? err : open_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    err = err ? err : open_socket(AF_UNIX, SOCK_STREAM, 0);
    return err ? err : open_socket(AF_INET6, SOCK_STREAM, 0) == EPERM ? EPERM : 0;
}

static int map_writable_code(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? errno : 0;
}

static int make_memory_code(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? 0 : outcome(mprotect(memory, 4096, PROT_READ | PROT_EXEC));
}

static int protect_memory(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? errno : outcome(mprotect(memory, 4096, PROT_NONE));
}

static int type_into_terminal(void)
{
    return outcome(ioctl(STDIN_FILENO, TIOCSTI, "x"));
}

static int make_set_user_id(void)
{
    return outcome(fchmod(outside_fd, 04755));
}

static int read_limits(void)
{
    struct rlimit files;
    return outcome(getrlimit(RLIMIT_NOFILE, &files));
}

static int load_libraries(void)
{
    return xml_library_load() || icu_library_load() ? ENOENT : 0;
}

START_TEST(calls_that_no_crawl_makes_are_refused)
{
    static const struct attempt attempts[] = {
        {"refused calls", call_refused, EPERM},       {"clone3", call_clone3, ENOSYS},
        {"signal the parent", signal_parent, EPERM},  {"signal the group", signal_group, EPERM},
        {"packet socket", open_packet_socket, EPERM}, {"netlink socket", open_netlink_socket, EPERM},
        {"raw socket", open_raw_socket, EPERM},       {"ping socket", open_ping_socket, EPERM},
        {"writable code", map_writable_code, EPERM},  {"memory as code", make_memory_code, EPERM},
        {"terminal", type_into_terminal, EPERM},      {"set-user-id", make_set_user_id, EPERM},
    };
    if (parts & SANDBOX_CALLS)
        make_attempts(attempts, sizeof attempts / sizeof attempts[0]);
}
END_TEST

START_TEST(nothing_is_started)
{
    static const struct attempt attempts[] = {
        {"fork", fork_child, EPERM},
        {"thread", start_thread, EPERM},
        {"program", spawn_program, EPERM},
    };
    if (parts & SANDBOX_CALLS && !SANITIZED)
        make_attempts(attempts, sizeof attempts / sizeof attempts[0]);
}
END_TEST

START_TEST(what_a_crawl_needs_is_left)
{
    static const struct attempt attempts[] = {
        {"signal ourselves", signal_ourselves, 0}, {"sockets", open_usual_sockets, 0},
        {"guard pages", protect_memory, 0},        {"limits", read_limits, 0},
        {"late libraries", load_libraries, 0},
    };
    make_attempts(attempts, sizeof attempts / sizeof attempts[0]);
}
END_TEST

#define CALL_TESTS                                                                                    \
    calls_that_no_crawl_makes_are_refused, nothing_is_started, other_architectures_calls_are_refused, \
        what_a_crawl_needs_is_left,
#else
#define CALL_TESTS
#endif

/* --- what is told ------------------------------------------------------------------------------------------------- */

static enum log_level told_level;
static char told[1024];
static unsigned times_told;

static void take_line(void *context, enum log_level level, const char *line)
{
    (void)context;
    told_level = level;
    times_told++;
    snprintf(told, sizeof told, "%s", line);
}

static int tell(void)
{
    const char *const writable[] = {inside, NULL};
    log_set_level(LOG_INFO);
    log_set_sink(take_line, NULL);
    sandbox_enter(writable); /* in a second one, as it happens */
    bool names_folder = strstr(told, inside) != NULL;
    return times_told == 1 && told_level == LOG_INFO && names_folder == ((parts & SANDBOX_FILES) != 0) ? 0 : EINVAL;
}

START_TEST(what_holds_is_told_once)
{
    const struct attempt attempt = {"tell", tell, 0};
    make_attempts(&attempt, 1);
}
END_TEST

/* --- which of it this system has ---------------------------------------------------------------------------------- */

/* In a child, whose exit code is a set of parts. */
static unsigned find_parts(void)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        const char *const nowhere[] = {NULL};
        _exit((int)sandbox_enter(nowhere));
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
}

int main(void)
{
    parts = find_parts();
    if (!parts) {
        puts("neither Landlock nor seccomp here, or valgrind");
        return 77;
    }
    binding_is_refused = syscall(444 /* landlock_create_ruleset */, NULL, 0, 1) >= BIND_VERSION;
    return RUN_TESTS("sandbox", CALL_TESTS files_are_written_in_their_folders_alone, what_holds_is_told_once);
}
