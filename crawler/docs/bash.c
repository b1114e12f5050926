#include "docs/docs.h"

static const char HEAD[] =
    "# bash completion for crawler(1), made from its table of options.\n"
    "\n"
    "_crawler_words() # WORDS CURRENT\n"
    "{\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$2\")\n"
    "}\n"
    "\n"
    "_crawler_files() # CURRENT\n"
    "{\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -f -- \"$1\")\n"
    "}\n"
    "\n"
    "_crawler_profiles() # CURRENT\n"
    "{\n"
    "    local file names=''\n"
    "    for file in \"${XDG_CONFIG_HOME:-$HOME/.config}\"/crawler/profiles/*.ini " CRAWLER_SYSCONFDIR
    "/crawler/profiles/*.ini; do\n"
    "        file=${file##*/}\n"
    "        [ \"$file\" = '*.ini' ] || names+=\" ${file%.ini}\"\n"
    "    done\n"
    "    case $1 in\n"
    "    */*) _crawler_files \"$1\" ;;\n"
    "    *) _crawler_words \"$names\" \"$1\" ;;\n"
    "    esac\n"
    "}\n"
    "\n"
    "_crawler()\n"
    "{\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} options='' files=''\n"
    "    # Bash takes --name=value and FORMAT:FILE apart.\n"
    "    case $current in\n"
    "    =) current='' ;;\n"
    "    :) current='' previous=${COMP_WORDS[COMP_CWORD - 2]} ;;\n"
    "    esac\n"
    "    case $previous in\n"
    "    =) previous=${COMP_WORDS[COMP_CWORD - 2]} ;;\n"
    "    :) [ \"$COMP_CWORD\" -lt 4 ] || previous=${COMP_WORDS[COMP_CWORD - 3]} ;;\n"
    "    esac\n"
    "    COMPREPLY=()\n"
    "    case ${COMP_WORDS[1]} in\n";

static const char TAIL[] = "    case $current in\n"
                           "    -*) _crawler_words \"$options\" \"$current\" ;;\n"
                           "    *) [ -z \"$files\" ] || _crawler_files \"$current\" ;;\n"
                           "    esac\n"
                           "}\n"
                           "\n"
                           "complete -F _crawler crawler\n";

static void print_pattern(FILE *out, const struct docs_option *option)
{
    fprintf(out, "        --%s", option->name);
    if (option->alias)
        fprintf(out, " | --%s", option->alias);
    if (option->letter)
        fprintf(out, " | -%c", option->letter);
    fputs(") ", out);
}

/* What may stand behind an option that takes an argument. */
static void print_argument(FILE *out, const struct docs_option *option)
{
    if (option->kind == DOCS_NO_ARGUMENT)
        return;
    print_pattern(out, option);
    if (option->kind == DOCS_FILE) {
        fputs("_crawler_files \"$current\"; ", out);
    } else if (option->kind == DOCS_PROFILE) {
        fputs("_crawler_profiles \"$current\"; ", out);
    } else if (option->kind == DOCS_WORD) {
        fputs("_crawler_words '", out);
        docs_words(out, option);
        fputs("' \"$current\"; ", out);
    }
    fputs("return ;;\n", out);
}

static void print_names(FILE *out, const struct docs_option *option)
{
    if (option->letter)
        fprintf(out, " -%c", option->letter);
    fprintf(out, " --%s", option->name);
    if (option->alias)
        fprintf(out, " --%s", option->alias);
}

static void print_command(FILE *out, const struct command_row *command)
{
    fprintf(out, "    %s)\n        case $previous in\n", command->name ? command->name : "*");
    docs_each_option(out, command, print_argument);
    fputs("        esac\n        options='", out);
    docs_each_option(out, command, print_names);
    fprintf(out, "'%s ;;\n", docs_takes_file(command) ? " files=yes" : "");
}

void docs_bash(FILE *out)
{
    fputs(HEAD, out);
    for (const struct command_row *command = COMMAND_TABLE + 1; command->help; command++)
        if (docs_is_apart(command))
            print_command(out, command);
    print_command(out, COMMAND_TABLE);
    fputs("    esac\n    if [ \"$COMP_CWORD\" = 1 ] && [[ $current != -* ]]; then\n        _crawler_words '", out);
    for (const struct command_row *command = COMMAND_TABLE + 1; command->help; command++)
        fprintf(out, "%s%s", command->name, command[1].help ? " " : "");
    fputs("' \"$current\"\n        return\n    fi\n", out);
    fputs(TAIL, out);
}
