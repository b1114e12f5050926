/* Which URLs belong to a crawl, row by row. */
#include "crawl/scope.h"

#include <string.h>

#include "option_table.h"
#include "unit/suite.h"
#include "web/root.h"

struct row {
    enum scope_kind scope;
    const char *root;
    const char *url;
    enum reason reason;
    bool no_parent;
};

static const struct row ROWS[] = {
    {SCOPE_HOST, "a.test", "http://a.test/x", REASON_NONE, false},
    {SCOPE_HOST, "a.test", "https://a.test:8443/x", REASON_NONE, false},
    {SCOPE_HOST, "a.test", "http://www.a.test/", REASON_NONE, false},
    {SCOPE_HOST, "www.a.test", "http://a.test/", REASON_NONE, false},
    {SCOPE_HOST, "a.test", "http://b.a.test/", REASON_HOST, false},
    {SCOPE_HOST, "b.a.test", "http://a.test/", REASON_HOST, false},
    {SCOPE_HOST, "a.test", "http://nota.test/", REASON_HOST, false},
    {SCOPE_HOST, "127.0.0.1", "http://127.0.0.1:81/", REASON_NONE, false},
    {SCOPE_HOST, "127.0.0.1", "http://127.0.0.2/", REASON_HOST, false},
    {SCOPE_HOST, "http://[::1]:80/", "http://[0:0::1]/", REASON_NONE, false},
    {SCOPE_HOST, "a.test", "ftp://a.test/", REASON_SCHEME, false},
    {SCOPE_HOST, "a.test", "mailto:a@a.test", REASON_SCHEME, false},
    {SCOPE_DOMAIN, "www.a.co.uk", "http://b.a.co.uk/", REASON_NONE, false},
    {SCOPE_DOMAIN, "www.a.co.uk", "http://b.co.uk/", REASON_HOST, false},
    {SCOPE_DOMAIN, "10.1.2.3", "http://9.1.2.3/", REASON_HOST, false},
    {SCOPE_SUBDOMAINS, "a.test", "http://x.y.a.test/", REASON_NONE, false},
    {SCOPE_SUBDOMAINS, "www.a.test", "http://x.a.test/", REASON_NONE, false},
    {SCOPE_SUBDOMAINS, "b.a.test", "http://a.test/", REASON_HOST, false},
    {SCOPE_SUBDOMAINS, "a.test", "http://xa.test/", REASON_HOST, false},
    {SCOPE_PREFIX, "http://a.test/docs/index.html", "http://a.test/docs/b/c", REASON_NONE, false},
    {SCOPE_PREFIX, "http://a.test/docs/index.html", "http://a.test/documents", REASON_PREFIX, false},
    {SCOPE_PREFIX, "http://a.test/docs/", "https://a.test/docs/", REASON_PREFIX, false},
    {SCOPE_PREFIX, "http://a.test/docs/", "http://b.test/docs/", REASON_HOST, false},
    {SCOPE_ANY, "a.test", "https://b.example/", REASON_NONE, false},
    {SCOPE_ANY, "a.test", "file:///etc/passwd", REASON_SCHEME, false},
    {SCOPE_HOST, "http://a.test/docs/x", "http://a.test/docs/y?z", REASON_NONE, true},
    {SCOPE_HOST, "http://a.test/docs/x", "http://a.test/", REASON_PARENT, true},
    {SCOPE_HOST, "a.test", "http://a.test/0123456789/0123456789/0123456789", REASON_TOO_LONG, false},
    {SCOPE_HOST, "a.test", "http://a.test/private/x", REASON_EXCLUDED, false},
    {SCOPE_HOST, "a.test", "http://a.test/unlisted", REASON_NOT_INCLUDED, false},
};

enum { ROW_COUNT = sizeof ROWS / sizeof ROWS[0] };

static void check_row(const struct row *row, const struct options *options)
{
    struct scope *scope;
    struct url url;
    struct buf storage;
    buf_init(&storage, URL_MAX_LENGTH);
    ck_assert_int_eq(scope_create(&scope, options), 0);
    ck_assert_int_eq(root_parse(slice_of(row->root), &url, &storage), 0);
    ck_assert_int_eq(scope_add_root(scope, &url), 0);
    ck_assert_int_eq(url_parse(&url, slice_of(row->url), NULL, NULL, &storage), 0);
    enum reason reason = scope_url_allowed(scope, &url);
    ck_assert_msg(reason == row->reason, "%s from %s: %s", row->url, row->root, reason_name(reason));
    scope_free(scope);
    buf_free(&storage);
}

START_TEST(each_row_holds)
{
    const struct row *row = &ROWS[_i];
    struct options options = {.scope = row->scope, .no_parent = row->no_parent, .max_url_length = 40};
    ck_assert_int_eq(text_list_add(&options.exclude, SLICE("/private/")), 0);
    if (row->reason == REASON_NOT_INCLUDED)
        ck_assert_int_eq(text_list_add(&options.include, SLICE("/listed$")), 0);
    check_row(row, &options);
    text_list_free(&options.exclude);
    text_list_free(&options.include);
}
END_TEST

int main(void)
{
    return RUN_TESTS_TIMES("scope", ROW_COUNT, each_row_holds);
}
