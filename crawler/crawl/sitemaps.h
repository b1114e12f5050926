/* sitemaps.h - lists of URLs that sites publish, as more to start from.
 *
 * An origin's sitemaps wait in a queue of its own, and its workers read them one after another beside their pages. Each
 * file is read once, an index leads at most three levels down, an origin has SITEMAPS_MOST at most, and the limits of
 * sitemap.h hold. */
#ifndef CRAWL_SITEMAPS_H
#define CRAWL_SITEMAPS_H

#include <stdbool.h>

#include "base/list.h"
#include "crawl/intake.h"
#include "crawl/keeper.h"
#include "http/fetch.h"
#include "options.h"
#include "store/state.h"
#include "store/state_file.h"
#include "web/robots.h"
#include "web/url.h"

/* Files of one origin's queue, read ones included; the rest is left out, and that is told once. */
enum { SITEMAPS_MOST = 50000 };

/* A file that is to be read. */
struct sitemap {
    struct list_node node;
    unsigned level;  /* of indexes above it */
    bool is_guessed; /* nobody said that it is there */
    uint32_t tries;  /* made */
    nanoseconds not_before;
    char url[];
};

struct sitemap_queue {
    struct list waiting;
    char *origin;   /* whose they are; NULL before the first */
    uint32_t count; /* of all that it has had */
    bool is_busy;   /* one of them is being read */
    bool is_full;   /* more were met, and left out */
};

void sitemap_queue_init(struct sitemap_queue *queue);
void sitemap_queue_free(struct sitemap_queue *queue);

struct sitemaps;

/* All arguments live as long as the sitemaps; `state` may be NULL. Errors: ERR_SYNTAX (a URL of --sitemap, which is
 * logged), ERR_NO_MEMORY. */
int sitemaps_create(struct sitemaps **out, const struct options *options, struct http_client *client,
                    struct intake *intake, struct state *state);

/* NULL is allowed. */
void sitemaps_free(struct sitemaps *sitemaps);

/* Whether any are read at all, and whether pages' links don't count. */
bool sitemaps_are_read(const struct options *options);
bool sitemaps_are_all(const struct options *options);

/* Puts the sitemaps of a root's origin into `queue`: those that its robots.txt names, or else /sitemap.xml, and, when
 * it is the first of all, those of --sitemap. `robots` is NULL for none. Errors: ERR_NO_MEMORY, those of state_send. */
int sitemaps_list(struct sitemaps *sitemaps, struct sitemap_queue *queue, const struct url *root,
                  const struct robots *robots);

/* Takes in again what an earlier process met: read ones are only known. Errors: ERR_NO_MEMORY. */
int sitemaps_restore(struct sitemaps *sitemaps, struct sitemap_queue *queue, const struct state_sitemap *met);

/* Takes the first out of the queue, which is busy until sitemaps_read has ended; NULL when there is none whose time has
 * come, or it is busy. */
struct sitemap *sitemaps_take(struct sitemap_queue *queue, nanoseconds now);

/* Fetches and reads one: its URLs go to the intake, its sitemaps to the queue. `response` is that of the last request,
 * `keeper` gets all. Must be called in a task. Returns 1 when it is over with the sitemap, which is freed, 0 when it
 * waits in the queue for another try, or ERR_CANCELLED, ERR_NO_MEMORY, keeper->error, those of state_send. */
int sitemaps_read(struct sitemaps *sitemaps, struct keeper *keeper, struct sitemap_queue *queue,
                  struct sitemap *sitemap, struct http_response *response);

#endif
