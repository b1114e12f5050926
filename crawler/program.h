/* program.h - what the program's commands have in common: loop, HTTP client, crawl, signals. */
#ifndef CRAWLER_PROGRAM_H
#define CRAWLER_PROGRAM_H

#include <stdbool.h>

#include "async/task.h"
#include "crawl/crawler.h"
#include "crawl_state.h"
#include "http/fetch.h"
#include "manual.h"
#include "measure/summary.h"
#include "options.h"
#include "output/warc.h"

struct program {
    struct options options;
    struct http_options http;
    struct text_list origins; /* of the roots: where credentials may go */
    struct text_list hosts;   /* of the roots: may be in private networks */
    struct loop *loop;
    struct http_client *client;
    struct crawler *crawler;
    struct crawl_state state;
    struct warc *warc; /* NULL without --warc */
    bool warc_is_done; /* nobody goes on with it */
    struct summary *summary;
    struct loop_signal interrupt;
    struct loop_signal terminate;
    unsigned interruptions;
    /* What a signal does beside stopping the crawl; may be NULL. */
    void (*stop)(void *context);
    void *stop_context;
};

/* Logs "what: why"; returns `err`. */
int program_fail(const char *what, int err);

/* Makes all that a crawl takes from program->options, but the roots. Returns EXIT_OK, or the exit code, with the reason
 * logged. To be closed on every path. */
enum exit_code program_open(struct program *program);
void program_close(struct program *program);

/* Adds the roots, or, with --state, goes on with what is there, and tells the observers that were added before. Returns
 * EXIT_OK, or the exit code, with the reason logged. */
enum exit_code program_begin(struct program *program);

/* Runs `body` in a task, with the loop, to its end. Errors: that of `body`, logged; ERR_NO_MEMORY. */
int program_run_task(struct program *program, task_body body, void *argument);

/* Crawls to the end, with progress shown. Errors: those of crawler_run, logged. */
int program_crawl(struct program *program);

/* The commands. Each runs with options that were parsed, in a program that is otherwise empty. */
enum exit_code crawl_command(struct program *program);
enum exit_code measure_command(struct program *program);
enum exit_code explain_command(struct program *program);
enum exit_code report_command(struct program *program);
enum exit_code diff_command(struct program *program);

#endif
