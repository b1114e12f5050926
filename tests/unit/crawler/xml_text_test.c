#include "output/xml_text.h"

#include <libxml/parser.h>

#include "base/error.h"
#include "unit/suite.h"

struct xml_case {
    struct slice raw;
    const char *xml;
    const char *read; /* what a parser makes of it; NULL: the same as raw */
};

#define CASE(raw, xml, read)                    \
    {                                           \
        {(raw), sizeof(raw) - 1}, (xml), (read) \
    }
#define FFFD "\xef\xbf\xbd"

static const struct xml_case CASES[] = {
    CASE("", "", NULL),
    CASE("plain ~ text", "plain ~ text", NULL),
    CASE("<script>alert('a' & \"b\")</script>", "&lt;script&gt;alert(&apos;a&apos; &amp; &quot;b&quot;)&lt;/script&gt;",
         NULL),
    CASE("]]>", "]]&gt;", NULL),
    CASE("&amp;", "&amp;amp;", NULL),
    CASE("a\tb\nc\rd", "a&#9;b&#10;c&#13;d", NULL),
    CASE("a\0b", "a" FFFD "b", "a" FFFD "b"),
    CASE("\x1b[31m\a\x7f", FFFD "[31m" FFFD FFFD, FFFD "[31m" FFFD FFFD),
    CASE("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", NULL),
    CASE("\xc2\x9b[m\xc2\xa0", FFFD "[m\xc2\xa0", FFFD "[m\xc2\xa0"),
    CASE("\xef\xbf\xbe\xef\xbf\xbf", FFFD FFFD, FFFD FFFD),
    CASE("\xff<", FFFD "&lt;", FFFD "<"),
    CASE("\xc0\xaf", FFFD FFFD, FFFD FFFD),               /* overlong */
    CASE("\xed\xa0\x80", FFFD FFFD FFFD, FFFD FFFD FFFD), /* a surrogate */
    CASE("\xe2\x82", FFFD, FFFD),                         /* cut */
    CASE("\xe2\x82<", FFFD "&lt;", FFFD "<"),             /* hides nothing */
};

/* Reads `xml` as an attribute and as content. */
static void assert_reads_as(const char *xml, const char *expected)
{
    char document[512];
    int length = snprintf(document, sizeof document, "<e a=\"%s\">%s</e>", xml, xml);
    xmlDocPtr parsed = xmlReadMemory(document, length, "test", "UTF-8", XML_PARSE_NONET);
    ck_assert_msg(parsed != NULL, "%s", document);
    xmlNodePtr root = xmlDocGetRootElement(parsed);
    xmlChar *attribute = xmlGetProp(root, BAD_CAST "a"), *content = xmlNodeGetContent(root);
    ck_assert_str_eq((const char *)attribute, expected);
    ck_assert_str_eq((const char *)content, expected);
    xmlFree(attribute);
    xmlFree(content);
    xmlFreeDoc(parsed);
}

START_TEST(it_is_xml_that_reads_as_it_was)
{
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct buf out;
        buf_init(&out, 200);
        ck_assert_int_eq(xml_text_append(&out, CASES[i].raw), 0);
        ck_assert_str_eq(buf_text(&out), CASES[i].xml);
        assert_reads_as(CASES[i].xml, CASES[i].read ? CASES[i].read : CASES[i].raw.data);
        buf_free(&out);
    }
}
END_TEST

START_TEST(the_limit_is_told)
{
    for (size_t limit = 1; limit < 8; limit++) {
        struct buf out;
        buf_init(&out, limit);
        ck_assert_int_eq(xml_text_append(&out, SLICE("a<\xff"
                                                     "b")),
                         ERR_TOO_LARGE);
        buf_free(&out);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("xml_text", it_is_xml_that_reads_as_it_was, the_limit_is_told);
}
