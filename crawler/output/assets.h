/* assets.h - the files beside this one that are built into the program (cmake/embed.cmake). */
#ifndef OUTPUT_ASSETS_H
#define OUTPUT_ASSETS_H

#include "base/slice.h"

enum { SHA256_SIZE = 32 };

extern const struct slice ASSET_CHART_CSS;  /* charts, on a page or alone */
extern const struct slice ASSET_REPORT_CSS; /* pages */
extern const struct slice ASSET_REPORT_JS;  /* tables that sort and filter */

/* Their SHA-256. */
extern const unsigned char ASSET_CHART_CSS_SHA256[SHA256_SIZE];
extern const unsigned char ASSET_REPORT_CSS_SHA256[SHA256_SIZE];
extern const unsigned char ASSET_REPORT_JS_SHA256[SHA256_SIZE];

#endif
