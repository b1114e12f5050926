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

static int offer_link(struct intake *intake)
{
    struct link_walk *walk = intake->batch.visit->walk;
    const struct url *url;
    uint64_t fingerprint = walk->fingerprint;
    struct judgement judgement = {.reason = REASON_NONE};
    struct url made;
    int err = link_walk_url(walk, &url);
    if (!err)
        err = intake_make_canonical(intake, &url, &made, &fingerprint);
    if (!err && intake->canonical)
        err = graph_note_link(intake->batch.visit, fingerprint);
    if (!err)
        err = batch_judge(intake, url, fingerprint, &judgement);
    if (!err)
        err = link_walk_allow(walk, judgement.reason == REASON_NONE || judgement.reason == REASON_NOFOLLOW);
    return err ? err : batch_offer(intake, intake_entry_of(url, walk->raw, fingerprint), &judgement);
}

/* Whether the link that was come to is more than one more way to a URL that an earlier page had, and whether any that is
 * still to come is. A page can't make a URL matter that did not before. */
static bool matters(const struct intake *intake, const struct link_walk *walk)
{
    return intake->canonical || walk->is_nofollow || reach_heeds(intake->reach, walk->fingerprint) ||
           table_get(&intake->nofollow, walk->fingerprint);
}

static bool some_matter(const struct intake *intake, const struct link_walk *walk)
{
    return intake->canonical || walk->is_nofollow || walk->later.length || reach_heeds_any(intake->reach) ||
           intake->nofollow.count;
}

/* Takes in a link that was held. */
static int settle(struct intake *intake, const struct link_mark *mark, enum store_standing standing, bool some_do)
{
    struct link_walk *walk = intake->batch.visit->walk;
    int err = link_walk_return(walk, mark);
    if (err)
        return err;
    if (standing == STORE_NONE || (some_do && matters(intake, walk)))
        return offer_link(intake);
    intake->batch.visit->count.allowed += standing == STORE_SOUND;
    return link_walk_allow(walk, standing == STORE_SOUND);
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

/* The graph has the links in their order. What stands for several is not known by its fingerprint before it is made. */
static int note_link(const struct intake *intake, struct visit *visit)
{
    return intake->canonical ? 0 : graph_note_link(visit, visit->walk->fingerprint);
}

/* Takes in the next links of the visit that was begun, at most `most` of them. Returns 1 when there may be more, 0 at
 * their end, or an error. */
static int take_links(struct intake *intake, size_t most)
{
    struct visit *visit = intake->batch.visit;
    struct link_walk *walk = visit->walk;
    bool some_do = some_matter(intake, walk);
    int err = 0, met = 0;
    intake->held.count = 0;
    for (; most && !err && (met = link_walk_next(walk)) != LINK_WALK_END; most--) {
        err = met < 0 ? met : note_link(intake, visit);
        if (!err && met == LINK_WALK_KNOWN && !(some_do && matters(intake, walk)))
            visit->count.allowed += link_walk_is_allowed(walk);
        else if (!err)
            err = hold(intake, some_do);
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
