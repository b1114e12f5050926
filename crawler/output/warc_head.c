#include "output/warc_head.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/random.h"

void warc_id_make(char id[WARC_ID_SIZE])
{
    uint64_t high = random_bits(), low = random_bits();
    high = (high & ~UINT64_C(0xf000)) | 0x4000;
    low = (low & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
    snprintf(id, WARC_ID_SIZE, "<urn:uuid:%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%012" PRIx64 ">",
             high >> 32, high >> 16 & 0xffff, high & 0xffff, low >> 48, low & 0xffffffffffff);
}

void warc_date_of(const struct timespec *when, char date[WARC_DATE_SIZE])
{
    struct tm parts;
    char seconds[sizeof "2026-11-30T08:00:00"];
    gmtime_r(&when->tv_sec, &parts);
    if (!strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &parts))
        memcpy(seconds, "9999-12-31T23:59:59", sizeof seconds);
    snprintf(date, WARC_DATE_SIZE, "%s.%06uZ", seconds, (unsigned)(when->tv_nsec / 1000) % 1000000);
}

static int append_field(struct buf *out, const char *name, struct slice value)
{
    if (!value.length || memchr(value.data, '\r', value.length) || memchr(value.data, '\n', value.length))
        return 0;
    return buf_printf(out, "%s: %.*s\r\n", name, SLICE_ARGS(value));
}

int warc_head_append(const struct warc_head *head, struct buf *out)
{
    const struct {
        const char *name;
        struct slice value;
    } fields[] = {
        {"WARC-Type", slice_of(head->type)},
        {"WARC-Record-ID", slice_of(head->id)},
        {"WARC-Date", slice_of(head->date)},
        {"WARC-Target-URI", head->url},
        {"WARC-IP-Address", slice_of(head->address)},
        {"WARC-Concurrent-To", slice_of(head->concurrent_to)},
        {"WARC-Profile", slice_of(head->profile)},
        {"WARC-Refers-To", slice_of(head->refers_to)},
        {"WARC-Refers-To-Target-URI", head->refers_to_url},
        {"WARC-Refers-To-Date", slice_of(head->refers_to_date)},
        {"WARC-Filename", slice_of(head->filename)},
        {"WARC-Warcinfo-ID", slice_of(head->warcinfo_id)},
        {"WARC-Truncated", slice_of(head->truncated)},
        {"WARC-Block-Digest", slice_of(head->block_digest)},
        {"WARC-Payload-Digest", slice_of(head->payload_digest)},
        {"Content-Type", slice_of(head->content_type)},
    };
    int err = buf_append_slice(out, SLICE("WARC/1.1\r\n"));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && !err; i++)
        err = append_field(out, fields[i].name, fields[i].value);
    return err ? err : buf_printf(out, "Content-Length: %" PRIu64 "\r\n\r\n", head->length);
}
