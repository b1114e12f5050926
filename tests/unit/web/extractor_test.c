#include "web/extractor.h"

#include <fcntl.h>
#include <unistd.h>

#include "unit/suite.h"
#include "unit/web/recorded_links.h"
#include "web/extractor_engine.h"

/* All tests run once for each engine for HTML. */
static const char *engine_name;

static void append(struct buf *buf, struct slice text)
{
    ck_assert_int_eq(buf_append_slice(buf, text), 0);
}

/* A whole document cut into pieces of at most `step` bytes, the first being `first` bytes long. */
static struct extractor *read_document(enum document_kind kind, struct slice document, const char *header_charset,
                                       size_t first, size_t step, struct buf *found)
{
    struct extractor_options options = {
        .engine = engine_name,
        .kind = kind,
        .header_charset = slice_of(header_charset),
        .on_link = record_link,
        .context = found,
    };
    struct extractor *extractor;
    ck_assert_int_eq(extractor_create(&extractor, &options), 0);
    append(found, SLICE(""));
    size_t length = first < document.length ? first : document.length;
    for (size_t at = 0; at < document.length || length;) {
        ck_assert_int_eq(extractor_feed(extractor, (struct slice){document.data + at, length}), 0);
        at += length;
        length = document.length - at < step ? document.length - at : step;
    }
    ck_assert_int_eq(extractor_finish(extractor), 0);
    return extractor;
}

/* One document read at once: its links, its base and its encoding. */
static void expect_document(enum document_kind kind, struct slice document, const char *header_charset,
                            const char *links, const char *base, const char *charset, const char *source)
{
    struct buf found;
    buf_init(&found, SIZE_MAX / 2);
    struct extractor *extractor =
        read_document(kind, document, header_charset, document.length, document.length, &found);
    ck_assert_msg(strcmp(buf_text(&found), links) == 0, "%.*s\ngave\n%snot\n%s", SLICE_ARGS(document), buf_text(&found),
                  links);
    if (base)
        ck_assert_msg(slice_equal(extractor_base(extractor), slice_of(base)), "base of %.*s", SLICE_ARGS(document));
    if (charset) {
        enum charset_source found_source;
        ck_assert_str_eq(charset_name(extractor_charset(extractor, &found_source)), charset);
        ck_assert_str_eq(charset_source_name(found_source), source);
    }
    extractor_free(extractor);
    buf_free(&found);
}

static void expect(enum document_kind kind, const char *document, const char *links)
{
    expect_document(kind, slice_of(document), NULL, links, NULL, NULL, NULL);
}

struct document_case {
    const char *document, *links;
};

static void expect_all(enum document_kind kind, const struct document_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect(kind, cases[i].document, cases[i].links);
}

#define EXPECT_ALL(kind, cases) expect_all(kind, cases, sizeof(cases) / sizeof(cases)[0])

START_TEST(elements_of_html)
{
    static const struct document_case cases[] = {
        {"<a href=x rel=nofollow ping='p q'>", "page a href [nofollow] x\nother a ping [nofollow] p\n"
                                               "other a ping [nofollow] q\n"},
        {"<map><area href=x ping=y></map>", "page area href [] x\nother area ping [] y\n"},
        {"<link href=x>", "resource link href [] x\n"},
        {"<link rel=stylesheet href=x>", "resource link href [stylesheet] x\n"},
        {"<link href=x rel=next>", "page link href [next] x\n"},
        {"<link rel=preconnect href=x>", "other link href [preconnect] x\n"},
        {"<link rel=preload as=image imagesrcset='a 1x, b 2x'>",
         "resource link imagesrcset [preload] a\nresource link imagesrcset [preload] b\n"},
        {"<iframe src=x longdesc=y></iframe>", "page iframe src [] x\npage iframe longdesc [] y\n"},
        {"<frameset><frame src=x longdesc=y></frameset>", "page frame src [] x\npage frame longdesc [] y\n"},
        {"<img src=a srcset='b, c 2x' longdesc=d lowsrc=e dynsrc=f>",
         "resource img src [] a\nresource img srcset [] b\nresource img srcset [] c\npage img longdesc [] d\n"
         "resource img lowsrc [] e\nresource img dynsrc [] f\n"},
        {"<picture><source srcset='a 1x'><img src=b></picture>",
         "resource source srcset [] a\nresource img src [] b\n"},
        {"<script src=x></script>", "resource script src [] x\n"},
        {"<video src=a poster=b><source src=c><track src=d></video>",
         "resource video src [] a\nresource video poster [] b\nresource source src [] c\nresource track src [] d\n"},
        {"<audio src=x></audio><bgsound src=y><embed src=z>",
         "resource audio src [] x\nresource bgsound src [] y\nresource embed src [] z\n"},
        {"<object data=a classid=b archive='c d' codebase=no></object>",
         "resource object data [] a\nresource object classid [] b\nresource object archive [] c\n"
         "resource object archive [] d\n"},
        {"<form action=x></form><form action=y method=GET></form>", "other form action [] x\nother form action [] y\n"},
        {"<form method=post action=no></form><form method=' Dialog ' action=no></form>", ""},
        {"<button formaction=x></button><button formmethod=POST formaction=no></button>",
         "other button formaction [] x\n"},
        {"<input type=Image src=x formaction=y><input src=no>",
         "resource input src [] x\nother input formaction [] y\n"},
        {"<body background=x><table background=y><tr background=z><td background=a><th background=b></table>",
         "resource body background [] x\nresource table background [] y\nresource tr background [] z\n"
         "resource td background [] a\nresource th background [] b\n"},
        {"<blockquote cite=a></blockquote><q cite=b></q><ins cite=c></ins><del cite=d></del>",
         "other blockquote cite [] a\nother q cite [] b\nother ins cite [] c\nother del cite [] d\n"},
        {"<html manifest=x>", "resource html manifest [] x\n"},
        {"<p style='background:url(x)'>", "resource style url() [] x\n"},
        {"<meta http-equiv=Refresh content='0; url=x'>", "page meta content [] x\n"},
        {"<meta content='3' http-equiv=refresh><meta content='0;x'>", ""},
        {"<meta property=og:image content=x><meta name='twitter:image' content=y><meta property=og:title content=no>",
         "other meta content [] x\nother meta content [] y\n"},
        {"<img data-src=no data-href=no><head profile=no><applet codebase=no></applet>", ""},
    };
    EXPECT_ALL(DOCUMENT_HTML, cases);
}
END_TEST

START_TEST(elements_of_svg_in_html)
{
    static const struct document_case cases[] = {
        {"<svg><a xlink:href=x>", "page a xlink:href [] x\n"},
        {"<svg><image href=x /><use xlink:href='#y'/></svg>",
         "resource image href [] x\nresource use xlink:href [] #y\n"},
        {"<svg><linearGradient href=x></linearGradient><feImage xlink:href=y /></svg>",
         "resource lineargradient href [] x\nresource feimage xlink:href [] y\n"},
        {"<svg><rect fill='url(x)' style='mask:url(y)'/></svg><p fill='url(no)'>",
         "resource style url() [] x\nresource style url() [] y\n"},
        {"<svg><style>a{b:url(x)}</style></svg>", "resource style url() [] x\n"},
        {"<svg><script href=x></script></svg><script href=no></script>", "resource script href [] x\n"},
        {"<svg><unheard xlink:href=x /></svg><p xlink:href=no>", "resource * xlink:href [] x\n"},
    };
    EXPECT_ALL(DOCUMENT_HTML, cases);
}
END_TEST

START_TEST(values)
{
    static const struct document_case cases[] = {
        {"<a href=' \n x y\t'>", "page a href [] x y\n"},
        {"<a href=''><a href=' '><a href><img srcset=' , '>", ""},
        {"<a href='#f'><a href='javascript:x'><a href='mailto:x@y'><img src='data:,x'>",
         "page a href [] #f\npage a href [] javascript:x\npage a href [] mailto:x@y\nresource img src [] data:,x\n"},
        {"<a href='?a=1&amp;b=2&#38;c=&#x33;&lt;'>", "page a href [] ?a=1&b=2&c=3<\n"},
        {"<a href='?a=1&copy=2&b'>", "page a href [] ?a=1&copy=2&b\n"},
        {"<A HREF=x HREF=no>", "page a href [] x\n"},
        {"<a title='>' href=\"a>b\">", "page a href [] a>b\n"},
        {"<a href=x/>", "page a href [] x/\n"},
        {"<a href=x\">\n<a href=y>", "page a href [] x\"\npage a href [] y\n"},
    };
    EXPECT_ALL(DOCUMENT_HTML, cases);
}
END_TEST

START_TEST(what_holds_no_links)
{
    static const struct document_case cases[] = {
        {"<template><a href=no><template><a href=no></template><a href=no></template><a href=x>", "page a href [] x\n"},
        {"<noscript><img src=x></noscript><noframes><a href=no></noframes>", "resource img src [] x\n"},
        {"<title><a href=no></title><textarea><a href=no></textarea><xmp><a href=no></xmp><a href=x>",
         "page a href [] x\n"},
        {"<iframe src=x><a href=no></iframe><a href=y>", "page iframe src [] x\npage a href [] y\n"},
        {"<textarea><textarea><a href=no></textarea><a href=x>", "page a href [] x\n"},
        {"<script>'<a href=no>'</script><!-- <a href=no> --><a href=x>", "page a href [] x\n"},
        {"<style>@import 'x';</style><style type=text/css>a{b:url(y)}</style><style type=text/less>url(no)</style>",
         "resource style @import [] x\nresource style url() [] y\n"},
        {"<style>@import</style><p><style>'no'</style>url(no)", ""},
        {"<template><style>url(no)</style></template>", ""},
        {"&lt;a href=no>< a href=no></a href=no>", ""},
    };
    EXPECT_ALL(DOCUMENT_HTML, cases);
}
END_TEST

START_TEST(documents_are_read_on_behind_their_end)
{
    static const struct document_case cases[] = {
        {"<html><body><a href=x></body></html><a href=y>", "page a href [] x\npage a href [] y\n"},
        {"</html></html> </body><a href=x></html>y</html><a href=z></html>", "page a href [] x\npage a href [] z\n"},
        {"<html></html><html manifest=x></html><!-- --><style>url(y)</style>",
         "resource html manifest [] x\nresource style url() [] y\n"},
        {"<html></html><a href=x></html><a href=no", "page a href [] x\n"},
    };
    EXPECT_ALL(DOCUMENT_HTML, cases);
}
END_TEST

START_TEST(base_is_that_of_the_first)
{
    static const struct {
        const char *document, *base;
    } cases[] = {
        {"<base href=' /x/ '><base href=/no/>", "/x/"},
        {"<base target=t><base href=x>", "x"},
        {"<a href=a><p><base href=x>", "x"},
        {"<base href=''><base href=no>", ""},
        {"<template><base href=no></template>", ""},
        {"<p>", ""},
        {"<base href='/?a&amp;b'>", "/?a&b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *links = strstr(cases[i].document, "<a ") ? "page a href [] a\n" : "";
        expect_document(DOCUMENT_HTML, slice_of(cases[i].document), NULL, links, cases[i].base, NULL, NULL);
    }
}
END_TEST

START_TEST(elements_of_xml)
{
    static const struct document_case cases[] = {
        {"<html xmlns='http://www.w3.org/1999/xhtml'><link rel='next' href='a&amp;b'/><img src='x'/></html>",
         "page link href [next] a&b\nresource img src [] x\n"},
        {"<h:html xmlns:h='http://www.w3.org/1999/xhtml'><h:a href='x'/></h:html>", "page a href [] x\n"},
        {"<html><a href='x'/></html>", "page a href [] x\n"},
        {"<x xmlns='urn:other'><a href='no'/></x>", ""},
        {"<x xmlns='urn:other' xmlns:l='http://www.w3.org/1999/xlink'><y l:href='x'/></x>",
         "resource * xlink:href [] x\n"},
        {"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>"
         "<feImage xlink:href='x'/><script href='y'/><a href='z'/><rect fill='url(f)'/></svg>",
         "resource feimage xlink:href [] x\nresource script href [] y\npage a href [] z\n"
         "resource style url() [] f\n"},
        {"<html><style>a{b:url(x)}<![CDATA[ c{d:url('y')} ]]></style></html>",
         "resource style url() [] x\nresource style url() [] y\n"},
        {"<?xml-stylesheet type='text/css' href = \"x.css\"?><r/>", "resource xml-stylesheet href [] x.css\n"},
        {"<r><?xml-stylesheet href='no'?></r>", ""},
        {"<html xmlns='http://www.w3.org/1999/xhtml'><template><a href='no'/></template><textarea><a href='x'/>"
         "</textarea></html>",
         "page a href [] x\n"},
        {"<html><a href='x'><b></a><a href='y'/></html>", "page a href [] x\npage a href [] y\n"},
        {"<html><a href='x'/><a href='no", "page a href [] x\n"},
        {"<html><a href=\"x\"/>&undefined;<a href='y'/></html>", "page a href [] x\npage a href [] y\n"},
    };
    EXPECT_ALL(DOCUMENT_XML, cases);
}
END_TEST

START_TEST(feeds_and_sitemaps)
{
    static const struct document_case cases[] = {
        {"<rss><channel><link> http://h/ </link><image><url>i</url></image><item><link>a&amp;b</link>"
         "<guid isPermaLink='false'>no</guid><enclosure url='e'/><comments>c</comments></item><item><guid>g</guid>"
         "</item></channel></rss>",
         "page link text() [] http://h/\nresource url text() [] i\npage link text() [] a&b\n"
         "resource enclosure url [] e\npage comments text() [] c\npage guid text() [] g\n"},
        {"<feed xmlns='http://www.w3.org/2005/Atom'><link rel='self' href='s'/><entry><link href='e'/>"
         "<link rel='enclosure' href='f'/><id>no</id></entry></feed>",
         "page link href [self] s\npage link href [] e\nresource link href [enclosure] f\n"},
        {"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc><![CDATA[a&b]]></loc></url>"
         "<url> <loc>c</loc> </url></urlset>",
         "page loc text() [] a&b\npage loc text() [] c\n"},
        {"<sitemapindex><sitemap><loc>x</loc></sitemap></sitemapindex>", "page loc text() [] x\n"},
        {"<urlset><url><loc>x</loc></url><url><loc>no", "page loc text() [] x\n"},
    };
    EXPECT_ALL(DOCUMENT_XML, cases);
}
END_TEST

START_TEST(xml_base_of_the_root)
{
    expect_document(DOCUMENT_XML, SLICE("<r xml:base=' /x/ '><y xml:base='no'/></r>"), NULL, "", "/x/", NULL, NULL);
    expect_document(DOCUMENT_XML, SLICE("<html xml:base='no'><base href='/y/'/></html>"), NULL, "", "/y/", NULL, NULL);
}
END_TEST

START_TEST(xml_reads_nothing_but_the_document)
{
    static const struct document_case cases[] = {
        {"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><html><a href='a&x;b'/>&x;</html>",
         "page a href [] ab\n"},
        {"<!DOCTYPE r [<!ENTITY % x SYSTEM 'file:///etc/hostname'> %x;]><html><a href='a'/></html>",
         "page a href [] a\n"},
        {"<!DOCTYPE r SYSTEM 'http://127.0.0.1:1/x.dtd'><html><a href='a'/></html>", "page a href [] a\n"},
        {"<!DOCTYPE r [<!ENTITY a 'xxxxxxxx'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;'>"
         "<!ENTITY d '&c;&c;&c;&c;&c;&c;'>]><html><a href='a&d;'/>&d;</html>",
         "page a href [] a\n"},
        {"<!DOCTYPE html [<!ATTLIST a href CDATA 'default'>]><html><a/><a href='a'/></html>",
         "page a href [] default\npage a href [] a\n"},
    };
    EXPECT_ALL(DOCUMENT_XML, cases);
}
END_TEST

START_TEST(style_sheets)
{
    expect(DOCUMENT_CSS, "@import 'x';a{b:url(y)}", "resource style @import [] x\nresource style url() [] y\n");
    expect_document(DOCUMENT_CSS, SLICE("@charset \"latin1\";url(\xe9)"), NULL, "resource style url() [] \xc3\xa9\n",
                    "", "windows-1252", "meta");
    expect_document(DOCUMENT_CSS, SLICE("@charset 'latin1';url(\xc3\xa9)"), NULL, "resource style url() [] \xc3\xa9\n",
                    "", "UTF-8", "default");
    expect_document(DOCUMENT_CSS, SLICE("@charset \"latin1\";url(\xc3\xa9)"), "utf-8",
                    "resource style url() [] \xc3\xa9\n", "", "UTF-8", "header");
    expect_document(DOCUMENT_CSS, SLICE("@charset \"utf-16\";url(\xc3\xa9)"), NULL,
                    "resource style url() [] \xc3\xa9\n", "", "UTF-8", "meta");
    expect_document(DOCUMENT_CSS, SLICE("\xef\xbb\xbf@import 'x'"), "latin1", "resource style @import [] x\n", "",
                    "UTF-8", "bom");
    expect_document(DOCUMENT_CSS, SLICE("@charset \"lat"), NULL, "", "", "UTF-8", "default");
}
END_TEST

#define E_ACUTE "page a href [] \xc3\xa9\n"

START_TEST(encodings_of_html)
{
    expect_document(DOCUMENT_HTML, SLICE("<a href=\xe9>"), NULL, E_ACUTE, "", "windows-1252", "default");
    expect_document(DOCUMENT_HTML, SLICE("<a href=\xc3\xa9>"), "UTF-8", E_ACUTE, "", "UTF-8", "header");
    expect_document(DOCUMENT_HTML, SLICE("\xef\xbb\xbf<a href=\xc3\xa9>"), "latin1", E_ACUTE, "", "UTF-8", "bom");
    expect_document(DOCUMENT_HTML, SLICE("<meta charset=utf-8><a href=\xc3\xa9>"), NULL, E_ACUTE, "", "UTF-8", "meta");
    /* The header wins, and libxml2 must not heed the element either. */
    expect_document(DOCUMENT_HTML, SLICE("<meta charset=iso-8859-1><a href=\xc3\xa9>"), "utf-8", E_ACUTE, "", "UTF-8",
                    "header");
    expect_document(DOCUMENT_HTML,
                    SLICE("<meta http-equiv=content-type content='text/html; charset=koi8-r'><a href=\xc3\xa9>"),
                    "utf-8", E_ACUTE, "", "UTF-8", "header");
    expect_document(DOCUMENT_HTML, SLICE("\xff\xfe<\0a\0 \0h\0r\0e\0f\0=\0\xe9\0>\0"), NULL, E_ACUTE, "", "UTF-16LE",
                    "bom");
    expect_document(DOCUMENT_HTML, SLICE("<a href=\x82\xa0>"), "shift_jis", "page a href [] \xe3\x81\x82\n", "",
                    "Shift_JIS", "header");
    expect_document(DOCUMENT_HTML, SLICE("<a href=\xff>"), "utf-8", "page a href [] \xef\xbf\xbd\n", "", "UTF-8",
                    "header");
    expect_document(DOCUMENT_HTML, SLICE("<a href=x>\xc3"), "utf-8", "page a href [] x\n", "", "UTF-8", "header");
    expect_document(DOCUMENT_HTML, SLICE(""), NULL, "", "", "windows-1252", "default");
}
END_TEST

START_TEST(encodings_of_xml)
{
    expect_document(DOCUMENT_XML, SLICE("<html><a href='\xc3\xa9'/></html>"), NULL, E_ACUTE, "", "UTF-8", "default");
    expect_document(DOCUMENT_XML, SLICE("<?xml version='1.0' encoding = 'latin1'?><html><a href='\xe9'/></html>"), NULL,
                    E_ACUTE, "", "windows-1252", "meta");
    expect_document(DOCUMENT_XML, SLICE("<?xml version='1.0' encoding='latin1'?><html><a href='\xc3\xa9'/></html>"),
                    "utf-8", E_ACUTE, "", "UTF-8", "header");
    expect_document(DOCUMENT_XML, SLICE("<?xml version='1.0' encoding='utf-16'?><html><a href='\xc3\xa9'/></html>"), "",
                    E_ACUTE, "", "UTF-8", "meta");
    expect_document(DOCUMENT_XML, SLICE("<\0?\0x\0?\0>\0<\0a\0 \0h\0r\0e\0f\0=\0'\0\xe9\0'\0/\0>\0"), NULL, E_ACUTE, "",
                    "UTF-16LE", "default");
    expect_document(DOCUMENT_XML, SLICE("<html><a href='\xff'/><a href='x'/></html>"), NULL,
                    "page a href [] \xef\xbf\xbd\npage a href [] x\n", "", "UTF-8", "default");
}
END_TEST

START_TEST(nul_bytes_end_nothing)
{
    expect_document(DOCUMENT_HTML, SLICE("\0<a href='x\0y'>\0<a href=z>"), "utf-8",
                    "page a href [] x\xef\xbf\xbdy\npage a href [] z\n", "", NULL, NULL);
    expect_document(DOCUMENT_XML, SLICE("<html><a href='x\0y'/>\0<a href='z'/></html>"), "utf-8",
                    "page a href [] x\xef\xbf\xbdy\npage a href [] z\n", "", NULL, NULL);
}
END_TEST

/* A bit of everything; each of its links is whole only behind its tag or its url(). */
static const char PAGE[] =
    "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>\xc3\xa9 &amp; <b></title>"
    "<base href='/b/'><link rel='style&#115;heet' href=\"s.css?a&amp;b\"><!-- <a href=no> -- > --->"
    "<style type='text/css'>/* < */ @import 'i.css'; p::after{content:'</p>';background:url(\xc3\xa9.png)}</style>"
    "<script src='s.js' async>if (a<b && '<a href=no>') ;<!-- x --></script></head>\n"
    "<body background = 'b.png' ><p>x &lt; y<a title='a>b' href='x>y' rel=nofollow ping=\"p1 p2\">\xe2\x82\xac</a>"
    "<img src=i.png srcset='a.png 1x,b.png 2x' alt=\"it's\"><br/><template><a href=no></template>"
    "<noscript><img src=n.png></noscript><svg viewBox='0 0'><use xlink:href='#u'/></svg><?php no ?>"
    "<div style=\"background:url('st.png')\"></div ><textarea><a href=no></textarea>< a href=no><![CDATA[x]]>"
    "<form action='f' method=get><input type=image src=in.png></form><a "
    "href='last&amp;'>&#x41;&copy;</a></body></html>\n"
    "</html><p><a href=\"after\">";

static const char PAGE_LINKS[] = "resource link href [stylesheet] s.css?a&b\n"
                                 "resource style @import [] i.css\n"
                                 "resource style url() [] \xc3\xa9.png\n"
                                 "resource script src [] s.js\n"
                                 "resource body background [] b.png\n"
                                 "page a href [nofollow] x>y\n"
                                 "other a ping [nofollow] p1\n"
                                 "other a ping [nofollow] p2\n"
                                 "resource img src [] i.png\n"
                                 "resource img srcset [] a.png\n"
                                 "resource img srcset [] b.png\n"
                                 "resource img src [] n.png\n"
                                 "resource use xlink:href [] #u\n"
                                 "resource style url() [] st.png\n"
                                 "other form action [] f\n"
                                 "resource input src [] in.png\n"
                                 "page a href [] last&\n"
                                 "page a href [] after\n";

START_TEST(cuts_do_not_matter)
{
    struct slice page = slice_of(PAGE);
    struct buf found;
    buf_init(&found, SIZE_MAX / 2);
    for (size_t cut = 0; cut <= page.length; cut++) {
        buf_clear(&found);
        /* The last round goes byte by byte. */
        size_t step = cut < page.length ? page.length : 1;
        struct extractor *extractor =
            read_document(DOCUMENT_HTML, page, NULL, cut < page.length ? cut : 1, step, &found);
        ck_assert_str_eq(buf_text(&found), PAGE_LINKS);
        ck_assert(slice_equal(extractor_base(extractor), SLICE("/b/")));
        extractor_free(extractor);
    }
    buf_free(&found);
}
END_TEST

/* The engine alone, to which the extractor's blocks are no shelter, on a page cut in two, and cut into bytes at `cut`
 * 0. */
static void feed_engine(const struct extractor_engine *engine, struct slice page, size_t cut, struct buf *found)
{
    struct link_sink sink;
    link_sink_init(&sink, record_link, found);
    void *state;
    ck_assert_int_eq(engine->create(&state, &sink), 0);
    append(found, SLICE(""));
    size_t step = cut ? cut : 1;
    for (size_t at = 0; at < page.length;) {
        size_t length = page.length - at < step ? page.length - at : step;
        while (at + length < page.length && ((unsigned char)page.data[at + length] & 0xC0) == 0x80)
            length++; /* whole characters only, which the engine may rely on */
        ck_assert_int_eq(engine->feed(state, (struct slice){page.data + at, length}), 0);
        at += length;
        step = cut ? page.length : 1;
    }
    ck_assert_int_eq(engine->finish(state), 0);
    engine->free(state);
    link_sink_free(&sink);
}

START_TEST(engines_stand_every_cut)
{
    static const char xml[] = "<?xml version='1.0'?><?xml-stylesheet href='p'?><!DOCTYPE html [<!ENTITY x 'y'>]>"
                              "<html xmlns='http://www.w3.org/1999/xhtml'><style>a{b:url(s)}<![CDATA[c{d:url('t')}]]>"
                              "</style><!-- x --><a title='>' href='a&amp;\xe2\x82\xac'>&lt;</a></html>";
    static const char xml_links[] = "resource xml-stylesheet href [] p\nresource style url() [] s\n"
                                    "resource style url() [] t\npage a href [] a&\xe2\x82\xac\n";
    struct buf found;
    buf_init(&found, SIZE_MAX / 2);
    for (size_t cut = 0; cut < sizeof PAGE; cut++) {
        buf_clear(&found);
        bool is_scanner = strcmp(engine_name, HTML_SCANNER.name) == 0;
        feed_engine(is_scanner ? &HTML_SCANNER : &MARKUP_HTML, slice_of(PAGE), cut, &found);
        ck_assert_msg(strcmp(buf_text(&found), PAGE_LINKS) == 0, "cut at %zu gave\n%s", cut, buf_text(&found));
    }
    for (size_t cut = 0; cut < sizeof xml; cut++) {
        buf_clear(&found);
        feed_engine(&MARKUP_XML, slice_of(xml), cut, &found);
        ck_assert_msg(strcmp(buf_text(&found), xml_links) == 0, "cut at %zu gave\n%s", cut, buf_text(&found));
    }
    buf_free(&found);
}
END_TEST

START_TEST(a_document_cut_off_has_the_links_up_to_there)
{
    struct buf found;
    buf_init(&found, SIZE_MAX / 2);
    size_t style_end = (size_t)(strstr(PAGE, "</style>") - PAGE) + strlen("</style>");
    for (size_t length = style_end; length < sizeof PAGE; length++) {
        buf_clear(&found);
        struct slice start = {PAGE, length};
        extractor_free(read_document(DOCUMENT_HTML, start, NULL, length, length, &found));
        ck_assert_msg(strncmp(buf_text(&found), PAGE_LINKS, found.length) == 0, "%zu bytes gave\n%s", length,
                      buf_text(&found));
    }
    buf_free(&found);
}
END_TEST

static void append_times(struct buf *buf, struct slice text, size_t times)
{
    int err = 0;
    for (size_t i = 0; i < times; i++)
        err |= buf_append_slice(buf, text);
    ck_assert_int_eq(err, 0);
}

START_TEST(nesting_has_no_limit)
{
    const size_t depth = (size_t)effort(1000 * 1000);
    struct buf page;
    buf_init(&page, SIZE_MAX / 2);
    append_times(&page, SLICE("<div>"), depth);
    append(&page, SLICE("<a href=x>"));
    expect_document(DOCUMENT_HTML, buf_slice(&page), NULL, "page a href [] x\n", NULL, NULL, NULL);
    buf_clear(&page);
    append_times(&page, SLICE("<p>"), depth);
    append(&page, SLICE("<a href='x'/>"));
    expect_document(DOCUMENT_XML, buf_slice(&page), NULL, "page a href [] x\n", NULL, NULL, NULL);
    buf_free(&page);
}
END_TEST

START_TEST(values_longer_than_a_block)
{
    const size_t length = (size_t)effort(1000 * 1000);
    struct buf page;
    struct buf found;
    struct buf expected;
    buf_init(&page, SIZE_MAX / 2);
    buf_init(&found, SIZE_MAX / 2);
    buf_init(&expected, SIZE_MAX / 2);
    append(&page, SLICE("<a href='"));
    append(&expected, SLICE("page a href [] "));
    append_times(&page, SLICE(">"), length);
    append_times(&expected, SLICE(">"), length);
    append(&page, SLICE("'><!--"));
    append_times(&page, SLICE("<a href=no>"), length / 10);
    append(&page, SLICE("--><a href=y>"));
    append(&expected, SLICE("\npage a href [] y\n"));
    extractor_free(read_document(DOCUMENT_HTML, buf_slice(&page), "utf-8", 1, 1000, &found));
    ck_assert(slice_equal(buf_slice(&found), buf_slice(&expected)));
    buf_free(&page);
    buf_free(&found);
    buf_free(&expected);
}
END_TEST

START_TEST(tags_with_many_attributes)
{
    struct buf page;
    buf_init(&page, SIZE_MAX / 2);
    append(&page, SLICE("<a "));
    for (int i = 0; i < 2000; i++)
        ck_assert_int_eq(buf_printf(&page, "a%d=1 ", i), 0);
    append(&page, SLICE("href=x>"));
    expect_document(DOCUMENT_HTML, buf_slice(&page), NULL, "page a href [] x\n", NULL, NULL, NULL);
    buf_free(&page);
}
END_TEST

START_TEST(what_the_callback_returns_ends_it)
{
    static const struct {
        enum document_kind kind;
        const char *document;
    } cases[] = {
        {DOCUMENT_HTML, "<a href=a><style>url(b)</style><a href=c>"},
        {DOCUMENT_XML, "<html><a href='a'/><style>url(b)</style><a href='c'/></html>"},
        {DOCUMENT_XML, "<rss><link>a</link><link>b</link><link>c</link></rss>"},
        {DOCUMENT_CSS, "@import 'a';url(b)url(c)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int left = 2;
        struct extractor_options options = {
            .engine = engine_name, .kind = cases[i].kind, .on_link = refuse_link, .context = &left};
        struct extractor *extractor;
        ck_assert_int_eq(extractor_create(&extractor, &options), 0);
        ck_assert_int_eq(extractor_feed(extractor, slice_of(cases[i].document)), 0);
        ck_assert_int_eq(extractor_finish(extractor), ERR_CANCELLED);
        ck_assert_int_eq(left, 0);
        ck_assert_int_eq(extractor_feed(extractor, SLICE("<a href=x>")), ERR_CANCELLED);
        extractor_free(extractor);
    }
}
END_TEST

START_TEST(engines)
{
    const char *const *names = extractor_engines();
    ck_assert_str_eq(names[0], "scanner");
    ck_assert_str_eq(names[1], "libxml2");
    struct extractor *extractor;
    for (; *names; names++) {
        struct extractor_options options = {.engine = *names, .kind = DOCUMENT_HTML, .on_link = record_link};
        ck_assert_int_eq(extractor_create(&extractor, &options), 0);
        extractor_free(extractor);
    }
    struct extractor_options options = {.engine = "none such", .kind = DOCUMENT_HTML, .on_link = record_link};
    ck_assert_int_eq(extractor_create(&extractor, &options), ERR_UNSUPPORTED);
    extractor_free(NULL);
}
END_TEST

START_TEST(malformed_documents_are_read_in_silence)
{
    int saved = dup(STDERR_FILENO);
    char path[] = "/tmp/extractor_test.XXXXXX";
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_ge(dup2(file, STDERR_FILENO), 0);
    expect(DOCUMENT_HTML, "<a b=c b=c></i><!DOCTYPE><a href=x&y;>&#xFFFFFFFF;<<", "page a href [] x&y;\n");
    expect(DOCUMENT_XML, "<a><b></a>&x;<<", "");
    ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
    ck_assert_int_eq(lseek(file, 0, SEEK_END), 0);
    close(file);
    close(saved);
}
END_TEST

int main(void)
{
    int failed = 0;
    for (const char *const *name = extractor_engines(); *name; name++) {
        engine_name = *name;
        failed |= RUN_TESTS(*name, elements_of_html, elements_of_svg_in_html, values, what_holds_no_links,
                            documents_are_read_on_behind_their_end, base_is_that_of_the_first, elements_of_xml,
                            feeds_and_sitemaps, xml_base_of_the_root, xml_reads_nothing_but_the_document, style_sheets,
                            encodings_of_html, encodings_of_xml, nul_bytes_end_nothing, cuts_do_not_matter,
                            engines_stand_every_cut, a_document_cut_off_has_the_links_up_to_there, nesting_has_no_limit,
                            values_longer_than_a_block, tags_with_many_attributes, what_the_callback_returns_ends_it,
                            engines, malformed_documents_are_read_in_silence);
    }
    return failed;
}
