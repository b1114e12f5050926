/* What a fetch makes of servers that fail, lie, dawdle or flood. */
#include "http/fetch.h"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/http/fetch_fixture.h"

enum { LONG_BODY = 200000, SHORT = 300 /* milliseconds */, CAP = 1000, CROWD = 40, SPARE = 8 };

static char long_body[LONG_BODY + 1];

static const struct site_page PAGES[] = {
    {.path = "/", .body = "hello"},
    {.path = "/close", .body = "x", .fault = SITE_CLOSE_BEFORE_HEAD},
    {.path = "/reset", .body = "x", .fault = SITE_RESET_BEFORE_HEAD},
    {.path = "/reset-after-head", .body = "some body", .fault = SITE_RESET_AFTER_HEAD},
    {.path = "/reset-in-body", .body = long_body, .fault = SITE_RESET_IN_BODY},
    {.path = "/too-long", .body = "short", .fault = SITE_LENGTH_TOO_LONG},
    {.path = "/bad-chunk", .body = long_body, .fault = SITE_BAD_CHUNK_SIZE},
    {.path = "/cut-chunk", .body = long_body, .fault = SITE_CUT_CHUNK},
    {.path = "/cut-gzip", .body = long_body, .coding = SITE_GZIP, .fault = SITE_CUT_CODING},
    {.path = "/cut-deflate", .body = long_body, .coding = SITE_DEFLATE, .fault = SITE_CUT_CODING},
    {.path = "/cut-br", .body = long_body, .coding = SITE_BROTLI, .fault = SITE_CUT_CODING},
    {.path = "/cut-zstd", .body = long_body, .coding = SITE_ZSTD, .fault = SITE_CUT_CODING},
    {.path = "/corrupt-gzip", .body = long_body, .coding = SITE_GZIP, .fault = SITE_CORRUPT_CODING},
    {.path = "/corrupt-deflate", .body = long_body, .coding = SITE_DEFLATE, .fault = SITE_CORRUPT_CODING},
    {.path = "/corrupt-br", .body = long_body, .coding = SITE_BROTLI, .fault = SITE_CORRUPT_CODING},
    {.path = "/corrupt-zstd", .body = long_body, .coding = SITE_ZSTD, .fault = SITE_CORRUPT_CODING},
    {.path = "/endless", .body = long_body, .fault = SITE_ENDLESS_BODY},
    {.path = "/endless-headers", .body = "x", .fault = SITE_ENDLESS_HEADERS},
    {.path = "/huge-header", .body = "x", .fault = SITE_HUGE_HEADER},
    {.path = "/garbage", .body = "x", .fault = SITE_GARBAGE},
    {.path = "/http-0.9", .body = "plain old body", .fault = SITE_HTTP_0_9},
    {.path = "/silent", .fault = SITE_SILENT},
    {.path = "/drip",
     .body = "slowly but surely, with many a pause between the bytes that it takes",
     .drip_bytes = 4,
     .drip_delay = 10},
    {.path = "/later", .body = "late", .delay = SHORT},
    {.path = "/long-drip", .body = long_body, .drip_bytes = 100, .drip_delay = 10},
    {.path = "/big", .body = long_body},
    {.path = "/big-gzip", .body = long_body, .coding = SITE_GZIP},
    {.path = "/two-lines", .body = "x", .headers = "Content-Encoding: identity\r\nContent-Encoding: sdch\r\n"},
    {.path = "/gzip-by-lines", .body = long_body, .coding = SITE_GZIP, .headers = "Content-Encoding: identity\r\n"},
    {.path = "/folded", .fault = SITE_RAW, .body = "HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 1\r\n\r\nx"},
    {0},
};

static const char *const CUT[] = {"/cut-gzip", "/cut-deflate", "/cut-br", "/cut-zstd"};
static const char *const CORRUPT[] = {"/corrupt-gzip", "/corrupt-deflate", "/corrupt-br", "/corrupt-zstd"};

static void fill_body(void)
{
    unsigned state = 7;
    for (size_t i = 0; i < LONG_BODY; i++) {
        state = state * 1103515245u + 12345u;
        long_body[i] = (char)('a' + (state >> 16) % 16);
    }
}

static void open_with(struct http_options options)
{
    fill_body();
    open_site(PAGES);
    open_client(&options);
}

static void open_plain(void)
{
    open_with(test_options());
}

START_TEST(each_fault_has_its_error)
{
    static const struct {
        const char *path;
        int error;
        int status;
    } cases[] = {
        {"/close", ERR_NO_ANSWER, 0},
        {"/reset", ERR_CONNECTION_RESET, 0},
        {"/reset-after-head", ERR_CONNECTION_RESET, 200},
        {"/reset-in-body", ERR_CONNECTION_RESET, 200},
        {"/too-long", ERR_TRUNCATED, 200},
        {"/bad-chunk", ERR_PROTOCOL, 200},
        {"/cut-chunk", ERR_TRUNCATED, 200},
        {"/endless-headers", ERR_HEADERS_TOO_LARGE, 200},
        {"/huge-header", ERR_HEADERS_TOO_LARGE, 200},
        {"/garbage", ERR_PROTOCOL, 0},
        {"/http-0.9", ERR_PROTOCOL, 0},
    };
    open_plain();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int again = 0; again < 2; again++) { /* on a new connection, then perhaps on a used one */
            struct job job;
            assert_kind(fetch(&job, cases[i].path), cases[i].error, cases[i].path);
            ck_assert_msg(job.response.status == cases[i].status, "%s: %d", cases[i].path, job.response.status);
            ck_assert_uint_le(job.begins, 1);
            ck_assert(!job.response.truncated);
            job_free(&job);
            fetch_well("/");
        }
    }
    close_all();
}
END_TEST

START_TEST(cut_coding_is_truncated_and_a_corrupt_one_an_error)
{
    open_plain();
    for (size_t i = 0; i < sizeof CUT / sizeof CUT[0]; i++) {
        struct job job;
        assert_kind(fetch(&job, CUT[i]), ERR_TRUNCATED, CUT[i]);
        ck_assert_uint_gt(job.body.length, 0);
        ck_assert_int_eq(memcmp(job.body.data, long_body, job.body.length), 0);
        job_free(&job);
        assert_kind(fate_of(CORRUPT[i]), ERR_DECODE, CORRUPT[i]);
    }
    fetch_well("/");
    close_all();
}
END_TEST

START_TEST(nobody_listens)
{
    open_plain();
    char url[URL_SIZE];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", site_unused_port());
    struct job job;
    assert_kind(fetch(&job, url), ERR_CONNECT_REFUSED, url);
    ck_assert(!job.response.reached_server);
    ck_assert_uint_eq(job.begins, 0);
    job_free(&job);
    close_all();
}
END_TEST

/* Some are fetched, the others say why not; with descriptors to spare again, all is well. */
/* A port of this machine that has room for one connection, which is taken: others wait, and try each second whether that
 * one was accepted. Nothing is ever said. */
struct full_port {
    int listener, first;
    char url[64];
    struct loop_timer timer;
};

static void make_room(void *context)
{
    const struct full_port *port = context;
    int accepted = accept4(port->listener, NULL, NULL, SOCK_CLOEXEC);
    ck_assert_int_ge(accepted, 0);
    close(port->first);
    close(accepted);
}

static void open_full_port(struct full_port *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    port->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    port->first = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(port->first, 0);
    ck_assert_int_eq(bind(port->listener, (struct sockaddr *)&address, length), 0);
    ck_assert_int_eq(listen(port->listener, 0), 0);
    ck_assert_int_eq(getsockname(port->listener, (struct sockaddr *)&address, &length), 0);
    ck_assert_int_eq(connect(port->first, (struct sockaddr *)&address, length), 0);
    snprintf(port->url, sizeof port->url, "http://127.0.0.1:%u/", ntohs(address.sin_port));
    loop_timer_init(&port->timer, make_room, port);
}

/* libcurl closes a socket that was never connected without a word. The next one gets its number, and waits to be
 * connected just so. */
START_TEST(socket_that_was_given_up_is_not_taken_for_the_next)
{
    struct full_port never, later;
    struct http_options options = test_options();
    options.connect_timeout = MILLISECONDS(10 * SHORT);
    options.idle_timeout = MILLISECONDS(SHORT);
    open_with(options);
    open_full_port(&never);
    open_full_port(&later);
    assert_kind(fate_of(never.url), ERR_CONNECT_TIMED_OUT, "a port that stays full");
    loop_call_at(loop, &later.timer, clock_after(MILLISECONDS(SHORT)));
    assert_kind(fate_of(later.url), ERR_IDLE, "a port that had room at last");
    close(never.first);
    close(never.listener);
    close(later.listener);
    close_all();
}
END_TEST

START_TEST(want_of_descriptors_is_said_and_survived)
{
    static struct job jobs[CROWD];
    struct rlimit before, few;
    open_plain();
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    int next = dup(STDERR_FILENO);
    ck_assert_int_ge(next, 0);
    close(next);
    few = (struct rlimit){(rlim_t)next + SPARE, before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    for (size_t i = 0; i < CROWD; i++) {
        job_init(&jobs[i], "/later");
        job_start(&jobs[i]);
    }
    unsigned fetched = 0;
    for (size_t i = 0; i < CROWD; i++) {
        job_join(&jobs[i]);
        fetched += jobs[i].result == 0;
        if (jobs[i].result)
            assert_kind(jobs[i].result, ERR_TOO_MANY_FILES, jobs[i].url);
        job_free(&jobs[i]);
    }
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_uint_gt(fetched, 0);
    ck_assert_uint_lt(fetched, CROWD);
    fetch_well("/");
    close_all();
}
END_TEST

START_TEST(body_is_capped_on_the_wire)
{
    struct http_options options = test_options();
    options.max_body = CAP;
    open_with(options);
    static const char *const paths[] = {"/endless", "/big"};
    for (size_t i = 0; i < 2; i++) {
        struct job job;
        assert_kind(fetch(&job, paths[i]), ERR_BODY_TOO_LARGE, paths[i]);
        ck_assert(job.response.truncated);
        ck_assert_uint_eq(job.body.length, CAP);
        ck_assert_int_eq(memcmp(job.body.data, long_body, CAP), 0);
        job_free(&job);
    }
    close_all();
}
END_TEST

START_TEST(body_of_just_the_limit_is_whole)
{
    struct http_options options = test_options();
    options.max_body = LONG_BODY;
    open_with(options);
    fetch_well("/big");
    fetch_well("/big-gzip");
    close_all();
    options.max_body = LONG_BODY - 1;
    open_with(options);
    assert_kind(fate_of("/big"), ERR_BODY_TOO_LARGE, "/big");
    struct job job;
    assert_kind(fetch(&job, "/big-gzip"), ERR_DECODED_TOO_LARGE, "/big-gzip");
    ck_assert(job.response.truncated);
    ck_assert_uint_eq(job.body.length, LONG_BODY - 1);
    job_free(&job);
    close_all();
}
END_TEST

START_TEST(headers_are_capped_where_asked)
{
    static char many[1001 * 6 + 1], few[900 * 6 + 1];
    char *end = many;
    for (int i = 0; i < 1001; i++)
        end = stpcpy(end, "X: 1\r\n");
    end = few;
    for (int i = 0; i < 900; i++)
        end = stpcpy(end, "X: 1\r\n");
    const struct site_page pages[] = {{.path = "/many", .headers = many}, {.path = "/few", .headers = few}, {0}};
    struct http_options options = test_options();
    open_site(pages);
    open_client(&options);
    assert_kind(fate_of("/many"), ERR_HEADERS_TOO_LARGE, "/many");
    fetch_well("/few");
    close_client();
    options.max_headers = sizeof few;
    open_client(&options);
    assert_kind(fate_of("/few"), ERR_HEADERS_TOO_LARGE, "/few");
    close_all();
}
END_TEST

/* One answer's worth of interim ones has no end to it. */
START_TEST(interim_answers_are_capped)
{
    static char flood[2 << 20];
    char *end = flood;
    while (end + 64 < flood + sizeof flood)
        end = stpcpy(end, "HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n");
    const struct site_page pages[] = {{.path = "/", .fault = SITE_RAW, .body = flood}, {0}};
    struct http_options options = test_options();
    open_site(pages);
    open_client(&options);
    assert_kind(fate_of("/"), ERR_HEADERS_TOO_LARGE, "interim answers");
    close_all();
}
END_TEST

#define CHUNKED_HEAD "HTTP/1.1 200 OK\r\nX-Own: 1\r\nTransfer-Encoding: chunked\r\n\r\n"

/* What stands behind a body is counted as what stands before it, or there would be no end to it. */
START_TEST(trailers_are_capped)
{
    static char many[1001 * 4 + 100], few[900 * 4 + 100];
    char *end = stpcpy(many, CHUNKED_HEAD "1\r\nx\r\n0\r\n");
    for (int i = 0; i < 1001; i++)
        end = stpcpy(end, "a:\r\n");
    stpcpy(end, "\r\n");
    end = stpcpy(few, CHUNKED_HEAD "1\r\nx\r\n0\r\n");
    for (int i = 0; i < 900; i++)
        end = stpcpy(end, "a:\r\n");
    stpcpy(end, "\r\n");
    const struct site_page pages[] = {
        {.path = "/many", .fault = SITE_RAW, .body = many}, {.path = "/few", .fault = SITE_RAW, .body = few}, {0}};
    struct http_options options = test_options();
    open_site(pages);
    open_client(&options);
    assert_kind(fate_of("/many"), ERR_HEADERS_TOO_LARGE, "/many");
    fetch_well("/few");
    close_client();
    options.max_headers = 3600; /* 900 of four bytes */
    open_client(&options);
    assert_kind(fate_of("/few"), ERR_HEADERS_TOO_LARGE, "/few");
    close_all();
}
END_TEST

/* RFC 9110, section 6.5.1: they are no part of the head. Without a body none of it has come when they do. */
START_TEST(trailers_are_not_kept)
{
    static const struct site_page pages[] = {
        {.path = "/", .fault = SITE_RAW, .body = CHUNKED_HEAD "0\r\nLocation: /x\r\nHTTP/1.1: 302\r\n\r\n"},
        {.path = "/hints",
         .fault = SITE_RAW,
         .body = "HTTP/1.1  103 Early Hints\r\nX-Hint: 1\r\n\r\n" CHUNKED_HEAD "0\r\nLocation: /x\r\n\r\n"},
        {0}};
    static const char *const paths[] = {"/", "/hints"};
    struct http_options options = test_options();
    open_site(pages);
    open_client(&options);
    for (size_t i = 0; i < 2; i++) {
        struct job job;
        assert_kind(fetch(&job, paths[i]), 0, paths[i]);
        ck_assert_int_eq(job.response.status, 200);
        assert_header(&job, "X-Own", 0, "1");
        assert_header(&job, "X-Hint", 0, NULL);
        assert_header(&job, "Location", 0, NULL);
        job_free(&job);
    }
    close_all();
}
END_TEST

START_TEST(silence_ends_at_the_idle_limit)
{
    struct http_options options = test_options();
    options.idle_timeout = MILLISECONDS(SHORT);
    open_with(options);
    assert_kind(fate_of("/silent"), ERR_IDLE, "/silent");
    fetch_well("/drip"); /* takes longer in all, but never pauses so long */
    close_all();
}
END_TEST

START_TEST(all_ends_at_the_total_limit)
{
    struct http_options options = test_options();
    options.total_timeout = MILLISECONDS(SHORT);
    options.idle_timeout = SECONDS(AGENT_PATIENCE);
    open_with(options);
    assert_kind(fate_of("/silent"), ERR_TIMED_OUT, "/silent");
    assert_kind(fate_of("/long-drip"), ERR_TIMED_OUT, "/long-drip");
    fetch_well("/");
    ck_assert_uint_eq(stats().in_flight, 0);
    close_all();
}
END_TEST

START_TEST(every_content_encoding_line_counts)
{
    open_plain();
    assert_kind(fate_of("/two-lines"), ERR_CODING_UNKNOWN, "/two-lines");
    struct job job;
    assert_kind(fetch(&job, "/gzip-by-lines"), 0, "/gzip-by-lines");
    assert_body(&job, long_body);
    job_free(&job);
    close_all();
}
END_TEST

/* RFC 9112, section 5.2: a line that goes on is one header. */
START_TEST(folded_header_does_no_harm)
{
    open_plain();
    struct job job;
    int err = fetch(&job, "/folded");
    ck_assert(err == 0 || err == ERR_PROTOCOL);
    job_free(&job);
    close_all();
}
END_TEST

START_TEST(line_breaks_never_reach_the_wire)
{
    static const char *const bad_headers[] = {"X-Bad: a\r\nX-Evil: 1", NULL}, *const nameless[] = {": x", NULL},
                             *const newline[] = {"X-Bad: a\nX-Evil: 1", NULL};
    fill_body();
    open_site(PAGES);
    ck_assert_int_eq(loop_create(&loop, NULL), 0);
    struct http_options cases[6];
    for (size_t i = 0; i < 6; i++)
        cases[i] = test_options();
    cases[0].headers = bad_headers;
    cases[1].headers = newline;
    cases[2].headers = nameless;
    cases[3].user_agent = "a\r\nX-Evil: 1";
    cases[4].cookie = "a=b\r\nX-Evil: 1";
    cases[5].user = "a\n:b";
    for (size_t i = 0; i < 6; i++) {
        log_set_sink(keep_line, NULL);
        last_line[0] = '\0';
        ck_assert_int_eq(http_client_create(&client, loop, &cases[i]), ERR_INVALID);
        log_set_sink(NULL, NULL);
        ck_assert_str_ne(last_line, "");
    }
    loop_free(loop);
    struct http_options options = test_options();
    open_client(&options);
    struct job job;
    job_init(&job, "/");
    job.headers = bad_headers;
    job_start(&job);
    job_join(&job);
    assert_kind(job.result, ERR_INVALID, "header of a request");
    job_free(&job);
    job_init(&job, "/");
    job.referer = "http://a.test/\r\nX-Evil: 1";
    job_start(&job);
    job_join(&job);
    assert_kind(job.result, ERR_INVALID, "referer");
    job_free(&job);
    ck_assert_uint_eq(site_requests(site), 0);
    close_all();
}
END_TEST

START_TEST(some_errors_are_worth_another_try)
{
    static const int yes[] = {ERR_CONNECT_REFUSED, ERR_CONNECTION_RESET, ERR_NO_ANSWER,
                              ERR_TRUNCATED,       ERR_NAME_TIMED_OUT,   ERR_IDLE,
                              ERR_TIMED_OUT,       ERR_TOO_SLOW};
    static const int no[] = {0,           ERR_CERTIFICATE,    ERR_ADDRESS_REFUSED, ERR_BODY_TOO_LARGE,
                             ERR_INVALID, ERR_NAME_NOT_FOUND, ERR_CANCELLED,       ERR_HEADERS_TOO_LARGE};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        ck_assert_msg(http_error_is_transient(yes[i]), "%s", error_kind(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        ck_assert_msg(!http_error_is_transient(no[i]), "%s", error_kind(no[i]));
}
END_TEST

int main(void)
{
    return RUN_TESTS("fetch_fault", each_fault_has_its_error, cut_coding_is_truncated_and_a_corrupt_one_an_error,
                     nobody_listens, socket_that_was_given_up_is_not_taken_for_the_next,
                     want_of_descriptors_is_said_and_survived, body_is_capped_on_the_wire,
                     body_of_just_the_limit_is_whole, headers_are_capped_where_asked, interim_answers_are_capped,
                     trailers_are_capped, trailers_are_not_kept, silence_ends_at_the_idle_limit,
                     all_ends_at_the_total_limit, every_content_encoding_line_counts, folded_header_does_no_harm,
                     line_breaks_never_reach_the_wire, some_errors_are_worth_another_try);
}
