#include "crawl/servers.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/table.h"

static const nanoseconds RULES_RETRY = SECONDS(600);
static const nanoseconds DOWN = SECONDS(60);

struct servers {
    const struct options *options;
    struct table table; /* struct server by the fingerprint of its origin */
};

int servers_create(struct servers **out, const struct options *options)
{
    struct servers *servers = calloc(1, sizeof *servers);
    if (!servers)
        return ERR_NO_MEMORY;
    servers->options = options;
    table_init(&servers->table);
    *out = servers;
    return 0;
}

static void server_free(struct server *server)
{
    robots_free(server->robots);
    sitemap_queue_free(&server->sitemaps);
    free(server);
}

void servers_free(struct servers *servers)
{
    if (!servers)
        return;
    table_for_each(slot, &servers->table) server_free(slot->value);
    table_free(&servers->table);
    free(servers);
}

uint32_t servers_first_at_once(const struct options *options)
{
    struct politeness unknown;
    struct url url;
    if (!options->no_robots)
        return 1;
    url_of_serialised(&url, SLICE("http://unknown/"));
    politeness_init(&unknown, options, &url);
    return unknown.at_once;
}

static struct server *add(struct servers *servers, const struct url *url, uint64_t key)
{
    struct server *server = calloc(1, sizeof *server);
    if (!server)
        return NULL;
    if (table_put(&servers->table, key, server)) {
        free(server);
        return NULL;
    }
    politeness_init(&server->politeness, servers->options, url);
    server->pace.at_once = servers_first_at_once(servers->options);
    sitemap_queue_init(&server->sitemaps);
    if (servers->options->no_robots) {
        server->rules = SERVER_RULES_KNOWN;
        server->rules_expire = NEVER;
    }
    return server;
}

struct server *servers_find(struct servers *servers, const struct url *url)
{
    uint64_t key = url_origin_fingerprint(url);
    struct server *server = table_get(&servers->table, key);
    return server ? server : add(servers, url, key);
}

void server_set_rules(struct server *server, struct robots *robots, nanoseconds now)
{
    robots_free(server->robots);
    server->robots = robots;
    server->rules = SERVER_RULES_KNOWN;
    server->rules_expire = now + SERVER_RULES_HOLD;
    server->down = 0;
}

void server_heed_delay(struct server *server, const struct options *options)
{
    const struct robots *robots = server->robots;
    double seconds = robots && !options->ignore_crawl_delay ? robots_crawl_delay(robots) : 0;
    politeness_heed_delay(&server->politeness,
                          seconds < 86400 ? (nanoseconds)(seconds * (double)SECONDS(1)) : SECONDS(86400));
}

void server_lack_rules(struct server *server, nanoseconds now)
{
    if (server->rules != SERVER_RULES_KNOWN)
        server->rules = SERVER_RULES_UNAVAILABLE;
    server->rules_expire = now + RULES_RETRY;
}

void server_go_down(struct server *server, int error, nanoseconds now)
{
    server->down = error;
    server->down_until = now + DOWN;
    server->politeness.not_before = now; /* what is left to do with its URLs asks nothing of it */
}

int server_is_down(const struct server *server, nanoseconds now)
{
    return server->down && now < server->down_until ? server->down : 0;
}
