/* html.h - a crawl as one HTML page: figures, charts, what is broken, and a table of all URLs; or a measurement as
 * one. */
#ifndef OUTPUT_HTML_H
#define OUTPUT_HTML_H

#include "output/output.h"

extern const struct output_format OUTPUT_HTML;

#endif
