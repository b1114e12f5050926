/* idna.h - international domain names (URL standard, 3.3, "domain to ASCII"; UTS 46). */
#ifndef WEB_IDNA_H
#define WEB_IDNA_H

#include <stddef.h>

#include "base/buf.h"

/* Replaces the bytes of `buf` from `start` to the end, a domain in well-formed UTF-8, by its ASCII form. Errors:
 * ERR_URL_NAME; ERR_LIBRARY (ICU is missing); as buf_append. */
int idna_to_ascii(struct buf *buf, size_t start);

#endif
