#include "store/journal.h"

#include <string.h>

#include "base/error.h"
#include "unit/suite.h"

static const struct fetch_statistic RECORD = {.next_url = {"http://a.test/next", 18},
                                              .status = 301,
                                              .error = ERR_TRUNCATED,
                                              .error_detail = "10 bytes missing",
                                              .content_type = "text/html",
                                              .encoding = "",
                                              .is_html = true,
                                              .reused = true,
                                              .is_not_modified = true,
                                              .is_unchanged = true,
                                              .entity_tag = {"W/\"1\"", 5},
                                              .last_modified = {"Mon", 3},
                                              .size = UINT64_C(1) << 40,
                                              .wire_size = 7,
                                              .digest = UINT64_MAX,
                                              .num_urls = 3,
                                              .num_new_urls = 2,
                                              .tries = 4,
                                              .started = SECONDS(5),
                                              .timings = {.resolved = 1, .begun = 2, .connected = 3, .total = 6},
                                              .version = HTTP_2,
                                              .remote_address = "::1"};

static void append_all(struct buf *stream)
{
    const struct journal_entry url = {.kind = JOURNAL_URL,
                                      .id = 7,
                                      .referrer = 3,
                                      .depth = 2,
                                      .redirects = 1,
                                      .reason = REASON_DEPTH,
                                      .text = SLICE("http://a.test/"),
                                      .more = SLICE("http://a.test/sitemap.xml")};
    const struct journal_entry record = {.kind = JOURNAL_RECORD, .id = 7, .depth = 2, .stat = RECORD};
    const struct journal_entry note = {.kind = JOURNAL_NOTE, .text = SLICE("finished"), .number = 1};
    ck_assert_int_eq(journal_append(stream, &url), 0);
    ck_assert_int_eq(journal_append(stream, &record), 0);
    ck_assert_int_eq(journal_append(stream, &note), 0);
}

static void check_url(const struct journal_entry *entry)
{
    ck_assert_int_eq(entry->kind, JOURNAL_URL);
    ck_assert_uint_eq(entry->id, 7);
    ck_assert_uint_eq(entry->referrer, 3);
    ck_assert_uint_eq(entry->depth, 2);
    ck_assert_uint_eq(entry->redirects, 1);
    ck_assert_int_eq(entry->reason, REASON_DEPTH);
    ck_assert(slice_equal(entry->text, SLICE("http://a.test/")));
    ck_assert(slice_equal(entry->more, SLICE("http://a.test/sitemap.xml")));
}

static void check_record(const struct journal_entry *entry)
{
    const struct fetch_statistic *stat = &entry->stat;
    ck_assert_int_eq(entry->kind, JOURNAL_RECORD);
    ck_assert_int_eq(stat->status, 301);
    ck_assert_int_eq(stat->error, ERR_TRUNCATED);
    ck_assert(stat->is_not_modified && stat->is_unchanged);
    ck_assert(slice_equal(stat->entity_tag, RECORD.entity_tag));
    ck_assert(slice_equal(stat->last_modified, RECORD.last_modified));
    ck_assert(stat->is_html && stat->reused && !stat->truncated && !stat->is_accepted);
    ck_assert_uint_eq(stat->size, RECORD.size);
    ck_assert_uint_eq(stat->wire_size, 7);
    ck_assert_uint_eq(stat->digest, UINT64_MAX);
    ck_assert_uint_eq(stat->num_urls, 3);
    ck_assert_uint_eq(stat->num_new_urls, 2);
    ck_assert_uint_eq(stat->tries, 4);
    ck_assert_int_eq(stat->started, SECONDS(5));
    ck_assert_mem_eq(&stat->timings, &RECORD.timings, sizeof stat->timings);
    ck_assert_int_eq(stat->version, HTTP_2);
    ck_assert(slice_equal(stat->next_url, RECORD.next_url));
    ck_assert(slice_equal(entry->detail, SLICE("10 bytes missing")));
    ck_assert(slice_equal(entry->type, SLICE("text/html")));
    ck_assert_uint_eq(entry->encoding.length, 0);
    ck_assert(slice_equal(entry->address, SLICE("::1")));
}

START_TEST(messages_arrive_as_they_were_sent)
{
    struct buf stream;
    struct journal_entry entry;
    buf_init(&stream, 1 << 20);
    append_all(&stream);
    struct slice rest = buf_slice(&stream);
    ck_assert_int_eq(journal_take(&rest, &entry), 1);
    check_url(&entry);
    ck_assert_int_eq(journal_take(&rest, &entry), 1);
    check_record(&entry);
    ck_assert_int_eq(journal_take(&rest, &entry), 1);
    ck_assert_int_eq(entry.kind, JOURNAL_NOTE);
    ck_assert_uint_eq(entry.number, 1);
    ck_assert_uint_eq(rest.length, 0);
    ck_assert_int_eq(journal_take(&rest, &entry), 0);
    buf_free(&stream);
}
END_TEST

START_TEST(a_message_counts_when_it_is_whole)
{
    struct buf stream;
    struct journal_entry entry;
    size_t counts[4] = {0};
    buf_init(&stream, 1 << 20);
    append_all(&stream);
    for (size_t length = 0; length <= stream.length; length++) {
        struct slice rest = {stream.data, length};
        size_t count = 0;
        int got;
        while ((got = journal_take(&rest, &entry)) > 0)
            count++;
        ck_assert_int_eq(got, 0);
        counts[count]++;
    }
    ck_assert_uint_eq(counts[3], 1);
    ck_assert_uint_eq(counts[0] + counts[1] + counts[2], stream.length);
    buf_free(&stream);
}
END_TEST

START_TEST(what_is_no_message_is_refused)
{
    struct buf stream;
    struct journal_entry entry;
    buf_init(&stream, 1 << 20);
    append_all(&stream);
    memset(stream.data + sizeof(uint32_t), 0xff, sizeof(uint32_t)); /* the kind */
    struct slice rest = buf_slice(&stream);
    ck_assert_int_eq(journal_take(&rest, &entry), ERR_SYNTAX);
    buf_free(&stream);
}
END_TEST

START_TEST(a_message_that_does_not_fit_leaves_no_trace)
{
    struct buf stream;
    buf_init(&stream, 100);
    const struct journal_entry record = {.kind = JOURNAL_RECORD, .id = 7, .stat = RECORD};
    ck_assert_int_eq(journal_append(&stream, &record), ERR_TOO_LARGE);
    ck_assert_uint_eq(stream.length, 0);
    buf_free(&stream);
}
END_TEST

int main(void)
{
    return RUN_TESTS("journal", messages_arrive_as_they_were_sent, a_message_counts_when_it_is_whole,
                     what_is_no_message_is_refused, a_message_that_does_not_fit_leaves_no_trace);
}
