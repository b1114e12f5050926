/* crawler diff OLD NEW: what became of a site, a line for each URL that isn't as it was. */
#include <stdio.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/log.h"
#include "program.h"
#include "store/state_diff.h"

struct printing {
    struct buf text;
    unsigned counts[CHANGE_KINDS];
};

static int print_change(void *context, const struct state_change *change)
{
    struct printing *printing = context;
    bool says_the_same = slice_equal(change->before, change->now);
    printing->counts[change->kind]++;
    buf_clear(&printing->text);
    int err = escape_for_terminal(&printing->text, change->url);
    if (err)
        return err;
    printf("%-7s  ", state_change_name(change->kind));
    if (!says_the_same)
        printf("%.*s%s", SLICE_ARGS(change->before), change->before.length && change->now.length ? " -> " : "");
    printf("%.*s  %s\n", SLICE_ARGS(change->now), buf_text(&printing->text));
    return 0;
}

static void print_counts(const struct printing *printing)
{
    for (enum state_change_kind kind = 0; kind < CHANGE_KINDS; kind++)
        printf("%s%u %s", kind ? ", " : "", printing->counts[kind], state_change_name(kind));
    printf("\n");
}

enum exit_code diff_command(struct program *program)
{
    const struct text_list *files = &program->options.roots;
    struct printing printing = {.counts = {0}};
    if (files->count != 2) {
        log_error("crawler diff takes two state files, the old one first");
        return EXIT_USAGE;
    }
    buf_init(&printing.text, (size_t)URL_MAX_LENGTH * 4);
    int err = state_diff(files->items[0], files->items[1], print_change, &printing);
    if (!err)
        print_counts(&printing);
    buf_free(&printing.text);
    return err || fflush(stdout) || ferror(stdout) ? EXIT_RUNTIME : EXIT_OK;
}
