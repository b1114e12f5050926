#include "options.h"

#include <errno.h>
#include <popt.h>
#include <stdlib.h>
#include <string.h>

#include "async/selector.h"
#include "base/buf.h"
#include "base/error.h"
#include "config.h"
#include "manual.h"
#include "option_table.h"
#include "output/output.h"
#include "web/extractor.h"
#include "web/root.h"

enum { HELP_WIDTH = 80, HELP_INDENT = 30, MESSAGE_LIMIT = 4096 };

/* The table as popt wants it: a row for each name and alias, `val` being the number of our row from 1. */
static struct poptOption *popt_table(void)
{
    size_t rows = 0;
    for (const struct option_row *row = OPTION_TABLE; row->name; row++)
        rows += row->alias ? 2 : 1;
    struct poptOption *table = calloc(rows + 1, sizeof *table);
    struct poptOption *next = table;
    for (const struct option_row *row = OPTION_TABLE; table && row->name; row++) {
        struct poptOption entry = {
            .longName = row->name, .shortName = row->letter, .val = (int)(row - OPTION_TABLE) + 1};
        entry.argInfo = option_takes_argument(row) ? POPT_ARG_STRING : POPT_ARG_NONE;
        *next++ = entry;
        entry.longName = row->alias;
        entry.shortName = 0;
        if (row->alias)
            *next++ = entry;
    }
    return table;
}

static void print_wrapped(FILE *out, const char *text)
{
    size_t column = HELP_INDENT;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column > HELP_INDENT && column + 1 + length > HELP_WIDTH) {
            fprintf(out, "\n%*s", HELP_INDENT, "");
            column = HELP_INDENT;
        }
        column += (size_t)fprintf(out, "%s%.*s", column > HELP_INDENT ? " " : "", (int)length, text);
        text += length + (text[length] == ' ');
    }
    fputc('\n', out);
}

/* What stands at the left has `column` columns. */
static void print_explanation(FILE *out, size_t column, const char *text)
{
    if (column + 2 > HELP_INDENT) {
        fputc('\n', out);
        column = 0;
    }
    fprintf(out, "%*s", (int)(HELP_INDENT - column), "");
    print_wrapped(out, text);
}

static void print_row(FILE *out, const struct option_row *row)
{
    char letter[8] = "    ";
    if (row->letter)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    size_t column = (size_t)fprintf(out, "  %s--%s%s%s", letter, row->name, row->argument ? " " : "",
                                    row->argument ? row->argument : "");
    print_explanation(out, column, row->help);
}

static void print_commands(FILE *out)
{
    fprintf(out, "\nCommands:\n");
    for (const struct command_row *row = COMMAND_TABLE + 1; row->help; row++) {
        char synopsis[SYNOPSIS_SIZE];
        command_synopsis(row, synopsis);
        print_explanation(out, (size_t)fprintf(out, "  %s", synopsis), row->help);
    }
}

static void print_exit_codes(FILE *out)
{
    fprintf(out, "\nExit codes, the first that holds:\n");
    for (const struct exit_code_row *row = EXIT_CODE_TABLE; row->help; row++)
        print_explanation(out, (size_t)fprintf(out, "  %d", row->code), row->help);
}

static void print_help(FILE *out)
{
    char synopsis[SYNOPSIS_SIZE];
    command_synopsis(COMMAND_TABLE, synopsis);
    fprintf(out,
            "Usage: crawler %s\n"
            "       crawler COMMAND [ARGUMENTS]\n\n"
            "Crawls the sites of the given URLs and reports on each URL met; \"http://\" is\n"
            "put before a URL without a scheme. Ctrl-C once finishes what is in flight, twice\n"
            "stops at once.\n",
            synopsis);
    print_commands(out);
    const char *group = NULL;
    for (const struct option_row *row = OPTION_TABLE; row->name; row++) {
        if (row->group != group)
            fprintf(out, "\n%s:\n", row->group);
        group = row->group;
        print_row(out, row);
    }
    print_exit_codes(out);
    fprintf(out, "\nEvery long option is a key of the config file too.\n");
}

static enum options_outcome outcome_of(int err, enum options_outcome otherwise)
{
    return err == ERR_NO_MEMORY ? OPTIONS_NO_MEMORY : otherwise;
}

static enum options_outcome wrong_usage(FILE *errors, const char *option, const char *why)
{
    fprintf(errors, "crawler: %s: %s\nUse --help for command line help\n", option, why);
    return OPTIONS_USAGE;
}

static enum options_outcome set_option(struct options *options, const struct option_row *row, const char *value,
                                       FILE *errors)
{
    char option[64];
    struct buf why;
    snprintf(option, sizeof option, "--%s", row->name);
    buf_init(&why, MESSAGE_LIMIT);
    int err = option_set(options, row, value, &why);
    enum options_outcome outcome = OPTIONS_RUN;
    if (err)
        outcome = outcome_of(err, wrong_usage(errors, option, buf_text(&why)));
    buf_free(&why);
    return outcome;
}

/* Which options a pass over the command line takes: --config and --profile must be known before the files are read,
 * and the files before the rest, which wins over them. */
enum pass { PASS_FILES, PASS_ALL };

static bool names_a_file(const struct option_row *row)
{
    return row->offset == offsetof(struct options, config) || row->offset == offsetof(struct options, profile);
}

static enum options_outcome take_option(struct options *options, const struct option_row *row, const char *value,
                                        enum pass pass, FILE *out, FILE *errors)
{
    if (row->type == OPTION_HELP) {
        print_help(out);
        return OPTIONS_EXIT;
    }
    if (row->type == OPTION_VERSION) {
        fprintf(out, "crawler %s\n", CRAWLER_VERSION);
        return OPTIONS_EXIT;
    }
    if (names_a_file(row) != (pass == PASS_FILES))
        return OPTIONS_RUN;
    if (!option_serves(row, options->command)) {
        char option[64];
        snprintf(option, sizeof option, "--%s", row->name);
        static const char *const why[] = {"only for crawler measure", "not for crawler measure",
                                          "not for crawler report", "not for crawler diff"};
        return wrong_usage(errors, option, why[options->command]);
    }
    return set_option(options, row, value, errors);
}

static int take_roots(struct options *options, poptContext context)
{
    int err = 0;
    const char *root;
    while (!err && (root = poptGetArg(context)))
        err = text_list_add(&options->roots, slice_of(root));
    return err;
}

static enum options_outcome read_arguments(struct options *options, poptContext context, enum pass pass, FILE *out,
                                           FILE *errors)
{
    int value;
    while ((value = poptGetNextOpt(context)) > 0) {
        const struct option_row *row = &OPTION_TABLE[value - 1];
        char *argument = poptGetOptArg(context);
        if (!argument && option_takes_argument(row)) /* popt says nothing of memory that it doesn't get */
            return OPTIONS_NO_MEMORY;
        enum options_outcome outcome = take_option(options, row, argument, pass, out, errors);
        free(argument);
        if (outcome != OPTIONS_RUN)
            return outcome;
    }
    if (value < -1)
        return wrong_usage(errors, poptBadOption(context, 0), poptStrerror(value));
    if (pass == PASS_ALL && take_roots(options, context))
        return OPTIONS_NO_MEMORY;
    return OPTIONS_RUN;
}

static enum options_outcome read_pass(struct options *options, int argc, char **argv, enum pass pass, FILE *out,
                                      FILE *errors)
{
    struct poptOption *table = popt_table();
    poptContext context = table ? poptGetContext("crawler", argc, (const char **)argv, table, 0) : NULL;
    enum options_outcome outcome = OPTIONS_NO_MEMORY;
    if (context)
        outcome = read_arguments(options, context, pass, out, errors);
    poptFreeContext(context);
    free(table);
    return outcome;
}

/* What the user named can't be read. Not all that stands in the way is the user's mistake. */
static enum options_outcome unreadable(FILE *errors, const char *name, int err, const char *why)
{
    bool is_mistake = err != ERR_IO && err != ERR_TOO_MANY_FILES && err != ERR_NO_MEMORY;
    fprintf(errors, "crawler: --input-file: %s: %s\n%s", name, why,
            is_mistake ? "Use --help for command line help\n" : "");
    return is_mistake ? OPTIONS_USAGE : OPTIONS_FAILED;
}

/* Takes a root of an input file; a bad one is told with its line. */
static enum options_outcome take_line(struct options *options, struct slice root, const char *name, unsigned long line,
                                      FILE *errors)
{
    struct buf storage;
    struct url url;
    buf_init(&storage, URL_MAX_LENGTH);
    int err = root_parse(root, &url, &storage);
    buf_free(&storage);
    if (err && err != ERR_NO_MEMORY) {
        fprintf(errors, "crawler: --input-file: %s:%lu: %s\n", name, line, error_text(err));
        return OPTIONS_USAGE;
    }
    if (!err)
        err = text_list_add(&options->roots, root);
    return err ? unreadable(errors, name, err, error_text(err)) : OPTIONS_RUN;
}

static enum options_outcome read_roots(struct options *options, FILE *file, const char *name, FILE *errors)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    enum options_outcome outcome = OPTIONS_RUN;
    for (unsigned long number = 1; outcome == OPTIONS_RUN && (length = getline(&line, &capacity, file)) >= 0;
         number++) {
        struct slice root = slice_trim((struct slice){line, (size_t)length});
        if (root.length && root.data[0] != '#')
            outcome = take_line(options, root, name, number, errors);
    }
    if (outcome == OPTIONS_RUN && !feof(file)) { /* getline marks no error where memory is out */
        int err = error_from_errno(errno);
        outcome = unreadable(errors, name, err, error_text(err));
    }
    free(line);
    return outcome;
}

static enum options_outcome read_input_file(struct options *options, const char *name, FILE *errors)
{
    bool is_stdin = strcmp(name, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(name, "re");
    if (!file)
        return unreadable(errors, name, error_from_errno(errno), strerror(errno));
    enum options_outcome outcome = read_roots(options, file, name, errors);
    if (!is_stdin)
        fclose(file);
    return outcome;
}

static bool is_one_of(const char *const *names, const char *name)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static enum options_outcome check_outputs(const struct options *options, FILE *errors)
{
    for (size_t i = 0; i < options->outputs.count; i++) {
        const struct output_format *format;
        const char *path, *why;
        if (output_parse(options->outputs.items[i], options->command, &format, &path, &why))
            return wrong_usage(errors, options->outputs.items[i], why);
    }
    return OPTIONS_RUN;
}

/* What no single row can tell. */
static enum options_outcome check(struct options *options, FILE *errors)
{
    for (size_t i = 0; i < options->input_files.count; i++) {
        enum options_outcome outcome = read_input_file(options, options->input_files.items[i], errors);
        if (outcome != OPTIONS_RUN)
            return outcome;
    }
    if (options->force_select && !options->selector && !(options->selector = strdup("select")))
        return OPTIONS_NO_MEMORY;
    if (options->selector && !is_one_of(selector_names(), options->selector))
        return wrong_usage(errors, "--selector", "no such poller on this system");
    if (options->extractor && !is_one_of(extractor_engines(), options->extractor))
        return wrong_usage(errors, "--extractor", "no such engine");
    if (!options->roots.count && !options->resume && !options->revisit) {
        fprintf(errors, "Use --help for command line help\n");
        return OPTIONS_USAGE;
    }
    if (options->resume && !options->state)
        return wrong_usage(errors, "--resume", "takes --state FILE");
    if (options->revisit && !options->state)
        return wrong_usage(errors, "--revisit", "takes --state FILE");
    if (options->link_graph && !options->state)
        return wrong_usage(errors, "--link-graph", "takes --state FILE");
    return check_outputs(options, errors);
}

/* Whether the first argument is a command that has these options. */
static bool take_command(struct options *options, const char *name)
{
    static const struct {
        const char *name;
        enum command command;
    } commands[] = {{"measure", COMMAND_MEASURE}, {"report", COMMAND_REPORT}, {"diff", COMMAND_DIFF}};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, name) == 0) {
            options->command = commands[i].command;
            return true;
        }
    return false;
}

enum options_outcome options_parse(struct options *options, int argc, char **argv, FILE *out, FILE *errors)
{
    if (option_set_defaults(options))
        return OPTIONS_NO_MEMORY;
    if (argc > 1 && take_command(options, argv[1])) {
        argc--;
        argv++;
    }
    enum options_outcome outcome = read_pass(options, argc, argv, PASS_FILES, out, errors);
    if (outcome != OPTIONS_RUN)
        return outcome;
    int err = config_apply(options, errors);
    if (err)
        return outcome_of(err, OPTIONS_CONFIG);
    outcome = read_pass(options, argc, argv, PASS_ALL, out, errors);
    return outcome == OPTIONS_RUN ? check(options, errors) : outcome;
}

void options_free(struct options *options)
{
    for (const struct option_row *row = OPTION_TABLE; row->name; row++) {
        void *field = (char *)options + row->offset;
        if (row->type == OPTION_TEXT)
            free(*(char **)field);
        else if (row->type == OPTION_LIST || row->type == OPTION_NAMES)
            text_list_free(field);
    }
    text_list_free(&options->roots);
    *options = (struct options){0};
}
