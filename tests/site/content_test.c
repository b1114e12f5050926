/* What is served besides single pages: a generated graph, and a folder, by the program as well. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "site/visit.h"
#include "unit/folder.h"
#include "unit/suite.h"

/* Marks the pages that a page links to. */
static void mark_links(const char *body, bool *linked, unsigned pages)
{
    while ((body = strstr(body, "href=\"/"))) {
        body += sizeof "href=\"/" - 1;
        unsigned long page = strncmp(body, "page/", 5) == 0 ? strtoul(body + 5, NULL, 10) : 0;
        ck_assert_uint_le(page, pages);
        linked[page] = true;
    }
}

START_TEST(generates_a_graph)
{
    enum { PAGES = 60 };
    static const struct site_graph shapes[] = {{.links = 1},  {.links = 2},
                                               {.links = 5},  {.links = 20, .children = 3, .known_only = true},
                                               {.links = 60}, {.links = 50, .children = 50, .known_only = true}};
    struct site_graph graph = shapes[_i];
    graph.pages = PAGES;
    graph.size = 5000;
    graph.seed = 7;
    struct site *site = site_started(&(struct site_config){.graph = &graph});
    bool linked[PAGES + 1] = {true};
    CURL *curl = curl_easy_init();
    char path[URL_SIZE] = "/";
    for (unsigned i = 0; i <= PAGES; i++) {
        struct exchange exchange = fetch(site, path, &(struct manner){.reuse = curl});
        ck_assert_int_eq(exchange.status, 200);
        ck_assert(exchange.body.length >= 5000 && exchange.body.length < 8000);
        ck_assert_msg(linked[i], "nothing before links to %s", path); /* true of a tree numbered by level */
        unsigned long known = graph.known_only ? (i + 1UL) * graph.children : PAGES;
        mark_links(exchange.body.data, linked, known < PAGES ? known : PAGES);
        exchange_free(&exchange);
        snprintf(path, sizeof path, "/page/%u", i + 1);
    }
    curl_easy_cleanup(curl);
    static const char *const missing[] = {"/page/61", "/page/0", "/page/01", "/page/", "/page/1x", "/page/99999999999"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        expect(site, missing[i], 404, "<!DOCTYPE html>\n<title>404 Not Found</title>\n");
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

static void join(char *path, const char *directory, const char *name)
{
    ck_assert_int_lt(snprintf(path, URL_SIZE, "%s/%s", directory, name), URL_SIZE);
}

static void write_file(const char *directory, const char *name, const char *text)
{
    char path[URL_SIZE];
    join(path, directory, name);
    file_write(path, text);
}

static void make_directory(char *root, char outside[FOLDER_SIZE])
{
    char path[URL_SIZE];
    folder_make(outside, "/tmp/site-test");
    write_file(outside, "secret.txt", "secret");
    join(root, outside, "root");
    ck_assert_int_eq(mkdir(root, 0755), 0);
    write_file(root, "index.html", "start");
    write_file(root, "a b.css", "css");
    write_file(root, "empty", "");
    join(path, root, "sub");
    ck_assert_int_eq(mkdir(path, 0755), 0);
    join(path, root, "link.txt");
    ck_assert_int_eq(symlink("../secret.txt", path), 0);
}

START_TEST(serves_a_directory)
{
    char root[URL_SIZE];
    char outside[FOLDER_SIZE];
    make_directory(root, outside);
    const struct site_page pages[] = {{.path = "/made", .body = "made"}, {0}};
    struct site *site = site_started(&(struct site_config){.pages = pages, .root = root});
    expect(site, "/", 200, "start");
    expect(site, "/index.html?x=1", 200, "start");
    expect(site, "/made", 200, "made");
    expect(site, "/empty", 200, "");
    struct exchange exchange = fetch(site, "/a%20b.css", NULL);
    ck_assert_str_eq(exchange.body.data, "css");
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "Content-Type: text/css\r\n"));
    exchange_free(&exchange);
    exchange = fetch(site, "/sub?q", NULL);
    ck_assert_int_eq(exchange.status, 301);
    ck_assert_ptr_nonnull(strstr(exchange.headers.data, "Location: /sub/?q\r\n"));
    exchange_free(&exchange);
    static const char *const missing[] = {"/sub/",       "/none", "/link.txt",          "/../secret.txt",
                                          "/empty/",     "/%00",  "/%2e%2e/secret.txt", "/sub/../../secret.txt",
                                          "/index.html/"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        char request[URL_SIZE];
        snprintf(request, sizeof request, "GET %s HTTP/1.0\r\n\r\n", missing[i]);
        struct site_text got = {0};
        exchange_raw(site_port(site, 0), request, &got);
        ck_assert_msg(strncmp(got.data, "HTTP/1.1 404", 12) == 0, "%s: %s", missing[i], got.data);
        site_text_free(&got);
    }
    ck_assert_int_eq(site_stop(site), 0);
    folder_remove(outside);
}
END_TEST

/* Starts the program on the sample, and stores its URL without the last slash. */
static pid_t start_program(char *url)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(SITE_PROGRAM, "site", "--root", SITE_SAMPLE, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *output = fdopen(ends[0], "r");
    ck_assert_ptr_nonnull(output);
    ck_assert_ptr_nonnull(fgets(url, URL_SIZE / 2, output));
    fclose(output);
    url[strcspn(url, "\n") - 1] = '\0';
    return pid;
}

START_TEST(serves_the_sample_as_a_program)
{
    static const struct {
        const char *path;
        long status;
        const char *type;
    } cases[] = {
        {"/", 200, "text/html\r\n"},
        {"/css/site.css", 200, "text/css\r\n"},
        {"/images/logo.svg", 200, "image/svg+xml\r\n"},
        {"/favicon.png", 200, "image/png\r\n"},
        {"/feed.atom", 200, "application/atom+xml\r\n"},
        {"/archive/utf16.html", 200, "text/html\r\n"},
        {"/notes/2023", 301, "\r\nLocation: /notes/2023/\r\n"},
        {"/lost.html", 404, "text/html; charset=utf-8\r\n"},
    };
    char origin[URL_SIZE];
    pid_t pid = start_program(origin);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char url[2 * URL_SIZE];
        snprintf(url, sizeof url, "%s%s", origin, cases[i].path);
        struct exchange exchange = exchange_fetch(url, NULL);
        ck_assert_msg(exchange.status == cases[i].status, "%s: %ld", url, exchange.status);
        ck_assert_msg(strstr(exchange.headers.data, cases[i].type) != NULL, "%s: %s", url, exchange.headers.data);
        exchange_free(&exchange);
    }
    int status;
    kill(pid, SIGTERM);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS("site content", serves_a_directory, serves_the_sample_as_a_program);
    return failed | RUN_TESTS_TIMES("graphs", 6, generates_a_graph);
}
