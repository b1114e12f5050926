/* What robots meta elements say of a document's links, wherever they stand and however the document is cut. */
#include "unit/suite.h"
#include "unit/web/recorded_links.h"
#include "web/extractor.h"

enum { SHORT = 256 };

/* All tests run once for each engine for HTML. */
static const char *engine_name;

static int ignore_link(void *context, const struct link *link)
{
    (void)context, (void)link;
    return 0;
}

static void ignore_restart(void *context)
{
    int *restarts = context;
    ++*restarts;
}

/* Reads a document in pieces of `step` bytes. */
static void read_document(struct extractor *extractor, struct slice document, size_t step)
{
    for (size_t at = 0; at < document.length; at += step) {
        size_t length = document.length - at < step ? document.length - at : step;
        ck_assert_int_eq(extractor_feed(extractor, (struct slice){document.data + at, length}), 0);
    }
    ck_assert_int_eq(extractor_finish(extractor), 0);
}

/* One extractor reads it whole and cut, byte by byte if it is short, as pages are read one after the other. */
static void expect(enum document_kind kind, struct slice document, bool nofollow)
{
    struct extractor *extractor;
    int restarts = 0;
    const struct extractor_options options = {
        .engine = engine_name,
        .kind = kind,
        .product = SLICE("ExampleBot"),
        .on_link = ignore_link,
        .on_restart = ignore_restart,
        .context = &restarts,
    };
    ck_assert_int_eq(extractor_create(&extractor, &options), 0);
    read_document(extractor, document, document.length);
    ck_assert_msg(extractor_nofollow(extractor) == nofollow, "%.*s", SLICE_ARGS(document));
    ck_assert_int_eq(extractor_reset(extractor, &options), 0);
    read_document(extractor, document, document.length < SHORT ? 1 : SHORT / 3);
    ck_assert_msg(extractor_nofollow(extractor) == nofollow, "%.*s when cut", SLICE_ARGS(document));
    ck_assert_int_eq(extractor_reset(extractor, &options), 0);
    read_document(extractor, SLICE("<p>"), 3);
    ck_assert(!extractor_nofollow(extractor));
    extractor_free(extractor);
}

struct row {
    const char *document;
    bool nofollow;
};

static void expect_all(enum document_kind kind, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect(kind, slice_of(rows[i].document), rows[i].nofollow);
}

START_TEST(meta_elements_of_html)
{
    static const struct row rows[] = {
        {"<meta name=robots content=nofollow>", true},
        {"<META CONTENT='NoIndex , NONE' NAME=Robots>", true},
        {"<meta name=examplebot content=nofollow>", true},
        {"<meta name='&#114;obots' content='no&#102;ollow'>", true},
        {"<meta name=robots content=index><meta name=robots content=nofollow>", true},
        {"<meta name=robots content=nofollow><meta name=robots content=follow>", true},
        {"<meta name=otherbot content=none><meta name=ExampleBot content=none>", true},
        {"<html><body><a href=x>x</a><p>y<meta name=robots content=nofollow>", true},
        {"<a href=x>x</a><noscript><meta name=robots content=nofollow></noscript>", true},
        {"<p></p></body></html><meta name=robots content=nofollow />", true},
        {"", false},
        {"<meta name=robots>", false},
        {"<meta content=nofollow>", false},
        {"<meta name=robots content=noindex>", false},
        {"<meta name=otherbot content=nofollow>", false},
        {"<meta property=robots content=nofollow><meta http-equiv=robots content=nofollow>", false},
        {"<meta name=x name=robots content=nofollow>", false},
        {"<meta name=robots content=all content=none>", false},
        {"<p name=robots content=nofollow>", false},
        {"<!-- <meta name=robots content=nofollow> -->", false},
        {"<title><meta name=robots content=nofollow></title>", false},
        {"<textarea><meta name=robots content=nofollow></textarea>", false},
        {"<script>'<meta name=robots content=nofollow>'</script>", false},
        {"<style><meta name=robots content=nofollow></style>", false},
        {"<template><meta name=robots content=nofollow></template>", false},
        {"<meta name=robots content=nofollow", false},
    };
    expect_all(DOCUMENT_HTML, rows, sizeof rows / sizeof rows[0]);
}
END_TEST

START_TEST(meta_elements_of_xml)
{
    static const struct row rows[] = {
        {"<html xmlns='http://www.w3.org/1999/xhtml'><meta name='robots' content='nofollow'/></html>", true},
        {"<html><head/><body><meta name='ExampleBot' content='none'/></body></html>", true},
        {"<html xmlns='http://www.w3.org/1999/xhtml'><meta name='robots' content='follow'/></html>", false},
        {"<svg xmlns='http://www.w3.org/2000/svg'><meta name='robots' content='nofollow'/></svg>", false},
    };
    expect_all(DOCUMENT_XML, rows, sizeof rows / sizeof rows[0]);
}
END_TEST

/* A document whose encoding is declared late is read again from its start; what seemed to be a meta element may be none
 * then. */
START_TEST(late_ones_count)
{
    static const char meta[] = "<meta name='robots' content='nofollow'>";
    struct buf document;
    buf_init(&document, 1 << 20);
    ck_assert_int_eq(buf_printf(&document, "<a href=x>%*s<meta charset=sjis>%*s%s", 8000, "", 100000, "", meta), 0);
    expect(DOCUMENT_HTML, buf_slice(&document), true);
    buf_clear(&document);
    ck_assert_int_eq(buf_printf(&document, "\x1b$B%s\x1b(B%*s", meta, 8000, ""), 0);
    expect(DOCUMENT_HTML, buf_slice(&document), true);
    ck_assert_int_eq(buf_printf(&document, "<meta charset=iso-2022-jp>"), 0);
    expect(DOCUMENT_HTML, buf_slice(&document), false);
    buf_free(&document);
}
END_TEST

START_TEST(without_a_product_token_the_name_is_robots)
{
    struct extractor *extractor;
    const struct extractor_options options = {.engine = engine_name, .kind = DOCUMENT_HTML, .on_link = ignore_link};
    ck_assert_int_eq(extractor_create(&extractor, &options), 0);
    read_document(extractor, SLICE("<meta name='' content=nofollow><meta content=nofollow>"), 100);
    ck_assert(!extractor_nofollow(extractor));
    ck_assert_int_eq(extractor_reset(extractor, &options), 0);
    read_document(extractor, SLICE("<meta name=robots content=nofollow>"), 100);
    ck_assert(extractor_nofollow(extractor));
    extractor_free(extractor);
}
END_TEST

int main(void)
{
    int failed = 0;
    for (const char *const *name = extractor_engines(); *name; name++) {
        engine_name = *name;
        failed |= RUN_TESTS(*name, meta_elements_of_html, meta_elements_of_xml, late_ones_count,
                            without_a_product_token_the_name_is_robots);
    }
    return failed;
}
