/* The progress line on a real terminal, judged by what is on its screen. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <pty.h>
#else
#include <util.h>
#endif

#include "e2e/run.h"
#include "site/started.h"
#include "unit/suite.h"

enum { MAX_ROWS = 1024, MAX_COLUMNS = 1024, MAX_ARGUMENTS = 16, PAGES = 200 };

/* A terminal whose rows are as long as they need to be; it knows CR, LF and ESC [ K. A drawing is what stands in a row
 * when the cursor goes back in it. */
struct screen {
    char rows[MAX_ROWS][MAX_COLUMNS];
    int row;
    int column;
    bool returned; /* by a CR that was the last byte */
    int escape;    /* bytes of ESC [ K seen */
    int drawings;
    int late; /* drawings that may still be of the width before */
    int width;
};

struct terminal {
    pid_t pid;
    int fd;
    int status;
    struct screen screen;
};

static void take_drawing(struct screen *screen)
{
    const char *drawing = screen->rows[screen->row];
    if (!drawing[0])
        return;
    screen->drawings++;
    ck_assert_msg(strstr(drawing, " done") != NULL, "not a drawing: %s", drawing);
    if (screen->late > 0)
        screen->late--;
    else
        ck_assert_msg((int)strlen(drawing) < screen->width, "%d columns: %s", screen->width, drawing);
}

static void put(struct screen *screen, char byte)
{
    char *row = screen->rows[screen->row];
    ck_assert_int_lt(screen->column, MAX_COLUMNS - 1);
    if (!row[screen->column])
        row[screen->column + 1] = '\0';
    row[screen->column++] = byte;
}

/* The K of ESC [ K clears the row behind the cursor. */
static bool take_escape(struct screen *screen, char byte)
{
    static const char sequence[] = "\033[K";
    if (byte != sequence[screen->escape]) {
        ck_assert_msg(screen->escape == 0, "an escape sequence was torn by '%c'", byte);
        return false;
    }
    screen->escape++;
    if (!sequence[screen->escape]) {
        screen->rows[screen->row][screen->column] = '\0';
        screen->escape = 0;
    }
    return true;
}

/* A CR that no LF follows begins a drawing anew, or clears it. */
static void take_byte(struct screen *screen, char byte)
{
    if (screen->returned && byte != '\n' && byte != '\r')
        take_drawing(screen);
    if (byte == '\r' || byte == '\n' || screen->returned)
        screen->column = 0;
    screen->returned = byte == '\r';
    if (byte == '\n') {
        screen->row++;
        ck_assert_int_lt(screen->row, MAX_ROWS);
    } else if (byte != '\r' && !take_escape(screen, byte)) {
        ck_assert_msg((unsigned char)byte >= ' ', "control byte %d", byte);
        put(screen, byte);
    }
}

/* Shows what the program has written, waiting for it; false at the end. */
static bool watch(struct terminal *terminal)
{
    char bytes[4096];
    ssize_t length = read(terminal->fd, bytes, sizeof bytes);
    if (length < 0 && errno == EINTR)
        return true;
    for (ssize_t i = 0; i < length; i++)
        take_byte(&terminal->screen, bytes[i]);
    return length > 0;
}

static struct winsize columns(int count)
{
    return (struct winsize){.ws_row = 24, .ws_col = (unsigned short)count};
}

/* Halts the program, shows all that it has written so far, and changes the terminal: only a drawing that was being made
 * can be of the old width. */
static void resize(struct terminal *terminal, int width)
{
    int status, waiting;
    const struct winsize size = columns(width);
    ck_assert_int_eq(kill(terminal->pid, SIGSTOP), 0);
    ck_assert_int_eq(waitpid(terminal->pid, &status, WUNTRACED), terminal->pid);
    ck_assert_msg(WIFSTOPPED(status), "the crawl was over too early");
    while (ioctl(terminal->fd, FIONREAD, &waiting) == 0 && waiting > 0)
        watch(terminal);
    ck_assert_int_eq(ioctl(terminal->fd, TIOCSWINSZ, &size), 0);
    terminal->screen.width = width;
    terminal->screen.late = 2; /* one on the screen, one being made */
    ck_assert_int_eq(kill(terminal->pid, SIGCONT), 0);
}

static void become_crawler(const char *kind, const char *const *arguments)
{
    const char *argv[MAX_ARGUMENTS] = {CRAWLER};
    for (int i = 0; i < MAX_ARGUMENTS - 2 && arguments[i]; i++)
        argv[i + 1] = arguments[i];
    setenv("XDG_CONFIG_HOME", E2E_CONFIG, 1);
    setenv("TERM", kind, 1);
    execv(CRAWLER, (char *const *)argv);
    _exit(127);
}

/* Lets the crawler run as a job that does not have the terminal, as with `&` in a shell. */
static void become_its_shell(const char *kind, const char *const *arguments)
{
    int status;
    pid_t job = fork();
    if (job == 0) {
        setpgid(0, 0);
        become_crawler(kind, arguments);
    }
    _exit(job > 0 && waitpid(job, &status, 0) == job && WIFEXITED(status) ? WEXITSTATUS(status) : 126);
}

static void start(struct terminal *terminal, int width, bool in_background, const char *kind,
                  const char *const *arguments)
{
    const struct winsize size = columns(width);
    terminal->screen.width = width;
    terminal->pid = forkpty(&terminal->fd, NULL, NULL, &size);
    ck_assert_int_ge(terminal->pid, 0);
    if (terminal->pid == 0 && in_background)
        become_its_shell(kind, arguments);
    if (terminal->pid == 0)
        become_crawler(kind, arguments);
}

static void finish(struct terminal *terminal)
{
    while (watch(terminal))
        ;
    close(terminal->fd);
    ck_assert_int_eq(waitpid(terminal->pid, &terminal->status, 0), terminal->pid);
    ck_assert_int_eq(terminal->status, 0);
}

static int rows_with(const struct screen *screen, const char *text)
{
    int count = 0;
    for (int i = 0; i <= screen->row; i++)
        count += strstr(screen->rows[i], text) != NULL;
    return count;
}

static double elapsed(const struct screen *screen)
{
    double seconds = -1;
    for (int i = 0; i <= screen->row; i++)
        if (sscanf(screen->rows[i], "Finished %*u urls in %lf secs", &seconds) == 1)
            return seconds;
    ck_abort_msg("no report on the screen");
}

/* Each page but the first has a link, of which -v tells, in a row of its own before the report's. */
static void check_log(const struct screen *screen)
{
    unsigned links, told = 0;
    int end = 0;
    char rest[MAX_COLUMNS];
    for (; strcmp(screen->rows[end], "*** Report ***") != 0; end++) {
        const char *row = screen->rows[end];
        ck_assert_msg(sscanf(row, "got %u distinct urls from http://127.0.0.1:%1023s", &links, rest) == 2, "torn: %s",
                      row);
        ck_assert_msg(strspn(rest, "0123456789/page") == strlen(rest), "torn: %s", row);
        told++;
    }
    ck_assert_uint_eq(told, PAGES + 1);
}

static struct site *start_slow_site(unsigned delay)
{
    const struct site_graph graph = {.pages = PAGES, .links = PAGES, .delay = delay};
    return site_of_graph(&graph);
}

/* All ends in the first column of an empty row. */
static void check_end(const struct screen *screen)
{
    ck_assert_str_eq(screen->rows[screen->row], "");
    ck_assert_int_eq(rows_with(screen, " queued"), 0);
    ck_assert_int_eq(screen->escape, 0);
}

START_TEST(the_line_fits_and_leaves_nothing_behind)
{
    static struct terminal terminal;
    char root[64];
    struct site *site = start_slow_site(120);
    start(&terminal, 80, false, "xterm",
          (const char *const[]){"-v", "--no-sandbox", "-c", "8", site_url(site, "/", root, sizeof root), NULL});
    while (terminal.screen.drawings < 5)
        ck_assert(watch(&terminal));
    resize(&terminal, 40);
    while (terminal.screen.drawings < 10)
        ck_assert(watch(&terminal));
    resize(&terminal, 3);
    finish(&terminal);
    ck_assert_double_le(terminal.screen.drawings, 10 * elapsed(&terminal.screen) + 1);
    check_log(&terminal.screen);
    check_end(&terminal.screen);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

struct silent {
    const char *kind;
    bool in_background;
    const char *progress;
};

static const struct silent SILENT[] = {
    {"dumb", false, "auto"}, {"xterm", false, "none"}, {"xterm", true, "auto"}, {"xterm", true, "bar"}};

START_TEST(nothing_is_drawn_where_it_would_disturb)
{
    static struct terminal terminal;
    char root[64];
    struct site *site = start_slow_site(20);
    start(&terminal, 80, SILENT[_i].in_background, SILENT[_i].kind,
          (const char *const[]){"-v", "--no-sandbox", "-c", "8", "--progress", SILENT[_i].progress,
                                site_url(site, "/", root, sizeof root), NULL});
    finish(&terminal);
    ck_assert_int_eq(terminal.screen.drawings, 0);
    check_log(&terminal.screen);
    check_end(&terminal.screen);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(records_on_the_terminal_leave_no_room_for_it)
{
    static struct terminal terminal;
    char root[64];
    struct site *site = start_slow_site(20);
    start(&terminal, 80, false, "xterm",
          (const char *const[]){"-c", "8", "-o", "/dev/null", "--skipped", "-", site_url(site, "/", root, sizeof root),
                                NULL});
    finish(&terminal);
    ck_assert_int_eq(terminal.screen.drawings, 0);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

static bool has_controls(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' && *text != '\n')
            return true;
    return false;
}

START_TEST(a_pipe_gets_a_line_only_when_told_so)
{
    char root[64];
    struct site *site = start_slow_site(20);
    struct run run;
    site_url(site, "/", root, sizeof root);
    run_crawler(&run, site, (const char *const[]){"-v", "-c", "8", root, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert(!has_controls(run.err));
    run_free(&run);
    run_crawler(&run, site, (const char *const[]){"-c", "8", "--progress", "bar", root, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_ptr_nonnull(strstr(run.err, " queued"));
    ck_assert(!has_controls(run.out));
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS_TIMES("silent", sizeof SILENT / sizeof SILENT[0], nothing_is_drawn_where_it_would_disturb);
    return failed | RUN_TESTS("progress", the_line_fits_and_leaves_nothing_behind,
                              records_on_the_terminal_leave_no_room_for_it, a_pipe_gets_a_line_only_when_told_so);
}
