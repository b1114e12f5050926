#include "crawl/rules.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "crawl/errand.h"

enum { MOST_REDIRECTS = 5, FIRST_BYTES = 4096 };

/* What comes in; all but the first step run on the loop's stack. */
struct asking {
    struct slice product;
    struct buf *text;
    struct robots *rules;
    int error; /* of ours */
};

static bool is_file(const struct http_response *response)
{
    return response->status >= 200 && response->status < 300;
}

/* One byte more than is read shows that the file goes on. */
static int take(void *context, struct slice bytes)
{
    struct asking *asking = context;
    size_t room = ROBOTS_MOST + 1 - asking->text->length;
    struct slice fitting = {bytes.data, bytes.length < room ? bytes.length : room};
    int err = buf_append_slice(asking->text, fitting);
    if (err)
        return asking->error = err;
    return fitting.length == room ? ERR_BODY_TOO_LARGE : 0;
}

static int begin(void *context, const struct http_response *response)
{
    struct asking *asking = context;
    buf_clear(asking->text);
    return is_file(response) ? buf_reserve(asking->text, FIRST_BYTES) : 0;
}

/* A line that a limit has cut says something else than it was to say. */
static void drop_last_line(struct buf *text)
{
    while (text->length && text->data[text->length - 1] != '\n' && text->data[text->length - 1] != '\r')
        text->length--;
}

static void finish(void *context, const struct http_response *response)
{
    struct asking *asking = context;
    if (!is_file(response) || (response->error && !response->truncated) || asking->error)
        return;
    if (response->truncated && asking->text->length <= ROBOTS_MOST)
        drop_last_line(asking->text);
    asking->error = robots_create(&asking->rules, buf_slice(asking->text), asking->product);
}

static enum rules_answer answer_of(const struct asking *asking, const struct http_response *response)
{
    if (asking->rules)
        return RULES_GIVEN;
    if (response->error && !response->truncated)
        return RULES_UNREACHABLE;
    return response->status == 429 || response->status >= 500 ? RULES_UNAVAILABLE : RULES_NONE;
}

/* Where the rules of an origin lie. */
static int locate(struct buf *text, const struct url *url, struct url *rules)
{
    int err = url_append_origin(url, text);
    if (!err)
        err = buf_append_slice(text, SLICE("/robots.txt"));
    if (!err)
        url_of_serialised(rules, buf_slice(text));
    return err;
}

int rules_ask(struct http_client *client, struct keeper *keeper, const struct url *url, struct slice product,
              struct http_response *response, struct robots **rules, struct buf *text)
{
    struct asking asking = {.product = product, .text = text};
    const struct http_sink sink = {begin, take, finish, &asking};
    struct buf place_text;
    struct url place;
    *rules = NULL;
    buf_init(&place_text, URL_MAX_LENGTH);
    int err = locate(&place_text, url, &place);
    if (!err && errand_fetch(client, keeper, &place, MOST_REDIRECTS, &sink, response) == ERR_CANCELLED)
        err = ERR_CANCELLED;
    if (!err)
        err = keeper->error;
    buf_free(&place_text);
    if (!err)
        err = asking.error;
    if (err) {
        robots_free(asking.rules);
        return err;
    }
    *rules = asking.rules;
    return answer_of(&asking, response);
}
