/* nginx.h - a private nginx, for what our own server doesn't speak: HTTP/2, and files at full speed.
 *
 * It runs in a directory of its own under the temporary one, on free ports of loopback, and is ended by nginx_stop. */
#ifndef SITE_NGINX_H
#define SITE_NGINX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nginx;

struct nginx_config {
    const char *root;        /* absolute path of the directory that is served */
    const char *certificate; /* PEM files; NULL: one made on the spot for localhost, 127.0.0.1, ::1, *.site.test */
    const char *key;
    const char *extra; /* more directives of the server block; NULL: none */
    bool gzip;         /* text is sent compressed to those who take it */
    bool ipv6;         /* [::1] instead of 127.0.0.1 */
};

/* Starts one; it takes connections when this returns. Returns 0, NGINX_ABSENT when the machine has no nginx, or -1 with
 * errno set. */
int nginx_start(const struct nginx_config *config, struct nginx **out);

enum { NGINX_ABSENT = 77 };

/* Ends it and removes its directory. Returns 0, or -1 when it had failed. NULL is allowed. */
int nginx_stop(struct nginx *nginx);

uint16_t nginx_http_port(const struct nginx *nginx);
uint16_t nginx_https_port(const struct nginx *nginx); /* HTTP/2 and HTTP/1.1, as the client negotiates */

/* The CA (PEM) that signed the certificate made on the spot; valid, and there, until nginx_stop. */
const char *nginx_ca_file(const struct nginx *nginx);

/* The access log: a line a request, "status protocol target". Valid until nginx_stop. */
const char *nginx_access_log(const struct nginx *nginx);

/* The targets of all requests so far, in the order of their ends. Returns their number, and stores an array that is
 * freed by nginx_free_urls; a negative number when the log can't be read. nginx writes a line when an answer has been
 * sent, which may be a little after the client has it. */
long nginx_log_urls(const struct nginx *nginx, char ***out);
void nginx_free_urls(char **urls, long count);

#endif
