/* request.h - the head of a request, taken apart. */
#ifndef SITE_REQUEST_H
#define SITE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SITE_HOST_SIZE = 256, SITE_TARGET_SIZE = 32 * 1024, SITE_CONDITION_SIZE = 2048 };

struct site_head {
    bool is_head;                             /* the method is HEAD */
    bool keep_alive;                          /* the connection may serve another request */
    uint64_t body;                            /* bytes that follow the head */
    char host[SITE_HOST_SIZE];                /* lower case, without a port; empty: none */
    char target[SITE_TARGET_SIZE];            /* path and query; an absolute form is reduced to them */
    char none_match[SITE_CONDITION_SIZE];     /* If-None-Match, cut when longer; empty: none */
    char modified_since[SITE_CONDITION_SIZE]; /* If-Modified-Since, likewise */
};

/* The bytes of the first head in `data`, its empty line included; 0 when it isn't whole. */
size_t site_head_length(const char *data, size_t length);

/* Takes a whole head apart. Returns 0, or the status that refuses it (400, 414, 501, 505). */
int site_head_parse(struct site_head *head, const char *data, size_t length);

/* Finds the header `name` (in any case) in a head of `length` bytes. Returns its trimmed value, which is not
 * terminated, and stores its length; NULL when there is none. */
const char *site_head_find(const char *data, size_t length, const char *name, size_t *value_length);

#endif
