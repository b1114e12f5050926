/* What a fetch does when the server does as it should. */
#include "http/fetch.h"

#include <unistd.h>

#include "unit/http/fetch_fixture.h"

enum { CROWD = 500, PARALLEL = 20, SLOW = 300 /* milliseconds */ };

static const struct site_page PAGES[] = {
    {.path = "/", .body = "hello", .headers = "X-One: 1\r\nx-one:  2 \r\nX-Empty:\r\n"},
    {.path = "/empty", .body = ""},
    {.path = "/chunked", .body = "in pieces", .framing = SITE_CHUNKED},
    {.path = "/until-close", .body = "to the end", .framing = SITE_UNTIL_CLOSE},
    {.path = "/missing", .body = "no such page", .status = 404},
    {.path = "/moved", .status = 301, .location = "/"},
    {.path = "/slow", .body = "late", .delay = SLOW},
    {.path = "/hang", .fault = SITE_SILENT},
    {.path = "/endless", .body = "and on ", .fault = SITE_ENDLESS_BODY},
    {.path = "/gzip", .body = "coded", .coding = SITE_GZIP},
    {.path = "/deflate", .body = "coded", .coding = SITE_DEFLATE},
    {.path = "/br", .body = "coded", .coding = SITE_BROTLI},
    {.path = "/zstd", .body = "coded", .coding = SITE_ZSTD},
    {.path = "/zstd-chunked", .body = "coded", .coding = SITE_ZSTD, .framing = SITE_CHUNKED},
    {.path = "/no-content", .status = 204, .headers = "Content-Encoding: gzip\r\n"},
    {.path = "/not-modified", .status = 304, .headers = "Content-Encoding: br\r\n"},
    {.path = "/not-modified-odd", .status = 304, .headers = "Content-Encoding: sdch\r\n"},
    {.path = "/odd-coding", .body = "?", .headers = "Content-Encoding: sdch\r\n"},
    {.path = "/interim",
     .fault = SITE_RAW,
     .body = "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\nLink: </a>\r\n\r\n"
             "HTTP/1.1 200 OK\r\nX-Late: 1\r\nContent-Length: 2\r\n\r\nok"},
    {.path = "/trailer",
     .fault = SITE_RAW,
     .body = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Head: 1\r\n\r\n2\r\nok\r\n0\r\nX-Tail: 1\r\n\r\n"},
    {.path = "/old", .fault = SITE_RAW, .body = "HTTP/1.0 200 OK\r\n\r\nold"},
    {.path = "/dots/../a/./b", .body = "as it is"},
    {.path = "/stale", .body = "fresh", .fault = SITE_CLOSE_REUSED},
    {.path = "/stale-by-reset", .body = "fresh", .fault = SITE_RESET_REUSED},
    {.path = "/too-short",
     .body = "half of it is more than was said",
     .fault = SITE_LENGTH_TOO_SHORT,
     .drip_bytes = 1,
     .drip_delay = 30,
     .drip_body = true},
    {.path = "/closes-after", .body = "closed", .fault = SITE_CLOSE_AFTER},
    {0},
};

static void open_plain(void)
{
    open_site(PAGES);
    struct http_options options = test_options();
    open_client(&options);
}

START_TEST(page_is_fetched)
{
    open_plain();
    struct job job;
    ck_assert_int_eq(fetch(&job, "/"), 0);
    assert_body(&job, "hello");
    const struct http_response *response = &job.response;
    ck_assert_int_eq(response->status, 200);
    ck_assert_int_eq(job.begun_status, 200);
    ck_assert_int_eq(response->version, HTTP_1_1);
    ck_assert(response->reached_server);
    ck_assert(!response->reused && !response->truncated);
    ck_assert_str_eq(response->remote_address, "127.0.0.1");
    ck_assert_uint_eq(response->remote_port, site_port(site, 0));
    ck_assert_uint_eq(response->wire_size, 5);
    ck_assert_uint_gt(response->header_size, 0);
    ck_assert_str_eq(response->error_detail, "");
    ck_assert_int_gt(response->timings.connected, 0);
    ck_assert_int_eq(response->timings.secured, 0);
    ck_assert_int_ge(response->timings.first_byte, response->timings.connected);
    ck_assert_int_ge(response->timings.total, response->timings.first_byte);
    job_free(&job);
    close_all();
}
END_TEST

START_TEST(headers_are_found_by_name_and_number)
{
    open_plain();
    struct job job;
    ck_assert_int_eq(fetch(&job, "/"), 0);
    assert_header(&job, "X-ONE", 0, "1");
    assert_header(&job, "x-one", 1, "2");
    assert_header(&job, "x-one", 2, NULL);
    assert_header(&job, "x-on", 0, NULL);
    assert_header(&job, "X-Empty", 0, "");
    ck_assert_ptr_nonnull(http_response_header(&job.response, "X-Empty", 0).data);
    job_free(&job);
    close_all();
}
END_TEST

START_TEST(each_framing_and_status_is_whole)
{
    static const struct {
        const char *path;
        int status;
        const char *body;
    } cases[] = {
        {"/empty", 200, ""},
        {"/chunked", 200, "in pieces"},
        {"/until-close", 200, "to the end"},
        {"/moved", 301, ""},
        {"/missing", 404, "no such page"},
        {"/gzip", 200, "coded"},
        {"/deflate", 200, "coded"},
        {"/br", 200, "coded"},
        {"/zstd", 200, "coded"},
        {"/no-content", 204, ""},
        {"/not-modified", 304, ""},
        {"/not-modified-odd", 304, ""},
        {"/zstd-chunked", 200, "coded"},
        {"/dots/../a/./b", 200, "as it is"},
        {"/old", 200, "old"},
    };
    open_plain();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct job job;
        assert_kind(fetch(&job, cases[i].path), 0, cases[i].path);
        ck_assert_int_eq(job.response.status, cases[i].status);
        ck_assert_uint_eq(job.begins, 1);
        assert_body(&job, cases[i].body);
        job_free(&job);
    }
    close_all();
}
END_TEST

START_TEST(unknown_coding_is_an_error_that_keeps_the_headers)
{
    open_plain();
    struct job job;
    assert_kind(fetch(&job, "/odd-coding"), ERR_CODING_UNKNOWN, "/odd-coding");
    ck_assert_int_eq(job.response.status, 200);
    assert_header(&job, "Content-Encoding", 0, "sdch");
    job_free(&job);
    close_all();
}
END_TEST

START_TEST(interim_answers_and_trailers_are_left_out)
{
    open_plain();
    struct job job;
    ck_assert_int_eq(fetch(&job, "/interim"), 0);
    ck_assert_int_eq(job.response.status, 200);
    ck_assert_uint_eq(job.begins, 1);
    assert_header(&job, "X-Early", 0, NULL);
    assert_header(&job, "Link", 0, NULL);
    assert_header(&job, "X-Late", 0, "1");
    job_free(&job);
    ck_assert_int_eq(fetch(&job, "/trailer"), 0);
    assert_header(&job, "X-Head", 0, "1");
    assert_header(&job, "X-Tail", 0, NULL);
    job_free(&job);
    close_all();
}
END_TEST

START_TEST(request_says_what_it_should_and_no_more)
{
    static const char *const common[] = {"X-All: yes", NULL}, *const own[] = {"X-Own: mine", NULL};
    open_site(PAGES);
    struct http_options options = test_options();
    options.headers = common;
    open_client(&options);
    struct job job;
    job_init(&job, "/");
    job.headers = own;
    job.referer = "http://from.test/";
    job_start(&job);
    job_join(&job);
    ck_assert_int_eq(job.result, 0);
    job_free(&job);
    fetch_well("/");
    ck_assert(was_sent(0, "User-Agent", "fetch-test/1"));
    ck_assert(was_sent(0, "Accept-Encoding", "gzip, deflate, br, zstd"));
    ck_assert(was_sent(0, "X-All", "yes"));
    ck_assert(was_sent(0, "X-Own", "mine"));
    ck_assert(was_sent(0, "Referer", "http://from.test/"));
    ck_assert(!was_sent(0, "Expect", NULL));
    ck_assert(!was_sent(0, "Upgrade", NULL));
    ck_assert(was_sent(1, "X-All", "yes"));
    ck_assert(!was_sent(1, "X-Own", NULL));
    ck_assert(!was_sent(1, "Referer", NULL));
    close_all();
}
END_TEST

/* Whichever way the handle, which is the same for all, was told the one before. */
START_TEST(target_is_sent_as_it_stands)
{
    static const char *const targets[] = {
        "/", "/?q=/x", "/a/../b?c=d?e", "/%C3%A9/%2e%2E?%41", "/a|b\"<>^`{}", "/;p=1/b,c", "/?", "//x/y", "/%", "/z",
    };
    char target[URL_SIZE];
    struct site_request request;
    open_plain();
    for (unsigned i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        (void)fate_of(targets[i]);
        ck_assert(site_request(site, i, &request));
        ck_assert_str_eq(site_request_target(&request, target, sizeof target), targets[i]);
    }
    close_all();
}
END_TEST

START_TEST(own_name_wins)
{
    static const char *const all[] = {"user-agent: another/2", NULL};
    open_site(PAGES);
    struct http_options options = test_options();
    options.headers = all;
    open_client(&options);
    fetch_well("/");
    ck_assert(was_sent(0, "User-Agent", "another/2"));
    close_client();
    options.headers = NULL;
    options.user_agent = "";
    open_client(&options);
    fetch_well("/");
    ck_assert(!was_sent(1, "User-Agent", NULL));
    close_all();
}
END_TEST

START_TEST(connection_is_used_again)
{
    open_plain();
    for (int i = 0; i < 10; i++) {
        struct job job;
        ck_assert_int_eq(fetch(&job, "/"), 0);
        ck_assert_int_eq(job.response.reused, i > 0);
        ck_assert_str_eq(job.response.remote_address, "127.0.0.1");
        job_free(&job);
    }
    ck_assert_uint_eq(site_connections(site), 1);
    ck_assert_uint_eq(stats().requests, 10);
    ck_assert_uint_eq(stats().connections_opened, 1);
    ck_assert_uint_eq(stats().connections_reused, 9);
    ck_assert_uint_eq(stats().in_flight, 0);
    close_all();
}
END_TEST

START_TEST(stale_connection_costs_no_failure)
{
    open_plain();
    fetch_well("/");
    struct job job;
    assert_kind(fetch(&job, "/stale"), 0, "/stale");
    assert_body(&job, "fresh");
    job_free(&job);
    fetch_well("/closes-after");
    fetch_well("/");
    close_all();
}
END_TEST

static void fetch_all(struct job *jobs, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++) {
        job_init(&jobs[i], path);
        job_start(&jobs[i]);
    }
    for (size_t i = 0; i < count; i++)
        job_join(&jobs[i]);
}

/* More of them than libcurl tries by itself. */
START_TEST(many_stale_connections_cost_no_failure)
{
    static const char *const paths[] = {"/stale", "/stale-by-reset"};
    struct job jobs[PARALLEL];
    open_plain();
    for (int i = 0; i < 2; i++) {
        fetch_all(jobs, PARALLEL, "/slow");
        for (size_t k = 0; k < PARALLEL; k++)
            job_free(&jobs[k]);
        struct job job;
        assert_kind(fetch(&job, paths[i]), 0, paths[i]);
        assert_body(&job, "fresh");
        ck_assert(!job.response.reused);
        job_free(&job);
    }
    fetch_well("/");
    close_all();
}
END_TEST

/* The second half is still on its way when the connection is used again. */
START_TEST(rest_of_an_answer_is_not_the_next_one)
{
    open_plain();
    for (int i = 0; i < 2; i++) {
        fetch_well("/too-short");
        fetch_well("/");
    }
    close_all();
}
END_TEST

/* The number of this process's threads. */
static int threads(void)
{
    char line[256];
    int count = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "Threads: %d", &count) == 1)
            break;
    if (file)
        fclose(file);
    return count;
}

START_TEST(crowd_is_fetched_by_one_thread)
{
    static struct job jobs[CROWD];
    open_plain();
    fetch_all(jobs, CROWD, "/");
    for (size_t i = 0; i < CROWD; i++) {
        assert_kind(jobs[i].result, 0, "/");
        assert_body(&jobs[i], "hello");
        job_free(&jobs[i]);
    }
    ck_assert_int_le(threads(), 1);
    ck_assert_uint_eq(site_requests(site), CROWD);
    ck_assert_uint_eq(stats().in_flight, 0);
    close_all();
}
END_TEST

/* A slow first answer must not hold up those that were asked for at the same time. */
START_TEST(fetches_of_one_plain_host_go_in_parallel)
{
    static struct job jobs[PARALLEL];
    open_plain();
    fetch_all(jobs, PARALLEL, "/slow");
    for (size_t i = 0; i < PARALLEL; i++) {
        assert_kind(jobs[i].result, 0, "/slow");
        job_free(&jobs[i]);
    }
    ck_assert_uint_eq(site_peak_in_flight(site), PARALLEL);
    close_all();
}
END_TEST

START_TEST(connections_are_bounded_where_asked)
{
    static struct job jobs[PARALLEL];
    open_site(PAGES);
    struct http_options options = test_options();
    options.max_connections = 3;
    open_client(&options);
    fetch_all(jobs, PARALLEL, "/");
    for (size_t i = 0; i < PARALLEL; i++) {
        assert_kind(jobs[i].result, 0, "/");
        job_free(&jobs[i]);
    }
    ck_assert_uint_le(site_peak_connections(site), 3);
    close_all();
}
END_TEST

START_TEST(sink_can_end_it)
{
    open_plain();
    for (int in_write = 0; in_write < 2; in_write++) {
        struct job job;
        job_init(&job, "/");
        job.stop_in_begin = in_write ? 0 : ERR_NO_SPACE;
        job.stop_in_write = in_write ? ERR_NO_SPACE : 0;
        job_start(&job);
        job_join(&job);
        assert_kind(job.result, ERR_NO_SPACE, "sink");
        ck_assert_uint_eq(job.finishes, 1);
        ck_assert_uint_eq(job.body.length, in_write ? 5 : 0);
        job_free(&job);
    }
    close_all();
}
END_TEST

/* As the test before, for an answer without a body. */
START_TEST(sink_can_end_what_has_no_body)
{
    open_plain();
    struct job job;
    job_init(&job, "/no-content");
    job.stop_in_begin = ERR_NO_SPACE;
    job_start(&job);
    job_join(&job);
    assert_kind(job.result, ERR_NO_SPACE, "sink");
    job_free(&job);
    close_all();
}
END_TEST

static int fetch_without_a_sink(void *argument)
{
    struct job *job = argument;
    return http_fetch(client, &(struct http_request){.url = job->url}, NULL, &job->response);
}

START_TEST(sink_may_be_absent)
{
    open_plain();
    struct job job;
    job_init(&job, "/gzip");
    ck_assert_int_eq(task_create(&job.task, loop, "job", fetch_without_a_sink, &job), 0);
    job_join(&job);
    ck_assert_int_eq(job.response.status, 200);
    ck_assert_uint_eq(job.response.decoded_size, 5);
    job_free(&job);
    close_all();
}
END_TEST

struct canceller {
    struct job *job;
    nanoseconds wait;
};

static int cancel_later(void *argument)
{
    const struct canceller *canceller = argument;
    int err = sleep_until(clock_after(canceller->wait));
    task_cancel(canceller->job->task);
    return err;
}

static void cancel_in(struct job *job, nanoseconds wait)
{
    struct canceller canceller = {job, wait};
    struct task *task;
    ck_assert_int_eq(task_create(&task, loop, "canceller", cancel_later, &canceller), 0);
    job_start(job);
    job_join(job);
    ck_assert_int_eq(loop_run_until_complete(loop, task_future(task)), 0);
    ck_assert_int_eq(future_result(task_future(task), NULL), 0);
    task_free(task);
    ck_assert_int_eq(job->result, ERR_CANCELLED);
    ck_assert_int_eq(job->response.error, ERR_CANCELLED);
}

/* In every stage: queued, connecting, before the answer, in the middle of the body. The client goes on to serve. */
START_TEST(cancellation_breaks_the_transfer_off)
{
    static const char *const paths[] = {"/", "/hang", "/slow", "/endless"};
    static const nanoseconds waits[] = {0, MICROSECONDS(100), MILLISECONDS(1), MILLISECONDS(30)};
    open_plain();
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        for (size_t j = 0; j < sizeof waits / sizeof waits[0]; j++) {
            if (i == 0 && j > 0)
                continue; /* may well be over by then */
            struct job job;
            job_init(&job, paths[i]);
            cancel_in(&job, waits[j]);
            job_free(&job);
            fetch_well("/");
            ck_assert_uint_eq(stats().in_flight, 0);
        }
    }
    close_all();
}
END_TEST

/* The client may be freed at once, with the broken-off transfer still in libcurl's hands. */
START_TEST(client_can_be_freed_right_after_a_cancellation)
{
    open_plain();
    struct job job;
    job_init(&job, "/endless");
    cancel_in(&job, MILLISECONDS(20));
    job_free(&job);
    close_all();
}
END_TEST

START_TEST(fetch_in_a_cancelled_task_asks_nobody)
{
    open_plain();
    struct job job;
    job_init(&job, "/");
    job_start(&job);
    task_cancel(job.task);
    job_join(&job);
    ck_assert_int_eq(job.result, ERR_CANCELLED);
    job_free(&job);
    ck_assert_uint_eq(stats().requests, 0);
    close_all();
}
END_TEST

START_TEST(response_can_be_used_again)
{
    open_plain();
    struct job job;
    ck_assert_int_eq(fetch(&job, "/"), 0);
    site_url(site, "/empty", job.url, sizeof job.url);
    task_free(job.task);
    job.begins = job.finishes = 0;
    job_start(&job);
    job_join(&job);
    ck_assert_int_eq(job.result, 0);
    ck_assert_uint_eq(job.response.decoded_size, 0);
    assert_header(&job, "X-One", 0, NULL);
    job_free(&job);
    close_all();
}
END_TEST

int main(void)
{
    return RUN_TESTS("fetch", page_is_fetched, headers_are_found_by_name_and_number, each_framing_and_status_is_whole,
                     unknown_coding_is_an_error_that_keeps_the_headers, interim_answers_and_trailers_are_left_out,
                     request_says_what_it_should_and_no_more, target_is_sent_as_it_stands, own_name_wins,
                     connection_is_used_again, stale_connection_costs_no_failure,
                     many_stale_connections_cost_no_failure, rest_of_an_answer_is_not_the_next_one,
                     crowd_is_fetched_by_one_thread, fetches_of_one_plain_host_go_in_parallel,
                     connections_are_bounded_where_asked, sink_can_end_it, sink_can_end_what_has_no_body,
                     cancellation_breaks_the_transfer_off, client_can_be_freed_right_after_a_cancellation,
                     fetch_in_a_cancelled_task_asks_nobody, response_can_be_used_again, sink_may_be_absent);
}
