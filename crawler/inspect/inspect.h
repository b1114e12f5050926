/* inspect.h - commands that show how the crawler sees things: a URL, a document's links, its encoding, a site's files
 * for crawlers.
 *
 * JSON out, an object a line, always valid UTF-8. Each command takes its own arguments, argv[0] being its name, and
 * returns the exit code: 0; 1 when a file can't be read or the output not be written; 2 for wrong usage. Messages go to
 * standard error. */
#ifndef INSPECT_INSPECT_H
#define INSPECT_INSPECT_H

/* The command of a name ("resolve", "links", "sitemap"); NULL for none. */
typedef int (*inspect_command)(int argc, char **argv);
inspect_command inspect_find(const char *name);

/* resolve: JSON lines on standard input, {"input": s, "base": s or null}; for each, in order, {"href": s} or
 * {"failure": true, "reason": s}. A line that is no such object fails like a URL. */
int inspect_resolve(int argc, char **argv);

/* robots: JSON lines on standard input, {"robots_txt_base64": s, "user_agent": s, "url": s}; for each, in order,
 * {"allowed": bool}, or {"failure": true, "reason": s}. */
int inspect_robots(int argc, char **argv);

/* links [--base URL] [--content-type TYPE] [--extractor NAME] FILE|-: {"url", "element", "attribute", "rel"} for each
 * link of the document, in its order. URLs are resolved where there is a base, and as written where that can't be
 * done. */
int inspect_links(int argc, char **argv);

/* charset [--content-type TYPE] FILE|-: {"encoding": s, "source": "bom|header|meta|default"}. */
int inspect_charset(int argc, char **argv);

/* sitemap FILE|-: {"url": s, "lastmod": s} or {"sitemap": s} for each entry (web/sitemap.h), URLs as they are written.
 * How many were left out, if any, is told on standard error. */
int inspect_sitemap(int argc, char **argv);

#endif
