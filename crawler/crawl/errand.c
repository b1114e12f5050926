#include "crawl/errand.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/log.h"

/* On the stack of its task; all else runs on the loop's. */
struct errand {
    const struct http_sink *sink;
    uint32_t redirects; /* that may still be followed */
    struct buf from;    /* the URL that led to the one */
    struct buf here;    /* that is asked for, */
    struct buf there;   /* and that comes next */
    bool goes_on;
};

static struct slice location_of(const struct errand *errand, const struct http_response *response)
{
    if (!http_is_redirect(response->status) || errand->redirects == 0)
        return (struct slice){0};
    return http_response_header(response, "Location", 0);
}

/* Notes whether the answer leads to another URL, which is put into `there`. Errors: ERR_NO_MEMORY. */
static int find_next(struct errand *errand, const struct http_response *response)
{
    struct url here, next;
    struct slice location = location_of(errand, response);
    if (!location.data)
        return 0;
    url_of_serialised(&here, buf_slice(&errand->here));
    int err = url_parse(&next, location, &here, NULL, &errand->there);
    if (err || !url_is_http(&next))
        return err == ERR_NO_MEMORY ? err : 0;
    url_strip_credentials(&next, &errand->there);
    errand->there.length = url_without_fragment(&next).length;
    errand->there.data[errand->there.length] = '\0';
    errand->goes_on = true;
    return 0;
}

static int begin(void *context, const struct http_response *response)
{
    struct errand *errand = context;
    int err = find_next(errand, response);
    if (err)
        return err;
    return errand->goes_on || !errand->sink->begin ? 0 : errand->sink->begin(errand->sink->context, response);
}

static int take(void *context, struct slice bytes)
{
    const struct errand *errand = context;
    return errand->goes_on || !errand->sink->write ? 0 : errand->sink->write(errand->sink->context, bytes);
}

/* The body of a redirect is not wanted, so that its size does no harm. */
static void finish(void *context, const struct http_response *response)
{
    struct errand *errand = context;
    errand->goes_on = errand->goes_on && (!response->error || response->truncated);
    if (!errand->goes_on && errand->sink->finish)
        errand->sink->finish(errand->sink->context, response);
}

static int fetch_one(struct http_client *client, struct keeper *keeper, struct errand *errand,
                     struct http_response *response)
{
    const struct http_sink sink = {begin, take, finish, errand};
    const struct http_request request = {.url = buf_text(&errand->here), .tap = keeper_tap(keeper)};
    errand->goes_on = false;
    int err = http_fetch(client, &request, &sink, response);
    if (err == ERR_CANCELLED)
        return err;
    const struct archive_answer answer = {
        .url = buf_slice(&errand->here), .referrer = buf_slice(&errand->from), .tries = 1, .response = response};
    int kept = keeper_keep(keeper, &answer);
    return kept ? kept : errand->goes_on ? 0 : err;
}

/* What was asked for becomes where the next one comes from. */
static void follow(struct errand *errand)
{
    struct buf from = errand->from;
    log_info("%s redirects to %s", buf_text(&errand->here), buf_text(&errand->there));
    errand->from = errand->here;
    errand->here = errand->there;
    errand->there = from;
    errand->redirects--;
}

int errand_fetch(struct http_client *client, struct keeper *keeper, const struct url *url, uint32_t max_redirects,
                 const struct http_sink *sink, struct http_response *response)
{
    struct errand errand = {.sink = sink, .redirects = max_redirects};
    buf_init(&errand.from, URL_MAX_LENGTH);
    buf_init(&errand.here, URL_MAX_LENGTH);
    buf_init(&errand.there, URL_MAX_LENGTH);
    int err = response->error = buf_append_slice(&errand.here, url_without_fragment(url));
    while (!err) {
        err = fetch_one(client, keeper, &errand, response);
        if (err || !errand.goes_on)
            break;
        follow(&errand);
    }
    buf_free(&errand.from);
    buf_free(&errand.here);
    buf_free(&errand.there);
    return err;
}
