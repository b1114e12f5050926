/* figures.h - what the runs of one part of the bench have cost, as bench.sh wrote it down.
 *
 * A file holds lines of fields between tabs:
 *     run   SUBJECT WHO TURN PAGES KNOWN USER SYS WALL RSS WAITED   one run; microseconds and KiB, as cost.c has them
 *     fact  SUBJECT KEY VALUE                                       what is known of the subject
 * A subject is a site's name, a number of fetches in flight, a number of known URLs or a kind of deadline; WHO is who
 * fetched, or what was fetched. */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

enum { FIGURES_NAME = 24, FIGURES_VALUE = 128 };

struct run {
    char subject[FIGURES_NAME];
    char who[FIGURES_NAME];
    int turn;
    double pages, known;
    double user, sys, wall; /* microseconds */
    double rss;             /* KiB at the peak */
    double waited;          /* microseconds for the core */
};

struct fact {
    char subject[FIGURES_NAME];
    char key[FIGURES_NAME];
    char value[FIGURES_VALUE];
};

struct figures {
    struct run *runs;
    size_t run_count;
    struct fact *facts;
    size_t fact_count;
};

/* What a median is taken of. */
typedef double figure(const struct run *run);

figure run_cpu;           /* user and system time, microseconds */
figure run_cpu_per_page;  /* microseconds */
figure run_user_per_page; /* microseconds */
figure run_sys_per_page;  /* microseconds */
figure run_wall;          /* seconds */
figure run_waited;        /* of the wall time, 0 to 1 */
figure run_rss;           /* KiB */
figure run_pages;
figure run_known;

/* Reads a file. An absent one leaves `figures` empty. Returns 0, or -1 with errno set (EINVAL: a line that is none). */
int figures_load(struct figures *figures, const char *path);
void figures_free(struct figures *figures);

/* The subject `index` of those that have runs, in the order of their first ones; NULL when there are fewer. */
const char *figures_subject(const struct figures *figures, size_t index);

/* The median over all runs of `who` on `subject`; NAN when there is none. */
double figures_median(const struct figures *figures, const char *subject, const char *who, figure *of);

/* The median of what `who` over `other` cost a page on `subject`, turn by turn; NAN when they share no turn. */
double figures_ratio(const struct figures *figures, const char *subject, const char *who, const char *other);

/* What a page cost `who` on `subject`, in microseconds, without what starting costs: the runs of "WHO_start" on the
 * subject `start`. NAN when either is absent. */
double figures_cost_without_start(const struct figures *figures, const char *subject, const char *who,
                                  const char *start);

/* The value of a fact; NULL when it is not there. */
const char *figures_fact(const struct figures *figures, const char *subject, const char *key);

/* The same as a number; NAN when it is not there. */
double figures_fact_number(const struct figures *figures, const char *subject, const char *key);

/* The same of a fact that was noted in each turn, as KEY_1, KEY_2...: its value in `turn`, its median and its most; NAN
 * when there is none. */
double figures_fact_in_turn(const struct figures *figures, const char *subject, const char *key, int turn);
double figures_fact_median(const struct figures *figures, const char *subject, const char *key);
double figures_fact_most(const struct figures *figures, const char *subject, const char *key);

/* The median of fact `key` over fact `other`, turn by turn; NAN when they share no turn. `other` may be NULL, for 1. */
double figures_fact_ratio(const struct figures *figures, const char *subject, const char *key, const char *other);

#endif
