#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

void buf_init(struct buf *buf, size_t limit)
{
    *buf = (struct buf){.limit = limit};
}

void buf_free(struct buf *buf)
{
    free(buf->data);
    buf_init(buf, buf->limit);
}

int buf_reserve(struct buf *buf, size_t more)
{
    if (more > buf->limit - buf->length)
        return ERR_TOO_LARGE;
    size_t needed = buf->length + more + 1;
    if (needed <= buf->capacity)
        return 0;
    size_t capacity = buf->capacity ? buf->capacity : 64;
    while (capacity < needed)
        capacity *= 2;
    if (capacity > buf->limit + 1)
        capacity = buf->limit + 1;
    char *data = realloc(buf->data, capacity);
    if (!data)
        return ERR_NO_MEMORY;
    buf->data = data;
    buf->capacity = capacity;
    return 0;
}

int buf_append(struct buf *buf, const void *data, size_t length)
{
    int err = buf_reserve(buf, length);
    if (err)
        return err;
    if (length)
        memcpy(buf->data + buf->length, data, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
    return 0;
}

int buf_append_slice(struct buf *buf, struct slice slice)
{
    return buf_append(buf, slice.data, slice.length);
}

int buf_append_char(struct buf *buf, char c)
{
    return buf_append(buf, &c, 1);
}

int buf_printf(struct buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int err = buf_vprintf(buf, format, arguments);
    va_end(arguments);
    return err;
}

int buf_vprintf(struct buf *buf, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    int err = length < 0 ? ERR_INVALID : buf_reserve(buf, (size_t)length);
    if (!err) {
        vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
    return err;
}
