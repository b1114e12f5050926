/* trial.h - one crawl in which a call fails. */
#ifndef FAULTS_TRIAL_H
#define FAULTS_TRIAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "shim/nth_failure.h"

/* Which call fails. */
struct fault {
    enum nth_kind kind; /* NTH_KIND_COUNT: nothing fails, all is counted */
    unsigned nth;       /* from 1 */
    int number;         /* errno; 0: as the kind has it */
    bool from;          /* and all after it */
};

/* What is crawled. */
struct target {
    const char *root;
    const char *name_server;
    const char *ca_file; /* NULL without TLS */
    bool with_state;     /* the crawl is kept in STATE_FILE of its folder, with hardly any memory beside it... */
    const char *begun;   /* ...and goes on with the one of this path; NULL: it is a new one */
};

#define STATE_FILE "crawl.db"

/* A place where crawls take place one after the other: a folder of its own, and a record shared with the crawl. */
struct trial {
    char folder[64];
    int record_fd;
    struct nth_record *record;
    struct fault fault;
    pid_t pid;     /* 0: none runs */
    int64_t since; /* microseconds; when it was started */
    bool hung;     /* ran into the limit and was killed */
    int status;    /* as waitpid has it, of the last crawl */
};

/* The name of a kind, and the kind of a name (NTH_KIND_COUNT: of none). */
const char *fault_kind_name(enum nth_kind kind);
enum nth_kind fault_kind(const char *name);

/* Ends the process with a message where something can't be had. */
void trial_open(struct trial *trial);
void trial_close(struct trial *trial);

/* Starts a crawl; none may be running. */
void trial_start(struct trial *trial, const struct target *target, const struct fault *fault);

/* Waits until a crawl of one of the trials is over, kills those that take too long, and returns it. One must run. */
struct trial *trial_wait(struct trial *trials, int count);

/* Runs the crawler in the trial's folder without any fault, with arguments (`words`) that end with NULL, and waits for
 * its end. It says what it has to say in "then.out" and "then.err". Returns its exit code, or -1 when a signal or the
 * time limit ended it. */
int trial_then(const struct trial *trial, const char *const *words);

/* The whole of a file of the trial's folder, NUL-terminated and to be freed; NULL when there is none. */
char *trial_read(const struct trial *trial, const char *name);

#endif
