#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"

/* POSIX has addresses of functions and of data be of one kind, which C doesn't: so they are copied as bytes. */
_Static_assert(sizeof(void *) == sizeof(void (*)(void)), "as POSIX has it for dlsym");

/* Fails with nothing but what the linker says: it names the library and the function. */
static int find_functions(const struct library *library, void *handle)
{
    unsigned char *slot = library->functions;
    for (size_t i = 0; i < library->count; i++, slot += sizeof(void *)) {
        void *function = dlsym(handle, library->names[i]);
        if (!function)
            return ERR_LIBRARY;
        memcpy(slot, &function, sizeof function);
    }
    return 0;
}

static int open_library(const struct library *library)
{
    void *handle = dlopen(library->soname, RTLD_LAZY | RTLD_LOCAL);
    return handle ? find_functions(library, handle) : ERR_LIBRARY;
}

int library_load(struct library *library)
{
    if (library->state == LIBRARY_UNLOADED) {
        int err = open_library(library);
        if (err)
            log_error("%s: %s", error_text(err), dlerror());
        library->state = err ? LIBRARY_MISSING : LIBRARY_LOADED;
    }
    return library->state == LIBRARY_LOADED ? 0 : ERR_LIBRARY;
}
