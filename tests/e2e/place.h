/* place.h - a folder and a site: where the crawls of a test take place. */
#ifndef E2E_PLACE_H
#define E2E_PLACE_H

#include "site/site.h"
#include "unit/folder.h"

struct place {
    char folder[FOLDER_SIZE];
    char root[FOLDER_SIZE]; /* URL of the site's "/" */
    struct site *site;
};

extern struct place here;

/* Makes the folder, see folder_make, and starts the site. */
void place_open(const char *prefix, const struct site_config *config);
void place_close(void);

/* The path of a file in the folder. Static until the next four calls. */
const char *path_here(const char *name);

#endif
