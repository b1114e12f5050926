/* Row 25: standard streams that are closed, slow or stand still. A reader that goes away is in outputs_test.c. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/records.h"
#include "e2e/run.h"
#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { SLOW_PAGES = 1000, PIECE = 1000, PATH_SIZE = 64, URL_SIZE = 64 };

static struct site *site;
static char root[URL_SIZE];

static void open_site(const struct site_graph *graph)
{
    site = site_of_graph(graph);
    site_url(site, "/", root, sizeof root);
}

/* Starts the crawler with descriptors 0 to 2 closed, but for 2 when it is to be `err`. */
static pid_t start_without_streams(const char *output, int err)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid)
        return pid;
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    if (err >= 0)
        dup2(err, 2);
    setenv("XDG_CONFIG_HOME", E2E_CONFIG, 1);
    execl(CRAWLER, CRAWLER, err < 0 ? "-v" : "-q", "-o", output, root, (char *)NULL);
    _exit(127);
}

static int exit_code_of(pid_t pid)
{
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void check_streams_lead_nowhere(pid_t pid)
{
    for (int fd = 0; fd < 3; fd++) {
        char name[PATH_SIZE], target[PATH_SIZE] = "";
        snprintf(name, sizeof name, "/proc/%d/fd/%d", (int)pid, fd);
        ssize_t length = readlink(name, target, sizeof target - 1);
        ck_assert_msg(length > 0 && strcmp(target, "/dev/null") == 0, "%d is '%s'", fd, target);
    }
}

START_TEST(row_25_closed_streams_are_given_to_nobody)
{
    char output[] = "/tmp/crawler-streams-XXXXXX", argument[PATH_SIZE];
    close(mkstemp(output));
    snprintf(argument, sizeof argument, "jsonl:%s", output);
    open_site(&(struct site_graph){.pages = 20, .links = 20, .delay = 200});
    pid_t pid = start_without_streams(argument, -1);
    await_requests(site, 2);
    if (access("/proc/self/fd", R_OK) == 0)
        check_streams_lead_nowhere(pid);
    ck_assert_int_eq(exit_code_of(pid), 0);
    json_t *records = records_of_file(output);
    ck_assert_uint_eq(json_array_size(records), 21);
    json_decref(records);
    ck_assert_int_eq(unlink(output), 0);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(row_25_a_report_to_closed_standard_output_is_an_error)
{
    char name[] = "/tmp/crawler-streams-XXXXXX";
    int err = mkstemp(name);
    ck_assert_int_gt(err, 2);
    open_site(&(struct site_graph){.pages = 20, .links = 20});
    ck_assert_int_eq(exit_code_of(start_without_streams("text:-", err)), 1);
    char *said = file_take(name);
    ck_assert_str_eq(said, "standard output: closed\n");
    free(said);
    close(err);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* A pipe of a page, read in small pieces after a pause. */
START_TEST(row_25_a_slow_reader_gets_all)
{
    static char text[SLOW_PAGES * 1000];
    size_t length = 0;
    ssize_t got;
    struct run run;
    open_site(&(struct site_graph){.pages = SLOW_PAGES, .links = SLOW_PAGES});
    run_start(&run, (const char *const[]){"-o", "jsonl:-", root, NULL});
#ifdef F_SETPIPE_SZ
    (void)fcntl(run.out_fd, F_SETPIPE_SZ, 4096);
#endif
    usleep(300000);
    while ((got = read(run.out_fd, text + length, PIECE)) > 0) {
        length += (size_t)got;
        ck_assert_uint_lt(length, sizeof text - PIECE);
        usleep(100);
    }
    run_wait(&run, site);
    ck_assert_msg(run.exit_code == 0, "%d %s", run.exit_code, run.err);
    json_t *records = records_of(text);
    ck_assert_uint_eq(json_array_size(records), SLOW_PAGES + 1);
    json_decref(records);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("streams", row_25_closed_streams_are_given_to_nobody,
                     row_25_a_report_to_closed_standard_output_is_an_error, row_25_a_slow_reader_gets_all);
}
