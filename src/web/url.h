/* url.h - URLs as the WHATWG URL standard parses and writes them.
 *
 * One parser decides what is in scope and what is fetched. A parsed URL is its serialisation plus offsets into it; the
 * text lives in a buffer of the caller's, so that resolving allocates nothing once that buffer has grown. */
#ifndef WEB_URL_H
#define WEB_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "web/charset.h"

/*  https://user:pass@host:8080/path?query#fragment
 *       ^  ^   ^     ^   ^    ^    ^     ^
 *  scheme_end  |     |   |    |    |     query_end
 *          |   |     |   |    |    path_end
 *          |   |     |   |    path_start
 *          |   |     |   host_end
 *          |   |     host_start
 *          |   user_end
 *          user_start
 *
 *  Without a host, "/." may stand before a path that begins with two slashes; it is part of neither. */
struct url {
    struct slice href;   /* the whole serialisation, in the caller's buffer */
    uint32_t scheme_end; /* of the scheme, before its ':' */
    uint32_t user_start; /* first byte of the user name; equal to host_start without credentials */
    uint32_t user_end;   /* behind the user name */
    uint32_t host_start; /* behind '@' or "//" */
    uint32_t host_end;   /* before ':' and port, or the path */
    uint32_t path_start;
    uint32_t path_end;  /* before '?' or '#', or the end */
    uint32_t query_end; /* before '#', or the end */
    int32_t port;       /* as written in the serialisation; -1 for none (the scheme's default is never written) */
    bool has_host;      /* false for "mailto:x" and its like */
};

enum { URL_MAX_LENGTH = 1 << 20 }; /* a serialisation beyond this many bytes is refused */

/* Parses `input` (UTF-8; malformed bytes count as U+FFFD) against `base` (NULL for none) and writes the serialisation
 * to `storage`, which is cleared first and must not be the one that holds `base`. Queries are encoded in `charset`
 * (NULL for UTF-8); one that is not plain ASCII, in another encoding than UTF-8, takes temporary memory. After an error
 * `url` is not to be used. Errors:
 *   ERR_URL_RELATIVE  relative, and there is no base that it could be relative to
 *   ERR_URL_HOST      empty host or a forbidden code point in it
 *   ERR_URL_ADDRESS   malformed IPv4 or IPv6 address
 *   ERR_URL_NAME      a domain that IDNA refuses
 *   ERR_URL_PORT      not a number, or over 65,535
 *   ERR_TOO_LARGE     longer than the limit of `storage` or URL_MAX_LENGTH; ERR_NO_MEMORY
 *   ERR_LIBRARY       ICU is missing, which an international domain or the charset takes; ERR_UNSUPPORTED */
int url_parse(struct url *url, struct slice input, const struct url *base, const struct charset *charset,
              struct buf *storage);

/* Takes user name and password out of `url`, whose serialisation lies in `storage`. */
void url_strip_credentials(struct url *url, struct buf *storage);

struct slice url_scheme(const struct url *url);   /* without ':' */
struct slice url_host(const struct url *url);     /* IPv6 in brackets; empty for none */
struct slice url_path(const struct url *url);     /* with its '/' */
struct slice url_query(const struct url *url);    /* with its '?'; empty for none */
struct slice url_fragment(const struct url *url); /* with its '#'; empty for none */

/* The serialisation without fragment. */
struct slice url_without_fragment(const struct url *url);

/* Takes apart what this parser wrote for an http or https URL without credentials and fragment. */
void url_of_serialised(struct url *url, struct slice href);

/* The keyed fingerprint (hash.h) of a URL without its fragment: equal serialisations, equal fingerprints. It is that of
 * what stands before the path, XOR that of path and query, so that the first is made once for many URLs. */
uint64_t url_fingerprint(const struct url *url);
uint64_t url_origin_fingerprint(const struct url *url);

/* scheme, "://", host and port: the serialised origin of http and https URLs (without credentials), appended to `out`.
 * Errors as buf_append. */
int url_append_origin(const struct url *url, struct buf *out);

/* The port that a connection goes to: the written one, else the scheme's default (80, 443, 21); 0 where there is
 * none. */
uint16_t url_effective_port(const struct url *url);

/* Whether the scheme is http or https. */
bool url_is_http(const struct url *url);

/* Whether the host is an IPv4 or IPv6 address. */
bool url_host_is_address(const struct url *url);

/* Whether the host is this machine by its name: an address of 127.0.0.0/8, [::1], "localhost" or a name below that (RFC
 * 6761, section 6.3). Names may also lead here by DNS, which nobody asked. */
bool url_is_loopback(const struct url *url);

#endif
