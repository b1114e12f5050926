#include "crawl/reach.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/list.h"
#include "base/table.h"

/* A way on from a node. */
struct edge {
    struct edge *next;
    struct node *to;
    bool is_redirect;
};

struct node {
    struct list_node improved; /* linked while its ways on must be looked at again */
    struct edge *edges;
    struct set_aside *set_aside; /* not NULL: too far up to now */
    uint32_t depth;
    uint32_t redirects;
};

struct reach {
    struct reach_limits limits;
    struct table nodes; /* by fingerprint of the URL */
    struct list improved;
    reach_release release;
    void *context;
};

int reach_create(struct reach **out, const struct reach_limits *limits, reach_release release, void *context)
{
    struct reach *reach = calloc(1, sizeof *reach);
    if (!reach)
        return ERR_NO_MEMORY;
    reach->limits = *limits;
    reach->release = release;
    reach->context = context;
    table_init(&reach->nodes);
    list_init(&reach->improved);
    *out = reach;
    return 0;
}

void reach_free(struct reach *reach)
{
    if (!reach)
        return;
    table_for_each(slot, &reach->nodes)
    {
        struct node *node = slot->value;
        while (node->edges) {
            struct edge *edge = node->edges;
            node->edges = edge->next;
            free(edge);
        }
        set_aside_free(node->set_aside);
        free(node);
    }
    table_free(&reach->nodes);
    free(reach);
}

static bool depth_is_limited(const struct reach *reach)
{
    return reach->limits.max_depth != UINT32_MAX;
}

enum reach_verdict reach_judge(const struct reach *reach, uint32_t depth, uint32_t redirects)
{
    if (depth > reach->limits.max_depth)
        return REACH_TOO_DEEP;
    return redirects > reach->limits.max_redirects ? REACH_TOO_MANY_REDIRECTS : REACH_WITHIN;
}

bool reach_heeds_any(const struct reach *reach)
{
    return depth_is_limited(reach) || reach->nodes.count;
}

bool reach_heeds(const struct reach *reach, uint64_t fingerprint)
{
    return depth_is_limited(reach) || (reach->nodes.count && table_get(&reach->nodes, fingerprint));
}

/* The node of a URL that is met for the first time. */
static int add_node(struct reach *reach, const struct reach_step *step, struct slice url, struct store_source *source,
                    struct node **out)
{
    struct node *node = calloc(1, sizeof *node);
    if (!node)
        return ERR_NO_MEMORY;
    list_node_init(&node->improved);
    node->depth = step->depth;
    node->redirects = step->redirects;
    int err = reach_judge(reach, step->depth, step->redirects) == REACH_WITHIN
                  ? 0
                  : set_aside_create(&node->set_aside, url, step->id, source);
    if (!err)
        err = table_put(&reach->nodes, step->to, node);
    if (err) {
        set_aside_free(node->set_aside);
        free(node);
        return err;
    }
    *out = node;
    return 0;
}

static int add_edge(struct node *from, struct node *to, bool is_redirect)
{
    struct edge *edge = malloc(sizeof *edge);
    if (!edge)
        return ERR_NO_MEMORY;
    *edge = (struct edge){.next = from->edges, .to = to, .is_redirect = is_redirect};
    from->edges = edge;
    return 0;
}

/* Lowers the node's figures to those of a way, and marks it when that made it nearer. */
static void shorten(struct reach *reach, struct node *node, uint32_t depth, uint32_t redirects)
{
    if (depth >= node->depth && redirects >= node->redirects)
        return;
    node->depth = depth < node->depth ? depth : node->depth;
    node->redirects = redirects < node->redirects ? redirects : node->redirects;
    if (!list_is_linked(&node->improved))
        list_append(&reach->improved, &node->improved);
}

static int release_if_near(struct reach *reach, struct node *node)
{
    if (!node->set_aside || reach_judge(reach, node->depth, node->redirects) != REACH_WITHIN)
        return 0;
    struct set_aside *near = node->set_aside;
    node->set_aside = NULL;
    int err = reach->release(reach->context, near, node->depth, node->redirects);
    set_aside_free(near);
    return err;
}

/* Passes on what has become nearer until nothing does any more. Figures only ever fall, so that this ends, and the end
 * is the same in whatever order. */
static int settle(struct reach *reach)
{
    int err = 0;
    struct list_node *item;
    while (!err && (item = list_pop(&reach->improved))) {
        struct node *node = container_of(item, struct node, improved);
        err = release_if_near(reach, node);
        for (struct edge *edge = node->edges; edge; edge = edge->next)
            shorten(reach, edge->to, node->depth + !edge->is_redirect, edge->is_redirect ? node->redirects + 1 : 0);
    }
    return err;
}

/* Whether this way must be remembered: see the head of reach.h. */
static bool matters(const struct reach *reach, const struct reach_step *step, const struct node *to)
{
    return to || depth_is_limited(reach) || (step->is_new && step->redirects > 0);
}

int reach_report(struct reach *reach, const struct reach_step *step, struct slice url, struct store_source *source,
                 enum reach_verdict *verdict)
{
    struct node *to = reach->nodes.count ? table_get(&reach->nodes, step->to) : NULL;
    if (!matters(reach, step, to)) {
        *verdict = REACH_WITHIN;
        return 0;
    }
    int err = to ? 0 : add_node(reach, step, url, source, &to);
    struct node *from = reach->nodes.count && step->from ? table_get(&reach->nodes, step->from) : NULL;
    if (!err && from && (depth_is_limited(reach) || step->redirects > 0))
        err = add_edge(from, to, step->redirects > 0);
    if (err)
        return err;
    if (!step->is_new) {
        shorten(reach, to, step->depth, step->redirects);
        err = settle(reach);
        if (err)
            return err;
    }
    *verdict = step->is_new ? reach_judge(reach, step->depth, step->redirects) : REACH_WITHIN;
    return 0;
}

/* Without a limit on depth, what has no node was reached without a redirect. */
int reach_restore(struct reach *reach, uint64_t from, uint64_t to, bool is_redirect)
{
    struct node *target = reach->nodes.count ? table_get(&reach->nodes, to) : NULL;
    struct node *source = reach->nodes.count ? table_get(&reach->nodes, from) : NULL;
    if (!target || (!source && depth_is_limited(reach)))
        return 0;
    int err = source && (depth_is_limited(reach) || is_redirect) ? add_edge(source, target, is_redirect) : 0;
    if (err)
        return err;
    uint32_t redirects = source ? source->redirects : 0;
    uint32_t depth = source && depth_is_limited(reach) ? source->depth + !is_redirect : UINT32_MAX;
    shorten(reach, target, depth, is_redirect ? redirects + 1 : 0);
    return settle(reach);
}

void reach_look_up(const struct reach *reach, uint64_t fingerprint, uint32_t *depth, uint32_t *redirects)
{
    const struct node *node = reach->nodes.count ? table_get(&reach->nodes, fingerprint) : NULL;
    if (!node)
        return;
    *depth = node->depth < *depth ? node->depth : *depth;
    *redirects = node->redirects < *redirects ? node->redirects : *redirects;
}

int reach_for_each_set_aside(const struct reach *reach, reach_visit visit, void *context)
{
    table_for_each(slot, &reach->nodes)
    {
        const struct node *node = slot->value;
        const struct set_aside *kept = node->set_aside;
        if (!kept)
            continue;
        int err = visit(context, set_aside_url(kept), kept->referrer, reach_judge(reach, node->depth, node->redirects));
        if (err)
            return err;
    }
    return 0;
}
