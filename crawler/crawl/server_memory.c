#include "crawl/server_memory.h"

#include "base/error.h"
#include "base/log.h"

/* --- what is told ------------------------------------------------------------------------------------------------- */

/* Sends `entry` with the origin of the worker's URL as its text. */
static int send(const struct worker *worker, struct journal_entry *entry)
{
    struct state *state = worker->crawler->state;
    struct buf origin;
    if (!state)
        return 0;
    buf_init(&origin, URL_MAX_LENGTH);
    int err = url_append_origin(&worker->url, &origin);
    entry->text = buf_slice(&origin);
    if (!err)
        err = state_send(state, entry);
    buf_free(&origin);
    return err;
}

int server_memory_rules(const struct worker *worker, struct slice text)
{
    return send(worker,
                &(struct journal_entry){.kind = JOURNAL_RULES, .more = text, .number = (uint64_t)clock_time_of_day()});
}

int server_memory_hold(const struct worker *worker)
{
    nanoseconds wait = worker->server->politeness.not_before - clock_now();
    const int64_t until = clock_time_of_day() + wait / MILLISECONDS(1) + 1;
    return wait <= 0 ? 0 : send(worker, &(struct journal_entry){.kind = JOURNAL_HOLD, .number = (uint64_t)until});
}

/* --- what comes back ---------------------------------------------------------------------------------------------- */

static struct server *find(struct crawler *crawler, struct slice origin)
{
    struct buf text;
    struct url url;
    buf_init(&text, URL_MAX_LENGTH);
    int err = buf_append_slice(&text, origin);
    if (!err)
        err = buf_append_char(&text, '/');
    struct server *server = NULL;
    if (!err) {
        url_of_serialised(&url, buf_slice(&text));
        server = servers_find(crawler->servers, &url);
    }
    buf_free(&text);
    return server;
}

/* Where the clock has been set back nothing is known. */
static int restore_rules(const struct crawler *crawler, struct server *server, const struct state_origin *origin)
{
    struct slice product = robots_product(slice_of(crawler->options->user_agent));
    struct robots *robots = NULL;
    int64_t age = clock_time_of_day() - origin->asked;
    if (!origin->asked || age < 0 || age >= SERVER_RULES_HOLD / MILLISECONDS(1) || server->rules == SERVER_RULES_KNOWN)
        return 0;
    int err = origin->robots.length ? robots_create(&robots, origin->robots, product) : 0;
    if (!err)
        server_set_rules(server, robots, clock_now() - MILLISECONDS(age));
    if (!err)
        server_heed_delay(server, crawler->options);
    return err;
}

static void restore_hold(const struct crawler *crawler, struct server *server, const struct state_origin *origin)
{
    int64_t wait = origin->not_before - clock_time_of_day();
    nanoseconds most = crawler->options->retry_max_wait;
    if (!origin->not_before || wait <= 0)
        return;
    server->politeness.not_before = clock_after(wait < most / MILLISECONDS(1) ? MILLISECONDS(wait) : most);
}

static int restore_origin(void *context, const struct state_origin *origin)
{
    struct crawler *crawler = context;
    struct server *server = find(crawler, origin->origin);
    int err = server ? restore_rules(crawler, server, origin) : ERR_NO_MEMORY;
    if (!err)
        restore_hold(crawler, server, origin);
    return err;
}

static int restore_sitemap(void *context, const struct state_sitemap *sitemap)
{
    struct crawler *crawler = context;
    struct server *server = find(crawler, sitemap->origin);
    return server ? sitemaps_restore(crawler->sitemaps, &server->sitemaps, sitemap) : ERR_NO_MEMORY;
}

int server_memory_restore(struct crawler *crawler, struct state_file *file)
{
    int err = state_file_for_each_origin(file, restore_origin, crawler);
    if (!err)
        err = state_file_for_each_sitemap(file, restore_sitemap, crawler);
    if (err == ERR_NO_MEMORY)
        log_error("%s: %s", crawler->options->state, error_text(err));
    return err;
}
