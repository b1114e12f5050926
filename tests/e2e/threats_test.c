/* Pages that would have the crawler give secrets away, say what it should not, or never come to an end. See
 * FAULTS.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/records.h"
#include "e2e/run.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { URL_SIZE = 128, VALUE_SIZE = 512 };

static struct site *start_site(const struct site_page *pages)
{
    static const struct site_listener listeners[] = {{.port = 0}, {.port = 0}, {.tls = SITE_TLS}};
    return site_started(&(struct site_config){.pages = pages, .listeners = listeners, .listener_count = 3});
}

static bool has_header(const struct site_request *request, const char *name)
{
    char value[VALUE_SIZE];
    return site_request_header(request, name, value, sizeof value);
}

/* --- credentials -------------------------------------------------------------------------------------------------- */

static const struct site_page LEADING_AWAY[] = {
    {.path = "/",
     .body = "<a href=/to-port> <a href=/to-host> <a href=/to-scheme> <a href='http://127.0.0.1:{PORT1}/by-link'>"
             "<a href='http://me:hidden@localhost:{PORT}/by-link'> <a href='https://127.0.0.1:{PORT2}/by-link'>"},
    {.path = "/to-port", .status = 302, .location = "http://127.0.0.1:{PORT1}/"},
    {.path = "/to-host", .status = 307, .location = "http://me:hidden@localhost:{PORT}/back"},
    {.path = "/to-scheme", .status = 301, .location = "https://127.0.0.1:{PORT2}/back"},
    {.path = "/back", .status = 302, .location = "http://127.0.0.1:{PORT}/returned"},
    {.path = "/returned", .body = "x"},
    {.path = "/by-link", .body = "<a href='http://127.0.0.1:{PORT}/returned'>"},
    {0},
};

static bool is_at_root(const struct site *site, const struct site_request *request)
{
    char host[VALUE_SIZE], root[VALUE_SIZE];
    snprintf(root, sizeof root, "127.0.0.1:%u", site_port(site, 0));
    return request->listener == 0 && site_request_header(request, "Host", host, sizeof host) && strcmp(host, root) == 0;
}

static void check_credentials(const struct site *site)
{
    static const char *const names[] = {"Authorization", "Cookie", "X-Plain"};
    struct site_request request;
    unsigned elsewhere = 0;
    for (unsigned i = 0; site_request(site, i, &request); i++) {
        bool at_root = is_at_root(site, &request);
        elsewhere += !at_root;
        for (int j = 0; j < 2; j++)
            ck_assert_msg(has_header(&request, names[j]) == at_root, "%s in: %s", names[j], request.head);
        ck_assert_msg(has_header(&request, names[2]), "%s", request.head);
    }
    ck_assert_uint_ge(elsewhere, 6);
    ck_assert_uint_eq(site_request_count(site, "/returned"), 1);
}

/* An origin is scheme, host and port; links and redirects lead to another of each, and back. */
START_TEST(credentials_stay_with_their_origin)
{
    char root[URL_SIZE];
    struct run run;
    struct site *site = start_site(LEADING_AWAY);
    run_crawler(&run, NULL,
                (const char *const[]){"-vv", "--scope", "any", "--allow-private", "--cacert", site_ca_file(site), "-u",
                                      "me:secret", "--cookie", "session=secret", "-H", "X-Plain: yes",
                                      site_url(site, "/", root, sizeof root), NULL});
    ck_assert_msg(run.exit_code == 0, "%s", run.err);
    check_credentials(site);
    ck_assert_msg(!strstr(run.err, "secret") && !strstr(run.err, "hidden"), "%s", run.err);
    ck_assert_msg(!strstr(run.out, "secret") && !strstr(run.out, "hidden"), "%s", run.out);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* a.co.uk speaks for itself, not for all of co.uk. */
START_TEST(cookies_of_a_public_suffix_are_not_kept)
{
    static const struct site_page pages[] = {
        {.host = "a.co.uk",
         .path = "/",
         .headers = "Set-Cookie: all=1; Domain=co.uk; Path=/\r\nSet-Cookie: own=1; Path=/\r\n",
         .body = "<a href=/again> <a href='http://b.co.uk:{PORT}/'>"},
        {.path = "*", .body = "x"},
        {0},
    };
    char root[URL_SIZE], jar[] = "/tmp/crawler-jar-XXXXXX", value[VALUE_SIZE];
    struct site *site = start_site(pages);
    struct site_request request;
    struct run run;
    close(mkstemp(jar));
    snprintf(root, sizeof root, "http://a.co.uk:%u/", site_port(site, 0));
    run_crawler(
        &run, NULL,
        (const char *const[]){"--scope", "any", "--connect-to", "::127.0.0.1:", "--cookie-jar", jar, root, NULL});
    ck_assert_msg(run.exit_code == 0, "%s", run.err);
    for (unsigned i = 1; i < 3; i++) {
        ck_assert(site_request(site, i, &request));
        bool is_own = strstr(request.head, "GET /again ") != NULL;
        ck_assert_int_eq(site_request_header(&request, "Cookie", value, sizeof value), is_own);
        ck_assert(!is_own || strcmp(value, "own=1") == 0);
    }
    run_free(&run);
    ck_assert_int_eq(unlink(jar), 0);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

enum { COOKIE_PAGES = 40, COOKIES_OF_A_PAGE = 50, MOST_KEPT = 1300 /* of 2,000 */ };

/* A page that links to the others, each of which sets cookies that no other sets. */
static void make_cookie_pages(struct site_page pages[COOKIE_PAGES + 2])
{
    static char paths[COOKIE_PAGES][8], links[COOKIE_PAGES * 16], headers[COOKIE_PAGES][COOKIES_OF_A_PAGE * 32];
    char *link = links;
    for (int page = 0; page < COOKIE_PAGES; page++) {
        char *line = headers[page];
        for (int i = 0; i < COOKIES_OF_A_PAGE; i++)
            line += sprintf(line, "Set-Cookie: c%d-%d=1; Path=/\r\n", page, i);
        snprintf(paths[page], sizeof paths[page], "/%d", page);
        link += sprintf(link, "<a href=%s>", paths[page]);
        pages[page] = (struct site_page){.path = paths[page], .headers = headers[page], .body = "x"};
    }
    pages[COOKIE_PAGES] = (struct site_page){.path = "/", .body = links};
    pages[COOKIE_PAGES + 1] = (struct site_page){0};
}

START_TEST(cookies_without_end_are_forgotten)
{
    struct site_page pages[COOKIE_PAGES + 2];
    char root[URL_SIZE], jar[] = "/tmp/crawler-jar-XXXXXX";
    unsigned kept = 0;
    struct run run;
    make_cookie_pages(pages);
    struct site *site = start_site(pages);
    close(mkstemp(jar));
    run_crawler(&run, NULL, (const char *const[]){"--cookie-jar", jar, site_url(site, "/", root, sizeof root), NULL});
    ck_assert_msg(run.exit_code == 0, "%s", run.err);
    ck_assert_msg(strstr(run.err, "127.0.0.1 has set ") != NULL, "%s", run.err);
    char *text = file_take(jar);
    for (const char *at = text; (at = strstr(at, "127.0.0.1\t")); at++)
        kept++;
    ck_assert_uint_lt(kept, MOST_KEPT);
    free(text);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* --- line breaks -------------------------------------------------------------------------------------------------- */

START_TEST(line_breaks_in_links_make_no_header)
{
    static const char links[] =
        "<a href='/a&#13;&#10;X-Evil: 1'> <a href='/b\r\nX-Evil: 1'> <a href='/c%0d%0aX-Evil:%201'>"
        "<a href='/d?\r\n\r\nGET /never HTTP/1.1'> <a href='/e\0X-Evil: 1'>"
        "<a href='http://127.0.0.1:{PORT}\r\nX-Evil: 1/'> <a href=/f> <a href=/g>";
    static const struct site_page pages[] = {
        {.path = "/", .body = links, .length = sizeof links - 1},
        {.path = "/f", .status = 302, .location = "/f%0d%0aX-Evil:%201"},
        {.path = "/g", .headers = "Refresh: 0; url=/h\tX-Evil: 1\r\nLink: </i\tX-Evil: 1>; rel=next\r\n"},
        {.path = "*", .body = "x"},
        {0},
    };
    char root[URL_SIZE];
    struct site_request request;
    struct run run;
    struct site *site = start_site(pages);
    run_crawler(&run, NULL, (const char *const[]){"-vv", site_url(site, "/", root, sizeof root), NULL});
    ck_assert_int_eq(run.exit_code, 0);
    for (unsigned i = 0; site_request(site, i, &request); i++)
        ck_assert_msg(!has_header(&request, "X-Evil"), "%s", request.head);
    ck_assert_uint_eq(site_requests(site), 11);
    ck_assert_uint_eq(site_request_count(site, "/never"), 0);
    ck_assert_uint_eq(site_request_count(site, "/e%EF%BF%BDX-Evil:%201"), 1);
    ck_assert_msg(is_fit_for_terminal(run.err) && is_fit_for_terminal(run.out), "%s%s", run.out, run.err);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* --- what takes for ever ------------------------------------------------------------------------------------------ */

START_TEST(a_pattern_that_backtracks_is_given_up)
{
    static const struct site_page pages[] = {
        {.path = "/",
         .body = "<a href=/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!> <a href=/b>"},
        {.path = "*", .body = "x"},
        {0},
    };
    char root[URL_SIZE], skipped[] = "/tmp/crawler-skipped-XXXXXX";
    struct run run;
    struct site *site = start_site(pages);
    close(mkstemp(skipped));
    run_crawler(&run, NULL,
                (const char *const[]){"--exclude", "(a+)+\\1$", "--skipped", skipped,
                                      site_url(site, "/", root, sizeof root), NULL});
    ck_assert_msg(run.exit_code == 0, "%s", run.err);
    char *text = file_take(skipped);
    ck_assert_msg(strstr(text, "\"reason\":\"pattern-limit\"") != NULL, "%s", text);
    ck_assert_uint_eq(site_request_count(site, "/b"), 1);
    ck_assert_uint_eq(site_requests(site), 2);
    free(text);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

#define LAUGH(n, m) "<!ENTITY l" #n " '&l" #m ";&l" #m ";&l" #m ";&l" #m ";&l" #m ";&l" #m ";&l" #m ";&l" #m ";'>"

/* Neither is anything fetched that an entity names, nor does one grow; what stands beside them is found. */
START_TEST(entities_lead_nowhere_and_do_not_grow)
{
    static const struct site_page pages[] = {
        {.path = "/", .body = "<a href=/outside> <a href=/laughs>"},
        {.path = "/outside",
         .type = "application/xhtml+xml",
         .body = "<!DOCTYPE html SYSTEM 'http://127.0.0.1:{PORT}/never' [<!ENTITY x SYSTEM "
                 "'http://127.0.0.1:{PORT}/never'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
                 "<html xmlns='http://www.w3.org/1999/xhtml'><a href='/before'/>&x;&f;<a href='/behind'/></html>"},
        {.path = "/laughs",
         .type = "application/xhtml+xml",
         .body = "<!DOCTYPE html [<!ENTITY l0 'ha'>" LAUGH(1, 0) LAUGH(2, 1) LAUGH(3, 2) LAUGH(4, 3) LAUGH(5, 4)
             LAUGH(6, 5) LAUGH(7, 6) LAUGH(8, 7) LAUGH(
                 9, 8) "]><html xmlns='http://www.w3.org/1999/xhtml'><a href='/funny'/><a href='/&l9;'/>&l9;</html>"},
        {.path = "*", .body = "x"},
        {0},
    };
    char root[URL_SIZE];
    struct run run;
    struct site *site = start_site(pages);
    run_crawler_after(&run, NULL, "ulimit -t 20", (const char *const[]){site_url(site, "/", root, sizeof root), NULL});
    ck_assert_msg(run.exit_code == 0, "%d %s", run.exit_code, run.err);
    ck_assert_uint_eq(site_request_count(site, "/never"), 0);
    ck_assert_uint_eq(site_request_count(site, "/before"), 1);
    ck_assert_uint_eq(site_request_count(site, "/behind"), 1);
    ck_assert_uint_eq(site_request_count(site, "/funny"), 1);
    ck_assert_msg(strstr(run.out, "root:") == NULL, "%s", run.out);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* Sixty megabytes in sixty thousand bytes; sixty thousand URLs. */
START_TEST(row_20_a_sitemap_is_read_to_its_limits)
{
    static const struct {
        const char *content, *said;
        int exit_code;
    } cases[] = {
        {"head -c 60000000 /dev/zero | tr '\\0' ' '", "decoded body over its limit", 1},
        {"seq -f '<url><loc>http://h/%.0f</loc></url>' 60000", "10000 left out", 0},
    };
    char file[] = "/tmp/crawler-sitemap-XXXXXX", script[256];
    close(mkstemp(file));
    for (int i = 0; i < 2; i++) {
        struct run run;
        snprintf(script, sizeof script, "{ echo '<urlset>'; %s; echo '</urlset>'; } | gzip >%s", cases[i].content,
                 file);
        run_crawler_after(&run, NULL, script, (const char *const[]){"sitemap", file, NULL});
        ck_assert_msg(run.exit_code == cases[i].exit_code && strstr(run.err, cases[i].said), "%d %s", run.exit_code,
                      run.err);
        run_free(&run);
    }
    ck_assert_int_eq(unlink(file), 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("threats", credentials_stay_with_their_origin, cookies_of_a_public_suffix_are_not_kept,
                     cookies_without_end_are_forgotten, line_breaks_in_links_make_no_header,
                     a_pattern_that_backtracks_is_given_up, entities_lead_nowhere_and_do_not_grow,
                     row_20_a_sitemap_is_read_to_its_limits);
}
