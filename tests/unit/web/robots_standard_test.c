/* The public cases of robots.txt, by the authors of RFC 9309. */
#include <jansson.h>
#include <openssl/evp.h>
#include <string.h>

#include "unit/suite.h"
#include "web/robots.h"

enum { CASES_AT_LEAST = 140, LARGEST = 64 * 1024 };

static const char PATH[] = SHARED_DATA "/robots/spec-correctness.json";

static struct slice text_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    ck_assert(json_is_string(value));
    return (struct slice){json_string_value(value), json_string_length(value)};
}

/* Path and query as they are written; "/" where there are none. */
static struct slice path_of(struct slice url)
{
    const char *host = memmem(url.data, url.length, "//", 2);
    const char *path = host ? strchr(host + 2, '/') : NULL;
    return path ? slice_of(path) : SLICE("/");
}

static struct slice decode(struct slice base64, unsigned char *bytes)
{
    ck_assert_uint_le(base64.length, LARGEST);
    int length = EVP_DecodeBlock(bytes, (const unsigned char *)base64.data, (int)base64.length);
    ck_assert_int_ge(length, 0);
    for (size_t i = base64.length; i && base64.data[i - 1] == '='; i--)
        length--;
    return (struct slice){(const char *)bytes, (size_t)length};
}

/* A name that is more than a product token is that of no group. */
static struct slice product_of(struct slice user_agent)
{
    return slice_equal(robots_product(user_agent), user_agent) ? user_agent : SLICE("");
}

static void check_case(const char *group, struct slice file, const json_t *expected)
{
    struct robots *robots;
    struct slice url = text_of(expected, "url"), user_agent = text_of(expected, "user_agent");
    bool allowed = json_is_true(json_object_get(expected, "allowed"));
    ck_assert_int_eq(robots_create(&robots, file, product_of(user_agent)), 0);
    ck_assert_msg(robots_allows(robots, path_of(url)) == allowed, "%s: %.*s, %.*s", group, SLICE_ARGS(user_agent),
                  SLICE_ARGS(url));
    robots_free(robots);
}

/* Returns how many there were. */
static size_t check_file(const char *group, const json_t *file)
{
    static unsigned char bytes[LARGEST];
    struct slice text = decode(text_of(file, "robots_txt_base64"), bytes);
    const json_t *expected = json_object_get(file, "expect");
    for (size_t i = 0; i < json_array_size(expected); i++)
        check_case(group, text, json_array_get(expected, i));
    return json_array_size(expected);
}

START_TEST(all_public_cases_pass)
{
    json_error_t error;
    json_t *groups = json_load_file(PATH, 0, &error), *files;
    ck_assert_msg(groups != NULL, "%s", error.text);
    const char *group;
    size_t count = 0;
    json_object_foreach(groups, group, files)
    {
        for (size_t i = 0; i < json_array_size(files); i++)
            count += check_file(group, json_array_get(files, i));
    }
    ck_assert_uint_ge(count, CASES_AT_LEAST);
    json_decref(groups);
}
END_TEST

int main(void)
{
    FILE *data = fopen(PATH, "rb");
    if (!data)
        return 77;
    fclose(data);
    return RUN_TESTS("robots standard", all_public_cases_pass);
}
