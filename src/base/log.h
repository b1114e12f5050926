/* log.h - lines for the person at the terminal.
 *
 * Levels are those of the chapter: errors always, warnings by default, -v for info, -vv for debug; -q leaves errors
 * only. A line goes to the sink in one piece, control characters escaped, so that nothing from the network reaches a
 * terminal raw and a progress line can step aside for it. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

enum { LOG_LINE_LIMIT = 16 * 1024 };

/* Takes one line of at most LOG_LINE_LIMIT bytes, without its newline, NUL-terminated and already escaped. Must not
 * log. */
typedef void (*log_sink)(void *context, enum log_level level, const char *line);

/* Lines above `level` are dropped. The default is LOG_WARNING. */
void log_set_level(enum log_level level);

/* Whether a line of `level` would be written. */
bool log_enabled(enum log_level level);

/* Sends the lines to `sink` from now on; NULL for standard error. `context` is the caller's. */
void log_set_sink(log_sink sink, void *context);

void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_write(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_info(...)    log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   (log_enabled(LOG_DEBUG) ? log_write(LOG_DEBUG, __VA_ARGS__) : (void)0)

#endif
