/* records.h - what a crawl wrote: its records, and whether its texts are fit for a terminal. */
#ifndef E2E_RECORDS_H
#define E2E_RECORDS_H

#include <jansson.h>
#include <stdbool.h>

/* The objects of JSON `lines`, as an array for json_decref. The test fails where a line is no JSON in valid UTF-8. */
json_t *records_of(const char *lines);

/* The same of a file's lines. */
json_t *records_of_file(const char *path);

/* Whether a file has one record of each of `count` pages, and no other. */
bool records_are_whole(const char *path, size_t count);

/* The record whose "url" is `url`; NULL when there is none. Borrowed. */
const json_t *record_find(const json_t *records, const char *url);

/* A member's value; "" and -1 where it is null or absent. */
const char *record_word(const json_t *record, const char *name);
long record_number(const json_t *record, const char *name);

/* The kind of the record's error; "" for none. */
const char *record_error(const json_t *record);

/* Whether `text` has no control byte but line feeds. */
bool is_fit_for_terminal(const char *text);

#endif
