#include "output/junit_case.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "output/xml_text.h"
#include "web/url.h"

static enum junit_kind kind_of(const struct fetch_statistic *stat)
{
    if (!fetch_statistic_is_broken(stat))
        return JUNIT_GOOD;
    return fetch_statistic_is_whole(stat) ? JUNIT_FAILURE : JUNIT_ERROR;
}

/* Host and port of a serialised URL. */
static struct slice authority_of(struct slice href)
{
    struct url url;
    url_of_serialised(&url, href);
    return (struct slice){href.data + url.host_start, url.path_start - url.host_start};
}

static int append_detail(struct buf *out, const struct fetch_statistic *stat)
{
    if (!stat->error_detail[0])
        return 0;
    int err = buf_append_slice(out, SLICE(": "));
    return err ? err : xml_text_append(out, slice_of(stat->error_detail));
}

/* <failure> or <error>, from its name to the end of its head. */
static int append_problem_head(struct buf *out, const struct fetch_statistic *stat, enum junit_kind kind)
{
    if (kind == JUNIT_FAILURE)
        return buf_printf(out, "<failure type=\"%d\" message=\"status %d\">", stat->status, stat->status);
    int err = buf_printf(out, "<error type=\"%s\" message=\"%s", error_kind(stat->error), error_text(stat->error));
    if (!err)
        err = append_detail(out, stat);
    return err ? err : buf_append_slice(out, SLICE("\">"));
}

static int append_problem(struct buf *out, const struct fetch_statistic *stat, enum junit_kind kind)
{
    int err = append_problem_head(out, stat, kind);
    if (!err)
        err = buf_append_slice(out, stat->referrer.length ? SLICE("linked from ") : SLICE("a root"));
    if (!err)
        err = xml_text_append(out, stat->referrer);
    return err ? err : buf_append_slice(out, kind == JUNIT_FAILURE ? SLICE("</failure>") : SLICE("</error>"));
}

static int append_seconds(struct buf *out, uint64_t milliseconds)
{
    return buf_printf(out, " time=\"%" PRIu64 ".%03u\"", milliseconds / 1000, (unsigned)(milliseconds % 1000));
}

static int append_case_head(struct buf *out, struct slice host, struct slice url, uint64_t milliseconds)
{
    int err = buf_append_slice(out, SLICE("<testcase classname=\""));
    if (!err)
        err = xml_text_append(out, host);
    if (!err)
        err = buf_append_slice(out, SLICE("\" name=\""));
    if (!err)
        err = xml_text_append(out, url);
    if (!err)
        err = buf_append_char(out, '"');
    return err ? err : append_seconds(out, milliseconds);
}

static int append_case(struct buf *out, const struct fetch_statistic *stat, enum junit_kind kind, uint64_t milliseconds)
{
    int err = append_case_head(out, authority_of(stat->url), stat->url, milliseconds);
    if (err)
        return err;
    if (kind == JUNIT_GOOD)
        return buf_append_slice(out, SLICE("/>"));
    err = buf_append_char(out, '>');
    if (!err)
        err = append_problem(out, stat, kind);
    return err ? err : buf_append_slice(out, SLICE("</testcase>"));
}

static int append_key(struct buf *out, struct slice part)
{
    int err = buf_append_slice(out, part);
    return err ? err : buf_append_char(out, '\0');
}

int junit_case_append(struct buf *out, const struct fetch_statistic *stat)
{
    enum junit_kind kind = kind_of(stat);
    uint64_t milliseconds = stat->timings.total > 0 ? (uint64_t)(stat->timings.total / MILLISECONDS(1)) : 0;
    int err = append_key(out, authority_of(stat->url));
    if (!err)
        err = append_key(out, stat->url);
    if (!err)
        err = buf_printf(out, "%c%" PRIu64, kind, milliseconds);
    if (!err)
        err = buf_append_char(out, '\0');
    return err ? err : append_case(out, stat, kind, milliseconds);
}

/* Takes what stands before the next NUL off the line. */
static struct slice take_key(struct slice *line)
{
    const char *end = memchr(line->data, '\0', line->length);
    struct slice key = {line->data, (size_t)(end - line->data)};
    *line = (struct slice){end + 1, line->length - key.length - 1};
    return key;
}

struct junit_case junit_case_read(struct slice line)
{
    struct junit_case taken = {.host = take_key(&line)};
    take_key(&line);
    struct slice facts = take_key(&line);
    taken.kind = (enum junit_kind)facts.data[0];
    taken.milliseconds = strtoull(facts.data + 1, NULL, 10);
    taken.xml = line;
    return taken;
}
