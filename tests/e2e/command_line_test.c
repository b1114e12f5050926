/* The command line, the config file and the exit codes. */
#include "e2e/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { MAX_ARGUMENTS = 8, PATH_SIZE = 2 * FOLDER_SIZE };

struct usage {
    const char *arguments[MAX_ARGUMENTS];
    int exit_code;
    const char *message; /* in the log */
};

static const struct usage WRONG[] = {
    {{NULL}, 2, "Use --help for command line help"},
    {{"--no-such", "http://a/"}, 2, "--no-such: unknown option"},
    {{"--max-tasks", "0", "http://a/"}, 2, "--max-tasks: '0' is not a number from 1 to 30000"},
    {{"--max-tasks", "12x", "http://a/"}, 2, "--max-tasks: '12x' is not a number"},
    {{"--max-tasks", "99999999999999999999999", "http://a/"}, 2, "--max-tasks: '99999999999999999999999'"},
    {{"--max-tasks"}, 2, "--max-tasks: missing argument"},
    {{"--timeout", "10 s", "http://a/"}, 2, "--timeout: '10 s' is not a time such as"},
    {{"--max-body", "5x", "http://a/"}, 2, "--max-body: '5x' is not a size such as"},
    {{"--scope", "galaxy", "http://a/"}, 2, "--scope: 'galaxy' is none of host, domain, subdomains, prefix, any"},
    {{"--selector", "abacus", "http://a/"}, 2, "--selector: no such poller"},
    {{"-z", "5s", "http://a/"}, 2, "--duration: only for crawler measure"},
    {{"measure", "--skipped", "x", "http://a/"}, 2, "--skipped: not for crawler measure"},
    {{"--extractor", "sieve", "http://a/"}, 2, "--extractor: no such engine"},
    {{"--exclude", "a(b", "http://a/"}, 2, "--exclude: missing closing parenthesis at position 4 of 'a(b'"},
    {{"http://a b/"}, 2, "http://a b/: invalid host in URL"},
    {{"ftp://a/"}, 2, "ftp://a/"},
    {{"-i", "/nonexistent/seeds"}, 2, "--input-file: /nonexistent/seeds: No such file"},
    {{"--config", "/nonexistent/c.ini", "http://a/"}, 3, "/nonexistent/c.ini: No such file"},
    {{"--profile", "nobody", "http://a/"},
     3,
     "there is no profile 'nobody' (a file is named with a '/', as ./nobody.ini)"},
    {{"-H", "Bad: a\r\nInjected: b", "http://a/"}, 2, "Bad"},
};

START_TEST(wrong_usage_is_explained)
{
    const struct usage *usage = &WRONG[_i];
    struct run run;
    run_crawler(&run, NULL, usage->arguments);
    ck_assert_msg(run.exit_code == usage->exit_code, "exit code %d: %s", run.exit_code, run.err);
    ck_assert_msg(strstr(run.err, usage->message) != NULL, "expected %s, got %s", usage->message, run.err);
    ck_assert_str_eq(run.out, "");
    run_free(&run);
}
END_TEST

START_TEST(help_and_version_go_to_standard_output)
{
    struct run run;
    run_crawler(&run, NULL, (const char *const[]){"--help", NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_ptr_nonnull(strstr(run.out, "-c, --max-tasks N"));
    ck_assert_str_eq(run.err, "");
    for (const char *line = run.out; line; line = strchr(line + 1, '\n'))
        ck_assert_uint_le(strcspn(line + 1, "\n"), 80);
    run_free(&run);
    run_crawler(&run, NULL, (const char *const[]){"-V", NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_ptr_nonnull(strstr(run.out, "crawler "));
    run_free(&run);
}
END_TEST

static struct site *start_two_pages(void)
{
    static const struct site_page pages[] = {
        {.path = "/", .body = "<a href='/a'><a href='/b'>"}, {.path = "/a"}, {.path = "/b"}, {0}};
    return site_of_pages(pages);
}

/* Writes a file into a test's folder. */
static void write_file(char path[PATH_SIZE], const char *folder, const char *name, const char *text)
{
    snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    file_write(path, text);
}

START_TEST(later_sources_win)
{
    char folder[FOLDER_SIZE], config[PATH_SIZE], profile[PATH_SIZE], root[64];
    folder_make(folder, "/tmp/crawler-test");
    write_file(config, folder, "c.ini",
               "; comment\n[politeness]\nmax-tasks = 3\nmax_tries = 2\n[scope]\nexclude = /a$\n");
    write_file(profile, folder, "p.ini", "max-tasks = 4\n");
    struct site *site = start_two_pages();
    struct run run;
    site_url(site, "/", root, sizeof root);
    run_crawler(&run, site, (const char *const[]){"--config", config, root, NULL});
    ck_assert_ptr_nonnull(strstr(run.out, "(max_tasks=3)"));
    ck_assert_int_eq(run_counter(&run, "Done:"), 2);
    run_free(&run);
    run_crawler(&run, site, (const char *const[]){"--config", config, "--profile", profile, root, NULL});
    ck_assert_ptr_nonnull(strstr(run.out, "(max_tasks=4)"));
    run_free(&run);
    run_crawler(&run, site, (const char *const[]){"--config", config, "-c5", "--exclude", "/b$", root, NULL});
    ck_assert_ptr_nonnull(strstr(run.out, "(max_tasks=5)"));
    ck_assert_int_eq(run_counter(&run, "Done:"), 1);
    run_free(&run);
    folder_remove(folder);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(a_bad_config_is_named_with_its_line)
{
    static const struct {
        const char *text;
        const char *message;
    } bad[] = {{"\n[x]\nno-such-key = 1\n", ":3: no-such-key: unknown key"},
               {"max-tasks = many\n", ":1: max-tasks: 'many' is not a number"},
               {"[x]\nmax-tasks 5\n", ":2: neither a section"},
               {"insecure = perhaps\n", ":1: insecure: 'perhaps' is neither yes nor no"},
               {"exclude = /a$\n  max-tasks = 3\n", ":2: an indented line: "},
               {"; a\n\t; b\n \n[x]\n\tmax-tasks = 3\n", ":5: an indented line: "},
               {"duration = soon\n", ":1: duration: 'soon' is not a time"}, /* for another command */
               {"help = yes\n", ":1: help: only for the command line"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char folder[FOLDER_SIZE], config[PATH_SIZE];
        struct run run;
        folder_make(folder, "/tmp/crawler-test");
        write_file(config, folder, "c.ini", bad[i].text);
        run_crawler(&run, NULL, (const char *const[]){"--config", config, "http://a/", NULL});
        ck_assert_int_eq(run.exit_code, 3);
        ck_assert_msg(strstr(run.err, bad[i].message) != NULL, "%s", run.err);
        run_free(&run);
        folder_remove(folder);
    }
}
END_TEST

START_TEST(roots_come_from_a_file_too)
{
    char folder[FOLDER_SIZE], seeds[PATH_SIZE], text[256], report[PATH_SIZE];
    struct site *site = start_two_pages();
    struct run run;
    folder_make(folder, "/tmp/crawler-test");
    sprintf(text, "# seeds\n\n  127.0.0.1:%u/a  \r\nhttp://127.0.0.1:%u/b\n", site_port(site, 0), site_port(site, 0));
    write_file(seeds, folder, "seeds", text);
    snprintf(report, sizeof report, "%s/report", folder);
    run_crawler(&run, site, (const char *const[]){"-i", seeds, "-o", report, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_str_eq(run.out, "");
    char *said = file_text(report);
    ck_assert_ptr_nonnull(strstr(said, "*** Report ***\n"));
    free(said);
    ck_assert_uint_eq(site_request_count(site, "/a"), 1);
    ck_assert_uint_eq(site_request_count(site, "/b"), 1);
    run_free(&run);
    folder_remove(folder);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(a_bad_root_of_a_file_is_named_with_its_line)
{
    struct run run;
    run_crawler_on(&run, "# seeds\n\nhttp://a.test/\nhttp://a b/\n", (const char *const[]){"-i", "-", NULL});
    ck_assert_int_eq(run.exit_code, 2);
    ck_assert_msg(strstr(run.err, "--input-file: -:4: invalid host in URL") != NULL, "%s", run.err);
    run_free(&run);
}
END_TEST

START_TEST(no_root_fetched_is_a_failure)
{
    char root[64];
    struct run run;
    sprintf(root, "http://127.0.0.1:%u/", site_unused_port());
    run_crawler(&run, NULL, (const char *const[]){"--max-tries", "1", root, NULL});
    ck_assert_int_eq(run.exit_code, 1);
    ck_assert_ptr_nonnull(strstr(run.err, "no root could be fetched"));
    ck_assert_int_eq(run_counter(&run, "fail_connect-refused"), 1);
    run_free(&run);
}
END_TEST

START_TEST(a_report_that_cannot_be_written_is_a_failure)
{
    static const char *const outputs[] = {"/nonexistent/report", "/dev/full"};
    char root[64];
    struct site *site = start_two_pages();
    site_url(site, "/", root, sizeof root);
    for (size_t i = 0; i < 2; i++) {
        struct run run;
        run_crawler(&run, site, (const char *const[]){"-o", outputs[i], root, NULL});
        ck_assert_int_eq(run.exit_code, 1);
        ck_assert_msg(strstr(run.err, outputs[i]) != NULL, "%s", run.err);
        run_free(&run);
    }
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

static void check_sent(const struct site *site, unsigned request_number, const char *header, const char *expected)
{
    struct site_request request;
    char value[256];
    ck_assert(site_request(site, request_number, &request));
    ck_assert(site_request_header(&request, header, value, sizeof value));
    ck_assert_str_eq(value, expected);
}

/* What is sent goes to the origin of the root alone. */
START_TEST(headers_and_credentials_are_sent)
{
    char root[64];
    struct site *site = start_two_pages();
    struct run run;
    run_crawler(&run, site,
                (const char *const[]){"-A", "tester/1", "-H", "X-Test: yes", "-u", "me:secret",
                                      site_url(site, "/", root, sizeof root), NULL});
    ck_assert_int_eq(run.exit_code, 0);
    for (unsigned i = 0; i < 3; i++) {
        check_sent(site, i, "User-Agent", "tester/1");
        check_sent(site, i, "X-Test", "yes");
        check_sent(site, i, "Authorization", "Basic bWU6c2VjcmV0");
    }
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(credentials_in_a_root_count_as_user)
{
    char root[64];
    struct site *site = start_two_pages();
    struct run run;
    sprintf(root, "http://me:p%%40ss@127.0.0.1:%u/", site_port(site, 0));
    run_crawler(&run, site, (const char *const[]){root, NULL});
    ck_assert_int_eq(run_counter(&run, "Done:"), 3);
    ck_assert_ptr_null(strstr(run.out, "p%40ss"));
    check_sent(site, 2, "Authorization", "Basic bWU6cEBzcw==");
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS_TIMES("usage", sizeof WRONG / sizeof WRONG[0], wrong_usage_is_explained);
    return failed | RUN_TESTS("command_line", help_and_version_go_to_standard_output, later_sources_win,
                              a_bad_config_is_named_with_its_line, roots_come_from_a_file_too,
                              a_bad_root_of_a_file_is_named_with_its_line, no_root_fetched_is_a_failure,
                              a_report_that_cannot_be_written_is_a_failure, headers_and_credentials_are_sent,
                              credentials_in_a_root_count_as_user);
}
