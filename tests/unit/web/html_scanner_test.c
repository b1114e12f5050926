/* The scanner against the tokenizer tests of html5lib: the start tags of each, in every way of cutting it in two. */
#include "web/html_scanner.h"

#include <jansson.h>

#include "base/error.h"
#include "unit/suite.h"
#include "web/html_find.h"
#include "web/html_references.h"
#include "web/utf8.h"

static void put(struct buf *buf, struct slice text)
{
    ck_assert_int_eq(buf_append_slice(buf, text), 0);
}

/* A name as the tokenizer has it: lower case, U+FFFD for NUL. */
static void put_name(struct buf *buf, struct slice name)
{
    for (size_t i = 0; i < name.length; i++) {
        char c = ascii_lower(name.data[i]);
        put(buf, c ? (struct slice){&c, 1} : SLICE("\xEF\xBF\xBD"));
    }
}

static struct html_interest want_all(void *context, struct slice name)
{
    (void)context;
    (void)name;
    return (struct html_interest){UINT64_MAX, true};
}

static bool want(void *context, struct slice attribute, const struct link_rule **rule)
{
    (void)context;
    (void)rule;
    return attribute.length;
}

/* One start tag a line: its name, its attributes, and whether it closes itself. */
static int record_tag(void *context, const struct html_tag *tag)
{
    struct buf *found = context;
    put(found, SLICE("<"));
    put_name(found, tag->name);
    for (size_t i = 0; i < tag->count; i++) {
        put(found, SLICE(" "));
        put_name(found, tag->attributes[i].name);
        put(found, SLICE("="));
        put(found, tag->attributes[i].value);
    }
    put(found, tag->self_closing ? SLICE(" />\n") : SLICE(">\n"));
    return 0;
}

static int ignore(void *context, struct slice bytes)
{
    (void)context;
    (void)bytes;
    return 0;
}

static const struct html_handler RECORDER = {want_all, want, record_tag, NULL, ignore, ignore};

struct start {
    enum html_content content;
    struct slice last_tag;
};

/* The first `cut` bytes, then pieces of `step`. */
static void scan(struct slice input, struct start start, size_t cut, size_t step, struct buf *found)
{
    struct html_scanner scanner;
    html_scanner_init(&scanner, &RECORDER, found);
    html_scanner_set_content(&scanner, start.content, start.last_tag);
    scanner.text_wanted = true;
    buf_clear(found);
    put(found, SLICE(""));
    for (size_t length = input.length < cut ? input.length : cut; length;
         length = input.length < step ? input.length : step) {
        /* A copy of its own, so that what is kept of it is seen by the sanitizer. */
        char *copy = malloc(length);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, input.data, length);
        struct slice piece = {copy, length};
        ck_assert_int_eq(html_scanner_feed(&scanner, &piece), 0);
        ck_assert_uint_eq(piece.length, 0);
        free(copy);
        input = (struct slice){input.data + length, input.length - length};
    }
    ck_assert_int_eq(html_scanner_finish(&scanner), 0);
    html_scanner_free(&scanner);
}

static void check_cuts(struct slice input, struct start start, struct slice expected, const char *description)
{
    struct buf found;
    buf_init(&found, SIZE_MAX / 2);
    for (size_t cut = 0; cut <= input.length; cut++) {
        scan(input, start, cut ? cut : 1, cut ? SIZE_MAX : 1, &found); /* at 0: byte by byte */
        ck_assert_msg(slice_equal(buf_slice(&found), expected), "%s, cut at %zu: %.*s gave\n%.*snot\n%.*s", description,
                      cut, SLICE_ARGS(input), SLICE_ARGS(buf_slice(&found)), SLICE_ARGS(expected));
    }
    buf_free(&found);
}

/* Text of a test, in which \uHHHH stands for UTF-16 when the test is doubly escaped; a single surrogate is U+FFFD. */
static void put_json(struct buf *out, struct slice text, bool is_escaped)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!is_escaped || i + 6 > text.length || memcmp(text.data + i, "\\u", 2) != 0) {
            put(out, (struct slice){text.data + i, 1});
            continue;
        }
        char digits[5] = {0};
        memcpy(digits, text.data + i + 2, 4);
        uint32_t unit = (uint32_t)strtoul(digits, NULL, 16);
        i += 5;
        if (unit >> 10 == 0xD800 >> 10 && i + 7 <= text.length) {
            memcpy(digits, text.data + i + 3, 4);
            uint32_t trail = (uint32_t)strtoul(digits, NULL, 16);
            if (trail >> 10 == 0xDC00 >> 10) {
                unit = 0x10000 + ((unit & 0x3FF) << 10) + (trail & 0x3FF);
                i += 6;
            }
        }
        char utf8[UTF8_MAX];
        put(out, (struct slice){utf8, utf8_encode(unit >> 11 == 0xD800 >> 11 ? REPLACEMENT_CHARACTER : unit, utf8)});
    }
}

static void put_json_string(struct buf *out, const json_t *string, bool is_escaped)
{
    put_json(out, (struct slice){json_string_value(string), json_string_length(string)}, is_escaped);
}

/* The start tags that a test expects, as record_tag writes them. jansson keeps the order of members. */
static void put_expected(struct buf *out, json_t *tokens, bool is_escaped)
{
    size_t index;
    json_t *token;
    json_array_foreach(tokens, index, token)
    {
        if (!json_is_array(token) || strcmp(json_string_value(json_array_get(token, 0)), "StartTag") != 0)
            continue;
        put(out, SLICE("<"));
        put_json_string(out, json_array_get(token, 1), is_escaped);
        const char *name;
        json_t *value;
        json_object_foreach(json_array_get(token, 2), name, value)
        {
            put(out, SLICE(" "));
            put_json(out, slice_of(name), is_escaped);
            put(out, SLICE("="));
            put_json_string(out, value, is_escaped);
        }
        put(out, json_is_true(json_array_get(token, 3)) ? SLICE(" />\n") : SLICE(">\n"));
    }
}

static enum html_content content_of(const char *state)
{
    static const struct {
        const char *state;
        enum html_content content;
    } rows[] = {
        {"Data state", HTML_DATA},          {"RCDATA state", HTML_RCDATA},       {"RAWTEXT state", HTML_RAWTEXT},
        {"Script data state", HTML_SCRIPT}, {"PLAINTEXT state", HTML_PLAINTEXT}, {"CDATA section state", HTML_CDATA},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].state, state) == 0)
            return rows[i].content;
    ck_abort_msg("unknown state %s", state);
    return HTML_DATA;
}

static void check_case(const json_t *test)
{
    bool is_escaped = json_is_true(json_object_get(test, "doubleEscaped"));
    const char *description = json_string_value(json_object_get(test, "description"));
    const char *last_tag = json_string_value(json_object_get(test, "lastStartTag"));
    struct buf input;
    struct buf expected;
    buf_init(&input, SIZE_MAX / 2);
    buf_init(&expected, SIZE_MAX / 2);
    put_json_string(&input, json_object_get(test, "input"), is_escaped);
    put_expected(&expected, json_object_get(test, "output"), is_escaped);
    json_t *states = json_object_get(test, "initialStates");
    size_t count = states ? json_array_size(states) : 1;
    for (size_t i = 0; i < count; i++) {
        const char *state = states ? json_string_value(json_array_get(states, i)) : "Data state";
        struct start start = {content_of(state), slice_of(last_tag)};
        check_cuts(buf_slice(&input), start, buf_slice(&expected), description);
    }
    buf_free(&input);
    buf_free(&expected);
}

/* A few strings hold single surrogates, which jansson refuses: U+FFFD stands for them. */
static void replace_lone_surrogates(char *text)
{
    static const char replacement[] = {'\\', 'u', 'f', 'f', 'f', 'd'};
    for (char *at = strchr(text, '\\'); at; at = strchr(at, '\\')) {
        if (at[1] != 'u') {
            at += 2;
            continue;
        }
        unsigned long unit = strtoul((char[]){at[2], at[3], at[4], at[5], 0}, NULL, 16);
        bool has_next = at[6] == '\\' && at[7] == 'u';
        unsigned long next = has_next ? strtoul((char[]){at[8], at[9], at[10], at[11], 0}, NULL, 16) : 0;
        bool is_pair = unit >> 10 == 0xD800 >> 10 && next >> 10 == 0xDC00 >> 10;
        if (!is_pair && unit >> 11 == 0xD800 >> 11)
            memcpy(at, replacement, sizeof replacement);
        at += is_pair ? 12 : 6;
    }
}

static const char *const FILES[] = {
    "contentModelFlags",
    "domjs",
    "entities",
    "escapeFlag",
    "numericEntities",
    "test1",
    "test2",
    "test3",
    "test4",
    "unicodeChars",
    "unicodeCharsProblematic",
    "xmlViolation",
};

enum { FILE_COUNT = sizeof FILES / sizeof FILES[0], NAMES_AT_LEAST = 400 /* of references in the suite */ };

static json_t *read_tests(const char *name)
{
    enum { LARGEST = 4 << 20 };
    char path[4096];
    snprintf(path, sizeof path, SHARED_DATA "/html/%s.test", name);
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    char *text = calloc(1, LARGEST);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_lt(fread(text, 1, LARGEST - 1, file), LARGEST - 1);
    fclose(file);
    replace_lone_surrogates(text);
    json_error_t error;
    json_t *tests = json_loads(text, JSON_ALLOW_NUL, &error);
    free(text);
    ck_assert_msg(tests, "%s: %s", name, error.text);
    return tests;
}

/* Once for each file. */
START_TEST(all_start_tags_of_the_suite)
{
    json_t *root = read_tests(FILES[_i]);
    json_t *tests = json_object_get(root, "tests");
    if (!tests)
        tests = json_object_get(root, "xmlViolationTests");
    ck_assert_uint_gt(json_array_size(tests), 0);
    size_t index;
    json_t *test;
    json_array_foreach(tests, index, test)
    {
        check_case(test);
    }
    json_decref(root);
}
END_TEST

/* Text is read as the data state does it, where a NUL stays. Only tests that are nothing but text; 1 for one of them.
 */
static size_t check_text(const json_t *test)
{
    bool is_escaped = json_is_true(json_object_get(test, "doubleEscaped"));
    struct buf input;
    struct buf expected;
    struct buf found;
    buf_init(&input, SIZE_MAX / 2);
    buf_init(&expected, SIZE_MAX / 2);
    buf_init(&found, SIZE_MAX / 2);
    put_json_string(&input, json_object_get(test, "input"), is_escaped);
    const json_t *tokens = json_object_get(test, "output");
    const json_t *token = json_array_get(tokens, 0);
    bool is_text =
        json_array_size(tokens) == 1 && strcmp(json_string_value(json_array_get(token, 0)), "Character") == 0;
    if (is_text && !memchr(input.data, '\0', input.length)) {
        put_json_string(&expected, json_array_get(token, 1), is_escaped);
        ck_assert_int_eq(html_decode_text(&found, buf_slice(&input), false), 0);
        ck_assert_msg(slice_equal(buf_slice(&found), buf_slice(&expected)), "%.*s", SLICE_ARGS(buf_slice(&input)));
    } else {
        is_text = false;
    }
    buf_free(&input);
    buf_free(&expected);
    buf_free(&found);
    return is_text;
}

START_TEST(all_references_of_the_suite)
{
    static const char *const files[] = {"entities", "numericEntities"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        json_t *root = read_tests(files[i]);
        size_t index;
        json_t *test;
        json_array_foreach(json_object_get(root, "tests"), index, test)
        {
            count += check_text(test);
        }
        json_decref(root);
    }
    ck_assert_uint_gt(count, NAMES_AT_LEAST);
}
END_TEST

static void check(const char *input, const char *expected)
{
    check_cuts(slice_of(input), (struct start){HTML_DATA, {NULL, 0}}, slice_of(expected), "case");
}

START_TEST(attributes)
{
    check("<a =x =y>", "<a =x=y>\n");
    check("<a b=1 B=2 b>", "<a b=1>\n");
    check("<a b='x\r\ny\rz'>", "<a b=x\ny\nz>\n");
    check("<a/b/c=/d/>", "<a b= c=/d/>\n");
    check("<a b='1'c=\"2\"/>", "<a b=1 c=2 />\n");
    check("<a b='&am", "");
    check("<a b=&notit;&notin;&not;&not=&#x80;&#0;&#xD800;&#1114112;&#x;&#;>",
          "<a b=&notit;\xE2\x88\x89\xC2\xAC&not=\xE2\x82\xAC\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD&#x;&#;>\n");
}
END_TEST

START_TEST(what_is_no_tag)
{
    check("<!--><a>", "<a>\n");
    check("<!---><a>", "<a>\n");
    check("<!-- <b> --!><a><!-- --!-><b>--><c>", "<a>\n<c>\n");
    check("<!-x><a><?b><c></ d><e></><f><!><g>", "<a>\n<c>\n<e>\n<f>\n<g>\n");
    check("<!DOCTYPE html PUBLIC '><a>", "<a>\n");
    check("<![CDATA[<a>]]>", "");
    check("< a><1><\xC3\xA9>", "");
}
END_TEST

START_TEST(scripts)
{
    static const struct {
        const char *input, *expected;
    } cases[] = {
        {"<a></script><b>", "<b>\n"},
        {"<!--<a></script><b>", "<b>\n"},
        {"<!--<script></script></script><b>", "<b>\n"},
        {"<!--<script>--></script><b>", "<b>\n"},
        {"<!--<scripty></script><b>", "<b>\n"},
        {"<!--<script></SCRIPT/></script x='>'><b>", "<b>\n"},
        {"<!--<script><script></script></script><b>", "<b>\n"},
        {"<!--><script></script><b>", "<b>\n"},
        {"<!---><script></script><b>", "<b>\n"},
        {"<!- -<script></script><b>", "<b>\n"},
        {"</scripts><a></scrip></script", ""},
    };
    struct start start = {HTML_SCRIPT, SLICE("script")};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_cuts(slice_of(cases[i].input), start, slice_of(cases[i].expected), "script");
}
END_TEST

static size_t end_of_value(struct slice text, bool portable, bool *special)
{
    const char *end = text.data + text.length;
    *special = false;
    const char *found = portable ? html_find_value_end_portable(text.data, end, '"', special)
                                 : html_find_value_end(text.data, end, '"', special);
    return (size_t)(found - text.data);
}

START_TEST(vectors_find_what_the_portable_path_finds)
{
    enum { LENGTH = 300 };
    char text[LENGTH];
    for (size_t length = 0; length <= LENGTH; length += 1 + length / 20) {
        for (size_t quote = 0; quote <= length; quote++) {
            for (size_t special = 0; special <= length; special += 3) {
                memset(text, 'x', sizeof text);
                if (special < length)
                    text[special] = "&\r\0\x80\xff"[special % 5];
                if (quote < length)
                    text[quote] = '"';
                bool found[2];
                struct slice slice = {text, length};
                ck_assert_uint_eq(end_of_value(slice, true, &found[0]), end_of_value(slice, false, &found[1]));
                ck_assert_int_eq(found[0], found[1]);
                ck_assert_ptr_eq(html_find(text, text + length, '"'), text + quote);
            }
        }
    }
}
END_TEST

int main(void)
{
    int failed =
        RUN_TESTS("html scanner", attributes, what_is_no_tag, scripts, vectors_find_what_the_portable_path_finds);
    FILE *data = fopen(SHARED_DATA "/html/test1.test", "rb");
    if (failed || !data)
        return failed ? failed : 77;
    fclose(data);
    if (RUN_TESTS("html references", all_references_of_the_suite))
        return 1;
    return RUN_TESTS_TIMES("html tokenizer", FILE_COUNT, all_start_tags_of_the_suite);
}
