#include "output/csv.h"

#include "base/error.h"
#include "unit/crawler/output_fixture.h"

#define NAMES                                                                                           \
    "url,status,error_kind,error_text,error_detail,redirect,content_type,encoding,html,truncated,size," \
    "wire_size,links,new_links,depth,tries,referrer,started,resolve_us,queue_us,connect_us,tls_us,"     \
    "first_byte_us,total_us,http_version,reused,address,broken,unchanged\r\n"
#define FFFD "\xef\xbf\xbd"

struct csv_case {
    const char *encoding; /* a header's text, of any bytes */
    const char *cell;
};

static const struct csv_case CASES[] = {
    {"UTF-8", "UTF-8"},
    {"", ""},
    {"a b", "a b"},
    {"a,b", "\"a,b\""},
    {"\"", "\"\"\"\""},
    {"a\nb", "\"a\nb\""},
    {"a\r\nb", "\"a\r\nb\""},
    {"=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"},
    {"=1,2", "\"'=1,2\""},
    {"+1", "'+1"},
    {"-1", "'-1"},
    {"@SUM(A1)", "'@SUM(A1)"},
    {"\t=1", "'\t=1"},
    {"\r=1", "\"'\r=1\""},
    {"\n=1", "\"'\n=1\""},
    {"'=1", "'=1"},
    {"\x1b[31m\x7f", FFFD "[31m" FFFD},
    {"\xff\xc3\xa4", FFFD "\xc3\xa4"},
    {"<script>", "<script>"},
};

START_TEST(cells_are_quoted_and_no_formulas)
{
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct fetch_statistic stat = {.url = TEXT("http://a/?b,c"),
                                             .status = 200,
                                             .error_detail = "",
                                             .content_type = "text/html",
                                             .encoding = CASES[i].encoding,
                                             .is_html = true,
                                             .size = 5,
                                             .remote_address = "::1"};
        char expected[1024];
        sprintf(expected,
                NAMES "\"http://a/?b,c\",200,,,,,text/html,%s,true,false,5,0,0,0,0,0,,0.000000,,,,,,,,"
                      "false,::1,false,false\r\n",
                CASES[i].cell);
        char *text = format_records(&OUTPUT_CSV, &stat, 1);
        ck_assert_str_eq(text, expected);
        free(text);
    }
}
END_TEST

START_TEST(errors_are_flattened)
{
    const struct fetch_statistic stat = {.url = TEXT("http://a/"),
                                         .error = ERR_TLS,
                                         .error_detail = "=1+\"1\"",
                                         .content_type = "",
                                         .encoding = "",
                                         .referrer = TEXT("http://b/"),
                                         .remote_address = ""};
    char *text = format_records(&OUTPUT_CSV, &stat, 1);
    ck_assert_str_eq(text, NAMES "http://a/,,tls,TLS handshake failed,\"'=1+\"\"1\"\"\",,,,false,false,0,0,0,0,0,0,"
                                 "http://b/,0.000000,,,,,,,,false,,true,false\r\n");
    free(text);
}
END_TEST

START_TEST(names_stand_there_without_a_record)
{
    char *text = format_records(&OUTPUT_CSV, NULL, 0);
    ck_assert_str_eq(text, NAMES);
    free(text);
}
END_TEST

int main(void)
{
    return RUN_TESTS("csv", cells_are_quoted_and_no_formulas, errors_are_flattened, names_stand_there_without_a_record);
}
