/* The parts of a WARC archive, each alone. */
#include "output/warc.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "output/gzip_member.h"
#include "output/surt.h"
#include "output/warc_head.h"
#include "output/warc_index.h"
#include "output/warc_spool.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { LIMIT = 16 << 20, IN_MEMORY = 256 * 1024 /* of a body, at most */, LARGE = 300 * 1000 };

static char folder[FOLDER_SIZE];
static char prefix[FOLDER_SIZE + 2];

static void open_folder(void)
{
    folder_make(folder, "/tmp/crawler-warc-unit");
    snprintf(prefix, sizeof prefix, "%s/a", folder);
}

START_TEST(digests_are_those_of_the_tables)
{
    static const struct {
        const char *text, *digest;
    } cases[] = {
        {"", "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"},
        {"abc", "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5"},
        {"The quick brown fox jumps over the lazy dog", "sha1:F7KODRT2FUUPZ3MET3Q3W5XHHENZH2YS"},
    };
    struct warc_digest *digest = warc_digest_create();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t cut = 0; cut <= strlen(cases[i].text); cut++) {
            char text[WARC_DIGEST_SIZE];
            struct slice all = slice_of(cases[i].text);
            warc_digest_begin(digest);
            warc_digest_add(digest, (struct slice){all.data, cut});
            warc_digest_add(digest, (struct slice){all.data + cut, all.length - cut});
            warc_digest_end(digest, text);
            ck_assert_str_eq(text, cases[i].digest);
        }
    warc_digest_free(digest);
}
END_TEST

START_TEST(ids_are_random_uuids)
{
    char last[WARC_ID_SIZE] = "";
    for (int i = 0; i < 1000; i++) {
        char id[WARC_ID_SIZE];
        warc_id_make(id);
        ck_assert_uint_eq(strlen(id), WARC_ID_SIZE - 1);
        ck_assert(id[24] == '4' && strchr("89ab", id[29]) && strcmp(id, last) != 0);
        memcpy(last, id, sizeof last);
    }
}
END_TEST

START_TEST(dates_are_utc_with_microseconds)
{
    char date[WARC_DATE_SIZE];
    warc_date_of(&(struct timespec){1796025600, 123456789}, date);
    ck_assert_str_eq(date, "2026-11-30T08:00:00.123456Z");
    warc_date_of(&(struct timespec){0, 0}, date);
    ck_assert_str_eq(date, "1970-01-01T00:00:00.000000Z");
    warc_date_of(&(struct timespec){400000000000, 0}, date);
    ck_assert_uint_eq(strlen(date), WARC_DATE_SIZE - 1);
}
END_TEST

START_TEST(a_head_has_what_is_known)
{
    struct buf out;
    buf_init(&out, LIMIT);
    const struct warc_head head = {.type = "response",
                                   .id = "<x>",
                                   .url = SLICE("http://h/"),
                                   .address = "",
                                   .profile = "a\r\nWARC-Type: b",
                                   .length = 7};
    ck_assert_int_eq(warc_head_append(&head, &out), 0);
    ck_assert_str_eq(buf_text(&out), "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <x>\r\n"
                                     "WARC-Target-URI: http://h/\r\nContent-Length: 7\r\n\r\n");
    buf_free(&out);
}
END_TEST

static const struct {
    const char *url, *key;
} SURTS[] = {
    {"http://example.org/", "org,example)/"},
    {"https://www.Example.org/A/b", "org,example)/a/b"},
    {"http://www2.example.org:8080/", "org,example:8080)/"},
    {"http://wwwx.example.org/", "org,example,wwwx)/"},
    {"http://127.0.0.1:81/x?b=2&a=1&a", "1,0,0,127:81)/x?a&a=1&b=2"},
    {"http://[::1]:81/", "[::1]:81)/"},
    {"http://h/?", "h)/"},
    {"http://h/a/?q", "h)/a/?q"},
    {"http://h/?q", "h)/?q"},
    {"http://h/x?&b&&a", "h)/x?&&a&b"},
    {"http://a.b.c.d/%C3%A4", "d,c,b,a)/%c3%a4"},
};

START_TEST(keys_of_urls)
{
    struct buf out;
    buf_init(&out, LIMIT);
    for (size_t i = 0; i < sizeof SURTS / sizeof SURTS[0]; i++) {
        buf_clear(&out);
        ck_assert_int_eq(surt_append(&out, slice_of(SURTS[i].url)), 0);
        ck_assert_str_eq(buf_text(&out), SURTS[i].key);
    }
    buf_free(&out);
}
END_TEST

START_TEST(positions_come_back)
{
    struct archive_position position = {SLICE("my folder/a b"), 12, UINT64_MAX, 34}, read;
    struct buf text;
    buf_init(&text, LIMIT);
    ck_assert_int_eq(archive_position_append(&position, &text), 0);
    ck_assert_int_eq(archive_position_read(buf_text(&text), &read), 0);
    ck_assert(slice_equal(read.prefix, position.prefix) && read.file == 12 && read.length == UINT64_MAX &&
              read.index_length == 34);
    static const char *const broken[] = {"", "1 2", "1 2 3", "x 2 3 a", "1 2 3a"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        ck_assert_int_eq(archive_position_read(broken[i], &read), ERR_SYNTAX);
    buf_free(&text);
}
END_TEST

/* --- members ------------------------------------------------------------------------------------------------------ */

static void unpack(struct slice packed, struct buf *out)
{
    z_stream stream = {.next_in = (Bytef *)packed.data, .avail_in = (uInt)packed.length};
    ck_assert_int_eq(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
    ck_assert_int_eq(buf_reserve(out, LIMIT / 2), 0);
    stream.next_out = (Bytef *)out->data;
    stream.avail_out = LIMIT / 2;
    ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    ck_assert_uint_eq(stream.avail_in, 0);
    out->length = LIMIT / 2 - stream.avail_out;
    inflateEnd(&stream);
}

static void fill(struct buf *bytes, size_t length)
{
    unsigned seed = 5;
    buf_init(bytes, LIMIT);
    ck_assert_int_eq(buf_reserve(bytes, length), 0);
    for (size_t i = 0; i < length; i++)
        bytes->data[i] = (char)("etaoin shrdlu<>/\n"[rand_r(&seed) % 17]);
    bytes->length = length;
    bytes->data[length] = '\0';
}

static const size_t SIZES[] = {0, 1, 100, 70000, IN_MEMORY, IN_MEMORY + 1, 3 << 20};

/* Packs "head ", the body and "end" as one member, the head last. */
static void pack_spooled(const struct warc_spool *spool, struct buf *out)
{
    struct gzip_part head = {.is_open = false};
    ck_assert_int_eq(gzip_append_head(out) | gzip_part_begin(&head) | gzip_part_add(&head, SLICE("head "), out), 0);
    ck_assert_int_eq(gzip_part_end(&head, false, out), 0);
    for (uint64_t at = 0; at < spool->packed; at += 5000)
        ck_assert_int_eq(warc_spool_read(spool, at, 5000, out), 0);
    ck_assert_int_eq(gzip_append_tail(&head, &spool->part, out), 0);
    gzip_part_close(&head);
}

static void pack_at_once(const struct warc_spool *spool, struct buf *out)
{
    struct libdeflate_compressor *packer = gzip_packer_create();
    struct buf text;
    buf_init(&text, LIMIT);
    ck_assert_int_eq(buf_printf(&text, "head %send", buf_text(&spool->bytes)), 0);
    ck_assert_int_eq(gzip_append_member(packer, buf_slice(&text), out), 0);
    buf_free(&text);
    gzip_packer_free(packer);
}

static void spool_body(struct warc_spool *spool, struct slice body)
{
    bool is_fatal;
    for (size_t at = 0; at < body.length; at += 16000) {
        size_t length = body.length - at < 16000 ? body.length - at : 16000;
        ck_assert_int_eq(warc_spool_add(spool, (struct slice){body.data + at, length}, &is_fatal), 0);
    }
    ck_assert_int_eq(warc_spool_end(spool, SLICE("end")), 0);
    ck_assert_uint_eq(spool->length, body.length);
}

START_TEST(a_body_that_was_spooled_comes_back)
{
    struct warc_spools spools = {.prefix = prefix};
    struct warc_spool spool;
    struct buf body, out, back;
    open_folder();
    fill(&body, SIZES[_i]);
    buf_init(&out, LIMIT);
    buf_init(&back, LIMIT);
    warc_spool_init(&spool, &spools);
    for (int turn = 0; turn < 2; turn++) { /* it can be used again */
        buf_clear(&out);
        buf_clear(&back);
        spool_body(&spool, buf_slice(&body));
        ck_assert_int_eq(warc_spool_is_in_file(&spool), SIZES[_i] > IN_MEMORY);
        if (warc_spool_is_in_file(&spool))
            pack_spooled(&spool, &out);
        else
            pack_at_once(&spool, &out);
        unpack(buf_slice(&out), &back);
        ck_assert_uint_eq(back.length, body.length + 8);
        ck_assert_int_eq(memcmp(back.data, "head ", 5), 0);
        ck_assert_int_eq(memcmp(back.data + 5, body.data, body.length), 0);
        ck_assert_int_eq(memcmp(back.data + 5 + body.length, "end", 3), 0);
        warc_spool_clear(&spool);
        ck_assert_uint_eq(spools.in_memory, 0);
    }
    buf_free(&body);
    buf_free(&out);
    buf_free(&back);
    ck_assert_int_eq(rmdir(folder), 0); /* the file had no name */
}
END_TEST

START_TEST(a_spool_without_a_place_says_so)
{
    struct warc_spools spools = {.prefix = "/nowhere/at/all"};
    struct warc_spool spool;
    struct buf body;
    bool is_fatal;
    fill(&body, LARGE);
    warc_spool_init(&spool, &spools);
    ck_assert_int_eq(warc_spool_add(&spool, buf_slice(&body), &is_fatal), ERR_NOT_FOUND);
    ck_assert(is_fatal);
    warc_spool_clear(&spool);
    ck_assert_uint_eq(spools.in_memory, 0);
    buf_free(&body);
}
END_TEST

/* --- the index ---------------------------------------------------------------------------------------------------- */

static struct warc_entry entry_of(const char *url, const char *digest)
{
    return (struct warc_entry){.url = slice_of(url),
                               .mime = SLICE("text/html"),
                               .date = "2026-11-30T08:00:00.123456Z",
                               .id = "<urn:uuid:00000000-0000-4000-8000-000000000000>",
                               .payload_digest = digest,
                               .status = 200,
                               .has_payload = true,
                               .offset = 10,
                               .length = 20};
}

#define ONE "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5"
#define TWO "sha1:F7KODRT2FUUPZ3MET3Q3W5XHHENZH2YS"

static void check_found(struct warc_index *index, const char *digest, const char *url)
{
    struct warc_original original;
    ck_assert_int_eq(warc_index_find(index, digest, &original), url != NULL);
    if (!url)
        return;
    ck_assert(slice_equal(original.url, slice_of(url)));
    ck_assert_str_eq(original.date, "2026-11-30T08:00:00.123456Z");
    ck_assert_uint_eq(strlen(original.id), WARC_ID_SIZE - 1);
}

START_TEST(the_index_knows_payloads_also_when_it_is_gone_on_with)
{
    struct archive_position position;
    struct warc_index index;
    struct warc_entry first = entry_of("http://h/b", ONE), second = entry_of("http://h/a\"", TWO);
    open_folder();
    position = (struct archive_position){.prefix = slice_of(prefix)};
    ck_assert_int_eq(warc_index_create(&index, &position), 0);
    check_found(&index, ONE, NULL);
    ck_assert_int_eq(warc_index_add(&index, &first), 0);
    warc_index_commit(&index);
    check_found(&index, ONE, "http://h/b");
    ck_assert_int_eq(warc_index_add(&index, &second), 0); /* and is not committed */
    warc_index_close(&index, false);

    ck_assert_int_eq(warc_index_resume(&index, &position), 0);
    check_found(&index, ONE, "http://h/b");
    check_found(&index, TWO, NULL);
    ck_assert_int_eq(warc_index_add(&index, &second), 0);
    warc_index_commit(&index);
    check_found(&index, TWO, "http://h/a\"");
    ck_assert_int_eq(warc_index_write(&index), 0);
    warc_index_close(&index, true);

    char name[80], text[1024] = "";
    snprintf(name, sizeof name, "%s.cdxj", prefix);
    FILE *file = fopen(name, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, file), 0);
    fclose(file);
    ck_assert_str_eq(
        text, "h)/a\" 20261130080000 {\"url\": \"http://h/a\\\"\", \"mime\": \"text/html\", \"status\": \"200\", "
              "\"digest\": \"F7KODRT2FUUPZ3MET3Q3W5XHHENZH2YS\", \"length\": \"20\", \"offset\": \"10\", "
              "\"filename\": \"a-00000.warc.gz\"}\n"
              "h)/b 20261130080000 {\"url\": \"http://h/b\", \"mime\": \"text/html\", \"status\": \"200\", "
              "\"digest\": \"VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5\", \"length\": \"20\", \"offset\": \"10\", "
              "\"filename\": \"a-00000.warc.gz\"}\n");
    folder_remove(folder);
}
END_TEST

START_TEST(lines_that_are_not_ours_are_refused)
{
    struct archive_position position = {.index_length = 9};
    struct warc_index index;
    char name[80];
    open_folder();
    position.prefix = slice_of(prefix);
    snprintf(name, sizeof name, "%s.cdxj.lines", prefix);
    file_write(name, "my diary\nand more");
    ck_assert_int_eq(warc_index_resume(&index, &position), ERR_SYNTAX);
    warc_index_close(&index, false);
    position.index_length = 1000;
    ck_assert_int_eq(warc_index_resume(&index, &position), ERR_TRUNCATED);
    warc_index_close(&index, false);
    folder_remove(folder);
}
END_TEST

int main(void)
{
    int failed =
        RUN_TESTS("warc", digests_are_those_of_the_tables, ids_are_random_uuids, dates_are_utc_with_microseconds,
                  a_head_has_what_is_known, keys_of_urls, positions_come_back, a_spool_without_a_place_says_so,
                  the_index_knows_payloads_also_when_it_is_gone_on_with, lines_that_are_not_ours_are_refused);
    return failed | RUN_TESTS_TIMES("warc spool", sizeof SIZES / sizeof SIZES[0], a_body_that_was_spooled_comes_back);
}
