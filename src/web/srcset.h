/* srcset.h - the image candidates of srcset and imagesrcset (HTML standard, "parse a srcset attribute"). */
#ifndef WEB_SRCSET_H
#define WEB_SRCSET_H

#include <stdbool.h>

#include "base/slice.h"

/* Cuts the next candidate off `rest` and gives its URL, never empty; false when there is none left. Descriptors are
 * skipped, right or wrong. */
bool srcset_next(struct slice *rest, struct slice *url);

#endif
