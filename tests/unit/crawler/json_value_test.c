#include "output/json_value.h"

#include "base/error.h"
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

int main(void)
{
    return RUN_TESTS("json value", a_value_is_there_as_text, what_is_not_whole_is_told, what_is_no_value_is_told);
}
