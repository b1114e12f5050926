/* The cases of the URL standard's own test suite. */
#include <jansson.h>
#include <string.h>

#include "base/error.h"
#include "unit/suite.h"
#include "web/url.h"

enum { CASES_AT_LEAST = 400 };

/* An absolute URL that stays where it is while another is resolved against it. */
struct parsed {
    struct url url;
    struct buf storage;
    int err;
};

static void parse_json(struct parsed *parsed, const json_t *text, const struct url *base)
{
    buf_init(&parsed->storage, URL_MAX_LENGTH);
    struct slice input = {json_string_value(text), json_string_length(text)};
    parsed->err = url_parse(&parsed->url, input, base, NULL, &parsed->storage);
}

static void check_part(const json_t *test, const char *key, struct slice found)
{
    const json_t *value = json_object_get(test, key);
    struct slice wanted = {json_string_value(value), json_string_length(value)};
    ck_assert_msg(slice_equal(found, wanted), "%s of \"%s\" is \"%.*s\" and not \"%s\"", key,
                  json_string_value(json_object_get(test, "input")), SLICE_ARGS(found), wanted.data);
}

/* A lone '?' or '#' is an empty search or hash to the API of the suite. */
static struct slice unless_lone(struct slice part)
{
    return part.length == 1 ? (struct slice){"", 0} : part;
}

static void check_parts(const json_t *test, const struct url *url)
{
    check_part(test, "href", url->href);
    check_part(test, "protocol", (struct slice){url->href.data, url->scheme_end + 1u});
    check_part(test, "hostname", url_host(url));
    check_part(test, "pathname", url_path(url));
    check_part(test, "search", unless_lone(url_query(url)));
    check_part(test, "hash", unless_lone(url_fragment(url)));
    check_part(test, "username", (struct slice){url->href.data + url->user_start, url->user_end - url->user_start});
    char port[16] = "";
    if (url->port >= 0)
        snprintf(port, sizeof port, "%d", url->port);
    check_part(test, "port", slice_of(port));
}

static void check_case(const json_t *test)
{
    const json_t *base_text = json_object_get(test, "base");
    struct parsed base, url;
    bool has_base = json_is_string(base_text);
    if (has_base)
        parse_json(&base, base_text, NULL);
    if (has_base && base.err)
        url = (struct parsed){.err = base.err, .storage = {.limit = URL_MAX_LENGTH}};
    else
        parse_json(&url, json_object_get(test, "input"), has_base ? &base.url : NULL);
    bool should_fail = json_is_true(json_object_get(test, "failure"));
    ck_assert_msg(should_fail == (url.err != 0), "\"%s\" against %s: %s",
                  json_string_value(json_object_get(test, "input")), has_base ? json_string_value(base_text) : "none",
                  error_text(url.err));
    if (!should_fail)
        check_parts(test, &url.url);
    buf_free(&url.storage);
    if (has_base)
        buf_free(&base.storage);
}

/* Strings of the suite may hold single surrogates, which its README has replaced before use. Gives the text back, to be
 * freed; NULL when the file can't be read. */
static char *read_without_lone_surrogates(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    enum { LARGEST = 4 << 20 };
    char *text = calloc(1, LARGEST);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_lt(fread(text, 1, LARGEST - 1, file), LARGEST - 1);
    fclose(file);
    for (char *at = strstr(text, "\\u"); at; at = strstr(at + 2, "\\u")) {
        unsigned long unit = strtoul((char[]){at[2], at[3], at[4], at[5], 0}, NULL, 16);
        unsigned long next = at[6] == '\\' ? strtoul((char[]){at[8], at[9], at[10], at[11], 0}, NULL, 16) : 0;
        bool is_pair = unit >> 10 == 0xd800 >> 10 && next >> 10 == 0xdc00 >> 10;
        if (is_pair)
            at += 6;
        else if (unit >> 11 == 0xd800 >> 11)
            memcpy(at, "\\ufffd", 6);
    }
    return text;
}

START_TEST(all_cases_of_the_standard_pass)
{
    char *text = read_without_lone_surrogates(SHARED_DATA "/url/urltestdata.json");
    ck_assert_ptr_nonnull(text);
    json_error_t error;
    json_t *tests = json_loads(text, JSON_ALLOW_NUL, &error);
    free(text);
    ck_assert_msg(tests, "%s", error.text);
    size_t index, count = 0;
    json_t *test;
    json_array_foreach(tests, index, test)
    {
        if (!json_is_object(test))
            continue;
        check_case(test);
        count++;
    }
    ck_assert_uint_ge(count, CASES_AT_LEAST);
    json_decref(tests);
}
END_TEST

int main(void)
{
    FILE *data = fopen(SHARED_DATA "/url/urltestdata.json", "rb");
    if (!data)
        return 77;
    fclose(data);
    return RUN_TESTS("url standard", all_cases_of_the_standard_pass);
}
