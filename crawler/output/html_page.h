/* html_page.h - what all pages have in common: head, style, script, sections, and figures on cards.
 *
 * A page is one file that loads nothing: its Content-Security-Policy allows the one style and the one script that are
 * in it, by their hashes, and no request at all. Whether writing went well shows in ferror and is told at the end. */
#ifndef OUTPUT_HTML_PAGE_H
#define OUTPUT_HTML_PAGE_H

#include <stdio.h>

/* Writes all up to the page's content: `kind` ("Crawl report") above `title`, and below it the date and `words` ("" for
 * none). All are escaped. */
void html_page_begin(FILE *file, const char *kind, const char *title, const char *words);

/* Ends the content and the page. Errors: those of error_from_errno, of any write to the file. */
int html_page_end(FILE *file);

/* A section with a heading; `id` is what links to it name. */
void html_section_begin(FILE *file, const char *id, const char *title);
void html_section_end(FILE *file);

/* Figures with their names, and a note below each ("" for none). `count`: 6 or 8 follow. `class` is "", "good", "bad"
 * or "warn". */
void html_cards_begin(FILE *file, unsigned count);
void html_card(FILE *file, const char *class, const char *name, const char *value, const char *note);
void html_cards_end(FILE *file);

#endif
