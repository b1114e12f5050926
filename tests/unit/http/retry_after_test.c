/* When servers want to be asked again. */
#include "http/retry_after.h"

#include "unit/suite.h"

/* Mon, 23 Nov 2026 10:00:00 GMT */
static const time_t NOW = 1795428000;

START_TEST(seconds_and_dates)
{
    static const struct {
        const char *value;
        nanoseconds wait;
    } cases[] = {
        {"0", 0},
        {"120", SECONDS(120)},
        {"  7\t", SECONDS(7)},
        {"007", SECONDS(7)},
        {"Mon, 23 Nov 2026 10:00:30 GMT", SECONDS(30)},
        {"Monday, 23-Nov-26 10:01:00 GMT", SECONDS(60)},
        {"Mon Nov 23 11:00:00 2026", SECONDS(3600)},
        {"Mon, 23 Nov 2026 09:59:59 GMT", 0},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        nanoseconds wait = -1;
        ck_assert_msg(retry_after_read(slice_of(cases[i].value), NOW, &wait), "%s", cases[i].value);
        ck_assert_msg(wait == cases[i].wait, "%s: %lld", cases[i].value, (long long)wait);
    }
}
END_TEST

START_TEST(what_is_absurd_is_bounded)
{
    const nanoseconds most = SECONDS(INT64_C(100) * 366 * 24 * 3600);
    static const char *const values[] = {"99999999999", "184467440737095516160000000000000000000000000000000000000",
                                         "Fri, 31 Dec 9999 23:59:59 GMT"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        nanoseconds wait = -1;
        ck_assert_msg(retry_after_read(slice_of(values[i]), NOW, &wait), "%s", values[i]);
        ck_assert_msg(wait == most, "%s: %lld", values[i], (long long)wait);
    }
}
END_TEST

START_TEST(anything_else_is_refused)
{
    static const char *const values[] = {"",
                                         " ",
                                         "-1",
                                         "+1",
                                         "1.5",
                                         "10 s",
                                         "soon",
                                         "2026-11-23T10:00:00Z",
                                         "Mon, 99 Foo 2026",
                                         "1, 2",
                                         "0x10",
                                         "Monday",
                                         ",",
                                         "Mon, 23 Nov 2026 10:00:30 GMT, Mon, 23 Nov 2026 10:00:30 GMT"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        nanoseconds wait = -1;
        ck_assert_msg(!retry_after_read(slice_of(values[i]), NOW, &wait) && wait == -1, "%s: %lld", values[i],
                      (long long)wait);
    }
    ck_assert(!retry_after_read((struct slice){"M\0n", 3}, NOW, &(nanoseconds){0}));
    ck_assert(!retry_after_read((struct slice){0}, NOW, &(nanoseconds){0}));
}
END_TEST

/* What is read at a glance is what the library reads. */
START_TEST(every_day_is_where_it_belongs)
{
    char text[40];
    for (time_t at = 0; at < (time_t)86400 * 366 * 130; at += 86400 + 3601) {
        struct tm parts;
        time_t date;
        gmtime_r(&at, &parts);
        strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        ck_assert_msg(http_date_read(slice_of(text), &date) && date == at, "%s: %lld", text, (long long)date);
    }
}
END_TEST

START_TEST(dates_that_are_none)
{
    static const char *const values[] = {"Mon, 00 Nov 2026 10:00:00 GMT", "Mon, 23 Now 2026 10:00:00 GMT",
                                         "Mon, 23 Nov 2026 10:60:00 GMT", "Mon, 23 Nov 2026 1O:00:00 GMT",
                                         "Mon, 32 Nov 2026 10:00:00 GMT"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        time_t date;
        ck_assert_msg(!http_date_read(slice_of(values[i]), &date), "%s", values[i]);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("retry_after", every_day_is_where_it_belongs, dates_that_are_none, seconds_and_dates,
                     what_is_absurd_is_bounded, anything_else_is_refused);
}
