/* What crawls write: all formats at once of a site with hostile links, and all ways in which writing can fail. */
#include "e2e/place.h"
#include "e2e/run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "unit/suite.h"

enum { TEXT_SIZE = 256 };

static const char *const FORMATS[] = {"text", "jsonl", "json", "csv", "junit", "sitemap", "dot", "html"};
enum { FORMAT_COUNT = sizeof FORMATS / sizeof FORMATS[0] };

static void open_place(const struct site_config *config)
{
    place_open("/tmp/crawler-outputs", config);
}

static bool exists(const char *name)
{
    return file_exists(path_here(name));
}

static char *read_file(const char *name)
{
    return file_text(path_here(name));
}

/* Whether a file holds a byte that a terminal would obey. */
static bool has_controls(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 && !strchr("\n\r\t", *text))
            return true;
    return strchr(text, 0x7f) != NULL;
}

/* "FORMAT:FOLDER/FORMAT", one after the other. */
static char *output_of(const char *format)
{
    static char outputs[FORMAT_COUNT][2 * TEXT_SIZE];
    static unsigned next;
    char *output = outputs[next++ % FORMAT_COUNT];
    snprintf(output, sizeof outputs[0], "%s:%s/%s", format, here.folder, format);
    return output;
}

enum { ARGUMENTS = 2 * FORMAT_COUNT + 8 };

/* Arguments for all formats, in front of those of `more`. */
static void name_all(const char *arguments[ARGUMENTS], const char *const *more)
{
    int used = 0;
    for (int i = 0; i < FORMAT_COUNT; i++) {
        arguments[used++] = "-o";
        arguments[used++] = output_of(FORMATS[i]);
    }
    while (*more)
        arguments[used++] = *more++;
    arguments[used] = NULL;
    ck_assert_int_lt(used, ARGUMENTS);
}

static const struct site_page HOSTILE[] = {
    {.path = "/",
     .body = "<a href='/<script>alert(1)</script>'><a href='/?\"q&a=&#39;&#27;[2J&#0;\xff'><a href='/=cmd()'>"
             "<a href='/%1b%07%00'><a href='/a b'><a href='/moved'><a href='/lost'><a href='http://other.test/'>"
             "<a href='javascript:alert(1)'><a href='http://[/'><a href='/odd'><a href='/\xc3\xbc'>"},
    {.path = "/=cmd()", .type = "=cmd()|'x'"},
    {.path = "/odd", .type = "text/html; charset=\"a\033[2J\x7f\""},
    {.path = "/moved", .status = 302, .location = "/a%20b"},
    {.path = "/lost", .status = 404},
    {.path = "/*", .body = "<p>"},
    {0}};

enum { HOSTILE_URLS = 10, HOSTILE_SKIPPED = 3 };

START_TEST(all_outputs_tell_of_the_same_urls)
{
    const char *arguments[ARGUMENTS];
    struct run run;
    open_place(&(struct site_config){.pages = HOSTILE});
    name_all(arguments, (const char *const[]){"--skipped", path_here("skipped"), here.root, NULL});
    run_crawler(&run, here.site, arguments);
    ck_assert_msg(run.exit_code == 0, "%d %s", run.exit_code, run.err);
    ck_assert_str_eq(run.out, "");
    run_free(&run);
    const struct {
        const char *format;
        const char *mark; /* of a URL */
        unsigned count;
    } marks[] = {{"jsonl", "{\"url\":\"http://", HOSTILE_URLS},
                 {"json", "\n{\"url\":\"http://", HOSTILE_URLS},
                 {"csv", "\r\n", HOSTILE_URLS + 1},
                 {"junit", "<testcase ", HOSTILE_URLS},
                 {"junit", "<failure ", 1},
                 {"dot", "[label=", HOSTILE_URLS},
                 {"sitemap", "<loc>", HOSTILE_URLS - 3},
                 {"text", "\nDone: 10\n", 1},
                 {"html", "<tr", HOSTILE_URLS},
                 {"skipped", "\n", HOSTILE_SKIPPED}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        char *text = read_file(marks[i].format);
        unsigned found = times_said(text, marks[i].mark);
        bool is_right = strcmp(marks[i].format, "html") == 0 ? found >= marks[i].count : found == marks[i].count;
        ck_assert_msg(is_right, "%s: %u\n%s", marks[i].format, found, text);
        ck_assert_msg(!has_controls(text), "%s", text);
        ck_assert_ptr_null(strstr(text, "<script>alert"));
        free(text);
    }
    ck_assert(!exists("jsonl.part") && !exists("html.part") && !exists("sitemap.part"));
    place_close();
}
END_TEST

/* What was found and not fetched is told once, with the reason. */
START_TEST(skipped_tells_of_the_rest)
{
    struct run run;
    const struct site_graph graph = {.pages = 40, .links = 40};
    open_place(&(struct site_config){.graph = &graph});
    run_crawler(&run, here.site,
                (const char *const[]){"-n", "5", "-c", "1", "--skipped", path_here("skipped"), here.root, NULL});
    ck_assert_int_eq(run.exit_code, 5);
    run_free(&run);
    char *text = read_file("skipped");
    ck_assert_uint_eq(times_said(text, "\"reason\":\"max-pages\""), 36);
    ck_assert_uint_eq(times_said(text, "\n"), 36);
    free(text);
    place_close();
}
END_TEST

/* Interrupted twice, what was in flight is told of as well. */
START_TEST(interrupted_files_are_whole)
{
    const char *arguments[ARGUMENTS];
    struct run run;
    const struct site_graph graph = {.pages = 100, .links = 100, .delay = 100};
    open_place(&(struct site_config){.graph = &graph});
    name_all(arguments, (const char *const[]){"-c", "4", "--skipped", path_here("skipped"), here.root, NULL});
    run_start(&run, arguments);
    await_requests(here.site, 10);
    kill(run.pid, SIGINT);
    usleep(10000);
    kill(run.pid, SIGINT);
    run_wait(&run, here.site);
    ck_assert_msg(run.exit_code == 130, "%d %s", run.exit_code, run.err);
    run_free(&run);
    char *records = read_file("jsonl"), *rest = read_file("skipped"), *json = read_file("json");
    ck_assert_uint_eq(times_said(records, "\n") + times_said(rest, "\"reason\":\"stopped\""), 101);
    ck_assert_ptr_nonnull(strstr(json, "\"interrupted\":true"));
    ck_assert_str_eq(json + strlen(json) - 2, "}\n");
    for (int i = 0; i < FORMAT_COUNT; i++)
        ck_assert(exists(FORMATS[i]));
    free(records);
    free(rest);
    free(json);
    place_close();
}
END_TEST

/* Nothing is fetched when it can't be written. */
START_TEST(what_cannot_be_opened_is_refused_at_once)
{
    char missing[2 * TEXT_SIZE], directory[2 * TEXT_SIZE];
    open_place(&(struct site_config){.pages = HOSTILE});
    snprintf(missing, sizeof missing, "%s:/nonexistent/x", FORMATS[_i]);
    snprintf(directory, sizeof directory, "%s:%s", FORMATS[_i], here.folder);
    const char *const outputs[] = {missing, directory}, *const reasons[] = {": not found", ": is a folder"};
    for (int i = 0; i < 2; i++) {
        struct run run;
        run_crawler(&run, here.site, (const char *const[]){"-o", outputs[i], here.root, NULL});
        ck_assert_int_eq(run.exit_code, 1);
        const char *path = strchr(outputs[i], ':') + 1, *named = strstr(run.err, path);
        ck_assert_msg(named && strstr(named, reasons[i]), "%s", run.err);
        ck_assert_uint_eq(site_requests(here.site), 0);
        run_free(&run);
    }
    place_close();
}
END_TEST

START_TEST(a_full_device_is_told)
{
    char output[TEXT_SIZE];
    struct run run;
    open_place(&(struct site_config){.pages = HOSTILE});
    snprintf(output, sizeof output, "%s:/dev/full", FORMATS[_i]);
    run_crawler(&run, here.site, (const char *const[]){"-o", output, here.root, NULL});
    ck_assert_int_eq(run.exit_code, 1);
    ck_assert_msg(strstr(run.err, "/dev/full: no space left on device") != NULL, "%s", run.err);
    run_free(&run);
    place_close();
}
END_TEST

/* A file system that is full while the crawl goes on leaves what was there before. */
START_TEST(a_full_disk_leaves_no_half_file)
{
    struct run run;
    const struct site_graph graph = {.pages = 1500, .links = 1500};
    open_place(&(struct site_config){.graph = &graph});
    bool is_mounted = mount("crawler-test", here.folder, "tmpfs", 0, "size=64k") == 0;
    if (is_mounted) {
        file_write(path_here(FORMATS[_i]), "as it was");
        run_crawler(&run, here.site, (const char *const[]){"-o", output_of(FORMATS[_i]), here.root, NULL});
        char *text = read_file(FORMATS[_i]);
        bool named = strstr(run.err, path_here(FORMATS[_i])) != NULL;
        char part[TEXT_SIZE];
        snprintf(part, sizeof part, "%s.part", FORMATS[_i]);
        bool is_lines = strcmp(FORMATS[_i], "jsonl") == 0 || strcmp(FORMATS[_i], "csv") == 0;
        bool has_part = exists(part);
        ck_assert_int_eq(umount(here.folder), 0);
        ck_assert_msg(run.exit_code == 1 && named, "%d %s", run.exit_code, run.err);
        ck_assert_str_eq(text, "as it was");
        ck_assert_int_eq(has_part, is_lines);
        free(text);
        run_free(&run);
    }
    place_close();
}
END_TEST

START_TEST(a_reader_that_goes_away_ends_the_crawl)
{
    static const char *const outputs[] = {"jsonl:-", "csv:-", "text:-"};
    const struct site_graph graph = {.pages = 3000, .links = 3000};
    open_place(&(struct site_config){.graph = &graph});
    for (int i = 0; i < 3; i++) {
        struct run run;
        run_start(&run, (const char *const[]){"-o", outputs[i], here.root, NULL});
        int nowhere = open("/dev/null", O_RDONLY | O_CLOEXEC);
        ck_assert_int_ge(dup2(nowhere, run.out_fd), 0);
        close(nowhere);
        run_wait(&run, here.site);
        ck_assert_msg(run.exit_code == 1, "%d %s", run.exit_code, run.err);
        ck_assert_ptr_nonnull(strstr(run.err, "standard output: reader has gone away"));
        run_free(&run);
    }
    place_close();
}
END_TEST

/* Links at the names: FILE.part is not followed, FILE is replaced. */
START_TEST(symbolic_links_lead_nowhere)
{
    char output[2 * TEXT_SIZE], victim[2 * TEXT_SIZE];
    struct run run;
    open_place(&(struct site_config){.pages = HOSTILE});
    snprintf(output, sizeof output, "%s/out", here.folder);
    snprintf(victim, sizeof victim, "%s", path_here("victim"));
    file_write(path_here("victim"), "untouched");
    ck_assert_int_eq(symlink(victim, path_here("out.part")), 0);
    run_crawler(&run, here.site, (const char *const[]){"-o", output, here.root, NULL});
    ck_assert_int_eq(run.exit_code, 1);
    run_free(&run);
    ck_assert_int_eq(unlink(path_here("out.part")), 0);
    ck_assert_int_eq(symlink(victim, path_here("out")), 0);
    run_crawler(&run, here.site, (const char *const[]){"-o", output, here.root, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    run_free(&run);
    char *text = read_file("victim");
    ck_assert_str_eq(text, "untouched");
    free(text);
    place_close();
}
END_TEST

/* A descriptor that is a file is added to. By names in /proc alone, where a mistake could replace nothing. */
START_TEST(descriptors_are_written_to_as_they_are)
{
    static const char *const outputs[] = {"/proc/self/fd/1", "/dev/fd/1"};
    open_place(&(struct site_config){.pages = HOSTILE});
    for (int i = 0; i < 2; i++) {
        char command[8 * TEXT_SIZE];
        file_write(path_here("out"), "before\n");
        snprintf(command, sizeof command, "XDG_CONFIG_HOME=" E2E_CONFIG " " CRAWLER " -o %s %s >>%s", outputs[i],
                 here.root, path_here("out"));
        ck_assert_int_eq(system(command), 0);
        char *text = read_file("out");
        ck_assert_msg(strncmp(text, "before\n*** Report ***\n", 22) == 0 && times_said(text, "\nDone: 10\n") == 1, "%s",
                      text);
        free(text);
        ck_assert(!exists("out.part"));
    }
    place_close();
}
END_TEST

START_TEST(check_makes_broken_links_an_exit_code)
{
    static const struct {
        const char *arguments[4];
        int exit_code;
    } cases[] = {{{NULL}, 0},
                 {{"--check"}, 4},
                 {{"--check", "--accept", "404"}, 0},
                 {{"--check", "--accept", "400..403,405"}, 4}};
    open_place(&(struct site_config){.pages = HOSTILE});
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *arguments[8] = {"-o", "/dev/null", here.root};
        struct run run;
        memcpy(arguments + 3, cases[i].arguments, sizeof cases[i].arguments);
        run_crawler(&run, here.site, arguments);
        ck_assert_msg(run.exit_code == cases[i].exit_code, "%zu: %d %s", i, run.exit_code, run.err);
        run_free(&run);
    }
    place_close();
}
END_TEST

START_TEST(explain_fetches_nothing)
{
    static const struct {
        const char *url;
        const char *said;
    } cases[] = {{"/x.zip", "excluded\n"},
                 {"/x.zip", "pattern    \\.zip$\n"},
                 {"/x.html", "verdict    fetched"},
                 {"http://other.test/", "reason     host\n"},
                 {"ftp://x/", "reason     scheme\n"},
                 {"http://[/", "reason     malformed\n"}};
    open_place(&(struct site_config){.pages = HOSTILE});
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char url[2 * TEXT_SIZE];
        struct run run;
        if (cases[i].url[0] == '/')
            site_url(here.site, cases[i].url, url, sizeof url);
        else
            snprintf(url, sizeof url, "%s", cases[i].url);
        run_crawler(&run, here.site, (const char *const[]){"--explain", url, "--exclude", "\\.zip$", here.root, NULL});
        ck_assert_int_eq(run.exit_code, 0);
        ck_assert_msg(strstr(run.out, cases[i].said) != NULL, "%s", run.out);
        run_free(&run);
    }
    ck_assert_uint_eq(site_requests(here.site), 0);
    place_close();
}
END_TEST

START_TEST(names_of_outputs_are_checked)
{
    static const char *const wrong[] = {"nonsense:x", "x.xml", "jsonl:", "svg:x"};
    open_place(&(struct site_config){.pages = HOSTILE});
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct run run;
        run_crawler(&run, here.site, (const char *const[]){"-o", wrong[i], here.root, NULL});
        ck_assert_int_eq(run.exit_code, 2);
        ck_assert_ptr_nonnull(strstr(run.err, wrong[i]));
        run_free(&run);
    }
    struct run run;
    run_crawler(&run, here.site, (const char *const[]){"-o", "text:-", "-o", "json:-", here.root, NULL});
    ck_assert_int_eq(run.exit_code, 2);
    run_free(&run);
    ck_assert_uint_eq(site_requests(here.site), 0);
    place_close();
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS(
        "outputs", all_outputs_tell_of_the_same_urls, skipped_tells_of_the_rest, interrupted_files_are_whole,
        a_reader_that_goes_away_ends_the_crawl, symbolic_links_lead_nowhere, descriptors_are_written_to_as_they_are,
        check_makes_broken_links_an_exit_code, explain_fetches_nothing, names_of_outputs_are_checked);
    return failed | RUN_TESTS_TIMES("formats", FORMAT_COUNT, what_cannot_be_opened_is_refused_at_once,
                                    a_full_device_is_told, a_full_disk_leaves_no_half_file);
}
