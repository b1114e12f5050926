/* The engines for HTML find the same links in all pages of the documentation sites that are installed. Differences
 * would be listed here with their reasons; there are none. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/suite.h"
#include "unit/web/recorded_links.h"
#include "web/extractor.h"

static const char *const SITES[] = {
    "/usr/share/cppreference/doc/html/en",
    "/usr/share/doc/python3.11/html",
    "/usr/share/doc/postgresql-doc-15/html",
    "/usr/share/doc/sqlite3",
};

enum { PAGE_MAX = 64 << 20, DESCRIPTORS = 16, ALL = 50, PIECE = 16384 };

static struct {
    struct extractor *extractors[2]; /* of different engines */
    struct buf found[2];
    int pages;
    int skipped; /* since the last page that was read */
} walk;

static void forget(void *context)
{
    struct buf *found = context;
    buf_clear(found);
    ck_assert_int_eq(buf_append(found, "", 0), 0);
}

static struct extractor_options options_for(size_t i)
{
    return (struct extractor_options){.engine = extractor_engines()[i],
                                      .kind = DOCUMENT_HTML,
                                      .on_link = record_link,
                                      .on_restart = forget,
                                      .context = &walk.found[i]};
}

/* In pieces, as it comes from the network. */
static void read_page(size_t i, struct slice page)
{
    const struct extractor_options options = options_for(i);
    forget(&walk.found[i]);
    ck_assert_int_eq(extractor_reset(walk.extractors[i], &options), 0);
    for (size_t at = 0; at < page.length; at += PIECE) {
        struct slice piece = {page.data + at, page.length - at < PIECE ? page.length - at : PIECE};
        ck_assert_int_eq(extractor_feed(walk.extractors[i], piece), 0);
    }
    ck_assert_int_eq(extractor_finish(walk.extractors[i]), 0);
}

static void compare_page(const char *path, struct slice page)
{
    for (size_t i = 0; i < 2; i++)
        read_page(i, page);
    ck_assert_msg(slice_equal(buf_slice(&walk.found[0]), buf_slice(&walk.found[1])), "%s\n%s\n%s", path,
                  buf_text(&walk.found[0]), buf_text(&walk.found[1]));
    ck_assert(slice_equal(extractor_base(walk.extractors[0]), extractor_base(walk.extractors[1])));
    ck_assert_ptr_eq(extractor_charset(walk.extractors[0], NULL), extractor_charset(walk.extractors[1], NULL));
    ck_assert(extractor_nofollow(walk.extractors[0]) == extractor_nofollow(walk.extractors[1]));
    walk.pages++;
}

static int visit(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)place;
    const char *dot = strrchr(path, '.');
    if (type != FTW_F || !dot || strcmp(dot, ".html") != 0 || ++walk.skipped < ALL / effort(ALL))
        return 0;
    walk.skipped = 0;
    ck_assert_int_le(status->st_size, PAGE_MAX);
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    char *text = malloc((size_t)status->st_size + 1);
    ck_assert_ptr_nonnull(text);
    compare_page(path, (struct slice){text, fread(text, 1, (size_t)status->st_size, file)});
    free(text);
    fclose(file);
    return 0;
}

START_TEST(engines_find_the_same_links_on_real_sites)
{
    if (access(SITES[_i], R_OK) != 0)
        return;
    for (size_t i = 0; i < 2; i++) {
        const struct extractor_options options = options_for(i);
        buf_init(&walk.found[i], SIZE_MAX / 2);
        ck_assert_int_eq(extractor_create(&walk.extractors[i], &options), 0);
    }
    ck_assert_int_eq(nftw(SITES[_i], visit, DESCRIPTORS, FTW_PHYS), 0);
    ck_assert_int_gt(walk.pages, 0);
    for (size_t i = 0; i < 2; i++) {
        extractor_free(walk.extractors[i]);
        buf_free(&walk.found[i]);
    }
}
END_TEST

int main(void)
{
    enum { SITE_COUNT = sizeof SITES / sizeof SITES[0] };
    int installed = 0;
    for (size_t i = 0; i < SITE_COUNT; i++)
        installed += access(SITES[i], R_OK) == 0;
    return installed ? RUN_TESTS_TIMES("engines agree", SITE_COUNT, engines_find_the_same_links_on_real_sites) : 77;
}
