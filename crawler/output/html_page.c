#include "output/html_page.h"

#include <errno.h>
#include <time.h>

#include <openssl/evp.h>

#include "base/error.h"
#include "output/assets.h"
#include "output/html_text.h"

enum { BASE64_SIZE = 4 * ((SHA256_SIZE + 2) / 3) + 1 };

/* " 'sha256-...'" of what an element holds (CSP, section 2.3.1). */
static void write_hash(FILE *file, const unsigned char digest[SHA256_SIZE])
{
    unsigned char text[BASE64_SIZE];
    EVP_EncodeBlock(text, digest, SHA256_SIZE);
    fprintf(file, " 'sha256-%s'", (const char *)text);
}

static void write_policy(FILE *file)
{
    fputs("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src", file);
    write_hash(file, ASSET_REPORT_JS_SHA256);
    fputs("; style-src", file);
    write_hash(file, ASSET_CHART_CSS_SHA256);
    write_hash(file, ASSET_REPORT_CSS_SHA256);
    fputs("; base-uri 'none'; form-action 'none'\">\n", file);
}

static void write_asset(FILE *file, const char *element, struct slice asset)
{
    fprintf(file, "<%s>", element);
    fwrite(asset.data, 1, asset.length, file);
    fprintf(file, "</%s>\n", element);
}

/* When the page is written. */
static void write_date(FILE *file)
{
    char exact[64], plain[64];
    time_t now = time(NULL);
    struct tm local;
    if (!localtime_r(&now, &local) || !strftime(exact, sizeof exact, "%Y-%m-%dT%H:%M:%S%z", &local) ||
        !strftime(plain, sizeof plain, "%e %B %Y, %H:%M", &local))
        return;
    fprintf(file, "<time datetime=\"%s\">", exact);
    html_escape(file, slice_trim(slice_of(plain)));
    fputs("</time>", file);
}

static void write_header(FILE *file, const char *kind, const char *title, const char *words)
{
    fputs("<header>\n<p class=\"kind\">", file);
    html_escape_text(file, kind);
    fputs("</p>\n<h1>", file);
    html_escape_text(file, title);
    fputs("</h1>\n<p class=\"dateline\">", file);
    write_date(file);
    if (words[0])
        fputs(" · ", file);
    html_escape_text(file, words);
    fputs("</p>\n</header>\n", file);
}

void html_page_begin(FILE *file, const char *kind, const char *title, const char *words)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", file);
    write_policy(file);
    fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<meta name=\"referrer\" content=\"no-referrer\">\n"
          "<meta name=\"generator\" content=\"crawler " CRAWLER_VERSION "\">\n<title>",
          file);
    html_escape_text(file, kind);
    fputs(": ", file);
    html_escape_text(file, title);
    fputs("</title>\n", file);
    write_asset(file, "style", ASSET_CHART_CSS);
    write_asset(file, "style", ASSET_REPORT_CSS);
    write_asset(file, "script", ASSET_REPORT_JS);
    fputs("</head>\n<body>\n", file);
    write_header(file, kind, title, words);
    fputs("<main>\n", file);
}

int html_page_end(FILE *file)
{
    fputs("</main>\n<footer><p>Written by crawler " CRAWLER_VERSION
          ". This page loads nothing from anywhere.</p></footer>\n"
          "</body>\n</html>\n",
          file);
    return fflush(file) || ferror(file) ? error_from_errno(errno) : 0;
}

void html_section_begin(FILE *file, const char *id, const char *title)
{
    fprintf(file, "<section id=\"%s\">\n<h2>", id);
    html_escape_text(file, title);
    fputs("</h2>\n", file);
}

void html_section_end(FILE *file)
{
    fputs("</section>\n", file);
}

void html_cards_begin(FILE *file, unsigned count)
{
    fprintf(file, "<dl class=\"cards of-%u\">\n", count);
}

void html_card(FILE *file, const char *class, const char *name, const char *value, const char *note)
{
    fprintf(file, "<div class=\"%s\"><dt>", class);
    html_escape_text(file, name);
    fputs("</dt><dd class=\"value\">", file);
    html_escape_text(file, value);
    fputs("</dd>", file);
    if (note[0]) {
        fputs("<dd class=\"note\">", file);
        html_escape_text(file, note);
        fputs("</dd>", file);
    }
    fputs("</div>\n", file);
}

void html_cards_end(FILE *file)
{
    fputs("</dl>\n", file);
}
