/* What a client keeps of the cookies that it is sent. */
#include "http/cookies.h"

#include <unistd.h>

#include "site/dns.h"
#include "unit/folder.h"
#include "unit/http/fetch_fixture.h"

enum {
    A_PAGE = 50, /* libcurl takes no more of an answer */
    THREE_PAGES = 3 * A_PAGE,
    MOST_PAGES = 40,
    HOSTS = 80,
    LINE = 64
};

static char headers[MOST_PAGES][A_PAGE * LINE];
static struct site_page pages[MOST_PAGES + 3];
static char jar[32];
static unsigned warnings;

static const struct dns_row ROWS[] = {{.name = "host%d.test", .ipv4 = "127.0.0.1", .ttl = 300}};

static void count_warnings(void *context, enum log_level level, const char *line)
{
    warnings += level == LOG_WARNING;
    keep_line(context, level, line);
}

/* Pages /0 to /39 set 50 cookies each, no name twice; /few sets two; / none. */
static void make_pages(void)
{
    static char paths[MOST_PAGES][8];
    for (int page = 0; page < MOST_PAGES; page++) {
        char *end = headers[page];
        for (int i = 0; i < A_PAGE; i++)
            end += snprintf(end, LINE, "Set-Cookie: c%d=1; Path=/\r\n", page * A_PAGE + i);
        snprintf(paths[page], sizeof paths[page], "/%d", page);
        pages[page] = (struct site_page){.path = paths[page], .headers = headers[page]};
    }
    pages[MOST_PAGES] = (struct site_page){.path = "/few", .headers = "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"};
    pages[MOST_PAGES + 1] = (struct site_page){.path = "/", .body = "x"};
}

static void open_jar(const char *text, const char *dns_servers)
{
    struct http_options options = test_options();
    strcpy(jar, "/tmp/cookies-XXXXXX");
    int fd = mkstemp(jar);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    options.cookie_jar = jar;
    options.dns_servers = dns_servers;
    make_pages();
    open_site(pages);
    open_client(&options);
    warnings = 0;
    log_set_sink(count_warnings, NULL);
}

/* Ends all and returns what stands in the file. */
static char *close_jar(void)
{
    log_set_sink(NULL, NULL);
    close_all();
    return file_take(jar);
}

static const char *at(const char *host, int page)
{
    static char url[URL_SIZE];
    snprintf(url, sizeof url, "http://%s:%u/%d", host, site_port(site, 0), page);
    return url;
}

static unsigned occurrences(const char *text, const char *part)
{
    unsigned count = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

static void fetch_pages(const char *host, int count)
{
    for (int page = 0; page < count; page++)
        fetch_well(at(host, page));
}

START_TEST(a_domain_that_sets_too_many_loses_its_own)
{
    open_jar("127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tcrumb\t1\n", NULL);
    fetch_well("/few");
    char neighbour[URL_SIZE];
    snprintf(neighbour, sizeof neighbour, "http://localhost:%u/few", site_port(site, 0));
    fetch_well(neighbour);
    fetch_pages("127.0.0.1", MOST_PAGES);
    fetch_well("/");
    ck_assert_uint_eq(warnings, 1);
    ck_assert_msg(strstr(last_line, "127.0.0.1 has set ") != NULL, "%s", last_line);
    char *text = close_jar();
    ck_assert_uint_eq(occurrences(text, "\tcrumb\t1"), 1);
    ck_assert_uint_eq(occurrences(text, "localhost\t"), 2);
    ck_assert_uint_lt(occurrences(text, "127.0.0.1\t"), COOKIES_A_DOMAIN + 1);
    free(text);
}
END_TEST

/* Each has a few; it is their number that is too large. */
START_TEST(what_all_domains_set_is_limited)
{
    struct dns_server *dns = dns_server_start(ROWS, 1);
    char host[LINE];
    open_jar("", dns_server_address(dns));
    fetch_well("/few");
    for (int i = 0; i < HOSTS; i++) {
        snprintf(host, sizeof host, "host%d.test", i);
        fetch_well(at(host, i % MOST_PAGES));
    }
    fetch_well("/");
    ck_assert_uint_eq(warnings, 1);
    char *text = close_jar();
    ck_assert_uint_lt(occurrences(text, ".test\t"), COOKIES_IN_ALL);
    ck_assert_uint_eq(occurrences(text, "127.0.0.1\t"), 2);
    free(text);
    dns_server_stop(dns);
}
END_TEST

/* It is cookies that count, not how often they are set. */
START_TEST(what_is_set_again_and_again_stays)
{
    open_jar("", NULL);
    for (int i = 0; i < 10; i++)
        fetch_pages("127.0.0.1", 3);
    fetch_well("/");
    ck_assert_uint_eq(warnings, 0);
    char *text = close_jar();
    ck_assert_uint_eq(occurrences(text, "127.0.0.1\t"), THREE_PAGES);
    free(text);
}
END_TEST

/* Those of the file are the user's, however many. */
START_TEST(what_the_file_had_stays)
{
    static char given[200 * LINE];
    char *end = given;
    for (int i = 0; i < 200; i++)
        end += snprintf(end, LINE, "%s127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tg%d\t1\n", i % 2 ? "#HttpOnly_" : "", i);
    open_jar(given, NULL);
    fetch_pages("127.0.0.1", 20);
    fetch_well("/");
    ck_assert_uint_eq(warnings, 1);
    char *text = close_jar();
    ck_assert_uint_eq(occurrences(text, "\tg"), 200);
    ck_assert_uint_eq(occurrences(text, "\tc"), 0);
    free(text);
}
END_TEST

int main(void)
{
    return RUN_TESTS("cookies", a_domain_that_sets_too_many_loses_its_own, what_all_domains_set_is_limited,
                     what_is_set_again_and_again_stays, what_the_file_had_stays);
}
