/* library.h - shared libraries that are loaded when something first needs them.
 *
 * Starting a program costs about a tenth of a millisecond for each library that it is linked with, and several times
 * that for large ones; what few runs need is better loaded by those. A module lists the functions that it uses once, in
 * an X-macro, from which it makes a struct of pointers typed by the library's own headers, and the table below. Built
 * without CRAWLER_LAZY_LIBRARIES it is linked as usual, and the pointers are set from the start. */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stddef.h>

enum library_state { LIBRARY_UNLOADED, LIBRARY_LOADED, LIBRARY_MISSING };

struct library {
    const char *soname;       /* with its version, as the dynamic linker looks for it: "libxml2.so.2" */
    const char *const *names; /* of the functions */
    size_t count;
    void *functions; /* where they go: a struct of `count` function pointers and nothing else, in the same order */
    enum library_state state;
};

/* What the X-macros are for: a pointer in the struct, its first value, the function's name. A name that is a macro, as
 * ICU's are, stands for what it expands to. */
#define LIBRARY_POINTER(name)       __typeof__(name) *(name);
#define LIBRARY_NAME(name)          LIBRARY_NAME_EXPANDED(name),
#define LIBRARY_NAME_EXPANDED(name) #name

#ifdef CRAWLER_LAZY_LIBRARIES

#define LIBRARY_FIRST_VALUE(name) .name = NULL,

/* Makes the functions callable, to the end of the process: nothing is ever unloaded. Costs a comparison once they are.
 * Errors: ERR_LIBRARY; no function may be called then. What is missing is told in the log, once, and not tried again.
 */
int library_load(struct library *library);

#else

#define LIBRARY_FIRST_VALUE(name) .name = (name),

static inline int library_load(struct library *library)
{
    library->state = LIBRARY_LOADED;
    return 0;
}

#endif

#endif
