#include "output/junit.h"

#include "base/error.h"
#include "unit/crawler/output_fixture.h"

#define NO_TEXT .error_detail = "", .content_type = "", .encoding = "", .remote_address = ""

static const struct fetch_statistic STATS[] = {
    {.url = TEXT("http://b/?'<&>"), .status = 200, .timings = {.total = 1234567890}, NO_TEXT},
    {.url = TEXT("http://a:8080/x"), .status = 404, .referrer = TEXT("http://b/?'<&>"), NO_TEXT},
    {.url = TEXT("http://a/z"), .status = 200, .timings = {.total = 999999}, NO_TEXT},
    {.url = TEXT("http://a/y"),
     .status = 301,
     .next_url = TEXT("http://c/"),
     .timings = {.total = SECONDS(90)},
     NO_TEXT},
    {.url = TEXT("http://a/w"), .error = ERR_BODY_TOO_LARGE, .truncated = true, .status = 200, NO_TEXT},
    {.url = TEXT("http://a/v"), .error = ERR_BODY_TOO_LARGE, .truncated = true, .status = 500, NO_TEXT},
    {.url = TEXT("http://a/u"), .status = 403, .is_accepted = true, NO_TEXT},
    {.url = TEXT("http://b/"),
     .error = ERR_CERTIFICATE,
     .error_detail = "\"]]>\n\x1b\xff",
     .content_type = "",
     .encoding = "",
     .remote_address = ""},
    {.url = TEXT("http://[::1]/"), .status = 200, .referrer = TEXT("http://a/z"), NO_TEXT},
};

static const char EXPECTED[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<testsuites name=\"crawler\" tests=\"9\" failures=\"2\" errors=\"1\" time=\"2.000\">\n"
    "<testsuite name=\"[::1]\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"0.000\">\n"
    "<testcase classname=\"[::1]\" name=\"http://[::1]/\" time=\"0.000\"/>\n"
    "</testsuite>\n"
    "<testsuite name=\"a\" tests=\"5\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"90.000\">\n"
    "<testcase classname=\"a\" name=\"http://a/u\" time=\"0.000\"/>\n"
    "<testcase classname=\"a\" name=\"http://a/v\" time=\"0.000\"><failure type=\"500\" message=\"status 500\">"
    "a root</failure></testcase>\n"
    "<testcase classname=\"a\" name=\"http://a/w\" time=\"0.000\"/>\n"
    "<testcase classname=\"a\" name=\"http://a/y\" time=\"90.000\"/>\n"
    "<testcase classname=\"a\" name=\"http://a/z\" time=\"0.000\"/>\n"
    "</testsuite>\n"
    "<testsuite name=\"a:8080\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"0.000\">\n"
    "<testcase classname=\"a:8080\" name=\"http://a:8080/x\" time=\"0.000\"><failure type=\"404\" "
    "message=\"status 404\">linked from http://b/?&apos;&lt;&amp;&gt;</failure></testcase>\n"
    "</testsuite>\n"
    "<testsuite name=\"b\" tests=\"2\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"1.234\">\n"
    "<testcase classname=\"b\" name=\"http://b/\" time=\"0.000\"><error type=\"certificate\" "
    "message=\"certificate verification failed: &quot;]]&gt;&#10;\xef\xbf\xbd\xef\xbf\xbd\">a root</error></testcase>\n"
    "<testcase classname=\"b\" name=\"http://b/?&apos;&lt;&amp;&gt;\" time=\"1.234\"/>\n"
    "</testsuite>\n"
    "</testsuites>\n";

START_TEST(suites_to_the_letter)
{
    char *text = format_records(&OUTPUT_JUNIT, STATS, sizeof STATS / sizeof STATS[0]);
    ck_assert_str_eq(text, EXPECTED);
    free(text);
}
END_TEST

START_TEST(no_url_is_no_suite)
{
    char *text = format_records(&OUTPUT_JUNIT, NULL, 0);
    ck_assert_str_eq(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                           "<testsuites name=\"crawler\" tests=\"0\" failures=\"0\" errors=\"0\" time=\"2.000\">\n"
                           "</testsuites>\n");
    free(text);
}
END_TEST

int main(void)
{
    return RUN_TESTS("junit", suites_to_the_letter, no_url_is_no_suite);
}
