/* Crawls where the system grants little: descriptors, memory, room in files, stack, standard streams. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/run.h"
#include "site/dns.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { PAGES = 60, PATH_SIZE = 96 };

static struct site *start_site(unsigned delay)
{
    const struct site_graph graph = {.pages = PAGES, .links = PAGES, .delay = delay};
    return site_of_graph(&graph);
}

static bool is_complete(const struct run *run)
{
    return run->exit_code == 0 && run_counter(run, "status_200") == PAGES + 1;
}

#define ASSERT_SAID(run, words) ck_assert_msg(strstr((run)->err, words) != NULL, "%s%s", (run)->out, (run)->err)

START_TEST(few_descriptors_mean_fewer_at_once)
{
    char root[64];
    struct run run;
    struct site *site = start_site(20);
    run_crawler_after(
        &run, site, "ulimit -n 20",
        (const char *const[]){"-c", "100", "--max-tries", "1", site_url(site, "/", root, sizeof root), NULL});
    ck_assert_msg(is_complete(&run), "%s%s", run.out, run.err);
    ASSERT_SAID(&run, "too many open files: fewer fetches at once");
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* With each number of descriptors the crawl is whole, or says what it lacks; a name server is not to blame. */
START_TEST(no_descriptor_is_no_name_server_that_failed)
{
    const struct dns_row row = {.name = "a.test", .ipv4 = "127.0.0.1", .ttl = 60};
    struct dns_server *names = dns_server_start(&row, 1);
    struct site *site = start_site(0);
    char root[64], limit[32];
    int complete = 0, starved = 0;
    snprintf(root, sizeof root, "http://a.test:%u/", (unsigned)site_port(site, 0));
    for (int files = 5; files <= 17; files++) {
        struct run run;
        snprintf(limit, sizeof limit, "ulimit -n %d", files);
        run_crawler_after(
            &run, site, limit,
            (const char *const[]){"--max-tries", "1", "--dns-servers", dns_server_address(names), root, NULL});
        bool whole = is_complete(&run);
        complete += whole;
        starved += !whole;
        ck_assert_msg(whole || (run.exit_code == 1 && strstr(run.err, "too many open files")) || run.exit_code == 127,
                      "%s: exit code %d\n%s%s", limit, run.exit_code, run.out, run.err);
        ck_assert_ptr_null(strstr(run.out, "name server"));
        run_free(&run);
    }
    ck_assert_int_gt(complete, 0);
    ck_assert_int_gt(starved, 0);
    ck_assert_int_eq(site_stop(site), 0);
    dns_server_stop(names);
}
END_TEST

#ifdef __SANITIZE_ADDRESS__
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

/* 127 is the dynamic linker's. The address sanitizer takes terabytes for itself. */
START_TEST(little_memory_is_told)
{
    if (SANITIZED)
        return;
    struct site *site = start_site(0);
    char root[64], limit[32];
    int complete = 0;
    site_url(site, "/", root, sizeof root);
    for (int megabytes = 20; megabytes <= 120; megabytes += 10) {
        struct run run;
        snprintf(limit, sizeof limit, "ulimit -v %d", megabytes * 1024);
        run_crawler_after(&run, site, limit, (const char *const[]){"-c", "30000", root, NULL});
        complete += is_complete(&run);
        ck_assert_msg(is_complete(&run) || run.exit_code == 127 || (run.exit_code == 1 && strstr(run.err, "memory")),
                      "%s: exit code %d\n%s%s", limit, run.exit_code, run.out, run.err);
        run_free(&run);
    }
    ck_assert_int_gt(complete, 0);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

static bool exists(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return file_exists(path);
}

static void remove_folder(const char *folder, const char *const *names)
{
    for (; *names; names++) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "%s/%s", folder, *names);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}

static const char *const OUTPUTS[] = {"a.jsonl", "a.jsonl.part", "a.html", "a.html.part", "a.txt", "a.txt.part", NULL};

START_TEST(a_file_that_may_not_grow_ends_the_crawl)
{
    char folder[FOLDER_SIZE], lines[PATH_SIZE], page[PATH_SIZE], root[64];
    struct site *site = start_site(0);
    struct run run;
    folder_make(folder, "/tmp/crawler-limits");
    snprintf(lines, sizeof lines, "%s/a.jsonl", folder);
    snprintf(page, sizeof page, "%s/a.html", folder);
    run_crawler_after(&run, site, "ulimit -f 4",
                      (const char *const[]){"-o", lines, "-o", page, site_url(site, "/", root, sizeof root), NULL});
    ck_assert_int_eq(run.exit_code, 1);
    ASSERT_SAID(&run, "a.jsonl: size limit exceeded");
    ASSERT_SAID(&run, "a.html: size limit exceeded");
    ck_assert(!exists(folder, "a.jsonl") && !exists(folder, "a.html") && !exists(folder, "a.html.part"));
    run_free(&run);
    remove_folder(folder, OUTPUTS);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* Crawls a site of its own. */
static void crawl_after(struct run *run, const char *preparation)
{
    char root[64];
    struct site *site = start_site(0);
    run_crawler_after(run, site, preparation, (const char *const[]){site_url(site, "/", root, sizeof root), NULL});
    ck_assert_int_eq(site_stop(site), 0);
}

START_TEST(a_small_stack_is_enough)
{
    struct run run;
    crawl_after(&run, "ulimit -s 512");
    ck_assert_msg(is_complete(&run), "%d %s%s", run.exit_code, run.out, run.err);
    run_free(&run);
}
END_TEST

static long line_count(const char *path)
{
    long lines = 0;
    FILE *file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    for (int c; (c = getc(file)) != EOF;)
        lines += c == '\n';
    fclose(file);
    return lines;
}

/* Nothing that belongs on a standard stream may end in a file or a socket that got its number. */
START_TEST(closed_streams_are_nobody_elses)
{
    static const char *const closed[] = {"exec 0>&-", "exec 1>&-", "exec 2>&-", "exec 0>&- 1>&- 2>&-"};
    char folder[FOLDER_SIZE], lines[PATH_SIZE], text[PATH_SIZE + 8], root[64];
    struct site *site = start_site(0);
    folder_make(folder, "/tmp/crawler-limits");
    snprintf(lines, sizeof lines, "%s/a.jsonl", folder);
    snprintf(text, sizeof text, "text:%s/a.txt", folder);
    site_url(site, "/", root, sizeof root);
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        struct run run;
        run_crawler_after(&run, site, closed[i], (const char *const[]){"-vv", "-o", lines, "-o", text, root, NULL});
        ck_assert_msg(run.exit_code == 0, "%s: exit code %d\n%s", closed[i], run.exit_code, run.err);
        ck_assert_int_eq(line_count(lines), PAGES + 1);
        run_free(&run);
    }
    remove_folder(folder, OUTPUTS);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(what_a_closed_stream_misses_is_told)
{
    static const struct {
        const char *closed;
        const char *arguments[4];
        const char *words;
        int code;
    } cases[] = {
        {"exec 1>&-", {"--help"}, "standard output: closed", 1},
        {"exec 1>&-", {"--version"}, "standard output: closed", 1},
        {"exec 1>&- <<E\n<a href=x>\nE", {"links", "--base", "http://a/", "-"}, "standard output: closed", 1},
        {"exec 0>&-", {"-i", "-"}, "-: closed", 2},
        {"exec 0>&-", {"charset", "-"}, "-: closed", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const arguments[] = {cases[i].arguments[0], cases[i].arguments[1], cases[i].arguments[2],
                                         cases[i].arguments[3], NULL};
        struct run run;
        run_crawler_after(&run, NULL, cases[i].closed, arguments);
        ck_assert_msg(run.exit_code == cases[i].code && strstr(run.err, cases[i].words), "%s: exit code %d\n%s",
                      cases[i].arguments[0], run.exit_code, run.err);
        run_free(&run);
    }
}
END_TEST

START_TEST(a_report_to_a_closed_stream_fails)
{
    struct run run;
    crawl_after(&run, "exec 1>&-");
    ck_assert_int_eq(run.exit_code, 1);
    ASSERT_SAID(&run, "standard output: closed");
    run_free(&run);
}
END_TEST

int main(void)
{
    return RUN_TESTS("limits", few_descriptors_mean_fewer_at_once, no_descriptor_is_no_name_server_that_failed,
                     little_memory_is_told, a_file_that_may_not_grow_ends_the_crawl, a_small_stack_is_enough,
                     closed_streams_are_nobody_elses, what_a_closed_stream_misses_is_told,
                     a_report_to_a_closed_stream_fails);
}
