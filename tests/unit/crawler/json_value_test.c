#include "record/json_value.h"

#include <string.h>

#include "base/error.h"
#include "unit/crawler/failing_json.h"
#include "unit/suite.h"

static const char TEXT[] = "{\"a key that is long\":1,\"b\":[\"x\",null],\"another long key\":2}";

START_TEST(a_value_is_there_as_text)
{
    struct buf out;
    json_t *value = json_loads(TEXT, 0, NULL);
    buf_init(&out, sizeof TEXT);
    ck_assert_int_eq(json_value_append(&out, value, JSON_COMPACT), 0);
    ck_assert_str_eq(buf_text(&out), TEXT);
    buf_free(&out);
    json_decref(value);
}
END_TEST

/* Wherever there is no room, at keys too, behind which what is shorter would have some. */
START_TEST(what_is_not_whole_is_told)
{
    json_t *value = json_loads(TEXT, 0, NULL);
    for (size_t limit = 1; limit < sizeof TEXT - 1; limit++) {
        struct buf out;
        buf_init(&out, limit);
        ck_assert_int_eq(json_value_append(&out, value, JSON_COMPACT), ERR_TOO_LARGE);
        ck_assert_int_eq(strncmp(buf_text(&out), TEXT, out.length), 0);
        buf_free(&out);
    }
    json_decref(value);
}
END_TEST

START_TEST(what_is_no_value_is_told)
{
    struct buf out;
    buf_init(&out, sizeof TEXT);
    ck_assert_int_eq(json_value_append(&out, NULL, JSON_ENCODE_ANY), ERR_NO_MEMORY);
    buf_free(&out);
}
END_TEST

/* --- from text ---------------------------------------------------------------------------------------------------- */

#define LONG_TEXT "http://example.test/a/path/that/is/longer/than/what/a/buffer/has/at/first"

static json_t *parse(const void *text)
{
    json_t *value;
    int err = json_value_parse(&value, slice_of(text), NULL);
    ck_assert_int_eq(err, value ? 0 : ERR_NO_MEMORY);
    return value;
}

static json_t *read_file(const void *text)
{
    json_t *value;
    FILE *file = fmemopen((void *)text, strlen(text), "r");
    ck_assert_ptr_nonnull(file);
    int err = json_value_read(&value, file, NULL);
    ck_assert_int_eq(err, value ? 0 : ERR_NO_MEMORY);
    fclose(file);
    return value;
}

START_TEST(without_memory_nothing_is_read)
{
    static const char text[] = "{\"roots\":[\"" LONG_TEXT "\"],\"depth\":1234567890123456789}";
    static const json_maker ways[] = {parse, read_file};
    for (size_t i = 0; i < 2; i++) {
        json_t *value = ways[i](text);
        ck_assert_str_eq(json_string_value(json_array_get(json_object_get(value, "roots"), 0)), LONG_TEXT);
        json_decref(value);
        struct json_failures failures = make_json_without_memory(ways[i], text);
        ck_assert_uint_gt(failures.tried, 10);
        ck_assert_uint_eq(failures.half, 0);
    }
}
END_TEST

START_TEST(what_is_no_json_is_told)
{
    json_t *value;
    json_error_t problem;
    ck_assert_int_eq(json_value_parse(&value, SLICE("[1,\n2"), &problem), ERR_SYNTAX);
    ck_assert_ptr_null(value);
    ck_assert_int_eq(problem.line, 2);
    ck_assert_int_eq(json_value_parse(&value, (struct slice){0}, NULL), ERR_SYNTAX);
}
END_TEST

int main(void)
{
    return RUN_TESTS("json value", a_value_is_there_as_text, what_is_not_whole_is_told, what_is_no_value_is_told,
                     without_memory_nothing_is_read, what_is_no_json_is_told);
}
