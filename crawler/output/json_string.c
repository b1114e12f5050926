#include "output/json_string.h"

#include <stdbool.h>

#include "base/escape.h"

static bool is_plain(char c)
{
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

static bool is_wide(char c)
{
    return (unsigned char)c >= 0x80;
}

static bool is_c1_control(const char *s, size_t length)
{
    return length > 1 && (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] >= 0x80 && (unsigned char)s[1] < 0xa0;
}

/* Bytes at the start of `text` that need no escape. */
static size_t plain_length(struct slice text)
{
    size_t length = 0;
    while (length < text.length && is_plain(text.data[length]))
        length++;
    return length;
}

/* Bytes of no ASCII at the start of `text`, up to the first C1 control: its first byte never belongs to the character
 * before. */
static size_t wide_length(struct slice text)
{
    size_t length = 0;
    while (length < text.length && is_wide(text.data[length]) &&
           !is_c1_control(text.data + length, text.length - length))
        length++;
    return length;
}

static int append_escape(struct buf *out, unsigned char code)
{
    switch (code) {
    case '"':
        return buf_append(out, "\\\"", 2);
    case '\\':
        return buf_append(out, "\\\\", 2);
    case '\n':
        return buf_append(out, "\\n", 2);
    case '\r':
        return buf_append(out, "\\r", 2);
    case '\t':
        return buf_append(out, "\\t", 2);
    default:
        return buf_printf(out, "\\u%04x", code);
    }
}

/* Appends what stands at the start of `text` and returns its bytes in `*length`. */
static int append_some(struct buf *out, struct slice text, size_t *length)
{
    *length = plain_length(text);
    if (*length)
        return buf_append(out, text.data, *length);
    *length = wide_length(text);
    if (*length)
        return utf8_repair(out, (struct slice){text.data, *length});
    *length = is_wide(text.data[0]) ? 2 : 1;
    return append_escape(out, (unsigned char)text.data[*length - 1]);
}

int json_string_append(struct buf *out, struct slice text)
{
    int err = buf_append_char(out, '"');
    while (text.length && !err) {
        size_t length;
        err = append_some(out, text, &length);
        text = (struct slice){text.data + length, text.length - length};
    }
    return err ? err : buf_append_char(out, '"');
}
