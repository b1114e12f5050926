#include "output/clean_text.h"

#include "web/utf8.h"

static const char REPLACEMENT[] = "\xef\xbf\xbd";

static bool is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

/* Reads one character and returns its bytes; `*instead` is what to write for it, or NULL. */
static size_t read_character(struct slice text, clean_text_escape escape, const char **instead)
{
    unsigned char first = (unsigned char)text.data[0];
    if (first < 0x80) {
        *instead = is_control(first) ? REPLACEMENT : escape((char)first);
        return 1;
    }
    uint32_t code;
    size_t length = utf8_decode(text, &code);
    bool is_good = code >= 0xa0 && code != REPLACEMENT_CHARACTER && code != 0xfffe && code != 0xffff;
    *instead = is_good ? NULL : REPLACEMENT;
    return length;
}

int clean_text_append(struct buf *out, struct slice text, clean_text_escape escape)
{
    size_t start = 0, at = 0; /* what lies between goes as it is */
    int err = 0;
    while (at < text.length && !err) {
        const char *instead;
        size_t length = read_character((struct slice){text.data + at, text.length - at}, escape, &instead);
        if (instead) {
            err = buf_append(out, text.data + start, at - start);
            if (!err)
                err = buf_append_slice(out, slice_of(instead));
            start = at + length;
        }
        at += length;
    }
    return err ? err : buf_append(out, text.data + start, at - start);
}
