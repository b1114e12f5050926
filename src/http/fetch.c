#include "http/fetch.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include "async/task.h"
#include "base/error.h"
#include "base/log.h"
#include "http/client.h"
#include "http/route.h"

static void start_queued(void *context)
{
    struct http_client *client = context;
    struct list_node *node;
    while ((node = list_pop(&client->eager)))
        transfer_run_waiting(container_of(node, struct origin, eager_node));
    while ((node = list_pop(&client->queued))) {
        struct fetch *fetch = container_of(node, struct fetch, node);
        struct transfer *transfer = transfer_obtain(client);
        if (transfer)
            transfer_start(transfer, fetch);
        else
            fetch_fail(fetch, ERR_NO_MEMORY);
    }
}

static void clear_aborted(void *context)
{
    struct http_client *client = context;
    while (!list_is_empty(&client->aborted))
        transfer_clear(list_first(&client->aborted));
}

/* What ran on a multi handle that failed may wait for events that libcurl has forgotten. */
static void on_failed(void *context, const struct multi *multi)
{
    struct http_client *client = context;
    clear_aborted(client);
    list_for_each(node, &client->running)
    {
        transfer_lose(node, multi);
    }
}

static void on_done(void *context, CURL *easy, CURLcode result)
{
    (void)context;
    transfer_done(easy, result);
}

/* --- options ------------------------------------------------------------------------------------------------------ */

static int append_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (!longer)
        return ERR_NO_MEMORY;
    *list = longer;
    return 0;
}

static int append_all(struct curl_slist **list, const char *const *lines)
{
    int err = 0;
    for (; lines && *lines && !err; lines++)
        err = append_line(list, *lines);
    return err;
}

static bool is_header(const char *line, const char *name)
{
    struct slice text = slice_of(line), wanted = slice_of(name);
    if (!slice_has_prefix_nocase(text, wanted))
        return false;
    return line[wanted.length] == ':' || line[wanted.length] == ';'; /* libcurl's word for an empty one */
}

static bool carries_credentials(const char *line)
{
    return is_header(line, "Authorization") || is_header(line, "Cookie") || is_header(line, "Proxy-Authorization");
}

static int check_text(const char *what, const char *text)
{
    if (!text || !strpbrk(text, "\r\n"))
        return 0;
    log_error("%s: a line break in '%s'", what, text);
    return ERR_INVALID;
}

/* RFC 9110, section 5.6.2: a name is a token. */
static int check_header(const char *line)
{
    size_t name = strspn(line, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    if (name == 0 || (line[name] != ':' && line[name] != ';')) {
        log_error("header '%s': not of the form \"Name: value\"", line);
        return ERR_INVALID;
    }
    return check_text("header", line);
}

static int check_options(const struct http_options *options)
{
    int err = check_text("user agent", options->user_agent);
    if (!err)
        err = check_text("cookie", options->cookie);
    if (!err)
        err = check_text("user", options->user);
    if (!err && options->proxy)
        err = route_check_proxy(options->proxy);
    for (const char *const *line = options->headers; line && *line && !err; line++)
        err = check_header(*line);
    return err;
}

/* A header line of ours, for all requests. */
static int append_own(struct http_client *client, const char *name, const char *value)
{
    struct buf line;
    buf_init(&line, HTTP_MAX_HEADERS);
    int err = buf_printf(&line, "%s: %s", name, value);
    if (!err)
        err = append_line(&client->private_headers, buf_text(&line));
    if (!err)
        err = append_line(&client->headers, buf_text(&line));
    buf_free(&line);
    return err;
}

static int build_headers(struct http_client *client)
{
    const char *user_agent = client->options.user_agent;
    bool has_coding = false, has_agent = !*user_agent;
    int err = 0;
    for (const char *const *line = client->options.headers; line && *line && !err; line++) {
        has_coding |= is_header(*line, "Accept-Encoding");
        has_agent |= is_header(*line, "User-Agent");
        err = append_line(&client->private_headers, *line);
        if (!err && !carries_credentials(*line))
            err = append_line(&client->headers, *line);
    }
    if (!err && !has_agent)
        err = append_own(client, "User-Agent", user_agent);
    return err || has_coding ? err : append_own(client, "Accept-Encoding", decode_accepted());
}

static int trust_origins(struct http_client *client)
{
    for (const char *const *name = client->options.auth_origins; name && *name; name++) {
        struct origin *origin;
        int err = origin_of_url(&client->origins, slice_of(*name), &origin);
        if (err) {
            log_error("origin '%s': not of the form \"scheme://host:port\"", *name);
            return err;
        }
        origin->is_trusted = true;
    }
    return 0;
}

/* --- the client --------------------------------------------------------------------------------------------------- */

static int open_share(struct http_client *client)
{
    client->share = curl_share_init();
    if (!client->share)
        return ERR_NO_MEMORY;
    curl_share_setopt(client->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(client->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_share_setopt(client->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
    return 0;
}

static int open_parts(struct http_client *client)
{
    const struct http_options *options = &client->options;
    const struct resolver_options names = {.servers = options->dns_servers, .family = options->family};
    int err = open_share(client);
    if (!err)
        err = resolver_create(&client->resolver, client->loop, &names);
    if (!err)
        err = trust_create(&client->trust, options->ca_file);
    if (!err)
        err = guard_init(&client->guard, options->allow_private, options->named_hosts);
    if (!err)
        err = shards_create(&client->shards, client->loop, options->max_connections,
                            &(struct multi_events){on_done, on_failed, client});
    if (!err)
        err = build_headers(client);
    if (!err)
        err = append_all(&client->pins, options->resolve);
    if (!err)
        err = append_all(&client->connect_to, options->connect_to);
    if (!err)
        err = trust_origins(client);
    return err ? err : cookies_open(&client->cookies, client->share);
}

/* libcurl doesn't look whether OpenSSL could begin; an OpenSSL that could not crashes when it is used. */
static bool tls_is_ready(void)
{
    return OPENSSL_init_ssl(0, NULL) && OSSL_LIB_CTX_get0_global_default();
}

int http_client_create(struct http_client **out, struct loop *loop, const struct http_options *options)
{
    int err = check_options(options);
    if (err)
        return err;
    struct http_client *client = calloc(1, sizeof *client);
    if (!client)
        return ERR_NO_MEMORY;
    if (!tls_is_ready() || curl_global_init(CURL_GLOBAL_DEFAULT)) {
        free(client);
        return ERR_NO_MEMORY;
    }
    client->loop = loop;
    client->options = *options;
    list_init(&client->queued);
    list_init(&client->eager);
    list_init(&client->running);
    list_init(&client->aborted);
    list_init(&client->idle);
    loop_callback_init(&client->start, start_queued, client);
    loop_callback_init(&client->clear, clear_aborted, client);
    origin_table_init(&client->origins);
    cookies_init(&client->cookies, loop, options->cookie_jar);
    err = open_parts(client);
    if (err) {
        http_client_free(client);
        return err;
    }
    *out = client;
    return 0;
}

void http_client_free(struct http_client *client)
{
    if (!client)
        return;
    assert(list_is_empty(&client->queued));
    clear_aborted(client);
    loop_callback_cancel(&client->start);
    loop_callback_cancel(&client->clear);
    while (!list_is_empty(&client->idle))
        transfer_free(list_pop(&client->idle));
    shards_free(client->shards);
    cookies_close(&client->cookies);
    curl_share_cleanup(client->share);
    resolver_free(client->resolver);
    trust_free(client->trust);
    guard_free(&client->guard);
    origin_table_free(&client->origins);
    curl_slist_free_all(client->headers);
    curl_slist_free_all(client->private_headers);
    curl_slist_free_all(client->pins);
    curl_slist_free_all(client->connect_to);
    free(client);
    curl_global_cleanup();
}

/* --- one fetch ---------------------------------------------------------------------------------------------------- */

static void clear_response(struct http_response *response, uint64_t max_headers)
{
    struct buf headers = response->headers;
    buf_clear(&headers);
    headers.limit = max_headers ? max_headers : HTTP_MAX_HEADERS;
    *response = (struct http_response){.headers = headers};
}

int http_fetch(struct http_client *client, const struct http_request *request, const struct http_sink *sink,
               struct http_response *response)
{
    struct fetch fetch = {.request = request, .response = response, .started = clock_now()};
    if (sink)
        fetch.sink = *sink;
    clear_response(response, client->options.max_headers);
    list_node_init(&fetch.node);
    future_init(&fetch.done, client->loop, "fetch");
    list_append(&client->queued, &fetch.node);
    loop_call_soon(client->loop, &client->start);
    int err = await(&fetch.done, NULL);
    if (!future_is_complete(&fetch.done)) {
        list_remove(&fetch.node);
        if (fetch.transfer)
            transfer_abandon(fetch.transfer);
        response->error = err;
    }
    future_destroy(&fetch.done);
    return err ? err : response->error;
}

void http_client_stats(const struct http_client *client, struct http_client_stats *stats)
{
    *stats = client->stats;
}
