#include "output/number_text.h"

enum { MOST_DIGITS = 20 };

/* Writes the digits so that they end before `end`; zeros fill up to `least` digits. Returns where they begin. */
static char *write_digits(char *end, uint64_t number, unsigned least)
{
    char *first = end;
    while (number || first > end - least) {
        *--first = (char)('0' + number % 10);
        number /= 10;
    }
    return first;
}

int number_append(struct buf *out, uint64_t number)
{
    char digits[MOST_DIGITS];
    const char *first = write_digits(digits + sizeof digits, number, 1);
    return buf_append(out, first, (size_t)(digits + sizeof digits - first));
}

int seconds_append(struct buf *out, uint64_t nanoseconds)
{
    enum { FRACTION = 6 };
    char digits[MOST_DIGITS + 1 + FRACTION];
    uint64_t microseconds = nanoseconds / 1000;
    char *first = write_digits(digits + sizeof digits, microseconds % 1000000, FRACTION);
    *--first = '.';
    first = write_digits(first, microseconds / 1000000, 1);
    return buf_append(out, first, (size_t)(digits + sizeof digits - first));
}
