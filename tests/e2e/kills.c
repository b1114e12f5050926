/* kills KILLS PAGES - crawls that are killed at random moments, by SIGKILL or SIGINT, and go on.
 *
 * After each the union is the whole site, no record is there twice, and nothing that had its record in the file is
 * fetched again. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "e2e/records.h"
#include "e2e/run.h"
#include "unit/suite.h"

enum { PATH_SIZE = 96, URL_SIZE = 64, DELAY = 50 };

struct trial {
    struct site *site;
    char folder[PATH_SIZE];
    char state[PATH_SIZE + 16];
    char records[PATH_SIZE + 16];
    char output[PATH_SIZE + 32];
    char root[URL_SIZE];
    unsigned pages;
    const char *option; /* --link-graph, --revisit, or -v, which does nothing */
};

static void open_trial(struct trial *trial, unsigned pages)
{
    const struct site_graph graph = {.pages = pages, .links = 20, .delay = DELAY};
    *trial = (struct trial){.pages = pages + 1, .option = "-v"};
    strcpy(trial->folder, "/tmp/crawler-kills-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(trial->folder));
    snprintf(trial->state, sizeof trial->state, "%s/crawl.db", trial->folder);
    snprintf(trial->records, sizeof trial->records, "%s/records", trial->folder);
    snprintf(trial->output, sizeof trial->output, "jsonl:%s", trial->records);
    ck_assert_int_eq(site_start(&(struct site_config){.graph = &graph}, &trial->site), 0);
    site_url(trial->site, "/", trial->root, sizeof trial->root);
}

static void close_trial(struct trial *trial)
{
    char command[2 * PATH_SIZE];
    snprintf(command, sizeof command, "rm -r %s", trial->folder);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(site_stop(trial->site), 0);
}

static void start(const struct trial *trial, struct run *run)
{
    run_start(run,
              (const char *const[]){"--state", trial->state, "-o", trial->output, trial->option, trial->root, NULL});
}

static long known_records(const char *err)
{
    const char *said = strstr(err, " URLs have their record");
    while (said && said[-1] >= '0' && said[-1] <= '9')
        said--;
    return said ? strtol(said, NULL, 10) : 0;
}

static void kill_at(const struct trial *trial, unsigned milliseconds, int signal)
{
    struct run run;
    start(trial, &run);
    usleep(milliseconds * 1000);
    kill(run.pid, signal);
    run_wait(&run, trial->site);
    run_free(&run);
}

/* What the killed one had sent is counted when the site comes to it. */
static unsigned settled_requests(const struct site *site)
{
    unsigned before, now = site_requests(site);
    do {
        before = now;
        usleep(2000 * DELAY);
        now = site_requests(site);
    } while (now != before);
    return now;
}

/* Each page of the site has one record. */
static bool records_are_whole(const struct trial *trial)
{
    char *text = file_text(trial->records);
    json_t *records = records_of(text), *seen = json_object(), *record;
    size_t i;
    json_array_foreach(records, i, record)
    {
        json_object_set_new(seen, record_word(record, "url"), json_true());
    }
    bool are_whole = json_array_size(records) == trial->pages && json_object_size(seen) == trial->pages;
    json_decref(seen);
    json_decref(records);
    free(text);
    return are_whole;
}

static unsigned pages = 400;

/* Kills a crawl, and goes on with it. */
static void kill_and_go_on(struct trial *trial, int i)
{
    struct run run;
    srand((unsigned)time(NULL) + (unsigned)i);
    unsigned milliseconds = (unsigned)rand() % (100 + pages * DELAY / 100);
    int signal = i % 4 == 3 ? SIGINT : SIGKILL;
    unsigned earlier = site_requests(trial->site);
    kill_at(trial, milliseconds, signal);
    unsigned before = settled_requests(trial->site);
    start(trial, &run);
    run_wait(&run, trial->site);
    unsigned again = site_requests(trial->site) - before, known = (unsigned)known_records(run.err);
    bool was_over = run.exit_code == 2; /* the kill came too late */
    ck_assert_msg(was_over || (run.exit_code == 0 && again == trial->pages - known && records_are_whole(trial)),
                  "signal %d after %u ms: exit code %d, %u requests, then %u, %u records\n%s", signal, milliseconds,
                  run.exit_code, before - earlier, again, known, run.err);
    run_free(&run);
}

START_TEST(row_1_a_killed_crawl_goes_on_and_loses_nothing)
{
    struct trial trial;
    open_trial(&trial, pages);
    if (_i % 2)
        trial.option = "--link-graph";
    kill_and_go_on(&trial, _i);
    close_trial(&trial);
}
END_TEST

/* A visit that was over begins anew. */
START_TEST(row_1_a_killed_visit_goes_on_and_loses_nothing)
{
    struct trial trial;
    struct run run;
    open_trial(&trial, pages);
    start(&trial, &run);
    run_wait(&run, trial.site);
    ck_assert_int_eq(run.exit_code, 0);
    run_free(&run);
    trial.option = "--revisit";
    kill_and_go_on(&trial, _i);
    close_trial(&trial);
}
END_TEST

int main(int argc, char **argv)
{
    int kills = argc > 1 ? atoi(argv[1]) : 12;
    if (argc > 2)
        pages = (unsigned)atoi(argv[2]);
    return RUN_TESTS_TIMES("kills", kills, row_1_a_killed_crawl_goes_on_and_loses_nothing,
                           row_1_a_killed_visit_goes_on_and_loses_nothing);
}
