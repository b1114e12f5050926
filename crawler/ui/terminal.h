/* terminal.h - what a descriptor that may be a terminal can tell and take. */
#ifndef UI_TERMINAL_H
#define UI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Whether `fd` is a terminal that moves its cursor. */
bool terminal_is_capable(int fd);

/* Its columns at this moment; 80 where nobody knows. */
size_t terminal_columns(int fd);

/* Whether `fd` is our terminal while another job has the foreground, such as the shell. */
bool terminal_is_others(int fd);

/* Hands over all bytes, in one piece unless the system takes only a part at a time. Waits where a descriptor does not.
 * What can't be written is lost. */
void terminal_write(int fd, const char *bytes, size_t length);

#endif
