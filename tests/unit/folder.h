/* folder.h - a folder of a test's own, and files. The test fails where one of these does. */
#ifndef UNIT_FOLDER_H
#define UNIT_FOLDER_H

#include <stdbool.h>

enum { FOLDER_SIZE = 64 };

/* Makes an empty folder whose name is `prefix` ("/tmp/crawler-state") and a few letters. */
void folder_make(char folder[FOLDER_SIZE], const char *prefix);

/* Removes it and all that is in it. */
void folder_remove(const char *folder);

/* Makes `text` all that a file has. */
void file_write(const char *path, const char *text);

/* All of a file, with a NUL behind it and none before; malloced. */
char *file_text(const char *path);

/* The same, and removes the file. */
char *file_take(const char *path);

/* Whether something has this name, a link that leads nowhere included. */
bool file_exists(const char *path);

#endif
