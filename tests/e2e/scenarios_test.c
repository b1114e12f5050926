/* The scenarios of the chapter's own tests, and what belongs to them: pages in, report out. */
#include "e2e/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site/started.h"
#include "unit/suite.h"

enum { MAX_PAGES = 12, MAX_ROOTS = 4, MAX_OPTIONS = 8 };

/* One site, one crawl, one report. In roots and options {PORT} is the site's port; in the report ~ is the origin
 * http://127.0.0.1:{PORT}. */
struct scenario {
    const char *name;
    struct site_page pages[MAX_PAGES + 1];
    const char *roots[MAX_ROOTS + 1]; /* none: "~/" */
    const char *options[MAX_OPTIONS + 1];
    const char *report; /* the lines of the URLs */
    int exit_code;
    const char *log; /* must stand in the log; NULL for nothing */
};

static const struct scenario SCENARIOS[] = {
    {
        .name = "link to a missing page",
        .pages = {{.path = "/", .body = "<a href='/missing'>x</a>"}},
        .report = "~/ 200 text/html UTF-8 24 1/1\n"
                  "~/missing 404 text/html UTF-8 45\n",
    },
    {
        .name = "links in a circle",
        .pages = {{.path = "/", .body = "<a href='/a'>"}, {.path = "/a", .body = "<a href='/'>"}},
        .report = "~/ 200 text/html UTF-8 13 1/1\n"
                  "~/a 200 text/html UTF-8 12 0/1\n",
    },
    {
        .name = "links that are one page for the user; redirects are followed as they are",
        .pages = {{.path = "/", .body = "<a href='/a?utm_x=1&b=2&a=1'><a href='/a?a=1&b=2#f'><a href='/r?ref=1'>"},
                  {.path = "/a?a=1&b=2", .body = "<a href='/?utm_y'>"},
                  {.path = "/r", .status = 302, .location = "/s?b&a&ref=2"},
                  {.path = "/s?b&a&ref=2", .body = "moved"}},
        .options = {"--strip-query", "utm_*,ref", "--sort-query"},
        .report = "~/ 200 text/html UTF-8 71 2/3\n"
                  "~/a?a=1&b=2 200 text/html UTF-8 18 0/1\n"
                  "~/r 302 redirect ~/s?b&a&ref=2\n"
                  "~/s?b&a&ref=2 200 text/html UTF-8 5 0/0\n",
    },
    {
        .name = "prohibited host",
        .pages = {{.path = "/", .body = "<a href='http://example.com/'>"}},
        .report = "~/ 200 text/html UTF-8 30 0/0\n",
    },
    {
        .name = "strict: with or without www., no other name",
        .pages = {{.host = "foo.test",
                   .path = "/",
                   .body = "<a href='http://www.foo.test:{PORT}/'><a href='http://a.foo.test:{PORT}/'>"},
                  {.host = "www.foo.test", .path = "/"}},
        .roots = {"http://foo.test:{PORT}/"},
        .options = {"--strict", "--resolve", "foo.test:{PORT}:127.0.0.1", "--resolve", "www.foo.test:{PORT}:127.0.0.1"},
        .report = "http://foo.test:{PORT}/ 200 text/html UTF-8 72 1/1\n"
                  "http://www.foo.test:{PORT}/ 200 text/html UTF-8 0 0/0\n",
    },
    {
        .name = "strict: a root with www. takes in the bare name",
        .pages = {{.host = "foo.test", .path = "/"},
                  {.host = "www.foo.test", .path = "/", .body = "<a href='http://foo.test:{PORT}/'>"}},
        .roots = {"http://WWW.foo.test:{PORT}/"},
        .options = {"--resolve", "foo.test:{PORT}:127.0.0.1", "--resolve", "www.foo.test:{PORT}:127.0.0.1"},
        .report = "http://foo.test:{PORT}/ 200 text/html UTF-8 0 0/0\n"
                  "http://www.foo.test:{PORT}/ 200 text/html UTF-8 33 1/1\n",
    },
    {
        .name = "lenient: the registrable domain, by the public suffix list",
        .pages = {{.host = "www.a.co.uk",
                   .path = "/",
                   .body = "<a href='http://b.a.co.uk:{PORT}/'><a href='http://b.co.uk:{PORT}/'>"},
                  {.host = "b.a.co.uk", .path = "/"}},
        .roots = {"http://www.a.co.uk:{PORT}/"},
        .options = {"--lenient", "--resolve", "www.a.co.uk:{PORT}:127.0.0.1", "--resolve",
                    "b.a.co.uk:{PORT}:127.0.0.1"},
        .report = "http://b.a.co.uk:{PORT}/ 200 text/html UTF-8 0 0/0\n"
                  "http://www.a.co.uk:{PORT}/ 200 text/html UTF-8 66 1/1\n",
    },
    {
        .name = "exclude",
        .pages = {{.path = "/", .body = "<a href='/keep'><a href='/drop/this'>"}, {.path = "/keep"}},
        .options = {"--exclude", "/drop/"},
        .report = "~/ 200 text/html UTF-8 37 1/1\n"
                  "~/keep 200 text/html UTF-8 0 0/0\n",
    },
    {
        .name = "include",
        .pages = {{.path = "/", .body = "<a href='/docs/a'><a href='/blog'>"}, {.path = "/docs/a"}},
        .options = {"--include", "^http://[^/]+/docs/"},
        .report = "~/ 200 text/html UTF-8 34 1/1\n"
                  "~/docs/a 200 text/html UTF-8 0 0/0\n",
    },
    {
        .name = "several roots, one with a scheme to be added and one that is no host",
        .pages = {{.path = "/a"}, {.path = "/b"}},
        .roots = {"http://127.0.0.1:{PORT}/a", "127.0.0.1:{PORT}/b", "http://no-host.invalid/"},
        .options = {"--max-tries", "1", "--dns-servers", "127.0.0.1:{CLOSED}"},
        .report = "~/a 200 text/html UTF-8 0 0/0\n"
                  "~/b 200 text/html UTF-8 0 0/0\n"
                  "http://no-host.invalid/ error name server failed\n",
    },
    {
        .name = "a deep root with a fragment",
        .pages = {{.path = "/a/b/c", .body = "<a href='d#top'><a href='#here'>"}, {.path = "/a/b/d"}},
        .roots = {"http://127.0.0.1:{PORT}/a/b/c#fragment"},
        .report = "~/a/b/c 200 text/html UTF-8 32 1/2\n"
                  "~/a/b/d 200 text/html UTF-8 0 0/0\n",
    },
    {
        .name = "redirects up to the limit",
        .pages = {{.path = "/", .status = 301, .location = "/1"},
                  {.path = "/1", .status = 302, .location = "/2"},
                  {.path = "/2", .status = 308, .location = "/3"},
                  {.path = "/3"}},
        .options = {"--max_redirect", "3"},
        .report = "~/ 301 redirect ~/1\n"
                  "~/1 302 redirect ~/2\n"
                  "~/2 308 redirect ~/3\n"
                  "~/3 200 text/html UTF-8 0 0/0\n",
    },
    {
        .name = "redirects beyond the limit",
        .pages = {{.path = "/", .status = 303, .location = "/1"},
                  {.path = "/1", .status = 307, .location = "/2"},
                  {.path = "/2", .status = 300, .location = "/3"},
                  {.path = "/3"}},
        .options = {"--max_redirect", "2"},
        .report = "~/ 303 redirect ~/1\n"
                  "~/1 307 redirect ~/2\n"
                  "~/2 300 redirect ~/3\n",
        .log = "redirect limit reached for ~/3 from ~/2",
    },
    {
        .name = "redirects in a circle",
        .pages = {{.path = "/", .status = 301, .location = "/1"}, {.path = "/1", .status = 301, .location = "/"}},
        .report = "~/ 301 redirect ~/1\n"
                  "~/1 301 redirect ~/\n",
    },
    {
        .name = "two redirects that join",
        .pages = {{.path = "/", .body = "<a href='/1'><a href='/2'>"},
                  {.path = "/1", .status = 301, .location = "/end"},
                  {.path = "/2", .status = 301, .location = "/end#x"},
                  {.path = "/end"}},
        .report = "~/ 200 text/html UTF-8 26 2/2\n"
                  "~/1 301 redirect ~/end\n"
                  "~/2 301 redirect ~/end\n"
                  "~/end 200 text/html UTF-8 0 0/0\n",
    },
    {
        .name = "redirects out of scope and to other schemes",
        .pages = {{.path = "/", .body = "<a href='/1'><a href='/2'><a href='/3'>"},
                  {.path = "/1", .status = 301, .location = "http://example.com/"},
                  {.path = "/2", .status = 301, .location = "file:///etc/passwd"},
                  {.path = "/3", .status = 301, .location = "http://[bad/"}},
        .report = "~/ 200 text/html UTF-8 39 3/3\n"
                  "~/1 301 redirect http://example.com/\n"
                  "~/2 301 redirect file:///etc/passwd\n"
                  "~/3 301 text/html UTF-8 0\n",
        .log = "redirects to a malformed URL: http://[bad/",
    },
    {
        .name = "two dropped connections, then success",
        .pages = {{.path = "/", .fault = SITE_CLOSE_BEFORE_HEAD, .fault_times = 2, .body = "ok"}},
        .report = "~/ 200 text/html UTF-8 2 0/0\n",
    },
    {
        .name = "one try allowed, and it fails",
        .pages = {{.path = "/", .body = "<a href='/a'>"}, {.path = "/a", .fault = SITE_CLOSE_BEFORE_HEAD}},
        .options = {"--max_tries", "1"},
        .report = "~/ 200 text/html UTF-8 13 1/1\n"
                  "~/a error connection closed before an answer\n",
        .log = "~/a failed after 1 tries",
    },
    {
        .name = "encodings",
        .pages = {{.path = "/", .type = "text/html", .body = "<a href='/1'><a href='/2'><a href='/3?\xe9'>"},
                  {.path = "/1", .type = "text/html; charset=latin1", .body = "<a href='/3?\xe9'>"},
                  {.path = "/2", .type = "text/html", .body = "<meta charset=utf-8><a href='/3?\xc3\xa9'>"},
                  {.path = "/3?%E9"},
                  {.path = "/3?%C3%A9"}},
        .report = "~/ 200 text/html windows-1252 41 3/3\n"
                  "~/1 200 text/html windows-1252 15 0/1\n"
                  "~/2 200 text/html UTF-8 36 1/1\n"
                  "~/3?%C3%A9 200 text/html UTF-8 0 0/0\n"
                  "~/3?%E9 200 text/html UTF-8 0 0/0\n",
    },
    {
        .name = "odd content types",
        .pages = {{.path = "/", .type = "TEXT/HTML ; x=y;charset=\"UTF-8\"", .body = "<a href='/a'><a href='/b'>"},
                  {.path = "/a", .type = "nonsense", .body = "<a href='/x'>"},
                  {.path = "/b", .type = "", .body = "<a href='/x'>"}},
        .report = "~/ 200 text/html UTF-8 26 2/2\n"
                  "~/a 200 - - 13\n"
                  "~/b 200 - - 13\n",
    },
    {
        .name = "XML is searched, an image is not",
        .pages = {{.path = "/", .body = "<a href='/x'><img src='/i'>"},
                  {.path = "/x",
                   .type = "application/xml",
                   .body = "<html xmlns='http://www.w3.org/1999/xhtml'><a href='/y'/></html>"},
                  {.path = "/i", .type = "image/png", .body = "<a href='/z'>"},
                  {.path = "/y"}},
        .report = "~/ 200 text/html UTF-8 27 2/2\n"
                  "~/i 200 image/png - 13\n"
                  "~/x 200 application/xml UTF-8 64\n"
                  "~/y 200 text/html UTF-8 0 0/0\n",
    },
    {
        .name = "credentials in links make no other URL and are not kept",
        .pages = {{.path = "/", .body = "<a href='/a'><a href='http://u:p@127.0.0.1:{PORT}/a'>"}, {.path = "/a"}},
        .report = "~/ 200 text/html UTF-8 52 1/1\n"
                  "~/a 200 text/html UTF-8 0 0/0\n",
    },
    {
        .name = "other schemes are skipped",
        .pages = {{.path = "/", .body = "<a href='ftp://127.0.0.1/f'><a href='mailto:a@b'><a href='javascript:x()'>"}},
        .report = "~/ 200 text/html UTF-8 74 0/0\n",
    },
    {
        .name = "base, headers and style sheets lead on",
        .pages = {{.path = "/",
                   .headers = "Link: </h>; rel=next\r\n",
                   .body = "<base href='/d/'><a href='a'><link rel=stylesheet href='s.css'>"},
                  {.path = "/h"},
                  {.path = "/d/a"},
                  {.path = "/d/s.css", .type = "text/css", .body = "body{background:url(i.png)}"},
                  {.path = "/d/i.png", .type = "image/png"}},
        .report = "~/ 200 text/html UTF-8 63 3/3\n"
                  "~/d/a 200 text/html UTF-8 0 0/0\n"
                  "~/d/i.png 200 image/png - 0\n"
                  "~/d/s.css 200 text/css UTF-8 27\n"
                  "~/h 200 text/html UTF-8 0 0/0\n",
    },
    {
        .name = "follow pages only",
        .pages = {{.path = "/", .body = "<a href='a'><img src='i'><iframe src='f'></iframe><script src='s'></script>"},
                  {.path = "/a"},
                  {.path = "/f"}},
        .options = {"--follow", "pages"},
        .report = "~/ 200 text/html UTF-8 75 2/2\n"
                  "~/a 200 text/html UTF-8 0 0/0\n"
                  "~/f 200 text/html UTF-8 0 0/0\n",
    },
    {
        .name = "depth is the least depth",
        .pages = {{.path = "/", .delay = 0, .body = "<a href='/slow'><a href='/a'>"},
                  {.path = "/slow", .delay = 300, .body = "<a href='/c'>"},
                  {.path = "/a", .body = "<a href='/b'>"},
                  {.path = "/b", .body = "<a href='/c'>"},
                  {.path = "/c", .body = "<a href='/d'>"},
                  {.path = "/d", .body = "<a href='/e'>"}},
        .options = {"-d", "3"},
        .report = "~/ 200 text/html UTF-8 29 2/2\n"
                  "~/a 200 text/html UTF-8 13 1/1\n"
                  "~/b 200 text/html UTF-8 13 1/1\n"
                  "~/c 200 text/html UTF-8 13 1/1\n"
                  "~/d 200 text/html UTF-8 13 1/1\n"
                  "~/slow 200 text/html UTF-8 13 0/1\n",
    },
    {
        .name = "at most so many pages",
        .pages = {{.path = "/", .body = "<a href='/1'><a href='/2'><a href='/3'>"}, {.path = "/1"}, {.path = "/2"}},
        .options = {"-n", "2", "--max-tasks", "1"},
        .report = "~/ 200 text/html UTF-8 39 3/3\n"
                  "~/1 200 text/html UTF-8 0 0/0\n",
        .exit_code = 5,
    },
    {
        .name = "no parent",
        .pages = {{.path = "/a/b", .body = "<a href='c'><a href='/'><a href='../x'>"}, {.path = "/a/c"}},
        .roots = {"127.0.0.1:{PORT}/a/b"},
        .options = {"--no-parent"},
        .report = "~/a/b 200 text/html UTF-8 39 1/1\n"
                  "~/a/c 200 text/html UTF-8 0 0/0\n",
    },
    {
        .name = "short bodies, bad chunks and cut codings are never good",
        .pages = {{.path = "/", .body = "<a href='/1'><a href='/2'><a href='/3'>"},
                  {.path = "/1", .fault = SITE_LENGTH_TOO_LONG, .body = "<a href='/never'>"},
                  {.path = "/2", .fault = SITE_BAD_CHUNK_SIZE, .body = "<a href='/never'>"},
                  {.path = "/3", .coding = SITE_GZIP, .fault = SITE_CUT_CODING, .body = "<a href='/never'>"}},
        .options = {"--max-tries", "1"},
        .report = NULL,
    },
    {
        .name = "codings and chunks",
        .pages = {{.path = "/", .body = "<a href='/1'><a href='/2'><a href='/3'><a href='/4'>"},
                  {.path = "/1", .coding = SITE_GZIP, .framing = SITE_CHUNKED, .body = "<a href='/5'>"},
                  {.path = "/2", .coding = SITE_BROTLI, .framing = SITE_UNTIL_CLOSE, .body = "<a href='/5'>"},
                  {.path = "/3", .coding = SITE_ZSTD, .drip_bytes = 1, .body = "<a href='/5'>"},
                  {.path = "/4", .coding = SITE_DEFLATE, .body = "<a href='/'>"},
                  {.path = "/5"}},
        .options = {"--max-tasks", "1"},
        .report = "~/ 200 text/html UTF-8 52 4/4\n"
                  "~/1 200 text/html UTF-8 13 1/1\n"
                  "~/2 200 text/html UTF-8 13 0/1\n"
                  "~/3 200 text/html UTF-8 13 0/1\n"
                  "~/4 200 text/html UTF-8 12 0/1\n"
                  "~/5 200 text/html UTF-8 0 0/0\n",
    },
};

enum { SCENARIO_COUNT = sizeof SCENARIOS / sizeof SCENARIOS[0] };

/* `text` with {PORT} and {CLOSED} filled in. Malloced. */
static char *fill_in(const struct site *site, const char *text)
{
    char *result = malloc(strlen(text) * 2 + 64), *out = result;
    ck_assert_ptr_nonnull(result);
    while (*text) {
        unsigned port = 0;
        size_t length = 1;
        if (strncmp(text, "{PORT}", 6) == 0) {
            port = site_port(site, 0);
            length = 6;
        } else if (strncmp(text, "{CLOSED}", 8) == 0) {
            port = site_unused_port();
            length = 8;
        }
        if (port)
            out += sprintf(out, "%u", port);
        else
            *out++ = *text;
        text += length;
    }
    *out = '\0';
    return result;
}

static size_t fill_in_all(const struct site *site, const char *const *texts, char **arguments)
{
    size_t count = 0;
    while (texts[count]) {
        arguments[count] = fill_in(site, texts[count]);
        count++;
    }
    return count;
}

static void check_report(const struct scenario *scenario, const struct site *site, const struct run *run)
{
    char *lines = run_url_lines(run);
    if (scenario->report) {
        char *expected = fill_in(site, scenario->report);
        ck_assert_msg(strcmp(lines, expected) == 0, "%s:\nexpected\n%sgot\n%s\nlog\n%s", scenario->name, expected,
                      lines, run->err);
        free(expected);
    } else {
        ck_assert_int_eq(run_counter(run, "fail"), 3);
        ck_assert_ptr_null(strstr(lines, "/never"));
    }
    free(lines);
}

START_TEST(scenario_is_reported_as_expected)
{
    const struct scenario *scenario = &SCENARIOS[_i];
    static const char *const default_roots[] = {"http://127.0.0.1:{PORT}/", NULL};
    const struct site_config config = {.pages = scenario->pages};
    struct site *site = site_started(&config);
    struct run run;
    char *arguments[MAX_ROOTS + MAX_OPTIONS + 1] = {NULL};
    size_t count = fill_in_all(site, scenario->options, arguments);
    fill_in_all(site, scenario->roots[0] ? scenario->roots : default_roots, arguments + count);
    run_crawler(&run, site, (const char *const *)arguments);
    check_report(scenario, site, &run);
    ck_assert_msg(run.exit_code == scenario->exit_code, "%s: exit code %d\n%s", scenario->name, run.exit_code, run.err);
    if (scenario->log)
        ck_assert_msg(strstr(run.err, scenario->log) != NULL, "%s: log is\n%s", scenario->name, run.err);
    run_free(&run);
    for (size_t i = 0; arguments[i]; i++)
        free(arguments[i]);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS_TIMES("scenarios", SCENARIO_COUNT, scenario_is_reported_as_expected);
}
