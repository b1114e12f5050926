/* worker.h - what the parts of a crawl share: the crawl itself and its workers.
 *
 * crawler.c starts and ends workers, worker.c has what each does with its claims, admission.c what comes before the
 * fetch, and harvest.c brings in what an answer leads to. */
#ifndef CRAWL_WORKER_H
#define CRAWL_WORKER_H

#include "async/task.h"
#include "crawl/crawler.h"
#include "crawl/earlier_visit.h"
#include "crawl/frontier.h"
#include "crawl/gate.h"
#include "crawl/growth.h"
#include "crawl/intake.h"
#include "crawl/keeper.h"
#include "crawl/page.h"
#include "crawl/servers.h"
#include "crawl/sitemaps.h"
#include "http/fetch.h"

/* One task of the pool and what it works with; all is reused from one URL to the next. */
struct worker {
    struct crawler *crawler;
    struct task *task;
    struct page *page;
    struct claim claim;
    struct http_response response;
    struct keeper keeper;
    struct digest *digest; /* of the body that comes in; NULL where none is wanted */
    struct buf conditions; /* header lines by which an answer is only wanted when it has changed */
    struct url url;        /* the claimed one */
    struct server *server;
    uint64_t fingerprint;
    uint32_t tries; /* the one that is going on included */
    nanoseconds started;
    bool settled;        /* the URL has its record */
    bool crowded;        /* the try failed for want of descriptors, and fewer tasks may help */
    bool is_conditional; /* the request had such lines */
    bool is_slow;        /* its links are still to be taken in, or its bytes to be archived, by and by */
};

struct crawler {
    struct loop *loop;
    struct http_client *client;
    const struct options *options;
    struct store *store;
    struct state *state;     /* of a crawl that outlives its process; else NULL */
    struct archive *archive; /* where all goes that comes over the wire; else NULL */
    struct frontier *frontier;
    struct intake *intake;
    struct servers *servers;
    struct sitemaps *sitemaps;
    struct earlier_visit *visited; /* what is fetched again; NULL when all is new */
    struct list observers;
    struct worker *workers;  /* room for max_tasks */
    uint32_t worker_count;   /* started */
    uint32_t workers_wanted; /* of a pool that grows */
    struct growth growth;
    struct gate gate;
    struct extractor_pool extractors;
    struct buf next_text; /* scratch: where a redirect leads */
    uint64_t fetched;
    uint64_t failed;
    uint64_t filtered; /* claims; intake has others */
    uint64_t bytes;
    uint64_t wire_bytes;
    nanoseconds earlier; /* how long the crawl lasted in earlier processes */
    nanoseconds started; /* less `earlier` */
    nanoseconds ended;   /* 0 while it runs */
    bool follows_links;
    bool stopped;
    bool reached_a_root;
    int error;
};

/* The first error ends the crawl; what is in flight is still finished. */
void crawler_fail(struct crawler *crawler, int err);

/* Tell the observers: of a URL that is not fetched, of one that still waits though the crawl ends, of a record. */
void crawler_tell_skipped(void *context, struct slice url, enum reason reason, struct slice referrer);
int crawler_tell_left(void *context, struct slice url, struct slice referrer);
void crawler_tell_fetched(struct crawler *crawler, const struct fetch_statistic *stat);

/* From now on the state is told of links and nearer ways. `has_all`: what is restored comes with all links. */
void crawler_set_memory(struct crawler *crawler, bool has_all);

/* Counts a record into the totals. */
void crawler_count(struct crawler *crawler, const struct fetch_statistic *stat);

/* Starts a worker of `crawler`. Errors: ERR_NO_MEMORY; worker_free is to be called in any case. */
int worker_start(struct worker *worker, struct crawler *crawler);
void worker_free(struct worker *worker);

/* A try of the claim begins: for its URL, or for what has to be known before. */
void worker_begin_try(struct worker *worker);

/* worker->response came back, or failed: the server's politeness takes note, and the store gets its pace. */
void worker_note_answer(struct worker *worker);
void worker_set_pace(struct worker *worker);

/* Whether the URL is tried again after worker->response. If so: counts the try that was made and tells when the next may
 * be (0: at once); and puts it off until then. */
bool worker_will_try_again(struct worker *worker);
nanoseconds worker_next_try(struct worker *worker);
void worker_try_later(struct worker *worker);

/* Puts the claim back, to be the first of its origin at `when`, 0 for at once. */
void worker_put_back(struct worker *worker, nanoseconds when);

/* Records the claim as failed: with worker->response, or, unasked, with what is wrong with its server. Must be called
 * on the loop's stack. */
void worker_fail(struct worker *worker);
void worker_fail_unasked(struct worker *worker);

/* What comes before the fetch. Must be called in a task. Returns 1 when the URL is to be fetched now; 0 when its claim
 * has ended, or an error: ERR_CANCELLED, ERR_NO_MEMORY. */
int admission_pass(struct worker *worker);

/* The depth and redirects that the worker's URL has by now, the claim's or better. */
void worker_look_up_reach(const struct worker *worker, uint32_t *depth, uint32_t *redirects);

/* The answer is whole, or cut by a limit of ours: begins the record of it. */
void worker_fill_statistic(const struct worker *worker, struct fetch_statistic *stat);

/* The transfer is over for good: begins the record of it and brings in what it leads to, all at once. Errors: those
 * of the two below. */
int worker_harvest(struct worker *worker, struct fetch_statistic *stat);

/* Whether the crawl ends with what taking in the links ended with, and the URL is pending again. */
bool worker_gives_up(const struct worker *worker, int err);

/* Archives the answer of which `stat` is the record. Returns 1 when it is to be called again in a later turn; else
 * 0, worker->keeper having the error. */
int worker_keep(struct worker *worker, const struct fetch_statistic *stat);

/* The links are in the frontier, or taking them in ended with `err`: then the document is lost, or, where memory is
 * out or the state can't be written, the crawl ends and the URL is pending again. What came over the wire is archived,
 * the record goes to the observers, and only then the URL is done: a store that outlives the process loses nothing in
 * this order. Where it could not be archived, the crawl ends, and the URL is pending, too. */
void worker_conclude(struct worker *worker, struct fetch_statistic *stat, int err);

/* Whether the answer has more links than are taken in at once. */
bool worker_has_many_links(const struct worker *worker);

/* Takes in all links of the answer that has come. Errors: those of page_end, ERR_NO_MEMORY. */
int harvest_links(struct worker *worker, struct fetch_statistic *stat);

/* Records where the answer redirects to, and brings that into the frontier. A Location that is no URL is refused for
 * that reason and the answer counts as any other. Errors: ERR_NO_MEMORY. */
int harvest_redirect(struct worker *worker, struct fetch_statistic *stat, struct slice location);

/* Takes in the links of a large page while other work goes on, or archives a large answer, and concludes it. Returns
 * 0, or ERR_CANCELLED: then the page may not be done, and what came in is in. */
int harvest_slowly(struct worker *worker);

#endif
