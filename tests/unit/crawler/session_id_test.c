/* What is taken for a session id, and what is left of a URL without it. */
#include "crawl/session_id.h"

#include <stdio.h>

#include "unit/suite.h"
#include "web/url.h"

#define RANDOM "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

static bool find(const char *target, uint64_t *page)
{
    char text[300];
    struct url url;
    snprintf(text, sizeof text, "http://a.test%s", target);
    url_of_serialised(&url, slice_of(text));
    return session_id_find(&url, page);
}

static const char *const WITH[] = {
    "/x;jsessionid=1",
    "/x;JSESSIONID=AB.node1",
    "/a;jsessionid=1/b",
    "/x;v=1;jsessionid=1?q",
    "/x?PHPSESSID=1",
    "/x?a=1&phpsessid=2",
    "/x?osCsid=1",
    "/x?CFID=1&CFTOKEN=2",
    "/x?cftoken=2",
    "/x?ASPSESSIONIDQQGGQ=A",
    "/x?sid=" RANDOM,
    "/x?a&sessionid=" RANDOM "&b",
    "/x?session_id=" RANDOM,
    "/(S(lit3py55t21z5v55vlm25s55))/x.aspx",
    "/a/(A(abc)F(def)S(ghi))/x",
    "/x?SID=" RANDOM,
};

static const char *const WITHOUT[] = {
    "/",
    "/x",
    "/x?",
    "/x?a=b",
    "/x;v=1",
    "/x?sid=5",
    "/x?sid=05/01/01/1234",
    "/x?sessionid=17",
    "/x?cfid=7",
    "/x?sid=0123456789012345",
    "/x?sid=abcdefghijklmnop",
    "/x?sid=6f9619ff-8b86-d011-b42d-00cf4fc964ff",
    "/x?phpsessid=",
    "/x?phpsessid",
    "/x;jsessionid",
    "/jsessionid=1",
    "/x?myphpsessid=1",
    "/(x)",
    "/Foo_(S)",
    "/(S(",
    "/f(S(x))",
    "/(S(x))y",
    "/()",
    "/;",
    "/x;",
    "/?;jsessionid",
    "/x?session=0a1b2c3d4e5f60718293a4b5c6d7e8f9",
};

enum { WITH_COUNT = sizeof WITH / sizeof *WITH, WITHOUT_COUNT = sizeof WITHOUT / sizeof *WITHOUT };

START_TEST(session_ids_are_found)
{
    for (size_t i = 0; i < WITH_COUNT; i++) {
        uint64_t page = 0;
        ck_assert_msg(find(WITH[i], &page) && page, "%s", WITH[i]);
    }
}
END_TEST

START_TEST(others_are_none)
{
    for (size_t i = 0; i < WITHOUT_COUNT; i++) {
        uint64_t page;
        ck_assert_msg(!find(WITHOUT[i], &page), "%s", WITHOUT[i]);
    }
}
END_TEST

static bool are_one_page(const char *one, const char *other)
{
    uint64_t first, second;
    ck_assert(find(one, &first));
    ck_assert(find(other, &second));
    return first == second;
}

START_TEST(a_page_is_all_but_the_session)
{
    ck_assert(are_one_page("/x;jsessionid=1", "/x;jsessionid=2"));
    ck_assert(are_one_page("/a;jsessionid=1/b?q=1", "/a;jsessionid=22/b?q=1"));
    ck_assert(are_one_page("/x?a=1&sid=" RANDOM "&b=2", "/x?a=1&sid=z" RANDOM "&b=2"));
    ck_assert(are_one_page("/x?CFID=1&CFTOKEN=2", "/x?CFID=3&CFTOKEN=4"));
    ck_assert(are_one_page("/(S(lit3py55))/x", "/(S(abcdef12))/x"));
    ck_assert(!are_one_page("/x;jsessionid=1", "/y;jsessionid=1"));
    ck_assert(!are_one_page("/x;jsessionid=1", "/x/;jsessionid=1"));
    ck_assert(!are_one_page("/x;jsessionid=1?a=1", "/x;jsessionid=1?a=2"));
    ck_assert(!are_one_page("/x?a=1&phpsessid=1", "/x?1=a&phpsessid=1"));
    ck_assert(!are_one_page("/(S(lit3py55))/x", "/(S(lit3py55))/y"));
    ck_assert(!are_one_page("/a/b?phpsessid=1", "/ab?phpsessid=1"));
}
END_TEST

int main(void)
{
    return RUN_TESTS("session_id", session_ids_are_found, others_are_none, a_page_is_all_but_the_session);
}
