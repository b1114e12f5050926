#include "sandbox/sandbox.h"

#include <stdbool.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/buf.h"
#include "base/log.h"
#include "base/valgrind.h"
#include "sandbox/landlock.h"
#include "sandbox/refusal.h"
#include "sandbox/seccomp.h"

/* What became of a part: `result` is an error or not, and if it is, `why` tells of it. */
struct outcome {
    int result;
    struct refusal why;
};

/* Without it only root may confine itself: programs that it starts could be fooled by what they can't do. */
static int give_up_privileges(struct refusal *why)
{
#ifdef __linux__
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? refused(why, "prctl(PR_SET_NO_NEW_PRIVS)") : 0;
#else
    errno = ENOSYS;
    return refused(why, "prctl");
#endif
}

static int append_folders(struct buf *line, const char *const *writable)
{
    int err = writable[0] ? 0 : buf_printf(line, "nowhere");
    for (size_t i = 0; writable[i] && !err; i++)
        err = buf_printf(line, "%s%s", i ? ", " : "", writable[i]);
    return err;
}

static int append_failure(struct buf *line, const char *what, const struct outcome *outcome)
{
    return buf_printf(line, "%s (%s: %s)", what, outcome->why.call, strerror(outcome->why.number));
}

static int append_files(struct buf *line, const struct outcome *files, const char *const *writable)
{
    if (files->result < 0)
        return append_failure(line, "files may be written anywhere", files);
    int err = buf_printf(line, "files are written in ");
    if (!err)
        err = append_folders(line, writable);
    return err ? err : buf_printf(line, " alone (Landlock %d)", files->result);
}

static int append_calls(struct buf *line, const struct outcome *calls)
{
    return calls->result < 0 ? append_failure(line, "system calls are not filtered", calls)
                             : buf_printf(line, "no processes, no servers, no raw sockets (seccomp)");
}

static bool is_alarming(const struct outcome *outcome)
{
    return outcome->result < 0 && outcome->result != ERR_UNSUPPORTED;
}

static void tell(const struct outcome *files, const struct outcome *calls, const char *const *writable)
{
    struct buf line;
    enum log_level level = is_alarming(files) || is_alarming(calls) ? LOG_WARNING : LOG_INFO;
    if (!log_enabled(level))
        return;
    buf_init(&line, LOG_LINE_LIMIT);
    int err = append_files(&line, files, writable);
    if (!err)
        err = buf_printf(&line, "; ");
    if (!err)
        err = append_calls(&line, calls);
    log_write(level, "sandbox: %s", err ? error_text(err) : buf_text(&line));
    buf_free(&line);
}

unsigned sandbox_enter(const char *const *writable)
{
    struct outcome files = {0}, calls;
    if (runs_under_valgrind()) {
        log_debug("sandbox: none under valgrind, which could not do its work in one");
        return 0;
    }
    files.result = give_up_privileges(&files.why);
    calls = files;
    if (!files.result) {
        files.result = landlock_confine(writable, &files.why);
        calls.result = seccomp_confine(&calls.why);
    }
    tell(&files, &calls, writable);
    return (files.result < 0 ? 0u : SANDBOX_FILES) | (calls.result < 0 ? 0u : SANDBOX_CALLS);
}
