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

/* Two digits; -1 when they are none. */
static int two_digits(const char *text)
{
    bool are_digits = text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9';
    return are_digits ? (text[0] - '0') * 10 + text[1] - '0' : -1;
}

/* 1 to 12; 0 for anything else. */
static int month_called(const char *text)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (int i = 0; i < 12; i++)
        if (memcmp(names[i], text, 3) == 0)
            return i + 1;
    return 0;
}

/* Days since 1970 in the Gregorian calendar; years that begin in March have their odd day at the end. */
static int64_t days_of(int year, int month, int day)
{
    int shifted = year - (month < 3), days = (153 * (month + (month < 3 ? 9 : -3)) + 2) / 5 + day - 1;
    return (int64_t)365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + days - 719468;
}

/* The form in which nearly all dates come, "Mon, 23 Nov 2026 10:00:00 GMT": the library takes a microsecond for it. */
static bool read_usual_date(struct slice value, time_t *date)
{
    const char *text = value.data;
    static const char form[] = "???, ?? ??? ???? ??:??:?? GMT";
    static const int lengths[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (value.length != sizeof form - 1 || !is_letter(text[0]))
        return false;
    for (size_t i = 0; i < sizeof form - 1; i++)
        if (form[i] != '?' && form[i] != text[i])
            return false;
    int day = two_digits(text + 5), month = month_called(text + 8);
    int century = two_digits(text + 12), year = two_digits(text + 14);
    int hour = two_digits(text + 17), minute = two_digits(text + 20), second = two_digits(text + 23);
    if (day < 1 || day > lengths[month] || century < 19 || year < 0 || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || second < 0 || second > 59)
        return false; /* the odd day, and worse: the library knows */
    const int seconds = hour * 3600 + minute * 60 + second;
    *date = (time_t)(days_of(century * 100 + year, month, day) * 86400 + seconds);
    return true;
}

/* All forms begin with the day of the week; libcurl would take many others too. */
bool http_date_read(struct slice value, time_t *date)
{
    if (read_usual_date(value, date))
        return true;
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
