/* fault_table.h - what servers do wrong, and what must become of it in the records. */
#ifndef E2E_FAULT_TABLE_H
#define E2E_FAULT_TABLE_H

#include <stdbool.h>

#include "site/site.h"

/* The limits that the crawl of the table runs under. */
enum {
    FAULT_MAX_BODY = 50000,
    FAULT_MAX_URL = 500,
    FAULT_TRIES = 2,
    FAULT_REDIRECTS = 3,
    FAULT_CONNECT_SECONDS = 2,
    FAULT_IDLE_SECONDS = 2,
    FAULT_TOTAL_SECONDS = 4
};

/* The listeners of the table's site. */
enum { FAULT_PLAIN, FAULT_TLS, FAULT_WRONG_HOST, FAULT_EXPIRED, FAULT_STALLED, FAULT_FULL, FAULT_LISTENERS };

struct fault {
    const char *name; /* begins with the row of the list of faults, see FAULTS.md */
    const char *url;  /* a path, or all of it with placeholders as in site.h */
    struct site_page page;
    const char *error;    /* its kind; NULL: none */
    int status;           /* 0: none came */
    int tries;            /* 0: one */
    bool truncated;       /* by a limit of ours */
    long size;            /* of the body; 0: any */
    const char *redirect; /* where it leads, with placeholders; NULL: nowhere */
    const char *skipped;  /* what was found there and not fetched, with placeholders; NULL: nothing */
    const char *reason;   /* why */
    bool unlinked;        /* only other rows lead there, not the first page */
};

/* Ends with a name of NULL. Bodies that are too long to be written down are made at the first call. Links to /behind
 * must be followed, those to /never must not. */
const struct fault *fault_table(void);

const struct site_listener *fault_listeners(void);

#endif
