#include "web/icu_library.h"

struct icu_functions icu = {ICU_FUNCTIONS(LIBRARY_FIRST_VALUE)};

int icu_library_load(void)
{
    static const char *const names[] = {ICU_FUNCTIONS(LIBRARY_NAME)};
    enum { COUNT = sizeof names / sizeof names[0] };
    _Static_assert(sizeof icu == COUNT * sizeof(void *), "function pointers and nothing else");
    static struct library library = {.soname = CRAWLER_ICU_SONAME, .names = names, .count = COUNT, .functions = &icu};
    return library_load(&library);
}
