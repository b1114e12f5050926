/* The links of pages. Most lead to what is known, and are passed over for less than it takes to judge a URL: those that
 * the last pages had too by the walk, which remembers these, the others when the store was asked. */
#include "crawl/intake.h"

#include <stdlib.h>

#include "base/error.h"
#include "crawl/intake_batch.h"
#include "crawl/intake_graph.h"

enum { SLICE_LINKS = 4096 };

/* A page of its own has a walk of its own, since other pages come in between. */
struct intake_links {
    struct intake *intake;
    struct visit visit;
    struct link_walk walk;
    struct buf graph;
};

/* Takes in the link that was come to, whose URL isn't known to be refused. */
static int offer(struct intake *intake, const struct url *url, uint64_t fingerprint, enum store_standing standing)
{
    struct link_walk *walk = intake->batch.visit->walk;
    struct judgement judgement = {.reason = walk->is_nofollow ? REASON_NOFOLLOW : REASON_NONE};
    int err = standing == STANDING_NEW ? batch_judge(intake, url, fingerprint, &judgement) : 0;
    if (!err)
        err = link_walk_allow(walk, judgement.reason == REASON_NONE || judgement.reason == REASON_NOFOLLOW);
    return err ? err : batch_offer(intake, intake_entry_of(url, walk->raw, fingerprint), &judgement);
}

/* Takes in the link that was come to where it may stand for others, as the same page for the user. */
static int take_canonical(struct intake *intake)
{
    struct visit *visit = intake->batch.visit;
    struct store_question question = {.fingerprint = visit->walk->fingerprint};
    const struct url *url;
    struct url made;
    int err = link_walk_url(visit->walk, &url);
    if (!err)
        err = intake_make_canonical(intake, &url, &made, &question.fingerprint);
    if (!err)
        err = graph_note_link(visit, question.fingerprint);
    if (err)
        return err;
    frontier_look_up(intake->frontier, &question, 1);
    if (question.standing == STANDING_REFUSED)
        return link_walk_allow(visit->walk, false);
    return offer(intake, url, question.fingerprint, question.standing);
}

/* Whether the link that was come to is more than one more way to a URL that is known, and whether any that is still to
 * come is. A page can't make a URL matter that did not before. */
static bool matters(const struct intake *intake, const struct link_walk *walk)
{
    return walk->is_nofollow || reach_heeds(intake->reach, walk->fingerprint) ||
           table_get(&intake->nofollow, walk->fingerprint);
}

static bool some_matter(const struct intake *intake, const struct link_walk *walk)
{
    return walk->is_nofollow || walk->later.length || reach_heeds_any(intake->reach) || intake->nofollow.count;
}

/* Takes in a link that was held. */
static int settle(struct intake *intake, const struct link_mark *mark, enum store_standing standing, bool some_do)
{
    struct link_walk *walk = intake->batch.visit->walk;
    int err = link_walk_return(walk, mark);
    if (err)
        return err;
    if (standing == STANDING_REFUSED || (standing == STANDING_KNOWN && !(some_do && matters(intake, walk)))) {
        intake->batch.visit->count.allowed += standing == STANDING_KNOWN;
        return link_walk_allow(walk, standing == STANDING_KNOWN);
    }
    const struct url *url;
    err = link_walk_url(walk, &url);
    return err ? err : offer(intake, url, walk->fingerprint, standing);
}

/* Takes in all that are held, in their order. */
static int settle_held(struct intake *intake, bool some_do)
{
    struct held_links *held = &intake->held;
    int err = 0;
    frontier_look_up(intake->frontier, held->questions, held->count);
    for (size_t i = 0; i < held->count && !err; i++)
        err = settle(intake, &held->marks[i], held->questions[i].standing, some_do);
    held->count = 0;
    return err;
}

static int hold(struct intake *intake, bool some_do)
{
    struct held_links *held = &intake->held;
    held->marks[held->count] = link_walk_mark(intake->batch.visit->walk);
    held->questions[held->count] = (struct store_question){.fingerprint = held->marks[held->count].fingerprint};
    return ++held->count < BATCH ? 0 : settle_held(intake, some_do);
}

/* Takes in the link that was come to, or holds it. The graph has the links in their order. */
static int take_link(struct intake *intake, bool is_known, bool some_do)
{
    struct visit *visit = intake->batch.visit;
    int err = graph_note_link(visit, visit->walk->fingerprint);
    if (err || !is_known || (some_do && matters(intake, visit->walk)))
        return err ? err : hold(intake, some_do);
    visit->count.allowed += link_walk_is_allowed(visit->walk);
    return 0;
}

/* Takes in the next links of the visit that was begun, at most `most` of them. Returns 1 when there may be more, 0 at
 * their end, or an error. */
static int take_links(struct intake *intake, size_t most)
{
    struct link_walk *walk = intake->batch.visit->walk;
    bool some_do = some_matter(intake, walk);
    int err = 0, met = 0;
    intake->held.count = 0;
    for (; most && !err && (met = link_walk_next(walk)) != LINK_WALK_END; most--) {
        if (met < 0)
            err = met;
        else
            err = intake->canonical ? take_canonical(intake) : take_link(intake, met == LINK_WALK_KNOWN, some_do);
    }
    if (!err)
        err = settle_held(intake, some_do);
    return err ? err : met != LINK_WALK_END;
}

int intake_add_links(struct intake *intake, struct page *page, const struct url *document,
                     const struct discovery *found, struct intake_count *count)
{
    struct visit visit = intake_visit_of(found, &intake->walk);
    int err = link_walk_begin(visit.walk, page, document);
    if (!err) {
        graph_begin(intake, &visit, &intake->graph);
        batch_begin(intake, &visit);
        err = batch_finish(intake, take_links(intake, SIZE_MAX));
    }
    if (!err)
        err = graph_tell_links(intake, &visit);
    *count = visit.count;
    return err;
}

int intake_links_create(struct intake_links **out, struct intake *intake, struct page *page, const struct url *document,
                        const struct discovery *found)
{
    struct intake_links *links = calloc(1, sizeof *links);
    if (!links)
        return ERR_NO_MEMORY;
    links->intake = intake;
    links->visit = intake_visit_of(found, &links->walk);
    buf_init(&links->graph, INTAKE_GRAPH_LIMIT);
    link_walk_init(&links->walk);
    graph_begin(intake, &links->visit, &links->graph);
    int err = link_walk_begin(&links->walk, page, document);
    if (err) {
        intake_links_free(links);
        return err;
    }
    *out = links;
    return 0;
}

void intake_links_free(struct intake_links *links)
{
    if (!links)
        return;
    store_source_free(&links->visit.source);
    link_walk_free(&links->walk);
    buf_free(&links->graph);
    free(links);
}

int intake_links_take(struct intake_links *links, uint32_t depth, struct intake_count *count)
{
    struct intake *intake = links->intake;
    links->visit.found.depth = links->visit.source.depth = depth;
    batch_begin(intake, &links->visit);
    int more = take_links(intake, SLICE_LINKS);
    int err = more < 0 ? more : batch_flush(intake);
    if (!err && !more)
        err = graph_tell_links(intake, &links->visit);
    *count = links->visit.count;
    return err ? err : more;
}
