#include "http/exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "http/receive.h"
#include "http/tap.h"
#include "http/target.h"

enum {
    RATE_WINDOW = 30, /* seconds */
    NAME_LINE_LIMIT = 4096,
    /* What libcurl reads at once: between two reads it goes back to the loop, and most pages are no larger. What is not
     * filled takes no memory. */
    READ_SIZE = 64 * 1024
};

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

/* False for a family that has no address of ours. */
static bool read_address(struct resolver_address *out, const struct curl_sockaddr *in)
{
    const void *from = &in->addr;
    *out = (struct resolver_address){.family = in->family};
    if (in->family == AF_INET)
        memcpy(out->bytes, &((const struct sockaddr_in *)from)->sin_addr, sizeof(struct in_addr));
    else if (in->family == AF_INET6)
        memcpy(out->bytes, &((const struct sockaddr_in6 *)from)->sin6_addr, sizeof(struct in6_addr));
    return in->family == AF_INET || in->family == AF_INET6;
}

static bool may_connect(struct transfer *transfer, const struct curl_sockaddr *to)
{
    struct resolver_address address;
    const struct origin *origin = transfer->origin;
    if (origin->is_vouched)
        return true;
    if (read_address(&address, to) && guard_allows(&transfer->client->guard, origin->named, &address))
        return true;
    transfer->refused = address;
    return false;
}

/* libcurl's CURLOPT_OPENSOCKETFUNCTION: the one place where connections begin, so that no way around the guard is left.
 * libcurl's own function doesn't tell what is wrong, either: too many open files must not be taken for a fault of the
 * server. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *transfer = context;
    (void)purpose;
    transfer->tried = true;
    if (!may_connect(transfer, address))
        return CURL_SOCKET_BAD;
    int fd = socket(address->family, address->socktype, address->protocol);
    if (fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0) {
        transfer->open_error = 0;
        multi_socket_opened(transfer->client->loop, fd);
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
    transfer->is_interim = transfer->head_is_over = false;
    if (!transfer->connected)
        transfer_connected(transfer);
    if (transfer->fetch && tap_of(transfer))
        tap_begin(transfer);
    return CURL_PREREQFUNC_OK;
}

static CURLcode on_tls_context(CURL *easy, void *context, void *user)
{
    struct transfer *transfer = user;
    (void)easy;
    transfer->error = trust_apply(transfer->client->trust, context);
    return transfer->error ? CURLE_SSL_CACERT_BADFILE : CURLE_OK;
}

/* --- the handle --------------------------------------------------------------------------------------------------- */

/* What is the same for all requests of the client. */
static void configure(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct http_options *options = &transfer->client->options;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_SHARE, transfer->client->share);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->detail);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)READ_SIZE);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)INT_MAX); /* the watchdog's part; 0 means 300 s */
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
}

bool exchange_renew(struct transfer *transfer)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return false;
    curl_easy_cleanup(transfer->easy);
    transfer->easy = easy;
    transfer->described = (struct described){0};
    target_forget(&transfer->target);
    configure(transfer);
    configure_tls(transfer);
    return true;
}

void exchange_close(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    target_close(&transfer->target);
}

/* --- the request -------------------------------------------------------------------------------------------------- */

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
    if (list != transfer->described.headers)
        curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, list);
    transfer->described.headers = transfer->headers ? NULL : list;
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

/* libcurl 7.88 can't go on with a connection whose HTTP/2 was not negotiated: it sends nothing, and keeps it. */
static bool can_be_reused(long version)
{
    enum { RELEASE = 0x0758 };
    return version != CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE ||
           curl_version_info(CURLVERSION_NOW)->version_num >> 8 != RELEASE;
}

static bool can_multiplex(const struct transfer *transfer, long version)
{
    return (version == CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE && can_be_reused(version)) ||
           (version == CURL_HTTP_VERSION_2TLS && slice_equal(transfer->origin->scheme, SLICE("https")));
}

/* What differs from one origin to the next. */
static int describe_origin(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct http_options *options = &transfer->client->options;
    const struct origin *origin = transfer->origin;
    if (transfer->described.origin == origin)
        return 0;
    transfer->described.origin = NULL;
    if (curl_easy_setopt(easy, CURLOPT_PROXY, origin->proxy) ||
        curl_easy_setopt(easy, CURLOPT_USERPWD, origin->is_trusted ? options->user : NULL) ||
        curl_easy_setopt(easy, CURLOPT_COOKIE, origin->is_trusted ? options->cookie : NULL) ||
        curl_easy_setopt(easy, CURLOPT_SSLCERT, origin->is_trusted ? options->certificate : NULL) ||
        curl_easy_setopt(easy, CURLOPT_SSLKEY, origin->is_trusted ? options->key : NULL))
        return ERR_NO_MEMORY;
    /* Servers get the name by a header, which libcurl prints once and not twice for each request. What goes to a proxy
     * only, CONNECT, has none of these headers. */
    if (curl_easy_setopt(easy, CURLOPT_USERAGENT, origin->proxy[0] ? options->user_agent : NULL))
        return ERR_NO_MEMORY;
    long version = version_option(transfer);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, can_be_reused(version) ? 0L : 1L);
    /* Where HTTP/2 can be, wait to learn whether a connection that is being opened can take this request too. Elsewhere
     * libcurl would hold all requests to a host back until its first answer. */
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, can_multiplex(transfer, version) ? 1L : 0L);
    transfer->described.origin = origin;
    return 0;
}

static int describe_request(struct transfer *transfer)
{
    const char *referer = transfer->fetch->request->referer;
    int err = target_tell(transfer);
    if (!err)
        err = describe_origin(transfer);
    if (!err && (referer || transfer->described.has_referer) &&
        curl_easy_setopt(transfer->easy, CURLOPT_REFERER, referer))
        err = ERR_NO_MEMORY;
    transfer->described.has_referer = referer != NULL;
    bool is_fresh = transfer->is_fresh || !can_be_reused(version_option(transfer));
    if (is_fresh != transfer->described.is_fresh)
        curl_easy_setopt(transfer->easy, CURLOPT_FRESH_CONNECT, (long)is_fresh);
    transfer->described.is_fresh = is_fresh;
    tap_prepare(transfer);
    return err ? err : set_headers(transfer);
}

static void print_address(const struct resolver_address *address, char text[INET6_ADDRSTRLEN + 2])
{
    char plain[INET6_ADDRSTRLEN];
    inet_ntop(address->family, address->bytes, plain, sizeof plain);
    snprintf(text, INET6_ADDRSTRLEN + 2, address->family == AF_INET6 ? "[%s]" : "%s", plain);
}

/* One CURLOPT_RESOLVE line: the addresses of `name`. There a '*' stands for all names that have no line, so no host can
 * be called that. A '-' in front would remove the name that follows; behind a '+', which lets the line time out, as
 * nothing does here, the name is taken as it is. */
static int name_line(struct transfer *transfer, struct slice name)
{
    if (slice_equal(name, SLICE("*")))
        return ERR_NAME_NOT_FOUND;
    const struct resolver_answer *answer = &transfer->lookup.answer;
    struct buf line;
    buf_init(&line, NAME_LINE_LIMIT);
    bool is_sign = name.data[0] == '-' || name.data[0] == '+';
    int err = buf_printf(&line, "%s%.*s:%u:", is_sign ? "+" : "", SLICE_ARGS(name), transfer->origin->next_port);
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

int exchange_prepare(struct transfer *transfer)
{
    int err = describe_request(transfer);
    if (!err)
        err = feed_addresses(transfer);
    if (!err)
        curl_easy_setopt(transfer->easy, CURLOPT_RESOLVE, transfer->names ? transfer->names : transfer->client->pins);
    return err;
}
