/* url_internal.h - the parts of the URL parser. */
#ifndef WEB_URL_INTERNAL_H
#define WEB_URL_INTERNAL_H

#include "web/url.h"
#include "web/url_class.h"

/* A serialisation being written. The first error stays; nothing is written behind it. */
struct url_writer {
    struct buf *out;
    int err;
};

void writer_append(struct url_writer *writer, struct slice text);
void writer_append_char(struct url_writer *writer, char c);

/* Appends `text` (UTF-8) without TAB, LF and CR, the bytes of `set` percent-encoded, malformed ones as U+FFFD. */
void writer_append_encoded(struct url_writer *writer, struct slice text, unsigned set);

/* The same for bytes of any encoding: nothing is removed or taken for malformed. */
void writer_append_encoded_bytes(struct url_writer *writer, struct slice bytes, unsigned set);

/* Fails the writer, unless it has failed before. */
void writer_fail(struct url_writer *writer, int err);

/* URL standard, 3.5, "host parser": appends the host that `text` stands for. Fails with ERR_URL_HOST, ERR_URL_ADDRESS
 * or ERR_URL_NAME. */
void url_write_host(struct url_writer *writer, struct slice text, bool is_special);

/* "IPv6 parser" and "serializer": appends the address in `text`, which has no brackets, in brackets. */
void url_write_ipv6(struct url_writer *writer, struct slice text);

/* "Ends in a number checker". */
bool url_ends_in_number(struct slice host);

/* "IPv4 parser" and "serializer". */
void url_write_ipv4(struct url_writer *writer, struct slice text);

/* The default port of a scheme; -1 when it is not special, 0 when it is but has none ("file"). */
int url_scheme_port(struct slice scheme);

/* The whole standard: as url_parse, but with no short cut. */
int url_parse_slowly(struct url *url, struct slice input, const struct url *base, const struct charset *charset,
                     struct buf *storage);

/* The short cut for links that need no change but resolving: false, with nothing promised about `url` and `storage`,
 * when `input` is not one of these. What it answers is what url_parse_slowly answers. */
bool url_parse_fast(struct url *url, struct slice input, const struct url *base, struct buf *storage);

#endif
