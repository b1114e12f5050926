/* The engine by the scanner: what HTML 4 didn't know, hostile documents, and the same answers as libxml2's where that
 * can give them. */
#include <stdint.h>

#include "unit/suite.h"
#include "unit/web/recorded_links.h"
#include "web/extractor.h"
#include "web/html_scanner.h"

enum { MILLION = 1000 * 1000, TEN_MB = 10 * MILLION };

/* valgrind gets a fiftieth of what is only hard for its size. */
static size_t many(size_t count)
{
    return getenv("CRAWLER_UNDER_VALGRIND") ? count / 50 : count;
}

static void append(struct buf *buf, struct slice text)
{
    ck_assert_int_eq(buf_append_slice(buf, text), 0);
}

static void append_times(struct buf *buf, struct slice text, size_t times)
{
    int err = 0; /* asserted once: each assertion is a system call */
    for (size_t i = 0; i < times; i++)
        err |= buf_append_slice(buf, text);
    ck_assert_int_eq(err, 0);
}

/* Fills `found` with the links of a document that comes in pieces of `step` bytes. */
static struct extractor *extract(const char *engine, struct slice document, const char *header_charset, size_t step,
                                 struct buf *found)
{
    struct extractor_options options = {
        .engine = engine,
        .kind = DOCUMENT_HTML,
        .header_charset = slice_of(header_charset),
        .on_link = record_link,
        .context = found,
    };
    struct extractor *extractor;
    ck_assert_int_eq(extractor_create(&extractor, &options), 0);
    buf_clear(found);
    append(found, SLICE(""));
    int err = 0;
    for (size_t at = 0; at < document.length; at += step) {
        size_t length = document.length - at < step ? document.length - at : step;
        err |= extractor_feed(extractor, (struct slice){document.data + at, length});
    }
    ck_assert_int_eq(err, 0);
    ck_assert_int_eq(extractor_finish(extractor), 0);
    return extractor;
}

static void expect_charset(struct slice document, const char *header_charset, const char *links, const char *charset)
{
    static const size_t steps[] = {SIZE_MAX / 4, 1, 7, 1500};
    struct buf found;
    buf_init(&found, SIZE_MAX / 2);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct extractor *extractor = extract("scanner", document, header_charset, steps[i], &found);
        ck_assert_msg(slice_equal(buf_slice(&found), slice_of(links)), "%.*s by %zu gave\n%.*snot\n%s",
                      (int)(document.length < 300 ? document.length : 300), document.data, steps[i],
                      SLICE_ARGS(buf_slice(&found)), links);
        if (charset)
            ck_assert_str_eq(charset_name(extractor_charset(extractor, NULL)), charset);
        extractor_free(extractor);
    }
    buf_free(&found);
}

static void expect(const char *document, const char *links)
{
    expect_charset(slice_of(document), "utf-8", links, NULL);
}

START_TEST(foreign_content)
{
    expect("<svg><title><a href=x></title><script>'<a href=y>'</script></svg><title><a href=no></title>",
           "page a href [] x\npage a href [] y\n");
    expect("<svg><![CDATA[<a href=no>]]><a href=x></svg><![CDATA[<a href=y>]]>", "page a href [] x\n");
    expect("<svg><desc><![CDATA[ <a href=no>]]><style><a href=no></style></desc></svg>", "");
    expect("<svg><image src=no href=x /><foreignObject><image src=y href=no></foreignObject><image src=no></svg>",
           "resource image href [] x\nresource image src [] y\n");
    expect("<svg><script href=x /><a href=y>", "resource script href [] x\npage a href [] y\n");
    expect("<svg><g><p><image src=x><![CDATA[><a href=y>]]>", "resource image src [] x\npage a href [] y\n");
    expect("<svg><template><a href=x></template></svg>", "page a href [] x\n");
    expect("<svg/><image src=x><math/><image src=y>", "resource image src [] x\nresource image src [] y\n");
    expect("<math><mi><image src=x></mi><image src=no><annotation-xml encoding=text/html><image src=y>"
           "</annotation-xml><annotation-xml><image src=no><svg><image href=z></svg></annotation-xml></math>",
           "resource image src [] x\nresource image src [] y\nresource image href [] z\n");
    expect("<svg><style>a{b:url(x&amp;y)}<![CDATA[c{d:url(&amp;)}]]></style><style type=no>a{b:url(no)}</style>",
           "resource style url() [] x&y\nresource style url() [] &amp;\n");
    expect("<svg><style>a<p>url(no)</p>", "");
    expect("<svg><base href=no><a href=x>", "page a href [] x\n");
}
END_TEST

START_TEST(text_elements)
{
    expect("<iframe><a href=no><!-- </iframe><a href=x>-->", "page a href [] x\n");
    expect("<noembed><a href=no></noembed><noframes><a href=no></noframes><noscript><a href=x></noscript>",
           "page a href [] x\n");
    expect("<title></ti><a href=no></titles></TITLE a='>'><a href=x>", "page a href [] x\n");
    expect("<script><!--<script></script><a href=no>--></script><a href=x>", "page a href [] x\n");
    expect("<a href=x><plaintext></plaintext><a href=no>", "page a href [] x\n");
    expect("<template><title></template></title><script></template></script><a href=no></template><a href=x>",
           "page a href [] x\n");
    expect("<style>@import 'x';</styl></style x><a href=y>", "resource style @import [] x\npage a href [] y\n");
    expect("<style>a{b:url(x</style>", "resource style url() [] x\n");
    expect("<style>\xC3\xA9{b:url(\xC3\xA9\xFF)}</style>", "resource style url() [] \xC3\xA9\xEF\xBF\xBD\n");
}
END_TEST

START_TEST(values)
{
    expect("<a href=\"&copy=1&copy;&NotEqualTilde;&#x80;&#xD800;&ampx&lt\">",
           "page a href [] &copy=1\xC2\xA9\xE2\x89\x82\xCC\xB8\xE2\x82\xAC\xEF\xBF\xBD&ampx<\n");
    expect("<a href='a\r\nb'href='no'><A/HREF = x>", "page a href [] a\nb\npage a href [] x\n");
    expect("<a href=x rel='n\xC3\xA9' href=no rel=no>", "page a href [n\xC3\xA9] x\n");
    expect("<a href='x", "");
    expect("<a href=x", "");
    expect("<object data=a classid=b style='c:url(d)' archive='e f'>",
           "resource object data [] a\nresource object classid [] b\nresource style url() [] d\n"
           "resource object archive [] e\nresource object archive [] f\n");
}
END_TEST

/* An unfinished character is what it is to a decoder of the whole document. */
START_TEST(encodings)
{
    expect_charset(SLICE("<a href='\x83\x5C\x83'><a href=\xB1>"), "shift_jis",
                   "page a href [] \xE3\x82\xBD\xEF\xBF\xBD\npage a href [] \xEF\xBD\xB1\n", "Shift_JIS");
    expect_charset(SLICE("<a href='\x81\x30\x81'><a href='\x81&amp;'>"), "gb18030",
                   "page a href [] \xEF\xBF\xBD"
                   "0\xEF\xBF\xBD\npage a href [] \xEF\xBF\xBD&\n",
                   "gb18030");
    expect_charset(SLICE("<\0a\0 \0h\0r\0e\0f\0=\0\xE9\0&\0l\0t\0;\0>\0"), "utf-16le", "page a href [] \xC3\xA9<\n",
                   "UTF-16LE");
    expect_charset(SLICE("<a href='\x1B$B$\"\x1B(B'>"), "iso-2022-jp", "page a href [] \xE3\x81\x82\n", "ISO-2022-JP");
    expect_charset(SLICE("<a href=\x80>"), "windows-1252", "page a href [] \xE2\x82\xAC\n", "windows-1252");
}
END_TEST

START_TEST(late_declarations)
{
    static const struct {
        const char *meta, *text, *link, *charset;
    } cases[] = {
        {"<meta charset=utf-8>", "\xC3\xA9", "\xC3\xA9", "UTF-8"},
        {"<meta charset=nonsense><meta charset=koi8-r>", "\xC1", "\xD0\xB0", "KOI8-R"},
        {"<meta http-equiv=content-type content='text/html; charset=iso-2022-jp'>", "\x1B$B$\"\x1B(B", "\xE3\x81\x82",
         "ISO-2022-JP"},
        {"<meta charset=utf-16>", "\xC3\xA9", "\xC3\xA9", "UTF-8"},
    };
    struct buf page;
    struct buf links;
    buf_init(&page, SIZE_MAX / 2);
    buf_init(&links, SIZE_MAX / 2);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&page);
        buf_clear(&links);
        append_times(&page, SLICE("0123456789"), 200);
        /* The very next byte is in the new encoding. */
        ck_assert_int_eq(buf_printf(&page, "<a href=\xE9>%s<a href=%s>", cases[i].meta, cases[i].text), 0);
        ck_assert_int_eq(buf_printf(&links, "page a href [] \xC3\xA9\npage a href [] %s\n", cases[i].link), 0);
        expect_charset(buf_slice(&page), NULL, buf_text(&links), cases[i].charset);
    }
    buf_free(&page);
    buf_free(&links);
}
END_TEST

static void expect_after(struct buf *page, struct slice end, const char *links)
{
    append(page, end);
    struct buf found;
    buf_init(&found, SIZE_MAX / 2);
    extractor_free(extract("scanner", buf_slice(page), "utf-8", 16384, &found));
    ck_assert_str_eq(buf_text(&found), links);
    buf_free(&found);
    buf_clear(page);
}

START_TEST(hostile_documents)
{
    struct buf page;
    buf_init(&page, SIZE_MAX / 2);
    append(&page, SLICE("<a "));
    int err = 0;
    for (int i = 0; i < (int)many(MILLION / 10); i++)
        err |= buf_printf(&page, "h%d='%089d' href%d ", i, i, i);
    ck_assert_int_eq(err, 0);
    expect_after(&page, SLICE("href=x><a href=y>"), "page a href [] x\npage a href [] y\n");
    append(&page, SLICE("<a "));
    append_times(&page, SLICE("href=x style=y "), many(TEN_MB / 15));
    expect_after(&page, SLICE("><a href=y>"), "page a href [] x\npage a href [] y\n");
    append_times(&page, SLICE("<svg><desc><math><mi>"), many(MILLION / 4));
    expect_after(&page, SLICE("<a href=x>"), "page a href [] x\n");
    append_times(&page, SLICE("<template>"), many(MILLION));
    append_times(&page, SLICE("</template>"), many(MILLION));
    expect_after(&page, SLICE("<a href=x>"), "page a href [] x\n");
    static const char *const starts[] = {"<a href='", "<a ", "<!--", "<!", "<script>", "<title>", "<svg><![CDATA["};
    static const char *const repeated[] = {"x", "<", "&", "'", "\"", "-", "]", "=", "/", "</", "&#1", "\xC3", "<a"};
    for (size_t s = 0; s < sizeof starts / sizeof starts[0]; s++) {
        for (size_t r = 0; r < sizeof repeated / sizeof repeated[0]; r++) {
            append(&page, SLICE("<a href=x>"));
            append(&page, slice_of(starts[s]));
            append_times(&page, slice_of(repeated[r]), many(MILLION));
            expect_after(&page, SLICE(""), "page a href [] x\n");
        }
    }
    for (size_t r = 0; r < sizeof repeated / sizeof repeated[0]; r++) {
        append_times(&page, slice_of(repeated[r]), many(TEN_MB));
        expect_after(&page, SLICE("'\"><a href=x>"), "page a href [] x\n");
    }
    buf_free(&page);
}
END_TEST

START_TEST(values_have_a_limit)
{
    struct buf page;
    struct buf links;
    buf_init(&page, SIZE_MAX / 2);
    buf_init(&links, SIZE_MAX / 2);
    append(&page, SLICE("<a href='"));
    append_times(&page, SLICE("x"), HTML_VALUES_MAX);
    append(&links, SLICE("page a href [] "));
    append_times(&links, SLICE("x"), HTML_VALUES_MAX);
    append(&links, SLICE("\n"));
    expect_after(&page, SLICE("' rel=long>"), buf_text(&links));
    append(&page, SLICE("<a href='"));
    append_times(&page, SLICE("x"), HTML_VALUES_MAX + 1);
    expect_after(&page, SLICE("' href=no><a href=y>"), "page a href [] y\n");
    buf_free(&page);
    buf_free(&links);
}
END_TEST

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Markup on which HTML 4 and the standard agree, however it is put together. */
static void append_random(struct buf *page, uint32_t *seed)
{
    static const char *const parts[] = {
        "<p>",
        "</p>",
        "<div class=\"a b\">",
        "</div>",
        "text &amp; &copy; \xC3\xA9 ",
        "<a href='x?a&amp;b=%u'>",
        "<a class='c' HREF=\"%u.html#f\" rel=nofollow>",
        "</a>",
        "<img src=%u.png alt=\"a > b\">",
        "<img alt='' srcset='%u.png 1x, %u-2.png 2x'>",
        "<!-- <a href=no%u> -->",
        "<script src='%u.js'></script>",
        "<script>if (a < b && '<a href=no>') b();</script>",
        "<style>a{b:url(%u.png)}</style>",
        "<p style=\"background:url('%u.gif')\">",
        "<link rel=stylesheet href='%u.css'>",
        "<form action=\"%u\" method=get>",
        "<form action=no method=post>",
        "<template><a href=no></template>",
        "<textarea><a href=no></textarea>",
        "<blockquote cite='%u'>",
        "<br/><hr />",
        "<table background=%u.jpg><tr><td>",
        "</td></tr></table>",
        "<meta http-equiv=refresh content='1;url=%u'>",
        "<base href='/base%u/'>",
        "<iframe src='%u'></iframe>",
    };
    unsigned value = next_random(seed) % 1000;
    const char *part = parts[next_random(seed) % (sizeof parts / sizeof parts[0])];
    for (const char *at = part; *at; at++) {
        if (at[0] == '%' && at[1] == 'u') {
            ck_assert_int_eq(buf_printf(page, "%u", value), 0);
            at++;
        } else {
            append(page, (struct slice){at, 1});
        }
    }
}

START_TEST(libxml2_finds_the_same)
{
    enum { PAGES = 300, PARTS = 200 };
    uint32_t seed = 1;
    struct buf page;
    struct buf found[2];
    buf_init(&page, SIZE_MAX / 2);
    buf_init(&found[0], SIZE_MAX / 2);
    buf_init(&found[1], SIZE_MAX / 2);
    for (int i = 0; i < PAGES; i++) {
        buf_clear(&page);
        append(&page, SLICE("<!DOCTYPE html><html><head><title>t</title></head><body>"));
        for (int k = 0; k < PARTS; k++)
            append_random(&page, &seed);
        struct extractor *ours =
            extract("scanner", buf_slice(&page), "utf-8", 1 + next_random(&seed) % 5000, &found[0]);
        struct extractor *theirs = extract("libxml2", buf_slice(&page), "utf-8", 16384, &found[1]);
        ck_assert_str_eq(buf_text(&found[0]), buf_text(&found[1]));
        ck_assert(slice_equal(extractor_base(ours), extractor_base(theirs)));
        extractor_free(ours);
        extractor_free(theirs);
    }
    buf_free(&page);
    buf_free(&found[0]);
    buf_free(&found[1]);
}
END_TEST

int main(void)
{
    return RUN_TESTS("html engine", foreign_content, text_elements, values, encodings, late_declarations,
                     hostile_documents, values_have_a_limit, libxml2_finds_the_same);
}
