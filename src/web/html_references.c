#include "web/html_references.h"

#include <stdint.h>

#include "web/html_entities.h"
#include "web/utf8.h"

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');
}

static int digit_value(char c, unsigned base)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = ascii_lower(c);
    return base == 16 && lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The character that a number stands for ("numeric character reference end state"). */
static uint32_t character_of_number(uint32_t number)
{
    static const uint16_t windows_1252[32] = {
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
    };
    if (number >= 0x80 && number <= 0x9F)
        return windows_1252[number - 0x80];
    bool is_surrogate = number >= 0xD800 && number <= 0xDFFF;
    return number == 0 || number > 0x10FFFF || is_surrogate ? REPLACEMENT_CHARACTER : number;
}

/* Reads what is behind "&#" and returns its bytes; 0 when it is no reference. */
static size_t read_number(struct slice text, uint32_t *number)
{
    enum { TOO_LARGE = 0x110000 };
    unsigned base = text.length && ascii_lower(text.data[0]) == 'x' ? 16 : 10;
    size_t first = base == 16;
    size_t at = first;
    *number = 0;
    for (int digit; at < text.length && (digit = digit_value(text.data[at], base)) >= 0; at++)
        *number = *number < TOO_LARGE ? *number * base + (unsigned)digit : TOO_LARGE;
    if (at == first)
        return 0;
    return at + (at < text.length && text.data[at] == ';');
}

static int append_number(struct buf *out, struct slice text, size_t *taken)
{
    uint32_t number;
    size_t length = read_number((struct slice){text.data + 1, text.length - 1}, &number);
    *taken = length ? length + 1 : 0;
    if (!length)
        return 0;
    char utf8[UTF8_MAX];
    return buf_append(out, utf8, utf8_encode(character_of_number(number), utf8));
}

static int append_named(struct buf *out, struct slice text, bool in_attribute, size_t *taken)
{
    const char *utf8 = "";
    *taken = html_entity(text, &utf8);
    /* "?a=1&copy=2" is what it was before there were references. */
    bool has_semicolon = *taken && text.data[*taken - 1] == ';';
    if (in_attribute && *taken && !has_semicolon && *taken < text.length &&
        (text.data[*taken] == '=' || is_alphanumeric(text.data[*taken])))
        *taken = 0;
    return *taken ? buf_append_slice(out, slice_of(utf8)) : 0;
}

/* Appends what a special byte, the first of `text`, stands for, and says how many bytes that took. */
static int append_special(struct buf *out, struct slice text, bool in_attribute, size_t *taken)
{
    *taken = 1;
    struct slice rest = {text.data + 1, text.length - 1};
    if (text.data[0] == '\0')
        return buf_append_slice(out, SLICE("\xEF\xBF\xBD"));
    if (text.data[0] == '\r') {
        *taken += rest.length && rest.data[0] == '\n';
        return buf_append_char(out, '\n');
    }
    size_t length = 0;
    int err = rest.length && rest.data[0] == '#' ? append_number(out, rest, &length)
                                                 : append_named(out, rest, in_attribute, &length);
    *taken += length;
    return err || length ? err : buf_append_char(out, '&');
}

int html_decode_text(struct buf *out, struct slice text, bool in_attribute)
{
    int err = 0;
    while (text.length && !err) {
        size_t plain = 0;
        while (plain < text.length && text.data[plain] != '&' && text.data[plain] != '\r' && text.data[plain] != '\0')
            plain++;
        size_t special = 0;
        err = buf_append(out, text.data, plain);
        if (!err && plain < text.length)
            err = append_special(out, (struct slice){text.data + plain, text.length - plain}, in_attribute, &special);
        text = (struct slice){text.data + plain + special, text.length - plain - special};
    }
    return err;
}
