/* resolver_servers.h - a list of name servers as the user writes it. */
#ifndef HTTP_RESOLVER_SERVERS_H
#define HTTP_RESOLVER_SERVERS_H

#include <ares.h>

/* Reads "ADDRESS[:PORT],...", IPv6 as ADDRESS or [ADDRESS][:PORT]. `*out` is then an array of servers that are linked
 * in their order, to be given back with free(). Errors: ERR_SYNTAX (the log names the server that is wrong),
 * ERR_NO_MEMORY. */
int resolver_servers_parse(const char *text, struct ares_addr_port_node **out);

#endif
