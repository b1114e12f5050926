#include <assert.h>

#include "web/charset_table.h"

const struct charset charsets[CHARSET_COUNT] = {
#define X(id, name, family, icu_name) {name, CHARSET_##id, family, icu_name},
    CHARSET_TABLE(X)
#undef X
};

const struct charset *charset_by_label(struct slice label)
{
    label = slice_trim(label);
    char lower[CHARSET_LABEL_MAX];
    if (label.length > sizeof lower)
        return NULL;
    for (size_t i = 0; i < label.length; i++)
        lower[i] = ascii_lower(label.data[i]);
    enum charset_id id = charset_label_lookup((struct slice){lower, label.length});
    return id == CHARSET_COUNT ? NULL : &charsets[id];
}

const struct charset *charset_utf8(void)
{
    return &charsets[CHARSET_UTF_8];
}

const char *charset_name(const struct charset *charset)
{
    return charset->name;
}

bool charset_is_ascii_compatible(const struct charset *charset)
{
    switch (charset->family) {
    case FAMILY_UTF_16BE:
    case FAMILY_UTF_16LE:
    case FAMILY_ISO_2022_JP:
    case FAMILY_REPLACEMENT:
        return false;
    default:
        return true;
    }
}

const char *charset_source_name(enum charset_source source)
{
    static const char *const names[] = {"bom", "header", "meta", "default"};
    assert(source < sizeof names / sizeof names[0]);
    return names[source];
}

size_t charset_bom(struct slice start, const struct charset **charset)
{
    if (start.length >= 3 && memcmp(start.data, "\xef\xbb\xbf", 3) == 0) {
        *charset = &charsets[CHARSET_UTF_8];
        return 3;
    }
    if (start.length >= 2 && memcmp(start.data, "\xfe\xff", 2) == 0) {
        *charset = &charsets[CHARSET_UTF_16BE];
        return 2;
    }
    if (start.length >= 2 && memcmp(start.data, "\xff\xfe", 2) == 0) {
        *charset = &charsets[CHARSET_UTF_16LE];
        return 2;
    }
    return 0;
}

const struct charset *charset_of_html(struct slice start, struct slice header_charset, enum charset_source *source)
{
    enum charset_source ignored;
    if (!source)
        source = &ignored;
    const struct charset *charset;
    *source = CHARSET_FROM_BOM;
    if (charset_bom(start, &charset))
        return charset;
    *source = CHARSET_FROM_HEADER;
    charset = charset_by_label(header_charset);
    if (charset)
        return charset;
    *source = CHARSET_FROM_META;
    charset = charset_prescan(start);
    if (charset)
        return charset;
    *source = CHARSET_DEFAULT;
    return &charsets[CHARSET_WINDOWS_1252];
}
