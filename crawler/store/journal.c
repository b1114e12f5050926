#include "store/journal.h"

#include <string.h>

#include "base/error.h"

/* Figures of a record in the order in which they travel. */
enum { FIGURES = 21 };

struct head {
    uint32_t length; /* of what follows */
    uint32_t kind;
    uint64_t id;
    uint64_t referrer;
    uint64_t number;
    uint32_t depth;
    uint32_t redirects;
    uint32_t reason;
    uint32_t unused;
};

static void figures_of(const struct fetch_statistic *stat, int64_t figures[FIGURES])
{
    const int64_t values[FIGURES] = {stat->status,
                                     stat->error,
                                     stat->is_html,
                                     stat->truncated,
                                     stat->is_accepted,
                                     stat->reused,
                                     (int64_t)stat->size,
                                     (int64_t)stat->wire_size,
                                     stat->num_urls,
                                     stat->num_new_urls,
                                     stat->tries,
                                     stat->started,
                                     stat->timings.resolved,
                                     stat->timings.begun,
                                     stat->timings.connected,
                                     stat->timings.secured,
                                     stat->timings.first_byte,
                                     stat->timings.total,
                                     (int64_t)stat->digest,
                                     stat->is_not_modified,
                                     stat->is_unchanged};
    memcpy(figures, values, sizeof values);
}

static void take_figures(struct fetch_statistic *stat, const int64_t figures[FIGURES])
{
    stat->status = (int)figures[0];
    stat->error = (int)figures[1];
    stat->is_html = figures[2];
    stat->truncated = figures[3];
    stat->is_accepted = figures[4];
    stat->reused = figures[5];
    stat->size = (uint64_t)figures[6];
    stat->wire_size = (uint64_t)figures[7];
    stat->num_urls = (uint32_t)figures[8];
    stat->num_new_urls = (uint32_t)figures[9];
    stat->tries = (uint32_t)figures[10];
    stat->started = figures[11];
    stat->timings.resolved = figures[12];
    stat->timings.begun = figures[13];
    stat->timings.connected = figures[14];
    stat->timings.secured = figures[15];
    stat->timings.first_byte = figures[16];
    stat->timings.total = figures[17];
    stat->digest = (uint64_t)figures[18];
    stat->is_not_modified = figures[19];
    stat->is_unchanged = figures[20];
}

static int append_text(struct buf *stream, struct slice text)
{
    const uint32_t length = (uint32_t)text.length;
    int err = buf_append(stream, &length, sizeof length);
    return err ? err : buf_append_slice(stream, text);
}

static int append_record(struct buf *stream, const struct fetch_statistic *stat)
{
    int64_t figures[FIGURES];
    const int32_t version = (int32_t)stat->version;
    figures_of(stat, figures);
    int err = buf_append(stream, figures, sizeof figures);
    if (!err)
        err = buf_append(stream, &version, sizeof version);
    const struct slice texts[] = {stat->next_url,
                                  stat->entity_tag,
                                  stat->last_modified,
                                  slice_of(stat->error_detail),
                                  slice_of(stat->content_type),
                                  slice_of(stat->encoding),
                                  slice_of(stat->remote_address)};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && !err; i++)
        err = append_text(stream, texts[i]);
    return err;
}

int journal_append(struct buf *stream, const struct journal_entry *entry)
{
    const size_t start = stream->length;
    struct head head = {.kind = entry->kind,
                        .id = entry->id,
                        .referrer = entry->referrer,
                        .number = entry->number,
                        .depth = entry->depth,
                        .redirects = entry->redirects,
                        .reason = entry->reason};
    int err = buf_append(stream, &head, sizeof head);
    if (!err)
        err = append_text(stream, entry->text);
    if (!err)
        err = append_text(stream, entry->more);
    if (!err && entry->kind == JOURNAL_RECORD)
        err = append_record(stream, &entry->stat);
    if (err) {
        stream->length = start;
        return err;
    }
    head.length = (uint32_t)(stream->length - start - sizeof head.length);
    memcpy(stream->data + start, &head.length, sizeof head.length);
    return 0;
}

/* Takes `length` bytes off; false when there are fewer. */
static bool take(struct slice *rest, void *out, size_t length)
{
    if (rest->length < length)
        return false;
    memcpy(out, rest->data, length);
    *rest = (struct slice){rest->data + length, rest->length - length};
    return true;
}

static bool take_text(struct slice *rest, struct slice *text)
{
    uint32_t length;
    if (!take(rest, &length, sizeof length) || rest->length < length)
        return false;
    *text = (struct slice){rest->data, length};
    *rest = (struct slice){rest->data + length, rest->length - length};
    return true;
}

static bool take_record(struct slice *rest, struct journal_entry *entry)
{
    int64_t figures[FIGURES];
    int32_t version;
    if (!take(rest, figures, sizeof figures) || !take(rest, &version, sizeof version))
        return false;
    take_figures(&entry->stat, figures);
    entry->stat.version = (enum http_version)version;
    return take_text(rest, &entry->stat.next_url) && take_text(rest, &entry->stat.entity_tag) &&
           take_text(rest, &entry->stat.last_modified) && take_text(rest, &entry->detail) &&
           take_text(rest, &entry->type) && take_text(rest, &entry->encoding) && take_text(rest, &entry->address);
}

int journal_take(struct slice *stream, struct journal_entry *entry)
{
    struct head head;
    if (stream->length < sizeof head.length)
        return 0;
    memcpy(&head.length, stream->data, sizeof head.length);
    if (stream->length - sizeof head.length < head.length)
        return 0;
    struct slice rest = {stream->data, sizeof head.length + head.length};
    if (!take(&rest, &head, sizeof head) || head.kind >= JOURNAL_KINDS || head.reason >= REASON_COUNT)
        return ERR_SYNTAX;
    *entry = (struct journal_entry){.kind = (enum journal_kind)head.kind,
                                    .id = head.id,
                                    .referrer = head.referrer,
                                    .number = head.number,
                                    .depth = head.depth,
                                    .redirects = head.redirects,
                                    .reason = (enum reason)head.reason};
    bool is_whole = take_text(&rest, &entry->text) && take_text(&rest, &entry->more) &&
                    (entry->kind != JOURNAL_RECORD || take_record(&rest, entry)) && !rest.length;
    if (!is_whole)
        return ERR_SYNTAX;
    *stream = (struct slice){stream->data + sizeof head.length + head.length,
                             stream->length - sizeof head.length - head.length};
    return 1;
}
