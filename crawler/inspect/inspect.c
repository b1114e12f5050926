#include "inspect/inspect.h"

#include <stddef.h>
#include <string.h>

inspect_command inspect_find(const char *name)
{
    static const struct {
        const char *name;
        inspect_command command;
    } commands[] = {{"resolve", inspect_resolve},
                    {"links", inspect_links},
                    {"charset", inspect_charset},
                    {"robots", inspect_robots},
                    {"sitemap", inspect_sitemap}};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].command;
    return NULL;
}
