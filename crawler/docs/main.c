/* Prints the manual page or a shell's completions on standard output: crawler_docs man|bash|zsh|fish. */
#include <stdio.h>
#include <string.h>

#include "docs/docs.h"

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(FILE *out);
    } kinds[] = {{"man", docs_man}, {"bash", docs_bash}, {"zsh", docs_zsh}, {"fish", docs_fish}};
    for (size_t i = 0; argc == 2 && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(argv[1], kinds[i].name) == 0) {
            kinds[i].print(stdout);
            return fflush(stdout) || ferror(stdout);
        }
    fprintf(stderr, "usage: crawler_docs man|bash|zsh|fish\n");
    return 2;
}
