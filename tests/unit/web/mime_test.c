#include "web/mime.h"

#include "unit/suite.h"

static void check(struct slice header, const char *type, const char *charset)
{
    struct mime mime;
    mime_parse(&mime, header);
    ck_assert_msg(strcmp(mime.type, type) == 0, "\"%.*s\" has type \"%s\"", SLICE_ARGS(header), mime.type);
    ck_assert_msg(strcmp(mime.charset, charset) == 0, "\"%.*s\" has charset \"%s\"", SLICE_ARGS(header), mime.charset);
}

START_TEST(types_are_read)
{
    check(SLICE("text/html"), "text/html", "");
    check(SLICE(" Text/HTML ;Charset=UTF-8"), "text/html", "utf-8");
    check(SLICE("text/html; charset=\"gbk\""), "text/html", "gbk");
    check(SLICE("text/html;charset=utf-8;charset=gbk"), "text/html", "utf-8");
    check(SLICE("text/html;a=b;;c; charset=x ;d"), "text/html", "x");
    check(SLICE("text/html;charset=\"a\\\"b;c\"trash;x=y"), "text/html", "a\"b;c");
    check(SLICE("text/html;charset=\"unclosed"), "text/html", "unclosed");
    check(SLICE("text/html;charset=\"x\\"), "text/html", "x\\");
    check(SLICE("text/html;charset=\"\""), "text/html", "");
    check(SLICE("text/html;charset=;charset=x"), "text/html", "x");
    check(SLICE("text/html;charset=\x01;charset=x"), "text/html", "x");
    check(SLICE("text/html; charset =x"), "text/html", "");
    check(SLICE("text/html;charset"), "text/html", "");
    check(SLICE("text/html;"), "text/html", "");
    check(SLICE("application/x.y+z-1!"), "application/x.y+z-1!", "");
}
END_TEST

START_TEST(malformed_types_are_empty)
{
    check((struct slice){NULL, 0}, "", "");
    check(SLICE("text"), "", "");
    check(SLICE("text/"), "", "");
    check(SLICE("/html"), "", "");
    check(SLICE("text /html"), "", "");
    check(SLICE("text/ html"), "", "");
    check(SLICE("te(xt/html;charset=x"), "", "");
    check(SLICE("text/ht\0ml"), "", "");
    check(SLICE("\xc3\xa9/x"), "", "");
    check(SLICE(";charset=x"), "", "");
}
END_TEST

START_TEST(repeated_headers_are_joined_as_fetch_says)
{
    check(SLICE("text/plain, text/html"), "text/html", "");
    check(SLICE("text/html;charset=gbk, text/html"), "text/html", "gbk");
    check(SLICE("text/html;charset=gbk, text/html;charset=x"), "text/html", "x");
    check(SLICE("text/html;charset=gbk, text/plain"), "text/plain", "");
    check(SLICE("text/html;charset=gbk, */*"), "text/html", "gbk");
    check(SLICE("text/html, nonsense"), "text/html", "");
    check(SLICE("text/html;x=\"a,text/css\""), "text/html", "");
    check(SLICE("text/html;x=\"\\\",text/css\""), "text/html", "");
    check(SLICE(",,text/html,"), "text/html", "");
}
END_TEST

START_TEST(what_does_not_fit_is_left_out)
{
    char header[MIME_TYPE_MAX + 1] = "a/";
    memset(header + 2, 'b', MIME_TYPE_MAX - 3);
    struct mime mime;
    mime_parse(&mime, slice_of(header));
    ck_assert_str_eq(mime.type, header);
    header[MIME_TYPE_MAX - 1] = 'b';
    mime_parse(&mime, slice_of(header));
    ck_assert_str_eq(mime.type, "");
    char parameter[16 + 2 * MIME_CHARSET_MAX] = "a/b;charset=";
    memset(parameter + 12, 'c', MIME_CHARSET_MAX - 1);
    mime_parse(&mime, slice_of(parameter));
    ck_assert_str_eq(mime.charset, parameter + 12);
    parameter[12 + MIME_CHARSET_MAX - 1] = 'c';
    mime_parse(&mime, slice_of(parameter));
    ck_assert_str_eq(mime.type, "a/b");
    ck_assert_str_eq(mime.charset, "");
}
END_TEST

START_TEST(kinds_follow_types)
{
    static const struct {
        const char *type;
        enum document_kind kind;
    } cases[] = {
        {"text/html", DOCUMENT_HTML},
        {"application/xhtml+xml", DOCUMENT_XML},
        {"text/xml", DOCUMENT_XML},
        {"application/xml", DOCUMENT_XML},
        {"image/svg+xml", DOCUMENT_XML},
        {"application/rss+xml", DOCUMENT_XML},
        {"TEXT/CSS;charset=x", DOCUMENT_CSS},
        {"text/plain", DOCUMENT_OTHER},
        {"image/png", DOCUMENT_OTHER},
        {"text/htmlx", DOCUMENT_OTHER},
        {"", DOCUMENT_OTHER},
        {"application/xml-dtd", DOCUMENT_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mime mime;
        mime_parse(&mime, slice_of(cases[i].type));
        ck_assert_msg(mime_document_kind(&mime) == cases[i].kind, "%s", cases[i].type);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("mime", types_are_read, malformed_types_are_empty, repeated_headers_are_joined_as_fetch_says,
                     what_does_not_fit_is_left_out, kinds_follow_types);
}
