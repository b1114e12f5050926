/* assets.h - the files beside this one that are built into the program (cmake/embed.cmake). */
#ifndef OUTPUT_ASSETS_H
#define OUTPUT_ASSETS_H

#include "base/slice.h"

extern const struct slice ASSET_CHART_CSS;  /* charts, on a page or alone */
extern const struct slice ASSET_REPORT_CSS; /* pages */
extern const struct slice ASSET_REPORT_JS;  /* tables that sort and filter */

#endif
