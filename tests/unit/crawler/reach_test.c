/* The set in reach is the same for every order in which a web of links is met. */
#include "crawl/reach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/suite.h"

enum { PAGES = 40, WEBS = 60, ORDERS = 8, MAX_WAYS = 6 };

/* A web: page i leads to `to[i]`, by redirect (then there is one way) or by links. */
struct web {
    int ways[PAGES];
    int to[PAGES][MAX_WAYS];
    bool redirects[PAGES];
};

/* A crawl of the web that answers pages in an order of its own. */
struct crawl {
    struct reach *reach;
    bool met[PAGES];
    bool fetched[PAGES];
    int waiting[PAGES * 2];
    int waits;
    struct {
        uint32_t depth, redirects;
    } claim[PAGES];
};

static uint64_t fingerprint_of(int page)
{
    return (uint64_t)page + 1000;
}

static int page_of(struct slice url)
{
    return atoi(url.data);
}

static void enqueue(struct crawl *crawl, int page, uint32_t depth, uint32_t redirects)
{
    ck_assert(!crawl->fetched[page]);
    crawl->claim[page].depth = depth;
    crawl->claim[page].redirects = redirects;
    crawl->waiting[crawl->waits++] = page;
}

static int release(void *context, const struct set_aside *near, uint32_t depth, uint32_t redirects)
{
    ck_assert_uint_eq(near->id, fingerprint_of(page_of(set_aside_url(near))));
    enqueue(context, page_of(set_aside_url(near)), depth, redirects);
    return 0;
}

static void offer(struct crawl *crawl, uint64_t from, int page, uint32_t depth, uint32_t redirects)
{
    char url[8];
    snprintf(url, sizeof url, "%d", page);
    const struct reach_step step = {from,      fingerprint_of(page), fingerprint_of(page), depth,
                                    redirects, !crawl->met[page]};
    struct store_source source = {0};
    enum reach_verdict verdict;
    /* The terminator goes along so that page_of can read it. */
    ck_assert_int_eq(reach_report(crawl->reach, &step, (struct slice){url, strlen(url) + 1}, &source, &verdict), 0);
    if (!crawl->met[page] && verdict == REACH_WITHIN)
        enqueue(crawl, page, depth, redirects);
    crawl->met[page] = true;
}

static void answer(struct crawl *crawl, const struct web *web, int page)
{
    uint32_t depth = crawl->claim[page].depth, redirects = crawl->claim[page].redirects;
    crawl->fetched[page] = true;
    reach_look_up(crawl->reach, fingerprint_of(page), &depth, &redirects);
    for (int i = 0; i < web->ways[page]; i++) {
        if (web->redirects[page])
            offer(crawl, fingerprint_of(page), web->to[page][i], depth, redirects + 1);
        else
            offer(crawl, fingerprint_of(page), web->to[page][i], depth + 1, 0);
    }
}

static void run(const struct web *web, const struct reach_limits *limits, unsigned *seed, bool fetched[PAGES])
{
    struct crawl crawl = {0};
    ck_assert_int_eq(reach_create(&crawl.reach, limits, release, &crawl), 0);
    offer(&crawl, 0, 0, 0, 0);
    while (crawl.waits) {
        int i = rand_r(seed) % crawl.waits;
        int page = crawl.waiting[i];
        crawl.waiting[i] = crawl.waiting[--crawl.waits];
        answer(&crawl, web, page);
    }
    memcpy(fetched, crawl.fetched, sizeof crawl.fetched);
    reach_free(crawl.reach);
}

static void make_web(struct web *web, unsigned *seed)
{
    for (int page = 0; page < PAGES; page++) {
        web->redirects[page] = page > 0 && rand_r(seed) % 2;
        web->ways[page] = web->redirects[page] ? 1 : rand_r(seed) % MAX_WAYS;
        for (int i = 0; i < MAX_WAYS; i++)
            web->to[page][i] = rand_r(seed) % PAGES;
    }
}

/* Some webs have no limit on depth, the others one from 1 to 3. */
static struct reach_limits limits_of(int number)
{
    return (struct reach_limits){.max_depth = number % 4 ? (uint32_t)(number % 4) : UINT32_MAX, .max_redirects = 2};
}

START_TEST(the_set_does_not_depend_on_the_order)
{
    unsigned seed = 11;
    int differing_sizes = 0;
    for (int number = 0; number < WEBS; number++) {
        struct web web;
        bool first[PAGES], again[PAGES];
        int size = 0;
        struct reach_limits limits = limits_of(number);
        make_web(&web, &seed);
        run(&web, &limits, &seed, first);
        for (int page = 0; page < PAGES; page++)
            size += first[page];
        differing_sizes += size > 1 && size < PAGES;
        for (int order = 0; order < ORDERS; order++) {
            run(&web, &limits, &seed, again);
            ck_assert_mem_eq(first, again, sizeof first);
        }
    }
    ck_assert_int_gt(differing_sizes, WEBS / 4);
}
END_TEST

static int count_set_aside(void *context, struct slice url, struct referrer *referrer, enum reach_verdict why)
{
    (void)url;
    (void)referrer;
    ck_assert_int_eq(why, REACH_TOO_DEEP);
    ++*(int *)context;
    return 0;
}

START_TEST(what_stays_too_far_is_told)
{
    struct crawl crawl = {0};
    const struct reach_limits limits = {.max_depth = 1, .max_redirects = 10};
    ck_assert_int_eq(reach_create(&crawl.reach, &limits, release, &crawl), 0);
    offer(&crawl, 0, 0, 0, 0);
    offer(&crawl, fingerprint_of(0), 1, 1, 0);
    offer(&crawl, fingerprint_of(1), 2, 2, 0);
    offer(&crawl, fingerprint_of(1), 3, 2, 0);
    int set_aside = 0;
    ck_assert_int_eq(reach_for_each_set_aside(crawl.reach, count_set_aside, &set_aside), 0);
    ck_assert_int_eq(set_aside, 2);
    /* A link from the root brings page 2 into reach. */
    offer(&crawl, fingerprint_of(0), 2, 1, 0);
    ck_assert_int_eq(crawl.waits, 3);
    set_aside = 0;
    ck_assert_int_eq(reach_for_each_set_aside(crawl.reach, count_set_aside, &set_aside), 0);
    ck_assert_int_eq(set_aside, 1);
    reach_free(crawl.reach);
}
END_TEST

int main(void)
{
    return RUN_TESTS("reach", the_set_does_not_depend_on_the_order, what_stays_too_far_is_told);
}
