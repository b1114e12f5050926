/* json.h - one JSON document (RFC 8259) with all of a crawl.
 *
 *     {"crawler": "0.1.0",     version
 *      "urls": [...],          an object a URL, as in jsonl.h, in the order in which fetches ended
 *      "roots": [...],         URLs that the crawl began with, without credentials
 *      "interrupted": false,   by the user
 *      "limit_reached": false, a limit of the user's ended the crawl while URLs still waited
 *      "summary": {...}}       figures of all (measure/summary.h)
 *
 * URLs go into the file as they come; each begins a line. */
#ifndef OUTPUT_JSON_H
#define OUTPUT_JSON_H

#include "output/output.h"

extern const struct output_format OUTPUT_JSON;

#endif
