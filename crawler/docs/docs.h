/* docs.h - the manual page and the shells' completions, printed from the tables of options, commands and exit codes. */
#ifndef DOCS_DOCS_H
#define DOCS_DOCS_H

#include <stdbool.h>
#include <stdio.h>

#include "manual.h"
#include "option_table.h"

enum docs_argument {
    DOCS_NO_ARGUMENT,
    DOCS_WORD,    /* one of `words` */
    DOCS_FILE,    /* a file, after a prefix perhaps */
    DOCS_PROFILE, /* the name of a profile, or a file */
    DOCS_URL,
    DOCS_OTHER /* what only the user can know */
};

/* An option, of whichever table. */
struct docs_option {
    const char *name;
    const char *alias; /* NULL for none */
    char letter;       /* 0 for none */
    const char *argument;
    const char *help;
    enum docs_argument kind;
    const char *const *words; /* NULL behind the last; NULL: none */
    bool is_repeatable;
};

void docs_option_of_row(struct docs_option *option, const struct option_row *row);
void docs_option_of_command(struct docs_option *option, const struct command_option *of);

/* A function that prints one option. */
typedef void (*docs_printer)(FILE *out, const struct docs_option *option);

/* Calls `print` for each option of a command in turn. */
void docs_each_option(FILE *out, const struct command_row *command, docs_printer print);

/* Whether the command has options of its own and none of option_table.h. */
bool docs_is_apart(const struct command_row *command);

/* Whether its operands are files. */
bool docs_takes_file(const struct command_row *command);

/* Prints `text`, with `escape` before each of the characters `special`. */
void docs_escaped(FILE *out, const char *text, const char *special, const char *escape);

/* Prints the option's words with a blank between. */
void docs_words(FILE *out, const struct docs_option *option);

enum { SUMMARY_SIZE = 256 };

/* The help, short enough for a list: its first part, or the words that may stand there. */
void docs_summary(const struct docs_option *option, char text[SUMMARY_SIZE]);

void docs_man(FILE *out);
void docs_bash(FILE *out);
void docs_zsh(FILE *out);
void docs_fish(FILE *out);

#endif
