#include "docs/docs.h"

#include <string.h>

#include "async/selector.h"
#include "web/extractor.h"

static const char *const *words_of(const char *name)
{
    const struct option_row *row = option_find(name);
    if (strcmp(name, "selector") == 0)
        return selector_names();
    if (strcmp(name, "extractor") == 0)
        return extractor_engines();
    return row ? row->choices : NULL;
}

static enum docs_argument kind_of(const struct docs_option *option)
{
    if (!option->argument)
        return DOCS_NO_ARGUMENT;
    if (option->words)
        return DOCS_WORD;
    if (strcmp(option->name, "profile") == 0)
        return DOCS_PROFILE;
    if (strstr(option->argument, "FILE"))
        return DOCS_FILE;
    return strcmp(option->argument, "URL") == 0 ? DOCS_URL : DOCS_OTHER;
}

void docs_option_of_row(struct docs_option *option, const struct option_row *row)
{
    *option = (struct docs_option){
        .name = row->name,
        .alias = row->alias,
        .letter = row->letter,
        .argument = row->argument,
        .help = row->help,
        .words = words_of(row->name),
        .is_repeatable = row->type == OPTION_LIST || row->type == OPTION_NAMES || row->type == OPTION_STATUSES ||
                         row->type == OPTION_COUNT,
    };
    option->kind = kind_of(option);
}

void docs_option_of_command(struct docs_option *option, const struct command_option *of)
{
    *option =
        (struct docs_option){.name = of->name, .argument = of->argument, .help = of->help, .words = words_of(of->name)};
    option->kind = kind_of(option);
}

void docs_each_option(FILE *out, const struct command_row *command, docs_printer print)
{
    struct docs_option option;
    for (const struct option_row *row = OPTION_TABLE; !command->options && row->name; row++) {
        docs_option_of_row(&option, row);
        print(out, &option);
    }
    for (const struct command_option *of = command->options; of && of->name; of++) {
        docs_option_of_command(&option, of);
        print(out, &option);
    }
}

bool docs_is_apart(const struct command_row *command)
{
    return command->options != NULL;
}

bool docs_takes_file(const struct command_row *command)
{
    return strstr(command->operands, "FILE") != NULL;
}

void docs_escaped(FILE *out, const char *text, const char *special, const char *escape)
{
    for (; *text; text++)
        fprintf(out, "%s%c", strchr(special, *text) ? escape : "", *text);
}

void docs_words(FILE *out, const struct docs_option *option)
{
    for (const char *const *word = option->words; *word; word++)
        fprintf(out, "%s%s", word == option->words ? "" : " ", *word);
}

static void summarise_words(const char *const *words, char text[SUMMARY_SIZE])
{
    size_t length = 0;
    for (const char *const *word = words; *word; word++) {
        const char *gap = word == words ? "" : word[1] ? ", " : " or ";
        size_t room = SUMMARY_SIZE - length;
        int added = snprintf(text + length, room, "%s%s", gap, *word);
        length += added < 0 ? 0 : (size_t)added < room ? (size_t)added : room - 1;
    }
}

/* Where each word is explained, the help begins with the first of them and a colon. */
static bool explains_words(const struct docs_option *option)
{
    size_t length = option->words ? strcspn(option->help, ":") : 0;
    for (const char *const *word = option->words; word && *word; word++)
        if (strlen(*word) == length && strncmp(option->help, *word, length) == 0)
            return true;
    return false;
}

void docs_summary(const struct docs_option *option, char text[SUMMARY_SIZE])
{
    if (explains_words(option))
        summarise_words(option->words, text);
    else
        snprintf(text, SUMMARY_SIZE, "%.*s", (int)strcspn(option->help, ";"), option->help);
}
