/* coding.h - content codings, encoder's side. */
#ifndef SITE_CODING_H
#define SITE_CODING_H

#include <stdbool.h>

#include "site/site.h"
#include "site/text.h"

/* Its name in Content-Encoding; NULL for the identity. */
const char *site_coding_name(enum site_coding coding);

/* Appends `data` to `out` in that coding, ended when it is `whole`, else only flushed: a decoder gets all of it, but
 * not the end. `out` is marked as failed when that can't be done. */
void site_coding_encode(enum site_coding coding, const char *data, size_t length, bool whole, struct site_text *out);

/* Appends bytes that no decoder takes after what was flushed. */
void site_coding_spoil(enum site_coding coding, struct site_text *out);

#endif
