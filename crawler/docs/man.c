#include <string.h>

#include "docs/docs.h"

/* What no table has, in the macros of man(7). The date is the version's: the same sources make the same page. */
static const char HEAD[] = ".\\\" Made from the tables of options, commands and exit codes.\n"
                           ".TH CRAWLER 1 \"" CRAWLER_DATE "\" \"crawler " CRAWLER_VERSION "\" \"User Commands\"\n"
                           ".SH NAME\n"
                           "crawler \\- crawl web sites, report on every URL, measure how fast they answer\n"
                           ".SH SYNOPSIS\n";

static const char DESCRIPTION[] =
    ".SH DESCRIPTION\n"
    "Fetches the given URLs, follows the links in what comes back as far as they are in scope, and reports on each URL "
    "met:\n"
    "status, media type, encoding, size, and what is broken and where it is linked.\n"
    "\\(lqhttp://\\(rq is put before a URL without a scheme.\n"
    ".PP\n"
    "The report goes to standard output or to the files of\n"
    ".BR \\-\\-output ;\n"
    "all else goes to standard error.\n"
    "On a terminal a line there shows how far the crawl is; it is gone when the crawl is over.\n"
    "The line tells the time to go only where that can be known.\n"
    ".PP\n"
    "Interrupted once (Ctrl\\-C), the program finishes what is in flight and reports; twice, it reports at once.\n";

static const char OPTIONS[] =
    ".SH OPTIONS\n"
    "Defaults stand in brackets.\n"
    "A time is a number with\n"
    ".BR ms ,\n"
    ".BR s ,\n"
    ".B m\n"
    "or\n"
    ".B h\n"
    "(seconds without; at most a week), a size one with\n"
    ".BR k ,\n"
    ".BR M ,\n"
    ".B G\n"
    "or\n"
    ".B T\n"
    "(bytes without).\n"
    "Every long option is a key of the config file too; an option without an argument takes\n"
    ".B yes\n"
    "or\n"
    ".B no\n"
    "there.\n"
    "Keys that a command has no use for are checked, and have no effect on it.\n"
    "Keys begin in the first column, and a semicolon behind white space begins a comment, also in a value.\n"
    "The command line wins over the profile, the profile over the config file; options that may be repeated add up.\n";

static const char PRIVATE[] =
    ".SH PRIVATE ADDRESSES\n"
    "No link, redirect or name leads a crawl to an address that is not public: loopback, private, link\\-local and the "
    "other special ones, also where an IPv6 address carries them.\n"
    "What leads there fails with\n"
    ".BR address\\-refused .\n"
    ".PP\n"
    "The hosts of the roots are excepted.\n"
    "An address as a root may be anywhere.\n"
    "A name as a root may be on this machine, in a private network or in shared address space (RFC 6598), if all "
    "addresses that were found for it at first are not public; those found later must be in the same kind of place, or "
    "public.\n"
    "This holds for the hosts of the roots alone, not for others in the same network.\n"
    "So take no roots from people whom you would not show your network.\n"
    ".B \\-\\-allow\\-private\n"
    "opens everything.\n"
    ".PP\n"
    "Addresses named by\n"
    ".B \\-\\-resolve\n"
    "or\n"
    ".B \\-\\-connect\\-to\n"
    "are not judged, nor is a proxy.\n"
    "Behind a proxy the crawler sees no address but the proxy\\(aqs, and it is for the proxy to refuse others.\n";

static const char NOFOLLOW[] =
    ".SH LINKS NOT TO BE FOLLOWED\n"
    "With\n"
    ".BR \\-\\-heed\\-nofollow ,\n"
    "links of a, area, link and form elements and of Link headers are not followed when their rel holds\n"
    ".BR nofollow ,\n"
    "and no links of a page are when a meta element, named robots or like the word that\n"
    ".B \\-\\-user\\-agent\n"
    "begins with, or an X\\-Robots\\-Tag header says\n"
    ".B nofollow\n"
    "or\n"
    ".BR none .\n"
    "Style sheets, pictures and refreshes count as links here; roots and redirects are always followed.\n"
    "A URL to which another link leads is fetched, whichever is met first;\n"
    ".B \\-\\-skipped\n"
    "tells of the rest.\n";

static const char FILES[] =
    ".SH FILES\n"
    ".TP\n"
    ".I $XDG_CONFIG_HOME/crawler/crawler.ini\n"
    "The config file, where\n"
    ".B \\-\\-config\n"
    "names no other.\n"
    ".TP\n"
    ".I " CRAWLER_SYSCONFDIR "/crawler/crawler.ini\n"
    "The same where the user has none; as installed it shows every key.\n"
    ".TP\n"
    ".I profiles/NAME.ini\n"
    "What\n"
    ".BI \"\\-\\-profile \" NAME\n"
    "reads: beside the file of\n"
    ".BR \\-\\-config ,\n"
    "else in the user\\(aqs folder, else in the system\\(aqs.\n"
    "A name with a slash is a path.\n"
    ".TP\n"
    ".IR PREFIX \\-00000.warc.gz \", \" PREFIX .cdxj\n"
    "An archive of\n"
    ".B \\-\\-warc\n"
    "and its index.\n"
    "As long as the crawl goes on, after a crash, and with\n"
    ".BR \\-\\-state ,\n"
    "the lines of the index are in\n"
    ".IR PREFIX .cdxj.lines\n"
    "as they came.\n"
    "Requests are archived as they were sent, with credentials and cookies.\n"
    ".SH ENVIRONMENT\n"
    ".TP\n"
    ".BR XDG_CONFIG_HOME \", \" HOME\n"
    "Where the user\\(aqs files are;\n"
    ".I ~/.config\n"
    "unless the first is set.\n"
    ".TP\n"
    ".BR http_proxy \", \" https_proxy \", \" all_proxy \", \" no_proxy\n"
    "Heeded with\n"
    ".B \\-\\-proxy\\-env\n"
    "only.\n"
    ".TP\n"
    ".B TERM\n"
    "On a terminal that is\n"
    ".B dumb\n"
    "no progress is drawn.\n"
    ".SH EXAMPLES\n"
    "Look for broken links, and say so in the exit code:\n"
    ".PP\n"
    ".EX\n"
    "    crawler \\-\\-check \\-\\-profile check https://example.org/\n"
    ".EE\n"
    ".PP\n"
    "Keep to one part of a site, two links deep, with a record of each URL:\n"
    ".PP\n"
    ".EX\n"
    "    crawler \\-\\-scope prefix \\-d 2 \\-o jsonl:pages.jsonl https://example.org/docs/\n"
    ".EE\n"
    ".PP\n"
    "Archive a site, and go on with it after a crash by the same command:\n"
    ".PP\n"
    ".EX\n"
    "    crawler \\-\\-profile archive \\-\\-warc site \\-\\-state site.db https://example.org/\n"
    ".EE\n"
    ".PP\n"
    "How many pages a second does a server on this machine give, and at how many at once?\n"
    ".PP\n"
    ".EX\n"
    "    crawler measure http://127.0.0.1:8000/\n"
    ".EE\n"
    ".PP\n"
    "What leads where in a document:\n"
    ".PP\n"
    ".EX\n"
    "    crawler links \\-\\-base https://example.org/ page.html\n"
    ".EE\n"
    ".SH SEE ALSO\n"
    ".BR curl (1),\n"
    ".BR wget (1)\n"
    ".PP\n"
    "\\(lqA Web Crawler With asyncio Coroutines\\(rq in\n"
    ".I 500 Lines or Less\n";

static void put_character(FILE *out, char c)
{
    static const struct {
        char character;
        const char *escape;
    } escapes[] = {{'\\', "\\e"},  {'-', "\\-"},   {'`', "\\(ga"}, {'^', "\\(ha"},
                   {'~', "\\(ti"}, {'"', "\\(dq"}, {'\'', "\\(aq"}};
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
        if (escapes[i].character == c) {
            fputs(escapes[i].escape, out);
            return;
        }
    fputc(c, out);
}

/* Prints a text that may stand at the beginning of a line. */
static void put_text(FILE *out, const char *text)
{
    if (*text == '.')
        fputs("\\&", out);
    for (; *text; text++)
        put_character(out, *text);
}

/* Prints a text in a font: B, I. */
static void put_font(FILE *out, char font, const char *text)
{
    fprintf(out, "\\f%c", font);
    put_text(out, text);
    fputs("\\fR", out);
}

static void put_name(FILE *out, const char *dashes, const char *name)
{
    fputs("\\fB", out);
    put_text(out, dashes);
    put_text(out, name);
    fputs("\\fR", out);
}

static void print_synopsis(FILE *out, const struct command_row *command)
{
    put_font(out, 'B', "crawler");
    if (command->name) {
        fputc(' ', out);
        put_font(out, 'B', command->name);
    }
    if (!command->options)
        fputs(" [\\fIOPTIONS\\fR]", out);
    for (const struct command_option *option = command->options; option && option->name; option++) {
        fputs(" [", out);
        put_name(out, "--", option->name);
        fputs("\\ ", out);
        put_font(out, 'I', option->argument);
        fputc(']', out);
    }
    if (command->operands[0]) {
        fputc(' ', out);
        put_font(out, 'I', command->operands);
    }
    fputc('\n', out);
}

static void print_option(FILE *out, const struct docs_option *option)
{
    const char letter[] = {option->letter, '\0'};
    fputs(".TP\n", out);
    if (option->letter) {
        put_name(out, "-", letter);
        fputs(", ", out);
    }
    put_name(out, "--", option->name);
    if (option->argument) {
        fputc(' ', out);
        put_font(out, 'I', option->argument);
    }
    fputc('\n', out);
    put_text(out, option->help);
    fputs(".\n", out);
    if (option->alias) {
        fputs("Also called ", out);
        put_name(out, "--", option->alias);
        fputs(".\n", out);
    }
}

static void print_groups(FILE *out)
{
    const char *group = NULL;
    for (const struct option_row *row = OPTION_TABLE; row->name; row++) {
        struct docs_option option;
        if (row->group != group) {
            fputs(".SS ", out);
            put_text(out, row->group);
            fputc('\n', out);
        }
        group = row->group;
        docs_option_of_row(&option, row);
        print_option(out, &option);
    }
}

static void print_commands(FILE *out)
{
    fputs(".SH COMMANDS\nA command is one as the first argument only;\n.I ./links\nis a path.\n", out);
    for (const struct command_row *command = COMMAND_TABLE + 1; command->help; command++) {
        fputs(".SS ", out);
        put_text(out, command->name);
        fputc('\n', out);
        put_text(out, command->help);
        fputs(".\n", out);
        if (docs_is_apart(command))
            docs_each_option(out, command, print_option);
    }
}

static void print_exit_status(FILE *out)
{
    fputs(".SH EXIT STATUS\nThe first that holds.\n", out);
    for (const struct exit_code_row *row = EXIT_CODE_TABLE; row->help; row++) {
        fprintf(out, ".TP\n.B %d\n", row->code);
        put_text(out, row->help);
        fputs(".\n", out);
    }
}

void docs_man(FILE *out)
{
    fputs(HEAD, out);
    for (const struct command_row *command = COMMAND_TABLE; command->help; command++) {
        if (command != COMMAND_TABLE)
            fputs(".br\n", out);
        print_synopsis(out, command);
    }
    fputs(DESCRIPTION, out);
    fputs(OPTIONS, out);
    print_groups(out);
    print_commands(out);
    print_exit_status(out);
    fputs(PRIVATE, out);
    fputs(NOFOLLOW, out);
    fputs(FILES, out);
}
