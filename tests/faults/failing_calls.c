/* failing_calls.c - crawls in which the Nth call of a kind fails: for all N, for a share of them, or for one.
 *
 *     failing_calls [MODE] share       a share, from places that change by a seed (SEED in the environment repeats one)
 *     failing_calls [MODE] all         every N of every kind, once alone and once with all calls after it
 *     failing_calls [MODE] some COUNT  so many by chance
 *     failing_calls [MODE] KIND        all of one kind
 *     failing_calls [MODE] KIND alone  the same, only once alone; or from, only with all calls after it
 *     failing_calls [MODE] KIND N [from]   one, with where it failed
 *
 * MODE is tls, over HTTPS; state, with a state file, from which a crawl without failures must come to the whole; or
 * resume, the same where the crawl goes on with one that was ended half way. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "faults/fault_site.h"
#include "faults/verdict.h"

enum {
    AT_ONCE = 2,
    CLEAN_CRAWLS = 3,
    SPARE = 3, /* calls beyond the usual ones: their number changes a little from crawl to crawl */
    ROOT_SIZE = 128,
    MOST_TOLD = 20, /* bad ends that are described */
    SHARE = 3,      /* one call in so many */
    MEMORY_SHARE = 40
};

struct harness {
    struct site *site;
    struct dns_server *names;
    char root[ROOT_SIZE];
    char begun[ROOT_SIZE]; /* path of the state file of a crawl that has begun; empty without one */
    struct target target;
    struct trial trials[AT_ONCE];
    struct expected *expected;
    unsigned crawls;
    unsigned unreached; /* in which the call was never made */
    unsigned bad;
    bool verbose;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void print_frames(const char *title, const nth_frame frames[NTH_FRAMES])
{
    for (int i = 0; i < NTH_FRAMES && frames[i][0]; i++)
        printf("    %s %s\n", i ? "      " : title, frames[i]);
}

static void tell(const struct harness *harness, const struct trial *trial, const char *reason)
{
    if (harness->bad > MOST_TOLD && !harness->verbose)
        return;
    char *err = trial_read(trial, "stderr");
    printf("%s %u%s errno %d: %s\n", fault_kind_name(trial->fault.kind), trial->fault.nth,
           trial->fault.from ? " from" : "", trial->fault.number, reason);
    print_frames("failed", trial->record->failed);
    print_frames("died  ", trial->record->crashed);
    for (int i = 0; i < NTH_LEAKS && trial->record->leaks[i][0]; i++)
        printf("    leak   %s\n", trial->record->leaks[i]);
    printf("    said   %.600s\n", err ? err : "");
    fflush(stdout);
    free(err);
}

/* Takes note of a crawl that is over. */
static void judge(struct harness *harness, const struct trial *trial)
{
    char reason[REASON_SIZE] = "well";
    harness->crawls++;
    harness->unreached += !trial->record->failures;
    bool good = verdict(harness->expected, trial, reason) &&
                (!harness->target.with_state || verdict_of_state(harness->expected, trial, &harness->target, reason));
    harness->bad += !good;
    if (!good || harness->verbose)
        tell(harness, trial, reason);
}

static void start_one(struct harness *harness, const struct fault *fault)
{
    struct trial *free_one = NULL;
    for (int i = 0; i < AT_ONCE; i++)
        if (!harness->trials[i].pid)
            free_one = &harness->trials[i];
    if (!free_one) {
        free_one = trial_wait(harness->trials, AT_ONCE);
        judge(harness, free_one);
    }
    trial_start(free_one, &harness->target, fault);
}

static void finish_all(struct harness *harness)
{
    for (int i = 0; i < AT_ONCE; i++)
        if (harness->trials[i].pid)
            judge(harness, trial_wait(&harness->trials[i], 1));
}

/* Each `step`th call of a kind, from `first` on. */
static void run_kind(struct harness *harness, struct fault fault, unsigned first, unsigned step)
{
    double start = now();
    unsigned crawls = harness->crawls, bad = harness->bad, unreached = harness->unreached;
    unsigned last = expected_calls(harness->expected, fault.kind) + SPARE;
    for (fault.nth = first; fault.nth <= last; fault.nth += step)
        start_one(harness, &fault);
    finish_all(harness);
    printf("%s%s: %u calls, %u crawls, %u bad, %u without the call; %.1f s\n", fault_kind_name(fault.kind),
           fault.from ? " and all later ones" : "", last - SPARE, harness->crawls - crawls, harness->bad - bad,
           harness->unreached - unreached, now() - start);
    fflush(stdout);
}

static void learn(struct harness *harness)
{
    const struct fault none = {.kind = NTH_KIND_COUNT};
    struct trial *trial = &harness->trials[0];
    for (int i = 0; i < CLEAN_CRAWLS; i++) {
        trial_start(trial, &harness->target, &none);
        trial_wait(trial, 1);
        if (harness->expected)
            expected_learn_more(harness->expected, trial);
        else
            harness->expected = expected_learn(trial);
    }
}

enum mode { PLAIN, TLS, STATE, RESUME, MODES };

static const char *const MODE_NAMES[] = {[PLAIN] = "", [TLS] = "tls", [STATE] = "state", [RESUME] = "resume"};

static enum mode mode_called(const char *name)
{
    for (int mode = TLS; mode < MODES; mode++)
        if (strcmp(name, MODE_NAMES[mode]) == 0)
            return (enum mode)mode;
    return PLAIN;
}

/* Makes the state file that crawls go on with. */
static void begin_crawl(struct harness *harness)
{
    struct trial *trial = &harness->trials[0];
    const struct target target = {.root = harness->root, .name_server = harness->target.name_server};
    char command[3 * ROOT_SIZE];
    trial_start(trial, &target, &(struct fault){.kind = NTH_KIND_COUNT}); /* for its roots.txt */
    trial_wait(trial, 1);
    const char *const words[] = {"-q",
                                 "-c",
                                 "6",
                                 "--unthrottled",
                                 "--dns-servers",
                                 target.name_server,
                                 "--state",
                                 STATE_FILE,
                                 "-n",
                                 "12",
                                 "-i",
                                 "roots.txt",
                                 "-o",
                                 "text:-",
                                 NULL};
    int code = trial_then(trial, words);
    snprintf(harness->begun, sizeof harness->begun, "%s.db", trial->folder);
    snprintf(command, sizeof command, "cp %s/" STATE_FILE " %s", trial->folder, harness->begun);
    if (code != 5 || system(command)) {
        fprintf(stderr, "no crawl to go on with: exit code %d\n", code);
        exit(EXIT_FAILURE);
    }
    harness->target.begun = harness->begun;
}

static void open_harness(struct harness *harness, enum mode mode)
{
    const bool tls = mode == TLS;
    fault_site_start(tls, &harness->site, &harness->names);
    snprintf(harness->root, sizeof harness->root, "%s://" FAULT_HOST ":%u/", tls ? "https" : "http",
             (unsigned)site_port(harness->site, 0));
    harness->target = (struct target){.root = harness->root,
                                      .name_server = dns_server_address(harness->names),
                                      .ca_file = tls ? site_ca_file(harness->site) : NULL,
                                      .with_state = mode == STATE || mode == RESUME};
    for (int i = 0; i < AT_ONCE; i++)
        trial_open(&harness->trials[i]);
    if (mode == RESUME)
        begin_crawl(harness);
    learn(harness);
}

static int close_harness(struct harness *harness)
{
    for (int i = 0; i < AT_ONCE; i++)
        trial_close(&harness->trials[i]);
    expected_free(harness->expected);
    if (harness->begun[0])
        remove(harness->begun);
    dns_server_stop(harness->names);
    int lost = site_stop(harness->site);
    printf("%u crawls, %u bad\n", harness->crawls, harness->bad);
    return harness->bad || lost ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Each `step`th call of each kind, from places that the seed chooses; those for memory, which are many,
 * `memory_step`. */
static void run_kinds(struct harness *harness, unsigned step, unsigned memory_step)
{
    for (int kind = 0; kind < NTH_KIND_COUNT; kind++)
        for (int from = 0; from < 2; from++) {
            unsigned stride = kind == NTH_MEMORY ? memory_step : step;
            const struct fault fault = {.kind = (enum nth_kind)kind, .from = from};
            run_kind(harness, fault, 1 + (unsigned)random() % stride, stride);
        }
}

/* Calls of any kind, each as likely as the others. */
static void run_some(struct harness *harness, unsigned count)
{
    unsigned total = 0;
    for (int kind = 0; kind < NTH_KIND_COUNT; kind++)
        total += expected_calls(harness->expected, (enum nth_kind)kind);
    for (unsigned i = 0; i < count; i++) {
        unsigned nth = (unsigned)random() % total;
        struct fault fault = {.from = random() % 2};
        while (nth >= expected_calls(harness->expected, fault.kind))
            nth -= expected_calls(harness->expected, fault.kind++);
        fault.nth = nth + 1;
        start_one(harness, &fault);
    }
    finish_all(harness);
}

/* Half of them from the kinds that have few calls. */
static void run_by_chance(struct harness *harness, unsigned count)
{
    for (unsigned i = 0; i < count / 2; i++) {
        struct fault fault = {.kind = (enum nth_kind)(random() % NTH_KIND_COUNT), .from = random() % 2};
        fault.nth = 1 + (unsigned)random() % (expected_calls(harness->expected, fault.kind) + 1);
        start_one(harness, &fault);
    }
    run_some(harness, count - count / 2);
}

static void seed_random(void)
{
    const char *given = getenv("SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
    printf("SEED=%u\n", seed);
    srandom(seed);
}

static int run_one_kind(struct harness *harness, int count, char **words)
{
    const char *way = count > 1 ? words[1] : "";
    bool alone = strcmp(way, "alone") == 0, from = strcmp(way, "from") == 0;
    struct fault fault = {.kind = fault_kind(words[0])};
    if (fault.kind == NTH_KIND_COUNT)
        return -1;
    if (count == 1 || alone || from) {
        if (!from)
            run_kind(harness, fault, 1, 1);
        fault.from = true;
        if (!alone)
            run_kind(harness, fault, 1, 1);
        return 0;
    }
    fault.nth = (unsigned)strtoul(way, NULL, 10);
    fault.from = count > 2 && strcmp(words[2], "from") == 0;
    harness->verbose = true;
    start_one(harness, &fault);
    finish_all(harness);
    return 0;
}

static int run(struct harness *harness, int count, char **words)
{
    if (strcmp(words[0], "share") == 0)
        run_kinds(harness, SHARE, MEMORY_SHARE);
    else if (strcmp(words[0], "all") == 0)
        run_kinds(harness, 1, 1);
    else if (strcmp(words[0], "some") == 0 && count > 1)
        run_by_chance(harness, (unsigned)strtoul(words[1], NULL, 10));
    else
        return run_one_kind(harness, count, words);
    return 0;
}

int main(int argc, char **argv)
{
    static struct harness harness;
    const enum mode mode = argc > 1 ? mode_called(argv[1]) : PLAIN;
    int count = argc - 1 - (mode != PLAIN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    seed_random();
    open_harness(&harness, mode);
    if (count < 1 || run(&harness, count, argv + argc - count)) {
        fputs("usage: failing_calls [tls | state | resume] share | all | some COUNT | KIND [alone | from | N [from]]\n",
              stderr);
        harness.bad++;
    }
    return close_harness(&harness);
}
