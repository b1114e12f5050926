/* The cases of encoding sniffing that are shared by HTML parsers. */
#include <stdio.h>
#include <string.h>

#include "unit/suite.h"
#include "web/extractor.h"

static const char *const FILES[] = {SHARED_DATA "/html/encoding1.dat", SHARED_DATA "/html/encoding2.dat"};

enum { FILE_MAX = 1 << 20, CASES = 81, LATE_CASES = 7 };

static struct slice take_until(struct slice *rest, const char *mark)
{
    const char *found = memmem(rest->data, rest->length, mark, strlen(mark));
    ck_assert_ptr_nonnull(found);
    struct slice taken = {rest->data, (size_t)(found - rest->data)};
    size_t used = taken.length + strlen(mark);
    rest->data += used;
    rest->length -= used;
    return taken;
}

static int ignore_link(void *context, const struct link *link)
{
    (void)context;
    (void)link;
    return 0;
}

static void ignore_restart(void *context)
{
    (void)context;
}

/* What the document itself says, wherever in it. */
static const struct charset *charset_of_document(const char *engine, struct slice data, size_t step)
{
    const struct extractor_options options = {
        .engine = engine, .kind = DOCUMENT_HTML, .on_link = ignore_link, .on_restart = ignore_restart};
    struct extractor *extractor;
    ck_assert_int_eq(extractor_create(&extractor, &options), 0);
    for (size_t at = 0; at < data.length; at += step) {
        size_t length = data.length - at < step ? data.length - at : step;
        ck_assert_int_eq(extractor_feed(extractor, (struct slice){data.data + at, length}), 0);
    }
    ck_assert_int_eq(extractor_finish(extractor), 0);
    const struct charset *charset = extractor_charset(extractor, NULL);
    extractor_free(extractor);
    return charset;
}

static void expect_charset(const struct charset *found, const struct charset *wanted, struct slice data)
{
    ck_assert_msg(found == wanted, "%s and not %s in:\n%.*s", charset_name(found), charset_name(wanted),
                  SLICE_ARGS(data));
}

/* Documents that are longer than the prescan hold their only meta behind it, up to byte 8,193, or in a script. */
static bool is_late(struct slice data)
{
    return data.length > CHARSET_PRESCAN;
}

static void check_case(struct slice data, struct slice encoding)
{
    enum charset_source source;
    const struct charset *found = charset_of_html(data, (struct slice){NULL, 0}, &source);
    const struct charset *wanted = charset_by_label(encoding);
    ck_assert_ptr_nonnull(wanted);
    if (is_late(data))
        ck_assert_int_eq(source, CHARSET_DEFAULT);
    else
        expect_charset(found, wanted, data);
    for (const char *const *engine = extractor_engines(); *engine; engine++)
        for (size_t step = 1; step <= (size_t)16 * CHARSET_PRESCAN; step *= 4)
            expect_charset(charset_of_document(*engine, data, step), wanted, data);
}

struct counts {
    int all;
    int late;
};

static void check_file(const char *path, struct counts *counts)
{
    static char text[FILE_MAX];
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    struct slice rest = {text, fread(text, 1, sizeof text, file)};
    fclose(file);
    while (rest.length && memmem(rest.data, rest.length, "#data\n", 6)) {
        take_until(&rest, "#data\n");
        struct slice data = take_until(&rest, "\n#encoding\n");
        check_case(data, take_until(&rest, "\n"));
        counts->all++;
        counts->late += is_late(data);
    }
}

START_TEST(cases_shared_with_other_parsers_pass)
{
    struct counts counts = {0};
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
        check_file(FILES[i], &counts);
    ck_assert_int_eq(counts.all, CASES);
    ck_assert_int_eq(counts.late, LATE_CASES);
}
END_TEST

int main(void)
{
    FILE *data = fopen(FILES[0], "rb");
    if (!data)
        return 77;
    fclose(data);
    return RUN_TESTS("charset sniffing", cases_shared_with_other_parsers_pass);
}
