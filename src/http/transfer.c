/* The life of a transfer:
 *
 *     start -> look the name up -> wait for a turn at the origin -> libcurl -> over
 *
 * One timer watches over it: the total limit, the limit on connecting (which begins with the name) until the request can
 * be sent, then the limit on silence. What libcurl's callbacks find wrong is noted in `error` and wins over the code
 * that libcurl makes of the interruption. */
#include "http/transfer.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "http/failure.h"
#include "http/receive.h"
#include "http/route.h"

enum { RATE_WINDOW = 30 /* seconds */, NAME_LINE_LIMIT = 4096 };

static void finish(struct transfer *transfer, int error);
static void look_up_done(void *context);
static void on_watchdog(void *context);
static void watch_over(struct transfer *transfer);

/* --- libcurl's callbacks ------------------------------------------------------------------------------------------ */

/* libcurl would ask a thread of its own for a name that is not in its cache, such as one whose transfer was broken off
 * before libcurl saw its addresses. The next try hands them over again. An address it reads by itself: it can't be put
 * into the cache beforehand, since CURLOPT_RESOLVE takes no name with colons in it. */
static int refuse_resolver(void *state, void *reserved, void *context)
{
    (void)state;
    (void)reserved;
    struct transfer *transfer = context;
    if (transfer->origin->is_address)
        return 0;
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

/* libcurl's CURLOPT_OPENSOCKETFUNCTION. libcurl's own way doesn't tell what is wrong: too many open files must not be
 * taken for a fault of the server. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *transfer = context;
    (void)purpose;
    transfer->tried = true;
    int fd = socket(address->family, address->socktype, address->protocol);
    if (fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0) {
        transfer->open_error = 0;
        return fd;
    }
    transfer->open_error = error_from_errno(errno);
    if (fd >= 0)
        close(fd);
    return CURL_SOCKET_BAD;
}

/* A connection is there, new or used, and the request is about to be sent. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the signature is libcurl's. */
static int on_connected(void *context, char *remote, char *local, int remote_port, int local_port)
{
    struct transfer *transfer = context;
    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    transfer->tried = true;
    if (!transfer->connected) {
        transfer->connected = true;
        transfer->active = clock_now();
        if (transfer->fetch)
            watch_over(transfer);
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
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)INT_MAX); /* the watchdog's part; 0 means 300 s */
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, refuse_resolver);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_DATA, transfer);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
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

/* Gives the transfer a fresh handle instead of the one that it has; false, and nothing changes, when memory is out. */
static bool renew_handle(struct transfer *transfer)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return false;
    curl_easy_cleanup(transfer->easy);
    transfer->easy = easy;
    configure(transfer);
    configure_tls(transfer);
    return true;
}

struct transfer *transfer_obtain(struct http_client *client)
{
    struct list_node *node = list_pop(&client->idle);
    if (node)
        return container_of(node, struct transfer, node);
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer)
        return NULL;
    transfer->client = client;
    if (!renew_handle(transfer)) {
        free(transfer);
        return NULL;
    }
    list_node_init(&transfer->node);
    loop_callback_init(&transfer->looked_up, look_up_done, transfer);
    loop_timer_init(&transfer->watchdog, on_watchdog, transfer);
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
    if (failure_clings(transfer->easy))
        (void)renew_handle(transfer); /* without memory for another it serves on */
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
    nanoseconds phase = NEVER; /* waiting for a turn is not the server's fault */
    if (transfer->connected)
        phase = after(transfer->active, options->idle_timeout);
    else if (transfer->phase != WAITING)
        phase = after(transfer->active, options->connect_timeout);
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

static bool can_multiplex(const struct transfer *transfer, long version)
{
    return version == CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE ||
           (version == CURL_HTTP_VERSION_2TLS && slice_equal(transfer->origin->scheme, SLICE("https")));
}

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
    long version = version_option(transfer);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
    /* Where HTTP/2 can be, wait to learn whether a connection that is being opened can take this request too. Elsewhere
     * libcurl would hold all requests to a host back until its first answer. */
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, can_multiplex(transfer, version) ? 1L : 0L);
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
    assert(transfer->fetch);
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
    transfer->active = transfer->added - transfer->fetch->response->timings.resolved;
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
    watch_over(transfer);
    resolver_start(client->resolver, &transfer->lookup, transfer->origin->next_hop);
    future_add_done_callback(&transfer->lookup.done, &transfer->looked_up);
}

static int find_way(struct transfer *transfer)
{
    struct http_client *client = transfer->client;
    const struct http_request *request = transfer->fetch->request;
    int err = check_request(request);
    if (!err)
        err = origin_of_url(&client->origins, slice_of(request->url), &transfer->origin);
    return err ? err : route_origin(transfer->origin, &client->options);
}

void transfer_start(struct transfer *transfer, struct fetch *fetch)
{
    struct http_client *client = transfer->client;
    transfer->fetch = fetch;
    fetch->transfer = transfer;
    transfer->error = 0;
    transfer->open_error = 0;
    transfer->header_lines = 0;
    transfer->header_bytes = 0;
    transfer->tried = transfer->connected = transfer->begun = false;
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
    case OVER:
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
    bool ran = transfer->tried; /* else the handle may still tell of the exchange before */
    if (ran)
        count_connection(transfer);
    leave_stage(transfer);
    if (fetch) {
        if (ran)
            receive_note(transfer);
        note_timings(transfer);
        fetch->response->reached_server = fetch->response->status != 0 || error == ERR_PROTOCOL;
        snprintf(fetch->response->error_detail, sizeof fetch->response->error_detail, "%s",
                 failure_needs_detail(error) ? transfer->detail : "");
        complete(fetch, error);
    }
    recycle(transfer);
}

void transfer_done(CURL *easy, CURLcode result)
{
    struct transfer *transfer;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
    int err = transfer->error;
    transfer->phase = OVER;
    if (!err && result == CURLE_COULDNT_CONNECT && transfer->open_error == ERR_TOO_MANY_FILES)
        err = transfer->open_error;
    if (!err && result != CURLE_OK)
        err = failure_of(easy, result, transfer->begun);
    if (!err && transfer->fetch)
        err = receive_end(transfer);
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
