/* The commands that show how the crawler sees a URL, a document's links and its encoding. */
#include "e2e/run.h"

#include <stdlib.h>
#include <string.h>

#include "unit/suite.h"

struct command {
    const char *arguments[6];
    const char *input;
    const char *output;
    int exit_code;
    const char *message; /* on standard error; NULL for nothing */
};

static const struct command COMMANDS[] = {
    {{"resolve"},
     "{\"input\":\"../a b?c\\u00e9\",\"base\":\"http://x/y/z\"}\n"
     "{\"input\":\"http://ex.test:80/\"}\n"
     "{\"input\":\"rel\",\"base\":null}\n"
     "not json\n"
     "[1]\n"
     "{\"base\":\"http://x/\"}\n"
     "{\"input\":\"/\\ud800\\\\ud83d\\ude00\\udc00\",\"base\":\"http://x/\"}\n"
     "{\"input\":\"/last\",\"base\":\"http://x/\"}",
     "{\"href\":\"http://x/a%20b?c%C3%A9\"}\n"
     "{\"href\":\"http://ex.test/\"}\n"
     "{\"failure\":true,\"reason\":\"relative URL without a base\"}\n"
     "{\"failure\":true,\"reason\":\"'[' or '{' expected near 'not'\"}\n"
     "{\"failure\":true,\"reason\":\"not an object with \\\"input\\\" and perhaps \\\"base\\\"\"}\n"
     "{\"failure\":true,\"reason\":\"not an object with \\\"input\\\" and perhaps \\\"base\\\"\"}\n"
     "{\"href\":\"http://x/%EF%BF%BD/ud83d%EF%BF%BD%EF%BF%BD\"}\n"
     "{\"href\":\"http://x/last\"}\n",
     0,
     NULL},
    {{"robots"},
     "{\"robots_txt_base64\":\"VXNlci1hZ2VudDogYQpEaXNhbGxvdzogL3gK\",\"user_agent\":\"A\",\"url\":\"http://h/"
     "x?y#z\"}\n"
     "{\"robots_txt_base64\":\"VXNlci1hZ2VudDogYQpEaXNhbGxvdzogL3gK\",\"user_agent\":\"b\",\"url\":\"http://h/x\"}\n"
     "{\"robots_txt_base64\":\"\",\"user_agent\":\"a\",\"url\":\"\"}\n"
     "{\"robots_txt_base64\":\"?\",\"user_agent\":\"a\",\"url\":\"http://h/\"}\n"
     "{}",
     "{\"allowed\":false}\n"
     "{\"allowed\":true}\n"
     "{\"allowed\":true}\n"
     "{\"failure\":true,\"reason\":\"\\\"robots_txt_base64\\\" is not base64\"}\n"
     "{\"failure\":true,\"reason\":\"not an object with \\\"robots_txt_base64\\\", \\\"user_agent\\\" and "
     "\\\"url\\\"\"}\n",
     0,
     NULL},
    {{"resolve", "x"}, "", "", 2, "resolve: takes no arguments"},
    {{"links", "--base", "http://h/x/", "-"},
     "<base href='/d/'><a rel='next nofollow' href='a?b&amp;c'>x</a><style>@import 'i.css'</style>"
     "<img src=' p.png '><a href='http://[/'>",
     "{\"url\":\"http://h/d/a?b&c\",\"element\":\"a\",\"attribute\":\"href\",\"rel\":\"next nofollow\"}\n"
     "{\"url\":\"http://h/d/i.css\",\"element\":\"style\",\"attribute\":\"@import\",\"rel\":\"\"}\n"
     "{\"url\":\"http://h/d/p.png\",\"element\":\"img\",\"attribute\":\"src\",\"rel\":\"\"}\n"
     "{\"url\":\"http://[/\",\"element\":\"a\",\"attribute\":\"href\",\"rel\":\"\"}\n",
     0,
     NULL},
    {{"links", "--content-type", "text/css", "-"},
     "a{b:url(c)}",
     "{\"url\":\"c\",\"element\":\"style\",\"attribute\":\"url()\",\"rel\":\"\"}\n",
     0,
     NULL},
    {{"links", "--extractor", "sieve", "-"}, "", "", 2, "--extractor sieve"},
    {{"links", "--base", "nowhere", "-"}, "", "", 2, "--base nowhere: relative URL"},
    {{"links", "/nonexistent"}, "", "", 1, "/nonexistent: No such file"},
    {{"links"}, "", "", 2, "links: name one file"},
    {{"charset", "-"}, "<meta charset=utf-8>", "{\"encoding\":\"UTF-8\",\"source\":\"meta\"}\n", 0, NULL},
    {{"charset", "-"}, "\xef\xbb\xbf", "{\"encoding\":\"UTF-8\",\"source\":\"bom\"}\n", 0, NULL},
    {{"charset", "-"}, "x", "{\"encoding\":\"windows-1252\",\"source\":\"default\"}\n", 0, NULL},
    {{"charset", "--content-type", "text/html;charset=sjis", "-"},
     "<meta charset=utf-8>",
     "{\"encoding\":\"Shift_JIS\",\"source\":\"header\"}\n",
     0,
     NULL},
    {{"charset", "--base", "x", "-"}, "", "", 2, "unrecognized option"},
    {{"sitemap", "-"},
     "<urlset><url><loc>http://h/?a&amp;b</loc><lastmod>2026-11-23</lastmod></url><url><loc>/\xc3\xa9\"</loc></url></"
     "urlset>",
     "{\"url\":\"http://h/?a&b\",\"lastmod\":\"2026-11-23\"}\n"
     "{\"url\":\"/\xc3\xa9\\\"\",\"lastmod\":\"\"}\n",
     0,
     NULL},
    {{"sitemap", "-"},
     "<sitemapindex><sitemap><loc>http://h/s.gz</loc><lastmod>2026</lastmod></sitemap></sitemapindex>",
     "{\"sitemap\":\"http://h/s.gz\"}\n",
     0,
     NULL},
    {{"sitemap", "-"}, "http://h/\nh\n", "{\"url\":\"http://h/\",\"lastmod\":\"\"}\n", 0, "-: 1 left out"},
    {{"sitemap", "-"},
     "<urlset><url><loc>http://h/</loc></url>",
     "{\"url\":\"http://h/\",\"lastmod\":\"\"}\n",
     1,
     "-: malformed input"},
    {{"sitemap", "-"}, "<html/>", "", 1, "-: malformed input"},
    {{"sitemap", "-"}, "", "", 0, NULL},
    {{"sitemap", "/nonexistent"}, "", "", 1, "/nonexistent: No such file"},
    {{"sitemap", "--base", "x", "-"}, "", "", 2, "unrecognized option"},
    {{"sitemap"}, "", "", 2, "sitemap: name one file"},
};

START_TEST(each_command_answers)
{
    const struct command *command = &COMMANDS[_i];
    struct run run;
    run_crawler_on(&run, command->input, command->arguments);
    ck_assert_str_eq(run.out, command->output);
    ck_assert_int_eq(run.exit_code, command->exit_code);
    if (command->message)
        ck_assert_msg(strstr(run.err, command->message) != NULL, "%s", run.err);
    else
        ck_assert_str_eq(run.err, "");
    run_free(&run);
}
END_TEST

int main(void)
{
    return RUN_TESTS_TIMES("inspect", sizeof COMMANDS / sizeof COMMANDS[0], each_command_answers);
}
