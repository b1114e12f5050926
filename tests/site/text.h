/* text.h - bytes being put together.
 *
 * When memory runs out the text is marked as failed and what follows is dropped, so that one check at the end will
 * do. */
#ifndef SITE_TEXT_H
#define SITE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct site_text {
    char *data; /* NUL-terminated unless NULL */
    size_t length;
    size_t capacity;
    bool failed;
};

/* An all-zero text is empty. `data` must not point into the text. */
void site_text_append(struct site_text *text, const void *data, size_t length);
void site_text_puts(struct site_text *text, const char *string);
void site_text_printf(struct site_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for `more` bytes behind those in use; false when memory is out. */
bool site_text_reserve(struct site_text *text, size_t more);

/* Gives the memory back; the text is empty and can be used again. */
void site_text_free(struct site_text *text);

#endif
