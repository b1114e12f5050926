#include "faults/verdict.h"

#include <dirent.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults/tolerated.h"

struct expected {
    json_t *records; /* by URL, what the crawl settles about it */
    json_t *skipped; /* the same of what was not fetched: its reason */
    unsigned counts[NTH_KIND_COUNT];
    unsigned descriptors;
    unsigned module_count;
    struct nth_module modules[NTH_MODULES];
};

/* What was found out about a URL, but for what depends on who answers first. */
static const char *const SETTLED[] = {"status",    "redirect", "content_type", "encoding", "html",
                                      "truncated", "size",     "links",        "depth"};

static bool wrong(char *reason, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, REASON_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

static json_t *settled_part(const json_t *record)
{
    json_t *part = json_object();
    for (size_t i = 0; i < sizeof SETTLED / sizeof SETTLED[0]; i++)
        json_object_set(part, SETTLED[i], json_object_get(record, SETTLED[i]));
    return part;
}

/* Adds a record: its settled part, or null for one that failed. False when its URL has one already. */
static bool add_record(json_t *records, const json_t *record)
{
    const char *url = json_string_value(json_object_get(record, "url"));
    const json_t *error = json_object_get(record, "error");
    if (!url || json_object_get(records, url))
        return false;
    json_object_set_new(records, url, error && !json_is_null(error) ? json_null() : settled_part(record));
    return true;
}

/* Which URLs were left out, and why; each once, whatever pages led there. */
static bool add_skipped(json_t *records, const json_t *record)
{
    const char *url = json_string_value(json_object_get(record, "url"));
    if (!url)
        return false;
    json_object_set(records, url, json_object_get(record, "reason"));
    return true;
}

/* Reads a file of lines; NULL when it is not whole, that is, each line JSON and each URL there once. */
static json_t *read_lines(char *text, bool (*add)(json_t *records, const json_t *record))
{
    json_t *records = json_object();
    bool good = true;
    for (char *line = text, *end; *line && good; line = end + 1) {
        end = strchr(line, '\n');
        if (!end) {
            good = false;
            break;
        }
        json_t *record = json_loadb(line, (size_t)(end - line), 0, NULL);
        good = record && add(records, record);
        json_decref(record);
    }
    if (good)
        return records;
    json_decref(records);
    return NULL;
}

static json_t *read_document(const char *text)
{
    json_t *document = json_loads(text, 0, NULL), *record, *records = json_object();
    size_t i;
    json_t *list = json_object_get(document, "urls");
    bool good = json_is_array(list) && json_object_get(document, "summary");
    json_array_foreach(list, i, record) good = good && add_record(records, record);
    json_decref(document);
    if (good)
        return records;
    json_decref(records);
    return NULL;
}

/* What the outputs hold under their final names; NULL where there is none of a name. */
struct outputs {
    json_t *lines;
    json_t *document;
    json_t *skipped;
    char *page;
    char *report;
    char *err;
};

static json_t *parse_lines(const struct trial *trial, const char *name, bool (*add)(json_t *, const json_t *),
                           bool *whole)
{
    char *text = trial_read(trial, name);
    json_t *records = text ? read_lines(text, add) : NULL;
    *whole &= !text || records;
    free(text);
    return records;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static bool read_outputs(const struct trial *trial, struct outputs *outputs, char *reason)
{
    bool lines = true, skipped = true;
    outputs->lines = parse_lines(trial, "crawl.jsonl", add_record, &lines);
    outputs->skipped = parse_lines(trial, "skipped.jsonl", add_skipped, &skipped);
    char *text = trial_read(trial, "crawl.json");
    outputs->document = text ? read_document(text) : NULL;
    bool document = !text || outputs->document;
    free(text);
    outputs->page = trial_read(trial, "crawl.html");
    outputs->report = trial_read(trial, "stdout");
    outputs->err = trial_read(trial, "stderr");
    if (!lines || !skipped || !document)
        return wrong(reason, "not whole: %s", !lines ? "crawl.jsonl" : !skipped ? "skipped.jsonl" : "crawl.json");
    if (outputs->page && !ends_with(outputs->page, "</html>\n"))
        return wrong(reason, "not whole: crawl.html");
    return true;
}

static void free_outputs(struct outputs *outputs)
{
    json_decref(outputs->lines);
    json_decref(outputs->document);
    json_decref(outputs->skipped);
    free(outputs->page);
    free(outputs->report);
    free(outputs->err);
}

static bool has_failures(json_t *records)
{
    const char *url;
    json_t *record;
    json_object_foreach(records, url, record)
    {
        if (json_is_null(record))
            return true;
    }
    return false;
}

/* Whether a record is that of a clean crawl. Where a sitemap is told to be lost the URL may be found deeper down. */
static bool is_same(const json_t *record, const json_t *expected, const char *err)
{
    if (json_equal(record, expected))
        return true;
    if (!json_is_object(record) || !json_is_object(expected) || !strstr(err, "sitemap "))
        return false;
    json_t *one = json_copy((json_t *)record), *other = json_copy((json_t *)expected);
    json_object_del(one, "depth");
    json_object_del(other, "depth");
    bool same = json_equal(one, other);
    json_decref(one);
    json_decref(other);
    return same;
}

/* Whether each record is that of a clean crawl, and none is missing unless something is told to have failed. */
static bool are_true(json_t *expected, json_t *records, const char *err, bool may_miss, char *reason)
{
    const char *url;
    json_t *record;
    json_object_foreach(records, url, record)
    {
        const json_t *other = json_object_get(expected, url);
        if (!json_is_null(record) && (!other || !is_same(record, other, err))) {
            char *is = json_dumps(record, JSON_ENCODE_ANY | JSON_COMPACT), *was = json_dumps(other, JSON_ENCODE_ANY);
            wrong(reason, "%s: %.180s instead of %.180s", url, is, was ? was : "nothing");
            free(is);
            free(was);
            return false;
        }
    }
    json_object_foreach(expected, url, record)
    {
        if (!may_miss && !json_object_get(records, url))
            return wrong(reason, "no record of %s", url);
    }
    return true;
}

/* What the exit code and the words say, held against the outputs. */
static bool is_honest(const struct expected *expected, const struct trial *trial, const struct outputs *outputs,
                      char *reason)
{
    int code = WEXITSTATUS(trial->status);
    bool failed = outputs->lines && has_failures(outputs->lines);
    const char *err = outputs->err ? outputs->err : "";
    if (code > 1)
        return wrong(reason, "exit code %d: %.300s", code, err);
    if (code == 0 && (!outputs->lines || !outputs->document || !outputs->skipped || !outputs->page))
        return wrong(reason, "exit code 0, but an output is missing");
    if ((code || failed) && !*err && !trial->record->stderr_failed)
        return wrong(reason, "exit code %d%s, and nothing said: '%.200s'", code, failed ? " and failures" : "", err);
    if (code == 0 && (!outputs->report || !strstr(outputs->report, "\nDone: ")))
        return wrong(reason, "exit code 0, but the report ends before its time");
    bool may_miss = code || failed;
    if (outputs->lines && !are_true(expected->records, outputs->lines, outputs->err, may_miss, reason))
        return false;
    if (outputs->document && !are_true(expected->records, outputs->document, outputs->err, may_miss, reason))
        return false;
    return !outputs->skipped || may_miss || are_true(expected->skipped, outputs->skipped, outputs->err, false, reason);
}

static bool left_nothing(const struct expected *expected, const struct trial *trial, const char *err, char *reason)
{
    const struct nth_record *record = trial->record;
    if (!record->is_over)
        return wrong(reason, "left without its exit handlers");
    if (record->descriptors > expected->descriptors)
        return wrong(reason, "%u descriptors open, not %u", record->descriptors, expected->descriptors);
    for (unsigned i = 0; i < record->module_count; i++) {
        const struct nth_module *module = &record->modules[i];
        unsigned usual = 0;
        for (unsigned j = 0; j < expected->module_count; j++)
            if (strcmp(expected->modules[j].name, module->name) == 0)
                usual = expected->modules[j].blocks;
        if (module->blocks > usual && !tolerated_leak(record, module, usual, err))
            return wrong(reason, "%u blocks left by %s, not %u; the first of ours: %s", module->blocks, module->name,
                         usual, record->leaks[0]);
    }
    return true;
}

/* Lists, trees and pages have no .part in the end; lines may. */
static bool left_no_parts(const struct trial *trial, char *reason)
{
    static const char *const names[] = {"crawl.json.part", "crawl.html.part"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *text = trial_read(trial, names[i]);
        free(text);
        if (text)
            return wrong(reason, "%s is still there", names[i]);
    }
    return true;
}

/* --- what is left in the state file ------------------------------------------------------------------------------- */

enum { BUSY_TRIES = 50, BUSY_WAIT = 100000 /* microseconds */, FINISHED_BEFORE = 2 };

/* Goes on with the crawl; a process that still writes for the one that failed is waited for. Returns its exit code. */
static int go_on(const struct trial *trial, const struct target *target)
{
    for (int tries = 0;; tries++) {
        const char *const words[] = {"--unthrottled",    "--progress", "none", "--dns-servers", target->name_server,
                                     "--state",          STATE_FILE,   "-i",   "roots.txt",     "-o",
                                     "jsonl:then.jsonl", NULL};
        int code = trial_then(trial, words);
        char *err = trial_read(trial, "then.err");
        bool is_busy = err && strstr(err, "in use by process");
        free(err);
        if (!is_busy || tries == BUSY_TRIES)
            return code;
        usleep(BUSY_WAIT);
    }
}

/* What the crawl that failed and the one that went on have said: a sitemap that the first has lost stays lost. */
static char *said_by_both(const struct trial *trial, const char *then)
{
    char *first = trial_read(trial, "stderr"), *both = NULL;
    if (asprintf(&both, "%s%s", first ? first : "", then ? then : "") < 0)
        abort();
    free(first);
    return both;
}

bool verdict_of_state(const struct expected *expected, const struct trial *trial, const struct target *target,
                      char reason[REASON_SIZE])
{
    static const char *const report[] = {"report", "-o", "jsonl:then.jsonl", STATE_FILE, NULL};
    int code = go_on(trial, target);
    char *err = trial_read(trial, "then.err");
    bool was_finished = code == FINISHED_BEFORE && err && strstr(err, "holds a finished crawl");
    if (was_finished)
        code = trial_then(trial, report);
    bool whole = true;
    json_t *records = code ? NULL : parse_lines(trial, "then.jsonl", add_record, &whole);
    char *said = said_by_both(trial, err);
    bool good = records && are_true(expected->records, records, said, has_failures(records), reason);
    free(said);
    if (!records)
        wrong(reason, "does not go on%s: exit code %d, %.300s", was_finished ? ", said to be finished" : "", code, err);
    json_decref(records);
    free(err);
    return good;
}

bool verdict(const struct expected *expected, const struct trial *trial, char reason[REASON_SIZE])
{
    if (trial->hung)
        return wrong(reason, "hangs");
    if (WIFSIGNALED(trial->status))
        return wrong(reason, "ended by signal %d", WTERMSIG(trial->status));
    if (tolerated_end(trial->record, WEXITSTATUS(trial->status)))
        return true;
    struct outputs outputs = {0};
    bool good = read_outputs(trial, &outputs, reason) && is_honest(expected, trial, &outputs, reason) &&
                left_no_parts(trial, reason) && left_nothing(expected, trial, outputs.err, reason);
    free_outputs(&outputs);
    return good;
}

void expected_learn_more(struct expected *expected, const struct trial *trial)
{
    const struct nth_record *record = trial->record;
    for (int i = 0; i < NTH_KIND_COUNT; i++)
        if (record->counts[i] > expected->counts[i])
            expected->counts[i] = record->counts[i];
    if (record->descriptors > expected->descriptors)
        expected->descriptors = record->descriptors;
    for (unsigned i = 0; i < record->module_count; i++) {
        unsigned j = 0;
        while (j < expected->module_count && strcmp(expected->modules[j].name, record->modules[i].name) != 0)
            j++;
        if (j == expected->module_count)
            expected->modules[expected->module_count++] = record->modules[i];
        else if (record->modules[i].blocks > expected->modules[j].blocks)
            expected->modules[j].blocks = record->modules[i].blocks;
    }
}

struct expected *expected_learn(const struct trial *trial)
{
    struct expected *expected = calloc(1, sizeof *expected);
    struct outputs outputs = {0};
    char reason[REASON_SIZE] = "an output is missing";
    if (!expected || !read_outputs(trial, &outputs, reason) || !outputs.lines || !outputs.skipped || trial->status ||
        has_failures(outputs.lines)) {
        fprintf(stderr, "the clean crawl fails: %s\n%s\n", reason, outputs.err);
        exit(EXIT_FAILURE);
    }
    expected->records = json_incref(outputs.lines);
    expected->skipped = json_incref(outputs.skipped);
    free_outputs(&outputs);
    expected_learn_more(expected, trial);
    return expected;
}

unsigned expected_calls(const struct expected *expected, enum nth_kind kind)
{
    return expected->counts[kind];
}

void expected_free(struct expected *expected)
{
    json_decref(expected->records);
    json_decref(expected->skipped);
    free(expected);
}
