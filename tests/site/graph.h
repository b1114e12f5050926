/* graph.h - the generated site: pages made when they are asked for. */
#ifndef SITE_GRAPH_H
#define SITE_GRAPH_H

#include "site/answer.h"
#include "site/site.h"

/* Makes the answer of `target`, with nothing prepared; false when the graph has no such page. The answer is owned by
 * the caller; its text is marked as failed when memory is out. */
bool site_graph_answer(const struct site_graph *graph, const char *target, struct site_answer *answer);

#endif
