#include "base/escape.h"

#include <stdint.h>

/* The length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none (RFC 3629, section 4). */
static size_t sequence_length(struct slice text)
{
    const unsigned char *s = (const unsigned char *)text.data;
    size_t length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
    if (length == 0 || length > text.length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f))
        return 0;
    if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return length;
}

static bool is_control(const unsigned char *s)
{
    return s[0] < 0x20 || s[0] == 0x7f || (s[0] == 0xc2 && s[1] < 0xa0);
}

/* How many bytes at the start of `text` are printable ASCII. */
static size_t plain_length(struct slice text)
{
    size_t length = 0;
    while (length < text.length && text.data[length] >= ' ' && text.data[length] < 0x7f)
        length++;
    return length;
}

int escape_for_terminal(struct buf *out, struct slice text)
{
    while (text.length) {
        size_t plain = plain_length(text);
        if (plain) {
            int append_err = buf_append(out, text.data, plain);
            if (append_err)
                return append_err;
            text.data += plain;
            text.length -= plain;
            continue;
        }
        const unsigned char *s = (const unsigned char *)text.data;
        size_t length = sequence_length(text);
        int err = 0;
        if (length && !is_control(s))
            err = buf_append(out, s, length);
        else if (!length)
            err = buf_printf(out, "\\x%02x", s[0]);
        else
            for (size_t i = 0; i < length && !err; i++)
                err = buf_printf(out, "\\x%02x", s[i]);
        if (err)
            return err;
        length = length ? length : 1;
        text.data += length;
        text.length -= length;
    }
    return 0;
}

/* How many bytes at the start of `text`, where no well-formed sequence is, the decoder of the Encoding standard takes
 * for one error: a lead byte with the continuations that could follow it, or one byte. */
static size_t broken_length(struct slice text)
{
    const unsigned char *s = (const unsigned char *)text.data;
    size_t wanted = s[0] < 0xc2 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 1;
    unsigned char least = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char most = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : 0xbf;
    size_t length = 1;
    while (length < wanted && length < text.length && s[length] >= least && s[length] <= most) {
        least = 0x80;
        most = 0xbf;
        length++;
    }
    return length;
}

int utf8_repair(struct buf *out, struct slice text)
{
    int err = 0;
    while (text.length && !err) {
        size_t length = plain_length(text);
        if (!length)
            length = sequence_length(text);
        if (length) {
            err = buf_append(out, text.data, length);
        } else {
            err = buf_append(out, "\xef\xbf\xbd", 3);
            length = broken_length(text);
        }
        text.data += length;
        text.length -= length;
    }
    return err;
}
