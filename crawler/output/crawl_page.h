/* crawl_page.h - the page of a crawl: its rows are gathered while it runs, all else comes from its end. */
#ifndef OUTPUT_CRAWL_PAGE_H
#define OUTPUT_CRAWL_PAGE_H

#include <stdio.h>

#include "output/output.h"
#include "output/url_rows.h"
#include "record/fetch_statistic.h"

struct crawl_page {
    struct url_rows urls;
    struct url_rows broken;
};

/* Errors: those of error_from_errno, for temporary files. */
int crawl_page_init(struct crawl_page *page);
void crawl_page_free(struct crawl_page *page);

/* Takes a record. Errors: those of error_from_errno, for temporary files. */
int crawl_page_add(struct crawl_page *page, const struct fetch_statistic *stat);

/* Writes the page. Errors: those of error_from_errno for `file` and the temporary files, ERR_NO_MEMORY, those of
 * root_parse for the roots. */
int crawl_page_write(struct crawl_page *page, const struct crawl_end *end, FILE *file);

#endif
