/* Where a fetch goes and what it shows on the way: names, addresses, proxies, TLS, HTTP/2, credentials, cookies. */
#include "http/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "site/certificate.h"
#include "site/dns.h"
#include "site/nginx.h"
#include "unit/http/fetch_fixture.h"

enum { PARALLEL = 20, SHORT = 300 /* milliseconds */ };

static const struct site_page PAGES[] = {
    {.path = "/", .body = "hello"},
    {.path = "/once", .body = "closed", .framing = SITE_UNTIL_CLOSE},
    {.path = "/slow", .body = "late", .delay = SHORT},
    {.path = "/in/set", .body = "cookie", .headers = "Set-Cookie: crumb=2\r\n"},
    {.path = "/in/other?q", .body = "below"},
    {.path = "/in/%41", .body = "below"},
    {.path = "/set", .body = "cookie", .headers = "Set-Cookie: crumb=1; Path=/\r\n"},
    {.path = "/cut", .body = "short", .fault = SITE_LENGTH_TOO_LONG},
    {.host = "unresolvable.invalid", .path = "/", .body = "through the proxy"},
    {0},
};

static const struct dns_row ROWS[] = {
    {.name = "a.test", .ipv4 = "127.0.0.1", .ttl = 300},     {.name = "short.test", .ipv4 = "127.0.0.1", .ttl = 1},
    {.name = "gone.test", .behaviour = DNS_NXDOMAIN},        {.name = "servfail.test", .behaviour = DNS_SERVFAIL},
    {.name = "silent.test", .behaviour = DNS_SILENT},        {.name = "host%d.test", .ipv4 = "127.0.0.1", .ttl = 300},
    {.name = "proxy.test", .ipv4 = "127.0.0.1", .ttl = 300}, {.name = "-a.test", .ipv4 = "127.0.0.1", .ttl = 300},
    {.name = "+a.test", .ipv4 = "127.0.0.1", .ttl = 300},    {.name = "*", .ipv4 = "127.0.0.1", .ttl = 300},
};

static struct dns_server *dns;

static struct http_options options_with_dns(void)
{
    dns = dns_server_start(ROWS, sizeof ROWS / sizeof ROWS[0]);
    struct http_options options = test_options();
    options.dns_servers = dns_server_address(dns);
    return options;
}

static void close_all_and_dns(void)
{
    close_all();
    dns_server_stop(dns);
}

/* A URL on the site's port, at any host. */
static const char *at(const char *scheme, const char *host, const char *path)
{
    static char url[URL_SIZE];
    snprintf(url, sizeof url, "%s://%s:%u%s", scheme, host, site_port(site, 0), path);
    return url;
}

START_TEST(name_is_looked_up_once)
{
    struct http_options options = options_with_dns();
    open_site(PAGES);
    open_client(&options);
    for (int i = 0; i < 5; i++)
        fetch_well(at("http", "a.test", "/"));
    fetch_well(at("http", "A.TEST", "/"));
    ck_assert_uint_eq(dns_server_asked(dns, "a.test", DNS_A), 1);
    ck_assert(was_sent(0, "Host", at("http", "a.test", "") + strlen("http://")));
    close_all_and_dns();
}
END_TEST

START_TEST(name_may_end_in_a_dot)
{
    struct http_options options = options_with_dns();
    open_site(PAGES);
    open_client(&options);
    fetch_well(at("http", "a.test.", "/"));
    fetch_well(at("http", "a.test", "/"));
    fetch_well(at("http", "a.test.", "/"));
    close_all_and_dns();
}
END_TEST

/* libcurl is told names by lines in which such signs have a meaning: a host must not change what is known of
 * another. */
START_TEST(names_may_begin_with_a_sign)
{
    struct http_options options = options_with_dns();
    open_site(PAGES);
    open_client(&options);
    fetch_well(at("http", "a.test", "/once"));
    fetch_well(at("http", "-a.test", "/once"));
    fetch_well(at("http", "a.test", "/once"));
    fetch_well(at("http", "-a.test.", "/once"));
    fetch_well(at("http", "a.test", "/once"));
    (void)fate_of(at("http", "+a.test", "/once")); /* no host for libcurl, some versions of it */
    fetch_well(at("http", "a.test", "/once"));
    ck_assert_uint_eq(dns_server_asked(dns, "a.test", DNS_A), 1);
    close_all_and_dns();
}
END_TEST

START_TEST(no_host_is_a_pattern)
{
    static const char *const hosts[] = {"*", "*."};
    struct http_options options = options_with_dns();
    open_site(PAGES);
    open_client(&options);
    for (size_t i = 0; i < 2; i++)
        assert_kind(fate_of(at("http", hosts[i], "/")), ERR_NAME_NOT_FOUND, hosts[i]);
    ck_assert_uint_eq(site_requests(site), 0);
    close_all_and_dns();
}
END_TEST

/* The addresses that libcurl holds must follow the resolver's, and outlive its short lives. */
START_TEST(name_is_looked_up_again_when_its_time_is_over)
{
    struct http_options options = options_with_dns();
    open_site(PAGES);
    open_client(&options);
    fetch_well(at("http", "short.test", "/"));
    usleep(1200000);
    fetch_well(at("http", "short.test", "/"));
    ck_assert_uint_eq(dns_server_asked(dns, "short.test", DNS_A), 2);
    close_all_and_dns();
}
END_TEST

START_TEST(each_failure_of_a_name_has_its_error)
{
    static const struct {
        const char *host;
        int error;
    } cases[] = {
        {"gone.test", ERR_NAME_NOT_FOUND}, {"servfail.test", ERR_NAME_FAILED}, {"silent.test", ERR_NAME_TIMED_OUT}};
    struct http_options options = options_with_dns();
    options.connect_timeout = MILLISECONDS(3 * SHORT);
    open_site(PAGES);
    open_client(&options);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_kind(fate_of(at("http", cases[i].host, "/")), cases[i].error, cases[i].host);
    close_all_and_dns();
}
END_TEST

START_TEST(many_names_are_fetched_at_once)
{
    static struct job jobs[200];
    struct http_options options = options_with_dns();
    open_site(PAGES);
    open_client(&options);
    for (int i = 0; i < 200; i++) {
        char host[32];
        snprintf(host, sizeof host, "host%d.test", i);
        job_init(&jobs[i], at("http", host, "/"));
        job_start(&jobs[i]);
    }
    for (int i = 0; i < 200; i++) {
        job_join(&jobs[i]);
        assert_kind(jobs[i].result, 0, jobs[i].url);
        job_free(&jobs[i]);
    }
    close_all_and_dns();
}
END_TEST

/* Only the first of them hands the addresses over, and all are in libcurl's hands at once. */
START_TEST(one_name_is_fetched_by_many_at_once)
{
    static struct job jobs[200];
    struct http_options options = options_with_dns();
    open_site(PAGES);
    open_client(&options);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 200; i++) {
            job_init(&jobs[i], at("http", "a.test", "/"));
            job_start(&jobs[i]);
        }
        for (int i = 0; i < 200; i++) {
            job_join(&jobs[i]);
            assert_kind(jobs[i].result, 0, jobs[i].url);
            job_free(&jobs[i]);
        }
    }
    ck_assert_uint_eq(dns_server_asked(dns, "a.test", DNS_A), 1);
    close_all_and_dns();
}
END_TEST

static void cancel_now(void *context)
{
    const struct job *job = context;
    task_cancel(job->task);
}

/* The one that was to hand the addresses over is broken off before libcurl has looked at it. */
START_TEST(addresses_survive_a_cancellation)
{
    struct http_options options = options_with_dns();
    open_site(PAGES);
    open_client(&options);
    for (int i = 0; i < 50; i++) {
        char host[32];
        snprintf(host, sizeof host, "host%d.test", i);
        struct job job;
        job_init(&job, at("http", host, "/slow"));
        job_start(&job);
        struct loop_timer timer;
        loop_timer_init(&timer, cancel_now, &job);
        loop_call_at(loop, &timer, clock_after(MICROSECONDS(i * 40)));
        job_join(&job);
        loop_timer_cancel(loop, &timer);
        assert_kind(job.result, ERR_CANCELLED, "cancelled");
        job_free(&job);
        int err = fate_of(at("http", host, "/"));
        if (err == ERR_NAME_FAILED) /* which is transient */
            err = fate_of(at("http", host, "/"));
        assert_kind(err, 0, host);
    }
    close_all_and_dns();
}
END_TEST

START_TEST(pinned_name_asks_nobody)
{
    static const char *pins[2];
    char pin[URL_SIZE];
    open_site(PAGES);
    snprintf(pin, sizeof pin, "pinned.invalid:%u:127.0.0.1", site_port(site, 0));
    pins[0] = pin;
    struct http_options options = test_options();
    options.resolve = pins;
    open_client(&options);
    for (int i = 0; i < 3; i++)
        fetch_well(at("http", "pinned.invalid", "/"));
    close_all();
}
END_TEST

START_TEST(connection_goes_where_connect_to_says)
{
    static const char *rules[2];
    char rule[URL_SIZE];
    struct http_options options = options_with_dns();
    open_site(PAGES);
    snprintf(rule, sizeof rule, "elsewhere.invalid:80:a.test:%u", site_port(site, 0));
    rules[0] = rule;
    options.connect_to = rules;
    open_client(&options);
    fetch_well("http://elsewhere.invalid/");
    ck_assert(was_sent(0, "Host", "elsewhere.invalid"));
    close_all_and_dns();
}
END_TEST

static bool has_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    bool has = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0)
        close(fd);
    return has;
}

START_TEST(ipv6_literal_is_fetched)
{
    if (!has_ipv6())
        return;
    open_tls_site(PAGES, SITE_PLAIN, true);
    struct http_options options = test_options();
    open_client(&options);
    struct job job;
    assert_kind(fetch(&job, "/"), 0, "[::1]");
    ck_assert_str_eq(job.response.remote_address, "::1");
    job_free(&job);
    fetch_well("/");
    close_all();
}
END_TEST

/* --- TLS ---------------------------------------------------------------------------------------------------------- */

START_TEST(tls_is_verified_against_the_given_authority)
{
    open_tls_site(PAGES, SITE_TLS, false);
    struct http_options options = test_options();
    options.ca_file = site_ca_file(site);
    open_client(&options);
    struct job job;
    assert_kind(fetch(&job, "/"), 0, "https");
    ck_assert_int_gt(job.response.timings.secured, job.response.timings.connected);
    job_free(&job);
    for (int i = 0; i < 3; i++)
        fetch_well("/");
    ck_assert_uint_eq(stats().connections_opened, 1);
    assert_kind(fate_of("/cut"), ERR_TRUNCATED, "/cut over TLS");
    close_all();
}
END_TEST

static void tls_must_fail(enum site_tls tls, bool use_ca)
{
    open_tls_site(PAGES, tls, false);
    struct http_options options = test_options();
    options.ca_file = use_ca ? site_ca_file(site) : NULL;
    open_client(&options);
    struct job job;
    assert_kind(fetch(&job, "/"), ERR_CERTIFICATE, "https");
    ck_assert(!job.response.reached_server);
    ck_assert_str_ne(job.response.error_detail, "");
    job_free(&job);
    ck_assert_uint_eq(site_requests(site), 0);
    close_client();
    options.insecure = true;
    open_client(&options);
    fetch_well("/");
    close_all();
}

START_TEST(bad_certificates_fail_closed)
{
    tls_must_fail(SITE_TLS_WRONG_HOST, true);
    tls_must_fail(SITE_TLS_EXPIRED, true);
    tls_must_fail(SITE_TLS, false);
}
END_TEST

START_TEST(missing_authorities_fail_closed)
{
    open_tls_site(PAGES, SITE_TLS, false);
    struct http_options options = test_options();
    options.ca_file = "/nonexistent/ca.pem";
    open_client(&options);
    log_set_sink(keep_line, NULL);
    assert_kind(fate_of("/"), ERR_CERTIFICATE, "no CA file");
    log_set_sink(NULL, NULL);
    ck_assert_ptr_nonnull(strstr(last_line, "/nonexistent/ca.pem"));
    ck_assert_uint_eq(site_requests(site), 0);
    close_all();
}
END_TEST

START_TEST(stalled_handshake_ends_at_the_connect_limit)
{
    open_tls_site(PAGES, SITE_TLS_STALLED, false);
    struct http_options options = test_options();
    options.connect_timeout = MILLISECONDS(SHORT);
    open_client(&options);
    struct job job;
    assert_kind(fetch(&job, "/"), ERR_CONNECT_TIMED_OUT, "stalled");
    ck_assert(!job.response.reached_server);
    job_free(&job);
    close_all();
}
END_TEST

/* --- HTTP/2 ------------------------------------------------------------------------------------------------------- */

static char root[] = "/tmp/fetch-test-XXXXXX";

static struct nginx *start_nginx(void)
{
    struct nginx *nginx = NULL;
    ck_assert_ptr_nonnull(mkdtemp(root));
    int err =
        nginx_start(&(struct nginx_config){.root = root, .extra = "location = /page { return 200 page; }"}, &nginx);
    if (err == NGINX_ABSENT) {
        rmdir(root);
        return NULL;
    }
    ck_assert_int_eq(err, 0);
    return nginx;
}

static void fetch_h2_crowd(const struct nginx *nginx, struct job *jobs)
{
    for (int i = 0; i < PARALLEL; i++) {
        char url[URL_SIZE];
        snprintf(url, sizeof url, "https://127.0.0.1:%u/page", nginx_https_port(nginx));
        job_init(&jobs[i], url);
        job_start(&jobs[i]);
    }
    for (int i = 0; i < PARALLEL; i++)
        job_join(&jobs[i]);
}

static void multiplex(enum http_version asked, enum http_version got)
{
    static struct job jobs[PARALLEL];
    snprintf(root, sizeof root, "/tmp/fetch-test-XXXXXX");
    struct nginx *nginx = start_nginx();
    if (!nginx)
        return;
    struct http_options options = test_options();
    options.ca_file = nginx_ca_file(nginx);
    options.version = asked;
    open_client(&options);
    fetch_h2_crowd(nginx, jobs);
    for (int i = 0; i < PARALLEL; i++) {
        assert_kind(jobs[i].result, 0, "nginx");
        ck_assert_int_eq(jobs[i].response.version, got);
        assert_body(&jobs[i], "page");
        job_free(&jobs[i]);
    }
    if (got == HTTP_2)
        ck_assert_uint_eq(stats().connections_opened, 1);
    close_client();
    ck_assert_int_eq(nginx_stop(nginx), 0);
    rmdir(root);
}

START_TEST(http_2_is_negotiated_and_multiplexed)
{
    multiplex(HTTP_ANY, HTTP_2);
    multiplex(HTTP_1_1, HTTP_1_1);
}
END_TEST

/* --- proxies ------------------------------------------------------------------------------------------------------ */

START_TEST(proxy_gets_whole_urls_and_looks_names_up_itself)
{
    char proxy[URL_SIZE];
    struct http_options options = options_with_dns();
    open_site(PAGES);
    snprintf(proxy, sizeof proxy, "http://proxy.test:%u", site_port(site, 0));
    options.proxy = proxy;
    open_client(&options);
    struct job job;
    assert_kind(fetch(&job, "http://unresolvable.invalid/"), 0, "through the proxy");
    assert_body(&job, "through the proxy");
    job_free(&job);
    fetch_well("http://name.test/");
    struct site_request request;
    ck_assert(site_request(site, 0, &request));
    ck_assert_ptr_eq(strstr(request.head, "GET http://unresolvable.invalid/ HTTP/1.1"), request.head);
    ck_assert_uint_eq(dns_server_asked(dns, "proxy.test", DNS_A), 1);
    ck_assert_uint_eq(dns_server_asked(dns, "unresolvable.invalid", DNS_A), 0);
    close_all_and_dns();
}
END_TEST

START_TEST(proxy_that_refuses_a_tunnel_is_to_blame)
{
    char proxy[URL_SIZE];
    open_site(PAGES); /* knows no page for CONNECT */
    snprintf(proxy, sizeof proxy, "127.0.0.1:%u", site_port(site, 0));
    struct http_options options = test_options();
    options.proxy = proxy;
    open_client(&options);
    struct job job;
    assert_kind(fetch(&job, "https://name.test/"), ERR_PROXY, "tunnel");
    ck_assert_uint_eq(job.begins, 0);
    ck_assert_uint_eq(job.response.headers.length, 0);
    job_free(&job);
    close_all();
}
END_TEST

START_TEST(environment_names_a_proxy_only_where_asked)
{
    char proxy[URL_SIZE];
    open_site(PAGES);
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", site_unused_port());
    setenv("http_proxy", proxy, 1);
    setenv("all_proxy", proxy, 1);
    struct http_options options = test_options();
    open_client(&options);
    fetch_well("/");
    close_client();
    options.proxy_from_environment = true;
    open_client(&options);
    assert_kind(fate_of("/"), ERR_CONNECT_REFUSED, "proxy of the environment");
    close_client();
    setenv("no_proxy", "a.test, 127.0.0.1", 1);
    open_client(&options);
    fetch_well("/");
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("no_proxy");
    close_all();
}
END_TEST

/* --- credentials and cookies -------------------------------------------------------------------------------------- */

START_TEST(credentials_go_to_trusted_origins_only)
{
    static const char *const headers[] = {"authorization: Bearer x", "COOKIE: h=1", "X-Open: 1", NULL};
    static const char *origins[2];
    char origin[URL_SIZE];
    struct http_options options = options_with_dns();
    open_site(PAGES);
    snprintf(origin, sizeof origin, "%s", at("http", "a.test", ""));
    origins[0] = origin;
    options.headers = headers;
    options.auth_origins = origins;
    open_client(&options);
    fetch_well(at("http", "a.test", "/"));
    fetch_well(at("http", "127.0.0.1", "/"));
    fetch_well(at("http", "host1.test", "/"));
    ck_assert(was_sent(0, "Authorization", "Bearer x"));
    for (unsigned i = 1; i < 3; i++) {
        ck_assert(!was_sent(i, "Authorization", NULL));
        ck_assert(!was_sent(i, "Cookie", NULL));
        ck_assert(was_sent(i, "X-Open", "1"));
    }
    close_all_and_dns();
}
END_TEST

START_TEST(user_and_cookie_go_to_trusted_origins_only)
{
    static const char *origins[2];
    char origin[URL_SIZE];
    open_site(PAGES);
    snprintf(origin, sizeof origin, "%s", at("http", "127.0.0.1", ""));
    origins[0] = origin;
    struct http_options options = test_options();
    options.user = "me:secret";
    options.cookie = "a=b; c=d";
    options.auth_origins = origins;
    open_client(&options);
    fetch_well(at("http", "127.0.0.1", "/"));
    fetch_well(at("http", "localhost", "/"));
    fetch_well(at("http", "127.0.0.1", "/")); /* with the handle that has just served another */
    for (unsigned i = 0; i < 3; i++) {
        ck_assert(was_sent(i, "Authorization", NULL) == (i != 1));
        ck_assert(was_sent(i, "Cookie", NULL) == (i != 1));
    }
    ck_assert(was_sent(2, "Authorization", "Basic bWU6c2VjcmV0"));
    ck_assert(was_sent(2, "Cookie", "a=b; c=d"));
    close_all();
}
END_TEST

/* Writes a certificate and its key to files whose names are made of the patterns given. */
static void make_certificate(char certificate_file[], char key_file[])
{
    struct site_certificate made;
    FILE *certificate = fdopen(mkstemp(certificate_file), "w"), *key = fdopen(mkstemp(key_file), "w");
    ck_assert(certificate && key);
    ck_assert_int_eq(site_certificate_issue(&made, SITE_TLS, NULL), 0);
    ck_assert_int_eq(site_certificate_write(&made, certificate, key), 0);
    ck_assert(fclose(certificate) == 0 && fclose(key) == 0);
    site_certificate_free(&made);
}

START_TEST(certificate_is_shown_to_trusted_origins_only)
{
    char certificate[] = "/tmp/fetch-cert-XXXXXX", key[] = "/tmp/fetch-key-XXXXXX", origin[URL_SIZE];
    const char *const origins[] = {origin, NULL};
    struct site_request request;
    make_certificate(certificate, key);
    open_tls_site(PAGES, SITE_TLS_ASKING, false);
    snprintf(origin, sizeof origin, "%s", at("https", "127.0.0.1", ""));
    struct http_options options = test_options();
    options.ca_file = site_ca_file(site);
    options.certificate = certificate;
    options.key = key;
    options.auth_origins = origins;
    open_client(&options);
    fetch_well(at("https", "localhost", "/once"));
    fetch_well(at("https", "127.0.0.1", "/once"));
    fetch_well(at("https", "localhost", "/once")); /* with the handle that has just served another */
    fetch_well(at("https", "127.0.0.1", "/once"));
    for (unsigned i = 0; i < 4; i++) {
        ck_assert(site_request(site, i, &request));
        ck_assert_msg(request.has_certificate == (i % 2 == 1), "request %u", i);
    }
    close_all();
    ck_assert(unlink(certificate) == 0 && unlink(key) == 0);
}
END_TEST

START_TEST(cookies_are_kept_where_asked)
{
    open_site(PAGES);
    struct http_options options = test_options();
    open_client(&options);
    fetch_well("/set");
    fetch_well("/");
    ck_assert(!was_sent(1, "Cookie", NULL));
    close_client();
    options.keep_cookies = true;
    open_client(&options);
    fetch_well("/set");
    fetch_well("/");
    ck_assert(was_sent(3, "Cookie", "crumb=1"));
    fetch_well(at("http", "localhost", "/"));
    ck_assert(!was_sent(4, "Cookie", NULL));
    close_all();
}
END_TEST

/* RFC 6265, section 5.1.4: without a Path, a cookie is for the folder of the page that set it. */
START_TEST(cookies_keep_to_their_folder)
{
    open_site(PAGES);
    struct http_options options = test_options();
    options.keep_cookies = true;
    open_client(&options);
    fetch_well("/in/set");
    fetch_well("/");
    fetch_well("/in/other?q");
    fetch_well("/in/%41");
    ck_assert(!was_sent(1, "Cookie", NULL));
    ck_assert(was_sent(2, "Cookie", "crumb=2"));
    ck_assert(was_sent(3, "Cookie", "crumb=2"));
    close_all();
}
END_TEST

START_TEST(cookie_jar_outlives_the_client)
{
    char jar[] = "/tmp/fetch-jar-XXXXXX";
    int fd = mkstemp(jar);
    ck_assert_int_ge(fd, 0);
    close(fd);
    const struct site_page pages[] = {
        {.path = "/set", .headers = "Set-Cookie: crumb=2; Path=/; Max-Age=3600\r\n"}, {.path = "/", .body = "x"}, {0}};
    open_site(pages);
    struct http_options options = test_options();
    options.cookie_jar = jar;
    open_client(&options);
    fetch_well("/set");
    close_client();
    open_client(&options);
    fetch_well("/");
    ck_assert(was_sent(1, "Cookie", "crumb=2"));
    close_all();
    unlink(jar);
}
END_TEST

int main(void)
{
    return RUN_TESTS(
        "fetch_route", name_is_looked_up_once, name_may_end_in_a_dot, names_may_begin_with_a_sign, no_host_is_a_pattern,
        name_is_looked_up_again_when_its_time_is_over, each_failure_of_a_name_has_its_error,
        many_names_are_fetched_at_once, one_name_is_fetched_by_many_at_once, addresses_survive_a_cancellation,
        pinned_name_asks_nobody, connection_goes_where_connect_to_says, ipv6_literal_is_fetched,
        tls_is_verified_against_the_given_authority, bad_certificates_fail_closed, missing_authorities_fail_closed,
        stalled_handshake_ends_at_the_connect_limit, http_2_is_negotiated_and_multiplexed,
        proxy_gets_whole_urls_and_looks_names_up_itself, proxy_that_refuses_a_tunnel_is_to_blame,
        environment_names_a_proxy_only_where_asked, credentials_go_to_trusted_origins_only,
        user_and_cookie_go_to_trusted_origins_only, certificate_is_shown_to_trusted_origins_only,
        cookies_are_kept_where_asked, cookies_keep_to_their_folder, cookie_jar_outlives_the_client);
}
