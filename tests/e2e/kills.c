/* kills KILLS PAGES - crawls that are killed at random moments, by SIGKILL or SIGINT, and go on.
 *
 * After each the union is the whole site, no record is there twice, and nothing that had its record in the file is
 * fetched again. Archives have each page once. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "e2e/records.h"
#include "e2e/run.h"
#include "e2e/warc_reader.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { PATH_SIZE = 96, URL_SIZE = 64, DELAY = 50, LARGE = 300 * 1000 /* is spooled to a file */ };

struct trial {
    struct site *site;
    char folder[PATH_SIZE];
    char state[PATH_SIZE + 16];
    char records[PATH_SIZE + 16];
    char output[PATH_SIZE + 32];
    char archive[PATH_SIZE + 16];
    char root[URL_SIZE];
    unsigned pages;
    const char *option; /* --link-graph, --revisit, or -v, which does nothing */
};

static void open_trial(struct trial *trial, unsigned pages, size_t size)
{
    const struct site_graph graph = {.pages = pages, .links = 20, .delay = DELAY, .size = size};
    *trial = (struct trial){.pages = pages + 1, .option = "-v"};
    folder_make(trial->folder, "/tmp/crawler-kills");
    snprintf(trial->state, sizeof trial->state, "%s/crawl.db", trial->folder);
    snprintf(trial->records, sizeof trial->records, "%s/records", trial->folder);
    snprintf(trial->archive, sizeof trial->archive, "%s/archive", trial->folder);
    snprintf(trial->output, sizeof trial->output, "jsonl:%s", trial->records);
    trial->site = site_of_graph(&graph);
    site_url(trial->site, "/", trial->root, sizeof trial->root);
}

static void close_trial(struct trial *trial)
{
    folder_remove(trial->folder);
    ck_assert_int_eq(site_stop(trial->site), 0);
}

static void start(const struct trial *trial, struct run *run)
{
    run_start(run,
              (const char *const[]){"--state", trial->state, "-o", trial->output, trial->option, trial->root, NULL});
}

static void start_archiving(const struct trial *trial, struct run *run)
{
    run_start(run, (const char *const[]){"--state", trial->state, "--warc", trial->archive, "--warc-size", "60k",
                                         trial->root, NULL});
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
    ck_assert_msg(was_over || (run.exit_code == 0 && again == trial->pages - known &&
                               records_are_whole(trial->records, trial->pages)),
                  "signal %d after %u ms: exit code %d, %u requests, then %u, %u records\n%s", signal, milliseconds,
                  run.exit_code, before - earlier, again, known, run.err);
    run_free(&run);
}

START_TEST(row_1_a_killed_crawl_goes_on_and_loses_nothing)
{
    struct trial trial;
    open_trial(&trial, pages, 0);
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
    open_trial(&trial, pages, 0);
    start(&trial, &run);
    run_wait(&run, trial.site);
    ck_assert_int_eq(run.exit_code, 0);
    run_free(&run);
    trial.option = "--revisit";
    kill_and_go_on(&trial, _i);
    close_trial(&trial);
}
END_TEST

/* Each page of the site is in the archive once, with its request and its metadata. */
static void check_archive(const struct trial *trial, const char *err)
{
    struct warc warc;
    warc_read(&warc, trial->archive);
    warc_check_index(&warc, trial->archive);
    for (unsigned i = 0; i < trial->pages; i++) {
        char url[2 * URL_SIZE];
        snprintf(url, sizeof url, i ? "%spage/%u" : "%s", trial->root, i);
        size_t count = warc_count(&warc, "response", url) + warc_count(&warc, "revisit", url);
        ck_assert_msg(count == 1, "%s is there %zu times\n%s", url, count, err);
        ck_assert_uint_eq(warc_count(&warc, "request", url) + warc_count(&warc, "metadata", url), 2);
    }
    warc_forget(&warc);
}

START_TEST(row_2_a_killed_crawl_goes_on_with_its_archive)
{
    struct trial trial;
    struct run run;
    srand((unsigned)time(NULL) + (unsigned)_i);
    unsigned few = pages / 4;
    open_trial(&trial, few, _i % 2 ? LARGE : 2000);
    for (int kills = 0; kills < 3; kills++) {
        start_archiving(&trial, &run);
        usleep((unsigned)rand() % (100 + few * DELAY / 100) * 1000);
        kill(run.pid, kills == 2 ? SIGINT : SIGKILL);
        run_wait(&run, trial.site);
        run_free(&run);
    }
    start_archiving(&trial, &run);
    run_wait(&run, trial.site);
    ck_assert_msg(run.exit_code == 0 || run.exit_code == 2, "exit code %d\n%s", run.exit_code, run.err);
    check_archive(&trial, run.err);
    run_free(&run);
    close_trial(&trial);
}
END_TEST

int main(int argc, char **argv)
{
    int kills = argc > 1 ? atoi(argv[1]) : 12;
    if (argc > 2)
        pages = (unsigned)atoi(argv[2]);
    return RUN_TESTS_TIMES("kills", kills, row_1_a_killed_crawl_goes_on_and_loses_nothing,
                           row_1_a_killed_visit_goes_on_and_loses_nothing,
                           row_2_a_killed_crawl_goes_on_with_its_archive);
}
