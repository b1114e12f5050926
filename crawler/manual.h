/* manual.h - the commands and the exit codes, once: what --help, the manual page and the completions know of them. The
 * options are in option_table.h. */
#ifndef CRAWLER_MANUAL_H
#define CRAWLER_MANUAL_H

#include <stddef.h>

struct command_option {
    const char *name;     /* long name */
    const char *argument; /* what --help calls it */
    const char *help;     /* one sentence without its full stop */
};

struct command_row {
    const char *name;                     /* NULL: none is written, which is the crawl itself */
    const struct command_option *options; /* a row without a name ends them; NULL: all of option_table.h */
    const char *operands;                 /* "URL..." or "FILE|-"; "" for none */
    const char *help;                     /* one sentence without its full stop */
};

/* What they mean is told by EXIT_CODE_TABLE. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_RUNTIME = 1,
    EXIT_USAGE = 2,
    EXIT_CONFIG = 3,
    EXIT_WORSE = 4,
    EXIT_LIMIT = 5,
    EXIT_INTERRUPTED = 130
};

struct exit_code_row {
    enum exit_code code;
    const char *help;
};

/* The crawl comes first; a row without help ends the table. */
extern const struct command_row COMMAND_TABLE[];

/* The first that holds is returned; a row without help ends the table. */
extern const struct exit_code_row EXIT_CODE_TABLE[];

enum { SYNOPSIS_SIZE = 256 };

/* Writes "links [--base URL] FILE|-", ended by NUL. */
void command_synopsis(const struct command_row *row, char text[SYNOPSIS_SIZE]);

#endif
