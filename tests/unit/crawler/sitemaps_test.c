/* Which sitemaps wait to be read, and how many an origin may bring. */
#include "crawl/sitemaps.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "unit/suite.h"

static struct options options;
static struct sitemaps *sitemaps;
static unsigned warnings;

static void count_warning(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)line;
    warnings += level == LOG_WARNING;
}

static void begin(void)
{
    options = (struct options){.max_depth = 1};
    warnings = 0;
    log_set_sink(count_warning, NULL);
    ck_assert_int_eq(sitemaps_create(&sitemaps, &options, NULL, NULL, NULL), 0);
}

static void end(void)
{
    sitemaps_free(sitemaps);
    log_set_sink(NULL, NULL);
}

/* An origin's robots.txt names the sitemaps /FIRST to /LAST. */
static void list(struct sitemap_queue *queue, const char *origin, unsigned first, unsigned last)
{
    struct buf text;
    struct url url;
    struct robots *robots;
    buf_init(&text, ROBOTS_MOST);
    for (unsigned i = first; i <= last; i++) {
        char line[64];
        snprintf(line, sizeof line, "Sitemap:/%u\n", i);
        ck_assert_int_eq(buf_append_slice(&text, slice_of(line)), 0);
    }
    ck_assert_int_eq(robots_create(&robots, buf_slice(&text), SLICE("crawler")), 0);
    url_of_serialised(&url, slice_of(origin));
    ck_assert_int_eq(sitemaps_list(sitemaps, queue, &url, robots), 0);
    robots_free(robots);
    buf_free(&text);
}

/* One that brings too many takes no other's place, and is told of once. */
START_TEST(each_origin_has_its_own_share)
{
    struct sitemap_queue greedy, modest;
    begin();
    sitemap_queue_init(&greedy);
    sitemap_queue_init(&modest);
    list(&greedy, "http://greedy.test/", 1, SITEMAPS_MOST / 2);
    list(&greedy, "http://greedy.test/", 1, SITEMAPS_MOST / 2); /* known ones don't count */
    list(&greedy, "http://greedy.test/", SITEMAPS_MOST / 2 + 1, SITEMAPS_MOST);
    ck_assert_uint_eq(greedy.count, SITEMAPS_MOST);
    ck_assert_uint_eq(warnings, 0);
    list(&greedy, "http://greedy.test/", SITEMAPS_MOST + 1, SITEMAPS_MOST + 3);
    ck_assert_uint_eq(greedy.count, SITEMAPS_MOST);
    list(&modest, "http://modest.test/", 1, 2);
    ck_assert_uint_eq(modest.count, 2);
    ck_assert_uint_eq(warnings, 1);
    struct sitemap *first = sitemaps_take(&modest, 0);
    ck_assert_ptr_nonnull(first);
    ck_assert_str_eq(first->url, "http://modest.test/1");
    list_prepend(&modest.waiting, &first->node);
    sitemap_queue_free(&greedy);
    sitemap_queue_free(&modest);
    end();
}
END_TEST

int main(void)
{
    return RUN_TESTS("sitemaps", each_origin_has_its_own_share);
}
