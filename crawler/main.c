/* main.c - options, then the command. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/log.h"
#include "inspect/inspect.h"
#include "program.h"

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
    return options->command == COMMAND_MEASURE ? measure_command(program) : crawl_command(program);
}

int main(int argc, char **argv)
{
    static struct program program;
    /* A reader that went away shows as a failed write. */
    signal(SIGPIPE, SIG_IGN);
    inspect_command inspect = argc > 1 ? inspect_find(argv[1]) : NULL;
    if (inspect)
        return inspect(argc - 1, argv + 1);
    enum exit_code code = EXIT_OK;
    switch (options_parse(&program.options, argc, argv, stdout, stderr)) {
    case OPTIONS_RUN:
        code = run_command(&program);
        break;
    case OPTIONS_EXIT:
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
