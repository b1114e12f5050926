/* state_place.h - a folder with a state file to be, and a site: what tests of --state share. */
#ifndef E2E_STATE_PLACE_H
#define E2E_STATE_PLACE_H

#include "e2e/run.h"

enum { PATH_SIZE = 96, URL_SIZE = 64, TEXT_SIZE = 256 };

struct state_place {
    char folder[PATH_SIZE];
    char state[PATH_SIZE + 16];
    char report[PATH_SIZE + 16];
    char root[URL_SIZE];
    struct site *site;
    uint16_t port; /* of the site's first listener */
};

extern struct state_place state_place;

/* Makes the folder and starts the site. */
void state_place_open(const struct site_config *config);
void state_place_close(void);

/* Puts another site in the place of the one there is, at the same port. */
void state_place_serve(const struct site_config *config);

/* Runs with --state and what else is given, NULL for nothing; the report goes to standard output. */
void state_crawl(struct run *run, const char *option, const char *value, const char *root);

void state_check_exit(const struct run *run, int code, const char *said);

/* Serves `pages` at the same port as before and crawls them with another state file. */
void state_crawl_version(const struct site_page *pages, const char *state);

/* What the state file answers: a line a row, with | between the columns. Valid up to the next. */
const char *state_ask(const char *question);

/* Runs statements on the state file. */
void state_change(const char *statements);

#endif
