/* The reader is a state machine over bytes, so that it stands still between any two of them. It follows the tokenizer
 * of CSS Syntax as far as links need it:
 *
 *   - a name is an identifier, a number with its unit, a #hash or an @keyword, which its first character tells; only an
 *     identifier makes a function of a '(' behind it;
 *   - "url(" is a token of its own unless a quote follows: then it is a function whose argument is a string;
 *   - backslashes escape in names, strings and unquoted URLs, and the escapes of a name count: \75rl(x) is a URL.
 *
 * One byte is first preprocessed (CR, CRLF and FF become LF, NUL becomes U+FFFD) and then handed to its state's
 * function, which either takes it or changes the state and has it stepped again. Bytes above 0x7F are all alike: name
 * characters. */

#include "web/css.h"

#include "base/error.h"
#include "web/html_find.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

enum step { TAKEN, AGAIN };

void css_init(struct css *css, link_callback on_link, void *context)
{
    *css = (struct css){.on_link = on_link, .context = context};
    buf_init(&css->url, CSS_URL_MAX);
}

void css_reset(struct css *css, link_callback on_link, void *context)
{
    struct buf url = css->url;
    css_init(css, on_link, context);
    buf_clear(&url);
    css->url = url;
}

void css_free(struct css *css)
{
    buf_free(&css->url);
}

/* It takes url(), src() or image-set(), which end with these letters unless one is escaped, or an @import. */
bool css_may_link(struct slice text)
{
    bool other = text.length && (memchr(text.data, '@', text.length) || memchr(text.data, '\\', text.length));
    const char *at = text.data, *end = text.data + text.length;
    for (at = html_find(at, end, '('); at < end && !other; at = html_find(at + 1, end, '('))
        other = at > text.data && strchr("lLcCtT", at[-1]) && at[-1];
    return other;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_char(char c)
{
    char lower = ascii_lower(c);
    return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

/* White space behind preprocessing. */
static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* The value of a hex digit; -1 for anything else. */
static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    char lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Adds to the URL or string; what is beyond the limit marks it as overlong. */
static int add_to_url(struct css *css, const char *bytes, size_t length)
{
    int err = buf_append(&css->url, bytes, length);
    if (err != ERR_TOO_LARGE)
        return err;
    css->overlong = true;
    return 0;
}

static void add_to_name(struct css *css, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (css->name_length < CSS_NAME_MAX)
            css->name[css->name_length] = ascii_lower(bytes[i]);
        if (css->name_length <= CSS_NAME_MAX)
            css->name_length++;
    }
}

static bool name_is(const struct css *css, struct slice name)
{
    return css->name_length == name.length && memcmp(css->name, name.data, name.length) == 0;
}

static void start_url(struct css *css, enum css_state state, enum css_role role)
{
    buf_clear(&css->url);
    css->overlong = false;
    css->role = role;
    css->expected = CSS_PLAIN;
    css->state = state;
}

/* The URL or string is complete. */
static int report(struct css *css)
{
    css->state = CSS_TOP;
    struct slice url = slice_trim(buf_slice(&css->url));
    if (css->role == CSS_PLAIN || css->muted || css->overlong || !url.length)
        return 0;
    struct link link = {
        .url = url,
        .element = "style",
        .attribute = css->role == CSS_IS_IMPORT ? "@import" : "url()",
        .kind = LINK_RESOURCE,
    };
    return css->on_link(css->context, &link);
}

static void start_name(struct css *css, char start)
{
    css->name_length = 0;
    css->name_start = start;
    css->state = CSS_NAME;
}

/* An @keyword is complete: what follows may be an @import's URL, or one that means nothing. */
static void end_keyword(struct css *css)
{
    if (name_is(css, SLICE("import")))
        css->expected = CSS_IS_IMPORT;
    else if (name_is(css, SLICE("namespace")) || name_is(css, SLICE("document")) ||
             name_is(css, SLICE("-moz-document")))
        css->muted = true;
}

static void start_function(struct css *css)
{
    css->depth++;
    if (css->image_set_depth == 0 && (name_is(css, SLICE("image-set")) || name_is(css, SLICE("-webkit-image-set"))))
        css->image_set_depth = css->depth;
}

static void end_parenthesis(struct css *css)
{
    if (css->depth > 0)
        css->depth--;
    if (css->depth < css->image_set_depth)
        css->image_set_depth = 0;
}

static void start_string(struct css *css, char quote)
{
    enum css_role role = css->expected;
    if (role == CSS_PLAIN && css->image_set_depth && css->depth == css->image_set_depth)
        role = CSS_IS_URL;
    start_url(css, CSS_STRING, role);
    css->quote = quote;
}

static void start_escape(struct css *css, enum css_state escaped)
{
    css->escaped = escaped;
    css->state = CSS_ESCAPE;
}

/* A character that is a token of its own. */
static void step_delimiter(struct css *css, char c)
{
    css->expected = CSS_PLAIN;
    if (c == '(')
        css->depth++;
    else if (c == ')')
        end_parenthesis(css);
    else if (c == ';' || c == '{' || c == '}')
        css->muted = false;
}

static enum step step_top(struct css *css, char c)
{
    if (is_space(c))
        return TAKEN;
    if (c == '/') {
        css->state = CSS_SLASH;
    } else if (c == '"' || c == '\'') {
        start_string(css, c);
    } else if (c == '@' || c == '#') {
        css->expected = CSS_PLAIN;
        start_name(css, c);
    } else if (is_name_char(c)) {
        start_name(css, is_digit(c) ? '0' : 'a');
        add_to_name(css, &c, 1);
    } else if (c == '\\') {
        start_name(css, 'a');
        start_escape(css, CSS_NAME);
    } else {
        step_delimiter(css, c);
    }
    return TAKEN;
}

static enum step end_name(struct css *css, char c)
{
    css->state = CSS_TOP;
    bool is_function = css->name_start == 'a' && c == '(';
    if (is_function && name_is(css, SLICE("url"))) {
        start_url(css, CSS_URL_START, css->expected == CSS_IS_IMPORT ? CSS_IS_IMPORT : CSS_IS_URL);
        return TAKEN;
    }
    css->expected = CSS_PLAIN;
    if (css->name_start == '@')
        end_keyword(css);
    if (!is_function)
        return AGAIN;
    start_function(css);
    if (name_is(css, SLICE("src")))
        css->expected = CSS_IS_URL;
    return TAKEN;
}

static enum step step_name(struct css *css, char c)
{
    if (c == '\\') {
        start_escape(css, CSS_NAME);
        return TAKEN;
    }
    if (!is_name_char(c))
        return end_name(css, c);
    /* "-5" and "-.5" are numbers, as "5" is. */
    if (css->name_length == 1 && css->name[0] == '-' && is_digit(c) && css->name_start == 'a')
        css->name_start = '0';
    add_to_name(css, &c, 1);
    return TAKEN;
}

static enum step step_comment(struct css *css, char c)
{
    if (css->state == CSS_SLASH) {
        css->state = c == '*' ? CSS_COMMENT : CSS_TOP;
        if (c == '*')
            return TAKEN;
        css->expected = CSS_PLAIN;
        return AGAIN;
    }
    if (css->state == CSS_COMMENT_STAR && c == '/')
        css->state = CSS_TOP;
    else
        css->state = c == '*' ? CSS_COMMENT_STAR : CSS_COMMENT;
    return TAKEN;
}

static int step_string(struct css *css, char c)
{
    if (c == css->quote)
        return report(css);
    if (c == '\n')
        css->state = CSS_TOP; /* a bad string, which is dropped */
    else if (c == '\\')
        start_escape(css, CSS_STRING);
    else if (css->role != CSS_PLAIN)
        return add_to_url(css, &c, 1);
    return 0;
}

/* Behind "url(": a quote makes it a function. */
static enum step step_url_start(struct css *css, char c)
{
    if (is_space(c))
        return TAKEN;
    css->state = CSS_URL;
    if (c != '"' && c != '\'')
        return AGAIN;
    css->depth++;
    css->expected = css->role;
    start_string(css, c);
    return TAKEN;
}

static bool is_bad_in_url(char c)
{
    return c == '"' || c == '\'' || c == '(' || (unsigned char)c < 0x20 || c == 0x7F;
}

static int step_url(struct css *css, char c)
{
    if (c == ')')
        return report(css);
    if (is_space(c))
        css->state = CSS_URL_END;
    else if (c == '\\' && css->state == CSS_URL)
        start_escape(css, CSS_URL);
    else if (css->state == CSS_URL_END || is_bad_in_url(c))
        css->state = CSS_URL_BAD;
    else
        return add_to_url(css, &c, 1);
    return 0;
}

static void step_url_bad(struct css *css, char c)
{
    if (c == ')')
        css->state = CSS_TOP;
    else if (c == '\\')
        start_escape(css, CSS_URL_BAD);
}

/* Hands an escaped character, or a byte of it, to what the escape stands in. */
static int add_escaped(struct css *css, const char *bytes, size_t length)
{
    css->state = css->escaped;
    if (css->escaped == CSS_NAME)
        add_to_name(css, bytes, length);
    else if (css->escaped == CSS_URL || (css->escaped == CSS_STRING && css->role != CSS_PLAIN))
        return add_to_url(css, bytes, length);
    return 0;
}

/* A line end behind a backslash: goes on in strings, is malformed in URLs, and ends a name. */
static enum step escaped_line_end(struct css *css)
{
    css->state = css->escaped;
    if (css->escaped == CSS_STRING)
        return TAKEN;
    css->state = css->escaped == CSS_NAME ? CSS_TOP : CSS_URL_BAD;
    return AGAIN;
}

static enum step step_escape(struct css *css, char c, int *err)
{
    if (c == '\n')
        return escaped_line_end(css);
    if (hex_value(c) < 0) {
        *err = add_escaped(css, &c, 1);
        return TAKEN;
    }
    css->state = CSS_ESCAPE_HEX;
    css->code_point = 0;
    css->hex_digits = 0;
    return AGAIN;
}

static size_t encode_utf8(uint32_t code_point, char out[4])
{
    if (code_point == 0 || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
        code_point = 0xFFFD;
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3F));
        code_point >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(lead[length] | code_point);
    return length;
}

static int end_escape(struct css *css)
{
    char utf8[4];
    size_t length = encode_utf8(css->code_point, utf8);
    return add_escaped(css, utf8, length);
}

static enum step step_escape_hex(struct css *css, char c, int *err)
{
    int value = hex_value(c);
    if (css->state == CSS_ESCAPE_END || value < 0) {
        *err = end_escape(css);
        return is_space(c) ? TAKEN : AGAIN;
    }
    css->code_point = css->code_point * 16 + (uint32_t)value;
    css->hex_digits++;
    if (css->hex_digits == 6)
        css->state = CSS_ESCAPE_END;
    return TAKEN;
}

static enum step step(struct css *css, char c, int *err)
{
    switch (css->state) {
    case CSS_TOP:
        return step_top(css, c);
    case CSS_NAME:
        return step_name(css, c);
    case CSS_SLASH:
    case CSS_COMMENT:
    case CSS_COMMENT_STAR:
        return step_comment(css, c);
    case CSS_STRING:
        *err = step_string(css, c);
        return TAKEN;
    case CSS_URL_START:
        return step_url_start(css, c);
    case CSS_URL:
    case CSS_URL_END:
        *err = step_url(css, c);
        return TAKEN;
    case CSS_URL_BAD:
        step_url_bad(css, c);
        return TAKEN;
    case CSS_ESCAPE:
        return step_escape(css, c, err);
    case CSS_ESCAPE_HEX:
    case CSS_ESCAPE_END:
        return step_escape_hex(css, c, err);
    }
    return TAKEN;
}

static int take(struct css *css, char c)
{
    int err = 0;
    while (step(css, c, &err) == AGAIN && !err)
        ;
    return err;
}

static int take_bytes(struct css *css, const char *bytes, size_t length)
{
    int err = 0;
    for (size_t i = 0; i < length && !err; i++)
        err = take(css, bytes[i]);
    return err;
}

/* Preprocessing the input stream (CSS Syntax, 3.3). */
static int preprocess(struct css *css, char c)
{
    bool belongs_to_return = c == '\n' && css->after_return;
    css->after_return = c == '\r';
    if (belongs_to_return)
        return 0;
    if (c == '\0')
        return take_bytes(css, REPLACEMENT, sizeof REPLACEMENT - 1);
    if (c == '\r' || c == '\f')
        c = '\n';
    return take(css, c);
}

/* Whether the top of a sheet can't be left, or come to mean something, without such a byte. */
static inline bool is_mark(char c)
{
    return (c >= '\'' && c <= ')') || c == '"' || c == '/' || c == '@' || c == '\\' || c == '\0';
}

#ifdef __SSE2__

/* Which of sixteen bytes are marks, a bit for each? */
static inline unsigned marks_of(const char *at)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i from_apostrophe = _mm_sub_epi8(bytes, _mm_set1_epi8('\''));
    __m128i marks = _mm_cmpeq_epi8(_mm_min_epu8(from_apostrophe, _mm_set1_epi8(')' - '\'')), from_apostrophe);
    marks = _mm_or_si128(marks, _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
    for (const char *mark = "\"/@\\"; *mark; mark++)
        marks = _mm_or_si128(marks, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(*mark)));
    return (unsigned)_mm_movemask_epi8(marks);
}

static inline size_t skip_without_marks(struct slice rest)
{
    size_t length = 0;
    for (; rest.length - length >= HTML_FIND_STEP; length += HTML_FIND_STEP) {
        unsigned marks = marks_of(rest.data + length);
        if (marks)
            return length + (size_t)__builtin_ctz(marks);
    }
    return length;
}

#else

static inline size_t skip_without_marks(struct slice rest)
{
    (void)rest;
    return 0;
}

#endif

/* Whether the mark at `at` means nothing at the top, outside of image-set(): a parenthesis that makes no function of
 * those that count, whose names end with these letters if none is escaped, or a '/' that begins no comment. */
static bool is_idle_mark(struct slice rest, size_t at)
{
    switch (rest.data[at]) {
    case '(':
        return at && is_name_char(rest.data[at - 1]) && !strchr("lLcCtT", rest.data[at - 1]);
    case ')':
        return true;
    case '/':
        return at + 1 < rest.length && rest.data[at + 1] != '*';
    default:
        return false;
    }
}

/* The first mark from `at` on. */
static size_t next_mark(struct slice rest, size_t at)
{
    at += skip_without_marks((struct slice){rest.data + at, rest.length - at});
    while (at < rest.length && !is_mark(rest.data[at]))
        at++;
    return at;
}

/* Bytes at the start of `rest`, which is at the top, that lead nowhere: up to what may, and to the name that belongs to
 * it. Most of a sheet is passed over here. */
static size_t plain_length(const struct css *css, struct slice rest)
{
    size_t length = next_mark(rest, 0);
    while (length < rest.length && !css->image_set_depth && is_idle_mark(rest, length))
        length = next_mark(rest, length + 1);
    bool ends_name = length < rest.length && strchr(")@\"'/", rest.data[length]) && rest.data[length];
    if (ends_name)
        return length;
    while (length && is_name_char(rest.data[length - 1]))
        length--;
    return length && rest.data[length - 1] == '#' ? length - 1 : length;
}

static size_t skip_top(struct css *css, struct slice rest)
{
    size_t length = plain_length(css, rest);
    if (length)
        css->after_return = false;
    for (size_t i = 0; css->expected != CSS_PLAIN && i < length; i++)
        if (!ascii_is_space(rest.data[i]))
            css->expected = CSS_PLAIN;
    return length;
}

/* Passes over what means nothing where the reader stands. */
static size_t skip_plain(struct css *css, struct slice rest)
{
    if (css->state == CSS_TOP && !css->muted)
        return skip_top(css, rest);
    if (css->state != CSS_COMMENT)
        return 0;
    const char *end = rest.data + rest.length;
    const char *star = html_find(rest.data, end, '*');
    while (end - star > 1 && star[1] != '/')
        star = html_find(star + 1, end, '*');
    css->after_return = false;
    return (size_t)(star - rest.data);
}

int css_feed(struct css *css, struct slice bytes)
{
    int err = 0;
    size_t at = 0;
    while (at < bytes.length && !err) {
        at += skip_plain(css, (struct slice){bytes.data + at, bytes.length - at});
        if (at < bytes.length)
            err = preprocess(css, bytes.data[at++]);
    }
    return err;
}

/* What a backslash means at the very end: nothing in strings, else U+FFFD. */
static int end_of_sheet_in_escape(struct css *css)
{
    if (css->state != CSS_ESCAPE)
        return end_escape(css);
    return css->escaped == CSS_STRING ? add_escaped(css, "", 0) : add_escaped(css, REPLACEMENT, sizeof REPLACEMENT - 1);
}

int css_finish(struct css *css)
{
    int err = 0;
    if (css->state == CSS_ESCAPE || css->state == CSS_ESCAPE_HEX || css->state == CSS_ESCAPE_END)
        err = end_of_sheet_in_escape(css);
    if (!err && (css->state == CSS_STRING || css->state == CSS_URL || css->state == CSS_URL_END))
        err = report(css);
    css_reset(css, css->on_link, css->context);
    return err;
}
