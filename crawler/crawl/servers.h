/* servers.h - what a crawl knows of the origins (scheme, host, port) that it asks. */
#ifndef CRAWL_SERVERS_H
#define CRAWL_SERVERS_H

#include "crawl/politeness.h"
#include "crawl/sitemaps.h"
#include "store/store.h"
#include "web/robots.h"

/* What its robots.txt means. */
enum server_rules {
    SERVER_RULES_UNKNOWN,
    SERVER_RULES_KNOWN,
    SERVER_RULES_UNAVAILABLE /* nothing is allowed */
};

struct server {
    struct politeness politeness;
    struct store_pace pace; /* as the store has it */
    enum server_rules rules;
    struct robots *robots;    /* SERVER_RULES_KNOWN; NULL for none, which allow all */
    nanoseconds rules_expire; /* when they are to be asked for again */
    bool is_asked;            /* that is going on */
    int down;                 /* why it is not asked before `down_until`; 0 when it is */
    nanoseconds down_until;
    bool has_root;  /* of a crawl that goes on */
    bool is_listed; /* its sitemaps have been put into the queue */
    struct sitemap_queue sitemaps;
};

struct servers;

/* `options` lives as long as the servers. Errors: ERR_NO_MEMORY. */
int servers_create(struct servers **out, const struct options *options);

/* NULL is allowed. */
void servers_free(struct servers *servers);

/* The pace of an origin's first claim, which is alone until its rules are known. */
uint32_t servers_first_at_once(const struct options *options);

/* The server of an http or https URL; NULL when memory is out. */
struct server *servers_find(struct servers *servers, const struct url *url);

/* How long rules hold (RFC 9309, section 2.4). */
#define SERVER_RULES_HOLD SECONDS(24 * 3600)

/* Takes over `robots`, or NULL for none; they hold for a day from `now` on. */
void server_set_rules(struct server *server, struct robots *robots, nanoseconds now);

/* Spaces its requests as its rules ask for. */
void server_heed_delay(struct server *server, const struct options *options);

/* Its rules could not be had. Old ones hold on; else nothing is allowed. Asked for again in ten minutes. */
void server_lack_rules(struct server *server, nanoseconds now);

/* It doesn't answer, as `error` says: for a minute it isn't asked. */
void server_go_down(struct server *server, int error, nanoseconds now);

/* The error with which a URL of it fails without being asked for; 0 when it is to be asked for. */
int server_is_down(const struct server *server, nanoseconds now);

#endif
