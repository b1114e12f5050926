/* Where connections to an origin go. */
#include "http/route.h"

#include "base/error.h"
#include "base/log.h"
#include "unit/suite.h"

static struct origin_table origins;
static struct origin *origin;
static struct http_options options;

static void setup(const char *url)
{
    static const char *const variables[] = {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY",
                                            "all_proxy",  "ALL_PROXY",   "no_proxy",   "NO_PROXY"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    options = (struct http_options){.user_agent = "test"};
    origin_table_init(&origins);
    ck_assert_int_eq(origin_of_url(&origins, slice_of(url), &origin), 0);
}

static void assert_hop(const char *host, unsigned port)
{
    ck_assert_int_eq(route_origin(origin, &options), 0);
    ck_assert_msg(slice_equal(origin->next_hop, slice_of(host)), "%.*s instead of %s", SLICE_ARGS(origin->next_hop),
                  host);
    ck_assert_uint_eq(origin->next_port, port);
    ck_assert(origin->is_routed);
}

static void done(void)
{
    origin_table_free(&origins);
}

START_TEST(origin_itself_is_the_way)
{
    setup("https://a.test/");
    assert_hop("a.test", 443);
    ck_assert_str_eq(origin->proxy, "");
    ck_assert(!origin->is_pinned && !origin->is_address);
    done();
}
END_TEST

START_TEST(addresses_need_no_name)
{
    static const char *const urls[] = {"http://127.0.0.1/", "http://[::1]:81/"};
    for (size_t i = 0; i < 2; i++) {
        setup(urls[i]);
        ck_assert_int_eq(route_origin(origin, &options), 0);
        ck_assert(origin->is_pinned && origin->is_address);
        done();
    }
}
END_TEST

START_TEST(proxy_is_the_next_hop)
{
    static const struct {
        const char *proxy, *host;
        unsigned port;
    } cases[] = {{"proxy.test:3128", "proxy.test", 3128},
                 {"http://proxy.test:3128", "proxy.test", 3128},
                 {"http://proxy.test:3128/", "proxy.test", 3128},
                 {"http://me:secret@proxy.test:3128", "proxy.test", 3128},
                 {"proxy.test", "proxy.test", 1080}, /* libcurl's own */
                 {"http://proxy.test", "proxy.test", 1080},
                 {"https://proxy.test", "proxy.test", 443}, /* libcurl's own, too */
                 {"HTTPS://proxy.test", "proxy.test", 443},
                 {"https://proxy.test:3128", "proxy.test", 3128},
                 {"socks5h://proxy.test:1081", "proxy.test", 1081},
                 {"socks4a://proxy.test", "proxy.test", 1080},
                 {"[::1]:3128", "::1", 3128}};
    static const char *const urls[] = {"http://a.test/", "https://a.test/"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t j = 0; j < 2; j++) {
            setup(urls[j]);
            options.proxy = cases[i].proxy;
            assert_hop(cases[i].host, cases[i].port);
            ck_assert_str_eq(origin->proxy, cases[i].proxy);
            done();
        }
    }
}
END_TEST

static void ignore(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    (void)line;
}

START_TEST(bad_proxy_is_refused)
{
    static const char *const bad[] = {"http://",
                                      "http://:3128",
                                      "proxy.test:x",
                                      "[::1:3128",
                                      "proxy.test:70000",
                                      "socks5://proxy.test:1080",
                                      "SOCKS4://proxy.test:1080",
                                      "socks://proxy.test"};
    log_set_sink(ignore, NULL);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        setup("http://a.test/");
        options.proxy = bad[i];
        ck_assert_msg(route_origin(origin, &options) == ERR_INVALID, "%s", bad[i]);
        ck_assert(!origin->is_routed);
        done();
    }
    log_set_sink(NULL, NULL);
}
END_TEST

START_TEST(environment_counts_where_asked)
{
    setup("http://a.test/");
    setenv("http_proxy", "http://proxy.test:3128", 1);
    assert_hop("a.test", 80);
    done();
    setup("http://a.test/");
    setenv("http_proxy", "http://proxy.test:3128", 1);
    setenv("https_proxy", "http://other.test:3129", 1);
    options.proxy_from_environment = true;
    assert_hop("proxy.test", 3128);
    done();
    setup("https://a.test/");
    setenv("http_proxy", "http://proxy.test:3128", 1);
    setenv("https_proxy", "http://other.test:3129", 1);
    options.proxy_from_environment = true;
    assert_hop("other.test", 3129);
    done();
    setup("https://a.test/");
    setenv("http_proxy", "http://proxy.test:3128", 1);
    setenv("all_proxy", "http://all.test:3130", 1);
    options.proxy_from_environment = true;
    assert_hop("all.test", 3130);
    done();
}
END_TEST

/* A CGI program has it from the client's Proxy header. */
START_TEST(upper_case_http_proxy_is_nobodys)
{
    setup("http://a.test/");
    setenv("HTTP_PROXY", "http://evil.test:3128", 1);
    options.proxy_from_environment = true;
    assert_hop("a.test", 80);
    done();
}
END_TEST

START_TEST(given_proxy_wins_over_the_environment)
{
    setup("http://a.test/");
    setenv("http_proxy", "http://other.test:3129", 1);
    setenv("no_proxy", "*", 1);
    options.proxy_from_environment = true;
    options.proxy = "proxy.test:3128";
    assert_hop("proxy.test", 3128);
    done();
}
END_TEST

START_TEST(no_proxy_exempts_names_and_all_below)
{
    static const struct {
        const char *no_proxy;
        bool exempt;
    } cases[] = {{"a.b.test", true}, {"b.test", true},         {".b.test", true},  {"test", true},
                 {"*", true},        {"x.test, b.test", true}, {"A.B.TEST", true}, {"", false},
                 {"c.test", false},  {"x.a.b.test", false},    {".b.tes", false},  {"est", false},
                 {",,", false},      {" , b.test ,", true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup("http://a.b.test/");
        setenv("http_proxy", "http://proxy.test:3128", 1);
        setenv("no_proxy", cases[i].no_proxy, 1);
        options.proxy_from_environment = true;
        ck_assert_int_eq(route_origin(origin, &options), 0);
        ck_assert_msg((origin->proxy[0] == '\0') == cases[i].exempt, "'%s'", cases[i].no_proxy);
        done();
    }
}
END_TEST

START_TEST(connect_to_leads_elsewhere)
{
    static const struct {
        const char *rule, *host;
        unsigned port;
    } cases[] = {{"a.test:80:b.test:81", "b.test", 81}, {"A.TEST:80:b.test:81", "b.test", 81},
                 {"a.test::b.test:", "b.test", 80},     {"::b.test:81", "b.test", 81},
                 {"a.test:80::81", "a.test", 81},       {"a.test:81:b.test:81", "a.test", 80},
                 {"c.test:80:b.test:81", "a.test", 80}, {"a.test:80:[::1]:81", "::1", 81},
                 {"*:80:b.test:81", "a.test", 80} /* libcurl knows no such pattern */};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const rules[] = {cases[i].rule, NULL};
        setup("http://a.test/");
        options.connect_to = rules;
        assert_hop(cases[i].host, cases[i].port);
        done();
    }
}
END_TEST

START_TEST(first_rule_that_fits_counts)
{
    static const char *const rules[] = {"c.test:80:x.test:1", "a.test:80:y.test:2", "a.test:80:z.test:3", NULL};
    setup("http://a.test/");
    options.connect_to = rules;
    assert_hop("y.test", 2);
    done();
}
END_TEST

START_TEST(pins_are_of_the_next_hop)
{
    static const struct {
        const char *pin;
        bool pinned;
    } cases[] = {{"a.test:80:127.0.0.1", true},  {"+a.test:80:127.0.0.1", true}, {"A.test:80:127.0.0.1", true},
                 {"*:80:127.0.0.1", true},       {"a.test:81:127.0.0.1", false}, {"b.test:80:127.0.0.1", false},
                 {"xa.test:80:127.0.0.1", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const pins[] = {cases[i].pin, NULL};
        setup("http://a.test/");
        options.resolve = pins;
        ck_assert_int_eq(route_origin(origin, &options), 0);
        ck_assert_msg(origin->is_pinned == cases[i].pinned, "%s", cases[i].pin);
        ck_assert(!origin->is_address);
        done();
    }
    static const char *const pins[] = {"a.test:80:127.0.0.1", "proxy.test:3128:127.0.0.1", NULL};
    setup("http://a.test/");
    options.resolve = pins;
    options.proxy = "proxy.test:3129";
    ck_assert_int_eq(route_origin(origin, &options), 0);
    ck_assert(!origin->is_pinned);
    done();
    setup("http://a.test/");
    options.resolve = pins;
    options.proxy = "proxy.test:3128";
    ck_assert_int_eq(route_origin(origin, &options), 0);
    ck_assert(origin->is_pinned);
    done();
}
END_TEST

START_TEST(user_vouches_for_what_is_named)
{
    static const struct {
        const char *url, *proxy, *pin, *connect_to;
        bool vouched;
    } cases[] = {
        {.url = "http://a.test/"},
        {.url = "http://127.0.0.1/"},
        {.url = "http://127.0.0.1/", .proxy = "proxy.test:3128", .vouched = true},
        {.url = "http://a.test/", .pin = "a.test:80:127.0.0.1", .vouched = true},
        {.url = "http://a.test/", .pin = "*:80:127.0.0.1", .vouched = true},
        {.url = "http://a.test:81/", .pin = "a.test:80:127.0.0.1"},
        {.url = "http://127.0.0.1/", .pin = "*:80:127.0.0.1"},
        {.url = "http://a.test/", .connect_to = "a.test:80:127.0.0.1:81", .vouched = true},
        {.url = "http://a.test/", .connect_to = "a.test:80:b.test:", .vouched = true},
        {.url = "http://a.test/", .connect_to = "a.test:80::81"},
        {.url = "http://b.test/", .connect_to = "a.test:80:127.0.0.1:81"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup(cases[i].url);
        options.proxy = cases[i].proxy;
        options.resolve = (const char *const[]){cases[i].pin, NULL};
        options.connect_to = (const char *const[]){cases[i].connect_to, NULL};
        ck_assert_int_eq(route_origin(origin, &options), 0);
        ck_assert_msg(origin->is_vouched == cases[i].vouched, "case %zu", i);
        done();
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("route", origin_itself_is_the_way, addresses_need_no_name, proxy_is_the_next_hop,
                     bad_proxy_is_refused, environment_counts_where_asked, upper_case_http_proxy_is_nobodys,
                     given_proxy_wins_over_the_environment, no_proxy_exempts_names_and_all_below,
                     connect_to_leads_elsewhere, first_rule_that_fits_counts, pins_are_of_the_next_hop,
                     user_vouches_for_what_is_named);
}
