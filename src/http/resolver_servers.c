#include "http/resolver_servers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/log.h"
#include "base/slice.h"
#include "http/resolver_name.h"

enum { DNS_PORT = 53, LARGEST_PORT = 65535 };

static size_t count_servers(const char *text)
{
    size_t count = 1;
    for (const char *comma = strchr(text, ','); comma; comma = strchr(comma + 1, ','))
        count++;
    return count;
}

/* The part of `server` that is the address: all before the colon of a port. An IPv6 address that has one stands in
 * brackets. */
static struct slice address_part(struct slice server)
{
    const char *bracket = memchr(server.data, ']', server.length);
    if (bracket)
        return (struct slice){server.data, (size_t)(bracket - server.data) + 1};
    const char *colon = memchr(server.data, ':', server.length);
    if (!colon || memchr(colon + 1, ':', server.length - (size_t)(colon + 1 - server.data)))
        return server;
    return (struct slice){server.data, (size_t)(colon - server.data)};
}

/* Reads what stands behind the address: nothing, or a colon and a port. */
static bool read_port(struct slice text, int *port)
{
    *port = DNS_PORT;
    if (text.length == 0)
        return true;
    if (text.data[0] != ':' || text.length == 1)
        return false;
    *port = 0;
    for (size_t i = 1; i < text.length; i++) {
        char c = text.data[i];
        if (c < '0' || c > '9')
            return false;
        *port = *port * 10 + (c - '0');
        if (*port > LARGEST_PORT)
            return false;
    }
    return *port > 0;
}

static bool read_server(struct ares_addr_port_node *node, struct slice text)
{
    if (text.length == 0)
        return false;
    struct slice address = address_part(text);
    struct slice rest = {text.data + address.length, text.length - address.length};
    struct resolver_name name;
    int port = 0;
    if (resolver_name_read(&name, address) || !name.is_address || !read_port(rest, &port))
        return false;
    *node = (struct ares_addr_port_node){.family = name.address.family, .udp_port = port, .tcp_port = port};
    memcpy(&node->addr, name.address.bytes, sizeof node->addr);
    return true;
}

int resolver_servers_parse(const char *text, struct ares_addr_port_node **out)
{
    size_t count = count_servers(text);
    struct ares_addr_port_node *nodes = calloc(count, sizeof *nodes);
    if (!nodes)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        struct slice server = slice_trim((struct slice){text, strcspn(text, ",")});
        if (!read_server(&nodes[i], server)) {
            log_error("malformed name server '%.*s': must be ADDRESS[:PORT]", SLICE_ARGS(server));
            free(nodes);
            return ERR_SYNTAX;
        }
        nodes[i].next = i + 1 < count ? &nodes[i + 1] : NULL;
        text += strcspn(text, ",") + 1;
    }
    *out = nodes;
    return 0;
}
