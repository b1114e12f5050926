/* progress.h - one line about the crawl on a terminal, redrawn in place.
 *
 * Drawn on standard error at most ten times a second, cut to the terminal's width, and gone when it is over. Log lines
 * step in front of it. */
#ifndef UI_PROGRESS_H
#define UI_PROGRESS_H

#include "async/loop.h"
#include "options.h"
#include "record/crawl_totals.h"

struct progress;

/* Asks for the figures to draw. */
typedef void (*progress_figures)(void *context, struct crawl_totals *totals);

/* Starts to draw, if `kind` and the terminal want it; takes over the log's sink. `*out` is NULL when nothing is drawn. Errors: ERR_NO_MEMORY. */
int progress_start(struct progress **out, struct loop *loop, enum progress_kind kind, progress_figures figures,
                   void *context);

/* Removes the line and gives the log's sink back. NULL is allowed. */
void progress_stop(struct progress *progress);

#endif
