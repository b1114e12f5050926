#include "unit/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/suite.h"

void folder_make(char folder[FOLDER_SIZE], const char *prefix)
{
    ck_assert_int_lt(snprintf(folder, FOLDER_SIZE, "%s-XXXXXX", prefix), FOLDER_SIZE);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

void folder_remove(const char *folder)
{
    char command[256];
    ck_assert_int_lt(snprintf(command, sizeof command, "rm -r %s", folder), (int)sizeof command);
    ck_assert_int_eq(system(command), 0);
}

void file_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    ck_assert_msg(file != NULL, "no %s", path);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

char *file_text(const char *path)
{
    char *text = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "re");
    ck_assert_msg(file != NULL, "no %s", path);
    ssize_t length = getdelim(&text, &room, '\0', file);
    fclose(file);
    if (length < 0)
        *text = '\0';
    ck_assert_msg(length < 0 || strlen(text) == (size_t)length, "a NUL in %s", path);
    return text;
}

char *file_take(const char *path)
{
    char *text = file_text(path);
    ck_assert_int_eq(unlink(path), 0);
    return text;
}

bool file_exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}
