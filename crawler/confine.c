#include "confine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/path.h"
#include "base/temporary.h"
#include "option_table.h"
#include "output/special_path.h"
#include "sandbox/sandbox.h"

/* Where to write. */
struct places {
    struct text_list list;
    int error; /* the first */
};

static void add(struct places *places, struct slice place)
{
    for (size_t i = 0; i < places->list.count; i++)
        if (slice_equal(slice_of(places->list.items[i]), place))
            return;
    if (!places->error)
        places->error = text_list_add(&places->list, place);
}

static void add_folder_of(void *context, const char *path)
{
    struct places *places = context;
    struct buf folder;
    buf_init(&folder, PATH_LIMIT);
    int err = path_append_folder(&folder, path);
    if (err)
        places->error = err;
    else
        add(places, buf_slice(&folder));
    buf_free(&folder);
}

/* libcurl replaces it, by way of a file beside it, or writes to it as it is. */
static void add_cookie_jar(struct places *places, const char *path)
{
    struct special_path special;
    int err = special_path_look(path, &special);
    if (err)
        places->error = err;
    else if (special.is_special)
        add(places, slice_of(path));
    else
        add_folder_of(places, path);
}

static void add_temporary_folders(struct places *places)
{
    const char *wanted = temporary_folder();
    add(places, SLICE(P_tmpdir));
    if (strcmp(wanted, P_tmpdir) != 0)
        add(places, slice_of(wanted));
}

/* A program that counts what runs leaves files beside its objects. */
static void add_coverage(struct places *places)
{
#ifdef CRAWLER_COVERAGE
    add(places, SLICE("/"));
#else
    (void)places;
#endif
}

static void enter(struct places *places)
{
    static const char *const nowhere[] = {NULL};
    add_coverage(places);
    if (places->error)
        log_warning("sandbox: none: %s", error_text(places->error));
    else
        sandbox_enter(places->list.count ? (const char *const *)places->list.items : nowhere);
    text_list_free(&places->list);
}

void confine_crawl(const struct options *options, const struct outputs *outputs)
{
    struct places places = {.error = 0};
    if (options->no_sandbox)
        return;
    outputs_for_each_name(outputs, add_folder_of, &places);
    if (options->cookie_jar && strcmp(options->cookie_jar, "-") != 0)
        add_cookie_jar(&places, options->cookie_jar);
    if (options->warc)
        add_folder_of(&places, options->warc);
    if (options->state)
        add_folder_of(&places, options->state);
    add_temporary_folders(&places);
    enter(&places);
}

void confine_writer(const char *path)
{
    struct places places = {.error = 0};
    add_folder_of(&places, path);
    enter(&places);
}

void confine_reader(void)
{
    enter(&(struct places){.error = 0});
}
