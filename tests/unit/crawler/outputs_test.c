/* All outputs of a crawl together: what failed on the way gets no name, and no file is written by two. */
#include "output/output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "record/observer.h"
#include "unit/async/log_capture.h"
#include "unit/folder.h"
#include "unit/suite.h"

static char folder[FOLDER_SIZE];

static void add_observer(void *context, struct observer *observer)
{
    list_append(context, &observer->node);
}

/* Opens outputs of these formats and files of the folder. Returns what outputs_open does. */
static int open_outputs(struct outputs **outputs, const char *const formats[2], const char *const names[2])
{
    char texts[2][FOLDER_SIZE + 64];
    char *items[2];
    for (int i = 0; i < 2; i++) {
        snprintf(texts[i], sizeof texts[i], "%s:%s/%s", formats[i], folder, names[i]);
        items[i] = texts[i];
    }
    const struct options options = {.outputs = {.items = items, .count = 2}};
    log_capture_start();
    int err = outputs_open(outputs, &options);
    log_set_sink(NULL, NULL);
    return err;
}

static bool exists(const char *name)
{
    char path[FOLDER_SIZE + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

/* Lines that fill the memory have nowhere to go: what is sorted lacks some, what is written at once has all so far. */
START_TEST(what_lacks_something_gets_no_name)
{
    enum { LENGTH = 4000, MOST = 20000 };
    static const struct crawl_totals totals;
    static char url[LENGTH];
    const struct options none = {0};
    const struct crawl_end end = {.totals = &totals, .options = &none};
    struct list observers;
    struct outputs *outputs;
    folder_make(folder, "/tmp/crawler-outputs");
    list_init(&observers);
    ck_assert_int_eq(
        open_outputs(&outputs, (const char *const[]){"junit", "jsonl"}, (const char *const[]){"a.xml", "b"}), 0);
    outputs_for_each_observer(outputs, add_observer, &observers);
    ck_assert_int_eq(setenv("TMPDIR", "/nonexistent", 1), 0);
    const struct slice start = SLICE("http://a/");
    memset(url, 'x', sizeof url);
    memcpy(url, start.data, start.length);
    const struct fetch_statistic stat = {.url = {url, sizeof url}, .status = 200, .content_type = "", .encoding = ""};
    bool failed = false;
    for (int i = 0; i < MOST; i++) {
        list_for_each(node, &observers) failed |=
            observer_tell_fetched(container_of(node, struct observer, node), &stat) == ERR_NOT_FOUND;
    }
    ck_assert(failed);
    unsetenv("TMPDIR");
    log_capture_start();
    ck_assert_int_eq(outputs_finish(outputs, &end), ERR_NOT_FOUND);
    log_set_sink(NULL, NULL);
    ck_assert_ptr_nonnull(strstr(logged_line, "a.xml: not found"));
    outputs_free(outputs);
    ck_assert(!exists("a.xml") && !exists("a.xml.part") && exists("b"));
    folder_remove(folder);
}
END_TEST

START_TEST(a_file_is_one_outputs)
{
    struct outputs *outputs;
    folder_make(folder, "/tmp/crawler-outputs");
    ck_assert_int_eq(open_outputs(&outputs, (const char *const[]){"jsonl", "json"}, (const char *const[]){"a", "./a"}),
                     ERR_IN_USE);
    folder_remove(folder);
}
END_TEST

int main(void)
{
    return RUN_TESTS("outputs", what_lacks_something_gets_no_name, a_file_is_one_outputs);
}
