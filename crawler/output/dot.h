/* dot.h - the crawl as a graph in the language of Graphviz.
 *
 * A node is a URL, which is its name too (with quote and backslash escaped, and & as &amp;); its label is path and
 * query, its colour tells what became of it: HTML (light blue), other content (light grey), redirect (khaki), status of
 * 400 and above (salmon), no answer (red). A solid edge leads to it from the page where it was first found, a dashed
 * one from where it redirects to where that leads. Nodes that are white were never fetched. */
#ifndef OUTPUT_DOT_H
#define OUTPUT_DOT_H

#include "output/output.h"

extern const struct output_format OUTPUT_DOT;

#endif
