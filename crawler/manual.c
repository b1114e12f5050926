#include "manual.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct command_option NO_OPTIONS[] = {{0}};

static const struct command_option LINKS_OPTIONS[] = {
    {"base", "URL", "resolve links against URL"},
    {"content-type", "TYPE", "take the document for this type (text/html)"},
    {"extractor", "ENGINE", "find links in HTML with this engine"},
    {0},
};

static const struct command_option REPORT_OPTIONS[] = {
    {"output", "[FORMAT:]FILE", "write to FILE in that format, as the crawl does"},
    {"skipped", "FILE", "write every URL that was not fetched, and why, to FILE as JSON lines"},
    {"histogram", "FILE", "write the distribution of the latencies to FILE"},
    {0},
};

static const struct command_option CHARSET_OPTIONS[] = {
    {"content-type", "TYPE", "take the document for this type (text/html)"},
    {0},
};

const struct command_row COMMAND_TABLE[] = {
    {NULL, NULL, "URL...", "crawl the sites of these URLs"},
    {"measure", NULL, "URL...", "find the pages of a site, then fetch them over and over, with ever more at once"},
    {"report", REPORT_OPTIONS, "FILE", "report on the crawl in a state file (--state), whole or not"},
    {"diff", NO_OPTIONS, "OLD NEW",
     "compare the crawls in two state files: what is new, gone, broken, mended, changed"},
    {"resolve", NO_OPTIONS, "",
     "resolve URLs: {\"input\": URL, \"base\": URL or null} a line in, {\"href\": URL} a line out"},
    {"robots", NO_OPTIONS, "",
     "ask robots.txt files: {\"robots_txt_base64\", \"user_agent\", \"url\"} a line in, {\"allowed\": true or false} a "
     "line out"},
    {"links", LINKS_OPTIONS, "FILE|-", "show the links of a document, a JSON object a line"},
    {"sitemap", NO_OPTIONS, "FILE|-", "show the URLs of a sitemap, a feed or a list of URLs, a JSON object a line"},
    {"charset", CHARSET_OPTIONS, "FILE|-", "show the encoding of a document and what told it, as JSON"},
    {0},
};

const struct exit_code_row EXIT_CODE_TABLE[] = {
    {EXIT_INTERRUPTED, "interrupted; the report was still written"},
    {EXIT_RUNTIME, "runtime error, or no root could be fetched"},
    {EXIT_USAGE, "wrong usage"},
    {EXIT_CONFIG, "bad config file"},
    {EXIT_LIMIT, "a limit (--max-pages, --max-pages-per-host) ended the crawl"},
    {EXIT_WORSE, "broken links with --check, or a figure worse than that of --baseline"},
    {EXIT_OK, "all well"},
    {EXIT_OK, NULL},
};

static void __attribute__((format(printf, 2, 3))) append(char text[SYNOPSIS_SIZE], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t used = strlen(text);
    int length = vsnprintf(text + used, SYNOPSIS_SIZE - used, format, arguments);
    va_end(arguments);
    assert(length >= 0 && (size_t)length < SYNOPSIS_SIZE - used);
}

void command_synopsis(const struct command_row *row, char text[SYNOPSIS_SIZE])
{
    const char *gap = row->name ? " " : "";
    text[0] = '\0';
    append(text, "%s", row->name ? row->name : "");
    if (!row->options)
        append(text, "%s[OPTIONS]", gap);
    for (const struct command_option *option = row->options; option && option->name; option++)
        append(text, "%s[--%s %s]", gap, option->name, option->argument);
    if (row->operands[0])
        append(text, " %s", row->operands);
}
