#include "crawl/traps.h"

#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/table.h"
#include "crawl/calendar.h"
#include "crawl/counts.h"
#include "crawl/query.h"
#include "crawl/scope.h"
#include "crawl/session_id.h"

enum { MOST_SEGMENTS = 64, FOREIGN_BUDGET = 100000 };

/* How many URLs there are of each that share something, and may be. */
struct ration {
    struct counts counts; /* limit + 1 where a refusal was told of */
    uint32_t limit;       /* NO_LIMIT */
    enum reason reason;
};

struct traps {
    const struct options *options;
    unsigned this_year;
    struct ration rations[SHARE_COUNT];
    struct counts sessions; /* page without session ids -> short fingerprint of the URL that stands for it */
    struct table roots;     /* hosts of roots */
    bool hit_budget;
};

static unsigned this_year(void)
{
    time_t now = time(NULL);
    struct tm date;
    return gmtime_r(&now, &date) ? (unsigned)date.tm_year + 1900 : 0;
}

int traps_create(struct traps **out, const struct options *options)
{
    struct traps *traps = calloc(1, sizeof *traps);
    if (!traps)
        return ERR_NO_MEMORY;
    uint32_t budget = options->max_pages_per_host ? options->max_pages_per_host : FOREIGN_BUDGET;
    traps->options = options;
    traps->this_year = this_year();
    traps->rations[SHARE_PATH] = (struct ration){{0}, options->max_query_variants, REASON_QUERY_VARIANTS};
    traps->rations[SHARE_CALENDAR] = (struct ration){{0}, options->max_calendar_dates, REASON_CALENDAR};
    traps->rations[SHARE_HOST] = (struct ration){{0}, budget, REASON_HOST_BUDGET};
    *out = traps;
    return 0;
}

void traps_free(struct traps *traps)
{
    if (!traps)
        return;
    for (unsigned i = 0; i < SHARE_COUNT; i++)
        counts_free(&traps->rations[i].counts);
    counts_free(&traps->sessions);
    table_free(&traps->roots);
    free(traps);
}

/* What a host is known by. Never 0. */
static uint64_t host_of(const struct url *url)
{
    return hash_bytes(scope_without_www(url_host(url))) | 1;
}

int traps_add_root(struct traps *traps, const struct url *root)
{
    return table_put(&traps->roots, host_of(root), traps);
}

/* --- what a URL alone tells --------------------------------------------------------------------------------------- */

/* Takes the first segment off `path`, without its '/'; false at the end. What stands behind a last '/' is none. */
static bool next_segment(struct slice *path, struct slice *segment)
{
    if (path->length < 2)
        return false;
    const char *start = path->data + 1;
    const char *slash = memchr(start, '/', path->length - 1);
    *segment = (struct slice){start, slash ? (size_t)(slash - start) : path->length - 1};
    *path = (struct slice){start + segment->length, path->length - 1 - segment->length};
    return true;
}

static size_t occurrences(const struct slice *segments, size_t count, struct slice segment)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += slice_equal(segments[i], segment);
    return found;
}

static enum reason judge_path(const struct options *options, struct slice path)
{
    struct slice segments[MOST_SEGMENTS], segment;
    size_t depth = 0;
    bool repeats = false;
    if (options->max_path_length && path.length > options->max_path_length)
        return REASON_PATH_LENGTH;
    while (next_segment(&path, &segment)) {
        if (depth < MOST_SEGMENTS) {
            repeats = repeats || (options->max_repeats && depth >= options->max_repeats &&
                                  occurrences(segments, depth, segment) >= options->max_repeats);
            segments[depth] = segment;
        }
        depth++;
    }
    if (options->max_path_depth && depth > options->max_path_depth)
        return REASON_PATH_DEPTH;
    return repeats ? REASON_REPEATED_SEGMENTS : REASON_NONE;
}

static size_t count_parameters(struct slice query)
{
    struct parameter parameter;
    size_t count = 0;
    while (query_next(&query, &parameter))
        count++;
    return count;
}

enum reason traps_url_allowed(const struct traps *traps, const struct url *url)
{
    const struct options *options = traps->options;
    struct slice query = url_query(url);
    enum reason reason = judge_path(options, url_path(url));
    if (reason == REASON_NONE && options->max_query_params && query.length > options->max_query_params &&
        count_parameters(query) > options->max_query_params)
        reason = REASON_QUERY_PARAMETERS;
    return reason;
}

/* --- what other URLs have taken ----------------------------------------------------------------------------------- */

/* Where all URLs in scope are of the roots' hosts, they need not be looked up. */
static bool has_budget(const struct traps *traps, const struct url *url)
{
    const struct options *options = traps->options;
    if (options->max_pages_per_host)
        return true;
    return options->scope != SCOPE_HOST && options->scope != SCOPE_PREFIX && !table_get(&traps->roots, host_of(url));
}

static struct traps_ticket ticket_of(const struct traps *traps, const struct url *url)
{
    struct traps_ticket ticket = {0};
    uint64_t *shares = ticket.shares;
    if (traps->rations[SHARE_PATH].limit && url_query(url).length)
        shares[SHARE_PATH] = hash_bytes((struct slice){url->href.data, url->path_end}) | 1;
    if (traps->rations[SHARE_CALENDAR].limit)
        calendar_find(url, traps->this_year, &shares[SHARE_CALENDAR]);
    if (has_budget(traps, url))
        shares[SHARE_HOST] = host_of(url);
    return ticket;
}

static bool is_used_up(const struct ration *ration, uint64_t share)
{
    return share && counts_get(&ration->counts, share) >= ration->limit;
}

static enum reason judge_shares(const struct traps *traps, const struct traps_ticket *ticket)
{
    for (unsigned i = 0; i < SHARE_COUNT; i++)
        if (is_used_up(&traps->rations[i], ticket->shares[i]))
            return traps->rations[i].reason;
    return REASON_NONE;
}

static int take_shares(struct traps *traps, const struct traps_ticket *ticket)
{
    int err = 0;
    for (unsigned i = 0; i < SHARE_COUNT && !err; i++) {
        struct counts *counts = &traps->rations[i].counts;
        uint64_t share = ticket->shares[i];
        if (share)
            err = counts_set(counts, share, counts_get(counts, share) + 1);
    }
    return err;
}

static bool has_session(const struct traps *traps, const struct url *url, uint64_t *page)
{
    return !traps->options->keep_session_ids && session_id_find(url, page);
}

int traps_count(struct traps *traps, const struct url *url, uint64_t fingerprint, struct traps_ticket *ticket,
                enum reason *reason)
{
    uint64_t page;
    bool in_session = has_session(traps, url, &page);
    uint32_t mark = (uint32_t)fingerprint | 1, first = in_session ? counts_get(&traps->sessions, page) : 0;
    *ticket = ticket_of(traps, url);
    *reason = first && first != mark ? REASON_SESSION_ID : judge_shares(traps, ticket);
    if (*reason != REASON_NONE) {
        *ticket = (struct traps_ticket){0};
        return 0;
    }
    int err = in_session ? counts_set(&traps->sessions, page, mark) : 0;
    return err ? err : take_shares(traps, ticket);
}

void traps_uncount(struct traps *traps, const struct traps_ticket *ticket)
{
    for (unsigned i = 0; i < SHARE_COUNT; i++) {
        struct counts *counts = &traps->rations[i].counts;
        uint32_t figure = ticket->shares[i] ? counts_get(counts, ticket->shares[i]) : 0;
        if (figure)
            counts_set(counts, ticket->shares[i], figure - 1); /* can't fail: it has a place */
    }
}

/* Marks a share as told of; false when it was. */
static bool tell(struct ration *ration, uint64_t share)
{
    if (counts_get(&ration->counts, share) > ration->limit)
        return false;
    counts_set(&ration->counts, share, ration->limit + 1); /* where this fails, nothing but a warning comes again */
    return true;
}

void traps_note_refused(struct traps *traps, const struct url *url, enum reason reason)
{
    const struct traps_ticket ticket = ticket_of(traps, url);
    traps->hit_budget |= reason == REASON_HOST_BUDGET;
    for (unsigned i = 0; i < SHARE_COUNT; i++) {
        struct ration *ration = &traps->rations[i];
        if (ration->reason == reason && tell(ration, ticket.shares[i]))
            log_warning("%.*s is left out, and all that follow: %s (%u)", SLICE_ARGS(url_without_fragment(url)),
                        reason_text(reason), ration->limit);
    }
}

bool traps_may_refuse(const struct traps *traps, const struct url *url, enum reason reason)
{
    uint64_t page;
    if (reason == REASON_SESSION_ID)
        return has_session(traps, url, &page);
    const struct traps_ticket ticket = ticket_of(traps, url);
    for (unsigned i = 0; i < SHARE_COUNT; i++)
        if (traps->rations[i].reason == reason)
            return ticket.shares[i] != 0;
    return false;
}

bool traps_hit_budget(const struct traps *traps)
{
    return traps->hit_budget;
}
