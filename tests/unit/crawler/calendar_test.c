/* Which URLs name a date that is far off, and which of them are of one calendar; seen from 2026. */
#include "crawl/calendar.h"

#include <stdio.h>

#include "unit/suite.h"
#include "web/url.h"

enum { THIS_YEAR = 2026 };

static bool find(const char *target, uint64_t *kind)
{
    char text[200];
    struct url url;
    snprintf(text, sizeof text, "http://a.test%s", target);
    url_of_serialised(&url, slice_of(text));
    return calendar_find(&url, THIS_YEAR, kind);
}

static const char *const FAR_OFF[] = {
    "/2037/01/",           "/2136/12",
    "/1599/12/",           "/1500-01",
    "/cal/2037-05-07",     "/cal-2037-05-07.html",
    "/2019/05/2037-05/",   "/2037/05/07/",
    "/2037/05/x",          "/2037-05-99",
    "/?d=2037-05",         "/?d=2037-05-07T00:00",
    "/?a=1&date=20370507", "/?tribe-bar-date=2037-05-07",
    "/?month=203705",      "/?year=2037",
    "/?YEAR=2037&month=5", "/?y=2037&m=5",
    "/?m=5&y=2037",        "/?startyear=1599",
};

static const char *const NOT_FAR_OFF[] = {
    "/2036/12/",
    "/1600/01/",
    "/1905/04/15/",
    "/2026-11-23-news",
    "/1994/",
    "/2037/",
    "/2037/13/",
    "/2037/00/",
    "/2037/5/",
    "/2037/123/",
    "/12037/05/",
    "/x2037/05/",
    "/2137/01/",
    "/1499/12/",
    "/9999-12-31",
    "/20370507/",
    "/2037.05",
    "/?id=20370507",
    "/?id=2037",
    "/?x=1&y=2037&z=3",
    "/?date=9999-12-31",
    "/?date=2037",
    "/?date=2037050",
    "/?path=2037/05/",
    "/",
    "/?",
    "/?=",
    "/203",
    "/2037/0",
    "/2037-",
    "/?year=20370",
    "/?year=",
    "/?date=2037-0",
};

enum { FAR_OFF_COUNT = sizeof FAR_OFF / sizeof *FAR_OFF, NOT_COUNT = sizeof NOT_FAR_OFF / sizeof *NOT_FAR_OFF };

START_TEST(far_off_dates_are_found)
{
    for (size_t i = 0; i < FAR_OFF_COUNT; i++) {
        uint64_t kind = 0;
        ck_assert_msg(find(FAR_OFF[i], &kind) && kind, "%s", FAR_OFF[i]);
    }
}
END_TEST

START_TEST(others_are_left_alone)
{
    for (size_t i = 0; i < NOT_COUNT; i++) {
        uint64_t kind = 0;
        ck_assert_msg(!find(NOT_FAR_OFF[i], &kind) && !kind, "%s", NOT_FAR_OFF[i]);
    }
}
END_TEST

static bool are_of_one(const char *one, const char *other)
{
    uint64_t first, second;
    ck_assert(find(one, &first));
    ck_assert(find(other, &second));
    return first == second;
}

START_TEST(a_calendar_is_what_stands_around_its_dates)
{
    ck_assert(are_of_one("/cal/2037/01/", "/cal/2050/12/"));
    ck_assert(are_of_one("/cal/2037-01-05?view=day", "/cal/2037-01-06"));
    ck_assert(are_of_one("/cal?year=2037&month=1", "/cal?month=2&year=2038"));
    ck_assert(!are_of_one("/cal/2037/01/", "/events/2037/01/"));
    ck_assert(!are_of_one("/cal/2037/01/", "/cal/2037/01/list"));
    ck_assert(!are_of_one("/2037/01/party", "/2037/01/concert"));
    ck_assert(!are_of_one("/cal?from=2037-01", "/cal?to=2037-01"));
    ck_assert(!are_of_one("/cal?d=2037-01", "/events?d=2037-01"));
}
END_TEST

int main(void)
{
    return RUN_TESTS("calendar", far_off_dates_are_found, others_are_left_alone,
                     a_calendar_is_what_stands_around_its_dates);
}
