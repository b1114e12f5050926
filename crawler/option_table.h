/* option_table.h - every option, once: what the parser, --help, the config file, the manual page and the shells'
 * completions know of it. */
#ifndef CRAWLER_OPTION_TABLE_H
#define CRAWLER_OPTION_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "options.h"

enum option_type {
    OPTION_FLAG,     /* bool */
    OPTION_PRESET,   /* takes no argument and sets an enum or int to `preset` */
    OPTION_COUNT,    /* takes no argument and adds 1 to an int */
    OPTION_TEXT,     /* char *, owned */
    OPTION_LIST,     /* struct text_list; may be given again */
    OPTION_NAMES,    /* struct text_list of names separated by commas; may be given again */
    OPTION_UINT32,   /* uint32_t */
    OPTION_UINT64,   /* uint64_t */
    OPTION_SIZE,     /* uint64_t, bytes: 10, 64k, 64M, 1G */
    OPTION_DURATION, /* nanoseconds: 30 (seconds), 500ms, 10s, 2m, 1h */
    OPTION_RATE,     /* nanoseconds: what lies between two when there are so many a second */
    OPTION_PERCENT,  /* double: 5, 2.5, 5% */
    OPTION_STATUSES, /* struct status_set: 200..299,403; may be given again */
    OPTION_CHOICE,   /* enum: the index of the word in `choices` */
    OPTION_HELP,     /* prints and ends */
    OPTION_VERSION
};

struct option_row {
    const char *group; /* heading in --help */
    const char *name;  /* long name and config key */
    char letter;       /* short option; 0 for none */
    const char *alias; /* another long name, kept from the chapter; NULL for none */
    enum option_type type;
    size_t offset;              /* of the field in struct options */
    int64_t least, most;        /* allowed values, where the type is a number or a duration (nanoseconds) */
    int preset;                 /* OPTION_PRESET */
    const char *const *choices; /* OPTION_CHOICE: words, NULL behind the last */
    const char *argument;       /* what --help calls the argument; NULL for none */
    const char *help;           /* one sentence without its full stop */
};

/* The table; a row without a name ends it. */
extern const struct option_row OPTION_TABLE[];

/* The row of a long name or an alias; NULL for an unknown one. */
const struct option_row *option_find(const char *name);

/* Whether the option means something to a command: else the command line may not have it, and in a config file it has
 * no effect. */
bool option_serves(const struct option_row *row, enum command command);

/* Whether the option takes an argument on the command line. */
bool option_takes_argument(const struct option_row *row);

/* Sets the field of `row` from text: an argument, or a value of the config file ("yes" or "no" for those without an
 * argument; NULL means yes). Errors: ERR_SYNTAX, and `why` says what is wrong; ERR_NO_MEMORY. */
int option_set(struct options *options, const struct option_row *row, const char *value, struct buf *why);

/* Sets all fields to their defaults. Errors: ERR_NO_MEMORY. */
int option_set_defaults(struct options *options);

/* Appends a copy of `text`. Errors: ERR_NO_MEMORY. */
int text_list_add(struct text_list *list, struct slice text);
void text_list_free(struct text_list *list);

#endif
