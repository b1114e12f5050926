#include "http/retry_after.h"

#include <curl/curl.h>
#include <string.h>

#include "base/slice.h"

enum { LONGEST_DATE = 40 };

static const int64_t MOST_SECONDS = INT64_C(100) * 366 * 24 * 3600;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/* Whole seconds; what is beyond the most counts as the most. */
static bool read_seconds(struct slice value, int64_t *seconds)
{
    *seconds = 0;
    for (size_t i = 0; i < value.length; i++) {
        if (!is_digit(value.data[i]))
            return false;
        if (*seconds < MOST_SECONDS)
            *seconds = *seconds * 10 + (value.data[i] - '0');
    }
    return value.length > 0;
}

/* All forms begin with the day of the week; libcurl would take many others too. */
bool http_date_read(struct slice value, time_t *date)
{
    char text[LONGEST_DATE + 1];
    if (value.length == 0 || !is_letter(value.data[0]) || value.length > LONGEST_DATE ||
        memchr(value.data, '\0', value.length))
        return false;
    memcpy(text, value.data, value.length);
    text[value.length] = '\0';
    time_t read = curl_getdate(text, NULL);
    if (read == (time_t)-1)
        return false;
    *date = read;
    return true;
}

bool retry_after_read(struct slice value, time_t now, nanoseconds *wait)
{
    int64_t seconds;
    time_t date;
    value = slice_trim(value);
    if (!read_seconds(value, &seconds)) {
        if (!http_date_read(value, &date))
            return false;
        seconds = date > now ? (int64_t)date - (int64_t)now : 0;
    }
    *wait = SECONDS(seconds < MOST_SECONDS ? seconds : MOST_SECONDS);
    return true;
}
