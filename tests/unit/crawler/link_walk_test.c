/* The links of page after page, against what the parser makes of each; remembered forms must not show. */
#include "crawl/link_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/suite.h"

static struct options options;
static struct extractor_pool pool;
static struct page *page;
static struct link_walk walk;
static struct buf storage;

static void set_up(void)
{
    options.follow = FOLLOW_ALL;
    ck_assert_int_eq(page_create(&page, &options, &pool), 0);
    link_walk_init(&walk);
    buf_init(&storage, URL_MAX_LENGTH);
}

static void tear_down(void)
{
    link_walk_free(&walk);
    page_free(page);
    extractor_pool_free(&pool);
    buf_free(&storage);
}

static void begin_page(const char *html)
{
    struct http_response response;
    http_response_init(&response);
    response.status = 200;
    ck_assert_int_eq(buf_printf(&response.headers, "Content-Type: text/html; charset=utf-8\r\n\r\n"), 0);
    ck_assert_int_eq(page_begin(page, &response), 0);
    ck_assert_int_eq(page_feed(page, slice_of(html)), 0);
    ck_assert_int_eq(page_end(page), 0);
    http_response_free(&response);
}

/* Walks over the links of a page at `address` and checks each against `expected`, URLs with a space behind each. */
static void check_walk(const char *address, const char *html, const char *expected)
{
    struct buf found;
    struct url document;
    buf_init(&found, URL_MAX_LENGTH);
    begin_page(html);
    ck_assert_int_eq(url_parse(&document, slice_of(address), NULL, NULL, &storage), 0);
    ck_assert_int_eq(link_walk_begin(&walk, page, &document), 0);
    int met;
    while ((met = link_walk_next(&walk)) != LINK_WALK_END) {
        ck_assert_int_ge(met, 0);
        const struct url *url;
        ck_assert_int_eq(link_walk_url(&walk, &url), 0);
        ck_assert_ptr_nonnull(url);
        ck_assert_uint_eq(walk.fingerprint, url_fingerprint(url));
        ck_assert_int_eq(link_walk_allow(&walk, true), 0);
        struct slice text = url_without_fragment(url);
        ck_assert_int_eq(buf_printf(&found, "%.*s ", SLICE_ARGS(text)), 0);
    }
    ck_assert_str_eq(buf_text(&found), expected);
    buf_free(&found);
}

START_TEST(comes_back_to_links)
{
    enum { LINKS = 6 };
    static const char html[] = "<a href=b></a><a href='?q'></a><a href=http://else.where/%zz></a><a href=http://[></a>"
                               "<a href=c rel=nofollow></a><a href='http://[::' rel=nofollow></a>";
    static const char *const expected[LINKS] = {"http://h/x/b", "http://h/x/1?q", "http://else.where/%zz",
                                                NULL,           "http://h/x/c",   NULL};
    struct link_mark marks[LINKS];
    struct url document;
    options.heed_nofollow = true;
    set_up();
    begin_page(html);
    ck_assert_int_eq(url_parse(&document, SLICE("http://h/x/1"), NULL, NULL, &storage), 0);
    ck_assert_int_eq(link_walk_begin(&walk, page, &document), 0);
    for (int i = 0; i < LINKS; i++) {
        ck_assert_int_eq(link_walk_next(&walk), LINK_WALK_NEW);
        marks[i] = link_walk_mark(&walk);
    }
    ck_assert_int_eq(link_walk_next(&walk), LINK_WALK_END);
    for (int i = LINKS - 1; i >= 0; i--) {
        const struct url *url;
        ck_assert_int_eq(link_walk_return(&walk, &marks[i]), 0);
        ck_assert_int_eq(walk.is_nofollow, i > 3);
        ck_assert_int_eq(link_walk_url(&walk, &url), 0);
        ck_assert_int_eq(url == NULL, expected[i] == NULL);
        if (url) {
            ck_assert(slice_equal(url_without_fragment(url), slice_of(expected[i])));
            ck_assert_uint_eq(walk.fingerprint, url_fingerprint(url));
        }
        ck_assert_int_eq(link_walk_allow(&walk, i % 2), 0);
    }
    for (int i = 0; i < LINKS; i++) {
        ck_assert_int_eq(link_walk_return(&walk, &marks[i]), 0);
        ck_assert_int_eq(link_walk_is_allowed(&walk), i % 2);
    }
    options.heed_nofollow = false;
    tear_down();
}
END_TEST

START_TEST(the_same_words_mean_another_url_elsewhere)
{
    set_up();
    static const char html[] = "<a href=b.html></a><a href=../c></a><a href=/d></a><a href='?q'></a><a href='#f'></a>"
                               "<a href=b.html#x></a><a href=./b.html></a>";
    for (int times = 0; times < 3; times++) {
        check_walk("http://h/x/1", html, "http://h/x/b.html http://h/c http://h/d http://h/x/1?q http://h/x/1 ");
        check_walk("http://h/x/2?a", html, "http://h/x/b.html http://h/c http://h/d http://h/x/2?q http://h/x/2?a ");
        check_walk("http://h/y/1", html, "http://h/y/b.html http://h/c http://h/d http://h/y/1?q http://h/y/1 ");
        check_walk("http://i/x/1", html, "http://i/x/b.html http://i/c http://i/d http://i/x/1?q http://i/x/1 ");
    }
    tear_down();
}
END_TEST

/* A directory and words that change places. */
START_TEST(directory_and_words_are_told_apart)
{
    set_up();
    for (int times = 0; times < 2; times++) {
        check_walk("http://h/x/", "<a href='http://h/y/'></a>", "http://h/y/ ");
        check_walk("http://h/y/", "<a href='http://h/x/'></a>", "http://h/x/ ");
        check_walk("http://h/x/", "<a href='http://h/x/'></a>", "http://h/x/ ");
    }
    tear_down();
}
END_TEST

START_TEST(a_base_that_is_too_long_to_join_remembers_nothing)
{
    set_up();
    char address[8192];
    int length = snprintf(address, sizeof address, "http://h/x/1?");
    memset(address + length, 'q', 5000);
    address[length + 5000] = '\0';
    for (int times = 0; times < 2; times++) {
        check_walk("http://h/x/1", "<a href=b></a>", "http://h/x/b ");
        check_walk(address, "<a href=b></a><a href=b></a>", "http://h/x/b ");
    }
    tear_down();
}
END_TEST

/* What the walk says of a page's links does not depend on which forms it knows. */
START_TEST(each_distinct_url_once_however_it_is_written)
{
    set_up();
    static const char *const forms[] = {"b%d",   "./b%d",         "/x/b%d", "../x/b%d", "http://h/x/b%d",
                                        "b%d#f", "HTTP://H/x/b%d"};
    enum { FORMS = sizeof forms / sizeof forms[0], LINKS = 40, PAGES = 300 };
    srandom(7);
    for (int turn = 0; turn < PAGES; turn++) {
        struct buf html, expected;
        bool has[LINKS] = {false};
        buf_init(&html, URL_MAX_LENGTH);
        buf_init(&expected, URL_MAX_LENGTH);
        for (int i = 0; i < 2 * LINKS; i++) {
            int link = (int)(random() % LINKS);
            char href[64];
            snprintf(href, sizeof href, forms[random() % FORMS], link);
            ck_assert_int_eq(buf_printf(&html, "<a href='%s'></a>", href), 0);
            if (!has[link])
                ck_assert_int_eq(buf_printf(&expected, "http://h/x/b%d ", link), 0);
            has[link] = true;
        }
        check_walk("http://h/x/1", buf_text(&html), buf_text(&expected));
        buf_free(&html);
        buf_free(&expected);
    }
    tear_down();
}
END_TEST

int main(void)
{
    return RUN_TESTS("link_walk", the_same_words_mean_another_url_elsewhere, directory_and_words_are_told_apart,
                     a_base_that_is_too_long_to_join_remembers_nothing, each_distinct_url_once_however_it_is_written,
                     comes_back_to_links);
}
