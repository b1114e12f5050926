/* The life of a transfer:
 *
 *     start -> look the name up -> wait for a turn at the origin -> libcurl -> over
 *
 * One timer watches over it: the total limit, the limit on connecting (which begins with the name) until the request
 * can be sent, then the limit on silence. What libcurl's callbacks find wrong is noted in `error` and wins over the
 * code that libcurl makes of the interruption. */
#include "http/transfer.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "http/exchange.h"
#include "http/failure.h"
#include "http/place.h"
#include "http/receive.h"
#include "http/route.h"

static void finish(struct transfer *transfer, int error);
static void look_up_done(void *context);
static void on_watchdog(void *context);
static void on_resume(void *context);

/* --- making and keeping handles ----------------------------------------------------------------------------------- */

struct transfer *transfer_obtain(struct http_client *client)
{
    struct list_node *node = list_pop(&client->idle);
    if (node)
        return container_of(node, struct transfer, node);
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer)
        return NULL;
    transfer->client = client;
    if (!exchange_renew(transfer)) {
        free(transfer);
        return NULL;
    }
    list_node_init(&transfer->node);
    loop_callback_init(&transfer->looked_up, look_up_done, transfer);
    loop_timer_init(&transfer->watchdog, on_watchdog, transfer);
    loop_callback_init(&transfer->resume, on_resume, transfer);
    return transfer;
}

void transfer_free(struct list_node *node)
{
    struct transfer *transfer = container_of(node, struct transfer, node);
    loop_timer_cancel(transfer->client->loop, &transfer->watchdog);
    exchange_close(transfer);
    free(transfer);
}

static void free_lists(struct transfer *transfer)
{
    curl_slist_free_all(transfer->names);
    curl_slist_free_all(transfer->headers);
    transfer->names = transfer->headers = NULL;
}

/* Makes the transfer ready for the next fetch. */
static void recycle(struct transfer *transfer)
{
    loop_callback_cancel(&transfer->resume);
    decoder_free(transfer->decoder);
    free_lists(transfer);
    transfer->decoder = NULL;
    transfer->fetch = NULL;
    transfer->phase = IDLE;
    if (failure_clings(transfer->easy))
        (void)exchange_renew(transfer); /* without memory for another it serves on */
    list_remove(&transfer->node);
    list_prepend(&transfer->client->idle, &transfer->node); /* the last one is still in the processor's cache */
}

/* --- the watchdog ------------------------------------------------------------------------------------------------- */

static nanoseconds after(nanoseconds start, nanoseconds duration)
{
    return duration > 0 && duration < NEVER - start ? start + duration : NEVER;
}

/* When the transfer is to be given up, as things stand, and why. */
static nanoseconds deadline_of(const struct transfer *transfer, int *why)
{
    const struct http_options *options = &transfer->client->options;
    nanoseconds started = transfer->fetch->started;
    nanoseconds total = after(started, options->total_timeout);
    nanoseconds phase = NEVER; /* waiting for a turn is not the server's fault */
    if (transfer->connected)
        phase = after(transfer->active, options->idle_timeout);
    else if (transfer->phase != WAITING)
        phase = after(transfer->active, options->connect_timeout);
    if (total < phase)
        *why = ERR_TIMED_OUT;
    else if (transfer->phase == LOOKING_UP)
        *why = ERR_NAME_TIMED_OUT;
    else
        *why = transfer->connected ? ERR_IDLE : ERR_CONNECT_TIMED_OUT;
    return total < phase ? total : phase;
}

/* Most deadlines are never reached: a timer that is due before the new one stays and looks again then, even if the
 * transfer is over or in its next exchange by that time. */
static void watch_over(struct transfer *transfer)
{
    int why;
    nanoseconds deadline = deadline_of(transfer, &why);
    if (!loop_timer_is_scheduled(&transfer->watchdog) || deadline < transfer->watchdog.deadline)
        loop_call_at(transfer->client->loop, &transfer->watchdog, deadline);
}

static void on_watchdog(void *context)
{
    struct transfer *transfer = context;
    int why;
    if (!transfer->fetch)
        return;
    if (deadline_of(transfer, &why) > clock_now())
        watch_over(transfer);
    else
        finish(transfer, why);
}

/* --- bodies that were held back ----------------------------------------------------------------------------------- */

/* libcurl hands over what it kept at once, and reads on in a later pass. It leaves it to us to end a transfer that is
 * stopped by that. */
static void on_resume(void *context)
{
    struct transfer *transfer = context;
    transfer->is_resuming = true;
    CURLcode result = curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
    transfer->is_resuming = false;
    if (result)
        finish(transfer, transfer->error ? transfer->error : ERR_NO_MEMORY);
}

/* --- the stages --------------------------------------------------------------------------------------------------- */

static bool has_line_break(const char *text)
{
    return text && strpbrk(text, "\r\n");
}

/* Nothing that the request says may become a header line of its own; libcurl doesn't look. */
static int check_request(const struct http_request *request)
{
    bool bad = has_line_break(request->url) || has_line_break(request->referer);
    for (const char *const *line = request->headers; line && *line && !bad; line++)
        bad = has_line_break(*line);
    return bad ? ERR_INVALID : 0;
}

/* The transfer opens no connection any more: the next one at its origin may. */
static void make_way(struct transfer *transfer)
{
    struct http_client *client = transfer->client;
    struct origin *origin = transfer->origin;
    origin->opening--;
    if (list_is_empty(&origin->waiting) || list_is_linked(&origin->eager_node))
        return;
    list_append(&client->eager, &origin->eager_node);
    loop_call_soon(client->loop, &client->start);
}

void transfer_connected(struct transfer *transfer)
{
    transfer->connected = true;
    transfer->active = loop_time(transfer->client->loop);
    if (transfer->fetch)
        watch_over(transfer);
    make_way(transfer);
}

/* Without TLS nothing negotiates HTTP/2: such an origin need not answer first to be known for HTTP/1. */
static bool is_plain_http1(const struct transfer *transfer)
{
    return transfer->client->options.version != HTTP_2 && slice_equal(transfer->origin->scheme, SLICE("http"));
}

/* Hands the transfer to libcurl. */
static void run(struct transfer *transfer)
{
    struct http_client *client = transfer->client;
    struct origin *origin = transfer->origin;
    assert(transfer->fetch);
    if (is_plain_http1(transfer))
        shards_spread(client->shards, origin);
    int err = exchange_prepare(transfer);
    if (!err)
        err = shards_add(client->shards, origin, transfer->easy, &transfer->shard);
    if (err) {
        finish(transfer, err);
        return;
    }
    transfer->phase = RUNNING;
    list_append(&client->running, &transfer->node);
    transfer->added = clock_now();
    struct http_timings *timings = &transfer->fetch->response->timings;
    timings->begun = transfer->added - transfer->fetch->started;
    transfer->active = transfer->added - timings->resolved;
    watch_over(transfer);
    origin->opening++;
    origin->is_fed = true;
    origin->fed_serial = transfer->lookup.answer.serial;
}

static void wait_for_turn(struct transfer *transfer)
{
    transfer->phase = WAITING;
    if (transfer->origin->opening < OPENING_PER_ORIGIN) {
        run(transfer);
    } else {
        list_append(&transfer->origin->waiting, &transfer->node);
        watch_over(transfer);
    }
}

void transfer_run_waiting(struct origin *origin)
{
    while (origin->opening < OPENING_PER_ORIGIN && !list_is_empty(&origin->waiting))
        run(container_of(list_pop(&origin->waiting), struct transfer, node));
}

/* The addresses of the next hop are known. */
static void take_answer(struct transfer *transfer)
{
    struct origin *origin = transfer->origin;
    if (origin->named && !origin->is_vouched)
        guard_take_answer(origin->named, &transfer->lookup.answer);
    wait_for_turn(transfer);
}

static void look_up_done(void *context)
{
    struct transfer *transfer = context;
    int err = future_result(&transfer->lookup.done, NULL);
    transfer->fetch->response->timings.resolved = clock_now() - transfer->fetch->started;
    future_destroy(&transfer->lookup.done);
    transfer->phase = WAITING;
    if (err)
        finish(transfer, err);
    else
        take_answer(transfer);
}

static void look_up(struct transfer *transfer)
{
    struct http_client *client = transfer->client;
    transfer->phase = LOOKING_UP;
    watch_over(transfer);
    resolver_start(client->resolver, &transfer->lookup, transfer->origin->next_hop);
    future_add_done_callback(&transfer->lookup.done, &transfer->looked_up);
}

static int settle_route(const struct http_client *client, struct origin *origin)
{
    if (origin->is_routed)
        return 0;
    origin->named = guard_find(&client->guard, origin->host);
    return route_origin(origin, &client->options);
}

static int find_way(struct transfer *transfer)
{
    struct http_client *client = transfer->client;
    const struct http_request *request = transfer->fetch->request;
    int err = check_request(request);
    if (!err)
        err = origin_of_url(&client->origins, slice_of(request->url), &transfer->origin);
    return err ? err : settle_route(client, transfer->origin);
}

void transfer_start(struct transfer *transfer, struct fetch *fetch)
{
    struct http_client *client = transfer->client;
    transfer->fetch = fetch;
    fetch->transfer = transfer;
    transfer->error = 0;
    transfer->open_error = 0;
    transfer->refused.family = 0;
    transfer->header_lines = 0;
    transfer->header_bytes = 0;
    transfer->is_fresh = transfer->tried = transfer->connected = transfer->begun = transfer->is_garbled = false;
    transfer->detail[0] = '\0';
    transfer->active = fetch->started;
    transfer->phase = WAITING;
    client->stats.requests++;
    client->stats.in_flight++;
    int err = find_way(transfer);
    if (err) {
        finish(transfer, err);
        return;
    }
    if (transfer->origin->is_pinned)
        wait_for_turn(transfer);
    else if (resolver_cached(client->resolver, transfer->origin->next_hop, &transfer->lookup.answer))
        take_answer(transfer);
    else
        look_up(transfer);
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

/* Takes the transfer out of whatever it is in. */
static void leave_stage(struct transfer *transfer)
{
    struct http_client *client = transfer->client;
    switch (transfer->phase) {
    case LOOKING_UP:
        future_remove_done_callback(&transfer->lookup.done, &transfer->looked_up);
        resolver_cancel(client->resolver, &transfer->lookup);
        future_destroy(&transfer->lookup.done);
        break;
    case WAITING:
        list_remove(&transfer->node);
        break;
    case RUNNING:
        shards_remove(client->shards, transfer->origin, transfer->easy, transfer->shard);
        break;
    case OVER:
        shards_leave(transfer->client->shards, transfer->origin, transfer->shard);
        break;
    case IDLE:
        break;
    }
    if (transfer->phase >= RUNNING && !transfer->connected)
        make_way(transfer);
    transfer->phase = IDLE;
    client->stats.in_flight--;
}

static nanoseconds phase_time(const struct transfer *transfer, CURLINFO info)
{
    curl_off_t microseconds = 0;
    curl_easy_getinfo(transfer->easy, info, &microseconds);
    return microseconds > 0 ? transfer->added - transfer->fetch->started + MICROSECONDS(microseconds) : 0;
}

static void note_timings(struct transfer *transfer)
{
    struct http_response *response = transfer->fetch->response;
    if (transfer->connected) {
        if (!response->reused) {
            response->timings.connected = phase_time(transfer, CURLINFO_CONNECT_TIME_T);
            response->timings.secured = phase_time(transfer, CURLINFO_APPCONNECT_TIME_T);
        }
    }
    response->timings.total = clock_now() - transfer->fetch->started;
}

static void count_connection(struct transfer *transfer)
{
    long opened = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &opened);
    transfer->client->stats.connections_opened += (uint64_t)opened;
    transfer->client->stats.connections_reused += transfer->connected && opened == 0;
}

static void complete(struct fetch *fetch, int error)
{
    fetch->response->error = error;
    fetch->response->truncated = error == ERR_BODY_TOO_LARGE || error == ERR_DECODED_TOO_LARGE;
    if (fetch->sink.finish)
        fetch->sink.finish(fetch->sink.context, fetch->response);
    future_set_result(&fetch->done, NULL);
}

void fetch_fail(struct fetch *fetch, int error)
{
    fetch->response->timings.total = clock_now() - fetch->started;
    complete(fetch, error);
}

/* Ends the exchange with `error` or, for 0, well, and tells who waits for it. */
static void finish(struct transfer *transfer, int error)
{
    struct fetch *fetch = transfer->fetch;
    bool ran = transfer->tried; /* else the handle may still tell of the exchange before */
    if (ran)
        count_connection(transfer);
    leave_stage(transfer);
    if (fetch) {
        if (ran)
            receive_note(transfer);
        if (fetch->response->version == HTTP_1_0 || fetch->response->version == HTTP_1_1)
            shards_spread(transfer->client->shards, transfer->origin);
        note_timings(transfer);
        fetch->response->reached_server = fetch->response->status != 0 || transfer->is_garbled;
        if (failure_needs_detail(error))
            snprintf(fetch->response->error_detail, sizeof fetch->response->error_detail, "%s", transfer->detail);
        complete(fetch, error);
    }
    recycle(transfer);
}

/* Why no socket could be opened, where libcurl can't know; 0 when it does. That one address of several was refused
 * counts for more than what became of the others: trying again would not help. */
static int failure_to_open(struct transfer *transfer)
{
    char address[INET6_ADDRSTRLEN] = "";
    if (!transfer->refused.family)
        return transfer->open_error == ERR_TOO_MANY_FILES ? ERR_TOO_MANY_FILES : 0;
    inet_ntop(transfer->refused.family, transfer->refused.bytes, address, sizeof address);
    snprintf(transfer->detail, sizeof transfer->detail, "%s: %s", address, place_text(place_of(&transfer->refused)));
    return ERR_ADDRESS_REFUSED;
}

/* Whether no answer came back on a connection that had served before: the server may have closed it at the moment when
 * the request went out, or what came is the rest of an answer that was longer than it said. */
static bool met_stale_connection(const struct transfer *transfer, CURLcode result)
{
    long opened = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &opened);
    return failure_is_of_connection(result) && transfer->connected && !opened && !transfer->header_lines &&
           !transfer->error;
}

/* libcurl itself goes on to the next connection that it has kept, but gives up at the sixth. */
static void run_afresh(struct transfer *transfer)
{
    shards_leave(transfer->client->shards, transfer->origin, transfer->shard);
    list_remove(&transfer->node);
    free_lists(transfer);
    transfer->is_fresh = true;
    transfer->tried = transfer->connected = false;
    transfer->detail[0] = '\0';
    wait_for_turn(transfer);
}

void transfer_done(CURL *easy, CURLcode result)
{
    struct transfer *transfer;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
    if (transfer->fetch && met_stale_connection(transfer, result)) {
        run_afresh(transfer);
        return;
    }
    int err = transfer->error;
    transfer->phase = OVER;
    transfer->is_garbled = failure_is_of_answer(result);
    if (!err && result == CURLE_COULDNT_CONNECT)
        err = failure_to_open(transfer);
    if (!err && result != CURLE_OK)
        err = failure_of(easy, result, transfer->begun);
    if (!err && transfer->fetch) {
        transfer->fetch->response->arrived = true;
        err = receive_end(transfer);
    }
    finish(transfer, err);
}

void transfer_lose(struct list_node *node, const struct multi *multi)
{
    struct transfer *transfer = container_of(node, struct transfer, node);
    if (shards_multi(transfer->client->shards, transfer->origin, transfer->shard) == multi)
        finish(transfer, ERR_NO_MEMORY);
}

void transfer_abandon(struct transfer *transfer)
{
    transfer->fetch = NULL;
    if (transfer->phase == LOOKING_UP)
        loop_callback_cancel(&transfer->looked_up);
    list_remove(&transfer->node);
    list_append(&transfer->client->aborted, &transfer->node);
    loop_call_soon(transfer->client->loop, &transfer->client->clear);
}

void transfer_clear(struct list_node *node)
{
    list_remove(node);
    finish(container_of(node, struct transfer, node), ERR_CANCELLED);
}
