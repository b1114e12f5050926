/* html_text.h - text from the network made harmless for HTML and SVG, in elements and in quoted attributes. */
#ifndef OUTPUT_HTML_TEXT_H
#define OUTPUT_HTML_TEXT_H

#include <stdio.h>

#include "base/slice.h"

/* Writes `text` with & < > " ' as references, and every C0 and C1 control, DEL, and every byte that is not part of
 * well-formed UTF-8 as \xNN (in hex, for each of its bytes). Whether that went well shows in ferror. */
void html_escape(FILE *file, struct slice text);

/* The same for C text. */
void html_escape_text(FILE *file, const char *text);

/* Writes a URL as text: a link to it when it is an http or https URL of nothing but printable ASCII. What is longer
 * than HTML_URL_SHOWN bytes is cut with its length told, and no link. */
enum { HTML_URL_SHOWN = 2048 };
void html_url(FILE *file, struct slice url);

#endif
