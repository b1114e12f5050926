#include "output/dot.h"

#include "base/error.h"
#include "unit/crawler/output_fixture.h"

#define HEAD    "strict digraph crawl {\nrankdir=LR;\nnode [shape=box, style=filled, fillcolor=white];\n"
#define FFFD    "\xef\xbf\xbd"
#define NO_TEXT .error_detail = "", .content_type = "", .encoding = "", .remote_address = ""

static const struct fetch_statistic STATS[] = {
    {.url = TEXT("http://a/"), .status = 200, .is_html = true, NO_TEXT},
    {.url = TEXT("http://a/i?x&amp;"), .referrer = TEXT("http://a/"), .status = 200, NO_TEXT},
    {.url = TEXT("http://a/r"), .next_url = TEXT("http://a/t"), .referrer = TEXT("http://a/"), .status = 301, NO_TEXT},
    {.url = TEXT("http://a/t"), .referrer = TEXT("http://a/r"), .status = 404, NO_TEXT},
    {.url = TEXT("http://a/f"), .referrer = TEXT("http://a/"), .error = ERR_TLS, NO_TEXT},
    {.url = TEXT("http://a/c"),
     .referrer = TEXT("http://a/"),
     .status = 200,
     .error = ERR_BODY_TOO_LARGE,
     .truncated = true,
     NO_TEXT},
    {.url = TEXT("http://a/?\"];}<b>\0\x1b\n\r\xff\\N\\"),
     .referrer = TEXT("http://a/?\""),
     .status = 403,
     .is_accepted = true,
     NO_TEXT},
};

static const char EXPECTED[] =
    HEAD "\"http://a/\" [label=\"/\", fillcolor=lightblue];\n"
         "\"http://a/i?x&amp;amp;\" [label=\"/i?x&amp;amp;\", fillcolor=lightgrey];\n"
         "\"http://a/\" -> \"http://a/i?x&amp;amp;\";\n"
         "\"http://a/r\" [label=\"/r\", fillcolor=khaki];\n"
         "\"http://a/\" -> \"http://a/r\";\n"
         "\"http://a/r\" -> \"http://a/t\" [style=dashed];\n"
         "\"http://a/t\" [label=\"/t\", fillcolor=salmon];\n"
         "\"http://a/r\" -> \"http://a/t\";\n"
         "\"http://a/f\" [label=\"/f\", fillcolor=red];\n"
         "\"http://a/\" -> \"http://a/f\";\n"
         "\"http://a/c\" [label=\"/c\", fillcolor=lightgrey];\n"
         "\"http://a/\" -> \"http://a/c\";\n"
         "\"http://a/?\\\"];}<b>" FFFD FFFD "\\n " FFFD "\\\\N\\\\\" [label=\"/?\\\"];}<b>" FFFD FFFD "\\n " FFFD
         "\\\\N\\\\\", fillcolor=lightgrey];\n"
         "\"http://a/?\\\"\" -> \"http://a/?\\\"];}<b>" FFFD FFFD "\\n " FFFD "\\\\N\\\\\";\n"
         "}\n";

START_TEST(a_graph_to_the_letter)
{
    char *text = format_records(&OUTPUT_DOT, STATS, sizeof STATS / sizeof STATS[0]);
    ck_assert_str_eq(text, EXPECTED);
    free(text);
}
END_TEST

START_TEST(no_url_is_a_graph_too)
{
    char *text = format_records(&OUTPUT_DOT, NULL, 0);
    ck_assert_str_eq(text, HEAD "}\n");
    free(text);
}
END_TEST

int main(void)
{
    return RUN_TESTS("dot", a_graph_to_the_letter, no_url_is_a_graph_too);
}
