/* A crawl with all that it may need of the system (TLS, libraries that come late, all outputs, temporary files, a
 * cookie jar) comes to the same in the sandbox and without it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/place.h"
#include "e2e/run.h"
#include "unit/suite.h"

enum { TEXT_SIZE = 256, ARGUMENTS = 48, BEFORE = 0, AFTER = 1 };

static const struct site_page PAGES[] = {
    {.path = "/",
     .headers = "Set-Cookie: kept=1; Path=/\r\n",
     .body = "<a href=/drawing.svg><a href=/jis><a href=/latin><a href=/lost><a href=/feed><a "
             "href='http://b\xc3\xbc.test/'>"},
    {.path = "/drawing.svg",
     .type = "image/svg+xml",
     .body = "<svg xmlns='http://www.w3.org/2000/svg'><a href='/from-svg'/></svg>"},
    {.path = "/feed", .type = "application/atom+xml", .body = "<feed><link href='/from-feed'/></feed>"},
    {.path = "/jis", .type = "text/html;charset=iso-2022-jp", .body = "<a href='/from-jis?\x1b$B$\"\x1b(B'>"},
    {.path = "/latin", .type = "text/html;charset=windows-1252", .body = "<a href='/from-latin?\xe4'>"},
    {.path = "/lost", .status = 404},
    {.path = "/from-*", .body = "<p>"},
    {0}};

static void open_place(void)
{
    const struct site_listener listener = {.tls = SITE_TLS};
    /* Not where temporary files may be anyway. */
    place_open("crawler-sandbox", &(struct site_config){.pages = PAGES, .listeners = &listener, .listener_count = 1});
}

/* The files of a crawl: the option, what comes before the path, whether two crawls write the same. */
static const struct {
    const char *option;
    const char *format;
    const char *name;
    bool is_same;
} FILES[] = {
    {"-o", "text:", "text", false},      {"-o", "jsonl:", "jsonl", false},   {"-o", "json:", "json", false},
    {"-o", "csv:", "csv", false},        {"-o", "junit:", "junit", false},   {"-o", "sitemap:", "sitemap", true},
    {"-o", "dot:", "dot", true},         {"-o", "html:", "html", false},     {"--skipped", "", "skipped", true},
    {"--timeseries", "", "csv2", false}, {"--histogram", "", "hgrm", false}, {"--cookie-jar", "", "jar", true},
};
enum { FILE_COUNT = sizeof FILES / sizeof FILES[0] };

/* Of the crawl `which`, each in a folder of its own. */
static const char *path_of(int which, const char *name)
{
    static char path[2 * TEXT_SIZE];
    snprintf(path, sizeof path, "%s/%d/%s", here.folder, which, name);
    return path;
}

static char *read_file(int which, const char *name)
{
    char *text = file_text(path_of(which, name));
    ck_assert_msg(*text, "%s is empty", name);
    return text;
}

/* One at a time, so that the order is the same. */
static void crawl(struct run *run, int which, const char *more)
{
    static char values[FILE_COUNT][2 * TEXT_SIZE];
    const char *arguments[ARGUMENTS] = {"-c", "1", "--cacert", site_ca_file(here.site), more};
    int used = 5;
    ck_assert_int_eq(mkdir(path_of(which, ""), 0700), 0);
    for (int i = 0; i < FILE_COUNT; i++) {
        snprintf(values[i], sizeof values[i], "%s%s", FILES[i].format, path_of(which, FILES[i].name));
        arguments[used++] = FILES[i].option;
        arguments[used++] = values[i];
    }
    arguments[used] = here.root;
    ck_assert_int_lt(used, ARGUMENTS - 1);
    run_crawler(run, here.site, arguments);
    ck_assert_msg(run->exit_code == 0, "%d %s", run->exit_code, run->err);
}

static char *url_lines(int which)
{
    char *text = read_file(which, "text");
    char *lines = run_url_lines(&(struct run){.out = text, .err = text});
    free(text);
    return lines;
}

static void compare_files(void)
{
    for (int i = 0; i < FILE_COUNT; i++) {
        char *before = read_file(BEFORE, FILES[i].name), *after = read_file(AFTER, FILES[i].name);
        if (FILES[i].is_same)
            ck_assert_str_eq(before, after);
        free(before);
        free(after);
    }
    char *before = url_lines(BEFORE), *after = url_lines(AFTER);
    ck_assert_str_eq(before, after);
    ck_assert_msg(strstr(after, "/from-svg 200") && strstr(after, "/from-jis?"), "%s", after);
    free(before);
    free(after);
}

static void expect_nothing_half(void)
{
    char command[4 * TEXT_SIZE];
    snprintf(command, sizeof command, "test $(ls %s/0 | wc -l) = %d && test $(ls %s/1 | wc -l) = %d", here.folder,
             FILE_COUNT, here.folder, FILE_COUNT);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(a_crawl_comes_to_the_same)
{
    struct run run;
    open_place();
    crawl(&run, BEFORE, "--no-sandbox");
    ck_assert_str_eq(run.err, "");
    run_free(&run);
    crawl(&run, AFTER, "-q"); /* no warning where part of it is missing */
    ck_assert_str_eq(run.err, "");
    run_free(&run);
    compare_files();
    expect_nothing_half();
    place_close();
}
END_TEST

/* A jar that is there already is replaced by way of a file beside it. */
START_TEST(a_cookie_jar_is_written_back)
{
    struct run run;
    open_place();
    ck_assert_int_eq(mkdir(path_of(0, ""), 0700), 0);
    const char *jar = path_of(0, "jar");
    file_write(jar, "127.0.0.1\tFALSE\t/\tFALSE\t0\tearlier\t1\n");
    run_crawler(&run, here.site, (const char *const[]){"-k", "-n", "1", "--cookie-jar", jar, here.root, NULL});
    run_free(&run);
    char *text = read_file(0, "jar");
    ck_assert_msg(strstr(text, "earlier\t1") && strstr(text, "kept\t1"), "%s", text);
    free(text);
    place_close();
}
END_TEST

START_TEST(what_holds_is_told_on_demand)
{
    static const struct {
        const char *argument;
        bool is_told;
    } cases[] = {{"-v", true}, {"-q", false}, {"--no-sandbox", false}};
    open_place();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run run;
        run_crawler(&run, here.site, (const char *const[]){"-k", "-n", "1", cases[i].argument, here.root, NULL});
        ck_assert_msg((strstr(run.err, "sandbox: files ") != NULL) == cases[i].is_told, "%s", run.err);
        run_free(&run);
    }
    place_close();
}
END_TEST

int main(void)
{
    return RUN_TESTS("sandbox", a_crawl_comes_to_the_same, a_cookie_jar_is_written_back, what_holds_is_told_on_demand);
}
