#include <string.h>

#include "docs/docs.h"

static const char HEAD[] =
    "#compdef crawler\n"
    "# zsh completion for crawler(1), made from its table of options.\n"
    "\n"
    "_crawler_profiles()\n"
    "{\n"
    "    local -a names\n"
    "    names=(${XDG_CONFIG_HOME:-$HOME/.config}/crawler/profiles/*.ini(N:t:r) " CRAWLER_SYSCONFDIR
    "/crawler/profiles/*.ini(N:t:r))\n"
    "    compadd -a names\n"
    "    _files -g '*.ini'\n"
    "}\n"
    "\n"
    "_crawler_first()\n"
    "{\n"
    "    local -a commands\n"
    "    commands=(\n";

static const char FIRST_TAIL[] = "    )\n"
                                 "    _describe -t commands command commands\n"
                                 "    _urls\n"
                                 "}\n"
                                 "\n"
                                 "_crawler()\n"
                                 "{\n";

/* `text` inside of single quotes and of a part of a specification that `special` would end. */
static void print_part(FILE *out, const char *text, const char *special)
{
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fprintf(out, "%s%c", *text == '\\' || strchr(special, *text) ? "\\" : "", *text);
}

/* What is known of the argument, as a message and an action. */
static void print_argument(FILE *out, const struct docs_option *option)
{
    static const char *const actions[] = {
        [DOCS_FILE] = "_files", [DOCS_PROFILE] = "_crawler_profiles", [DOCS_URL] = "_urls", [DOCS_OTHER] = " "};
    if (option->kind == DOCS_NO_ARGUMENT)
        return;
    fputc(':', out);
    print_part(out, option->argument, ":");
    fputc(':', out);
    if (option->kind == DOCS_WORD) {
        fputc('(', out);
        docs_words(out, option);
        fputc(')', out);
    } else {
        fputs(actions[option->kind], out);
    }
}

/* Of the names of one option only one is offered. */
static void print_exclusion(FILE *out, const struct docs_option *option)
{
    fputs("'(", out);
    if (option->letter)
        fprintf(out, "-%c ", option->letter);
    fprintf(out, "--%s", option->name);
    if (option->alias)
        fprintf(out, " --%s", option->alias);
    fputs(")'", out);
}

static void print_names(FILE *out, const struct docs_option *option)
{
    const char *same_word = option->argument ? "=" : "";
    if (!option->letter && !option->alias) {
        fprintf(out, "--%s%s", option->name, same_word);
        return;
    }
    fputc('{', out);
    if (option->letter)
        fprintf(out, "-%c%s,", option->letter, option->argument ? "+" : "");
    fprintf(out, "--%s%s", option->name, same_word);
    if (option->alias)
        fprintf(out, ",--%s%s", option->alias, same_word);
    fputc('}', out);
}

static void print_option(FILE *out, const struct docs_option *option)
{
    char summary[SUMMARY_SIZE];
    docs_summary(option, summary);
    fputs(" \\\n        ", out);
    if (option->is_repeatable)
        fputs("'*'", out);
    else if (option->letter || option->alias)
        print_exclusion(out, option);
    print_names(out, option);
    fputs("'[", out);
    print_part(out, summary, "[]");
    fputc(']', out);
    print_argument(out, option);
    fputc('\'', out);
}

static void print_own_command(FILE *out, const struct command_row *command)
{
    fprintf(out,
            "    if (( CURRENT > 2 )) && [[ $words[2] = %s ]]; then\n"
            "        shift words\n"
            "        (( CURRENT-- ))\n"
            "        _arguments -S",
            command->name);
    docs_each_option(out, command, print_option);
    if (docs_takes_file(command))
        fputs(" \\\n        ':file:_files'", out);
    fputs("\n        return\n    fi\n", out);
}

void docs_zsh(FILE *out)
{
    fputs(HEAD, out);
    for (const struct command_row *command = COMMAND_TABLE + 1; command->help; command++) {
        fprintf(out, "        '%s:", command->name);
        print_part(out, command->help, ":");
        fputs("'\n", out);
    }
    fputs(FIRST_TAIL, out);
    for (const struct command_row *command = COMMAND_TABLE; command->help; command++)
        if (docs_is_apart(command))
            print_own_command(out, command);
    fputs("    _arguments -s -S", out);
    docs_each_option(out, COMMAND_TABLE, print_option);
    fputs(" \\\n        '1: :_crawler_first' '*:URL:_urls'\n}\n\n_crawler \"$@\"\n", out);
}
