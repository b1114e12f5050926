/* link_lists.h - the link graph on its way into a state file: fingerprints of links become lists of URLs' numbers.
 *
 * A page's list is a JSON array, which SQLite can take apart (the view `links`): [4,5,17,-9] are links to the URLs 4, 5
 * and 17, and one to 9 that is not to be followed. It is kept by the process that writes the file: 22 to 43 bytes a
 * URL. */
#ifndef STORE_LINK_LISTS_H
#define STORE_LINK_LISTS_H

#include "base/buf.h"
#include "base/table.h"

struct link_lists {
    struct table numbers; /* by fingerprint */
    struct buf text;      /* scratch */
    bool is_wanted;       /* else only URLs are known that were reached by redirects */
};

/* Empty; nothing is allocated. */
void link_lists_init(struct link_lists *lists);
void link_lists_free(struct link_lists *lists);

/* Learns the number of a URL. Errors: ERR_NO_MEMORY. */
int link_lists_learn(struct link_lists *lists, uint64_t fingerprint, uint64_t id);

/* The number of a URL; 0 when it is not known. */
uint64_t link_lists_number(const struct link_lists *lists, uint64_t fingerprint);

/* The list of links to `fingerprints`, 64 bits each, those from the place `followed` on not to be followed. What is not
 * known is left out. Valid up to the next. Errors: ERR_NO_MEMORY. */
int link_lists_write(struct link_lists *lists, struct slice fingerprints, uint64_t followed, struct slice *list);

#endif
