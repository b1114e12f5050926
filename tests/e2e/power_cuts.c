/* power_cuts CRAWLS CUTS PAGES - crawls whose machine loses its power at random moments, with what was not synced then
 * there, torn or gone.
 *
 * The calls of a crawl are noted, and the cuts are made of them (power_world.h). From each the crawl goes on to the
 * whole site: no record is there twice, what was in the file is not fetched again, and of what had been synced nothing
 * is lost. The last world of a crawl is crawled on with its calls noted, too, for cuts of a crawl that goes on. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "e2e/power_world.h"
#include "e2e/records.h"
#include "e2e/run.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { SKIPPED = 77, PATH_SIZE = 128, URL_SIZE = 64, TEXT_SIZE = 512, GENERATIONS = 2, DELAY = 10 };

static unsigned crawls = 2, cuts = 6, pages = 300, first_seed;

static struct {
    struct site *site;
    char root[URL_SIZE];
    char folder[PATH_SIZE]; /* of all worlds */
    unsigned worlds;
    unsigned seed;
    const char *told; /* what of the trial is told when it fails */
} trial;

static unsigned pick(unsigned count)
{
    trial.seed = trial.seed * 1103515245 + 12345;
    return (trial.seed >> 12) % count;
}

static const char *next_folder(char folder[PATH_SIZE])
{
    snprintf(folder, PATH_SIZE, "%.64s/%u", trial.folder, ++trial.worlds);
    return folder;
}

static void crawl(struct run *run, const char *folder, const char *at_once)
{
    char state[PATH_SIZE + 16], output[PATH_SIZE + 32];
    snprintf(state, sizeof state, "%s/crawl.db", folder);
    snprintf(output, sizeof output, "jsonl:%s/records", folder);
    run_crawler(run, trial.site,
                (const char *const[]){"--state", state, "-c", at_once, "-o", output, trial.root, NULL});
}

/* --- what is in the file ------------------------------------------------------------------------------------------ */

static long ask(sqlite3 *database, const char *question)
{
    sqlite3_stmt *row;
    int code = sqlite3_prepare_v2(database, question, -1, &row, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s: %s: %s", trial.told, question, sqlite3_errmsg(database));
    code = sqlite3_step(row);
    ck_assert_msg(code == SQLITE_ROW, "%s: %s: %s", trial.told, question, sqlite3_errmsg(database));
    long answer = (long)sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return answer;
}

static bool has_crawl(sqlite3 *database, const char *schema)
{
    char question[TEXT_SIZE];
    snprintf(question, sizeof question, "SELECT count(*) FROM %s.sqlite_master WHERE name = 'record'", schema);
    if (!ask(database, question))
        return false;
    snprintf(question, sizeof question, "SELECT count(*) FROM %s.crawl WHERE name = 'rules'", schema);
    return ask(database, question);
}

/* All that is in the world `synced` is in `cut`, and that is sound. Returns the number of records in the first. */
static long check_file(const char *synced, const char *cut)
{
    sqlite3 *database;
    char path[PATH_SIZE + 16], command[PATH_SIZE + TEXT_SIZE];
    long count = 0;
    snprintf(path, sizeof path, "%s/crawl.db", cut);
    ck_assert_int_eq(sqlite3_open(path, &database), SQLITE_OK);
    snprintf(command, sizeof command, "ATTACH '%s/crawl.db' AS synced", synced);
    ck_assert_msg(sqlite3_exec(database, command, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", trial.told,
                  sqlite3_errmsg(database));
    ck_assert_msg(ask(database, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'") == 0,
                  "%s: the file is damaged", trial.told);
    if (has_crawl(database, "synced")) {
        ck_assert_msg(has_crawl(database, "main"), "%s: the crawl is lost", trial.told);
        count = ask(database, "SELECT count(*) FROM synced.record");
        ck_assert_msg(!ask(database, "SELECT count(*) FROM (SELECT * FROM synced.record EXCEPT SELECT * FROM record)"),
                      "%s: records are lost", trial.told);
        ck_assert_msg(
            !ask(database, "SELECT count(*) FROM (SELECT id, url FROM synced.url EXCEPT SELECT id, url FROM url)"),
            "%s: URLs are lost", trial.told);
    }
    sqlite3_close(database);
    return count;
}

static bool is_whole(const char *folder)
{
    char path[PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s/records", folder);
    return records_are_whole(path, pages + 1);
}

/* An output has its name when it is whole. */
static void check_output(const char *folder)
{
    char path[PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s/records", folder);
    if (access(path, F_OK) == 0)
        ck_assert_msg(is_whole(folder), "%s: half an output has its name", trial.told);
}

/* --- a cut -------------------------------------------------------------------------------------------------------- */

static long known_records(const char *err)
{
    const char *said = strstr(err, "going on: ");
    return said ? strtol(said + strlen("going on: "), NULL, 10) : 0;
}

static void check_that_it_goes_on(const char *folder, long synced)
{
    struct run run;
    unsigned before = site_requests(trial.site);
    crawl(&run, folder, "100");
    const long asked = site_requests(trial.site) - before;
    long known = known_records(run.err);
    if (run.exit_code == 2) /* it was over */
        known = (long)pages + 1;
    else
        ck_assert_msg(run.exit_code == 0 && is_whole(folder), "%s: exit code %d\n%s", trial.told, run.exit_code,
                      run.err);
    ck_assert_msg(known >= synced && known + asked == (long)pages + 1,
                  "%s: %ld records were synced, %ld are known, %ld requests\n%s", trial.told, synced, known, asked,
                  run.err);
    run_free(&run);
}

/* Returns the number of records that are sure to be there. */
static long cut(const struct power_world *world, size_t events, unsigned seed)
{
    char torn[PATH_SIZE], same[PATH_SIZE], synced[PATH_SIZE], told[TEXT_SIZE];
    snprintf(told, sizeof told, "seed %u, cut behind call %zu of %zu by %u", first_seed, events,
             power_world_events(world), seed);
    trial.told = told;
    power_world_cut(world, events, seed, next_folder(torn));
    power_world_cut(world, events, seed, next_folder(same));
    power_world_cut(world, power_world_synced(world, events), POWER_ALL_KEPT, next_folder(synced));
    check_output(torn);
    long records = check_file(synced, same);
    check_that_it_goes_on(torn, records);
    folder_remove(torn);
    folder_remove(same);
    folder_remove(synced);
    return records;
}

/* Cuts at any moment, and more near the end, where the log goes into the file. */
static size_t moment(const struct power_world *world)
{
    const unsigned count = (unsigned)power_world_events(world);
    return pick(3) ? pick(count + 1) : count - pick(count / 4 + 1);
}

/* Crawls in `folder`, cuts, and makes the folder for the next generation. */
static void crawl_and_cut(char folder[PATH_SIZE])
{
    struct run run;
    char next[PATH_SIZE];
    struct power_world *world = power_world_begin(folder, POWER_CUT_LIBRARY);
    crawl(&run, folder, "4");
    power_world_record(world);
    ck_assert_msg(run.exit_code == 0 && power_world_events(world) > 20, "exit code %d, %zu calls\n%s", run.exit_code,
                  power_world_events(world), run.err);
    run_free(&run);
    ck_assert_msg(cut(world, power_world_events(world), 1 + pick(1000000)) == (long)pages + 1,
                  "a crawl that was over was not synced");
    for (unsigned i = 1; i < cuts; i++)
        cut(world, moment(world), 1 + pick(1000000));
    power_world_cut(world, (size_t)pick((unsigned)power_world_events(world) / 2), 1 + pick(1000000), next_folder(next));
    power_world_free(world);
    folder_remove(folder);
    memcpy(folder, next, sizeof next);
}

START_TEST(a_power_cut_loses_nothing_that_was_synced)
{
    const struct site_graph graph = {.pages = pages, .links = 20, .delay = DELAY};
    char folder[PATH_SIZE];
    folder_make(trial.folder, "/tmp/crawler-power");
    trial.site = site_of_graph(&graph);
    site_url(trial.site, "/", trial.root, sizeof trial.root);
    trial.seed = first_seed + (unsigned)_i;
    ck_assert_int_eq(mkdir(next_folder(folder), 0700), 0);
    for (int generation = 0; generation < GENERATIONS; generation++)
        crawl_and_cut(folder);
    folder_remove(trial.folder);
    ck_assert_int_eq(site_stop(trial.site), 0);
}
END_TEST

int main(int argc, char **argv)
{
    const char *seed = getenv("SEED");
    if (!POWER_CUT_LIBRARY[0])
        return SKIPPED;
    first_seed = seed ? (unsigned)strtoul(seed, NULL, 10) : (unsigned)time(NULL);
    crawls = argc > 1 ? (unsigned)atoi(argv[1]) : crawls;
    cuts = argc > 2 ? (unsigned)atoi(argv[2]) : cuts;
    pages = argc > 3 ? (unsigned)atoi(argv[3]) : pages;
    return RUN_TESTS_TIMES("power cuts", (int)crawls, a_power_cut_loses_nothing_that_was_synced);
}
