#include "ui/terminal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEFAULT_COLUMNS = 80 };

bool terminal_is_capable(int fd)
{
    const char *kind = getenv("TERM");
    return isatty(fd) && kind && strcmp(kind, "dumb") != 0;
}

size_t terminal_columns(int fd)
{
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : DEFAULT_COLUMNS;
}

bool terminal_is_others(int fd)
{
    pid_t foreground = tcgetpgrp(fd); /* -1 when it is no terminal or not the one that controls us */
    return foreground > 0 && foreground != getpgrp();
}

void terminal_write(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(fd, bytes, length);
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        if (written < 0 && errno == EAGAIN && poll(&ready, 1, -1) >= 0)
            continue;
        if (written < 0 && errno != EINTR)
            return;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
}
