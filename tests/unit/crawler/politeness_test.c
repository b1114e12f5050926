/* How hard hosts may be asked. */
#include "crawl/politeness.h"

#include "base/error.h"
#include "unit/suite.h"

static struct options options;
static struct politeness polite;

static void meet(const char *text)
{
    struct url url;
    url_of_serialised(&url, slice_of(text));
    options.retry_max_wait = SECONDS(300);
    politeness_init(&polite, &options, &url);
}

/* An answer with these headers after so long, to a request of `asked`. */
static void answer_to(nanoseconds asked, int status, const char *headers, nanoseconds latency, nanoseconds now)
{
    struct http_response response;
    http_response_init(&response);
    response.status = status;
    response.timings = (struct http_timings){.begun = 1, .first_byte = 1 + latency};
    ck_assert_int_eq(buf_append_slice(&response.headers, slice_of(headers)), 0);
    politeness_answered(&polite, &response, 1, asked, now);
    http_response_free(&response);
}

static void answer(int status, const char *headers, nanoseconds latency, nanoseconds now)
{
    answer_to(now, status, headers, latency, now);
}

static void no_answer(int error, nanoseconds now)
{
    struct http_response response;
    http_response_init(&response);
    response.error = error;
    politeness_answered(&polite, &response, 1, now, now);
    http_response_free(&response);
}

START_TEST(this_machine_has_no_limit)
{
    static const struct {
        const char *url;
        uint32_t most;
    } cases[] = {
        {"http://127.0.0.1/", 0},      {"http://127.255.0.9:8000/", 0}, {"http://[::1]/", 0},
        {"http://localhost/", 0},      {"http://localhost./", 0},       {"https://a.b.localhost:8443/", 0},
        {"http://example.org/", 8},    {"http://10.0.0.1/", 8},         {"http://[::2]/", 8},
        {"http://127.0.0.1.test/", 8}, {"http://notlocalhost/", 8},     {"http://localhost.test/", 8},
    };
    options = (struct options){0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        meet(cases[i].url);
        ck_assert_msg(polite.most == cases[i].most && polite.at_once == cases[i].most / 2, "%s", cases[i].url);
        ck_assert_int_eq(polite.not_before, 0);
    }
}
END_TEST

START_TEST(wishes_hold_for_all)
{
    options = (struct options){.per_host = 3};
    meet("http://127.0.0.1/");
    ck_assert_uint_eq(polite.at_once, 3);
    meet("http://example.org/");
    ck_assert_uint_eq(polite.at_once, 3);
    options = (struct options){.unthrottled = true};
    meet("http://example.org/");
    ck_assert(polite.at_once == 0 && !polite.adapts);
    options = (struct options){.unthrottled = true, .per_host = 2};
    meet("http://example.org/");
    ck_assert(polite.at_once == 2 && !polite.adapts);
    options = (struct options){.adaptive = true};
    meet("http://127.0.0.1/");
    ck_assert(polite.at_once == 4 && polite.most == 0 && polite.adapts);
}
END_TEST

START_TEST(delay_counts_from_the_request)
{
    options = (struct options){.delay = SECONDS(5)};
    meet("http://127.0.0.1/");
    politeness_asked(&polite, SECONDS(100));
    ck_assert_int_eq(polite.not_before, SECONDS(105));
    politeness_heed_delay(&polite, SECONDS(2));
    ck_assert_int_eq(polite.delay, SECONDS(5));
    politeness_heed_delay(&polite, SECONDS(20));
    ck_assert_int_eq(polite.delay, SECONDS(20));
    politeness_heed_delay(&polite, SECONDS(86400));
    ck_assert_int_eq(polite.delay, SECONDS(60));
}
END_TEST

START_TEST(good_answers_bring_more)
{
    options = (struct options){0};
    meet("http://example.org/");
    for (int i = 0; i < 4; i++)
        answer(200, "", MILLISECONDS(20), SECONDS(1));
    ck_assert_uint_eq(polite.at_once, 5);
    for (int i = 0; i < 100; i++)
        answer(404, "", MILLISECONDS(20), SECONDS(1));
    ck_assert_uint_eq(polite.at_once, 8);
}
END_TEST

START_TEST(slow_answers_bring_fewer)
{
    options = (struct options){0};
    meet("http://example.org/");
    for (int i = 0; i < 4; i++)
        answer(200, "", MILLISECONDS(20), SECONDS(1));
    for (int i = 0; i < 5; i++)
        answer(200, "", MILLISECONDS(50), SECONDS(1));
    ck_assert_uint_eq(polite.at_once, 4);
    for (int i = 0; i < 100; i++)
        answer(200, "", MILLISECONDS(50), SECONDS(1));
    ck_assert_uint_eq(polite.at_once, 1);
}
END_TEST

START_TEST(refusals_halve_and_then_space)
{
    options = (struct options){0};
    meet("http://example.org/");
    answer(503, "", 0, SECONDS(1));
    ck_assert_uint_eq(polite.at_once, 2);
    ck_assert_int_eq(polite.not_before, 0);
    answer(429, "", 0, SECONDS(2));
    ck_assert_uint_eq(polite.at_once, 1);
    ck_assert_int_gt(polite.not_before, SECONDS(2));
    answer(429, "", 0, SECONDS(2)); /* was on its way when the first came back */
    ck_assert(polite.at_once == 1 && polite.spacing == 0);
    answer(429, "", 0, SECONDS(20));
    ck_assert_int_eq(polite.spacing, MILLISECONDS(250));
    for (int i = 0; i < 20; i++)
        answer(429, "", 0, SECONDS(100 * (i + 1)));
    ck_assert_int_eq(polite.spacing, SECONDS(10));
    for (int i = 0; i < 200; i++)
        answer(200, "", MILLISECONDS(1), SECONDS(5000));
    ck_assert_int_eq(polite.spacing, 0);
}
END_TEST

/* Eight requests that go out together and are all refused say it once; so do those of the next moment. */
START_TEST(what_was_on_its_way_is_refused_once)
{
    options = (struct options){.per_host = 8};
    meet("http://example.org/");
    polite.at_once = 8;
    for (int i = 0; i < 8; i++)
        answer_to(SECONDS(1) + i, 503, "", MILLISECONDS(5), SECONDS(2) + i);
    ck_assert(polite.at_once == 4 && polite.spacing == 0);
    for (int i = 0; i < 4; i++)
        answer_to(SECONDS(3), 503, "", MILLISECONDS(5), SECONDS(4) + i);
    ck_assert(polite.at_once == 2 && polite.spacing == 0);
    answer_to(SECONDS(4), 503, "Retry-After: 7\r\n", MILLISECONDS(5), SECONDS(5)); /* what it says still holds */
    ck_assert(polite.at_once == 2 && polite.not_before == SECONDS(12));
}
END_TEST

/* Bytes that are no answer, as those of a server that speaks something else. */
START_TEST(what_began_no_answer_is_not_good)
{
    struct http_response response;
    http_response_init(&response);
    response.error = ERR_PROTOCOL;
    response.reached_server = true;
    options = (struct options){0};
    meet("http://example.org/");
    no_answer(ERR_CONNECT_REFUSED, SECONDS(1));
    polite.spacing = SECONDS(8);
    for (int i = 0; i < 20; i++)
        politeness_answered(&polite, &response, 1, SECONDS(2), SECONDS(3));
    ck_assert(polite.at_once == 2 && polite.answers == 0 && polite.quickest == 0);
    ck_assert(polite.spacing == SECONDS(8) && polite.failures == 0);
    http_response_free(&response);
}
END_TEST

START_TEST(hosts_say_when_to_come_back)
{
    static const struct {
        const char *headers;
        nanoseconds wait;
    } cases[] = {
        {"Retry-After: 2\r\n", SECONDS(2)},
        {"Retry-After: 99999999999999999999\r\n", SECONDS(300)},
        {"Date: Mon, 23 Nov 2026 10:00:00 GMT\r\nRetry-After: Mon, 23 Nov 2026 10:01:30 GMT\r\n", SECONDS(90)},
        {"Date: Mon, 23 Nov 2026 10:00:00 GMT\r\nRetry-After: Mon, 23 Nov 2026 09:00:00 GMT\r\n", 0},
        {"Retry-After: soon\r\n", 0},
        {"Retry-After: -5\r\n", 0},
    };
    options = (struct options){0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        meet("http://example.org/");
        answer(503, cases[i].headers, 0, SECONDS(50));
        nanoseconds expected = cases[i].wait || strchr(cases[i].headers, ',') ? SECONDS(50) + cases[i].wait : 0;
        ck_assert_msg(polite.not_before == expected, "%s", cases[i].headers);
    }
    meet("http://example.org/");
    answer(503, "Retry-After: 100\r\n", 0, SECONDS(50));
    answer(503, "Retry-After: 1\r\n", 0, SECONDS(51));
    ck_assert_int_eq(polite.not_before, SECONDS(150));
}
END_TEST

START_TEST(silent_hosts_are_left_alone)
{
    options = (struct options){0};
    meet("http://example.org/");
    no_answer(ERR_CONNECT_REFUSED, SECONDS(1));
    ck_assert(polite.failures == 1 && polite.not_before == 0);
    no_answer(ERR_CONNECT_REFUSED, SECONDS(1));
    ck_assert(polite.failures == 2 && polite.not_before > SECONDS(1));
    for (int i = 0; i < 20; i++)
        no_answer(ERR_TIMED_OUT, SECONDS(100));
    ck_assert_int_ge(polite.not_before, SECONDS(105));
    ck_assert_int_le(polite.not_before, SECONDS(110));
    no_answer(ERR_TOO_MANY_FILES, SECONDS(100));
    ck_assert_uint_eq(polite.failures, 22);
    ck_assert(!politeness_has_lost(&polite, SECONDS(60)));
    ck_assert(politeness_has_lost(&polite, SECONDS(61)));
    answer(200, "", MILLISECONDS(1), SECONDS(200));
    ck_assert(polite.failures == 0 && !politeness_has_lost(&polite, SECONDS(200)));
}
END_TEST

START_TEST(this_machine_is_not_left_alone)
{
    options = (struct options){0};
    meet("http://127.0.0.1/");
    for (int i = 0; i < 39; i++)
        no_answer(ERR_CONNECT_REFUSED, SECONDS(1));
    ck_assert(polite.not_before == 0 && !politeness_has_lost(&polite, SECONDS(1)));
    no_answer(ERR_CONNECT_REFUSED, SECONDS(1));
    ck_assert(politeness_has_lost(&polite, SECONDS(1)));
}
END_TEST

int main(void)
{
    return RUN_TESTS("politeness", this_machine_has_no_limit, wishes_hold_for_all, delay_counts_from_the_request,
                     good_answers_bring_more, slow_answers_bring_fewer, refusals_halve_and_then_space,
                     what_was_on_its_way_is_refused_once, what_began_no_answer_is_not_good, hosts_say_when_to_come_back,
                     silent_hosts_are_left_alone, this_machine_is_not_left_alone);
}
