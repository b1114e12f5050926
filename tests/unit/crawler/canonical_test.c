/* One URL for several. */
#include "crawl/canonical.h"

#include <stdio.h>
#include <string.h>

#include "option_table.h"
#include "unit/suite.h"

static void check(const char *strip, bool sort, const char *target, const char *expected)
{
    struct options options = {.sort_query = sort};
    char text[200], wanted[200];
    struct buf storage;
    struct url url;
    for (const char *name = strip; name && *name; name += strcspn(name, ",") + (name[strcspn(name, ",")] == ','))
        ck_assert_int_eq(text_list_add(&options.strip_query, (struct slice){name, strcspn(name, ",")}), 0);
    snprintf(text, sizeof text, "http://a.test%s", target);
    snprintf(wanted, sizeof wanted, "http://a.test%s", expected);
    buf_init(&storage, URL_MAX_LENGTH);
    url_of_serialised(&url, slice_of(text));
    ck_assert_int_eq(canonical_apply(&options, &url, &storage), strcmp(target, expected) != 0);
    ck_assert_msg(slice_equal(url_without_fragment(&url), slice_of(wanted)), "%.*s", SLICE_ARGS(url.href));
    ck_assert_uint_eq(url.query_end, strlen(wanted));
    buf_free(&storage);
    text_list_free(&options.strip_query);
}

START_TEST(parameters_are_stripped)
{
    check("sid", false, "/x?sid=1", "/x");
    check("sid", false, "/x?a=1&sid=2&b", "/x?a=1&b");
    check("sid", false, "/x?a=1", "/x?a=1");
    check("sid", false, "/x", "/x");
    check("sid", false, "/x?", "/x?");
    check("sid", false, "/x?SID=1&sidx=2&xsid", "/x?SID=1&sidx=2&xsid");
    check("sid", false, "/x?sid&sid=&sid==", "/x");
    check("utm_*,ref", false, "/x?utm_source=a&b=2&utm_=&utm&ref=3", "/x?b=2&utm");
    check("*", false, "/x?a&b=1&", "/x");
    check("a", false, "/a/a?b=a&a=b&&c", "/a/a?b=a&&c");
}
END_TEST

START_TEST(parameters_are_sorted)
{
    check("", true, "/x?b=1&a=2", "/x?a=2&b=1");
    check("", true, "/x?a=2&b=1", "/x?a=2&b=1");
    check("", true, "/x?b=2&a=1&b=1&a=2", "/x?a=1&a=2&b=2&b=1");
    check("", true, "/x?ab&a&abc=1&a=0", "/x?a&a=0&ab&abc=1");
    check("", true, "/x?z&&a", "/x?&a&z");
    check("c", true, "/x?b&c&a", "/x?a&b");
}
END_TEST

START_TEST(nothing_is_wanted_by_default)
{
    struct options options;
    ck_assert_int_eq(option_set_defaults(&options), 0);
    ck_assert(!canonical_is_wanted(&options));
    options.sort_query = true;
    ck_assert(canonical_is_wanted(&options));
    options.sort_query = false;
    options_free(&options);
}
END_TEST

int main(void)
{
    return RUN_TESTS("canonical", parameters_are_stripped, parameters_are_sorted, nothing_is_wanted_by_default);
}
