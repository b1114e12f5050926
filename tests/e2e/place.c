#include "e2e/place.h"

#include <stdio.h>

#include "site/started.h"

enum { PATHS = 4, PATH_SIZE = 2 * FOLDER_SIZE };

struct place here;

void place_open(const char *prefix, const struct site_config *config)
{
    folder_make(here.folder, prefix);
    here.site = site_started(config);
    site_url(here.site, "/", here.root, sizeof here.root);
}

void place_close(void)
{
    ck_assert_int_eq(site_stop(here.site), 0);
    folder_remove(here.folder);
}

const char *path_here(const char *name)
{
    static char paths[PATHS][PATH_SIZE];
    static unsigned next;
    char *path = paths[next++ % PATHS];
    ck_assert_int_lt(snprintf(path, PATH_SIZE, "%s/%s", here.folder, name), PATH_SIZE);
    return path;
}
