/* hostile_pages.h - pages of ten megabytes made to hurt whoever reads them, with a link behind what hurts. */
#ifndef E2E_HOSTILE_PAGES_H
#define E2E_HOSTILE_PAGES_H

#include <stddef.h>

/* `before`, then `again` until the page is that large or has it so many times, then `after` and the link to /behind. */
struct hostile {
    const char *path;
    const char *before;
    const char *again;
    size_t times; /* 0: as often as it fits */
    const char *after;
    const char *type; /* NULL for HTML */
};

enum { HOSTILE_PAGES = 31 };

extern const struct hostile hostile_pages[HOSTILE_PAGES];

/* The page and its length; malloced. NUL bytes are what is repeated where nothing else is. NULL without memory. */
char *hostile_page_make(const struct hostile *hostile, size_t *length);

#endif
