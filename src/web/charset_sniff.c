/* The encoding that an HTML document declares in its first bytes (HTML standard, 13.2.3.2).
 *
 * The prescan is no tokenizer: it jumps from '<' to '<', reads the attributes of tags only to get past them, and looks
 * into those of meta elements. It ends as soon as it runs out of bytes, even inside of a meta element; an XML
 * declaration counts then. */
#include "web/charset_table.h"

struct scan {
    const char *at;
    const char *end;
};

struct attribute {
    struct slice name; /* in any case, like the value */
    struct slice value;
};

static struct slice rest_of(const struct scan *scan)
{
    return (struct slice){scan->at, (size_t)(scan->end - scan->at)};
}

static bool is_at(const struct scan *scan, const char *text)
{
    return slice_has_prefix_nocase(rest_of(scan), slice_of(text));
}

static bool is_letter(char c)
{
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static void skip_spaces(struct scan *scan)
{
    while (scan->at < scan->end && ascii_is_space(*scan->at))
        scan->at++;
}

/* Steps behind the next `text`; to the end when there is none. */
static bool skip_past(struct scan *scan, struct slice text)
{
    const char *found = memmem(scan->at, (size_t)(scan->end - scan->at), text.data, text.length);
    scan->at = found ? found + text.length : scan->end;
    return found;
}

static void read_name(struct scan *scan, struct attribute *attribute)
{
    attribute->name.data = scan->at;
    while (scan->at < scan->end) {
        char c = *scan->at;
        if (ascii_is_space(c) || c == '/' || c == '>' || (c == '=' && scan->at > attribute->name.data))
            break;
        scan->at++;
    }
    attribute->name.length = (size_t)(scan->at - attribute->name.data);
}

static void read_value(struct scan *scan, struct attribute *attribute)
{
    if (scan->at == scan->end)
        return;
    char quote = *scan->at;
    if (quote == '"' || quote == '\'')
        scan->at++;
    else
        quote = '\0';
    attribute->value.data = scan->at;
    while (scan->at < scan->end) {
        char c = *scan->at;
        if (quote ? c == quote : (ascii_is_space(c) || c == '>'))
            break;
        scan->at++;
    }
    attribute->value.length = (size_t)(scan->at - attribute->value.data);
    if (quote && scan->at < scan->end)
        scan->at++;
}

/* "Get an attribute": false when the tag or the bytes are over. */
static bool get_attribute(struct scan *scan, struct attribute *attribute)
{
    *attribute = (struct attribute){{NULL, 0}, {NULL, 0}};
    while (scan->at < scan->end && (ascii_is_space(*scan->at) || *scan->at == '/'))
        scan->at++;
    if (scan->at == scan->end || *scan->at == '>')
        return false;
    read_name(scan, attribute);
    skip_spaces(scan);
    if (scan->at < scan->end && *scan->at == '=') {
        scan->at++;
        skip_spaces(scan);
        read_value(scan, attribute);
    }
    return scan->at < scan->end;
}

/* The value that follows "charset=", as it may be quoted; no data when its quote is not closed. */
static struct slice charset_value(struct slice text)
{
    struct slice value = {NULL, 0};
    if (!text.length)
        return value;
    if (text.data[0] == '"' || text.data[0] == '\'') {
        const char *start = text.data + 1;
        const char *close = memchr(start, text.data[0], text.length - 1);
        return close ? (struct slice){start, (size_t)(close - start)} : value;
    }
    value.data = text.data;
    while (value.length < text.length && !ascii_is_space(text.data[value.length]) && text.data[value.length] != ';')
        value.length++;
    return value;
}

const struct charset *charset_in_content(struct slice content)
{
    if (!content.length)
        return NULL;
    struct scan scan = {content.data, content.data + content.length};
    while (scan.at < scan.end) {
        if (!is_at(&scan, "charset")) {
            scan.at++;
            continue;
        }
        scan.at += strlen("charset");
        skip_spaces(&scan);
        if (scan.at == scan.end || *scan.at != '=')
            continue;
        scan.at++;
        skip_spaces(&scan);
        return charset_by_label(charset_value(rest_of(&scan)));
    }
    return NULL;
}

struct meta {
    bool seen_pragma, seen_content, seen_charset; /* the first attribute of a name counts */
    bool got_pragma;
    bool need_pragma; /* the charset comes from a content attribute */
    const struct charset *charset;
};

static void read_meta_attribute(struct meta *meta, const struct attribute *attribute)
{
    if (slice_equal_nocase(attribute->name, SLICE("http-equiv")) && !meta->seen_pragma) {
        meta->seen_pragma = true;
        meta->got_pragma = slice_equal_nocase(attribute->value, SLICE("content-type"));
    } else if (slice_equal_nocase(attribute->name, SLICE("content")) && !meta->seen_content) {
        meta->seen_content = true;
        const struct charset *charset = meta->seen_charset ? NULL : charset_in_content(attribute->value);
        if (charset) {
            meta->charset = charset;
            meta->need_pragma = true;
        }
    } else if (slice_equal_nocase(attribute->name, SLICE("charset")) && !meta->seen_charset) {
        meta->seen_charset = true;
        meta->charset = charset_by_label(attribute->value);
        meta->need_pragma = false;
    }
}

/* What a document can't be in, since the declaration itself was readable, stands for what it most likely is. */
static const struct charset *declared(const struct charset *charset)
{
    if (charset && (charset->family == FAMILY_UTF_16BE || charset->family == FAMILY_UTF_16LE))
        return charset_utf8();
    if (charset && charset->family == FAMILY_USER_DEFINED)
        return &charsets[CHARSET_WINDOWS_1252];
    return charset;
}

static const struct charset *read_meta(struct scan *scan)
{
    struct meta meta = {0};
    struct attribute attribute;
    while (get_attribute(scan, &attribute))
        read_meta_attribute(&meta, &attribute);
    if (scan->at == scan->end || (meta.need_pragma && !meta.got_pragma))
        return NULL;
    return declared(meta.charset);
}

static void skip_tag(struct scan *scan)
{
    while (scan->at < scan->end && !ascii_is_space(*scan->at) && *scan->at != '>')
        scan->at++;
    struct attribute attribute;
    while (get_attribute(scan, &attribute))
        continue;
}

static bool is_at_meta(const struct scan *scan)
{
    const size_t length = strlen("<meta");
    if (!is_at(scan, "<meta") || rest_of(scan).length == length)
        return false;
    return ascii_is_space(scan->at[length]) || scan->at[length] == '/';
}

static bool is_at_tag(const struct scan *scan)
{
    size_t name = is_at(scan, "</") ? 2 : 1;
    return rest_of(scan).length > name && is_letter(scan->at[name]);
}

/* Reads what begins at a '<', up to its last byte. */
static const struct charset *read_markup(struct scan *scan)
{
    if (is_at(scan, "<!--")) {
        scan->at += 2; /* "<!-->" is a whole comment */
        if (skip_past(scan, SLICE("-->")))
            scan->at--;
    } else if (is_at_meta(scan)) {
        scan->at += strlen("<meta");
        return read_meta(scan);
    } else if (is_at_tag(scan)) {
        skip_tag(scan);
    } else if (is_at(scan, "<!") || is_at(scan, "</") || is_at(scan, "<?")) {
        if (skip_past(scan, SLICE(">")))
            scan->at--;
    }
    return NULL;
}

/* "Get an XML encoding". */
static const struct charset *xml_encoding(struct slice start)
{
    const char *close = memchr(start.data, '>', start.length);
    if (start.length < 5 || memcmp(start.data, "<?xml", 5) != 0 || !close)
        return NULL;
    struct scan scan = {start.data, close};
    if (!skip_past(&scan, SLICE("encoding")))
        return NULL;
    skip_spaces(&scan);
    if (scan.at == scan.end || *scan.at++ != '=')
        return NULL;
    skip_spaces(&scan);
    if (scan.at == scan.end || (*scan.at != '"' && *scan.at != '\''))
        return NULL;
    struct slice label = charset_value(rest_of(&scan));
    return slice_trim(label).length == label.length ? declared(charset_by_label(label)) : NULL;
}

const struct charset *charset_prescan(struct slice start)
{
    if (start.length > CHARSET_PRESCAN)
        start.length = CHARSET_PRESCAN;
    if (!start.length)
        return NULL;
    if (start.length >= 6 && memcmp(start.data, "<\0?\0x\0", 6) == 0)
        return &charsets[CHARSET_UTF_16LE];
    if (start.length >= 6 && memcmp(start.data, "\0<\0?\0x", 6) == 0)
        return &charsets[CHARSET_UTF_16BE];
    struct scan scan = {start.data, start.data + start.length};
    while (scan.at < scan.end) {
        const struct charset *charset = *scan.at == '<' ? read_markup(&scan) : NULL;
        if (charset)
            return charset;
        if (scan.at < scan.end)
            scan.at++;
    }
    return xml_encoding(start);
}
