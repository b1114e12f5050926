/* confine.h - the sandbox for what the commands do. */
#ifndef CRAWLER_CONFINE_H
#define CRAWLER_CONFINE_H

#include "options.h"
#include "output/output.h"

/* Enters the sandbox, unless options->no_sandbox: from now on files are written only where outputs get their names, the
 * archive is, the cookie jar is written back, and temporary files lie. Before the first request, with the outputs
 * open. */
void confine_crawl(const struct options *options, const struct outputs *outputs);

/* The same for the process that writes the state file `path`: it writes beside that alone. */
void confine_writer(const char *path);

/* The same for a command that opens no file for writing. */
void confine_reader(void);

#endif
