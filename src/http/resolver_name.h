/* resolver_name.h - what a host name says before anybody is asked. */
#ifndef HTTP_RESOLVER_NAME_H
#define HTTP_RESOLVER_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "http/resolver.h"

enum { RESOLVER_NAME_LENGTH = 253 }; /* of a name as text, without the trailing dot (RFC 1035, section 2.3.4) */

struct resolver_name {
    char text[RESOLVER_NAME_LENGTH + 1]; /* lower case, without a trailing dot or brackets; NUL-terminated */
    size_t length;
    bool is_address; /* it is an IP literal: `address` */
    struct resolver_address address;
};

/* Reads `host`: a name in any case with or without a trailing dot, or an IP literal, IPv6 with or without brackets.
 * Errors: ERR_NAME_NOT_FOUND when no such name can exist: it is empty, it or a label of it is too long or empty, or a
 * byte is not printable ASCII, a space, a backslash (which c-ares takes for an escape) or a colon or bracket. */
int resolver_name_read(struct resolver_name *name, struct slice host);

/* Whether it is localhost or below it, which is this machine whatever a name server says (RFC 6761, section 6.3). */
bool resolver_name_is_localhost(const struct resolver_name *name);

/* The normalised text; valid as long as `name`. */
static inline struct slice resolver_name_slice(const struct resolver_name *name)
{
    return (struct slice){name->text, name->length};
}

#endif
