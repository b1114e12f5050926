#include "http/route.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/log.h"
#include "http/resolver_name.h"

enum { DEFAULT_PROXY_PORT = 1080, DEFAULT_HTTPS_PROXY_PORT = 443 }; /* libcurl's own */

static struct slice cut_before(struct slice *text, char c)
{
    const char *found = text->length ? memchr(text->data, c, text->length) : NULL;
    size_t length = found ? (size_t)(found - text->data) : text->length;
    struct slice field = {text->data, length};
    text->data += length + (found != NULL);
    text->length -= length + (found != NULL);
    return field;
}

/* The next field of "a:b:c", where one in brackets may hold colons. */
static struct slice next_field(struct slice *text)
{
    if (!text->length || text->data[0] != '[')
        return cut_before(text, ':');
    struct slice rest = {text->data + 1, text->length - 1};
    struct slice field = cut_before(&rest, ']');
    cut_before(&rest, ':');
    *text = rest;
    return field;
}

static bool field_is_port(struct slice field, uint16_t port)
{
    char text[8];
    int length = snprintf(text, sizeof text, "%u", port);
    return slice_equal(field, (struct slice){text, (size_t)length});
}

/* Whether "HOST:PORT:..." speaks of the origin; `any` is the HOST that stands for all. Leaves in `rule` what
 * follows. */
static bool rule_holds(struct slice *rule, struct slice any, const struct origin *origin)
{
    struct slice host = next_field(rule), port = next_field(rule);
    return (slice_equal(host, any) || slice_equal_nocase(host, origin->host)) &&
           (!port.length || field_is_port(port, origin->port));
}

static void apply_connect_to(struct origin *origin, const struct http_options *options)
{
    for (const char *const *rule = options->connect_to; rule && *rule; rule++) {
        struct slice rest = slice_of(*rule);
        if (!rule_holds(&rest, SLICE(""), origin))
            continue;
        struct slice host = next_field(&rest), port = next_field(&rest);
        if (host.length)
            origin->next_hop = host;
        origin->is_vouched = host.length > 0;
        if (port.length)
            origin->next_port = (uint16_t)strtoul(port.data, NULL, 10);
        return;
    }
}

/* Whether the user says where the next hop is, so that no name needs to be looked up. */
static bool is_pinned(const struct origin *origin, const struct http_options *options)
{
    const struct origin hop = {.host = origin->next_hop, .port = origin->next_port};
    for (const char *const *rule = options->resolve; rule && *rule; rule++) {
        struct slice rest = slice_of(**rule == '+' ? *rule + 1 : *rule);
        if (rule_holds(&rest, SLICE("*"), &hop))
            return true;
    }
    return false;
}

static bool is_address(struct slice host)
{
    struct resolver_name name;
    return resolver_name_read(&name, host) == 0 && name.is_address;
}

/* no_proxy: names separated by commas, each for itself and all below it; * for all. */
static bool is_exempt(struct slice host, const char *no_proxy)
{
    struct slice rest = slice_of(no_proxy);
    while (rest.length) {
        struct slice name = slice_trim(cut_before(&rest, ','));
        if (name.length && name.data[0] == '.')
            name = (struct slice){name.data + 1, name.length - 1};
        if (slice_equal(name, SLICE("*")))
            return true;
        if (!name.length || name.length > host.length)
            continue;
        size_t before = host.length - name.length;
        if (slice_equal_nocase((struct slice){host.data + before, name.length}, name) &&
            (before == 0 || host.data[before - 1] == '.'))
            return true;
    }
    return false;
}

static const char *first_set(const char *const *names)
{
    for (; *names; names++) {
        const char *value = getenv(*names);
        if (value && value[0])
            return value;
    }
    return "";
}

/* The upper-case HTTP_PROXY is left out: a CGI program's environment has it from the client's Proxy header. */
static const char *proxy_from_environment(const struct origin *origin)
{
    static const char *const http[] = {"http_proxy", "all_proxy", "ALL_PROXY", NULL};
    static const char *const https[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", NULL};
    static const char *const none[] = {"no_proxy", "NO_PROXY", NULL};
    if (is_exempt(origin->host, first_set(none)))
        return "";
    return first_set(slice_equal(origin->scheme, SLICE("https")) ? https : http);
}

int route_check_proxy(const char *proxy)
{
    static const char *const blind[] = {"socks://", "socks4://", "socks5://"};
    for (size_t i = 0; i < sizeof blind / sizeof blind[0]; i++)
        if (slice_has_prefix_nocase(slice_of(proxy), slice_of(blind[i]))) {
            log_error("proxy %s: it would be told addresses, not names; socks4a:// and socks5h:// look names up",
                      blind[i]);
            return ERR_INVALID;
        }
    return 0;
}

static int apply_proxy(struct origin *origin)
{
    if (route_check_proxy(origin->proxy))
        return ERR_INVALID;
    const char *authority = strstr(origin->proxy, "://");
    struct slice rest = slice_of(authority ? authority + 3 : origin->proxy);
    if (authority_parse(cut_before(&rest, '/'), &origin->next_hop, &origin->next_port)) {
        log_error("proxy '%s': not a host with a port", origin->proxy);
        return ERR_INVALID;
    }
    if (!origin->next_port)
        origin->next_port = slice_has_prefix_nocase(slice_of(origin->proxy), SLICE("https://"))
                                ? DEFAULT_HTTPS_PROXY_PORT
                                : DEFAULT_PROXY_PORT;
    return 0;
}

int route_origin(struct origin *origin, const struct http_options *options)
{
    if (origin->is_routed)
        return 0;
    origin->next_hop = origin->host;
    origin->next_port = origin->port;
    origin->proxy = options->proxy                    ? options->proxy
                    : options->proxy_from_environment ? proxy_from_environment(origin)
                                                      : "";
    apply_connect_to(origin, options);
    int err = origin->proxy[0] ? apply_proxy(origin) : 0;
    if (err)
        return err;
    bool named_in_resolve = is_pinned(origin, options);
    origin->is_address = is_address(origin->next_hop);
    origin->is_pinned = origin->is_address || named_in_resolve;
    origin->is_vouched |= origin->proxy[0] || (named_in_resolve && !origin->is_address);
    origin->is_routed = true;
    return 0;
}
