/* The stages that a fetch goes through: its limits in each, its turn among others, and its end before its time. */
#include <unistd.h>

#include "site/dns.h"
#include "unit/http/fetch_fixture.h"

enum { SHORT = 300 /* milliseconds */, CROWD = 150, FEW = 5, MOST_OPENING = 64 };

static const struct site_page PAGES[] = {
    {.path = "/", .body = "hello"},
    {.path = "/silent", .fault = SITE_SILENT},
    {.path = "/endless", .body = "on and on ", .fault = SITE_ENDLESS_BODY},
    {.path = "/garbage", .body = "x", .fault = SITE_GARBAGE},
    {0},
};

static const struct dns_row ROWS[] = {
    {.name = "a.test", .ipv4 = "127.0.0.1", .ttl = 300},
    {.name = "silent.test", .behaviour = DNS_SILENT},
};

/* A URL on the site's port, at any host. */
static const char *at(const char *scheme, const char *host, const char *path)
{
    static char url[URL_SIZE];
    snprintf(url, sizeof url, "%s://%s:%u%s", scheme, host, site_port(site, 0), path);
    return url;
}

/* --- limits ------------------------------------------------------------------------------------------------------- */

static void cancel_now(void *context)
{
    const struct job *job = context;
    task_cancel(job->task);
}

/* The limit on silence holds by itself: no other is there, or all are far off. */
START_TEST(silence_has_a_limit_of_its_own)
{
    static const nanoseconds others[] = {0, SECONDS(3600)};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct http_options options = test_options();
        options.connect_timeout = options.total_timeout = others[i];
        options.idle_timeout = MILLISECONDS(SHORT);
        open_site(PAGES);
        open_client(&options);
        struct job job;
        struct loop_timer rescue;
        job_init(&job, "/silent");
        job_start(&job);
        loop_timer_init(&rescue, cancel_now, &job);
        loop_call_at(loop, &rescue, clock_after(SECONDS(10)));
        job_join(&job);
        loop_timer_cancel(loop, &rescue);
        assert_kind(job.result, ERR_IDLE, "/silent");
        job_free(&job);
        close_all();
    }
}
END_TEST

enum { LIMIT = 3 /* seconds; enough for the first fetch on a busy machine */ };

static void block(void *context)
{
    (void)context;
    usleep((LIMIT + 1) * 1000000);
}

/* The handle has served before; libcurl never sees the second request, since its time is over. */
START_TEST(nothing_is_told_of_an_earlier_exchange)
{
    open_site(PAGES);
    struct http_options options = test_options();
    options.total_timeout = SECONDS(LIMIT);
    open_client(&options);
    fetch_well("/");
    struct job job;
    job_init(&job, "/");
    job_start(&job);
    struct loop_callback blocker;
    loop_callback_init(&blocker, block, NULL);
    loop_call_soon(loop, &blocker); /* after the request is queued, before it is started */
    job_join(&job);
    assert_kind(job.result, ERR_TIMED_OUT, "/");
    ck_assert_int_eq(job.response.status, 0);
    ck_assert(!job.response.reached_server);
    ck_assert_str_eq(job.response.remote_address, "");
    ck_assert_uint_eq(job.response.header_size, 0);
    job_free(&job);
    ck_assert_uint_eq(stats().connections_opened, 1);
    close_all();
}
END_TEST

/* --- turns -------------------------------------------------------------------------------------------------------- */

/* No handshake ever ends here, so that every connection counts as being opened. */
START_TEST(few_connections_are_opened_at_once)
{
    static struct job jobs[CROWD];
    open_tls_site(PAGES, SITE_TLS_STALLED, false);
    struct http_options options = test_options();
    options.version = HTTP_1_1;
    options.connect_timeout = SECONDS(1);
    options.total_timeout = 0; /* waiting for a turn takes long on a busy machine */
    open_client(&options);
    for (int i = 0; i < CROWD; i++) {
        job_init(&jobs[i], "/");
        job_start(&jobs[i]);
    }
    for (int i = 0; i < CROWD; i++) {
        job_join(&jobs[i]);
        assert_kind(jobs[i].result, ERR_CONNECT_TIMED_OUT, "stalled");
        job_free(&jobs[i]);
    }
    ck_assert_uint_gt(site_peak_connections(site), 1);
    ck_assert_uint_le(site_peak_connections(site), MOST_OPENING);
    ck_assert_uint_eq(stats().in_flight, 0);
    close_all();
}
END_TEST

/* --- cancellation ------------------------------------------------------------------------------------------------- */

static int cancel_all(void *argument)
{
    struct job *jobs = argument;
    int err = sleep_until(clock_after(MILLISECONDS(SHORT / 3)));
    for (int i = 0; i < CROWD; i++)
        if (jobs[i].task)
            task_cancel(jobs[i].task);
    return err;
}

/* Starts `count` fetches of a URL and cancels them a little later. The client is freed at once: nothing may be left. */
static void cancel_crowd(struct http_options options, const char *url, int count)
{
    static struct job jobs[CROWD];
    struct task *canceller;
    memset(jobs, 0, sizeof jobs);
    open_client(&options);
    for (int i = 0; i < count; i++) {
        job_init(&jobs[i], url);
        job_start(&jobs[i]);
    }
    ck_assert_int_eq(task_create(&canceller, loop, "canceller", cancel_all, jobs), 0);
    ck_assert_int_eq(loop_run_until_complete(loop, task_future(canceller)), 0);
    ck_assert_int_eq(future_result(task_future(canceller), NULL), 0);
    task_free(canceller);
    for (int i = 0; i < count; i++)
        job_join(&jobs[i]);
    close_client();
    for (int i = 0; i < count; i++) {
        assert_kind(jobs[i].result, ERR_CANCELLED, url);
        ck_assert_int_eq(jobs[i].response.error, ERR_CANCELLED);
        ck_assert_uint_eq(jobs[i].finishes, 0);
        job_free(&jobs[i]);
    }
}

START_TEST(cancelled_while_its_name_is_looked_up)
{
    struct dns_server *dns = dns_server_start(ROWS, sizeof ROWS / sizeof ROWS[0]);
    open_site(PAGES);
    struct http_options options = test_options();
    options.dns_servers = dns_server_address(dns);
    cancel_crowd(options, at("http", "silent.test", "/"), 3);
    ck_assert_uint_gt(dns_server_asked(dns, "silent.test", DNS_A), 0);
    ck_assert_uint_eq(site_requests(site), 0);
    ck_assert_int_eq(site_stop(site), 0);
    dns_server_stop(dns);
}
END_TEST

/* Most of them wait for their turn, the others for a handshake that never ends. */
START_TEST(cancelled_while_waiting_for_a_turn)
{
    open_tls_site(PAGES, SITE_TLS_STALLED, false);
    struct http_options options = test_options();
    options.version = HTTP_1_1;
    cancel_crowd(options, "/", CROWD);
    ck_assert_uint_le(site_peak_connections(site), MOST_OPENING);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

START_TEST(cancelled_before_the_answer_and_in_the_body)
{
    open_site(PAGES);
    cancel_crowd(test_options(), "/silent", FEW);
    cancel_crowd(test_options(), "/endless", FEW);
    ck_assert_int_eq(site_stop(site), 0);
}
END_TEST

/* --- what is told ------------------------------------------------------------------------------------------------- */

static void assert_timings(const struct job *job, bool looked_up, bool fresh)
{
    const struct http_timings *timings = &job->response.timings;
    ck_assert_int_eq(timings->resolved > 0, looked_up);
    ck_assert_int_eq(timings->connected > 0, fresh);
    ck_assert_int_eq(timings->secured, 0);
    ck_assert_int_ge(timings->first_byte, timings->connected);
    ck_assert_int_ge(timings->total, timings->first_byte);
    if (fresh && looked_up)
        ck_assert_int_ge(timings->connected, timings->resolved);
}

START_TEST(timings_are_of_what_happened)
{
    struct dns_server *dns = dns_server_start(ROWS, sizeof ROWS / sizeof ROWS[0]);
    open_site(PAGES);
    struct http_options options = test_options();
    options.dns_servers = dns_server_address(dns);
    open_client(&options);
    struct job job;
    ck_assert_int_eq(fetch(&job, at("http", "a.test", "/")), 0);
    assert_timings(&job, true, true);
    job_free(&job);
    ck_assert_int_eq(fetch(&job, at("http", "a.test", "/")), 0);
    assert_timings(&job, false, false);
    job_free(&job);
    ck_assert_int_eq(fetch(&job, at("http", "127.0.0.1", "/")), 0);
    assert_timings(&job, false, true);
    job_free(&job);
    close_all();
    dns_server_stop(dns);
}
END_TEST

START_TEST(garbage_is_a_sign_of_life)
{
    open_site(PAGES);
    struct http_options options = test_options();
    open_client(&options);
    struct job job;
    assert_kind(fetch(&job, "/garbage"), ERR_PROTOCOL, "/garbage");
    ck_assert(job.response.reached_server);
    job_free(&job);
    close_all();
}
END_TEST

/* --- options ------------------------------------------------------------------------------------------------------ */

/* A client that can't be made must not take the cookies of the last one along. */
START_TEST(cookie_jar_survives_a_bad_option)
{
    static const char cookie[] = "127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tcrumb\t1\n";
    char jar[] = "/tmp/fetch-jar-XXXXXX", text[4096];
    int fd = mkstemp(jar);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, cookie, sizeof cookie - 1), (ssize_t)sizeof cookie - 1);
    close(fd);
    struct http_options options = test_options();
    options.cookie_jar = jar;
    options.dns_servers = "not an address";
    ck_assert_int_eq(loop_create(&loop, NULL), 0);
    log_set_sink(keep_line, NULL);
    ck_assert_int_ne(http_client_create(&client, loop, &options), 0);
    log_set_sink(NULL, NULL);
    loop_free(loop);
    FILE *file = fopen(jar, "r");
    ck_assert_ptr_nonnull(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    unlink(jar);
    ck_assert_ptr_nonnull(strstr(text, "crumb"));
}
END_TEST

/* No client is made with such options; what is said of it is in last_line. */
static void expect_refusal(const struct http_options *options)
{
    ck_assert_int_eq(loop_create(&loop, NULL), 0);
    log_set_sink(keep_line, NULL);
    last_line[0] = '\0';
    ck_assert_int_eq(http_client_create(&client, loop, options), ERR_INVALID);
    log_set_sink(NULL, NULL);
    loop_free(loop);
}

START_TEST(bad_origin_is_named)
{
    static const char *const origins[] = {"no-scheme.test", NULL};
    struct http_options options = test_options();
    options.auth_origins = origins;
    expect_refusal(&options);
    ck_assert_ptr_nonnull(strstr(last_line, "no-scheme.test"));
}
END_TEST

/* Names are never looked up for it. */
START_TEST(proxy_that_wants_addresses_is_refused)
{
    struct http_options options = test_options();
    options.proxy = "socks5://me:secret@proxy.test:1080";
    expect_refusal(&options);
    ck_assert_msg(strstr(last_line, "socks5h") && !strstr(last_line, "secret"), "%s", last_line);
}
END_TEST

int main(void)
{
    return RUN_TESTS("fetch_stage", silence_has_a_limit_of_its_own, nothing_is_told_of_an_earlier_exchange,
                     few_connections_are_opened_at_once, cancelled_while_its_name_is_looked_up,
                     cancelled_while_waiting_for_a_turn, cancelled_before_the_answer_and_in_the_body,
                     timings_are_of_what_happened, garbage_is_a_sign_of_life, cookie_jar_survives_a_bad_option,
                     bad_origin_is_named, proxy_that_wants_addresses_is_refused);
}
