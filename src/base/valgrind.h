/* valgrind.h - whether the program runs under valgrind. */
#ifndef BASE_VALGRIND_H
#define BASE_VALGRIND_H

#include <stdbool.h>

#if defined(__has_include)
/* cppcheck-suppress preprocessorErrorDirective ; it takes the slash for a division */
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif

#ifndef RUNNING_ON_VALGRIND
#include <stdlib.h>
#include <string.h>
#endif

static inline bool runs_under_valgrind(void)
{
#ifdef RUNNING_ON_VALGRIND
    return RUNNING_ON_VALGRIND != 0;
#else
    /* Built where its header was missing. */
    const char *libraries = getenv("LD_PRELOAD");
    return libraries && strstr(libraries, "/vgpreload_");
#endif
}

#endif
