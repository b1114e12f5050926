/* A tap gets what goes over the wire, byte by byte. */
#include "unit/http/fetch_fixture.h"

/* What a tap was given. */
static struct {
    struct buf sent, head, body, payload;
    unsigned begins;
    int error_at_body; /* to end the transfer with */
} heard;

static void on_begin(void *context)
{
    (void)context;
    heard.begins++;
    buf_clear(&heard.sent);
    buf_clear(&heard.head);
    buf_clear(&heard.body);
    buf_clear(&heard.payload);
}

static int on_sent(void *context, struct slice bytes)
{
    (void)context;
    return buf_append_slice(&heard.sent, bytes);
}

static int on_head(void *context, struct slice line)
{
    (void)context;
    ck_assert_int_eq(line.data[line.length - 1], '\n');
    return buf_append_slice(&heard.head, line);
}

static int on_body(void *context, struct slice bytes)
{
    (void)context;
    return heard.error_at_body ? heard.error_at_body : buf_append_slice(&heard.body, bytes);
}

static int on_payload(void *context, struct slice bytes)
{
    (void)context;
    return buf_append_slice(&heard.payload, bytes);
}

static const struct http_tap TAP = {on_begin, on_sent, on_head, on_body, on_payload, NULL};

static int tapped_body(void *argument)
{
    struct job *job = argument;
    const struct http_request request = {.url = job->url, .headers = job->headers, .tap = &TAP};
    job->result = http_fetch(client, &request, NULL, &job->response);
    return 0;
}

static int tap(struct job *job, const char *path)
{
    job_init(job, path);
    ck_assert_int_eq(task_create(&job->task, loop, "job", tapped_body, job), 0);
    job_join(job);
    return job->result;
}

static void listen_to(const struct site_page *pages)
{
    const struct http_options options = test_options();
    open_site(pages);
    open_client(&options);
    memset(&heard, 0, sizeof heard);
    buf_init(&heard.sent, BODY_LIMIT);
    buf_init(&heard.head, BODY_LIMIT);
    buf_init(&heard.body, BODY_LIMIT);
    buf_init(&heard.payload, BODY_LIMIT);
}

static void stop_listening(void)
{
    buf_free(&heard.sent);
    buf_free(&heard.head);
    buf_free(&heard.body);
    buf_free(&heard.payload);
    close_all();
}

#define CHUNKED_HEAD "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
#define CHUNKS       "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n"
#define END          "\r\ny\r\n0\r\n\r\n"
#define EMPTY        "0\r\nX-Sum: 1\r\n\r\n"
#define ODD_HEAD     "HTTP/1.1 200  Very  well \r\nx-a:b\r\nX-Folded: 1\r\n\t2\r\nX-Byte: \xff\r\nContent-Length: 2\r\n\r\n"
#define BARE_HEAD    "HTTP/1.1 200 OK\nContent-Length: 2\n\n"
#define HINTS        "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nTransfer-Encoding: chunked\r\n\r\n"
#define PLAIN_HEAD   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
#define NO_BODY      "HTTP/1.1 204 No Content\r\nX-A: b\r\nConnection: close\r\n\r\n"
#define UNCHANGED    "HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\nConnection: close\r\n\r\n"

static const struct {
    const char *sent, *head, *body, *payload;
} ANSWERS[] = {
    {CHUNKED_HEAD CHUNKS, CHUNKED_HEAD, CHUNKS, "hello world"},
    {CHUNKED_HEAD EMPTY, CHUNKED_HEAD, EMPTY, ""},
    {ODD_HEAD "ok", ODD_HEAD, "ok", "ok"},
    {BARE_HEAD "ok", BARE_HEAD, "ok", "ok"},
    {HINTS PLAIN_HEAD "ok", HINTS PLAIN_HEAD, "ok", "ok"},
    {HINTS HINTS CHUNKED_HEAD CHUNKS, HINTS HINTS CHUNKED_HEAD, CHUNKS, "hello world"},
    {PLAIN_HEAD "ok and more", PLAIN_HEAD, "ok", "ok"},
    {NO_BODY, NO_BODY, "", ""},
    {UNCHANGED, UNCHANGED, "", ""},
};

START_TEST(an_answer_is_heard_as_it_was_sent)
{
    for (int drips = 0; drips < 2; drips++) {
        const struct site_page pages[] = {
            {.path = "/", .body = ANSWERS[_i].sent, .fault = SITE_RAW, .drip_bytes = (unsigned)drips}, {0}};
        struct job job;
        listen_to(pages);
        ck_assert_int_eq(tap(&job, "/"), 0);
        ck_assert_uint_eq(heard.begins, 1);
        ck_assert_str_eq(buf_text(&heard.head), ANSWERS[_i].head);
        ck_assert_str_eq(buf_text(&heard.body), ANSWERS[_i].body);
        ck_assert_str_eq(buf_text(&heard.payload), ANSWERS[_i].payload);
        ck_assert(job.response.arrived);
        job_free(&job);
        stop_listening();
    }
}
END_TEST

START_TEST(a_request_is_heard_as_it_was_sent)
{
    const struct site_page pages[] = {{.path = "/a?b"}, {0}};
    const char *const headers[] = {"X-Own: 1", NULL};
    struct site_request request;
    struct job job;
    listen_to(pages);
    job_init(&job, "/a?b");
    job.headers = headers;
    ck_assert_int_eq(task_create(&job.task, loop, "job", tapped_body, &job), 0);
    job_join(&job);
    ck_assert(site_request(site, 0, &request));
    ck_assert_str_eq(buf_text(&heard.sent), request.head);
    job_free(&job);
    stop_listening();
}
END_TEST

/* What went over a connection that the server had closed is forgotten. */
START_TEST(a_request_that_is_sent_again_is_heard_once)
{
    static const enum site_fault faults[] = {SITE_CLOSE_REUSED, SITE_RESET_REUSED};
    const struct site_page pages[] = {{.path = "/"}, {.path = "/again", .body = "ok", .fault = faults[_i % 2]}, {0}};
    struct site_request request;
    struct job job;
    listen_to(pages);
    ck_assert_int_eq(tap(&job, "/"), 0);
    job_free(&job);
    heard.begins = 0;
    ck_assert_int_eq(tap(&job, "/again"), 0);
    ck_assert_uint_ge(heard.begins, 2);
    ck_assert(site_request(site, site_requests(site) - 1, &request));
    ck_assert_str_eq(buf_text(&heard.sent), request.head);
    ck_assert_str_eq(buf_text(&heard.payload), "ok");
    job_free(&job);
    stop_listening();
}
END_TEST

START_TEST(a_tap_may_end_the_transfer)
{
    const struct site_page pages[] = {
        {.path = "/plain", .body = "x"}, {.path = "/chunked", .body = "x", .framing = SITE_CHUNKED}, {0}};
    struct job job;
    listen_to(pages);
    heard.error_at_body = ERR_NO_SPACE;
    ck_assert_int_eq(tap(&job, "/plain"), ERR_NO_SPACE);
    ck_assert(!job.response.arrived);
    job_free(&job);
    ck_assert_int_eq(tap(&job, "/chunked"), ERR_NO_SPACE);
    job_free(&job);
    stop_listening();
}
END_TEST

/* Handles are used again: one without a tap hears nothing of the one before. */
START_TEST(who_has_no_tap_is_not_heard)
{
    const struct site_page pages[] = {{.path = "/", .body = "x"}, {0}};
    struct job job;
    listen_to(pages);
    ck_assert_int_eq(tap(&job, "/"), 0);
    job_free(&job);
    on_begin(NULL);
    fetch_well("/");
    ck_assert_uint_eq(heard.sent.length + heard.head.length + heard.body.length, 0);
    ck_assert_int_eq(tap(&job, "/"), 0);
    ck_assert_str_eq(buf_text(&heard.body), "x");
    job_free(&job);
    stop_listening();
}
END_TEST

START_TEST(a_coding_that_blows_a_body_up_ends)
{
    static const char start[] = CHUNKED_HEAD "1;";
    static char answer[512 * 1024];
    const struct site_page pages[] = {{.path = "/", .body = answer, .fault = SITE_RAW}, {0}};
    struct http_options options = test_options();
    struct job job;
    memset(answer, 'x', sizeof answer - 1);
    memcpy(answer, start, sizeof start - 1);
    memcpy(answer + sizeof answer - sizeof END, END, sizeof END);
    listen_to(pages);
    close_client();
    options.max_body = 1000;
    open_client(&options);
    ck_assert_int_eq(tap(&job, "/"), ERR_BODY_TOO_LARGE);
    job_free(&job);
    stop_listening();
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS("tap", a_request_is_heard_as_it_was_sent, a_tap_may_end_the_transfer,
                           who_has_no_tap_is_not_heard, a_coding_that_blows_a_body_up_ends);
    failed |= RUN_TESTS_TIMES("tap again", 2, a_request_that_is_sent_again_is_heard_once);
    return failed |
           RUN_TESTS_TIMES("tap answers", sizeof ANSWERS / sizeof ANSWERS[0], an_answer_is_heard_as_it_was_sent);
}
