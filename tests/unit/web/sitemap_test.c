/* Lists of URLs in all their forms, and what hostile ones do. */
#include "web/sitemap.h"

#include "base/buf.h"
#include "base/error.h"
#include "unit/suite.h"
#include "unit/web/pack.h"
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 64 << 20 };

/* What a file holds: an entry a line, "url lastmod", "sitemap url lastmod". */
struct outcome {
    struct buf entries;
    size_t count;
    size_t dropped;
    int err;
};

static int record(void *context, const struct sitemap_entry *entry)
{
    struct outcome *outcome = context;
    outcome->count++;
    return buf_printf(&outcome->entries, "%s%.*s %.*s\n", entry->kind == SITEMAP_OF_SITEMAPS ? "sitemap " : "",
                      SLICE_ARGS(entry->url), SLICE_ARGS(entry->lastmod));
}

/* Reads a file in pieces of `size`, the first of which is as long as `first` says. */
static void read_pieces(struct outcome *outcome, struct slice file, size_t first, size_t size)
{
    struct sitemap_reader *reader;
    *outcome = (struct outcome){0};
    buf_init(&outcome->entries, LIMIT);
    ck_assert_int_eq(sitemap_create(&reader, record, outcome), 0);
    for (size_t length = first; file.length && !outcome->err; length = size) {
        if (length > file.length)
            length = file.length;
        outcome->err = sitemap_feed(reader, (struct slice){file.data, length});
        file = (struct slice){file.data + length, file.length - length};
    }
    int err = sitemap_finish(reader);
    ck_assert(!outcome->err || err == outcome->err);
    outcome->err = err;
    outcome->dropped = sitemap_dropped(reader);
    sitemap_free(reader);
}

static void read_whole(struct outcome *outcome, struct slice file)
{
    read_pieces(outcome, file, file.length, file.length);
}

struct sitemap_case {
    const char *file;
    const char *entries;
    size_t dropped;
    int err;
};

#define URLSET "<?xml version='1.0' encoding='UTF-8'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"

static const struct sitemap_case CASES[] = {
    {URLSET "<url><loc>http://h/</loc><lastmod>2005-01-01</lastmod><changefreq>monthly</changefreq>"
            "<priority>0.8</priority></url><url><loc> \n http://h/?a=1&amp;b=2\n</loc></url></urlset>",
     "http://h/ 2005-01-01\nhttp://h/?a=1&b=2 \n", 0, 0},
    {"<sitemapindex><sitemap><loc>http://h/1.gz</loc><lastmod>2004-10-01T18:23:17+00:00</lastmod></sitemap>"
     "<url><loc>http://h/no</loc></url><sitemap><loc>http://h/2</loc></sitemap></sitemapindex>",
     "sitemap http://h/1.gz 2004-10-01T18:23:17+00:00\nsitemap http://h/2 \n", 0, 0},
    {"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><link>http://h/</link>"
     "<atom:link rel='self' href='http://h/feed'/><image><url>http://h/i</url><link>http://h/</link></image>"
     "<item><title>a</title><link>http://h/1</link><guid>http://h/p1</guid><pubDate>Sat, 07 Sep 2002 00:00:01 GMT"
     "</pubDate></item><item><guid>http://h/2</guid></item><item><guid isPermaLink='false'>3</guid></item>"
     "<item><guid isPermaLink='true'>http://h/g</guid><link><![CDATA[http://h/4?a&b]]></link></item>"
     "<item><atom:link href='http://h/no'/><link>http://h/5</link></item></channel></rss>",
     "http://h/1 Sat, 07 Sep 2002 00:00:01 GMT\nhttp://h/2 \nhttp://h/4?a&b \nhttp://h/5 \n", 0, 0},
    {"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
     "xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='x'><link>http://h/</link></channel>"
     "<item><link>http://h/1</link><dc:date>2020-02-02</dc:date></item></rdf:RDF>",
     "http://h/1 2020-02-02\n", 0, 0},
    {"<feed xmlns='http://www.w3.org/2005/Atom'><link href='http://h/'/><updated>2003</updated><entry>"
     "<published>2001</published><updated>2002</updated><link rel='edit' href='no'/><link href='/1?a&amp;b'/>"
     "<link href='/no'/><source><link href='no'/></source></entry><entry><link rel='Alternate' href='2'/>"
     "<published>2001</published></entry></feed>",
     "/1?a&b 2002\n2 2001\n", 0, 0},
    /* The fields' order is of no matter, and what is deeper belongs to others. */
    {URLSET "<url><lastmod>1</lastmod><image:image><image:loc>http://h/i</image:loc></image:image>"
            "<x><loc>http://h/no</loc></x><loc>http://h/</loc></url></urlset>",
     "http://h/ 1\n", 0, 0},
    {"<s:urlset xmlns:s='urn:other'><s:url><s:loc>http://h/</s:loc></s:url></s:urlset>", "http://h/ \n", 0, 0},
    {"<s:urlset><s:url><s:loc>http://h/</s:loc></s:url></s:urlset>", "http://h/ \n", 0, 0},
    {"<urlset><url><loc>http://h/1</loc><loc>http://h/2</loc></url><url/><url><loc> </loc></url></urlset>",
     "http://h/1 \n", 0, 0},
    {"<urlset><url><loc>http://h/<b>x</b>y</loc></url></urlset>", "http://h/y \n", 0, 0},
    {"<urlset/>", "", 0, 0},
    /* What stands before and behind. */
    {" \r\n\t<?xml version='1.0'?><urlset><url><loc>http://h/</loc></url></urlset> <junk", "http://h/ \n", 0, 0},
    {"\xef\xbb\xbf\n<urlset><url><loc>http://h/</loc></url></urlset>", "http://h/ \n", 0, 0},
    {"<!-- > --><?x?><!DOCTYPE urlset><urlset><url><loc>http://h/</loc></url></urlset>", "http://h/ \n", 0, 0},
    /* Encodings. */
    {"<?xml version='1.0' encoding='iso-8859-1'?><urlset><url><loc>http://h/\xe9</loc></url></urlset>",
     "http://h/\xc3\xa9 \n", 0, 0},
    {"<urlset><url><loc>http://h/\xff</loc></url></urlset>", "http://h/\xef\xbf\xbd \n", 0, 0},
    /* Damage costs what is damaged. */
    {"<urlset><url><loc>http://h/?a=1&b=2</loc></url><url><loc>http://h/</loc></url></urlset>", "http://h/ \n", 1, 0},
    {"<urlset><url><loc>http://h/&nbsp;</loc></url><url><loc>http://h/</loc></url></urlset>", "http://h/ \n", 1, 0},
    {"<urlset><url><loc>http://h/</loc><title>a & b</title></url></urlset>", "http://h/ \n", 0, 0},
    {"<feed><entry><link href='/?a&b'/></entry><entry><link href='/'/></entry></feed>", "/ \n", 1, 0},
    {"<urlset><url><loc>http://h/1</loc></url><url><loc>http://h/2</loc>", "http://h/1 \n", 0, ERR_SYNTAX},
    {"<urlset><url><loc>http://h/1</loc></url><url><loc", "http://h/1 \n", 0, ERR_SYNTAX},
    {"<urlset><url><loc>http://h/1</loc></url>< ><url><loc>http://h/2</loc></url></urlset>", "http://h/1 \n", 0,
     ERR_SYNTAX},
    {"<html><body><a href='http://h/'/></body></html>", "", 0, ERR_SYNTAX},
    {"<!DOCTYPE html><p>404", "", 0, ERR_SYNTAX},
    {"<URLSET/>", "", 0, ERR_SYNTAX},
    {"<", "", 0, ERR_SYNTAX},
    {"<!", "", 0, ERR_SYNTAX},
    /* Text. */
    {"http://h/1\nHTTPS://h/2\r\n\r\n\t http://h/3 \rhttp://h/4",
     "http://h/1 \nHTTPS://h/2 \nhttp://h/3 \nhttp://h/4 \n", 0, 0},
    {"\xef\xbb\xbfhttp://h/\xc3\xa9\n", "http://h/\xc3\xa9 \n", 0, 0},
    {"# list\nhttp://h/\n/rel\n", "http://h/ \n", 2, 0},
    {"Not found", "", 1, ERR_SYNTAX},
    {"ftp://h/", "", 1, ERR_SYNTAX},
    {" \n ", "", 0, 0},
    {"", "", 0, 0},
    /* gzip. */
    {"\x1f", "", 1, ERR_SYNTAX},
    {"\x1f\x8b", "", 0, ERR_TRUNCATED},
    {"\x1f\x8bhttp://h/", "", 0, ERR_DECODE},
};

static void check_outcome(const struct sitemap_case *expected, struct outcome *outcome, size_t cut)
{
    ck_assert_msg(strcmp(buf_text(&outcome->entries), expected->entries) == 0 && outcome->err == expected->err &&
                      outcome->dropped == expected->dropped,
                  "%s, cut at %zu: %s, %zu dropped, %s", expected->file, cut, buf_text(&outcome->entries),
                  outcome->dropped, error_text(outcome->err));
    buf_free(&outcome->entries);
}

START_TEST(lists_are_read_however_cut)
{
    const struct sitemap_case *one = &CASES[_i];
    struct slice file = slice_of(one->file);
    struct outcome outcome;
    for (size_t cut = 0; cut <= file.length; cut++) {
        read_pieces(&outcome, file, cut, file.length);
        check_outcome(one, &outcome, cut);
    }
    read_pieces(&outcome, file, 1, 1);
    check_outcome(one, &outcome, 1);
}
END_TEST

/* --- encodings and gzip ------------------------------------------------------------------------------------------- */

static struct slice utf16(struct buf *out, const char *ascii, bool has_mark)
{
    buf_init(out, LIMIT);
    bool failed = has_mark && buf_append(out, "\xff\xfe", 2) != 0;
    for (; *ascii; ascii++)
        failed |= buf_append(out, (char[]){*ascii, '\0'}, 2) != 0;
    ck_assert(!failed);
    return buf_slice(out);
}

START_TEST(utf16_is_read)
{
    static const char *const files[] = {
        "<?xml version='1.0' encoding='UTF-16'?><urlset><url><loc>http://h/</loc></url></urlset>", "http://h/"};
    struct buf file;
    struct outcome outcome;
    for (int i = 0; i < 3; i++) {
        read_pieces(&outcome, utf16(&file, files[i / 2], i % 2 == 0), 3, 5);
        ck_assert_str_eq(buf_text(&outcome.entries), "http://h/ \n");
        ck_assert_int_eq(outcome.err, 0);
        buf_free(&outcome.entries);
        buf_free(&file);
    }
}
END_TEST

/* Appends to `out` what `text` is as a gzip file. */
START_TEST(packed_files_are_unpacked)
{
    static const char text[] = URLSET "<url><loc>http://h/1</loc></url><url><loc>http://h/2</loc></url></urlset>";
    struct buf packed;
    struct outcome outcome;
    buf_init(&packed, LIMIT);
    pack(&packed, SLICE(text));
    for (size_t cut = 0; cut <= packed.length; cut++) {
        read_pieces(&outcome, buf_slice(&packed), cut, packed.length);
        ck_assert_str_eq(buf_text(&outcome.entries), "http://h/1 \nhttp://h/2 \n");
        ck_assert_int_eq(outcome.err, 0);
        buf_free(&outcome.entries);
    }
    for (size_t length = 2; length < packed.length; length++) {
        read_pieces(&outcome, (struct slice){packed.data, length}, 1, 1);
        ck_assert_int_eq(outcome.err, ERR_TRUNCATED);
        buf_free(&outcome.entries);
    }
    buf_free(&packed);
}
END_TEST

/* --- limits ------------------------------------------------------------------------------------------------------- */

/* `count` times `piece` between `head` and `tail`. */
static struct slice repeat(struct buf *out, const char *head, const char *piece, size_t count, const char *tail)
{
    buf_init(out, LIMIT);
    bool failed = buf_append_slice(out, slice_of(head)) != 0;
    while (count--)
        failed |= buf_append_slice(out, slice_of(piece)) != 0;
    failed |= buf_append_slice(out, slice_of(tail)) != 0;
    ck_assert(!failed);
    return buf_slice(out);
}

static void check_repeated(const char *head, const char *piece, size_t count, const char *tail, size_t entries,
                           size_t dropped, int err)
{
    struct buf file;
    struct outcome outcome;
    read_whole(&outcome, repeat(&file, head, piece, count, tail));
    ck_assert_msg(outcome.count == entries && outcome.dropped == dropped && outcome.err == err,
                  "%s %s...: %zu, %zu dropped, %s", head, piece, outcome.count, outcome.dropped,
                  error_text(outcome.err));
    buf_free(&outcome.entries);
    buf_free(&file);
}

START_TEST(urls_are_counted)
{
    enum { MOST = SITEMAP_MOST_URLS };
    check_repeated("<urlset>", "<url><loc>http://h/</loc></url>", MOST, "</urlset>", MOST, 0, 0);
    check_repeated("<urlset>", "<url><loc>http://h/</loc></url>", MOST + 3, "</urlset>", MOST, 3, 0);
    check_repeated("", "http://h/\n", MOST + 2, "", MOST, 2, 0);
}
END_TEST

START_TEST(urls_have_a_length)
{
    enum { REST = SITEMAP_URL_LENGTH - 9 };
    check_repeated("<urlset><url><loc>  http://h/", "a", REST, "</loc></url></urlset>", 1, 0, 0);
    check_repeated("<urlset><url><loc>http://h/", "a", REST + 1, "</loc></url></urlset>", 0, 1, 0);
    check_repeated("<feed><entry><link href='http://h/", "a", REST, "'/></entry></feed>", 1, 0, 0);
    check_repeated("<feed><entry><link href='http://h/", "a", REST + 1, "'/></entry></feed>", 0, 1, 0);
    check_repeated("  http://h/", "a", REST, "\nhttp://h/", 2, 0, 0);
    check_repeated("http://h/", "a", REST + 1, "\nhttp://h/", 1, 1, 0);
    check_repeated("<urlset><url><loc>http://h/</loc><lastmod>", "a", 65, "</lastmod></url></urlset>", 1, 0, 0);
}
END_TEST

START_TEST(elements_nest_to_a_depth)
{
    check_repeated("<urlset><url><loc>http://h/</loc>", "<a>", SITEMAP_DEPTH - 2, "", 0, 0, ERR_SYNTAX);
    check_repeated("<urlset><url><loc>http://h/</loc></url>", "<a>", SITEMAP_DEPTH, "", 1, 0, ERR_TOO_LARGE);
    check_repeated("<urlset>", "<a>", 3000000, "", 0, 0, ERR_TOO_LARGE);
}
END_TEST

START_TEST(bytes_are_counted)
{
    enum { PIECE = 64, MOST = SITEMAP_MOST_BYTES / PIECE };
    static const char blanks[] = "                                                               \n";
    _Static_assert(sizeof blanks == PIECE + 1, "so many");
    if (is_under_valgrind()) /* where the bomb, which meets the same limit, takes long enough */
        return;
    check_repeated("", blanks, MOST, "", 0, 0, 0);
    check_repeated("http://h/\n", blanks, MOST, "", 1, 0, ERR_DECODED_TOO_LARGE);
    check_repeated("<urlset><url><loc>http://h/</loc></url>", blanks, MOST, "</urlset>", 1, 0, ERR_DECODED_TOO_LARGE);
}
END_TEST

START_TEST(a_bomb_is_cut_off)
{
    struct buf text, packed, bomb;
    struct outcome outcome;
    buf_init(&packed, LIMIT);
    buf_init(&bomb, LIMIT);
    pack(&packed, repeat(&text, "", "                ", 1 << 19, "")); /* 8 MB */
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(buf_append_slice(&bomb, buf_slice(&packed)), 0);
    read_whole(&outcome, buf_slice(&bomb));
    ck_assert_int_eq(outcome.err, ERR_DECODED_TOO_LARGE);
    buf_free(&outcome.entries);
    buf_free(&bomb);
    buf_free(&packed);
    buf_free(&text);
}
END_TEST

/* Documents that would keep a reader busy or fill its memory. */
START_TEST(hostile_documents_are_given_up)
{
    const size_t most = (size_t)effort(10000000), least = SITEMAP_MARKUP + SITEMAP_TAG;
    const size_t many = most > least ? most : least;
    check_repeated("", "<", many, "", 0, 0, ERR_TOO_LARGE);
    check_repeated("<urlset>", "<", many, "", 0, 0, ERR_TOO_LARGE);
    check_repeated("<urlset>", "&", many, "", 0, 0, ERR_TOO_LARGE);
    check_repeated("<urlset a='", ">", many, "'></urlset>", 0, 0, ERR_TOO_LARGE);
    check_repeated("<urlset><!--", ">", many, "", 0, 0, ERR_TOO_LARGE);
    check_repeated("<urlset><![CDATA[", "]", many, "", 0, 0, ERR_TOO_LARGE);
    check_repeated("<!DOCTYPE x [", "<!ENTITY a 'b'>", many / 10, "", 0, 0, ERR_TOO_LARGE);
    check_repeated("<urlset><a", " a='b'", many / 10, "/></urlset>", 0, 0, ERR_TOO_LARGE);
    check_repeated("<urlset>", "\xff", many, "</urlset>", 0, 0, 0);
}
END_TEST

#define ENTRY "<url><loc>http://h/</loc></url></urlset>"

START_TEST(markup_has_a_length)
{
    enum { NEAR = 5000, TAG = SITEMAP_TAG / 2, MARKUP = SITEMAP_MARKUP / 2 };
    check_repeated("<urlset><a b='", "a>", TAG - NEAR, "'/>" ENTRY, 1, 0, 0);
    check_repeated("<urlset><a b='", "a>", TAG + NEAR, "'/>" ENTRY, 0, 0, ERR_TOO_LARGE);
    check_repeated("<urlset><!--", "a>", MARKUP - NEAR, "-->" ENTRY, 1, 0, 0);
    check_repeated("<urlset><!--", "a>", MARKUP + NEAR, "-->" ENTRY, 0, 0, ERR_TOO_LARGE);
    check_repeated("<urlset><![CDATA[", "a>", MARKUP - NEAR, "]]>" ENTRY, 1, 0, 0);
}
END_TEST

START_TEST(entities_of_the_file_are_not_expanded)
{
    static const char head[] = "<!DOCTYPE urlset [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
                               "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>"
                               "<!ENTITY e SYSTEM 'file:///etc/hostname'><!ENTITY % f SYSTEM 'file:///etc/hostname'>"
                               "%f;]><urlset><url><loc>http://h/</loc></url><url><loc>http://h/&e;</loc></url>";
    check_repeated(head, "<url><loc>http://h/&d;</loc><lastmod>&d;</lastmod></url>", 1000, "</urlset>", 1, 1001, 0);
    check_repeated(head, "<x y='&d;&d;&d;&d;'>&d;</x>", 1000, "</urlset>", 1, 1, 0);
}
END_TEST

START_TEST(nul_ends_nothing)
{
    struct outcome outcome;
    read_whole(&outcome, SLICE("<urlset>\0<url><loc>http://h/a\0b</loc></url>\0</urlset>"));
    ck_assert_str_eq(buf_text(&outcome.entries), "http://h/a\xef\xbf\xbd"
                                                 "b \n");
    ck_assert_int_eq(outcome.err, 0);
    buf_free(&outcome.entries);
}
END_TEST

static int refuse(void *context, const struct sitemap_entry *entry)
{
    int *left = context;
    return entry->url.length && --*left > 0 ? 0 : ERR_CANCELLED;
}

START_TEST(the_callback_may_end_it)
{
    static const char *const files[] = {"<urlset><url><loc>http://h/1</loc></url><url><loc>http://h/2</loc></"
                                        "url><url><loc>http://h/3</loc></url></urlset>",
                                        "http://h/1\nhttp://h/2\nhttp://h/3"};
    for (int i = 0; i < 2; i++) {
        struct sitemap_reader *reader;
        int left = 2;
        ck_assert_int_eq(sitemap_create(&reader, refuse, &left), 0);
        int err = sitemap_feed(reader, slice_of(files[i]));
        ck_assert_int_eq(err ? err : sitemap_finish(reader), ERR_CANCELLED);
        ck_assert_int_eq(sitemap_finish(reader), ERR_CANCELLED);
        ck_assert_int_eq(left, 0);
        sitemap_free(reader);
    }
    sitemap_free(NULL);
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS_TIMES("sitemap lists", sizeof CASES / sizeof CASES[0], lists_are_read_however_cut) |
                 RUN_TESTS("sitemap", utf16_is_read, packed_files_are_unpacked, urls_are_counted, urls_have_a_length,
                           elements_nest_to_a_depth, bytes_are_counted, a_bomb_is_cut_off,
                           hostile_documents_are_given_up, markup_has_a_length, entities_of_the_file_are_not_expanded,
                           nul_ends_nothing, the_callback_may_end_it);
    return failed;
}
