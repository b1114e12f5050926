/* Lines of the outputs that write as the crawl goes on. */
#include "output/line_output.h"

#include <sys/stat.h>

#include "base/error.h"
#include "output/jsonl.h"
#include "output/skipped.h"
#include "unit/crawler/output_fixture.h"

static const struct fetch_statistic STAT = {.url = TEXT("http://a/"),
                                            .status = 200,
                                            .error_detail = "",
                                            .content_type = "",
                                            .encoding = "",
                                            .remote_address = ""};

static void skip(struct output_fixture *fixture, struct slice url, enum reason reason, struct slice referrer)
{
    const struct observer *observer = &fixture->output->observer;
    ck_assert_int_eq(observer->skipped(observer->context, url, reason, referrer), 0);
}

START_TEST(skipped_urls_to_the_letter)
{
    struct output_fixture fixture;
    fixture_open(&fixture, &OUTPUT_SKIPPED);
    skip(&fixture, SLICE("http://b/"), REASON_HOST, SLICE("http://a/"));
    skip(&fixture, SLICE("http://[\"<script>\0\x1b\xff"), REASON_MALFORMED, SLICE(""));
    skip(&fixture, SLICE(""), REASON_MALFORMED, SLICE("http://a/"));
    ck_assert_int_eq(fixture_finish(&fixture), 0);
    char *text = fixture_read(&fixture, "out.xml");
    ck_assert_str_eq(text, "{\"url\":\"http://b/\",\"reason\":\"host\",\"text\":\"host is out of scope\","
                           "\"referrer\":\"http://a/\"}\n"
                           "{\"url\":\"http://[\\\"<script>\\u0000\\u001b\xef\xbf\xbd\",\"reason\":\"malformed\","
                           "\"text\":\"not a valid URL\",\"referrer\":null}\n"
                           "{\"url\":\"\",\"reason\":\"malformed\",\"text\":\"not a valid URL\","
                           "\"referrer\":\"http://a/\"}\n");
    free(text);
    fixture_close(&fixture);
}
END_TEST

/* Bytes in FILE.part, which must end with a line. */
static long part_length(const struct output_fixture *fixture)
{
    char path[96];
    sprintf(path, "%s.part", fixture->path);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    long length = ftell(file);
    if (length) {
        ck_assert_int_eq(fseek(file, -1, SEEK_END), 0);
        ck_assert_int_eq(fgetc(file), '\n');
    }
    fclose(file);
    return length;
}

START_TEST(who_reads_along_has_whole_lines)
{
    struct output_fixture fixture;
    long last = 0, changes = 0;
    fixture_open(&fixture, &OUTPUT_JSONL);
    for (unsigned i = 0; i < 2000; i++) {
        fixture_take(&fixture, &STAT);
        long length = part_length(&fixture);
        changes += length != last;
        last = length;
    }
    ck_assert_int_ge(changes, 5);
    ck_assert_int_eq(fixture_finish(&fixture), 0);
    free(fixture_read(&fixture, "out.xml"));
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_crawl_that_breaks_off_leaves_its_lines)
{
    struct output_fixture fixture;
    fixture_open(&fixture, &OUTPUT_JSONL);
    struct output_file *file = fixture.output->file;
    fixture_take(&fixture, &STAT);
    OUTPUT_JSONL.free(fixture.output);
    output_file_free(file);
    char *text = fixture_read(&fixture, "out.xml.part");
    ck_assert_int_eq(strncmp(text, "{\"url\":\"http://a/\",", 19), 0);
    ck_assert_int_eq(text[strlen(text) - 1], '\n');
    free(text);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_full_disk_is_reported)
{
    struct output_file *file;
    struct output *output;
    struct options options = {0};
    const struct crawl_end end = {.options = &options};
    ck_assert_int_eq(output_file_open(&file, "/dev/full", true), 0);
    ck_assert_int_eq(OUTPUT_JSONL.create(&output, file, &options), 0);
    output->file = file;
    int err = 0;
    for (unsigned i = 0; i < 1000 && !err; i++)
        err = output->observer.fetched(output->observer.context, &STAT);
    ck_assert_int_eq(err, ERR_NO_SPACE);
    ck_assert_int_eq(OUTPUT_JSONL.finish(output, &end), ERR_NO_SPACE);
    OUTPUT_JSONL.free(output);
    output_file_free(file);
}
END_TEST

START_TEST(a_line_that_fails_is_taken_back)
{
    struct output_fixture fixture;
    fixture_open(&fixture, &OUTPUT_JSONL);
    struct line_output *lines = line_output_of(fixture.output);
    fixture_take(&fixture, &STAT);
    ck_assert_int_eq(buf_append_slice(&lines->text, SLICE("{\"url\":")), 0);
    ck_assert_int_eq(line_output_end_line(lines, ERR_NO_MEMORY), ERR_NO_MEMORY);
    fixture_take(&fixture, &STAT);
    ck_assert_uint_eq(lines->count, 2);
    ck_assert_ptr_null(strstr(buf_text(&lines->text), "\n{\"url\":{"));
    const struct crawl_end end = {0};
    ck_assert_int_eq(line_output_finish(fixture.output, &end), ERR_NO_MEMORY);
    struct output_file *file = fixture.output->file;
    OUTPUT_JSONL.free(fixture.output);
    output_file_free(file);
    char *text = fixture_read(&fixture, "out.xml.part");
    ck_assert_int_eq(text[strlen(text) - 1], '\n');
    free(text);
    fixture_close(&fixture);
}
END_TEST

int main(void)
{
    return RUN_TESTS("line_output", skipped_urls_to_the_letter, who_reads_along_has_whole_lines,
                     a_crawl_that_breaks_off_leaves_its_lines, a_full_disk_is_reported,
                     a_line_that_fails_is_taken_back);
}
