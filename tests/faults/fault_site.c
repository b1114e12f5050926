#include "faults/fault_site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Links beyond these bytes are taken in by and by. */
enum { MANY_LINKS = 5000, LINK_SIZE = 80 };

/* "/many": links that all lead elsewhere, too many to be taken in at once. */
static char *many_links(void)
{
    char *text = malloc((size_t)MANY_LINKS * LINK_SIZE);
    if (!text)
        return NULL;
    size_t length = 0;
    for (int i = 0; i < MANY_LINKS; i++)
        length += (size_t)snprintf(text + length, LINK_SIZE,
                                   "<a href='http://elsewhere.test/a/rather/long/path/to/%d'>", i % 50);
    return text;
}

void fault_site_start(bool tls, struct site **site, struct dns_server **names)
{
    char *many = many_links();
    const struct site_page pages[] = {
        {.path = "/",
         .body =
             "<!doctype html><title>Coast</title><link rel=stylesheet href=/site.css>"
             "<a href=/moved>a</a><a href=/gzip>b</a><a href=/brotli>c</a><a href=/zstd>d</a><a href=/deflate>e</a>"
             "<a href=/page.xhtml>f</a><a href=/sitemap.xml>g</a><a href=/japanese>h</a><a href=/many>i</a>"
             "<a href=/lost>j</a><a href=http://b%C3%BCcher.test/>k</a><a href='mailto:a@b'>l</a><a href=/cookie>m</a>"
             "<img src=/dots.svg srcset='/dots-2.png 2x'><a href='/chunked#x'>n</a><a href=/late>o</a>"},
        {.path = "/site.css", .type = "text/css", .body = "@import '/more.css'; body { background: url(/wave.png) }"},
        {.path = "/more.css", .type = "text/css; charset=utf-8", .body = "p { background: url('/wave.png') }"},
        {.path = "/wave.png", .type = "image/png", .body = "PNG"},
        {.path = "/dots-2.png", .type = "image/png", .body = "PNG"},
        {.path = "/dots.svg",
         .type = "image/svg+xml",
         .body = "<svg xmlns='http://www.w3.org/2000/svg'><a href='/from-svg'><circle r='1'/></a></svg>"},
        {.path = "/from-svg", .body = "x"},
        {.path = "/moved", .status = 301, .location = "/moved-again"},
        {.path = "/moved-again", .status = 302, .location = "/found"},
        {.path = "/found", .body = "<base href=/deep/><a href=er>x</a>"},
        {.path = "/deep/er", .body = "<p>deep</p>", .framing = SITE_UNTIL_CLOSE},
        {.path = "/gzip", .body = "<a href=/from-gzip>x</a>", .coding = SITE_GZIP},
        {.path = "/from-gzip", .body = "x"},
        {.path = "/brotli", .body = "<a href=/from-brotli>x</a>", .coding = SITE_BROTLI},
        {.path = "/from-brotli", .body = "x"},
        {.path = "/zstd", .body = "<a href=/>x</a>", .coding = SITE_ZSTD},
        {.path = "/deflate", .body = "<a href=/>x</a>", .coding = SITE_DEFLATE, .framing = SITE_CHUNKED},
        {.path = "/page.xhtml",
         .type = "application/xhtml+xml",
         .body = "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body><a href='/from-xhtml'>x</a>"
                 "</body></html>"},
        {.path = "/from-xhtml", .body = "x"},
        {.path = "/sitemap.xml",
         .type = "application/xml",
         .body = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>/x</loc></url></urlset>"},
        {.path = "/japanese",
         .type = "text/html",
         .body =
             "<meta charset=iso-2022-jp><title>\x1b$B$3$s\x1b(B</title><a href='/from-japanese?\x1b$B$3\x1b(B'>x</a>"},
        {.path = "/from-japanese*", .body = "x"},
        {.path = "/many", .body = many ? many : ""},
        {.path = "/cookie", .headers = "Set-Cookie: a=b; path=/\r\nLink: </linked>; rel=next\r\n", .body = "x"},
        {.path = "/linked", .body = "x"},
        {.path = "/chunked", .body = "<a href=/from-gzip>x</a>", .framing = SITE_CHUNKED},
        {.path = "/late", .body = "<p>caf\xc3\xa9</p><a href='/from-late'>x</a><meta charset=windows-1252>"},
        {.path = "/from-late", .body = "x"},
        {0},
    };
    const struct site_listener listener = {.tls = tls ? SITE_TLS : SITE_PLAIN};
    const struct dns_row row = {.name = FAULT_HOST, .ipv4 = "127.0.0.1", .ttl = 60};
    if (!many || site_start(&(struct site_config){.pages = pages, .listeners = &listener, .listener_count = 1}, site)) {
        fprintf(stderr, "can't start the site: %s\n", strerror(errno));
        exit(EXIT_FAILURE);
    }
    free(many);
    *names = dns_server_start(&row, 1);
}
