#include "crawl/intake.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "crawl/reach.h"
#include "crawl/root.h"
#include "crawl/scope.h"
#include "crawl/seen.h"

struct intake {
    struct scope *scope;
    struct seen *seen;
    struct reach *reach;
    struct frontier *frontier;
    intake_skipped skipped;
    void *context;
    uint64_t filtered;
    struct buf origin; /* scratch */
};

static int enqueue(struct intake *intake, const struct url *url, struct referrer *referrer, uint32_t depth,
                   uint32_t redirects)
{
    buf_clear(&intake->origin);
    int err = url_append_origin(url, &intake->origin);
    if (err)
        return err;
    struct slice rest = url_without_fragment(url);
    rest.data += url->path_start;
    rest.length -= url->path_start;
    return frontier_add(intake->frontier, buf_slice(&intake->origin), rest, referrer, depth, redirects);
}

static int release_set_aside(void *context, struct slice text, struct referrer *referrer, uint32_t depth,
                             uint32_t redirects)
{
    struct intake *intake = context;
    struct buf storage;
    buf_init(&storage, URL_MAX_LENGTH);
    struct url url;
    int err = url_parse(&url, text, NULL, NULL, &storage);
    if (!err)
        err = enqueue(intake, &url, referrer, depth, redirects);
    if (!err)
        intake->filtered--;
    buf_free(&storage);
    return err;
}

int intake_create(struct intake **out, const struct options *options, struct frontier *frontier, intake_skipped skipped,
                  void *context)
{
    struct intake *intake = calloc(1, sizeof *intake);
    if (!intake)
        return ERR_NO_MEMORY;
    intake->frontier = frontier;
    intake->skipped = skipped;
    intake->context = context;
    buf_init(&intake->origin, URL_MAX_LENGTH);
    const struct reach_limits near = {.max_depth = options->max_depth, .max_redirects = options->max_redirects};
    int err = scope_create(&intake->scope, options);
    if (!err)
        err = seen_create(&intake->seen);
    if (!err)
        err = reach_create(&intake->reach, &near, release_set_aside, intake);
    if (err) {
        intake_free(intake);
        return err;
    }
    *out = intake;
    return 0;
}

void intake_free(struct intake *intake)
{
    if (!intake)
        return;
    reach_free(intake->reach);
    seen_free(intake->seen);
    scope_free(intake->scope);
    buf_free(&intake->origin);
    free(intake);
}

/* Brings a URL in scope into the frontier unless it is known or too far. */
static int enqueue_if_near(struct intake *intake, const struct url *url, uint64_t fingerprint,
                           const struct discovery *found, bool is_new)
{
    const struct reach_step step = {
        .from = found->from, .to = fingerprint, .depth = found->depth, .redirects = found->redirects, .is_new = is_new};
    enum reach_verdict verdict;
    int err = reach_report(intake->reach, &step, url_without_fragment(url), found->referrer, &verdict);
    if (err || !is_new)
        return err;
    if (verdict == REACH_WITHIN)
        return enqueue(intake, url, found->referrer, found->depth, found->redirects);
    intake->filtered++;
    if (verdict == REACH_TOO_MANY_REDIRECTS) {
        struct slice from = referrer_text(found->referrer);
        log_error("redirect limit reached for %.*s from %.*s", SLICE_ARGS(url->href), SLICE_ARGS(from));
    }
    return 0;
}

int intake_add_url(struct intake *intake, const struct url *url, uint64_t fingerprint, struct slice raw,
                   const struct discovery *found)
{
    int is_new = seen_add(intake->seen, fingerprint);
    if (is_new < 0)
        return is_new;
    enum reason reason = url ? scope_url_allowed(intake->scope, url) : REASON_MALFORMED;
    if (reason == REASON_NONE) {
        int err = enqueue_if_near(intake, url, fingerprint, found, is_new);
        return err ? err : is_new ? INTAKE_NEW : INTAKE_KNOWN;
    }
    if (is_new) {
        intake->filtered++;
        intake->skipped(intake->context, url ? url_without_fragment(url) : raw, reason, found->referrer);
    }
    return INTAKE_REFUSED;
}

/* A root is named by the user, so that only its host matters, which it brings into scope itself. */
static int add_parsed_root(struct intake *intake, const struct url *url)
{
    static const struct discovery found = {0};
    uint64_t fingerprint = hash_bytes(url_without_fragment(url));
    int err = scope_add_root(intake->scope, url);
    if (err)
        return err;
    int is_new = seen_add(intake->seen, fingerprint);
    return is_new < 0 ? is_new : enqueue_if_near(intake, url, fingerprint, &found, is_new);
}

int intake_add_root(struct intake *intake, struct slice text)
{
    struct buf storage;
    buf_init(&storage, URL_MAX_LENGTH);
    struct url url;
    int err = root_parse(text, &url, &storage);
    if (!err) {
        url_strip_credentials(&url, &storage);
        err = add_parsed_root(intake, &url);
    }
    buf_free(&storage);
    return err;
}

void intake_look_up(const struct intake *intake, uint64_t fingerprint, uint32_t *depth, uint32_t *redirects)
{
    reach_look_up(intake->reach, fingerprint, depth, redirects);
}

static int tell_set_aside(void *context, struct slice url, struct referrer *referrer, enum reach_verdict why)
{
    const struct intake *intake = context;
    intake->skipped(intake->context, url, why == REACH_TOO_DEEP ? REASON_DEPTH : REASON_REDIRECTS, referrer);
    return 0;
}

void intake_tell_too_far(struct intake *intake)
{
    reach_for_each_set_aside(intake->reach, tell_set_aside, intake);
}

uint64_t intake_discovered(const struct intake *intake)
{
    return seen_count(intake->seen);
}

uint64_t intake_filtered(const struct intake *intake)
{
    return intake->filtered;
}
