#include "docs/docs.h"

static const char HEAD[] =
    "# fish completion for crawler(1), made from its table of options.\n"
    "\n"
    "function __crawler_profiles\n"
    "    set -l folder $XDG_CONFIG_HOME\n"
    "    test -n \"$folder\"; or set folder ~/.config\n"
    "    for file in $folder/crawler/profiles/*.ini " CRAWLER_SYSCONFDIR "/crawler/profiles/*.ini\n"
    "        string replace -r '.*/(.*)\\.ini$' '$1' -- $file\n"
    "    end\n"
    "end\n"
    "\n"
    "function __crawler_is_crawl\n"
    "    not __fish_seen_subcommand_from";

static const char TAIL[] = "\n"
                           "end\n"
                           "\n"
                           "complete -c crawler -f\n";

static void print_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    docs_escaped(out, text, "'\\", "\\");
    fputc('\'', out);
}

static void print_argument(FILE *out, const struct docs_option *option)
{
    if (option->kind == DOCS_FILE) {
        fputs(" -r -F", out);
    } else if (option->kind == DOCS_PROFILE) {
        fputs(" -x -a '(__crawler_profiles)'", out);
    } else if (option->kind == DOCS_WORD) {
        fputs(" -x -a '", out);
        docs_words(out, option);
        fputc('\'', out);
    } else if (option->kind != DOCS_NO_ARGUMENT) {
        fputs(" -x", out);
    }
}

/* What follows the condition. */
static void print_option(FILE *out, const struct docs_option *option)
{
    char summary[SUMMARY_SIZE];
    docs_summary(option, summary);
    if (option->letter)
        fprintf(out, " -s %c", option->letter);
    fprintf(out, " -l %s", option->name);
    if (option->alias)
        fprintf(out, " -l %s", option->alias);
    print_argument(out, option);
    fputs(" -d ", out);
    print_quoted(out, summary);
    fputc('\n', out);
}

static void print_crawl_option(FILE *out, const struct docs_option *option)
{
    fputs("complete -c crawler -n __crawler_is_crawl", out);
    print_option(out, option);
}

static void print_command(FILE *out, const struct command_row *command)
{
    struct docs_option option;
    fprintf(out, "complete -c crawler -n __fish_use_subcommand -a %s -d ", command->name);
    print_quoted(out, command->help);
    fputc('\n', out);
    for (const struct command_option *of = command->options; of && of->name; of++) {
        fprintf(out, "complete -c crawler -n '__fish_seen_subcommand_from %s'", command->name);
        docs_option_of_command(&option, of);
        print_option(out, &option);
    }
    if (docs_takes_file(command))
        fprintf(out, "complete -c crawler -n '__fish_seen_subcommand_from %s' -F\n", command->name);
}

void docs_fish(FILE *out)
{
    fputs(HEAD, out);
    for (const struct command_row *command = COMMAND_TABLE; command->help; command++)
        if (docs_is_apart(command))
            fprintf(out, " %s", command->name);
    fputs(TAIL, out);
    for (const struct command_row *command = COMMAND_TABLE + 1; command->help; command++)
        print_command(out, command);
    docs_each_option(out, COMMAND_TABLE, print_crawl_option);
}
