/* intake_graph.h - the fingerprints of a page's links, for a link graph beyond the crawl. */
#ifndef CRAWL_INTAKE_GRAPH_H
#define CRAWL_INTAKE_GRAPH_H

#include "crawl/intake_batch.h"

/* Bytes for a million links; a page that has more loses the last. */
enum { INTAKE_GRAPH_LIMIT = 8 << 20 };

/* Begins with a visit that walks over links, in `graph`. What the walk would leave out is met, if anybody wants the
 * graph. */
void graph_begin(const struct intake *intake, struct visit *visit, struct buf *graph);

/* Notes the link that was come to, if anybody wants the graph. Errors: ERR_NO_MEMORY. */
int graph_keep_link(struct visit *visit, uint64_t fingerprint);
static inline int graph_note_link(struct visit *visit, uint64_t fingerprint)
{
    return visit->graph ? graph_keep_link(visit, fingerprint) : 0;
}

/* All links of the page are in the store: tells of them. Errors: that of the memory. */
int graph_tell_links(struct intake *intake, struct visit *visit);

#endif
