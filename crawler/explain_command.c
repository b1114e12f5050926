/* --explain URL: what would become of a URL in this crawl, and why. Nothing is fetched. */
#include <stdio.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/log.h"
#include "crawl/pattern.h"
#include "program.h"
#include "web/root.h"

static void print(const char *name, struct slice text)
{
    struct buf escaped;
    buf_init(&escaped, (size_t)URL_MAX_LENGTH * 4);
    if (escape_for_terminal(&escaped, text) == 0)
        printf("%-10s %s\n", name, buf_text(&escaped));
    buf_free(&escaped);
}

/* The first of the patterns that matches; NULL for none. */
static const char *matching_pattern(const struct text_list *patterns, struct slice href)
{
    const char *match = NULL;
    for (size_t i = 0; i < patterns->count && !match; i++) {
        struct pattern_list *list;
        const struct text_list one = {&patterns->items[i], 1};
        if (pattern_list_create(&list, &one, "pattern"))
            return NULL;
        if (pattern_list_search(list, href) > 0)
            match = patterns->items[i];
        pattern_list_free(list);
    }
    return match;
}

static void print_pattern(const struct options *options, enum reason reason, struct slice href)
{
    const char *pattern = NULL;
    if (reason == REASON_EXCLUDED)
        pattern = matching_pattern(&options->exclude, href);
    else if (reason == REASON_NONE && options->include.count)
        pattern = matching_pattern(&options->include, href);
    if (pattern)
        print("pattern", slice_of(pattern));
}

static void print_condition(enum reason reason)
{
    print("unless", slice_of(reason_name(reason)));
    print("", slice_of(reason_text(reason)));
}

/* What depends on the server, or on the URLs that come first. */
static void print_conditions(const struct program *program, const struct url *url)
{
    if (!program->options.no_robots)
        print_condition(REASON_ROBOTS);
    for (int i = REASON_TRAPS_BEGIN; i < REASON_TRAPS_END; i++) {
        enum reason reason = (enum reason)i;
        if (crawler_may_refuse(program->crawler, url, reason))
            print_condition(reason);
    }
}

static void explain_url(struct program *program, const struct url *url)
{
    const struct options *options = &program->options;
    struct slice href = url_without_fragment(url);
    enum reason reason = crawler_url_allowed(program->crawler, url);
    print("url", href);
    print("verdict", slice_of(reason == REASON_NONE ? "fetched, if a link leads there" : "skipped"));
    print("reason", slice_of(reason_name(reason)));
    print("", slice_of(reason_text(reason)));
    print_pattern(options, reason, href);
    if (reason == REASON_NONE)
        print_conditions(program, url);
    if (reason == REASON_NONE && options->max_depth != UINT32_MAX)
        printf("%-10s at most %u links away from a root (--depth)\n", "depth", options->max_depth);
    if (reason == REASON_NONE && options->max_pages)
        printf("%-10s among the first %llu (--max-pages)\n", "limit", (unsigned long long)options->max_pages);
}

enum exit_code explain_command(struct program *program)
{
    enum exit_code code = program_open(program);
    if (code == EXIT_OK)
        code = program_begin(program);
    if (code != EXIT_OK)
        return code;
    struct buf storage;
    struct url url;
    buf_init(&storage, URL_MAX_LENGTH);
    int err = url_parse(&url, slice_of(program->options.explain), NULL, NULL, &storage);
    if (err == ERR_URL_RELATIVE)
        err = root_parse(slice_of(program->options.explain), &url, &storage);
    if (!err) {
        url_strip_credentials(&url, &storage);
        explain_url(program, &url);
    } else {
        print("url", slice_of(program->options.explain));
        printf("%-10s skipped\n%-10s malformed\n%-10s %s\n", "verdict", "reason", "", error_text(err));
    }
    buf_free(&storage);
    return fflush(stdout) ? EXIT_RUNTIME : EXIT_OK;
}
