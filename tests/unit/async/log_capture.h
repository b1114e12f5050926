/* log_capture.h - the last log line, for tests that expect one or none. */
#ifndef ASYNC_LOG_CAPTURE_H
#define ASYNC_LOG_CAPTURE_H

#include <stdio.h>

#include "base/log.h"

static char logged_line[256]; /* "" when nothing was logged since log_capture_start */

static inline void keep_line(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    snprintf(logged_line, sizeof logged_line, "%s", line);
}

static inline void log_capture_start(void)
{
    logged_line[0] = '\0';
    log_set_sink(keep_line, NULL);
}

#endif
