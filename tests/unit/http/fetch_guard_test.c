/* Which sockets the client opens: this machine stands for all places that are not public. */
#include "http/fetch.h"

#include "site/dns.h"
#include "unit/http/fetch_fixture.h"

static const struct site_page PAGES[] = {{.path = "/", .body = "hello"}, {0}};

static const struct dns_row ROWS[] = {
    {.name = "loopback.test", .ipv4 = "127.0.0.1", .ttl = 300},
    {.name = "metadata.test", .ipv4 = "169.254.169.254", .ttl = 300},
    {.name = "proxy.test", .ipv4 = "127.0.0.1", .ttl = 300},
};

static struct dns_server *dns;

/* A client as the crawler has it, for a user who named these hosts; the rest of `options` is the test's. */
static void open_guarded(struct http_options options, const char *const *named_hosts)
{
    const struct http_options usual = test_options();
    dns = dns_server_start(ROWS, sizeof ROWS / sizeof ROWS[0]);
    options.user_agent = usual.user_agent;
    options.total_timeout = usual.total_timeout;
    options.dns_servers = dns_server_address(dns);
    options.named_hosts = named_hosts;
    if (!site)
        open_site(PAGES);
    open_client(&options);
}

static void close_guarded(void)
{
    close_all();
    dns_server_stop(dns);
}

/* What becomes of "http://HOST:PORT/". */
static int fate_at(const char *host, uint16_t port)
{
    char url[URL_SIZE];
    snprintf(url, sizeof url, "http://%s:%u/", host, port);
    return fate_of(url);
}

static int fate_of_host(const char *host)
{
    return fate_at(host, site_port(site, 0));
}

START_TEST(refusal_names_the_address)
{
    open_guarded((struct http_options){0}, NULL);
    struct job job;
    assert_kind(fetch(&job, "/"), ERR_ADDRESS_REFUSED, "loopback");
    ck_assert_str_eq(job.response.error_detail, "127.0.0.1: loopback");
    ck_assert(!job.response.reached_server && !job.response.status && !job.begins);
    job_free(&job);
    assert_kind(fetch(&job, "http://[::ffff:a00:1]:1/"), ERR_ADDRESS_REFUSED, "mapped");
    ck_assert_str_eq(job.response.error_detail, "::ffff:10.0.0.1: private network");
    job_free(&job);
    assert_kind(fetch(&job, "http://metadata.test:1/"), ERR_ADDRESS_REFUSED, "by name");
    ck_assert_str_eq(job.response.error_detail, "169.254.169.254: link-local");
    job_free(&job);
    ck_assert_uint_eq(site_connections(site), 0);
    close_guarded();
}
END_TEST

START_TEST(refusals_leave_nothing_behind)
{
    open_guarded((struct http_options){0}, (const char *const[]){"127.0.0.1", NULL});
    for (int i = 0; i < 100; i++) /* more than may be opening connections at once */
        assert_kind(fate_of_host("loopback.test"), ERR_ADDRESS_REFUSED, "by name");
    fetch_well("/"); /* with the handle of a refusal */
    assert_kind(fate_at("127.0.0.1", 1), ERR_CONNECT_REFUSED, "a port where nobody listens");
    assert_kind(fate_of_host("loopback.test"), ERR_ADDRESS_REFUSED, "by name, after a failure");
    ck_assert_uint_eq(site_connections(site), 1);
    close_guarded();
}
END_TEST

START_TEST(named_hosts_open_for_themselves)
{
    open_guarded((struct http_options){0}, (const char *const[]){"loopback.test", "metadata.test", NULL});
    assert_kind(fate_of_host("LOOPBACK.test."), 0, "a name");
    assert_kind(fate_of_host("127.0.0.1"), ERR_ADDRESS_REFUSED, "its address");
    assert_kind(fate_of_host("localhost"), ERR_ADDRESS_REFUSED, "its neighbour");
    assert_kind(fate_of_host("metadata.test"), ERR_ADDRESS_REFUSED, "a name that is said to be link-local");
    close_guarded();
    open_guarded((struct http_options){0}, (const char *const[]){"127.0.0.1", "localhost", NULL});
    assert_kind(fate_of_host("127.0.0.1"), 0, "an address");
    assert_kind(fate_of_host("localhost"), 0, "localhost");
    assert_kind(fate_of_host("loopback.test"), ERR_ADDRESS_REFUSED, "a name of the same address");
    close_guarded();
}
END_TEST

START_TEST(what_the_user_points_to_is_not_asked_about)
{
    char pin[URL_SIZE], rule[URL_SIZE], proxy[URL_SIZE];
    open_site(PAGES);
    unsigned port = site_port(site, 0);
    snprintf(pin, sizeof pin, "pinned.test:%u:127.0.0.1", port);
    snprintf(rule, sizeof rule, "moved.test:80:loopback.test:%u", port);
    snprintf(proxy, sizeof proxy, "http://proxy.test:%u", port);
    open_guarded((struct http_options){.resolve = (const char *const[]){pin, NULL},
                                       .connect_to = (const char *const[]){rule, NULL}},
                 NULL);
    assert_kind(fate_of_host("pinned.test"), 0, "--resolve");
    assert_kind(fate_of("http://moved.test/"), 0, "--connect-to");
    assert_kind(fate_of_host("loopback.test"), ERR_ADDRESS_REFUSED, "what it points to, by itself");
    close_client();
    dns_server_stop(dns);
    open_guarded((struct http_options){.proxy = proxy}, NULL);
    assert_kind(fate_of("http://10.0.0.1/"), 0, "through a proxy");
    close_guarded();
}
END_TEST

int main(void)
{
    return RUN_TESTS("fetch_guard", refusal_names_the_address, refusals_leave_nothing_behind,
                     named_hosts_open_for_themselves, what_the_user_points_to_is_not_asked_about);
}
