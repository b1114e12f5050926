/* Documents that are read again in an encoding which they declare late, and extractors that are used again. */
#include "unit/suite.h"
#include "unit/web/recorded_links.h"
#include "web/extractor.h"

/* All tests run once for each engine for HTML. */
static const char *engine_name;

struct record {
    struct buf links;
    int restarts;
};

static int record_one(void *context, const struct link *link)
{
    struct record *record = context;
    return record_link(&record->links, link);
}

static void clear(struct record *record)
{
    buf_clear(&record->links);
    ck_assert_int_eq(buf_append(&record->links, "", 0), 0);
    record->restarts = 0;
}

static void forget(void *context)
{
    struct record *record = context;
    int restarts = record->restarts;
    clear(record);
    record->restarts = restarts + 1;
}

static void append(struct buf *buf, struct slice text)
{
    ck_assert_int_eq(buf_append_slice(buf, text), 0);
}

static struct extractor_options options_for(struct record *record, enum document_kind kind)
{
    return (struct extractor_options){
        .engine = engine_name, .kind = kind, .on_link = record_one, .on_restart = forget, .context = record};
}

static void feed(struct extractor *extractor, struct slice document, size_t at, size_t step)
{
    while (at < document.length) {
        size_t length = document.length - at < step ? document.length - at : step;
        ck_assert_int_eq(extractor_feed(extractor, (struct slice){document.data + at, length}), 0);
        at += length;
    }
    ck_assert_int_eq(extractor_finish(extractor), 0);
}

/* A document that holds nothing within the prescan, then a link, and much later, at `at`, what declares its
 * encoding. */
struct late_case {
    const char *before;
    size_t at;
    const char *declaration;
    const char *links;
    const char *base;
    const char *charset;
    const char *source;
    int restarts;
};

#define SJIS_A   "\x82\xa0"
#define JIS_A    "\x1b$B$\"\x1b(B"
#define A        "\xe3\x81\x82"
#define E_ACUTE  "\xc3\xa9"
#define A_1252   "\xe2\x80\x9a\xc2\xa0" /* SJIS_A in windows-1252 */
#define OVER_CAP (EXTRACTOR_LATE_CHARSET + 10)

static const struct late_case LATE[] = {
    {"<base href=" SJIS_A "><a href=" SJIS_A ">", 3000, "<meta charset=sjis><a href=y" SJIS_A ">",
     "page a href [] " A "\npage a href [] y" A "\n", A, "Shift_JIS", "meta", 1},
    {"<a href=" SJIS_A "><style>a{b:url(" SJIS_A ")}</style>", 8171,
     "<meta http-equiv=content-type content='charset = sjis'>", "page a href [] " A "\nresource style url() [] " A "\n",
     "", "Shift_JIS", "meta", 1},
    {"<a href=" JIS_A ">", 1500, "<meta charset=iso-2022-jp><a href=y" JIS_A ">",
     "page a href [] " A "\npage a href [] y" A "\n", "", "ISO-2022-JP", "meta", 1},
    {"<a href=" E_ACUTE ">", 1500, "<meta charset=utf-16><a href=y" E_ACUTE ">",
     "page a href [] " E_ACUTE "\npage a href [] y" E_ACUTE "\n", "", "UTF-8", "meta", 1},
    {"<a href=" E_ACUTE ">", 1500, "<meta charset=none><meta charset=utf-8><meta charset=sjis>",
     "page a href [] " E_ACUTE "\n", "", "UTF-8", "meta", 1},
    {"<a href=x>", 1500, "<meta charset=hz-gb-2312><a href=y>", "", "", "replacement", "meta", 1},
    {"<a href=" SJIS_A ">", 1500, "<meta charset=latin1><meta charset=sjis>", "page a href [] " A_1252 "\n", "",
     "windows-1252", "meta", 0},
    {"<a href=" SJIS_A ">", 1500, "<title><meta charset=sjis></title><!-- <meta charset=sjis> -->",
     "page a href [] " A_1252 "\n", "", "windows-1252", "default", 0},
    {"<a href=" SJIS_A ">", EXTRACTOR_LATE_CHARSET - 20, "<meta charset=sjis> <a href=y" SJIS_A ">",
     "page a href [] " A "\npage a href [] y" A "\n", "", "Shift_JIS", "meta", 1},
};

static void make_late(struct buf *page, const struct late_case *late)
{
    buf_clear(page);
    append(page, SLICE("<title>"));
    while (page->length < CHARSET_PRESCAN)
        append(page, SLICE("."));
    append(page, SLICE("</title>"));
    append(page, slice_of(late->before));
    append(page, SLICE("<title>"));
    while (page->length + strlen("</title>") < late->at)
        append(page, SLICE("."));
    append(page, SLICE("</title>"));
    append(page, slice_of(late->declaration));
}

static void expect_late(const struct late_case *late, const struct extractor *extractor, const struct record *record)
{
    enum charset_source source;
    const struct charset *charset = extractor_charset(extractor, &source);
    ck_assert_str_eq(buf_text(&record->links), late->links);
    ck_assert_str_eq(charset_name(charset), late->charset);
    ck_assert_str_eq(charset_source_name(source), late->source);
    ck_assert(slice_equal(extractor_base(extractor), slice_of(late->base)));
    ck_assert_int_eq(record->restarts, late->restarts);
}

/* One extractor for all the ways to cut them: cut in two around what matters, and evenly. */
START_TEST(late_declarations_hold_for_all_the_document)
{
    struct record record;
    struct extractor *extractor;
    struct buf page;
    buf_init(&page, SIZE_MAX / 2);
    buf_init(&record.links, SIZE_MAX / 2);
    const struct extractor_options options = options_for(&record, DOCUMENT_HTML);
    ck_assert_int_eq(extractor_create(&extractor, &options), 0);
    for (size_t i = 0; i < sizeof LATE / sizeof LATE[0]; i++) {
        make_late(&page, &LATE[i]);
        size_t first = LATE[i].at - 20;
        for (size_t cut = first; cut < page.length; cut++) {
            clear(&record);
            ck_assert_int_eq(extractor_reset(extractor, &options), 0);
            ck_assert_int_eq(extractor_feed(extractor, (struct slice){page.data, cut}), 0);
            feed(extractor, buf_slice(&page), cut, page.length);
            expect_late(&LATE[i], extractor, &record);
        }
        for (size_t step = 1; step < page.length; step += step / 2 + 1) {
            clear(&record);
            ck_assert_int_eq(extractor_reset(extractor, &options), 0);
            feed(extractor, buf_slice(&page), 0, step);
            expect_late(&LATE[i], extractor, &record);
        }
    }
    extractor_free(extractor);
    buf_free(&page);
    buf_free(&record.links);
}
END_TEST

/* Where the document can't be read again: too much of it was read, or the caller wants it so. */
START_TEST(declarations_hold_for_what_follows_at_least)
{
    static const struct late_case late = {"<a href=" SJIS_A ">",
                                          OVER_CAP,
                                          "<meta charset=sjis>",
                                          "page a href [] " A_1252 "\npage a href [] y" A "\n",
                                          "",
                                          "Shift_JIS",
                                          "meta",
                                          0};
    struct record record;
    struct extractor *extractor;
    struct buf page;
    buf_init(&page, SIZE_MAX / 2);
    buf_init(&record.links, SIZE_MAX / 2);
    struct extractor_options options = options_for(&record, DOCUMENT_HTML);
    ck_assert_int_eq(extractor_create(&extractor, &options), 0);
    for (int with = 0; with < 2; with++) {
        struct late_case where = late;
        where.at = with ? late.at : CHARSET_PRESCAN + 500;
        make_late(&page, &where);
        /* Far enough behind that libxml2, which gets the document in steps, is in the new encoding. */
        for (int i = 0; i < 300; i++)
            append(&page, SLICE("."));
        append(&page, SLICE("<a href=y" SJIS_A ">"));
        options.on_restart = with ? forget : NULL;
        for (size_t step = 1; step < 2 * page.length; step += step / 2 + 1) {
            clear(&record);
            ck_assert_int_eq(extractor_reset(extractor, &options), 0);
            feed(extractor, buf_slice(&page), 0, step);
            expect_late(&late, extractor, &record);
        }
    }
    extractor_free(extractor);
    buf_free(&page);
    buf_free(&record.links);
}
END_TEST

START_TEST(a_header_leaves_no_doubt)
{
    struct record record;
    struct extractor *extractor;
    struct buf page;
    buf_init(&page, SIZE_MAX / 2);
    buf_init(&record.links, SIZE_MAX / 2);
    struct late_case late = LATE[0];
    make_late(&page, &late);
    struct extractor_options options = options_for(&record, DOCUMENT_HTML);
    options.header_charset = SLICE("latin1");
    ck_assert_int_eq(extractor_create(&extractor, &options), 0);
    clear(&record);
    feed(extractor, buf_slice(&page), 0, page.length);
    late.links = "page a href [] " A_1252 "\npage a href [] y" A_1252 "\n";
    late.base = A_1252;
    late.charset = "windows-1252";
    late.source = "header";
    late.restarts = 0;
    expect_late(&late, extractor, &record);
    extractor_free(extractor);
    buf_free(&page);
    buf_free(&record.links);
}
END_TEST

struct document {
    enum document_kind kind;
    const char *header_charset;
    const char *text;
    const char *links;
};

/* Each leaves the reader somewhere else. */
static const struct document DOCUMENTS[] = {
    {DOCUMENT_HTML, "", "<base href=b><a href=x><svg><style>a{b:url(c",
     "page a href [] x\nresource style url() [] c\n"},
    {DOCUMENT_HTML, "utf-8", "<template><a href=no>", ""},
    {DOCUMENT_CSS, "", "a{b:url(x)}@import 'y", "resource style url() [] x\nresource style @import [] y\n"},
    {DOCUMENT_HTML, "sjis", "<a href=" SJIS_A "><textarea>" SJIS_A, "page a href [] " A "\n"},
    {DOCUMENT_XML, "", "<html><a href='x'/><style>a{b:url(y)}", "page a href [] x\nresource style url() [] y\n"},
    {DOCUMENT_HTML, "iso-2022-jp", "<a href=" JIS_A ">", "page a href [] " A "\n"},
    {DOCUMENT_HTML, "", "<meta charset=utf-8><a href=" E_ACUTE "><!-- <a href=no>", "page a href [] " E_ACUTE "\n"},
    {DOCUMENT_CSS, "", "@namespace url(no) ; /* url(no)", ""},
    {DOCUMENT_HTML, "", "<a href=x><script><a href=no>", "page a href [] x\n"},
    {DOCUMENT_HTML, "", "<a href=x><a href='no", "page a href [] x\n"},
};

enum { DOCUMENT_COUNT = sizeof DOCUMENTS / sizeof DOCUMENTS[0], PAIRS = DOCUMENT_COUNT * DOCUMENT_COUNT };

static void reset_for(struct extractor *extractor, const struct document *document, struct record *record)
{
    struct extractor_options options = options_for(record, document->kind);
    options.header_charset = slice_of(document->header_charset);
    clear(record);
    ck_assert_int_eq(extractor_reset(extractor, &options), 0);
}

START_TEST(documents_leave_nothing_behind)
{
    struct record records[2];
    struct extractor *extractor;
    for (size_t i = 0; i < 2; i++)
        buf_init(&records[i].links, SIZE_MAX / 2);
    const struct extractor_options options = options_for(&records[0], DOCUMENT_CSS);
    ck_assert_int_eq(extractor_create(&extractor, &options), 0);
    for (size_t i = 0; i < PAIRS; i++) {
        const struct document *left = &DOCUMENTS[i / DOCUMENT_COUNT], *next = &DOCUMENTS[i % DOCUMENT_COUNT];
        struct slice start = slice_of(left->text);
        /* The first is broken off, finished or not even begun. */
        reset_for(extractor, left, &records[0]);
        if (i % 3)
            ck_assert_int_eq(extractor_feed(extractor, start), 0);
        if (i % 3 == 2)
            ck_assert_int_eq(extractor_finish(extractor), 0);
        reset_for(extractor, next, &records[1]);
        feed(extractor, slice_of(next->text), 0, 7);
        ck_assert_str_eq(buf_text(&records[1].links), next->links);
        ck_assert_int_eq(extractor_base(extractor).length, next == &DOCUMENTS[0] ? 1 : 0);
    }
    extractor_free(extractor);
    for (size_t i = 0; i < 2; i++)
        buf_free(&records[i].links);
}
END_TEST

START_TEST(failures_end_with_the_document)
{
    struct record record;
    struct extractor *extractor;
    int left = 1;
    buf_init(&record.links, SIZE_MAX / 2);
    struct extractor_options options = options_for(&record, DOCUMENT_HTML);
    options.on_link = refuse_link;
    options.context = &left;
    ck_assert_int_eq(extractor_create(&extractor, &options), 0);
    ck_assert_int_eq(extractor_feed(extractor, SLICE("<a href=x>")), 0);
    ck_assert_int_eq(extractor_finish(extractor), ERR_CANCELLED);
    options.engine = "none such";
    ck_assert_int_eq(extractor_reset(extractor, &options), ERR_UNSUPPORTED);
    ck_assert_int_eq(extractor_feed(extractor, SLICE("<a href=x>")), ERR_UNSUPPORTED);
    reset_for(extractor, &DOCUMENTS[0], &record);
    feed(extractor, slice_of(DOCUMENTS[0].text), 0, 1);
    ck_assert_str_eq(buf_text(&record.links), DOCUMENTS[0].links);
    extractor_free(extractor);
    buf_free(&record.links);
}
END_TEST

int main(void)
{
    int failed = 0;
    for (const char *const *name = extractor_engines(); *name; name++) {
        engine_name = *name;
        failed |=
            RUN_TESTS(*name, late_declarations_hold_for_all_the_document, declarations_hold_for_what_follows_at_least,
                      a_header_leaves_no_doubt, documents_leave_nothing_behind, failures_end_with_the_document);
    }
    return failed;
}
