#include "output/sitemap.h"

#include "base/error.h"
#include "base/log.h"
#include "unit/async/log_capture.h"
#include "unit/crawler/output_fixture.h"

#define XML       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define NAMESPACE "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\""
#define HEAD      XML "<urlset " NAMESPACE ">\n"
#define TAIL      "</urlset>\n"
#define NO_TEXT   .error_detail = "", .content_type = "", .encoding = "", .remote_address = ""

static const struct fetch_statistic STATS[] = {
    {.url = TEXT("http://a/z?'&\"<>"), .status = 200, .is_html = true, NO_TEXT},
    {.url = TEXT("http://a/cut"),
     .status = 200,
     .is_html = true,
     .error = ERR_BODY_TOO_LARGE,
     .truncated = true,
     NO_TEXT},
    {.url = TEXT("http://a/picture"), .status = 200, NO_TEXT},
    {.url = TEXT("http://a/missing"), .status = 404, .is_html = true, NO_TEXT},
    {.url = TEXT("http://a/accepted"), .status = 404, .is_html = true, .is_accepted = true, NO_TEXT},
    {.url = TEXT("http://a/redirect"), .status = 301, .next_url = TEXT("http://a/"), .is_html = true, NO_TEXT},
    {.url = TEXT("http://a/failed"), .status = 200, .is_html = true, .error = ERR_TRUNCATED, NO_TEXT},
    {.url = TEXT("http://a/"), .status = 200, .is_html = true, NO_TEXT},
};

START_TEST(documents_that_are_there)
{
    char *text = format_records(&OUTPUT_SITEMAP, STATS, sizeof STATS / sizeof STATS[0]);
    ck_assert_str_eq(text, HEAD "<url><loc>http://a/</loc></url>\n"
                                "<url><loc>http://a/cut</loc></url>\n"
                                "<url><loc>http://a/z?&apos;&amp;&quot;&lt;&gt;</loc></url>\n" TAIL);
    free(text);
}
END_TEST

START_TEST(none_is_a_sitemap_too)
{
    char *text = format_records(&OUTPUT_SITEMAP, NULL, 0);
    ck_assert_str_eq(text, HEAD TAIL);
    free(text);
}
END_TEST

/* Takes "http://a/NUMBER" and then 'fill' up to `length` bytes. */
static void take_numbered(struct output_fixture *fixture, unsigned number, size_t length, char fill)
{
    char url[4096];
    size_t at = (size_t)sprintf(url, "http://a/%06u", number);
    if (at < length)
        memset(url + at, fill, length - at);
    const struct fetch_statistic stat = {
        .url = {url, at < length ? length : at}, .status = 200, .is_html = true, NO_TEXT};
    fixture_take(fixture, &stat);
}

static size_t count_urls(const char *text)
{
    static const char start[] = "\n<url><loc>http://a/"; /* each stands on a line of its own */
    size_t count = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        count += strncmp(at, start, sizeof start - 1) == 0;
    return count;
}

/* Reads a file that must be a whole sitemap; returns its URLs. */
static size_t read_part(struct output_fixture *fixture, const char *name)
{
    char *text = fixture_read(fixture, name);
    ck_assert_msg(text != NULL, "no %s", name);
    size_t length = strlen(text), count = count_urls(text);
    ck_assert_uint_le(length, 50 << 20);
    ck_assert_int_eq(strncmp(text, HEAD, strlen(HEAD)), 0);
    ck_assert_str_eq(text + length - strlen(TAIL), TAIL);
    free(text);
    return count;
}

static char first_root[] = "b.test:81/x", second_root[] = "http://a/";
static char *roots[] = {first_root, second_root, NULL};

static void open_with_roots(struct output_fixture *fixture)
{
    fixture_open(fixture, &OUTPUT_SITEMAP);
    fixture->options.roots = (struct text_list){roots, 2};
}

START_TEST(fifty_thousand_are_one_file)
{
    struct output_fixture fixture;
    open_with_roots(&fixture);
    for (unsigned i = 0; i < 50000; i++)
        take_numbered(&fixture, i, 0, ' ');
    ck_assert_int_eq(fixture_finish(&fixture), 0);
    ck_assert_uint_eq(read_part(&fixture, "out.xml"), 50000);
    fixture_close(&fixture);
}
END_TEST

static const char INDEX[] = XML "<sitemapindex " NAMESPACE ">\n"
                                "<sitemap><loc>http://b.test:81/out-1.xml</loc></sitemap>\n"
                                "<sitemap><loc>http://b.test:81/out-2.xml</loc></sitemap>\n"
                                "</sitemapindex>\n";

START_TEST(one_more_makes_an_index)
{
    struct output_fixture fixture;
    open_with_roots(&fixture);
    for (unsigned i = 0; i < 50001; i++)
        take_numbered(&fixture, i, 0, ' ');
    ck_assert_int_eq(fixture_finish(&fixture), 0);
    char *text = fixture_read(&fixture, "out.xml");
    ck_assert_str_eq(text, INDEX);
    free(text);
    ck_assert_uint_eq(read_part(&fixture, "out-1.xml"), 50000);
    ck_assert_uint_eq(read_part(&fixture, "out-2.xml"), 1);
    fixture_close(&fixture);
}
END_TEST

/* Fewer than fifty thousand, but of the greatest length. */
START_TEST(many_bytes_make_an_index)
{
    enum { LENGTH = 2047, COUNT = 26000 };
    struct output_fixture fixture;
    open_with_roots(&fixture);
    for (unsigned i = 0; i < COUNT; i++)
        take_numbered(&fixture, i, LENGTH, 'x');
    ck_assert_int_eq(fixture_finish(&fixture), 0);
    size_t entry = LENGTH + strlen("<url><loc></loc></url>\n");
    size_t first = ((50 << 20) - strlen(HEAD TAIL)) / entry;
    char *text = fixture_read(&fixture, "out.xml");
    ck_assert_str_eq(text, INDEX);
    free(text);
    ck_assert_uint_eq(read_part(&fixture, "out-1.xml"), first);
    ck_assert_uint_eq(read_part(&fixture, "out-2.xml"), COUNT - first);
    fixture_close(&fixture);
}
END_TEST

START_TEST(long_urls_are_left_out_and_counted)
{
    struct output_fixture fixture;
    open_with_roots(&fixture);
    take_numbered(&fixture, 1, 2047, 'x');
    take_numbered(&fixture, 2, 2048, 'x');
    take_numbered(&fixture, 3, 3000, 'x');
    log_capture_start();
    ck_assert_int_eq(fixture_finish(&fixture), 0);
    log_set_sink(NULL, NULL);
    ck_assert_ptr_nonnull(strstr(logged_line, "sitemap: 2 URLs of more than 2047 bytes were left out"));
    ck_assert_uint_eq(read_part(&fixture, "out.xml"), 1);
    fixture_close(&fixture);
}
END_TEST

/* A part that can't be made: none of them gets its name. */
START_TEST(parts_are_named_together)
{
    char taken[80];
    struct output_fixture fixture;
    open_with_roots(&fixture);
    sprintf(taken, "%s/out-2.xml.part", fixture.folder);
    ck_assert_int_eq(symlink("/dev/null", taken), 0);
    for (unsigned i = 0; i < 50001; i++)
        take_numbered(&fixture, i, 0, ' ');
    ck_assert_int_ne(fixture_finish(&fixture), 0);
    unlink(taken);
    fixture_close(&fixture);
}
END_TEST

START_TEST(standard_output_is_not_split)
{
    struct output_file *file;
    struct output_fixture fixture;
    open_with_roots(&fixture);
    for (unsigned i = 0; i < 50001; i++)
        take_numbered(&fixture, i, 0, ' ');
    output_file_free(fixture.output->file);
    ck_assert_int_eq(output_file_open(&file, "-", false), 0);
    fixture.output->file = file;
    log_capture_start();
    ck_assert_int_eq(fixture_finish(&fixture), ERR_TOO_LARGE);
    log_set_sink(NULL, NULL);
    ck_assert_ptr_nonnull(strstr(logged_line, "need 2 files, into which standard output can't be split; name a file"));
    fixture_close(&fixture);
}
END_TEST

int main(void)
{
    return RUN_TESTS("sitemap", documents_that_are_there, none_is_a_sitemap_too, fifty_thousand_are_one_file,
                     one_more_makes_an_index, many_bytes_make_an_index, long_urls_are_left_out_and_counted,
                     parts_are_named_together, standard_output_is_not_split);
}
