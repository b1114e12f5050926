#include "site/catalogue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site/directory.h"
#include "site/graph.h"
#include "site/traps.h"

enum { BUCKETS = 4096 }; /* of the table of pages; a power of two */

struct entry {
    struct entry *next; /* of the same bucket */
    char *host;         /* NULL: any */
    char *path;
    size_t prefix; /* length of the path that counts, when it serves all that begin so; else 0 */
    enum site_fault fault;
    unsigned fault_times; /* requests that will still meet the fault; 0: all */
    bool mended;          /* no more of them */
    struct site_answer whole;
    struct site_answer faulty;
    struct site_answer unmodified; /* to a request that has the page as it is */
    char *etag;                    /* NULL: none */
    char *modified;
};

/* Codes that a request can be refused with, each with its prepared answer. */
static const int refusals[] = {400, 404, 414, 431, 500, 501, 505};
enum { REFUSALS = sizeof refusals / sizeof *refusals };

struct site_catalogue {
    struct entry *buckets[BUCKETS];
    struct entry *prefixes; /* those that serve more than one path */
    struct site_answer refused[REFUSALS];
    struct site_answer missing; /* 404 that keeps the connection */
    struct site_graph graph;
    bool has_graph;
    bool has_traps;
    unsigned sessions; /* ids that the traps have given out */
    char *root;        /* canonical; NULL: none */
};

static size_t bucket_of(const char *path)
{
    unsigned hash = 5381;
    for (; *path; path++)
        hash = hash * 33 ^ (unsigned char)*path;
    return hash % BUCKETS;
}

static void free_entries(struct entry *entry)
{
    while (entry) {
        struct entry *next = entry->next;
        site_text_free(&entry->whole.text);
        site_text_free(&entry->faulty.text);
        site_text_free(&entry->unmodified.text);
        free(entry->etag);
        free(entry->modified);
        free(entry->host);
        free(entry->path);
        free(entry);
        entry = next;
    }
}

void site_catalogue_free(struct site_catalogue *catalogue)
{
    if (!catalogue)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        free_entries(catalogue->buckets[i]);
    free_entries(catalogue->prefixes);
    for (size_t i = 0; i < REFUSALS; i++)
        site_text_free(&catalogue->refused[i].text);
    site_text_free(&catalogue->missing.text);
    free(catalogue->root);
    free(catalogue);
}

/* Appended, so that of two pages that are the same the first serves. */
static void link_entry(struct entry **list, struct entry *entry)
{
    while (*list)
        list = &(*list)->next;
    *list = entry;
}

/* Returns false when memory is out. */
static bool add_conditions(struct entry *entry, const struct site_page *page, const struct site_ports *ports)
{
    if (!page->etag && !page->modified)
        return true;
    struct site_page unmodified = *page;
    unmodified.status = 304;
    site_answer_make(&entry->unmodified, &unmodified, SITE_NO_FAULT, ports);
    entry->etag = page->etag ? strdup(page->etag) : NULL;
    entry->modified = page->modified ? strdup(page->modified) : NULL;
    return (entry->etag || !page->etag) && (entry->modified || !page->modified) && !entry->unmodified.text.failed;
}

static int add_page(struct site_catalogue *catalogue, const struct site_page *page, const struct site_ports *ports)
{
    struct entry *entry = calloc(1, sizeof *entry);
    if (!entry)
        return -1;
    size_t length = strlen(page->path);
    bool prefix = length && page->path[length - 1] == '*';
    entry->prefix = prefix ? length - 1 : 0;
    entry->path = strdup(page->path);
    entry->host = page->host ? strdup(page->host) : NULL;
    entry->fault = page->fault;
    entry->fault_times = page->fault_times;
    struct site_page whole = *page;
    if (page->fault == SITE_NOT_NOW) {
        whole.status = 0;
        whole.headers = NULL;
    }
    site_answer_make(&entry->whole, &whole, SITE_NO_FAULT, ports);
    site_answer_make(&entry->faulty, page, page->fault, ports);
    link_entry(prefix ? &catalogue->prefixes : &catalogue->buckets[bucket_of(page->path)], entry);
    if (entry->path && (entry->host || !page->host) && !entry->whole.text.failed && !entry->faulty.text.failed &&
        add_conditions(entry, page, ports))
        return 0;
    errno = ENOMEM;
    return -1;
}

static int add_refusal(struct site_answer *answer, int status, enum site_framing framing)
{
    char body[128];
    snprintf(body, sizeof body, "<!DOCTYPE html>\n<title>%d %s</title>\n", status, site_answer_reason(status));
    struct site_page page = {.status = status, .body = body, .framing = framing};
    site_answer_make(answer, &page, SITE_NO_FAULT, &(struct site_ports){0});
    return answer->text.failed ? -1 : 0;
}

static int fill(struct site_catalogue *catalogue, const struct site_config *config, const struct site_ports *ports)
{
    for (size_t i = 0; i < REFUSALS; i++)
        if (add_refusal(&catalogue->refused[i], refusals[i], SITE_UNTIL_CLOSE))
            return -1;
    if (add_refusal(&catalogue->missing, 404, SITE_LENGTH))
        return -1;
    for (const struct site_page *page = config->pages; page && page->path; page++)
        if (add_page(catalogue, page, ports))
            return -1;
    if (config->graph) {
        catalogue->graph = *config->graph;
        catalogue->has_graph = true;
    }
    catalogue->has_traps = config->traps;
    if (!config->root)
        return 0;
    catalogue->root = realpath(config->root, NULL);
    return catalogue->root ? 0 : -1;
}

int site_catalogue_create(struct site_catalogue **out, const struct site_config *config, const struct site_ports *ports)
{
    struct site_catalogue *catalogue = calloc(1, sizeof *catalogue);
    if (!catalogue)
        return -1;
    if (fill(catalogue, config, ports)) {
        int number = errno;
        site_catalogue_free(catalogue);
        errno = number;
        return -1;
    }
    *out = catalogue;
    return 0;
}

/* A page for this very host goes before one for any. */
static struct entry *better(struct entry *best, struct entry *entry, const char *host)
{
    if (entry->host)
        return strcmp(entry->host, host) == 0 && (!best || !best->host) ? entry : best;
    return best ? best : entry;
}

static struct entry *find_entry(const struct site_catalogue *catalogue, const char *host, const char *target)
{
    struct entry *best = NULL;
    for (struct entry *entry = catalogue->buckets[bucket_of(target)]; entry; entry = entry->next)
        if (strcmp(entry->path, target) == 0)
            best = better(best, entry, host);
    if (best)
        return best;
    for (struct entry *entry = catalogue->prefixes; entry; entry = entry->next)
        if (strncmp(entry->path, target, entry->prefix) == 0)
            best = better(best, entry, host);
    return best;
}

static bool meets_fault(struct entry *entry, bool reused)
{
    bool needs_reused = entry->fault == SITE_CLOSE_REUSED || entry->fault == SITE_RESET_REUSED;
    if (entry->fault == SITE_NO_FAULT || entry->mended || (needs_reused && !reused))
        return false;
    if (entry->fault_times && --entry->fault_times == 0)
        entry->mended = true;
    return true;
}

/* Whether the client has the page as it is. */
static bool is_unmodified(const struct entry *entry, const struct site_head *head)
{
    if (head->none_match[0])
        return entry->etag && strcmp(entry->etag, head->none_match) == 0;
    return entry->modified && strcmp(entry->modified, head->modified_since) == 0;
}

void site_catalogue_find(struct site_catalogue *catalogue, const struct site_head *head, bool reused,
                         struct site_answer *answer)
{
    struct entry *entry = find_entry(catalogue, head->host, head->target);
    if (entry)
        *answer = meets_fault(entry, reused)   ? entry->faulty
                  : is_unmodified(entry, head) ? entry->unmodified
                                               : entry->whole;
    else if (!(catalogue->has_traps && site_traps_answer(head->target, &catalogue->sessions, answer)) &&
             !(catalogue->has_graph && site_graph_answer(&catalogue->graph, head->target, answer)) &&
             !(catalogue->root && site_directory_answer(catalogue->root, head, answer)))
        *answer = catalogue->missing;
    if (answer->owned && answer->text.failed) {
        site_text_free(&answer->text);
        site_catalogue_refuse(catalogue, 500, answer);
    }
}

void site_catalogue_refuse(struct site_catalogue *catalogue, int status, struct site_answer *answer)
{
    size_t i = 0;
    while (i + 1 < REFUSALS && refusals[i] != status)
        i++;
    *answer = catalogue->refused[i];
}
