/* The report, to the letter. */
#include "output/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "unit/suite.h"

static const struct fetch_statistic STATS[] = {
    {.url = {"http://a/z", 10},
     .status = 200,
     .content_type = "text/html",
     .encoding = "UTF-8",
     .error_detail = "",
     .is_html = true,
     .size = 1000,
     .num_urls = 7,
     .num_new_urls = 3},
    {.url = {"http://a/", 9},
     .status = 301,
     .next_url = {"http://a/z", 10},
     .content_type = "text/html",
     .encoding = "",
     .error_detail = "",
     .size = 11},
    {.url = {"http://a/i", 10},
     .status = 200,
     .content_type = "image/png",
     .encoding = "",
     .error_detail = "",
     .size = 5},
    {.url = {"http://a/m", 10},
     .status = 404,
     .content_type = "",
     .encoding = "",
     .error_detail = "",
     .referrer = {"http://a/z", 10}},
    {.url = {"http://a/t", 10},
     .error = ERR_CERTIFICATE,
     .content_type = "",
     .encoding = "",
     .error_detail = "self-signed\x1b[2J"},
    {.url = {"http://a/b", 10},
     .status = 200,
     .error = ERR_BODY_TOO_LARGE,
     .truncated = true,
     .content_type = "text/plain",
     .encoding = "UTF-8",
     .error_detail = "",
     .size = 64},
};

static const char EXPECTED[] = "*** Report ***\n"
                               "http://a/ 301 redirect http://a/z\n"
                               "http://a/b 200 text/plain UTF-8 64 truncated (body over its limit)\n"
                               "http://a/i 200 image/png - 5\n"
                               "http://a/m 404 - - 0\n"
                               "http://a/t error certificate verification failed (self-signed\\x1b[2J)\n"
                               "http://a/z 200 text/html UTF-8 1000 3/7\n"
                               "Finished 6 urls in 1.500 secs (max_tasks=2) (2.000 urls/sec/task)\n"
                               "         1 error\n"
                               "         0 error_bytes\n"
                               "         1 fail\n"
                               "         1 fail_certificate\n"
                               "         1 html\n"
                               "      1000 html_bytes\n"
                               "         2 other\n"
                               "        69 other_bytes\n"
                               "         1 redirect\n"
                               "         3 status_200\n"
                               "         1 status_301\n"
                               "         1 status_404\n"
                               "Todo: 9\n"
                               "Done: 6\n"
                               "Date: ";

static const char EXPECTED_END[] = " local time\n"
                                   "\n"
                                   "Broken: 2\n"
                                   "404 http://a/m linked from http://a/z\n"
                                   "certificate verification failed http://a/t\n";

static struct report *filled(void)
{
    struct report *report;
    ck_assert_int_eq(report_create(&report), 0);
    const struct observer *observer = report_observer(report);
    for (size_t i = 0; i < sizeof STATS / sizeof STATS[0]; i++)
        ck_assert_int_eq(observer->fetched(observer->context, &STATS[i]), 0);
    return report;
}

static const struct crawl_totals TOTALS = {
    .fetched = 5, .failed = 1, .queued = 8, .in_flight = 1, .max_tasks = 2, .elapsed = MILLISECONDS(1500)};

START_TEST(it_says_what_the_chapter_says)
{
    struct report *report = filled();
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(report_write(report, &TOTALS, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_msg(strncmp(text, EXPECTED, strlen(EXPECTED)) == 0, "%s", text);
    ck_assert_uint_gt(length, strlen(EXPECTED_END));
    ck_assert_str_eq(text + length - strlen(EXPECTED_END), EXPECTED_END);
    free(text);
    report_free(report);
}
END_TEST

START_TEST(a_full_disk_is_reported)
{
    FILE *full = fopen("/dev/full", "w");
    if (!full)
        exit(77);
    struct report *report = filled();
    ck_assert_int_eq(report_write(report, &TOTALS, full), ERR_NO_SPACE);
    report_free(report);
    fclose(full);
}
END_TEST

int main(void)
{
    return RUN_TESTS("report", it_says_what_the_chapter_says, a_full_disk_is_reported);
}
