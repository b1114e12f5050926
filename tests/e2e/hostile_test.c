/* Pages of ten megabytes made to hurt: each is read to its end, and the link behind what hurts is found. */
#include "e2e/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/suite.h"

enum { SIZE = 10000000 };

/* `before`, then `again` until the page is that large or has it so many times, then `after` and the link. */
struct hostile {
    const char *path;
    const char *before;
    const char *again;
    size_t times; /* 0: as often as it fits */
    const char *after;
    const char *type; /* NULL for HTML */
};

/* An attribute of a hundred bytes, so that 10^5 of them fill a page. */
#define ATTRIBUTE_10 "0123456789"
#define ATTRIBUTE_90 \
    ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10

static const struct hostile PAGES[] = {
    {"/attributes", "<a href=/", " a='" ATTRIBUTE_90 "12345'", 100000, ">", NULL},
    {"/equal_attributes", "<a href=/", " href=/no", 1000000, ">", NULL},
    {"/nested", "", "<div><b>", 1000000, "", NULL},
    {"/nested_svg", "", "<svg><desc>", 0, "", NULL},
    {"/templates", "", "<template></template>", 0, "", NULL},
    {"/no_greater", "<a href=/ ", "x", 0, ">", NULL},
    {"/no_greater_names", "<a href=/ ", "x ", 0, ">", NULL},
    {"/less", "", "<", 0, " ", NULL},
    {"/less_slash", "", "</", 0, " >", NULL},
    {"/ampersands", "<a title=\"", "&", 0, "\">", NULL},
    {"/references", "<a title=\"", "&amp;&#x41;&notit", 0, "\">", NULL},
    {"/ampersands_in_text", "", "&", 0, "", NULL},
    {"/quotes", "<a title=x ", "\"", 0, ">", NULL},
    {"/single_quotes", "<a title=x ", "'", 0, ">", NULL},
    {"/value", "<a title='", "x", 0, "'>", NULL},
    {"/href", "<a href='/", "x", 0, "'>", NULL},
    {"/comment", "<!--", "x", 0, "-->", NULL},
    {"/dashes", "<!--", "-", 0, "->", NULL},
    {"/bogus_comment", "<!", "--!", 0, "-->", NULL},
    {"/script", "<script>", "<!--<script>", 0, "--></script>", NULL},
    {"/title", "<title>", "</titl", 0, "</title>", NULL},
    {"/style", "<style>", "a{b:url(", 0, "</style>", NULL},
    {"/style_comment", "<style>/*", "*", 0, "</style>", NULL},
    {"/style_strings", "<style>", "@import '", 0, "</style>", NULL},
    {"/style_escapes", "<style>a{b:url(", "\\41", 0, "</style>", NULL},
    {"/style_attribute", "<p style='", "url(", 0, "'>", NULL},
    {"/srcset_commas", "<img srcset='", ",", 0, "'>", NULL},
    {"/srcset_parentheses", "<img srcset='x ", "(", 0, "'>", NULL},
    {"/ping_spaces", "<a ping='", " ", 0, "'>", NULL},
    {"/nul", "", "", 0, "", NULL},
    {"/late_charset", "\xe9", "\x82\xa0<", 0, "<meta charset=shift_jis>", "text/html"},
};

enum { COUNT = sizeof PAGES / sizeof PAGES[0] };

static size_t append(char *page, size_t length, const char *text)
{
    return (size_t)(stpcpy(page + length, text) - page);
}

/* Malloced. NUL bytes are what is repeated where nothing else is. */
static char *make_page(const struct hostile *hostile, size_t *length)
{
    size_t step = strlen(hostile->again);
    size_t times = hostile->times ? hostile->times : SIZE / (step ? step : 1);
    char *page = calloc(1, times * (step ? step : 1) + 200);
    ck_assert_ptr_nonnull(page);
    size_t at = append(page, 0, hostile->before);
    for (size_t i = 0; step && i < times; i++)
        at = append(page, at, hostile->again);
    at = step ? at : times;
    at = append(page, at, hostile->after);
    *length = append(page, at, "<a href='/behind'>");
    return page;
}

static void crawl_page(const struct site *site, const struct hostile *hostile, struct run *run)
{
    char url[100];
    run_crawler(run, site,
                (const char *const[]){"-v", "-v", "-d", "1", "--follow", "pages",
                                      site_url(site, hostile->path, url, sizeof url), NULL});
}

START_TEST(what_stands_behind_is_found)
{
    const struct hostile *hostile = &PAGES[_i];
    size_t length;
    char *body = make_page(hostile, &length);
    const struct site_page pages[] = {
        {.path = hostile->path, .type = hostile->type, .body = body, .length = length},
        {.path = "/behind", .body = "x"},
        {0},
    };
    const struct site_config config = {.pages = pages};
    struct site *site;
    struct run run;
    ck_assert_int_eq(site_start(&config, &site), 0);
    crawl_page(site, hostile, &run);
    ck_assert_msg(site_request_count(site, "/behind") == 1, "%s: nothing found behind\n%s%s", hostile->path, run.out,
                  run.err);
    ck_assert_msg(strstr(run.err, "events waited for") != NULL, "%s", run.err);
    if (getenv("CRAWLER_TEST_VERBOSE"))
        fprintf(stderr, "%-22s%s", hostile->path, strstr(run.err, "events waited for"));
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
    free(body);
}
END_TEST

int main(void)
{
    return RUN_TESTS_TIMES("hostile pages", COUNT, what_stands_behind_is_found);
}
