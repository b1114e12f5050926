#include <stdint.h>

#include "base/error.h"
#include "web/url_internal.h"

enum { PARTS_MAX = 4 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "IPv4 number parser"; numbers over 32 bits all count as 2^32. False when `text` is none. */
static bool parse_number(struct slice text, uint64_t *number)
{
    int radix = 10;
    if (!text.length)
        return false;
    if (text.length >= 2 && text.data[0] == '0') {
        bool is_hex = ascii_lower(text.data[1]) == 'x';
        radix = is_hex ? 16 : 8;
        text.data += is_hex ? 2 : 1;
        text.length -= is_hex ? 2 : 1;
    }
    *number = 0;
    for (size_t i = 0; i < text.length; i++) {
        int digit = url_hex_value(text.data[i]);
        if (digit < 0 || digit >= radix)
            return false;
        *number = *number * (unsigned)radix + (unsigned)digit;
        if (*number > UINT32_MAX)
            *number = (uint64_t)UINT32_MAX + 1;
    }
    return true;
}

static struct slice without_last_dot(struct slice host)
{
    if (host.length && host.data[host.length - 1] == '.')
        host.length--;
    return host;
}

bool url_ends_in_number(struct slice host)
{
    host = without_last_dot(host);
    size_t start = host.length;
    while (start > 0 && host.data[start - 1] != '.')
        start--;
    struct slice last = {host.data + start, host.length - start};
    if (!last.length || !is_digit(last.data[0]))
        return false;
    size_t digits = 0;
    while (digits < last.length && is_digit(last.data[digits]))
        digits++;
    uint64_t ignored;
    return digits == last.length || parse_number(last, &ignored);
}

/* Reads the parts between the dots; returns how many, 0 when one is no number or there are too many. */
static size_t parse_parts(struct slice text, uint64_t parts[PARTS_MAX])
{
    for (size_t count = 0; count < PARTS_MAX; count++) {
        const char *dot = memchr(text.data, '.', text.length);
        size_t length = dot ? (size_t)(dot - text.data) : text.length;
        if (!parse_number((struct slice){text.data, length}, &parts[count]))
            return 0;
        if (!dot)
            return count + 1;
        text.data += length + 1;
        text.length -= length + 1;
    }
    return 0;
}

/* The last part fills the bytes that the others leave. */
static bool parse_address(struct slice text, uint32_t *address)
{
    uint64_t parts[PARTS_MAX];
    size_t count = parse_parts(without_last_dot(text), parts);
    if (count == 0 || parts[count - 1] >= UINT64_C(1) << (8 * (PARTS_MAX + 1 - count)))
        return false;
    uint64_t value = parts[count - 1];
    for (size_t i = 0; i + 1 < count; i++) {
        if (parts[i] > 255)
            return false;
        value |= parts[i] << (8 * (PARTS_MAX - 1 - i));
    }
    *address = (uint32_t)value;
    return true;
}

void url_write_ipv4(struct url_writer *writer, struct slice text)
{
    uint32_t address;
    if (!parse_address(text, &address)) {
        writer_fail(writer, ERR_URL_ADDRESS);
        return;
    }
    if (!writer->err)
        writer->err = buf_printf(writer->out, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
                                 address & 255);
}
