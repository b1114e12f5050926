/* report.h - the chapter's report: a line a URL sorted by URL, counters by kind, totals; then what is broken. */
#ifndef OUTPUT_REPORT_H
#define OUTPUT_REPORT_H

#include <stdio.h>

#include "record/crawl_totals.h"
#include "record/observer.h"

struct report;

/* Errors: ERR_NO_MEMORY. */
int report_create(struct report **out);
void report_free(struct report *report);

/* The observer through which the report learns of the crawl; it lives as long as the report. */
struct observer *report_observer(struct report *report);

/* Writes the report. Errors: those of error_from_errno when `file` can't be written, ERR_NO_MEMORY. */
int report_write(struct report *report, const struct crawl_totals *totals, FILE *file);

#endif
