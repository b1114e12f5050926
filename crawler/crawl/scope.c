#include "crawl/scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/table.h"
#include "crawl/pattern.h"
#include "web/domain.h"

struct root {
    struct root *next;
    struct slice origin; /* scheme, host and port */
    struct slice folder; /* path up to its last '/' */
};

/* What was found out about an origin. */
struct origin_verdict {
    uint64_t origin; /* its fingerprint; 0 for none */
    bool allowed;
};

enum { VERDICTS = 64 }; /* a power of two */

struct scope {
    const struct options *options;
    struct origin_verdict verdicts[VERDICTS]; /* by the fingerprint's lowest bits */
    struct arena memory;
    struct table hosts; /* what a host is compared by -> the same text, in `memory` */
    struct root *roots;
    struct pattern_list *include;
    struct pattern_list *exclude;
    struct buf origin; /* scratch */
};

int scope_create(struct scope **out, const struct options *options)
{
    struct scope *scope = calloc(1, sizeof *scope);
    if (!scope)
        return ERR_NO_MEMORY;
    scope->options = options;
    arena_init(&scope->memory);
    table_init(&scope->hosts);
    buf_init(&scope->origin, URL_MAX_LENGTH);
    int err = pattern_list_create(&scope->include, &options->include, "--include");
    if (!err)
        err = pattern_list_create(&scope->exclude, &options->exclude, "--exclude");
    if (err) {
        scope_free(scope);
        return err;
    }
    *out = scope;
    return 0;
}

void scope_free(struct scope *scope)
{
    if (!scope)
        return;
    pattern_list_free(scope->include);
    pattern_list_free(scope->exclude);
    table_free(&scope->hosts);
    arena_free(&scope->memory);
    buf_free(&scope->origin);
    free(scope);
}

struct slice scope_without_www(struct slice host)
{
    static const char prefix[] = "www.";
    size_t length = sizeof prefix - 1;
    if (host.length <= length || memcmp(host.data, prefix, length) != 0)
        return host;
    return (struct slice){host.data + length, host.length - length};
}

/* What of a URL's host must be equal to that of a root. An address stands for itself alone. */
static struct slice comparable(const struct scope *scope, const struct url *url)
{
    struct slice host = url_host(url);
    if (url_host_is_address(url))
        return host;
    return scope->options->scope == SCOPE_DOMAIN ? domain_registrable(host) : scope_without_www(host);
}

int scope_add_root(struct scope *scope, const struct url *root)
{
    struct root *entry = arena_alloc(&scope->memory, sizeof *entry);
    if (!entry)
        return ERR_NO_MEMORY;
    buf_clear(&scope->origin);
    int err = url_append_origin(root, &scope->origin);
    if (err)
        return err;
    struct slice path = url_path(root);
    while (path.length && path.data[path.length - 1] != '/')
        path.length--;
    struct slice key = arena_copy(&scope->memory, comparable(scope, root));
    entry->origin = arena_copy(&scope->memory, buf_slice(&scope->origin));
    entry->folder = arena_copy(&scope->memory, path);
    if (!key.data || !entry->origin.data || !entry->folder.data)
        return ERR_NO_MEMORY;
    memset(scope->verdicts, 0, sizeof scope->verdicts);
    entry->next = scope->roots;
    scope->roots = entry;
    return table_put(&scope->hosts, hash_bytes(key), (void *)key.data);
}

static bool has_host(const struct scope *scope, struct slice host)
{
    return table_get(&scope->hosts, hash_bytes(host)) != NULL;
}

/* Whether `host` or a domain above it is a root's. */
static bool is_subdomain(const struct scope *scope, struct slice host)
{
    for (;;) {
        if (has_host(scope, host))
            return true;
        const char *dot = memchr(host.data, '.', host.length);
        if (!dot)
            return false;
        host.length -= (size_t)(dot + 1 - host.data);
        host.data = dot + 1;
    }
}

static bool host_is_in_scope(const struct scope *scope, const struct url *url)
{
    struct slice host = comparable(scope, url);
    switch (scope->options->scope) {
    case SCOPE_ANY:
        return true;
    case SCOPE_SUBDOMAINS:
        return url_host_is_address(url) ? has_host(scope, host) : is_subdomain(scope, host);
    default:
        return has_host(scope, host);
    }
}

/* The chapter's host_okay. Most links of a page are of few origins, so that what was said of one is kept. */
static bool host_okay(struct scope *scope, const struct url *url)
{
    uint64_t origin = url_origin_fingerprint(url);
    struct origin_verdict *verdict = &scope->verdicts[origin & (VERDICTS - 1)];
    if (verdict->origin != origin)
        *verdict = (struct origin_verdict){origin, host_is_in_scope(scope, url)};
    return verdict->allowed;
}

static bool starts_with(struct slice text, struct slice prefix)
{
    return text.length >= prefix.length && memcmp(text.data, prefix.data, prefix.length) == 0;
}

/* Whether `url` is of the origin of some root and, where there is one, below its folder. */
static bool is_below_root(struct scope *scope, const struct url *url)
{
    buf_clear(&scope->origin);
    if (url_append_origin(url, &scope->origin))
        return false;
    for (const struct root *root = scope->roots; root; root = root->next)
        if (slice_equal(root->origin, buf_slice(&scope->origin)) && starts_with(url_path(url), root->folder))
            return true;
    return false;
}

static enum reason matches_patterns(struct scope *scope, struct slice href)
{
    int excluded = pattern_list_search(scope->exclude, href);
    int included = scope->options->include.count ? pattern_list_search(scope->include, href) : 1;
    if (excluded < 0 || included < 0)
        return REASON_PATTERN_LIMIT;
    if (excluded)
        return REASON_EXCLUDED;
    return included ? REASON_NONE : REASON_NOT_INCLUDED;
}

enum reason scope_url_allowed(struct scope *scope, const struct url *url)
{
    if (!url_is_http(url))
        return REASON_SCHEME;
    struct slice href = url_without_fragment(url);
    if (href.length > scope->options->max_url_length)
        return REASON_TOO_LONG;
    if (!host_okay(scope, url))
        return REASON_HOST;
    if (scope->options->scope == SCOPE_PREFIX && !is_below_root(scope, url))
        return REASON_PREFIX;
    if (scope->options->no_parent && !is_below_root(scope, url))
        return REASON_PARENT;
    if (scope->options->include.count == 0 && scope->options->exclude.count == 0)
        return REASON_NONE;
    return matches_patterns(scope, href);
}
