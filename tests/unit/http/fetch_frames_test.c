/* What a fetch makes of servers that end streams and connections of HTTP/2 early. */
#include "site/frames.h"
#include "unit/http/fetch_fixture.h"

static struct frames_server *server;
static bool is_secure;

static void open_frames(const char *fates, bool tls)
{
    struct http_options options = test_options();
    options.version = HTTP_2;
    options.insecure = true;
    is_secure = tls;
    server = frames_start(fates, tls);
    open_client(&options);
}

static void close_frames(void)
{
    close_client();
    frames_stop(server);
}

static int fetch_frames(struct job *job)
{
    char url[URL_SIZE];
    snprintf(url, sizeof url, "%s://127.0.0.1:%u/", is_secure ? "https" : "http", frames_port(server));
    return fetch(job, url);
}

/* RFC 9113, section 8.7: what a server has not looked at may be asked again, and at once on another connection. */
START_TEST(a_used_connection_that_breaks_costs_no_failure)
{
    static const char *const fates[] = {"aca", "aga", "ara", "axa"};
    for (size_t i = 0; i < sizeof fates / sizeof fates[0]; i++) {
        open_frames(fates[i], true);
        for (int k = 0; k < 2; k++) {
            struct job job;
            assert_kind(fetch_frames(&job), 0, fates[i]);
            ck_assert_int_eq(job.response.status, 200);
            ck_assert_int_eq(job.response.version, HTTP_2);
            job_free(&job);
        }
        ck_assert_uint_eq(frames_requests(server), 3);
        ck_assert_uint_eq(frames_connections(server), 2);
        close_frames();
    }
}
END_TEST

/* To be asked for less is no answer, and nothing to come back from at once. */
START_TEST(a_stream_that_is_reset_is_no_sign_of_an_answer)
{
    static const struct {
        const char *fates;
        int error;
    } cases[] = {{"s", ERR_PROTOCOL}, {"r", ERR_PROTOCOL}, {"g", ERR_PROTOCOL}, {"c", ERR_NO_ANSWER}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct job job;
        open_frames(cases[i].fates, true);
        assert_kind(fetch_frames(&job), cases[i].error, cases[i].fates);
        ck_assert_int_eq(job.response.status, 0);
        ck_assert_msg(!job.response.reached_server, "%s", cases[i].fates);
        job_free(&job);
        close_frames();
    }
    struct job job;
    open_frames("as", true);
    assert_kind(fetch_frames(&job), 0, "before");
    job_free(&job);
    assert_kind(fetch_frames(&job), ERR_PROTOCOL, "asked for less");
    ck_assert(!job.response.reached_server);
    job_free(&job);
    ck_assert_uint_eq(frames_requests(server), 2);
    close_frames();
}
END_TEST

START_TEST(a_body_that_does_not_come_is_missed)
{
    struct job job;
    open_frames("h", true);
    assert_kind(fetch_frames(&job), ERR_TRUNCATED, "no body");
    ck_assert_int_eq(job.response.status, 200);
    ck_assert(job.response.reached_server);
    job_free(&job);
    close_frames();
}
END_TEST

/* Some versions of libcurl can't use a connection twice then. */
START_TEST(prior_knowledge_is_of_use_more_than_once)
{
    open_frames("a", false);
    for (int i = 0; i < 5; i++) {
        struct job job;
        assert_kind(fetch_frames(&job), 0, "without TLS");
        ck_assert_int_eq(job.response.version, HTTP_2);
        job_free(&job);
    }
    ck_assert_uint_eq(frames_requests(server), 5);
    close_frames();
}
END_TEST

int main(void)
{
    return RUN_TESTS("fetch_frames", a_used_connection_that_breaks_costs_no_failure,
                     a_stream_that_is_reset_is_no_sign_of_an_answer, a_body_that_does_not_come_is_missed,
                     prior_knowledge_is_of_use_more_than_once);
}
