/* What comes from the network stays text, and a page allows nothing but its own style and script. */
#include "output/html_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "output/assets.h"
#include "output/html_text.h"
#include "unit/suite.h"

static const struct {
    struct slice text;
    const char *escaped;
} TEXTS[] = {
    {SLICE(""), ""},
    {SLICE("plain text, 100 %"), "plain text, 100 %"},
    {SLICE("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;"},
    {SLICE("\"'&"), "&quot;&#39;&amp;"},
    {SLICE("&lt;"), "&amp;lt;"},
    {SLICE("a\0b"), "a\\x00b"},
    {SLICE("\x1b[2J\a\t\n\r"), "\\x1b[2J\\x07\\x09\\x0a\\x0d"},
    {SLICE("\x7f"), "\\x7f"},
    {SLICE("\xc2\x80 \xc2\x9b \xc2\xa0"), "\\xc2\\x80 \\xc2\\x9b \xc2\xa0"},
    {SLICE("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f"},
    {SLICE("\xe2\x82\xac \xf0\x9f\x90\x9d"), "\xe2\x82\xac \xf0\x9f\x90\x9d"},
    {SLICE("\xef\xbf\xbd"), "\xef\xbf\xbd"},
    {SLICE("\xff\xfe"), "\\xff\\xfe"},
    {SLICE("\xc3<"), "\\xc3&lt;"},
    {SLICE("\xe2\x82"), "\\xe2\\x82"},
    {SLICE("\xf0\x9f\x90\""), "\\xf0\\x9f\\x90&quot;"},
    {SLICE("\xc0\xbcscript>"), "\\xc0\\xbcscript&gt;"},
    {SLICE("\xe0\x80\xbc"), "\\xe0\\x80\\xbc"},
    {SLICE("\xed\xa0\x80"), "\\xed\\xa0\\x80"},
    {SLICE("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80"},
    {SLICE("\x80"), "\\x80"},
};

/* What `write` writes of a text; to be freed. */
static char *written(void (*write)(FILE *file, struct slice text), struct slice text)
{
    char *out = NULL;
    size_t length;
    FILE *file = open_memstream(&out, &length);
    ck_assert_ptr_nonnull(file);
    write(file, text);
    ck_assert_int_eq(fclose(file), 0);
    return out;
}

START_TEST(text_stays_text)
{
    char *out = written(html_escape, TEXTS[_i].text);
    ck_assert_str_eq(out, TEXTS[_i].escaped);
    free(out);
}
END_TEST

#define LINK "<a rel=\"noreferrer noopener nofollow\" href=\""

static const struct {
    struct slice url;
    const char *html;
} URLS[] = {
    {SLICE("http://a/?b&c"), LINK "http://a/?b&amp;c\">http://a/?b&amp;c</a>"},
    {SLICE("HTTPS://a/"), LINK "HTTPS://a/\">HTTPS://a/</a>"},
    {SLICE("http://a/'\"><b>"), LINK "http://a/&#39;&quot;&gt;&lt;b&gt;\">http://a/&#39;&quot;&gt;&lt;b&gt;</a>"},
    {SLICE("javascript:alert(1)"), "javascript:alert(1)"},
    {SLICE(" http://a/"), " http://a/"},
    {SLICE("http://a/\n"), "http://a/\\x0a"},
    {SLICE("http://a/ b"), "http://a/ b"},
    {SLICE("http://a/\xc3\xbc"), "http://a/\xc3\xbc"},
    {SLICE("http:/a"), "http:/a"},
    {SLICE("data:text/html,<script>"), "data:text/html,&lt;script&gt;"},
    {SLICE(""), ""},
};

START_TEST(only_web_addresses_are_links)
{
    char *out = written(html_url, URLS[_i].url);
    ck_assert_str_eq(out, URLS[_i].html);
    free(out);
}
END_TEST

START_TEST(a_long_url_is_cut)
{
    char url[5000] = "http://a/";
    memset(url + 9, 'x', sizeof url - 9);
    char *out = written(html_url, (struct slice){url, sizeof url});
    ck_assert_uint_eq(strlen(out), HTML_URL_SHOWN + strlen("… (5000 bytes)"));
    ck_assert_ptr_null(strstr(out, "href"));
    free(out);
}
END_TEST

static char *page(void)
{
    char *out = NULL;
    size_t length;
    FILE *file = open_memstream(&out, &length);
    ck_assert_ptr_nonnull(file);
    html_page_begin(file, "Kind", "</title><b>", "</p><i>");
    html_cards_begin(file, 6);
    html_card(file, "bad", "<name>", "<value>", "<note>");
    html_cards_end(file);
    ck_assert_int_eq(html_page_end(file), 0);
    ck_assert_int_eq(fclose(file), 0);
    return out;
}

START_TEST(a_page_escapes_all_it_is_given)
{
    char *out = page();
    static const char *const absent[] = {"</title><b>", "</p><i>",  "<name>", "<value>",
                                         "<note>",      "style=\"", "onclick"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        ck_assert_ptr_null(strstr(out, absent[i]));
    ck_assert_ptr_nonnull(strstr(out, "<title>Kind: &lt;/title&gt;&lt;b&gt;</title>"));
    ck_assert_ptr_nonnull(strstr(out, "&lt;value&gt;"));
    free(out);
}
END_TEST

START_TEST(a_page_allows_nothing_but_its_own)
{
    char *out = page();
    const char *policy = strstr(out, "Content-Security-Policy");
    ck_assert_ptr_nonnull(policy);
    ck_assert(policy < strstr(out, "<style>") && policy < strstr(out, "<script>"));
    ck_assert_ptr_nonnull(strstr(policy, "\"default-src 'none'; script-src 'sha256-"));
    ck_assert_ptr_nonnull(strstr(policy, "'; base-uri 'none'; form-action 'none'\""));
    ck_assert_ptr_null(strstr(out, "unsafe"));
    free(out);
}
END_TEST

START_TEST(assets_end_neither_their_element_nor_a_picture)
{
    ck_assert_ptr_null(memmem(ASSET_REPORT_JS.data, ASSET_REPORT_JS.length, "</", 2));
    ck_assert_ptr_null(memmem(ASSET_REPORT_CSS.data, ASSET_REPORT_CSS.length, "<", 1));
    ck_assert_ptr_null(memmem(ASSET_CHART_CSS.data, ASSET_CHART_CSS.length, "<", 1));
    ck_assert_ptr_null(memmem(ASSET_CHART_CSS.data, ASSET_CHART_CSS.length, "&", 1));
    ck_assert_ptr_null(memmem(ASSET_CHART_CSS.data, ASSET_CHART_CSS.length, "url(", 4));
}
END_TEST

START_TEST(a_full_disk_is_reported)
{
    FILE *full = fopen("/dev/full", "w");
    if (!full)
        exit(77);
    html_page_begin(full, "Kind", "title", "");
    ck_assert_int_eq(html_page_end(full), ERR_NO_SPACE);
    fclose(full);
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS_TIMES("escaping", sizeof TEXTS / sizeof *TEXTS, text_stays_text);
    failed |= RUN_TESTS_TIMES("links", sizeof URLS / sizeof *URLS, only_web_addresses_are_links);
    return failed | RUN_TESTS("pages", a_long_url_is_cut, a_page_escapes_all_it_is_given,
                              a_page_allows_nothing_but_its_own, assets_end_neither_their_element_nor_a_picture,
                              a_full_disk_is_reported);
}
