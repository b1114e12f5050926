#include "base/log.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/escape.h"

static enum log_level threshold = LOG_WARNING;
static log_sink current_sink;
static void *current_context;

void log_set_level(enum log_level level)
{
    threshold = level;
}

bool log_enabled(enum log_level level)
{
    return level <= threshold;
}

void log_set_sink(log_sink sink, void *context)
{
    current_sink = sink;
    current_context = context;
}

static void emit(enum log_level level, const char *line)
{
    if (current_sink)
        current_sink(current_context, level, line);
    else
        fprintf(stderr, "%s\n", line);
}

void log_write(enum log_level level, const char *format, ...)
{
    if (!log_enabled(level))
        return;
    char raw[LOG_LINE_LIMIT / 4];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    struct buf line;
    buf_init(&line, LOG_LINE_LIMIT);
    size_t kept = (size_t)length < sizeof raw ? (size_t)length : sizeof raw - 1;
    /* Without memory for the escaped line, an unescaped one would be a danger and none at all a loss: say that much. */
    if (escape_for_terminal(&line, (struct slice){raw, kept}))
        emit(level, "(a log line was lost: out of memory)");
    else
        emit(level, buf_text(&line));
    buf_free(&line);
}
