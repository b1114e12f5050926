#include "web/mime.h"

/* A media type is read as Fetch has it ("extract a MIME type"): a header that was sent twice arrives joined with
 * commas, and the last valid type in it counts. Each one is read as MIME Sniffing, section 4.4, has it. */

static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!is_token_char(text.data[i]))
            return false;
    return text.length > 0;
}

/* HTTP whitespace lacks the form feed that ASCII whitespace has. */
static bool is_http_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct slice trim_http_space(struct slice text)
{
    while (text.length && is_http_space(text.data[0])) {
        text.data++;
        text.length--;
    }
    while (text.length && is_http_space(text.data[text.length - 1]))
        text.length--;
    return text;
}

/* Takes the bytes before the first of `stops` off the front of `*rest`; all of it when there is none. */
static struct slice take_until(struct slice *rest, const char *stops)
{
    struct slice taken = {rest->data, 0};
    while (taken.length < rest->length && !(rest->data[taken.length] && strchr(stops, rest->data[taken.length])))
        taken.length++;
    rest->data += taken.length;
    rest->length -= taken.length;
    return taken;
}

static char take_char(struct slice *rest)
{
    char c = rest->data[0];
    rest->data++;
    rest->length--;
    return c;
}

/* Copies `text` in lower case; false when it doesn't fit. */
static bool copy_lower(char *to, size_t size, struct slice text)
{
    if (text.length >= size)
        return false;
    for (size_t i = 0; i < text.length; i++)
        to[i] = ascii_lower(text.data[i]);
    to[text.length] = '\0';
    return true;
}

struct value {
    char text[MIME_CHARSET_MAX];
    size_t length;
    bool valid; /* only characters that a value may have, and not too many */
};

static void value_append(struct value *value, char c)
{
    unsigned char byte = (unsigned char)c;
    bool allowed = byte == '\t' || (byte >= ' ' && byte != 0x7f);
    if (!allowed || value->length + 1 >= sizeof value->text)
        value->valid = false;
    else
        value->text[value->length++] = ascii_lower(c);
}

/* Fetch, "collect an HTTP quoted string": the opening quote is gone already; a missing closing one is forgiven. */
static void take_quoted(struct slice *rest, struct value *value)
{
    while (rest->length) {
        char c = take_char(rest);
        if (c == '"')
            return;
        if (c == '\\' && rest->length)
            c = take_char(rest);
        value_append(value, c);
    }
}

static void take_value(struct slice *rest, struct value *value)
{
    *value = (struct value){.valid = true};
    if (rest->length && rest->data[0] == '"') {
        take_char(rest);
        take_quoted(rest, value);
        take_until(rest, ";");
        return;
    }
    struct slice bare = trim_http_space(take_until(rest, ";"));
    for (size_t i = 0; i < bare.length; i++)
        value_append(value, bare.data[i]);
    value->valid = value->valid && value->length > 0;
}

/* Reads the parameters; the first valid charset counts. */
static void read_parameters(struct mime *mime, struct slice rest)
{
    bool found = false;
    while (rest.length) {
        take_char(&rest); /* the ';' */
        while (rest.length && is_http_space(rest.data[0]))
            take_char(&rest);
        struct slice name = take_until(&rest, ";=");
        if (!rest.length || rest.data[0] == ';')
            continue;
        take_char(&rest); /* the '=' */
        struct value value;
        take_value(&rest, &value);
        if (found || !value.valid || !slice_equal_nocase(name, SLICE("charset")))
            continue;
        memcpy(mime->charset, value.text, value.length);
        mime->charset[value.length] = '\0';
        found = true;
    }
}

/* Reads one media type; false, and the fields undefined, when it is malformed. */
static bool read_type(struct mime *mime, struct slice text)
{
    struct slice rest = trim_http_space(text);
    struct slice essence = {rest.data, 0};
    struct slice type = take_until(&rest, "/");
    if (!is_token(type) || !rest.length)
        return false;
    take_char(&rest); /* the '/' */
    struct slice subtype = trim_http_space(take_until(&rest, ";"));
    if (!is_token(subtype) || subtype.data != type.data + type.length + 1)
        return false;
    essence.length = type.length + 1 + subtype.length;
    mime->charset[0] = '\0';
    read_parameters(mime, rest);
    return copy_lower(mime->type, sizeof mime->type, essence);
}

/* Takes what stands before the next comma that is in no quoted string. */
static struct slice take_list_item(struct slice *rest)
{
    struct slice item = {rest->data, 0};
    bool quoted = false;
    for (; item.length < rest->length; item.length++) {
        char c = rest->data[item.length];
        if (c == ',' && !quoted)
            break;
        if (c == '"')
            quoted = !quoted;
        else if (c == '\\' && quoted && item.length + 1 < rest->length)
            item.length++;
    }
    size_t used = item.length < rest->length ? item.length + 1 : item.length;
    rest->data += used;
    rest->length -= used;
    return item;
}

void mime_parse(struct mime *mime, struct slice content_type)
{
    mime->type[0] = mime->charset[0] = '\0';
    while (content_type.length) {
        struct mime next;
        if (!read_type(&next, take_list_item(&content_type)) || strcmp(next.type, "*/*") == 0)
            continue;
        /* The same type without a charset leaves the one that was said before. */
        if (!next.charset[0] && strcmp(next.type, mime->type) == 0)
            continue;
        *mime = next;
    }
}

static bool has_suffix(const char *text, const char *suffix)
{
    size_t length = strlen(text), suffix_length = strlen(suffix);
    return length >= suffix_length && strcmp(text + length - suffix_length, suffix) == 0;
}

enum document_kind mime_document_kind(const struct mime *mime)
{
    if (strcmp(mime->type, "text/html") == 0)
        return DOCUMENT_HTML;
    if (strcmp(mime->type, "text/css") == 0)
        return DOCUMENT_CSS;
    if (strcmp(mime->type, "text/xml") == 0 || strcmp(mime->type, "application/xml") == 0 ||
        has_suffix(mime->type, "+xml"))
        return DOCUMENT_XML;
    return DOCUMENT_OTHER;
}
