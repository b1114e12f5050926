/* refresh.h - the value of meta refresh and of the Refresh header. */
#ifndef WEB_REFRESH_H
#define WEB_REFRESH_H

#include <stdbool.h>

#include "base/slice.h"

/* Finds the URL in "5; url=next.html" as the HTML standard's "shared declarative refresh steps" do. False when the
 * value is malformed or reloads the document itself. `url` points into `value`, trimmed, and is not empty. */
bool refresh_url(struct slice value, struct slice *url);

#endif
