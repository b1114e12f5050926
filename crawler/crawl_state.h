/* crawl_state.h - a crawl and its state file (--state): is it a new crawl, or one to go on with? */
#ifndef CRAWLER_CRAWL_STATE_H
#define CRAWLER_CRAWL_STATE_H

#include "crawl/crawler.h"
#include "manual.h"
#include "measure/summary.h"
#include "options.h"
#include "record/archive.h"
#include "store/state.h"
#include "store/state_file.h"

struct crawl_state {
    struct state *state;        /* NULL without --state */
    struct state_file *earlier; /* the crawl to go on with, until that was taken in; NULL for a new one */
    bool is_finished;           /* all of it is to be fetched again */
    struct buf archive_text;    /* of the position of its archive; empty where there never was one */
    struct archive_position archive_position;
    const struct archive *archive; /* the crawl's, whose end the file gets; NULL for none */
};

/* Opens what --state names. An unfinished crawl by the same rules goes on, and a finished one with --revisit; without
 * roots its own are taken. To be called before anything has descriptors. Returns EXIT_OK, or the exit code, with the
 * reason logged; in either case crawl_state_close is to follow. */
enum exit_code crawl_state_open(struct crawl_state *state, struct options *options);

/* Where the archive of --warc ends by the state file; NULL without --state. Valid until crawl_state_close. */
const struct archive_position *crawl_state_archive(const struct crawl_state *state);

/* Adds the roots to the crawl, or brings in what the earlier one had, and has its observers told of it; `summary`,
 * which is one of them, gets its series apart. Errors: those of crawler_add_root, crawler_resume,
 * state_file_for_each_end, state_send, all logged. */
int crawl_state_begin(struct crawl_state *state, struct crawler *crawler, struct summary *summary,
                      const struct options *options);

/* The crawl is over: all goes to the disk. `is_finished`: nothing is left. Errors: those of state_finish. */
int crawl_state_finish(struct crawl_state *state, bool is_finished);

void crawl_state_close(struct crawl_state *state);

/* Takes the roots of a state file's crawl. Errors: ERR_SYNTAX, ERR_NO_MEMORY, those of state_file_text. */
int crawl_state_take_roots(struct state_file *file, struct options *options);

#endif
