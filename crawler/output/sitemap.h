/* sitemap.h - a sitemap of what was found (sitemaps.org, protocol 0.9).
 *
 * It holds the HTML documents (text/html and application/xhtml+xml) that were answered with status 200, of all hosts
 * that were crawled, in ascending order. They have no lastmod, changefreq and priority, which a crawl can't know. URLs
 * of 2,048 bytes and above are left out, which is told once in the log.
 *
 * Up to 50,000 URLs and 50 MiB are one file. More are split at these limits into parts, "map.xml" into "map-1.xml",
 * "map-2.xml" and so on, and the file itself becomes the index that names them as https://HOST/map-1.xml, with the
 * origin of the first root: they belong into the root folder of that site. Files get their names only when all of them
 * are whole. Standard output can't be split: then it is an error. */
#ifndef OUTPUT_SITEMAP_H
#define OUTPUT_SITEMAP_H

#include "output/output.h"

extern const struct output_format OUTPUT_SITEMAP;

#endif
