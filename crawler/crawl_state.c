#include "crawl_state.h"

#include <jansson.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "confine.h"
#include "option_table.h"
#include "output/warc.h"
#include "record/json_value.h"

enum { LARGEST_RULES = 16 << 20, LARGEST_POSITION = 64 * 1024 };

/* What decides which URLs are crawled: a crawl can't go on by others. */
static const char *const RULES[] = {"depth",
                                    "scope",
                                    "include",
                                    "exclude",
                                    "no-parent",
                                    "max-url-length",
                                    "max-path-length",
                                    "max-path-depth",
                                    "max-repeats",
                                    "max-query-params",
                                    "max-query-variants",
                                    "max-calendar-dates",
                                    "keep-session-ids",
                                    "max-pages-per-host",
                                    "strip-query",
                                    "sort-query",
                                    "no-robots",
                                    "max-redirect",
                                    "follow",
                                    "follow-tags",
                                    "ignore-tags",
                                    "heed-nofollow",
                                    "sitemap",
                                    "extractor",
                                    "link-graph",
                                    NULL};

static json_t *list_value(const struct text_list *list)
{
    json_t *array = json_array();
    int failed = array ? 0 : -1;
    for (size_t i = 0; i < list->count && !failed; i++)
        failed = json_array_append_new(array, json_string(list->items[i]));
    if (!failed)
        return array;
    json_decref(array);
    return NULL;
}

/* The value of an option; jansson's NULL when memory is out. */
static json_t *option_value(const struct options *options, const struct option_row *row)
{
    const void *field = (const char *)options + row->offset;
    switch (row->type) {
    case OPTION_FLAG:
        return json_boolean(*(const bool *)field);
    case OPTION_UINT32:
        return *(const uint32_t *)field == UINT32_MAX ? json_null() : json_integer(*(const uint32_t *)field);
    case OPTION_CHOICE:
        return json_string(row->choices[*(const unsigned *)field]);
    case OPTION_LIST:
    case OPTION_NAMES:
        return list_value(field);
    default:
        return *(char *const *)field ? json_string(*(char *const *)field) : json_null();
    }
}

/* {"roots": [...], "depth": 3, ...}. NULL when memory is out. */
static json_t *rules_of(const struct options *options)
{
    json_t *rules = json_object();
    int failed = json_object_set_new(rules, "roots", list_value(&options->roots));
    for (const char *const *name = RULES; *name; name++)
        failed |= json_object_set_new(rules, *name, option_value(options, option_find(*name)));
    if (!failed)
        return rules;
    json_decref(rules);
    return NULL;
}

/* --- is it the same crawl? ---------------------------------------------------------------------------------------- */

static int tell(const char *path, int err)
{
    log_error("%s: %s", path, error_text(err));
    return err;
}

static void tell_difference(const char *path, const char *name, const json_t *was, const json_t *is)
{
    char *before = was ? json_dumps(was, JSON_ENCODE_ANY) : NULL, *now = json_dumps(is, JSON_ENCODE_ANY);
    bool is_roots = strcmp(name, "roots") == 0;
    log_error("%s holds a crawl by other rules: %s%s was %s and is %s", path, is_roots ? "" : "--", name,
              before ? before : "unknown", now ? now : "?");
    free(before);
    free(now);
}

/* An option that came later was not given before. */
static bool is_same(const json_t *was, const char *name, const json_t *value)
{
    const json_t *before = json_object_get(was, name);
    return before ? json_equal(before, value) : json_is_false(value);
}

/* Returns 0 or ERR_INVALID, all differences logged; ERR_NO_MEMORY. */
static int compare(const char *path, const json_t *was, const struct options *options)
{
    json_t *is = rules_of(options), *value;
    const char *name;
    int err = is ? 0 : ERR_NO_MEMORY;
    json_object_foreach(is, name, value)
    {
        if (is_same(was, name, value))
            continue;
        tell_difference(path, name, json_object_get(was, name), value);
        err = ERR_INVALID;
    }
    json_decref(is);
    return err;
}

static int take_roots(const json_t *rules, struct options *options)
{
    size_t i;
    json_t *root;
    int err = 0;
    json_array_foreach(json_object_get(rules, "roots"), i, root)
    {
        if (!err && json_is_string(root))
            err = text_list_add(&options->roots, slice_of(json_string_value(root)));
    }
    return err;
}

/* Reads the rules. Returns 1, 0 when there are none yet, or an error. */
static int read_rules(struct state_file *file, json_t **rules)
{
    struct buf text;
    buf_init(&text, LARGEST_RULES);
    int found = state_file_text(file, "rules", &text), err = 0;
    *rules = NULL;
    if (found > 0)
        err = json_value_parse(rules, buf_slice(&text), NULL);
    buf_free(&text);
    return err ? err : found;
}

int crawl_state_take_roots(struct state_file *file, struct options *options)
{
    json_t *rules;
    int found = read_rules(file, &rules);
    int err = found > 0 ? take_roots(rules, options) : found ? found : ERR_SYNTAX;
    json_decref(rules);
    return err;
}

static enum exit_code check_rules(struct crawl_state *state, struct options *options, const json_t *rules)
{
    int64_t is_finished = 0;
    int err = options->roots.count ? 0 : take_roots(rules, options);
    if (!err)
        err = compare(options->state, rules, options);
    if (err == ERR_INVALID)
        return EXIT_USAGE;
    if (err) {
        tell(options->state, err);
        return EXIT_RUNTIME;
    }
    if (state_file_number(state->earlier, "finished", &is_finished) < 0)
        return EXIT_RUNTIME;
    state->is_finished = is_finished;
    if (!is_finished || options->revisit)
        return EXIT_OK;
    log_error(
        "%s holds a finished crawl: crawler report shows it, --revisit fetches its URLs again; name another file for "
        "a new one",
        options->state);
    return EXIT_USAGE;
}

static enum exit_code refuse_new(const struct options *options)
{
    log_error("%s: there is no crawl to go on with (%s)", options->state, options->resume ? "--resume" : "--revisit");
    return EXIT_USAGE;
}

/* Looks whether there is a crawl to go on with. */
static enum exit_code look_back(struct crawl_state *state, struct options *options)
{
    json_t *rules;
    int err = state_file_open(&state->earlier, options->state);
    if (err)
        return EXIT_RUNTIME;
    if (state_file_text(state->earlier, ARCHIVE_NOTE, &state->archive_text) < 0)
        return EXIT_RUNTIME;
    int found = read_rules(state->earlier, &rules);
    if (found > 0) {
        enum exit_code code = check_rules(state, options, rules);
        json_decref(rules);
        return code;
    }
    state_file_close(state->earlier);
    state->earlier = NULL;
    if (found < 0) {
        tell(options->state, found);
        return EXIT_RUNTIME;
    }
    return options->resume || options->revisit ? refuse_new(options) : EXIT_OK;
}

/* --- the archive -------------------------------------------------------------------------------------------------- */

/* A new archive, or none. Whose it is stands in the file before there is anything of it, so that it can be gone on with
 * whenever the crawl dies. */
static enum exit_code begin_archive(struct crawl_state *state, const struct options *options)
{
    state->archive_position = (struct archive_position){.prefix = slice_of(options->warc ? options->warc : "")};
    if (options->warc && warc_check_new(options->warc))
        return EXIT_RUNTIME;
    int err = state->earlier ? 0 : state_send(state->state, &(struct journal_entry){.kind = JOURNAL_BEGIN});
    if (!err)
        err = state_note_archive(state->state, &state->archive_position);
    if (!err)
        err = state_finish(state->state);
    return err ? EXIT_RUNTIME : EXIT_OK;
}

/* Goes on with the archive that the file has, which must be that of --warc; only another visit may have another. */
static enum exit_code check_archive(struct crawl_state *state, const struct options *options)
{
    const char *wanted = options->warc ? options->warc : "";
    const struct slice *prefix = &state->archive_position.prefix;
    if (state->archive_text.length && archive_position_read(buf_text(&state->archive_text), &state->archive_position)) {
        tell(options->state, ERR_SYNTAX);
        return EXIT_RUNTIME;
    }
    if (slice_equal(*prefix, slice_of(wanted)))
        return EXIT_OK;
    if (!state->earlier && !options->warc)
        return EXIT_OK;
    if (!state->earlier || state->is_finished)
        return begin_archive(state, options);
    if (prefix->length)
        log_error("%s holds a crawl that is archived with --warc %s", options->state, prefix->data);
    else
        log_error("%s holds a crawl that is not archived", options->state);
    return EXIT_USAGE;
}

const struct archive_position *crawl_state_archive(const struct crawl_state *state)
{
    return state->state ? &state->archive_position : NULL;
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

enum exit_code crawl_state_open(struct crawl_state *state, struct options *options)
{
    *state = (struct crawl_state){0};
    buf_init(&state->archive_text, LARGEST_POSITION);
    if (!options->state || options->explain)
        return EXIT_OK;
    if ((options->resume || options->revisit) && access(options->state, F_OK) != 0)
        return refuse_new(options);
    if (state_open(&state->state, options->state, options->no_sandbox ? NULL : confine_writer))
        return EXIT_RUNTIME;
    enum exit_code code = look_back(state, options);
    if (code == EXIT_OK && !options->roots.count) {
        log_error("%s holds no crawl, and no URL is given", options->state);
        return EXIT_USAGE;
    }
    return code == EXIT_OK ? check_archive(state, options) : code;
}

/* --- beginning and end -------------------------------------------------------------------------------------------- */

static int note_number(struct crawl_state *state, const char *name, uint64_t number)
{
    return state_send(state->state,
                      &(struct journal_entry){.kind = JOURNAL_NOTE, .text = slice_of(name), .number = number});
}

static int note_text(struct crawl_state *state, const char *name, const char *text)
{
    return state_send(state->state,
                      &(struct journal_entry){.kind = JOURNAL_NOTE, .text = slice_of(name), .more = slice_of(text)});
}

static int append_rules(struct buf *text, const struct options *options)
{
    json_t *rules = rules_of(options);
    int err = rules ? json_value_append(text, rules, JSON_COMPACT) : ERR_NO_MEMORY;
    json_decref(rules);
    return err;
}

/* The rules come last, behind the roots: a file without them holds no crawl. */
static int note_crawl(struct crawl_state *state, const struct options *options)
{
    struct buf text;
    buf_init(&text, LARGEST_RULES);
    int err = append_rules(&text, options);
    if (err)
        tell(options->state, err);
    if (!err)
        err = note_text(state, "version", CRAWLER_VERSION);
    if (!err)
        err = note_number(state, "started", (uint64_t)time(NULL));
    if (!err)
        err = note_number(state, "finished", 0);
    if (!err)
        err = note_text(state, "rules", buf_text(&text));
    buf_free(&text);
    return err;
}

static int add_roots(struct crawler *crawler, const struct options *options)
{
    for (size_t i = 0; i < options->roots.count; i++) {
        int err = crawler_add_root(crawler, slice_of(options->roots.items[i]));
        if (err)
            return tell(options->roots.items[i], err);
    }
    return 0;
}

static int begin_anew(struct crawl_state *state, struct crawler *crawler, const struct options *options)
{
    int err = state->state ? crawler_begin(crawler) : 0;
    if (!err && state->archive && state->state)
        err = state_note_archive(state->state, &state->archive->position);
    if (!err)
        err = add_roots(crawler, options);
    return !err && state->state ? note_crawl(state, options) : err;
}

/* The file is read again when the writer has made all of it pending. */
static int begin_visit(struct crawl_state *state, const struct options *options)
{
    const struct journal_entry visit = {.kind = JOURNAL_VISIT, .number = (uint64_t)time(NULL)};
    state_file_close(state->earlier);
    state->earlier = NULL;
    int err = state_send(state->state, &visit);
    if (!err)
        err = state_wait(state->state);
    return err ? err : state_file_open(&state->earlier, options->state);
}

int crawl_state_begin(struct crawl_state *state, struct crawler *crawler, struct summary *summary,
                      const struct options *options)
{
    if (!state->earlier)
        return begin_anew(state, crawler, options);
    int err = state->is_finished ? begin_visit(state, options) : 0;
    if (!err)
        err = crawler_resume(crawler, state->earlier);
    if (!err)
        err = state_file_for_each_end(state->earlier, summary_add_end, summary);
    state_file_close(state->earlier);
    state->earlier = NULL;
    if (!err && state->archive)
        err = state_note_archive(state->state, &state->archive->position);
    return err == ERR_SYNTAX ? ERR_IO : err; /* the file's, not the user's */
}

int crawl_state_finish(struct crawl_state *state, bool is_finished)
{
    if (!state->state)
        return 0;
    int err = state->archive ? state_note_archive(state->state, &state->archive->position) : 0;
    if (!err && is_finished)
        err = note_number(state, "finished", 1);
    return err ? err : state_finish(state->state);
}

void crawl_state_close(struct crawl_state *state)
{
    state_file_close(state->earlier);
    state_close(state->state);
    buf_free(&state->archive_text);
    *state = (struct crawl_state){0};
}
