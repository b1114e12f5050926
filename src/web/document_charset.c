#include "web/document_charset.h"

const struct charset *document_charset_declared(const struct charset *charset)
{
    if (charset && slice_has_prefix_nocase(slice_of(charset_name(charset)), SLICE("UTF-16")))
        return charset_utf8();
    if (charset && slice_equal_nocase(slice_of(charset_name(charset)), SLICE("x-user-defined")))
        return charset_by_label(SLICE("windows-1252"));
    return charset;
}

static struct slice behind(struct slice text, const char *place)
{
    return (struct slice){place, text.length - (size_t)(place - text.data)};
}

/* The quoted text that `text` begins with; empty when it begins with none. */
static struct slice quoted(struct slice text)
{
    struct slice none = {NULL, 0};
    if (!text.length || (*text.data != '"' && *text.data != '\''))
        return none;
    const char *end = memchr(text.data + 1, *text.data, text.length - 1);
    return end ? (struct slice){text.data + 1, (size_t)(end - text.data - 1)} : none;
}

/* <?xml version="1.0" encoding="label"?> */
static const struct charset *xml_declared(struct slice start)
{
    if (!slice_has_prefix_nocase(start, SLICE("<?xml")))
        return NULL;
    const char *end = memchr(start.data, '>', start.length);
    if (!end)
        return NULL;
    start.length = (size_t)(end - start.data);
    const char *name = memmem(start.data, start.length, "encoding", 8);
    if (!name)
        return NULL;
    struct slice rest = slice_trim(behind(start, name + 8));
    if (!rest.length || *rest.data != '=')
        return NULL;
    return document_charset_declared(charset_by_label(quoted(slice_trim(behind(rest, rest.data + 1)))));
}

/* UTF-16 without a byte order mark; NULL for anything else. */
static const struct charset *xml_utf16(struct slice start)
{
    if (start.length >= 4 && memcmp(start.data, "<\0?\0", 4) == 0)
        return charset_by_label(SLICE("utf-16le"));
    if (start.length >= 4 && memcmp(start.data, "\0<\0?", 4) == 0)
        return charset_by_label(SLICE("utf-16be"));
    return NULL;
}

/* @charset "label"; in exactly these bytes. */
static const struct charset *css_declared(struct slice start)
{
    struct slice rule = SLICE("@charset \"");
    if (start.length < rule.length || memcmp(start.data, rule.data, rule.length) != 0)
        return NULL;
    struct slice label = quoted(behind(start, start.data + rule.length - 1));
    if (!label.data)
        return NULL;
    const char *end = label.data + label.length + 1;
    if (end >= start.data + start.length || *end != ';')
        return NULL;
    return document_charset_declared(charset_by_label(label));
}

const struct charset *document_charset(enum document_kind kind, struct slice start, struct slice header_charset,
                                       enum charset_source *source)
{
    if (start.length > CHARSET_PRESCAN)
        start.length = CHARSET_PRESCAN;
    if (kind == DOCUMENT_HTML)
        return charset_of_html(start, header_charset, source);
    const struct charset *charset;
    *source = CHARSET_FROM_BOM;
    if (charset_bom(start, &charset))
        return charset;
    *source = CHARSET_FROM_HEADER;
    charset = charset_by_label(header_charset);
    if (charset)
        return charset;
    *source = CHARSET_FROM_META;
    charset = kind == DOCUMENT_XML ? xml_declared(start) : css_declared(start);
    if (charset)
        return charset;
    *source = CHARSET_DEFAULT;
    charset = kind == DOCUMENT_XML ? xml_utf16(start) : NULL;
    return charset ? charset : charset_utf8();
}
