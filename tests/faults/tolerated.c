#include "faults/tolerated.h"

#include <string.h>

static bool is_module(const struct nth_module *module, const char *name)
{
    return strncmp(module->name, name, strlen(name)) == 0;
}

bool tolerated_crash(const struct nth_record *record)
{
    (void)record;
    return false;
}

bool tolerated_leak(const struct nth_record *record, const struct nth_module *module, unsigned usual, const char *err)
{
    (void)record;
    /* popt 1.19 says so and calls exit where memory is out (vmefail in system.h): nothing of the program's is freed. */
    if (strstr(err, "virtual memory exhausted."))
        return true;
    /* The message of dlerror and its record stay until the next one. */
    return is_module(module, "libc.so") && module->blocks <= usual + 2 && strstr(err, "a library is missing");
}
