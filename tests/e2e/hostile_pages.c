#include "e2e/hostile_pages.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE = 10000000 };

/* An attribute of a hundred bytes, so that 10^5 of them fill a page. */
#define ATTRIBUTE_10 "0123456789"
#define ATTRIBUTE_90 \
    ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10 ATTRIBUTE_10

const struct hostile hostile_pages[HOSTILE_PAGES] = {
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

static size_t append(char *page, size_t length, const char *text)
{
    return (size_t)(stpcpy(page + length, text) - page);
}

char *hostile_page_make(const struct hostile *hostile, size_t *length)
{
    size_t step = strlen(hostile->again);
    size_t times = hostile->times ? hostile->times : SIZE / (step ? step : 1);
    char *page = calloc(1, times * (step ? step : 1) + 200);
    if (!page)
        return NULL;
    size_t at = append(page, 0, hostile->before);
    for (size_t i = 0; step && i < times; i++)
        at = append(page, at, hostile->again);
    at = step ? at : times;
    at = append(page, at, hostile->after);
    *length = append(page, at, "<a href='/behind'>");
    return page;
}
