#include "site/exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* without it, SIGPIPE ends a test that should have failed anyway */
#endif

enum { PIECE = 16 * 1024, PATIENCE_MILLISECONDS = 60000 };

struct sink {
    struct site_text *text;
    size_t most;
};

static size_t take(char *data, size_t size, size_t count, void *context)
{
    struct sink *sink = context;
    site_text_append(sink->text, data, size * count);
    return sink->most && sink->text->length >= sink->most ? 0 : size * count;
}

static void configure(CURL *curl, const char *url, const struct manner *manner)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, manner->timeout ? manner->timeout : (long)PATIENCE_MILLISECONDS);
    curl_easy_setopt(curl, CURLOPT_CAINFO, manner->ca_file);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, manner->decode ? "" : NULL);
    curl_easy_setopt(curl, CURLOPT_NOBODY, (long)manner->head);
    curl_easy_setopt(curl, CURLOPT_HTTPGET, (long)!manner->head);
    curl_easy_setopt(curl, CURLOPT_NOBODY, (long)manner->head);
    curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, (long)manner->http_0_9);
}

struct exchange exchange_fetch(const char *url, const struct manner *manner)
{
    static const struct manner plain;
    if (!manner)
        manner = &plain;
    struct exchange exchange = {0};
    struct sink headers = {&exchange.headers, manner->most_header};
    struct sink body = {&exchange.body, manner->most_body};
    CURL *curl = manner->reuse ? manner->reuse : curl_easy_init();
    struct curl_slist *hosts = manner->host ? curl_slist_append(NULL, manner->host) : NULL;
    configure(curl, url, manner);
    curl_easy_setopt(curl, CURLOPT_RESOLVE, hosts);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    exchange.code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &exchange.status);
    if (!manner->reuse)
        curl_easy_cleanup(curl);
    curl_slist_free_all(hosts);
    site_text_puts(&exchange.body, ""); /* so that the data is never NULL */
    site_text_puts(&exchange.headers, "");
    return exchange;
}

void exchange_free(struct exchange *exchange)
{
    site_text_free(&exchange->headers);
    site_text_free(&exchange->body);
}

int exchange_connect(unsigned short port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address)) {
        close(fd);
        return -1;
    }
    return fd;
}

void exchange_send(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t put = send(fd, bytes, length, MSG_NOSIGNAL);
        if (put <= 0)
            return; /* the peer has gone: what is read will tell */
        bytes += put;
        length -= (size_t)put;
    }
}

static ssize_t receive(int fd, struct site_text *out)
{
    char piece[PIECE];
    ssize_t got;
    do
        got = recv(fd, piece, sizeof piece, 0);
    while (got < 0 && errno == EINTR);
    site_text_append(out, piece, got > 0 ? (size_t)got : 0);
    return got;
}

bool exchange_receive_all(int fd, struct site_text *out)
{
    ssize_t got;
    do
        got = receive(fd, out);
    while (got > 0);
    return got == 0;
}

/* Whole answers in `text`. */
static unsigned answers(const struct site_text *text)
{
    unsigned count = 0;
    for (const char *at = text->data; at && at < text->data + text->length; count++) {
        const char *end = strstr(at, "\r\n\r\n");
        const char *length = strstr(at, "Content-Length: ");
        if (!end || !length)
            break;
        at = end + 4 + strtoul(length + sizeof "Content-Length: " - 1, NULL, 10);
        if (at > text->data + text->length)
            break;
    }
    return count;
}

void exchange_receive_answers(int fd, unsigned count, struct site_text *out)
{
    while (answers(out) < count && receive(fd, out) > 0)
        ;
}

bool exchange_raw(unsigned short port, const char *request, struct site_text *out)
{
    int fd = exchange_connect(port);
    if (fd < 0)
        return false;
    exchange_send(fd, request, strlen(request));
    bool orderly = exchange_receive_all(fd, out);
    site_text_puts(out, "");
    close(fd);
    return orderly;
}
