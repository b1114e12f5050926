/* The life of a transfer:
 *
 *     start -> look the name up -> wait for a turn at the origin -> libcurl -> over
 *
 * One timer watches over it: the total limit, the limit on connecting (which begins with the name) until the request can
 * be sent, then the limit on silence. What libcurl's callbacks find wrong is noted in `error` and wins over the code
 * that libcurl makes of the interruption. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/error.h"
#include "http/client.h"
#include "http/failure.h"
#include "http/route.h"

enum { MOST_HEADER_LINES = 1000, RATE_WINDOW = 30 /* seconds */, NAME_LINE_LIMIT = 4096 };

enum phase { IDLE, LOOKING_UP, WAITING, RUNNING };

struct transfer {
    struct list_node node; /* in client->idle, client->aborted or origin->waiting */
    struct http_client *client;
    CURL *easy;
    struct fetch *fetch; /* NULL once abandoned */
    struct origin *origin;
    enum phase phase;
    struct resolver_lookup lookup;
    struct loop_callback looked_up;
    struct loop_timer watchdog;
    struct decoder *decoder;
    struct curl_slist *names;   /* addresses for libcurl's cache */
    struct curl_slist *headers; /* made for this request alone; else NULL */
    nanoseconds added;          /* to libcurl */
    nanoseconds active;         /* last sign of life */
    unsigned header_lines;
    bool connected; /* a connection is there and the request goes out */
    bool begun;     /* the sink knows of the answer */
    int error;
    char detail[CURL_ERROR_SIZE];
};

static void finish(struct transfer *transfer, int error);
static void look_up_done(void *context);
static void on_watchdog(void *context);

/* --- libcurl's callbacks ------------------------------------------------------------------------------------------ */

/* libcurl would ask a thread of its own for a name that is not in its cache, such as one whose transfer was broken off
 * before libcurl saw its addresses. The next try hands them over again. */
static int refuse_resolver(void *state, void *reserved, void *context)
{
    (void)state;
    (void)reserved;
    struct transfer *transfer = context;
    transfer->error = ERR_NAME_FAILED;
    transfer->origin->is_fed = false;
    return 1;
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

/* A connection is there, new or used, and the request is about to be sent. */
static int on_connected(void *context, char *remote, char *local, int remote_port, int local_port)
{
    struct transfer *transfer = context;
    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    if (!transfer->connected) {
        transfer->connected = true;
        transfer->active = clock_now();
        make_way(transfer);
    }
    return CURL_PREREQFUNC_OK;
}

static CURLcode on_tls_context(CURL *easy, void *context, void *user)
{
    struct transfer *transfer = user;
    (void)easy;
    transfer->error = trust_apply(transfer->client->trust, context);
    return transfer->error ? CURLE_SSL_CACERT_BADFILE : CURLE_OK;
}

static bool is_status_line(struct slice line)
{
    return slice_has_prefix_nocase(line, SLICE("HTTP/"));
}

/* Keeps one header line. A status line starts afresh: what came before was interim. */
static int keep_header(struct transfer *transfer, struct slice line)
{
    struct http_response *response = transfer->fetch->response;
    if (is_status_line(line)) {
        buf_clear(&response->headers);
        transfer->header_lines = 0;
        return 0;
    }
    if (++transfer->header_lines > MOST_HEADER_LINES)
        return ERR_HEADERS_TOO_LARGE;
    int err = buf_append_slice(&response->headers, line);
    return err == ERR_TOO_LARGE ? ERR_HEADERS_TOO_LARGE : err;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    struct slice line = {bytes, size * count};
    transfer->active = clock_now();
    if (!transfer->fetch)
        return 0;
    /* Once the body has begun only trailers come, which no one asked for. */
    if (!transfer->begun)
        transfer->error = keep_header(transfer, line);
    return transfer->error ? 0 : line.length;
}

static enum http_version version_of(long number)
{
    return number == CURL_HTTP_VERSION_1_0   ? HTTP_1_0
           : number == CURL_HTTP_VERSION_1_1 ? HTTP_1_1
           : number == CURL_HTTP_VERSION_2_0 ? HTTP_2
                                             : HTTP_ANY;
}

/* Copies what libcurl knows of the exchange so far. */
static void note_exchange(struct transfer *transfer)
{
    struct http_response *response = transfer->fetch->response;
    long status = 0, version = 0, opened = 0, port = 0, header_size = 0;
    char *address = NULL;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_VERSION, &version);
    curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &opened);
    curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_PORT, &port);
    curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &address);
    curl_easy_getinfo(transfer->easy, CURLINFO_HEADER_SIZE, &header_size);
    response->status = (int)status;
    response->version = version_of(version);
    response->reused = transfer->connected && opened == 0;
    response->remote_port = (uint16_t)port;
    response->header_size = (uint64_t)header_size;
    snprintf(response->remote_address, sizeof response->remote_address, "%s", address ? address : "");
}

static int pass_on(void *context, struct slice bytes)
{
    const struct fetch *fetch = ((struct transfer *)context)->fetch;
    fetch->response->decoded_size += bytes.length;
    return fetch->sink.write ? fetch->sink.write(fetch->sink.context, bytes) : 0;
}

/* Tells the sink of the answer and makes ready for its body. */
static int begin(struct transfer *transfer)
{
    const struct fetch *fetch = transfer->fetch;
    const struct http_options *options = &transfer->client->options;
    transfer->begun = true;
    note_exchange(transfer);
    int err = fetch->sink.begin ? fetch->sink.begin(fetch->sink.context, fetch->response) : 0;
    if (err)
        return err;
    const struct decode_limits limits = {
        .max_size = options->max_body ? options->max_body : UINT64_MAX,
        .max_ratio = options->max_ratio,
        .zstd_window = 23,
    };
    return decoder_create(&transfer->decoder, http_response_header(fetch->response, "Content-Encoding", 0), &limits,
                          pass_on, transfer);
}

static int take_body(struct transfer *transfer, struct slice bytes)
{
    struct http_response *response = transfer->fetch->response;
    uint64_t limit = transfer->client->options.max_body;
    int err = transfer->begun ? 0 : begin(transfer);
    if (err)
        return err;
    bool over = limit && bytes.length > limit - response->wire_size;
    if (over)
        bytes.length = limit - response->wire_size;
    response->wire_size += bytes.length;
    err = transfer->decoder ? decoder_feed(transfer->decoder, bytes) : pass_on(transfer, bytes);
    return err ? err : over ? ERR_BODY_TOO_LARGE : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    transfer->active = clock_now();
    if (!transfer->fetch)
        return 0;
    transfer->error = take_body(transfer, (struct slice){bytes, size * count});
    return transfer->error ? 0 : size * count;
}

/* --- making and keeping handles ----------------------------------------------------------------------------------- */

/* What is the same for all requests of the client. */
static void configure(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct http_options *options = &transfer->client->options;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_SHARE, transfer->client->share);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->detail);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, refuse_resolver);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_DATA, transfer);
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, transfer->client->connect_to);
    if (options->minimum_rate) {
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)options->minimum_rate);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)RATE_WINDOW);
    }
    if (options->family != RESOLVER_ANY)
        curl_easy_setopt(easy, CURLOPT_IPRESOLVE,
                         (long)(options->family == RESOLVER_IPV4 ? CURL_IPRESOLVE_V4 : CURL_IPRESOLVE_V6));
    if (options->keep_cookies || options->cookie_jar)
        curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
}

static void configure_tls(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct http_options *options = &transfer->client->options;
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, options->insecure ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, options->insecure ? 0L : 2L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    if (!options->insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls_context);
        curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, transfer);
    }
    curl_easy_setopt(easy, CURLOPT_SSLCERT, options->certificate);
    curl_easy_setopt(easy, CURLOPT_SSLKEY, options->key);
}

struct transfer *transfer_obtain(struct http_client *client)
{
    struct list_node *node = list_pop(&client->idle);
    if (node)
        return container_of(node, struct transfer, node);
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer)
        return NULL;
    transfer->easy = curl_easy_init();
    if (!transfer->easy) {
        free(transfer);
        return NULL;
    }
    transfer->client = client;
    list_node_init(&transfer->node);
    loop_callback_init(&transfer->looked_up, look_up_done, transfer);
    loop_timer_init(&transfer->watchdog, on_watchdog, transfer);
    configure(transfer);
    configure_tls(transfer);
    return transfer;
}

void transfer_free(struct list_node *node)
{
    struct transfer *transfer = container_of(node, struct transfer, node);
    curl_easy_cleanup(transfer->easy);
    free(transfer);
}

/* Makes the transfer ready for the next fetch. */
static void recycle(struct transfer *transfer)
{
    decoder_free(transfer->decoder);
    curl_slist_free_all(transfer->names);
    curl_slist_free_all(transfer->headers);
    transfer->decoder = NULL;
    transfer->names = transfer->headers = NULL;
    transfer->fetch = NULL;
    transfer->phase = IDLE;
    list_remove(&transfer->node);
    list_append(&transfer->client->idle, &transfer->node);
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
    nanoseconds phase =
        transfer->connected ? after(transfer->active, options->idle_timeout) : after(started, options->connect_timeout);
    *why = total < phase ? ERR_TIMED_OUT : transfer->connected ? ERR_IDLE : ERR_CONNECT_TIMED_OUT;
    return total < phase ? total : phase;
}

static void watch_over(struct transfer *transfer)
{
    int why;
    loop_call_at(transfer->client->loop, &transfer->watchdog, deadline_of(transfer, &why));
}

static void on_watchdog(void *context)
{
    struct transfer *transfer = context;
    int why;
    if (deadline_of(transfer, &why) > clock_now())
        watch_over(transfer);
    else
        finish(transfer, why);
}

/* --- the stages --------------------------------------------------------------------------------------------------- */

/* Adds `line` to a list; false when memory is out. */
static bool add_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer)
        *list = longer;
    return longer != NULL;
}

static const struct curl_slist *client_headers(const struct transfer *transfer)
{
    return transfer->origin->is_trusted ? transfer->client->private_headers : transfer->client->headers;
}

/* The header list of the request: the client's own unless the request has more. */
static int set_headers(struct transfer *transfer)
{
    const char *const *more = transfer->fetch->request->headers;
    const struct curl_slist *list = client_headers(transfer);
    if (more && *more) {
        bool good = true;
        for (const struct curl_slist *line = list; line && good; line = line->next)
            good = add_line(&transfer->headers, line->data);
        for (; *more && good; more++)
            good = add_line(&transfer->headers, *more);
        if (!good)
            return ERR_NO_MEMORY;
        list = transfer->headers;
    }
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, list);
    return 0;
}

static long version_option(const struct transfer *transfer)
{
    switch (transfer->client->options.version) {
    case HTTP_1_0:
        return CURL_HTTP_VERSION_1_0;
    case HTTP_1_1:
        return CURL_HTTP_VERSION_1_1;
    case HTTP_2:
        return slice_equal(transfer->origin->scheme, SLICE("https")) ? CURL_HTTP_VERSION_2TLS
                                                                     : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
    default:
        return CURL_HTTP_VERSION_2TLS;
    }
}

/* What differs from one request to the next. */
static int describe_request(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct http_options *options = &transfer->client->options;
    const struct http_request *request = transfer->fetch->request;
    bool trusted = transfer->origin->is_trusted;
    if (curl_easy_setopt(easy, CURLOPT_URL, request->url) || curl_easy_setopt(easy, CURLOPT_REFERER, request->referer))
        return ERR_NO_MEMORY;
    if (curl_easy_setopt(easy, CURLOPT_PROXY, transfer->origin->proxy) ||
        curl_easy_setopt(easy, CURLOPT_USERPWD, trusted ? options->user : NULL) ||
        curl_easy_setopt(easy, CURLOPT_COOKIE, trusted ? options->cookie : NULL))
        return ERR_NO_MEMORY;
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version_option(transfer));
    return set_headers(transfer);
}

static void print_address(const struct resolver_address *address, char text[INET6_ADDRSTRLEN + 2])
{
    char plain[INET6_ADDRSTRLEN];
    inet_ntop(address->family, address->bytes, plain, sizeof plain);
    snprintf(text, INET6_ADDRSTRLEN + 2, address->family == AF_INET6 ? "[%s]" : "%s", plain);
}

/* One CURLOPT_RESOLVE line: the addresses of `name`. */
static int name_line(struct transfer *transfer, struct slice name)
{
    const struct resolver_answer *answer = &transfer->lookup.answer;
    struct buf line;
    buf_init(&line, NAME_LINE_LIMIT);
    int err = buf_printf(&line, "%.*s:%u:", SLICE_ARGS(name), transfer->origin->next_port);
    for (size_t i = 0; i < answer->count && !err; i++) {
        char address[INET6_ADDRSTRLEN + 2];
        print_address(&answer->addresses[i], address);
        err = buf_printf(&line, "%s%s", i ? "," : "", address);
    }
    if (!err && !add_line(&transfer->names, buf_text(&line)))
        err = ERR_NO_MEMORY;
    buf_free(&line);
    return err;
}

/* Has libcurl put the addresses of the next hop into its cache, unless they are there. libcurl may look for a name with
 * or without its final dot. */
static int feed_addresses(struct transfer *transfer)
{
    const struct origin *origin = transfer->origin;
    struct slice name = origin->next_hop;
    if (origin->is_pinned || (origin->is_fed && origin->fed_serial == transfer->lookup.answer.serial))
        return 0;
    int err = name_line(transfer, name);
    if (!err && name.data[name.length - 1] == '.')
        err = name_line(transfer, (struct slice){name.data, name.length - 1});
    return err;
}

/* Hands the transfer to libcurl. */
static void run(struct transfer *transfer)
{
    struct http_client *client = transfer->client;
    struct origin *origin = transfer->origin;
    int err = describe_request(transfer);
    if (!err)
        err = feed_addresses(transfer);
    if (!err) {
        curl_easy_setopt(transfer->easy, CURLOPT_RESOLVE, transfer->names ? transfer->names : client->pins);
        err = multi_add(client->multi, transfer->easy);
    }
    if (err) {
        finish(transfer, err);
        return;
    }
    transfer->phase = RUNNING;
    transfer->added = clock_now();
    origin->opening++;
    origin->is_fed = true;
    origin->fed_serial = transfer->lookup.answer.serial;
}

static void wait_for_turn(struct transfer *transfer)
{
    transfer->phase = WAITING;
    if (transfer->origin->opening < OPENING_PER_ORIGIN)
        run(transfer);
    else
        list_append(&transfer->origin->waiting, &transfer->node);
}

void transfer_run_waiting(struct origin *origin)
{
    while (origin->opening < OPENING_PER_ORIGIN && !list_is_empty(&origin->waiting))
        run(container_of(list_pop(&origin->waiting), struct transfer, node));
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
        wait_for_turn(transfer);
}

static void look_up(struct transfer *transfer)
{
    struct http_client *client = transfer->client;
    transfer->phase = LOOKING_UP;
    resolver_start(client->resolver, &transfer->lookup, transfer->origin->next_hop);
    future_add_done_callback(&transfer->lookup.done, &transfer->looked_up);
}

static int find_way(struct transfer *transfer)
{
    struct http_client *client = transfer->client;
    int err = origin_of_url(&client->origins, slice_of(transfer->fetch->request->url), &transfer->origin);
    return err ? err : route_origin(transfer->origin, &client->options);
}

void transfer_start(struct transfer *transfer, struct fetch *fetch)
{
    struct http_client *client = transfer->client;
    transfer->fetch = fetch;
    fetch->transfer = transfer;
    transfer->error = 0;
    transfer->header_lines = 0;
    transfer->connected = transfer->begun = false;
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
    watch_over(transfer);
    if (transfer->origin->is_pinned ||
        resolver_cached(client->resolver, transfer->origin->next_hop, &transfer->lookup.answer))
        wait_for_turn(transfer);
    else
        look_up(transfer);
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

/* Takes the transfer out of whatever it is in. */
static void leave_stage(struct transfer *transfer)
{
    struct http_client *client = transfer->client;
    loop_timer_cancel(client->loop, &transfer->watchdog);
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
        multi_remove(client->multi, transfer->easy);
        break;
    case IDLE:
        break;
    }
    if (transfer->phase == RUNNING && !transfer->connected)
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
        response->timings.first_byte = phase_time(transfer, CURLINFO_STARTTRANSFER_TIME_T);
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
    bool ran = transfer->phase == RUNNING;
    if (ran)
        count_connection(transfer);
    leave_stage(transfer);
    if (fetch) {
        if (ran)
            note_exchange(transfer);
        note_timings(transfer);
        fetch->response->reached_server = fetch->response->status != 0;
        snprintf(fetch->response->error_detail, sizeof fetch->response->error_detail, "%s",
                 failure_needs_detail(error) ? transfer->detail : "");
        complete(fetch, error);
    }
    recycle(transfer);
}

/* Ends the body of an exchange that libcurl calls a success. */
static int end_body(struct transfer *transfer)
{
    int err = transfer->begun ? 0 : begin(transfer);
    if (!err && transfer->decoder && transfer->fetch->response->wire_size)
        err = decoder_finish(transfer->decoder);
    return err;
}

void transfer_done(CURL *easy, CURLcode result)
{
    struct transfer *transfer;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
    int err = transfer->error;
    if (!err && result != CURLE_OK)
        err = failure_of(easy, result, transfer->begun);
    if (!err && transfer->fetch)
        err = end_body(transfer);
    finish(transfer, err);
}

void transfer_abandon(struct transfer *transfer)
{
    transfer->fetch = NULL;
    if (transfer->phase == LOOKING_UP)
        loop_callback_cancel(&transfer->looked_up);
    loop_timer_cancel(transfer->client->loop, &transfer->watchdog);
    list_remove(&transfer->node);
    list_append(&transfer->client->aborted, &transfer->node);
    loop_call_soon(transfer->client->loop, &transfer->client->clear);
}

void transfer_clear(struct list_node *node)
{
    list_remove(node);
    finish(container_of(node, struct transfer, node), ERR_CANCELLED);
}
