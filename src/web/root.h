/* root.h - URLs to start from, as people write them. */
#ifndef WEB_ROOT_H
#define WEB_ROOT_H

#include "base/buf.h"
#include "web/url.h"

/* Parses `text` into `url`, with the serialisation in `storage`; "http://" is put before one without a scheme. Errors:
 * those of url_parse, ERR_UNSUPPORTED (neither http nor https). */
int root_parse(struct slice text, struct url *url, struct buf *storage);

/* Appends the credentials of a root as "name:password", percent-decoded; nothing when it has none. Errors as
 * buf_append. */
int root_credentials(const struct url *url, struct buf *out);

#endif
