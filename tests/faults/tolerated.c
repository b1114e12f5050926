#include "faults/tolerated.h"

#include <string.h>

static bool is_module(const struct nth_module *module, const char *name)
{
    return strncmp(module->name, name, strlen(name)) == 0;
}

/* Whether the first call that failed was made on behalf of a function, or within a library. */
static bool was_within(const struct nth_record *record, const char *what)
{
    for (int i = 0; i < NTH_FRAMES && record->failed[i][0]; i++)
        if (strstr(record->failed[i], what))
            return true;
    return false;
}

bool tolerated_end(const struct nth_record *record, int code)
{
    /* glibc's dynamic linker says that memory is out, and calls _exit: for the thread-local data of a library, or while
     * it maps one's dependencies. */
    return code == 127 && was_within(record, "ld-linux");
}

bool tolerated_leak(const struct nth_record *record, const struct nth_module *module, unsigned usual, const char *err)
{
    unsigned more = module->blocks - usual;
    /* popt 1.19 says so and calls exit where memory is out (vmefail in system.h): nothing of the program's is freed. */
    if (strstr(err, "virtual memory exhausted."))
        return true;
    /* The message of dlerror and its record stay until the next one. */
    if (is_module(module, "libc.so") && strstr(err, "a library is missing"))
        return more <= 2;
    /* OpenSSL 3.0 that could not begin keeps what it had by then: it is freed by exit handlers that it has not set up.
     * The program goes no further. */
    if (is_module(module, "libcrypto.so") && was_within(record, "OPENSSL_init_ssl"))
        return true;
    /* OpenSSL 3.0 loses a number and its place when it can't keep the name for it (ossl_namemap). */
    if (is_module(module, "libcrypto.so") && was_within(record, "CRYPTO_strndup") &&
        (was_within(record, "_fetch+") || was_within(record, "OSSL_DECODER")))
        return more <= 2;
    /* Nor does it give back the map of names itself when its library context can't take it. */
    if (is_module(module, "libcrypto.so") && was_within(record, "CRYPTO_set_ex_data") && was_within(record, "_fetch+"))
        return more <= 4;
    /* libxml2 2.9.14 loses the buffer or the name at hand. Its blocks are those of our allocator in markup.c. */
    return is_module(module, "crawler") && was_within(record, "libxml2.so") && more <= 2;
}
