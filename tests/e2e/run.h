/* run.h - the crawler as a child process, and what it said. */
#ifndef E2E_RUN_H
#define E2E_RUN_H

#include <sys/types.h>

#include "site/site.h"

/* A crawler that runs or has run. */
struct run {
    pid_t pid;
    int out_fd;
    int err_fd;
    int exit_code; /* 128 + number when a signal ended it */
    char *out;     /* all of standard output; NUL-terminated */
    char *err;     /* all of standard error */
};

enum { MOST_ARGUMENTS = 64 };

/* Writes the arguments of both lists, which end with NULL, and `last`, a URL mostly, to `all`; returns that. */
const char *const *join_arguments(const char *all[MOST_ARGUMENTS], const char *const *usual, const char *const *more,
                                  const char *last);

/* Runs the crawler with the arguments, which end with NULL, to its end. Standard input is empty. In the texts, the
 * origin of `site` (which may be NULL) is written ~. To be freed by run_free. */
void run_crawler(struct run *run, const struct site *site, const char *const *arguments);

/* The same, with `input` on standard input. */
void run_crawler_on(struct run *run, const char *input, const char *const *arguments);

/* The first again, started by a shell that has run `preparation` ("ulimit -n 20"). */
void run_crawler_after(struct run *run, const struct site *site, const char *preparation, const char *const *arguments);

/* The first again, in two steps, to do something meanwhile. */
void run_start(struct run *run, const char *const *arguments);
void run_wait(struct run *run, const struct site *site);

/* Threads that the crawler has now; -1 where /proc does not tell. */
long run_threads(const struct run *run);

void run_free(struct run *run);

/* The lines of the report for URLs, between its head and "Finished": what the crawl found. Malloced. */
char *run_url_lines(const struct run *run);

/* The value of a counter of the report ("html", "fail_connect-refused") or a total ("Todo:", "Done:"); -1 for none. */
long run_counter(const struct run *run, const char *name);

/* How often `part` is in a text. */
unsigned times_said(const char *text, const char *part);

/* Returns when a site has had so many requests. */
void await_requests(const struct site *site, unsigned count);

#endif
