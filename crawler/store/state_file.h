/* state_file.h - a state file that is read: to go on with its crawl, or to report on it.
 *
 * What is read is one moment of the file, however it is written meanwhile. */
#ifndef STORE_STATE_FILE_H
#define STORE_STATE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "record/fetch_statistic.h"
#include "record/reason.h"

struct state_file;

/* Opens what is there; a file of an earlier version becomes one of this version. Errors are told in the log with the
 * file's name: ERR_NOT_FOUND, ERR_UNSUPPORTED (no state file, or one of a later version), ERR_RUNNING (of an earlier
 * one, and a process writes it), ERR_NO_MEMORY, those of sqlite_error. */
int state_file_open(struct state_file **out, const char *path);

/* NULL is allowed. */
void state_file_close(struct state_file *file);

/* A note of the whole crawl, as text or number. Returns 1, 0 when there is none by that name, or an error. */
int state_file_text(struct state_file *file, const char *name, struct buf *text);
int state_file_number(struct state_file *file, const char *name, int64_t *number);

/* A URL that was met. */
struct state_url {
    uint64_t id;
    struct slice url;
    uint64_t referrer_id;  /* 0 for none */
    struct slice referrer; /* the URL of the page or sitemap that led there; empty for a root */
    uint32_t depth;
    uint32_t redirects;
    enum reason reason; /* REASON_NONE: it is to be fetched, or was */
    bool is_done;       /* it has a record */
};

/* Calls `visit` for each URL by its number, and for each record in that order, whose texts are all set. Texts are valid
 * until `visit` returns. Errors: the first that `visit` returns; those of sqlite_error, which are told in the log. */
int state_file_for_each_url(struct state_file *file, int (*visit)(void *context, const struct state_url *url),
                            void *context);
int state_file_for_each_record(struct state_file *file, int (*visit)(void *context, const struct fetch_statistic *stat),
                               void *context);

/* The same for each record in the order in which they ended, the earliest first. Of `stat` are set: started, total,
 * status, error, size, wire_size, is_replayed and what its flags say. Where there are many, they are sorted in
 * a temporary file of SQLite's, so that no sandbox may be there yet. */
int state_file_for_each_end(struct state_file *file, int (*visit)(void *context, const struct fetch_statistic *stat),
                            void *context);

/* What the visit before found at a URL. `record` has no URL, no times and no address. */
int state_file_for_each_earlier(struct state_file *file,
                                int (*visit)(void *context, uint64_t id, const struct fetch_statistic *record),
                                void *context);

/* The numbers of the URLs to which the links of a page lead that are followed. */
int state_file_for_each_links(struct state_file *file,
                              int (*visit)(void *context, uint64_t id, const uint64_t *targets, size_t count),
                              void *context);

/* What is known of servers. */
struct state_origin {
    struct slice origin;
    struct slice robots; /* its robots.txt; empty for none */
    int64_t asked;       /* when that was asked for; these in milliseconds since 1970; 0: it was not */
    int64_t not_before;  /* when it wants to be asked again; 0: at any time */
};

int state_file_for_each_origin(struct state_file *file, int (*visit)(void *context, const struct state_origin *origin),
                               void *context);

/* A file that was met. */
struct state_sitemap {
    struct slice url;
    struct slice origin; /* whose it is */
    uint32_t level;      /* of indexes above it */
    bool is_guessed;     /* nobody said that it is there */
    bool is_read;
};

int state_file_for_each_sitemap(struct state_file *file,
                                int (*visit)(void *context, const struct state_sitemap *sitemap), void *context);

#endif
