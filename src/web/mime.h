/* mime.h - media types (WHATWG MIME Sniffing, section 4). */
#ifndef WEB_MIME_H
#define WEB_MIME_H

#include <stdbool.h>

#include "base/slice.h"

enum { MIME_TYPE_MAX = 128, MIME_CHARSET_MAX = 64 }; /* bytes, NUL included */

struct mime {
    char type[MIME_TYPE_MAX];       /* "text/html", lower case; empty when the header is missing or malformed */
    char charset[MIME_CHARSET_MAX]; /* the charset parameter, unquoted, lower case; empty for none */
};

/* Reads a Content-Type header's value. Never fails: what is malformed leaves the fields empty. */
void mime_parse(struct mime *mime, struct slice content_type);

/* What kind of document a type is, and so which extractor reads its links. */
enum document_kind {
    DOCUMENT_OTHER, /* no links are looked for */
    DOCUMENT_HTML,  /* text/html */
    DOCUMENT_XML,   /* application/xhtml+xml, application/xml, text/xml, image/svg+xml and other +xml */
    DOCUMENT_CSS    /* text/css */
};
enum document_kind mime_document_kind(const struct mime *mime);

#endif
