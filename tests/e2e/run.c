#include "e2e/run.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const *join_arguments(const char *all[MOST_ARGUMENTS], const char *const *usual, const char *const *more,
                                  const char *last)
{
    size_t count = 0;
    while (*usual && count < MOST_ARGUMENTS - 2)
        all[count++] = *usual++;
    while (*more && count < MOST_ARGUMENTS - 2)
        all[count++] = *more++;
    ck_assert_msg(!*usual && !*more, "too many arguments");
    all[count++] = last;
    all[count] = NULL;
    return all;
}

/* No file of the user's own may change what a test sees. */
static void become_crawler(const char *preparation, const char *const *arguments, int in, const int out[2],
                           const int err[2])
{
    char script[256];
    const char *argv[MOST_ARGUMENTS + 4] = {"/bin/sh", "-c", script, CRAWLER};
    snprintf(script, sizeof script, "%s\nexec \"$0\" \"$@\"", preparation ? preparation : "");
    for (int i = 0; i < MOST_ARGUMENTS - 1 && arguments[i]; i++)
        argv[i + 4] = arguments[i];
    if (in < 0 || dup2(in, 0) < 0 || dup2(out[1], 1) < 0 || dup2(err[1], 2) < 0)
        _exit(127);
    setenv("XDG_CONFIG_HOME", E2E_CONFIG, 1);
    if (preparation)
        execv(argv[0], (char *const *)argv);
    else
        execv(CRAWLER, (char *const *)argv + 3);
    _exit(127);
}

/* Starts the crawler with the descriptor `in`, which is closed here, as its standard input. */
static void start(struct run *run, int in, const char *preparation, const char *const *arguments)
{
    int out[2], err[2], begun[2];
    char none;
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(err, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(begun, O_CLOEXEC), 0);
    *run = (struct run){.out_fd = out[0], .err_fd = err[0]};
    run->pid = fork();
    ck_assert_int_ge(run->pid, 0);
    if (run->pid == 0)
        become_crawler(preparation, arguments, in, out, err);
    close(in);
    close(out[1]);
    close(err[1]);
    close(begun[1]);
    /* A signal that came before the program is another one would be the test's own, and end its whole group. */
    ck_assert_int_eq(read(begun[0], &none, 1), 0);
    close(begun[0]);
}

void run_start(struct run *run, const char *const *arguments)
{
    start(run, open("/dev/null", O_RDONLY | O_CLOEXEC), NULL, arguments);
}

/* A text that grows. */
struct text {
    char *data;
    size_t length;
};

static void append(struct text *text, const char *bytes, size_t length)
{
    text->data = realloc(text->data, text->length + length + 1);
    ck_assert_ptr_nonnull(text->data);
    memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

/* Reads from `fd` once; false at its end. */
static bool read_some(int fd, struct text *text)
{
    char bytes[65536];
    ssize_t length = read(fd, bytes, sizeof bytes);
    if (length <= 0)
        return false;
    append(text, bytes, (size_t)length);
    return true;
}

static void read_both(const struct run *run, struct text *out, struct text *err)
{
    struct pollfd fds[] = {{run->out_fd, POLLIN, 0}, {run->err_fd, POLLIN, 0}};
    struct text *texts[] = {out, err};
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        ck_assert_int_gt(poll(fds, 2, -1), 0);
        for (int i = 0; i < 2; i++)
            if (fds[i].revents && !read_some(fds[i].fd, texts[i]))
                fds[i].fd = -1;
    }
}

static char *with_tilde(struct text *text, const struct site *site)
{
    char origin[128];
    struct text result = {0};
    append(&result, "", 0);
    const char *rest = text->data;
    while (site && *rest) {
        const char *found = strstr(rest, site_url(site, "", origin, sizeof origin));
        if (!found)
            break;
        append(&result, rest, (size_t)(found - rest));
        append(&result, "~", 1);
        rest = found + strlen(origin);
    }
    append(&result, rest, strlen(rest));
    free(text->data);
    return result.data;
}

void run_wait(struct run *run, const struct site *site)
{
    struct text out = {0}, err = {0};
    append(&out, "", 0);
    append(&err, "", 0);
    read_both(run, &out, &err);
    close(run->out_fd);
    close(run->err_fd);
    int status;
    ck_assert_int_eq(waitpid(run->pid, &status, 0), run->pid);
    run->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    run->out = with_tilde(&out, site);
    run->err = with_tilde(&err, site);
}

void run_crawler(struct run *run, const struct site *site, const char *const *arguments)
{
    run_start(run, arguments);
    run_wait(run, site);
}

void run_crawler_after(struct run *run, const struct site *site, const char *preparation, const char *const *arguments)
{
    start(run, open("/dev/null", O_RDONLY | O_CLOEXEC), preparation, arguments);
    run_wait(run, site);
}

long run_threads(const struct run *run)
{
    char path[64], line[128];
    long threads = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)run->pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "Threads:", 8) == 0)
            threads = atol(line + 8);
    if (file)
        fclose(file);
    return threads;
}

void run_free(struct run *run)
{
    free(run->out);
    free(run->err);
}

void run_crawler_on(struct run *run, const char *input, const char *const *arguments)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    fputs(input, file);
    ck_assert_int_eq(fflush(file), 0);
    rewind(file);
    start(run, dup(fileno(file)), NULL, arguments);
    fclose(file);
    run_wait(run, NULL);
}

char *run_url_lines(const struct run *run)
{
    static const char head[] = "*** Report ***\n";
    const char *start = strstr(run->out, head);
    ck_assert_msg(start != NULL, "no report in: %s%s", run->out, run->err);
    start += strlen(head);
    const char *end = strstr(start, "Finished ");
    ck_assert_msg(end != NULL, "no totals in: %s", run->out);
    return strndup(start, (size_t)(end - start));
}

static long total(const char *out, const char *name)
{
    char wanted[80];
    snprintf(wanted, sizeof wanted, "\n%s ", name);
    const char *found = strstr(out, wanted);
    return found ? atol(found + strlen(wanted)) : -1;
}

long run_counter(const struct run *run, const char *name)
{
    const char *line = strstr(run->out, "\nFinished ");
    if (name[strlen(name) - 1] == ':')
        return total(run->out, name);
    for (; line; line = strchr(line + 1, '\n')) {
        long value;
        char found[64];
        if (sscanf(line, " %ld %63s", &value, found) == 2 && strcmp(found, name) == 0)
            return value;
    }
    return -1;
}

unsigned times_said(const char *text, const char *part)
{
    unsigned times = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        times++;
    return times;
}

void await_requests(const struct site *site, unsigned count)
{
    while (site_requests(site) < count)
        usleep(1000);
}
