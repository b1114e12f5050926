#include <stdint.h>

#include "base/error.h"
#include "web/url_internal.h"

enum { PIECES = 8, NO_GAP = -1 };

struct address {
    uint16_t pieces[PIECES];
    int count; /* pieces read */
    int gap;   /* the piece before which "::" stands */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number of 0 to 255 without leading zeros; returns its digits, 0 for none. */
static size_t parse_byte(struct slice text, unsigned *value)
{
    size_t length = 0;
    *value = 0;
    while (length < text.length && is_digit(text.data[length])) {
        if (length > 0 && *value == 0)
            return 0;
        *value = *value * 10 + (unsigned)(text.data[length++] - '0');
        if (*value > 255)
            return 0;
    }
    return length;
}

/* The IPv4 address that may take the place of the last two pieces. */
static bool parse_embedded(struct address *address, struct slice text)
{
    if (address->count > PIECES - 2)
        return false;
    unsigned bytes[4];
    for (int i = 0; i < 4; i++) {
        size_t length = parse_byte(text, &bytes[i]);
        bool ends_right = i == 3 ? length == text.length : length < text.length && text.data[length] == '.';
        if (!length || !ends_right)
            return false;
        text.data += length + (i < 3);
        text.length -= length + (i < 3);
    }
    address->pieces[address->count++] = (uint16_t)(bytes[0] << 8 | bytes[1]);
    address->pieces[address->count++] = (uint16_t)(bytes[2] << 8 | bytes[3]);
    return true;
}

/* Up to four hexadecimal digits; returns how many. */
static size_t parse_piece(struct slice text, unsigned *value)
{
    size_t length = 0;
    *value = 0;
    while (length < 4 && length < text.length && url_hex_value(text.data[length]) >= 0)
        *value = *value << 4 | (unsigned)url_hex_value(text.data[length++]);
    return length;
}

/* Moves the pieces behind the gap to the end. */
static bool close_gap(struct address *address)
{
    if (address->gap == NO_GAP)
        return address->count == PIECES;
    int behind = address->count - address->gap;
    for (int i = 0; i < behind; i++) {
        uint16_t piece = address->pieces[address->count - 1 - i];
        address->pieces[address->count - 1 - i] = 0;
        address->pieces[PIECES - 1 - i] = piece;
    }
    return true;
}

static struct slice skip(struct slice text, size_t length)
{
    return (struct slice){text.data + length, text.length - length};
}

static bool starts_with_colons(struct slice text)
{
    return text.length >= 2 && text.data[0] == ':' && text.data[1] == ':';
}

/* "IPv6 parser". */
static bool parse(struct address *address, struct slice text)
{
    *address = (struct address){.gap = NO_GAP};
    if (starts_with_colons(text)) {
        address->gap = 0;
        text = skip(text, 2);
    } else if (!text.length || text.data[0] == ':') {
        return false;
    }
    while (text.length) {
        if (address->count == PIECES)
            return false;
        if (text.data[0] == ':') { /* the second one of "::" */
            if (address->gap != NO_GAP)
                return false;
            address->gap = address->count;
            text = skip(text, 1);
            continue;
        }
        unsigned value;
        size_t length = parse_piece(text, &value);
        if (length < text.length && text.data[length] == '.')
            return parse_embedded(address, text) && close_gap(address);
        if (!length || (length < text.length && text.data[length] != ':'))
            return false;
        address->pieces[address->count++] = (uint16_t)value;
        if (length + 1 == text.length)
            return false; /* a colon at the end */
        text = skip(text, length < text.length ? length + 1 : length);
    }
    return close_gap(address);
}

/* "Find the IPv6 address compressed piece index": the first longest run of more than one zero. */
static int find_zeros(const struct address *address, int *length)
{
    int best = NO_GAP;
    *length = 1;
    for (int start = 0; start < PIECES; start++) {
        int end = start;
        while (end < PIECES && address->pieces[end] == 0)
            end++;
        if (end - start > *length) {
            best = start;
            *length = end - start;
        }
    }
    return best;
}

static void write_address(struct url_writer *writer, const struct address *address)
{
    int zeros_length;
    int zeros = find_zeros(address, &zeros_length);
    for (int i = 0; i < PIECES && !writer->err; i++) {
        if (i == zeros) {
            writer_append(writer, i == 0 ? SLICE("::") : SLICE(":"));
            i += zeros_length - 1;
            continue;
        }
        writer->err = buf_printf(writer->out, i < PIECES - 1 ? "%x:" : "%x", address->pieces[i]);
    }
}

void url_write_ipv6(struct url_writer *writer, struct slice text)
{
    struct address address;
    if (!parse(&address, text)) {
        writer_fail(writer, ERR_URL_ADDRESS);
        return;
    }
    writer_append_char(writer, '[');
    write_address(writer, &address);
    writer_append_char(writer, ']');
}
