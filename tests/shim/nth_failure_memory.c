/* nth_failure_memory.c - allocations: those that fail, and those that are never freed.
 *
 * Each block alive stands in a table with who asked for it. strdup and strndup are replaced only to see their
 * callers. */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "shim/nth_failure_internal.h"

enum { SLOTS = 1 << 18 };

static struct block {
    uintptr_t address; /* 0: free */
    void *caller;
} table[SLOTS];

static size_t used;

/* glibc's own, by names that it keeps for those who replace the others. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static size_t home_of(uintptr_t address)
{
    return (size_t)((address >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 46) % SLOTS;
}

static void *note(void *memory, void *caller)
{
    if (!memory)
        return NULL;
    if (++used > SLOTS / 2)
        abort();
    size_t i = home_of((uintptr_t)memory);
    while (table[i].address)
        i = (i + 1) % SLOTS;
    table[i] = (struct block){(uintptr_t)memory, caller};
    return memory;
}

/* Takes slot `hole` out and moves up those that would not be found any more. */
static void close_gap(size_t hole)
{
    for (size_t i = (hole + 1) % SLOTS; table[i].address; i = (i + 1) % SLOTS) {
        size_t home = home_of(table[i].address);
        if ((i - home) % SLOTS >= (i - hole) % SLOTS) {
            table[hole] = table[i];
            hole = i;
        }
    }
    table[hole].address = 0;
}

static void forget(void *memory)
{
    size_t i = home_of((uintptr_t)memory);
    while (table[i].address && table[i].address != (uintptr_t)memory)
        i = (i + 1) % SLOTS;
    if (!memory || !table[i].address)
        return; /* from before our time */
    used--;
    close_gap(i);
}

/* Whether an allocation must fail; sets errno then. */
static bool fails(void)
{
    int number = nth_call(NTH_MEMORY);
    if (number)
        errno = number;
    return number != 0;
}

#define CALLER __builtin_return_address(0)

void *malloc(size_t size)
{
    return fails() ? NULL : note(__libc_malloc(size), CALLER);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : note(__libc_calloc(count, size), CALLER);
}

void *realloc(void *memory, size_t size)
{
    if (fails())
        return NULL;
    void *moved = __libc_realloc(memory, size);
    if (moved || !size)
        forget(memory);
    return note(moved, CALLER);
}

void *memalign(size_t alignment, size_t size)
{
    return fails() ? NULL : note(__libc_memalign(alignment, size), CALLER);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : note(__libc_memalign(alignment, size), CALLER);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    void *memory = fails() ? NULL : note(__libc_memalign(alignment, size), CALLER);
    if (!memory)
        return ENOMEM;
    *out = memory;
    return 0;
}

void free(void *memory)
{
    int number = errno;
    forget(memory);
    __libc_free(memory);
    errno = number;
}

static char *copy(const char *text, size_t length, void *caller)
{
    char *memory = fails() ? NULL : note(__libc_malloc(length + 1), caller);
    if (memory) {
        memcpy(memory, text, length);
        memory[length] = '\0';
    }
    return memory;
}

char *strdup(const char *text)
{
    return copy(text, strlen(text), CALLER);
}

char *strndup(const char *text, size_t length)
{
    return copy(text, strnlen(text, length), CALLER);
}

static struct nth_module *module_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    struct nth_module *module = nth_record->modules;
    for (; module < nth_record->modules + nth_record->module_count; module++)
        if (strcmp(module->name, name) == 0)
            return module;
    if (nth_record->module_count == NTH_MODULES)
        return module - 1;
    nth_record->module_count++;
    strncpy(module->name, name, sizeof module->name - 1);
    return module;
}

void nth_count_blocks(void)
{
    Dl_info program = {0}, info;
    dladdr((void *)getauxval(AT_ENTRY), &program);
    for (size_t i = 0; i < SLOTS; i++) {
        if (!table[i].address || !dladdr(table[i].caller, &info))
            continue;
        module_of(info.dli_fname)->blocks++;
        if (info.dli_fbase != program.dli_fbase)
            continue;
        if (nth_record->own_blocks++ < NTH_LEAKS)
            nth_frame_name(table[i].caller, nth_record->leaks[nth_record->own_blocks - 1]);
    }
}
