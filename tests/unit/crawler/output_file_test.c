#include "output/output_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "output/special_path.h"
#include "unit/folder.h"
#include "unit/suite.h"

static char folder[FOLDER_SIZE];

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void expect_content(const char *name, const char *expected)
{
    char *text = file_text(path_of(name));
    ck_assert_str_eq(text, expected);
    free(text);
}

static bool is_link(const char *name)
{
    struct stat status;
    return lstat(path_of(name), &status) == 0 && S_ISLNK(status.st_mode);
}

/* Writes "new" there and commits. Returns whether the file was to get its name. */
static bool write_new(const char *path)
{
    struct output_file *file;
    ck_assert_int_eq(output_file_open(&file, path, false), 0);
    bool is_named = output_file_is_named(file);
    fputs("new", output_file_stream(file));
    ck_assert_int_eq(output_file_commit(file), 0);
    output_file_free(file);
    return is_named;
}

/* Looks only: a mistake here must not be one that replaces the system's own. */
START_TEST(nothing_in_system_folders_is_replaced)
{
    static const struct {
        const char *path;
        int descriptor;
        bool is_special;
    } cases[] = {
        {"/dev/stdout", 1, true},
        {"/dev/stderr", 2, true},
        {"//dev/./stdout", 1, true},
        {"/dev/fd/../stdout", NO_DESCRIPTOR, true},
        {"/dev/fd/17", 17, true},
        {"/proc/self/fd/17", 17, true},
        {"/proc/self/fd/x", NO_DESCRIPTOR, true},
        {"/proc/self/fd/1x", NO_DESCRIPTOR, true},
        {"/proc/self/fd/99999999999999999999", NO_DESCRIPTOR, true},
        {"/dev/null", NO_DESCRIPTOR, true},
        {"/dev/no-such-thing", NO_DESCRIPTOR, true},
        {"/proc/self/no-such-thing", NO_DESCRIPTOR, true},
        {"/tmp", NO_DESCRIPTOR, true},
        {"/tmp/no-such-thing", NO_DESCRIPTOR, false},
        {"/nonexistent/dev/stdout", NO_DESCRIPTOR, false},
        {"stdout", NO_DESCRIPTOR, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct special_path special;
        ck_assert_int_eq(special_path_look(cases[i].path, &special), 0);
        ck_assert_msg(special.is_special == cases[i].is_special, "%s", cases[i].path);
        ck_assert_msg(special.descriptor == cases[i].descriptor, "%s: %d", cases[i].path, special.descriptor);
    }
}
END_TEST

/* A regular file behind a descriptor is written to where it stands, and keeps what it has. */
START_TEST(descriptors_are_written_to_as_they_are)
{
    static const char *const forms[] = {"/proc/self/fd/%d", "/dev/fd/%d", "/proc/thread-self/../../fd/%d"};
    folder_make(folder, "/tmp/crawler-test");
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char path[64];
        int fd = open(path_of("file"), O_RDWR | O_CREAT | O_TRUNC, 0600); /* inherited, as a shell's are */
        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(write(fd, "old ", 4), 4);
        snprintf(path, sizeof path, forms[i], fd);
        ck_assert(!write_new(path));
        ck_assert_int_eq(write(fd, " last", 5), 5);
        close(fd);
        expect_content("file", "old new last");
    }
    unlink(path_of("file"));
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(descriptors_that_were_not_given_are_none)
{
    struct output_file *file;
    char path[64];
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ck_assert_int_eq(output_file_open(&file, path, false), ERR_NOT_FOUND);
    close(fd);
    ck_assert_int_eq(output_file_open(&file, path, false), ERR_NOT_FOUND);
    ck_assert_int_eq(output_file_open(&file, "/proc/self/no-such-thing", false), ERR_NOT_FOUND);
}
END_TEST

START_TEST(ordinary_links_are_replaced)
{
    char target[128];
    folder_make(folder, "/tmp/crawler-test");
    snprintf(target, sizeof target, "%s", path_of("target"));
    file_write(target, "untouched");
    ck_assert_int_eq(symlink(target, path_of("link")), 0);
    ck_assert(write_new(path_of("link")));
    ck_assert(!is_link("link"));
    expect_content("link", "new");
    expect_content("target", "untouched");
    unlink(path_of("link"));
    unlink(target);
    ck_assert_int_eq(symlink("/dev/null", path_of("link")), 0);
    ck_assert(!write_new(path_of("link")));
    ck_assert(is_link("link"));
    unlink(path_of("link"));
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("output_file", nothing_in_system_folders_is_replaced, descriptors_are_written_to_as_they_are,
                     descriptors_that_were_not_given_are_none, ordinary_links_are_replaced);
}
