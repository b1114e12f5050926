/* fetch_fixture.h - a client on a loop of its own, the site that it fetches from, and tasks that do the fetching. */
#ifndef HTTP_FETCH_FIXTURE_H
#define HTTP_FETCH_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include "async/task.h"
#include "base/error.h"
#include "base/log.h"
#include "http/fetch.h"
#include "site/site.h"
#include "unit/suite.h"

enum { URL_SIZE = 256, BODY_LIMIT = 64 << 20, AGENT_PATIENCE = 30 /* seconds */ };

static struct site *site;
static struct loop *loop;
static struct http_client *client;

/* One fetch and what came of it. */
struct job {
    char url[URL_SIZE];
    const char *const *headers;
    const char *referer;
    int stop_in_begin; /* the error that the sink ends it with; 0: no */
    int stop_in_write;
    int result;
    int begun_status; /* what the sink was told */
    unsigned begins;
    unsigned finishes;
    struct http_response response;
    struct buf body;
    struct task *task;
};

static inline struct http_options test_options(void)
{
    return (struct http_options){
        .user_agent = "fetch-test/1",
        .allow_private = true,
        .connect_timeout = SECONDS(AGENT_PATIENCE),
        .total_timeout = SECONDS(AGENT_PATIENCE),
        .max_ratio = 1000,
    };
}

static inline void open_client(const struct http_options *options)
{
    ck_assert_int_eq(loop_create(&loop, NULL), 0);
    ck_assert_int_eq(http_client_create(&client, loop, options), 0);
}

static inline void open_site(const struct site_page *pages)
{
    ck_assert_int_eq(site_start(&(struct site_config){.pages = pages}, &site), 0);
}

static inline void open_tls_site(const struct site_page *pages, enum site_tls tls, bool ipv6)
{
    const struct site_listener listener = {.tls = tls, .ipv6 = ipv6};
    const struct site_config config = {.pages = pages, .listeners = &listener, .listener_count = 1};
    ck_assert_int_eq(site_start(&config, &site), 0);
}

static inline void close_client(void)
{
    http_client_free(client);
    loop_free(loop);
    client = NULL;
    loop = NULL;
}

static inline void close_all(void)
{
    close_client();
    ck_assert_int_eq(site_stop(site), 0);
    site = NULL;
}

static inline int job_begin(void *context, const struct http_response *response)
{
    struct job *job = context;
    ck_assert_ptr_null(task_current());
    job->begins++;
    job->begun_status = response->status;
    return job->stop_in_begin;
}

static inline int job_write(void *context, struct slice bytes)
{
    struct job *job = context;
    ck_assert_ptr_null(task_current());
    ck_assert_uint_eq(job->begins, 1);
    ck_assert_uint_eq(job->finishes, 0);
    ck_assert_int_eq(buf_append_slice(&job->body, bytes), 0);
    return job->stop_in_write;
}

static inline void job_finish(void *context, const struct http_response *response)
{
    struct job *job = context;
    ck_assert_ptr_eq(response, &job->response);
    job->finishes++;
}

static inline void job_init(struct job *job, const char *path)
{
    *job = (struct job){0};
    http_response_init(&job->response);
    buf_init(&job->body, BODY_LIMIT);
    if (path[0] == '/')
        site_url(site, path, job->url, sizeof job->url);
    else
        snprintf(job->url, sizeof job->url, "%s", path);
}

static inline void job_free(struct job *job)
{
    http_response_free(&job->response);
    buf_free(&job->body);
    task_free(job->task);
}

static inline int job_body(void *argument)
{
    struct job *job = argument;
    const struct http_request request = {.url = job->url, .headers = job->headers, .referer = job->referer};
    const struct http_sink sink = {job_begin, job_write, job_finish, job};
    job->result = http_fetch(client, &request, &sink, &job->response);
    return 0;
}

static inline void job_start(struct job *job)
{
    ck_assert_int_eq(task_create(&job->task, loop, "job", job_body, job), 0);
}

static inline void job_join(struct job *job)
{
    ck_assert_int_eq(loop_run_until_complete(loop, task_future(job->task)), 0);
    ck_assert_int_eq(future_result(task_future(job->task), NULL), 0);
}

/* Fetches `path` of the site, or a URL. Returns the error. */
static inline int fetch(struct job *job, const char *path)
{
    job_init(job, path);
    job_start(job);
    job_join(job);
    ck_assert_int_eq(job->result, job->response.error);
    ck_assert_uint_eq(job->finishes, 1);
    ck_assert_uint_eq(job->response.decoded_size, job->body.length);
    return job->result;
}

/* The same where only the error matters. */
static inline int fate_of(const char *path)
{
    struct job job;
    int err = fetch(&job, path);
    job_free(&job);
    return err;
}

static inline void fetch_well(const char *path)
{
    int err = fate_of(path);
    ck_assert_msg(err == 0, "%s: %s", path, error_kind(err));
}

static inline void assert_kind(int err, int expected, const char *what)
{
    ck_assert_msg(err == expected, "%s: %s instead of %s", what, error_kind(err), error_kind(expected));
}

static inline void assert_body(const struct job *job, const char *text)
{
    ck_assert_str_eq(buf_text(&job->body), text);
}

static inline void assert_header(const struct job *job, const char *name, size_t nth, const char *value)
{
    struct slice found = http_response_header(&job->response, name, nth);
    if (value)
        ck_assert_msg(slice_equal(found, slice_of(value)), "%s: '%.*s'", name, SLICE_ARGS(found));
    else
        ck_assert_ptr_null(found.data);
}

static inline struct http_client_stats stats(void)
{
    struct http_client_stats now;
    http_client_stats(client, &now);
    return now;
}

/* Whether the request `index` had the header, with `value`; NULL: any. */
static inline bool was_sent(unsigned index, const char *name, const char *value)
{
    struct site_request request;
    char text[1024];
    ck_assert(site_request(site, index, &request));
    return site_request_header(&request, name, text, sizeof text) && (!value || strcmp(text, value) == 0);
}

/* The last line logged, from log_set_sink(keep_line, NULL) on. */
static char last_line[1024];

static inline void keep_line(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    snprintf(last_line, sizeof last_line, "%s", line);
}

#endif
