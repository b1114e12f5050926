/* text.h - the chapter's report (report.h), and behind it how fast the crawl was. */
#ifndef OUTPUT_TEXT_H
#define OUTPUT_TEXT_H

#include "output/output.h"

extern const struct output_format OUTPUT_TEXT;

#endif
