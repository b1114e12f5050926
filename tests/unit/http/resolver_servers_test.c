#include "http/resolver_servers.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/log.h"
#include "unit/suite.h"

/* "ADDRESS PORT;" for each server that is read from `text`. */
static const char *parse(const char *text)
{
    static char result[512];
    result[0] = '\0';
    struct ares_addr_port_node *servers = NULL;
    ck_assert_msg(resolver_servers_parse(text, &servers) == 0, "%s", text);
    for (const struct ares_addr_port_node *server = servers; server; server = server->next) {
        char address[INET6_ADDRSTRLEN];
        inet_ntop(server->family, &server->addr, address, sizeof address);
        ck_assert_int_eq(server->udp_port, server->tcp_port);
        size_t length = strlen(result);
        snprintf(result + length, sizeof result - length, "%s %d;", address, server->udp_port);
    }
    free(servers);
    return result;
}

START_TEST(lists_are_read)
{
    ck_assert_str_eq(parse("192.0.2.1"), "192.0.2.1 53;");
    ck_assert_str_eq(parse("192.0.2.1:5353"), "192.0.2.1 5353;");
    ck_assert_str_eq(parse("192.0.2.1:65535,192.0.2.2:1"), "192.0.2.1 65535;192.0.2.2 1;");
    ck_assert_str_eq(parse("::1"), "::1 53;");
    ck_assert_str_eq(parse("2001:db8::1:53"), "2001:db8::1:53 53;");
    ck_assert_str_eq(parse("[2001:db8::1]"), "2001:db8::1 53;");
    ck_assert_str_eq(parse("[::1]:53535, 192.0.2.1 "), "::1 53535;192.0.2.1 53;");
}
END_TEST

static char last_line[256];

static void keep_line(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    snprintf(last_line, sizeof last_line, "%s", line);
}

START_TEST(wrong_server_is_named)
{
    static const char *const cases[][2] = {
        {"", "''"},
        {"192.0.2.1,", "''"},
        {",192.0.2.1", "''"},
        {"ns.example", "'ns.example'"},
        {"192.0.2.1,ns.example:53,192.0.2.2", "'ns.example:53'"},
        {"192.0.2.1:", "'192.0.2.1:'"},
        {"192.0.2.1:0", "'192.0.2.1:0'"},
        {"192.0.2.1:65536", "'192.0.2.1:65536'"},
        {"192.0.2.1:99999999999999999999", "'192.0.2.1:99999999999999999999'"},
        {"192.0.2.1:-1", "'192.0.2.1:-1'"},
        {"192.0.2.1:5x", "'192.0.2.1:5x'"},
        {"192.0.2.256", "'192.0.2.256'"},
        {"192.0.2", "'192.0.2'"},
        {"[::1", "'[::1'"},
        {"[::1]x", "'[::1]x'"},
        {"[::1]:", "'[::1]:'"},
        {"[192.0.2.1]:53", "'[192.0.2.1]:53'"},
        {"::1]:53", "'::1]:53'"},
        {"192.0.2.1 192.0.2.2", "'192.0.2.1 192.0.2.2'"},
    };
    log_set_sink(keep_line, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ares_addr_port_node *servers = NULL;
        ck_assert_msg(resolver_servers_parse(cases[i][0], &servers) == ERR_SYNTAX, "%s", cases[i][0]);
        ck_assert_msg(strstr(last_line, cases[i][1]) != NULL, "%s: %s", cases[i][0], last_line);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("resolver_servers", lists_are_read, wrong_server_is_named);
}
