/* failing_calls.c - crawls in which the Nth call of a kind fails: for all N, for a share of them, or for one.
 *
 *     failing_calls share SECONDS   a share that fits into the time, from a place that changes by a seed (SEED)
 *     failing_calls all             every N of every kind, alone and with all after it
 *     failing_calls tls COUNT       so many of them over TLS, by a seed
 *     failing_calls [-s] KIND [N [from]]   one kind, or one call, which is traced */
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
    MOST_TOLD = 3000 /* bad ends that are described */
};

struct harness {
    struct site *site;
    struct dns_server *names;
    char root[ROOT_SIZE];
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
    bool good = verdict(harness->expected, trial, reason);
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

static void open_harness(struct harness *harness, bool tls)
{
    fault_site_start(tls, &harness->site, &harness->names);
    snprintf(harness->root, sizeof harness->root, "%s://" FAULT_HOST ":%u/", tls ? "https" : "http",
             (unsigned)site_port(harness->site, 0));
    harness->target = (struct target){.root = harness->root,
                                      .name_server = dns_server_address(harness->names),
                                      .ca_file = tls ? site_ca_file(harness->site) : NULL};
    for (int i = 0; i < AT_ONCE; i++)
        trial_open(&harness->trials[i]);
    learn(harness);
}

static int close_harness(struct harness *harness)
{
    for (int i = 0; i < AT_ONCE; i++)
        trial_close(&harness->trials[i]);
    expected_free(harness->expected);
    dns_server_stop(harness->names);
    int lost = site_stop(harness->site);
    printf("%u crawls, %u bad\n", harness->crawls, harness->bad);
    return harness->bad || lost ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void run_all(struct harness *harness)
{
    for (int kind = 0; kind < NTH_KIND_COUNT; kind++)
        for (int from = 0; from < 2; from++)
            run_kind(harness, (struct fault){.kind = (enum nth_kind)kind, .from = from}, 1, 1);
}

int main(int argc, char **argv)
{
    static struct harness harness;
    if (argc < 2)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (strcmp(argv[1], "all") == 0) {
        open_harness(&harness, false);
        run_all(&harness);
    } else {
        struct fault fault = {.kind = fault_kind(argv[1])};
        if (fault.kind == NTH_KIND_COUNT)
            return 2;
        open_harness(&harness, getenv("TLS") != NULL);
        if (argc > 2 && atoi(argv[2]) > 0) {
            fault.nth = (unsigned)atoi(argv[2]);
            fault.from = argc > 3;
            harness.verbose = true;
            start_one(&harness, &fault);
            finish_all(&harness);
        } else {
            run_kind(&harness, fault, 1, 1);
            fault.from = true;
            run_kind(&harness, fault, 1, 1);
        }
    }
    return close_harness(&harness);
}
