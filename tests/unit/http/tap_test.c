/* A tap gets what goes over the wire, byte by byte. */
#include "unit/http/fetch_fixture.h"

/* What a tap was given. */
static struct {
    struct buf sent, head, body, payload;
    unsigned begins;
    int error_at_body;          /* to end the transfer with, */
    size_t error_from;          /* from so many bytes on */
    bool is_slow;               /* the body takes its time */
    struct loop_callback *soon; /* to be called behind the pass in which much of the body came; NULL for none */
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
    for (nanoseconds end = clock_after(MILLISECONDS(heard.is_slow)); clock_now() < end;)
        continue;
    if (heard.error_at_body && heard.body.length >= heard.error_from)
        return heard.error_at_body;
    return buf_append_slice(&heard.body, bytes);
}

enum { MUCH = 1 << 20 };

static int on_payload(void *context, struct slice bytes)
{
    (void)context;
    if (heard.soon && heard.payload.length >= MUCH) {
        loop_call_soon(loop, heard.soon);
        heard.soon = NULL;
    }
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

/* What is done with a body may be slower than its server. */
enum { LONG = 4 << 20 };

static char long_body[LONG + 1];

static void listen_slowly(enum site_framing framing)
{
    const struct site_page pages[] = {
        {.path = "/long", .body = long_body, .length = LONG, .framing = framing}, {.path = "/short", .body = "x"}, {0}};
    for (size_t i = 0; i < LONG; i++)
        long_body[i] = (char)('a' + i % 26 + i / 1000 % 3);
    listen_to(pages);
    heard.is_slow = true;
}

static size_t heard_by_then;

static void note_heard(void *context, const struct http_response *response)
{
    (void)context;
    (void)response;
    heard_by_then = heard.payload.length;
}

static int short_body(void *argument)
{
    struct job *job = argument;
    const struct http_request request = {.url = job->url};
    const struct http_sink sink = {.finish = note_heard};
    job->result = http_fetch(client, &request, &sink, &job->response);
    return 0;
}

START_TEST(a_long_body_leaves_others_their_turn)
{
    struct job large, small;
    listen_slowly(_i ? SITE_CHUNKED : SITE_LENGTH);
    job_init(&large, "/long");
    job_init(&small, "/short");
    ck_assert_int_eq(task_create(&large.task, loop, "long", tapped_body, &large), 0);
    ck_assert_int_eq(task_create(&small.task, loop, "short", short_body, &small), 0);
    job_join(&small);
    job_join(&large);
    ck_assert_int_eq(small.result | large.result, 0);
    ck_assert_uint_lt(heard_by_then, LONG);
    ck_assert_uint_eq(heard.payload.length, LONG);
    ck_assert_int_eq(memcmp(heard.payload.data, long_body, LONG), 0);
    if (!_i)
        ck_assert_int_eq(memcmp(heard.body.data, long_body, LONG), 0);
    job_free(&large);
    job_free(&small);
    stop_listening();
}
END_TEST

START_TEST(a_body_that_was_held_back_may_be_ended)
{
    struct job job;
    listen_slowly(_i ? SITE_CHUNKED : SITE_LENGTH);
    heard.error_at_body = ERR_NO_SPACE;
    heard.error_from = LONG / 2;
    ck_assert_int_eq(tap(&job, "/long"), ERR_NO_SPACE);
    job_free(&job);
    heard.error_at_body = 0;
    heard.is_slow = false;
    ck_assert_int_eq(tap(&job, "/long"), 0);
    ck_assert_uint_eq(heard.payload.length, LONG);
    job_free(&job);
    stop_listening();
}
END_TEST

static struct task *to_cancel;

static void cancel(void *context)
{
    (void)context;
    task_cancel(to_cancel);
}

START_TEST(a_body_that_is_held_back_may_be_given_up)
{
    struct loop_callback soon;
    struct job job;
    listen_slowly(_i ? SITE_CHUNKED : SITE_LENGTH);
    job_init(&job, "/long");
    ck_assert_int_eq(task_create(&job.task, loop, "long", tapped_body, &job), 0);
    to_cancel = job.task;
    loop_callback_init(&soon, cancel, NULL);
    heard.soon = &soon;
    job_join(&job);
    ck_assert_int_eq(job.result, ERR_CANCELLED);
    job_free(&job);
    heard.is_slow = false;
    ck_assert_int_eq(tap(&job, "/short"), 0);
    ck_assert_str_eq(buf_text(&heard.payload), "x");
    job_free(&job);
    stop_listening();
}
END_TEST

int main(void)
{
    int failed = RUN_TESTS("tap", a_request_is_heard_as_it_was_sent, a_tap_may_end_the_transfer,
                           who_has_no_tap_is_not_heard, a_coding_that_blows_a_body_up_ends);
    failed |= RUN_TESTS_TIMES("tap turns", 2, a_long_body_leaves_others_their_turn,
                              a_body_that_was_held_back_may_be_ended, a_body_that_is_held_back_may_be_given_up);
    failed |= RUN_TESTS_TIMES("tap again", 2, a_request_that_is_sent_again_is_heard_once);
    return failed |
           RUN_TESTS_TIMES("tap answers", sizeof ANSWERS / sizeof ANSWERS[0], an_answer_is_heard_as_it_was_sent);
}
