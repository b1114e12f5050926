#include "base/path.h"

#include "unit/suite.h"

static const struct {
    const char *path, *folder, *name;
} CASES[] = {
    {"file", ".", "file"},
    {"a/file", "a", "file"},
    {"a/b/file", "a/b", "file"},
    {"/file", "/", "file"},
    {"/a/file", "/a", "file"},
    {"a/", "a", ""},
    {"/", "/", ""},
    {"", ".", ""},
};

START_TEST(folders_and_names)
{
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct buf folder;
        buf_init(&folder, PATH_LIMIT);
        ck_assert_int_eq(path_append_folder(&folder, CASES[i].path), 0);
        ck_assert_str_eq(buf_text(&folder), CASES[i].folder);
        ck_assert_str_eq(path_name(CASES[i].path), CASES[i].name);
        buf_free(&folder);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("path", folders_and_names);
}
