#include "e2e/warc_reader.h"

#include <check.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>

enum { NAME_SIZE = 160, VALUE_SIZE = 8192, ANSWER_SIZE = 2048 };

static void append(struct bytes *bytes, const void *data, size_t length)
{
    bytes->data = realloc(bytes->data, bytes->length + length + 1);
    ck_assert_ptr_nonnull(bytes->data);
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
    bytes->data[bytes->length] = '\0';
}

struct bytes bytes_of_file(const char *path)
{
    struct bytes bytes = {0};
    char piece[65536];
    size_t got;
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is not there", path);
    append(&bytes, "", 0);
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        append(&bytes, piece, got);
    fclose(file);
    return bytes;
}

/* --- one member --------------------------------------------------------------------------------------------------- */

/* Unpacks the member at the beginning of `bytes`; returns its size. */
static size_t unpack(struct bytes bytes, struct bytes *out, const char *where)
{
    z_stream stream = {.next_in = (Bytef *)bytes.data, .avail_in = (uInt)bytes.length};
    char piece[65536];
    int result;
    ck_assert_int_eq(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
    *out = (struct bytes){0};
    append(out, "", 0);
    do {
        stream.next_out = (Bytef *)piece;
        stream.avail_out = sizeof piece;
        result = inflate(&stream, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END)
            ck_abort_msg("%s: a member that is broken: %d", where, result);
        append(out, piece, sizeof piece - stream.avail_out);
    } while (result != Z_STREAM_END);
    size_t size = bytes.length - stream.avail_in;
    inflateEnd(&stream);
    return size;
}

const char *warc_field(const struct warc_record *record, const char *name)
{
    static char values[4][VALUE_SIZE];
    static unsigned turn;
    char *value = values[turn++ % 4], start[NAME_SIZE];
    size_t length = (size_t)snprintf(start, sizeof start, "\r\n%s: ", name);
    const char *found = strstr(record->head, start);
    value[0] = '\0';
    if (found)
        snprintf(value, VALUE_SIZE, "%.*s", (int)strcspn(found + length, "\r"), found + length);
    return value;
}

bool warc_is(const struct warc_record *record, const char *type)
{
    return strcmp(warc_field(record, "WARC-Type"), type) == 0;
}

static void check_digest(const struct warc_record *record, const char *name, struct bytes bytes)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned char sum[EVP_MAX_MD_SIZE];
    char text[64] = "sha1:";
    const char *said = warc_field(record, name);
    ck_assert(EVP_Digest(bytes.data, bytes.length, sum, NULL, EVP_sha1(), NULL));
    for (int i = 0; i < 32; i++) {
        unsigned bit = (unsigned)i * 5, pair = (unsigned)sum[bit / 8] << 8 | (bit / 8 + 1 < 20 ? sum[bit / 8 + 1] : 0);
        text[5 + i] = alphabet[pair >> (11 - bit % 8) & 31];
    }
    text[37] = '\0';
    if (strcmp(said, text) != 0)
        ck_abort_msg("%s of %s: %s instead of %s\n%s", name, warc_field(record, "WARC-Target-URI"), said, text,
                     record->head);
}

/* Takes a body out of its chunks (RFC 9112, section 7.1). */
static struct bytes without_chunks(struct bytes body)
{
    struct bytes out = {0};
    const char *at = body.data, *end = body.data + body.length;
    append(&out, "", 0);
    while (at < end) {
        char *line;
        size_t size = strtoul(at, &line, 16);
        line = strstr(line, "\r\n");
        if (!size || !line)
            break;
        at = line + 2;
        if ((size_t)(end - at) < size)
            break;
        append(&out, at, size);
        at += size + 2;
    }
    return out;
}

static void take_http(struct warc_record *record)
{
    const char *empty = strstr(record->block.data, "\r\n\r\n");
    ck_assert_msg(empty != NULL, "a block without a head: %s", record->block.data);
    size_t length = (size_t)(empty + 4 - record->block.data);
    append(&record->http_head, record->block.data, length);
    struct bytes body = {record->block.data + length, record->block.length - length};
    if (strstr(record->http_head.data, "\r\nTransfer-Encoding: chunked\r\n"))
        record->payload = without_chunks(body);
    else
        append(&record->payload, body.data, body.length);
}

static void check_record(const struct warc_record *record)
{
    const char *id = warc_field(record, "WARC-Record-ID"), *date = warc_field(record, "WARC-Date");
    ck_assert_msg(strlen(id) == 47 && strncmp(id, "<urn:uuid:", 10) == 0 && id[24] == '4', "id %s", id);
    ck_assert_msg(strlen(date) == 27 && date[10] == 'T' && date[26] == 'Z', "date %s", date);
    check_digest(record, "WARC-Block-Digest", record->block);
    if (warc_is(record, "response") && warc_field(record, "WARC-Payload-Digest")[0])
        check_digest(record, "WARC-Payload-Digest", record->payload);
}

static void take_record(struct warc_record *record, struct bytes member)
{
    const char *end = strstr(member.data, "\r\n\r\n");
    ck_assert_msg(strncmp(member.data, "WARC/1.1\r\n", 10) == 0 && end, "no record: %.200s", member.data);
    size_t head = (size_t)(end + 4 - member.data);
    record->head = strndup(member.data, head);
    size_t length = strtoul(warc_field(record, "Content-Length"), NULL, 10);
    ck_assert_msg(member.length == head + length + 4, "%zu bytes behind a head that says %zu:\n%s",
                  member.length - head, length, record->head);
    ck_assert_int_eq(memcmp(member.data + member.length - 4, "\r\n\r\n", 4), 0);
    append(&record->block, member.data + head, length);
    if (strstr(warc_field(record, "Content-Type"), "application/http"))
        take_http(record);
    check_record(record);
}

/* --- an archive --------------------------------------------------------------------------------------------------- */

static void file_name(const char *prefix, unsigned number, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "%s-%05u.warc.gz", prefix, number);
}

unsigned warc_file_count(const char *prefix)
{
    char name[NAME_SIZE];
    unsigned count = 0;
    for (file_name(prefix, count, name); access(name, F_OK) == 0; file_name(prefix, count, name))
        count++;
    return count;
}

static void read_file(struct warc *warc, const char *name)
{
    struct bytes file = bytes_of_file(name);
    for (size_t offset = 0; offset < file.length;) {
        warc->records = realloc(warc->records, (warc->count + 1) * sizeof *warc->records);
        ck_assert_ptr_nonnull(warc->records);
        struct warc_record *record = &warc->records[warc->count++];
        struct bytes member;
        *record = (struct warc_record){.offset = offset};
        snprintf(record->file, sizeof record->file, "%s", name);
        record->size = unpack((struct bytes){file.data + offset, file.length - offset}, &member, name);
        take_record(record, member);
        free(member.data);
        ck_assert_msg(offset || warc_is(record, "warcinfo"), "%s begins with no warcinfo", name);
        offset += record->size;
    }
    free(file.data);
}

/* Connects to those who judge archives as well, see warc_judges.sh; -1 where there are none. */
static int connect_to_judges(void)
{
    const char *path = getenv("WARC_JUDGES");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path)
        return -1;
    ck_assert_uint_lt(strlen(path), sizeof address.sun_path);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_msg(connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "nobody judges at %s", path);
    return fd;
}

/* Has an archive judged by programs that are not ours. */
static void ask_judges(const char *prefix)
{
    char answer[ANSWER_SIZE] = "";
    size_t length = 0;
    ssize_t got;
    int fd = connect_to_judges();
    if (fd < 0)
        return;
    ck_assert_int_gt(dprintf(fd, "%s\n", prefix), 0);
    while (length < sizeof answer - 1 && (got = read(fd, answer + length, sizeof answer - 1 - length)) > 0)
        length += (size_t)got;
    close(fd);
    ck_assert_msg(strcmp(answer, "well") == 0, "others say of %s: %s", prefix, answer);
}

void warc_read(struct warc *warc, const char *prefix)
{
    *warc = (struct warc){0};
    unsigned count = warc_file_count(prefix);
    ck_assert_uint_gt(count, 0);
    for (unsigned i = 0; i < count; i++) {
        char name[NAME_SIZE];
        file_name(prefix, i, name);
        read_file(warc, name);
    }
    ask_judges(prefix);
}

void warc_forget(struct warc *warc)
{
    for (size_t i = 0; i < warc->count; i++) {
        free(warc->records[i].head);
        free(warc->records[i].block.data);
        free(warc->records[i].http_head.data);
        free(warc->records[i].payload.data);
    }
    free(warc->records);
}

static bool matches(const struct warc_record *record, const char *type, const char *url)
{
    return (!type || warc_is(record, type)) && (!url || strcmp(warc_field(record, "WARC-Target-URI"), url) == 0);
}

const struct warc_record *warc_find(const struct warc *warc, const char *type, const char *url, size_t nth)
{
    for (size_t i = 0; i < warc->count; i++)
        if (matches(&warc->records[i], type, url) && nth-- == 0)
            return &warc->records[i];
    return NULL;
}

size_t warc_count(const struct warc *warc, const char *type, const char *url)
{
    size_t count = 0;
    for (size_t i = 0; i < warc->count; i++)
        count += matches(&warc->records[i], type, url);
    return count;
}

/* --- its index ---------------------------------------------------------------------------------------------------- */

static const char *word(const json_t *entry, const char *name)
{
    const char *text = json_string_value(json_object_get(entry, name));
    return text ? text : "";
}

static void check_line(const struct warc *warc, const char *line)
{
    const char *json = strchr(line, '{');
    ck_assert_ptr_nonnull(json);
    json_t *entry = json_loads(json, 0, NULL);
    ck_assert_msg(entry != NULL, "no JSON: %s", line);
    const struct warc_record *found = NULL;
    for (size_t i = 0; i < warc->count && !found; i++)
        if (warc->records[i].offset == strtoul(word(entry, "offset"), NULL, 10) &&
            strcmp(strrchr(warc->records[i].file, '/') + 1, word(entry, "filename")) == 0)
            found = &warc->records[i];
    ck_assert_msg(found && (warc_is(found, "response") || warc_is(found, "revisit")), "leads nowhere: %s", line);
    ck_assert_uint_eq(found->size, strtoul(word(entry, "length"), NULL, 10));
    ck_assert_str_eq(warc_field(found, "WARC-Target-URI"), word(entry, "url"));
    ck_assert_ptr_nonnull(strstr(warc_field(found, "WARC-Payload-Digest"), word(entry, "digest")));
    ck_assert_int_eq(strncmp(found->http_head.data + strlen("HTTP/1.1 "), word(entry, "status"), 3), 0);
    ck_assert_int_eq(warc_is(found, "revisit"), strcmp(word(entry, "mime"), "warc/revisit") == 0);
    json_decref(entry);
}

void warc_check_index(const struct warc *warc, const char *prefix)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "%s.cdxj", prefix);
    struct bytes index = bytes_of_file(name);
    const char *last = "";
    size_t lines = 0;
    for (char *line = strtok(index.data, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        ck_assert_msg(strcmp(last, line) <= 0, "%s\nis behind\n%s", line, last);
        check_line(warc, line);
        last = line;
    }
    ck_assert_uint_eq(lines, warc_count(warc, "response", NULL) + warc_count(warc, "revisit", NULL));
    free(index.data);
}
