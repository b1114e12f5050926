/* url_class.h - what each byte may be in a URL: the code point sets of the URL standard (sections 1.3 and 3.1). */
#ifndef WEB_URL_CLASS_H
#define WEB_URL_CLASS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    /* percent-encode sets; all of them hold the bytes from 0x80 */
    ENCODE_C0 = 1 << 0,
    ENCODE_FRAGMENT = 1 << 1,
    ENCODE_QUERY = 1 << 2,
    ENCODE_SPECIAL_QUERY = 1 << 3,
    ENCODE_PATH = 1 << 4,
    ENCODE_USERINFO = 1 << 5,
    FORBIDDEN_IN_HOST = 1 << 6, /* "forbidden host code point" */
    FORBIDDEN_IN_DOMAIN = 1 << 7,
    SCHEME_BYTE = 1 << 8,        /* letter, digit, '+', '-' or '.' */
    REMOVED = 1 << 9,            /* TAB, LF and CR vanish from anywhere */
    NOT_PLAIN_IN_HOST = 1 << 10, /* anything but lower-case letters, digits, '-', '_' and '.' */
    NOT_PLAIN_IN_PATH = 1 << 11, /* has to be encoded, or ends the path of a special URL or one of its segments */
};

extern const uint16_t url_classes[256];

static inline bool url_byte_is(char byte, unsigned classes)
{
    return url_classes[(unsigned char)byte] & classes;
}

/* The value of a hexadecimal digit; -1 for what is none. */
static inline int url_hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

#endif
