/* nth_failure.c - settings, counting, and the record. */
#include "shim/nth_failure.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shim/nth_failure_internal.h"

static const struct {
    const char *name;
    int number;
} KINDS[] = {
#define X(kind, name, number) {name, number},
    NTH_KINDS(X)
#undef X
};

enum { SKIPPED_FRAMES = 2, ALL_DESCRIPTORS = 256 };

static struct nth_record own_record;
struct nth_record *nth_record = &own_record;

static struct {
    enum nth_kind kind; /* NTH_KIND_COUNT: none */
    unsigned nth;       /* 0 until all is set up */
    int number;
    bool from;
    bool busy; /* telling of a failure: what that takes does not count */
} setting = {.kind = NTH_KIND_COUNT};

void nth_frame_name(void *address, nth_frame frame)
{
    Dl_info info;
    if (!dladdr(address, &info) || !info.dli_fname) {
        snprintf(frame, NTH_FRAME_SIZE, "? [%p]", address);
        return;
    }
    const char *slash = strrchr(info.dli_fname, '/');
    snprintf(frame, NTH_FRAME_SIZE, "%s(%s+%#tx) [%#tx]", slash ? slash + 1 : info.dli_fname,
             info.dli_sname ? info.dli_sname : "", info.dli_saddr ? (char *)address - (char *)info.dli_saddr : 0,
             (char *)address - (char *)info.dli_fbase);
}

static void note_frames(nth_frame frames[NTH_FRAMES])
{
    void *addresses[NTH_FRAMES];
    int count = backtrace(addresses, NTH_FRAMES);
    for (int i = SKIPPED_FRAMES; i < count; i++)
        nth_frame_name(addresses[i], frames[i - SKIPPED_FRAMES]);
}

static bool is_due(enum nth_kind kind)
{
    unsigned count = ++nth_record->counts[kind];
    return kind == setting.kind && setting.nth && (setting.from ? count >= setting.nth : count == setting.nth);
}

int nth_call(enum nth_kind kind)
{
    if (setting.busy || !is_due(kind))
        return 0;
    if (nth_record->failures++ == 0) {
        setting.busy = true;
        note_frames(nth_record->failed);
        setting.busy = false;
    }
    return setting.number;
}

void *dlopen(const char *name, int flags)
{
    static void *(*real)(const char *name, int flags);
    if (!real)
        real = (void *(*)(const char *, int))dlvsym(RTLD_NEXT, "dlopen", "GLIBC_2.34");
    return real(nth_call(NTH_LIBRARY) ? "failed-by-test.so" : name, flags);
}

void *dlsym(void *handle, const char *name)
{
    static void *(*real)(void *handle, const char *name);
    if (!real)
        real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
    return real(handle, nth_call(NTH_LIBRARY) ? "failed_by_test" : name);
}

static void on_crash(int number)
{
    setting.busy = true;
    if (!nth_record->crashed[0][0])
        note_frames(nth_record->crashed);
    raise(number); /* the handler is gone */
}

static void watch_crashes(void)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &action, NULL);
}

static void write_record(void)
{
    for (int kind = 0; kind < NTH_KIND_COUNT; kind++)
        dprintf(2, "%s: %u calls\n", KINDS[kind].name, nth_record->counts[kind]);
    dprintf(2, "%u failed, %u own blocks, %u descriptors left\n", nth_record->failures, nth_record->own_blocks,
            nth_record->descriptors);
    for (int i = 0; i < NTH_FRAMES && nth_record->failed[i][0]; i++)
        dprintf(2, "    %s\n", nth_record->failed[i]);
}

static void at_end(void)
{
    setting.busy = true;
    nth_count_blocks();
    for (int fd = 0; fd < ALL_DESCRIPTORS; fd++)
        nth_record->descriptors += fcntl(fd, F_GETFD) >= 0;
    nth_record->is_over = true;
    if (nth_record == &own_record)
        write_record();
}

static unsigned setting_number(const char *name)
{
    const char *text = getenv(name);
    return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

static void take_settings(void)
{
    const char *kind = getenv("NTH_FAILURE_KIND");
    for (int i = 0; kind && i < NTH_KIND_COUNT; i++)
        if (strcmp(kind, KINDS[i].name) == 0)
            setting.kind = (enum nth_kind)i;
    if (setting.kind != NTH_KIND_COUNT)
        setting.number = KINDS[setting.kind].number ? KINDS[setting.kind].number : EINVAL;
    if (getenv("NTH_FAILURE_ERRNO"))
        setting.number = (int)setting_number("NTH_FAILURE_ERRNO");
    setting.from = getenv("NTH_FAILURE_FROM") != NULL;
}

static void open_record(void)
{
    if (!getenv("NTH_FAILURE_FD"))
        return;
    int fd = (int)setting_number("NTH_FAILURE_FD");
    void *memory = mmap(NULL, sizeof *nth_record, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        _exit(126);
    close(fd);
    nth_record = memory;
}

__attribute__((constructor)) static void start(void)
{
    void *address;
    backtrace(&address, 1); /* loads what it needs */
    take_settings();
    open_record();
    unsetenv("LD_PRELOAD");
    watch_crashes();
    if (atexit(at_end) || nth_trap_calls(setting.kind))
        _exit(126);
    memset(nth_record->counts, 0, sizeof nth_record->counts);
    setting.nth = setting_number("NTH_FAILURE_NTH");
}
