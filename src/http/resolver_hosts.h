/* resolver_hosts.h - the hosts file (hosts(5)): lines of an address and its names. */
#ifndef HTTP_RESOLVER_HOSTS_H
#define HTTP_RESOLVER_HOSTS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/table.h"
#include "http/resolver.h"
#include "http/resolver_name.h"

struct resolver_hosts {
    struct table table; /* fingerprint of the name to its entry */
    struct arena arena; /* the entries */
};

/* Reads the file at `path`. Lines that say nothing of use are skipped, as every reader of the format does. Errors:
 * ERR_NO_MEMORY and those of error_from_errno; `hosts` is empty then. */
int resolver_hosts_read(struct resolver_hosts *hosts, const char *path);

void resolver_hosts_free(struct resolver_hosts *hosts);

/* Whether the file names addresses of `family` for `name`: they are then in `*answer`, in the file's order, and never
 * expire. */
bool resolver_hosts_find(const struct resolver_hosts *hosts, const struct resolver_name *name,
                         enum resolver_family family, struct resolver_answer *answer);

#endif
