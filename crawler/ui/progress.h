/* progress.h - one line about the crawl on a terminal, redrawn in place.
 *
 * Drawn on standard error at most ten times a second, as wide as the terminal is at that moment, and gone when it is
 * over. Log lines are written above it: each of them, and each drawing, is handed to the terminal in one piece. While
 * another job has the terminal, nothing is drawn; nor by itself where records go to the same terminal as they come. */
#ifndef UI_PROGRESS_H
#define UI_PROGRESS_H

#include "async/loop.h"
#include "options.h"
#include "record/crawl_totals.h"

struct progress;

/* Asks for the figures to draw. */
typedef void (*progress_source)(void *context, struct crawl_totals *totals);

/* Starts to draw, if --progress and the terminal want it; takes over the log's sink. `*out` is NULL when nothing is
 * drawn. `options` live as long. Errors: ERR_NO_MEMORY. */
int progress_start(struct progress **out, struct loop *loop, const struct options *options, progress_source source,
                   void *context);

/* Removes the line and gives the log's sink back. NULL is allowed. */
void progress_stop(struct progress *progress);

#endif
