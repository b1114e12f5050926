/* sweep_page.h - a measurement as an HTML page. */
#ifndef OUTPUT_SWEEP_PAGE_H
#define OUTPUT_SWEEP_PAGE_H

#include <stdio.h>

#include "output/output.h"

/* Writes the page: the steps, throughput and latency over concurrency, distributions, the fitted law in words. One of
 * an open loop has neither knee nor law. Errors: ERR_NO_MEMORY, those of root_parse for the roots, those of
 * error_from_errno for `file`. */
int html_write_sweep(FILE *file, const struct measurement *measurement);

#endif
