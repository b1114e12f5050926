/* buf.h - growable bytes with a cap.
 *
 * The bytes are always followed by a NUL that does not count, so that text can be handed to C functions. A buffer never
 * grows past its limit: an append that would is refused whole. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/slice.h"

struct buf {
    char *data;
    size_t length;   /* bytes in use */
    size_t capacity; /* bytes allocated, the NUL included */
    size_t limit;    /* most bytes that it may hold */
};

/* An empty buffer that holds at most `limit` bytes (at least 1); nothing is allocated. */
void buf_init(struct buf *buf, size_t limit);

/* Gives the memory back; the buffer is empty and can be used again. */
void buf_free(struct buf *buf);

/* Forgets the bytes and keeps the memory. */
static inline void buf_clear(struct buf *buf)
{
    buf->length = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

/* Makes room for `more` bytes behind those in use. Errors: ERR_TOO_LARGE (over the limit), ERR_NO_MEMORY. */
int buf_reserve(struct buf *buf, size_t more);

/* Appends. Errors as buf_reserve; nothing is appended then. `data` must not point into the buffer. */
int buf_append(struct buf *buf, const void *data, size_t length);
int buf_append_slice(struct buf *buf, struct slice slice);
int buf_append_char(struct buf *buf, char c);
int buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
int buf_vprintf(struct buf *buf, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* The bytes in use; valid until the buffer changes. */
static inline struct slice buf_slice(const struct buf *buf)
{
    return (struct slice){buf->data, buf->length};
}

/* The bytes as C text; "" when nothing was ever allocated. Valid until the buffer changes. */
static inline const char *buf_text(const struct buf *buf)
{
    return buf->data ? buf->data : "";
}

#endif
