/* server_memory.h - what a crawl that may go on remembers of servers: robots.txt, when to come back, sitemaps. */
#ifndef CRAWL_SERVER_MEMORY_H
#define CRAWL_SERVER_MEMORY_H

#include "crawl/worker.h"
#include "store/state_file.h"

/* The server of the worker's URL has said its rules: `text` is the file, empty for none. Errors: ERR_NO_MEMORY, those
 * of state_send. */
int server_memory_rules(const struct worker *worker, struct slice text);

/* It is not to be asked before its politeness's moment. Errors as above. */
int server_memory_hold(const struct worker *worker);

/* Brings all back. Rules that are older than they hold are asked for again. Errors, told in the log: ERR_NO_MEMORY,
 * those of state_file_for_each_origin. */
int server_memory_restore(struct crawler *crawler, struct state_file *file);

#endif
