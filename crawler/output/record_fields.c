#include "output/record_fields.h"

#include "base/error.h"
#include "output/number_text.h"

static struct record_value text(struct slice bytes)
{
    return (struct record_value){.kind = bytes.length ? RECORD_TEXT : RECORD_ABSENT, .text = bytes};
}

static struct record_value number(uint64_t value)
{
    return (struct record_value){.kind = RECORD_NUMBER, .number = value};
}

static struct record_value flag(bool value)
{
    return (struct record_value){.kind = RECORD_FLAG, .number = value};
}

static struct record_value seconds(nanoseconds time)
{
    return (struct record_value){.kind = RECORD_SECONDS, .number = time > 0 ? (uint64_t)time : 0};
}

/* From one moment to another that came, both counted from the start of the try. */
static struct record_value between(nanoseconds from, nanoseconds to)
{
    if (!to)
        return (struct record_value){.kind = RECORD_ABSENT};
    return number(to > from ? (uint64_t)(to - from) / 1000 : 0);
}

static struct slice version_name(enum http_version version)
{
    static const char *const names[] = {[HTTP_ANY] = "", [HTTP_1_0] = "1.0", [HTTP_1_1] = "1.1", [HTTP_2] = "2"};
    return slice_of(names[version]);
}

static struct slice error_word(int error, const char *(*word)(int error))
{
    return slice_of(error ? word(error) : "");
}

/* group, name, value from the record `stat` */
#define FIELD_TABLE(X)                                                               \
    X("", "url", text(stat->url))                                                    \
    X("", "status", stat->status ? number((uint64_t)stat->status) : text(SLICE(""))) \
    X("error", "kind", text(error_word(stat->error, error_kind)))                    \
    X("error", "text", text(error_word(stat->error, error_text)))                    \
    X("error", "detail", text(slice_of(stat->error ? stat->error_detail : "")))      \
    X("", "redirect", text(stat->next_url))                                          \
    X("", "content_type", text(slice_of(stat->content_type)))                        \
    X("", "encoding", text(slice_of(stat->encoding)))                                \
    X("", "html", flag(stat->is_html))                                               \
    X("", "truncated", flag(stat->truncated))                                        \
    X("", "size", number(stat->size))                                                \
    X("", "wire_size", number(stat->wire_size))                                      \
    X("", "links", number(stat->num_urls))                                           \
    X("", "new_links", number(stat->num_new_urls))                                   \
    X("", "depth", number(stat->depth))                                              \
    X("", "tries", number(stat->tries))                                              \
    X("", "referrer", text(stat->referrer))                                          \
    X("", "started", seconds(stat->started))                                         \
    X("", "resolve_us", between(0, stat->timings.resolved))                          \
    X("", "queue_us", between(stat->timings.resolved, stat->timings.begun))          \
    X("", "connect_us", between(stat->timings.begun, stat->timings.connected))       \
    X("", "tls_us", between(stat->timings.connected, stat->timings.secured))         \
    X("", "first_byte_us", between(0, stat->timings.first_byte))                     \
    X("", "total_us", between(0, stat->timings.total))                               \
    X("", "http_version", text(version_name(stat->version)))                         \
    X("", "reused", flag(stat->reused))                                              \
    X("", "address", text(slice_of(stat->remote_address)))                           \
    X("", "broken", flag(fetch_statistic_is_broken(stat)))                           \
    X("", "unchanged", flag(stat->is_unchanged))

/* clang-format off */
#define X(group, name, value) +1 /* NOLINT(bugprone-macro-parentheses): terms of a sum */
_Static_assert(FIELD_TABLE(X) == RECORD_FIELDS, "every field counts");
#undef X

const struct record_field RECORD_FIELD[] = {
#define TEXT(literal) {literal, sizeof(literal) - 1}
#define X(group, name, value) {TEXT(group), TEXT(name), TEXT(",\"" name "\":")},
    FIELD_TABLE(X)
#undef X
};
/* clang-format on */

void record_values(const struct fetch_statistic *stat, struct record_value values[RECORD_FIELDS])
{
    size_t i = 0;
#define X(group, name, value) values[i++] = value;
    FIELD_TABLE(X)
#undef X
}

int record_value_append(struct buf *out, const struct record_value *value, record_text_append append_text,
                        struct slice absent)
{
    switch (value->kind) {
    case RECORD_TEXT:
        return append_text(out, value->text);
    case RECORD_NUMBER:
        return number_append(out, value->number);
    case RECORD_SECONDS:
        return seconds_append(out, value->number);
    case RECORD_FLAG:
        return buf_append_slice(out, value->number ? SLICE("true") : SLICE("false"));
    case RECORD_ABSENT:
        break;
    }
    return buf_append_slice(out, absent);
}
