#include "web/xml_library.h"

struct xml_functions xml = {XML_FUNCTIONS(LIBRARY_FIRST_VALUE)};

int xml_library_load(void)
{
    static const char *const names[] = {XML_FUNCTIONS(LIBRARY_NAME)};
    enum { COUNT = sizeof names / sizeof names[0] };
    _Static_assert(sizeof xml == COUNT * sizeof(void *), "function pointers and nothing else");
    static struct library library = {.soname = CRAWLER_XML_SONAME, .names = names, .count = COUNT, .functions = &xml};
    return library_load(&library);
}
