/* exchange.h - what the tests of the site talk to it with: libcurl, and raw bytes over a socket. */
#ifndef SITE_EXCHANGE_H
#define SITE_EXCHANGE_H

#include <curl/curl.h>
#include <stddef.h>

#include "site/text.h"

struct exchange {
    CURLcode code;
    long status;
    struct site_text headers;
    struct site_text body;
};

/* How a fetch differs from a plain GET. */
struct manner {
    const char *ca_file;
    const char *host; /* "name:port:address", as curl --resolve */
    CURL *reuse;      /* a handle whose connections are to be used again */
    bool decode;      /* ask for codings and decode them */
    bool head;
    bool http_0_9;
    long timeout;       /* milliseconds; 0: plenty */
    size_t most_body;   /* breaks off after so many bytes; 0: no */
    size_t most_header; /* likewise */
};

/* Fetches `url`; `manner` may be NULL. Free with exchange_free. */
struct exchange exchange_fetch(const char *url, const struct manner *manner);
void exchange_free(struct exchange *exchange);

/* A connection to 127.0.0.1; a negative number when it is refused. */
int exchange_connect(unsigned short port);

void exchange_send(int fd, const char *bytes, size_t length);

/* Reads until the connection ends; true when that was by FIN, false for RST. */
bool exchange_receive_all(int fd, struct site_text *out);

/* Reads until `count` answers with Content-Length, or the end, have come. */
void exchange_receive_answers(int fd, unsigned count, struct site_text *out);

/* Connects, sends `request` and reads until the end; true when that was by FIN. */
bool exchange_raw(unsigned short port, const char *request, struct site_text *out);

#endif
