/* What is known of the origins that are asked. */
#include "crawl/servers.h"

#include "base/error.h"
#include "unit/suite.h"

static struct options options;
static struct servers *servers;

static struct server *find(const char *text)
{
    struct url url;
    url_of_serialised(&url, slice_of(text));
    return servers_find(servers, &url);
}

static void open_servers(void)
{
    ck_assert_int_eq(servers_create(&servers, &options), 0);
}

START_TEST(an_origin_is_scheme_host_and_port)
{
    options = (struct options){0};
    open_servers();
    struct server *server = find("http://a.test/");
    ck_assert_ptr_eq(find("http://a.test/b?c"), server);
    ck_assert_ptr_ne(find("https://a.test/"), server);
    ck_assert_ptr_ne(find("http://a.test:8080/"), server);
    ck_assert_ptr_ne(find("http://www.a.test/"), server);
    ck_assert(server->rules == SERVER_RULES_UNKNOWN && server->pace.at_once == 1);
    servers_free(servers);
}
END_TEST

START_TEST(without_robots_nothing_is_to_be_asked)
{
    options = (struct options){.no_robots = true};
    open_servers();
    struct server *server = find("http://a.test/");
    ck_assert(server->rules == SERVER_RULES_KNOWN && server->rules_expire == NEVER && !server->robots);
    ck_assert_uint_eq(server->pace.at_once, 4);
    ck_assert_uint_eq(servers_first_at_once(&options), 4);
    servers_free(servers);
}
END_TEST

START_TEST(rules_hold_for_a_day)
{
    struct robots *robots;
    options = (struct options){0};
    open_servers();
    struct server *server = find("http://a.test/");
    ck_assert_int_eq(robots_create(&robots, SLICE("User-agent: *\nDisallow: /\n"), SLICE("crawler")), 0);
    server_set_rules(server, robots, SECONDS(5));
    ck_assert(server->rules == SERVER_RULES_KNOWN && server->robots == robots);
    ck_assert_int_eq(server->rules_expire, SECONDS(24 * 3600 + 5));
    server_lack_rules(server, SECONDS(100000)); /* old ones are better than none */
    ck_assert(server->rules == SERVER_RULES_KNOWN && server->robots == robots);
    ck_assert_int_eq(server->rules_expire, SECONDS(100600));
    server_set_rules(server, NULL, SECONDS(100600));
    ck_assert(server->rules == SERVER_RULES_KNOWN && !server->robots);
    servers_free(servers);
}
END_TEST

START_TEST(without_an_answer_nothing_is_allowed)
{
    options = (struct options){0};
    open_servers();
    struct server *server = find("http://a.test/");
    server_lack_rules(server, 0);
    ck_assert_int_eq(server->rules, SERVER_RULES_UNAVAILABLE);
    servers_free(servers);
}
END_TEST

START_TEST(who_is_down_comes_back)
{
    options = (struct options){0};
    open_servers();
    struct server *server = find("http://a.test/");
    server->politeness.not_before = SECONDS(1000);
    ck_assert_int_eq(server_is_down(server, 0), 0);
    server_go_down(server, ERR_CONNECT_REFUSED, SECONDS(10));
    ck_assert_int_eq(server_is_down(server, SECONDS(69)), ERR_CONNECT_REFUSED);
    ck_assert_int_eq(server_is_down(server, SECONDS(70)), 0);
    ck_assert_int_eq(server->politeness.not_before, SECONDS(10));
    server_go_down(server, ERR_CONNECT_REFUSED, SECONDS(70));
    server_set_rules(server, NULL, SECONDS(71));
    ck_assert_int_eq(server_is_down(server, SECONDS(71)), 0);
    servers_free(servers);
}
END_TEST

int main(void)
{
    return RUN_TESTS("servers", an_origin_is_scheme_host_and_port, without_robots_nothing_is_to_be_asked,
                     rules_hold_for_a_day, without_an_answer_nothing_is_allowed, who_is_down_comes_back);
}
