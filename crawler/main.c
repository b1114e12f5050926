/* main.c - options, then the command. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "confine.h"
#include "inspect/inspect.h"
#include "program.h"

/* Standard streams that were closed get descriptors that refuse what they are for: else the next files and sockets
 * would have their numbers, and get what is meant for them. */
static void fill_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return;
}

/* As many descriptors as the system grants; not for select, which can't watch those beyond FD_SETSIZE. */
static void raise_descriptor_limit(const char *selector)
{
    struct rlimit files;
    if (selector && strcmp(selector, "select") == 0)
        return;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static void set_log_level(int verbosity)
{
    static const enum log_level levels[] = {LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG};
    int index = verbosity + 1;
    log_set_level(levels[index < 0 ? 0 : index > 3 ? 3 : index]);
}

static enum exit_code run_command(struct program *program)
{
    const struct options *options = &program->options;
    set_log_level(options->verbosity);
    raise_descriptor_limit(options->selector);
    if (options->explain)
        return explain_command(program);
    static enum exit_code (*const commands[])(struct program *) = {crawl_command, measure_command, report_command,
                                                                   diff_command};
    return commands[options->command](program);
}

/* Whether what stands on standard output has arrived: commands whose whole result it is fail otherwise. */
static int after_output(int code)
{
    if (!fflush(stdout) && !ferror(stdout))
        return code;
    log_error("standard output: %s", error_text(error_from_errno(errno)));
    return code ? code : EXIT_RUNTIME;
}

int main(int argc, char **argv)
{
    static struct program program;
    fill_standard_streams();
    /* A reader that went away shows as a failed write, and so does a file that may not grow. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    inspect_command inspect = argc > 1 ? inspect_find(argv[1]) : NULL;
    if (inspect) {
        confine_reader();
        return after_output(inspect(argc - 1, argv + 1));
    }
    enum exit_code code = EXIT_OK;
    switch (options_parse(&program.options, argc, argv, stdout, stderr)) {
    case OPTIONS_RUN:
        code = run_command(&program);
        break;
    case OPTIONS_EXIT:
        code = (enum exit_code)after_output(EXIT_OK);
        break;
    case OPTIONS_USAGE:
        code = EXIT_USAGE;
        break;
    case OPTIONS_CONFIG:
        code = EXIT_CONFIG;
        break;
    case OPTIONS_FAILED:
        code = EXIT_RUNTIME;
        break;
    case OPTIONS_NO_MEMORY:
        program_fail("options", ERR_NO_MEMORY);
        code = EXIT_RUNTIME;
        break;
    }
    program_close(&program);
    return code;
}
