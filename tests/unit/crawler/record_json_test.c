#include "output/record_json.h"

#include <jansson.h>

#include "base/error.h"
#include "output/number_text.h"
#include "output/record_fields.h"
#include "unit/suite.h"

struct json_case {
    struct fetch_statistic stat;
    const char *json;
};

static const struct json_case CASES[] = {
    {{.url = {"http://a/", 9},
      .status = 200,
      .error_detail = "",
      .content_type = "text/html",
      .encoding = "UTF-8",
      .is_html = true,
      .size = 37000,
      .wire_size = 9000,
      .num_urls = 7,
      .num_new_urls = 3,
      .tries = 1,
      .started = 2345678,
      .timings = {.resolved = 1000,
                  .begun = 3000,
                  .connected = MILLISECONDS(1),
                  .secured = MILLISECONDS(3),
                  .first_byte = 4999999,
                  .total = MILLISECONDS(5)},
      .version = HTTP_2,
      .remote_address = "127.0.0.1"},
     "{\"url\":\"http://a/\",\"status\":200,\"redirect\":null,\"content_type\":\"text/html\",\"encoding\":\"UTF-8\","
     "\"html\":true,\"truncated\":false,\"size\":37000,\"wire_size\":9000,\"links\":7,\"new_links\":3,\"depth\":0,"
     "\"tries\":1,\"referrer\":null,\"started\":0.002345,\"resolve_us\":1,\"queue_us\":2,\"connect_us\":997,"
     "\"tls_us\":2000,\"first_byte_us\":4999,\"total_us\":5000,\"http_version\":\"2\",\"reused\":false,"
     "\"address\":\"127.0.0.1\",\"broken\":false,\"unchanged\":false}"},
    {{.url = {"http://a/?\"<script>\0\x1b\n\xff", 23},
      .error = ERR_CERTIFICATE,
      .error_detail = "self-signed\x1b[2J \xe2\x82",
      .content_type = "",
      .encoding = "",
      .depth = 2,
      .tries = 4,
      .referrer = {"http://b/", 9},
      .started = 5,
      .remote_address = ""},
     "{\"url\":\"http://a/?\\\"<script>\\u0000\\u001b\\n\xef\xbf\xbd\",\"status\":null,"
     "\"error\":{\"kind\":\"certificate\",\"text\":\"certificate verification failed\","
     "\"detail\":\"self-signed\\u001b[2J \xef\xbf\xbd\"},\"redirect\":null,\"content_type\":null,"
     "\"encoding\":null,\"html\":false,\"truncated\":false,\"size\":0,\"wire_size\":0,\"links\":0,\"new_links\":0,"
     "\"depth\":2,\"tries\":4,\"referrer\":\"http://b/\",\"started\":0.000000,\"resolve_us\":null,\"queue_us\":null,"
     "\"connect_us\":null,\"tls_us\":null,\"first_byte_us\":null,\"total_us\":null,\"http_version\":null,"
     "\"reused\":false,\"address\":null,\"broken\":true,\"unchanged\":false}"},
    {{.url = {"http://a/r", 10},
      .next_url = {"http://b/", 9},
      .status = 301,
      .error = ERR_BODY_TOO_LARGE,
      .error_detail = "",
      .truncated = true,
      .content_type = "text/plain",
      .encoding = "",
      .size = UINT64_MAX,
      .tries = 1,
      .version = HTTP_1_1,
      .started = SECONDS(86400),
      .reused = true,
      .remote_address = "::1"},
     "{\"url\":\"http://a/r\",\"status\":301,\"error\":{\"kind\":\"body-too-large\",\"text\":\"body over its limit\","
     "\"detail\":null},\"redirect\":\"http://b/\",\"content_type\":\"text/plain\",\"encoding\":null,\"html\":false,"
     "\"truncated\":true,\"size\":18446744073709551615,\"wire_size\":0,\"links\":0,\"new_links\":0,\"depth\":0,"
     "\"tries\":1,\"referrer\":null,\"started\":86400.000000,\"resolve_us\":null,\"queue_us\":null,"
     "\"connect_us\":null,\"tls_us\":null,\"first_byte_us\":null,\"total_us\":null,\"http_version\":\"1.1\","
     "\"reused\":true,\"address\":\"::1\",\"broken\":false,\"unchanged\":false}"},
};

START_TEST(records_to_the_letter)
{
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct buf out;
        buf_init(&out, 4096);
        ck_assert_int_eq(record_json_append(&out, &CASES[i].stat), 0);
        ck_assert_str_eq(buf_text(&out), CASES[i].json);
        buf_free(&out);
    }
}
END_TEST

START_TEST(too_little_room_is_told)
{
    for (size_t limit = 1; limit < strlen(CASES[1].json); limit++) {
        struct buf out;
        buf_init(&out, limit);
        ck_assert_int_eq(record_json_append(&out, &CASES[1].stat), ERR_TOO_LARGE);
        buf_free(&out);
    }
}
END_TEST

START_TEST(numbers_are_decimal)
{
    struct buf out;
    buf_init(&out, 200);
    ck_assert_int_eq(number_append(&out, 0), 0);
    buf_append_char(&out, ' ');
    ck_assert_int_eq(number_append(&out, 9007199254740993), 0);
    buf_append_char(&out, ' ');
    ck_assert_int_eq(seconds_append(&out, 999), 0);
    buf_append_char(&out, ' ');
    ck_assert_int_eq(seconds_append(&out, UINT64_MAX), 0);
    ck_assert_str_eq(buf_text(&out), "0 9007199254740993 0.000000 18446744073.709551");
    buf_free(&out);
}
END_TEST

int main(void)
{
    return RUN_TESTS("record_json", records_to_the_letter, too_little_room_is_told, numbers_are_decimal);
}
