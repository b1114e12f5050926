#include "http/cookies.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"

/* libcurl tells and takes cookies as lines of Netscape's format, whose fields are parted by tabs; the domain may have
 * something in front. */
enum { DOMAIN, TAILMATCH, PATH, SECURE, EXPIRES, NAME, VALUE, LINE_LIMIT = 16 * 1024 };

static const char HTTP_ONLY[] = "#HttpOnly_";

struct cookie {
    struct slice domain;
    const char *line;
};

/* A handle that is in no transfer. */
static CURL *open_handle(const struct cookies *cookies)
{
    CURL *easy = curl_easy_init();
    if (easy)
        curl_easy_setopt(easy, CURLOPT_SHARE, cookies->share);
    return easy;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

/* What is left of `line` behind its first `fields` fields. */
static const char *behind(const char *line, unsigned fields)
{
    for (; fields; fields--) {
        line += strcspn(line, "\t");
        line += *line == '\t';
    }
    return line;
}

static struct slice field_of(const char *line, unsigned index)
{
    const char *field = behind(line, index);
    return (struct slice){field, strcspn(field, "\t")};
}

static struct slice domain_of(const char *line)
{
    struct slice domain = field_of(line, DOMAIN);
    size_t skip = slice_has_prefix_nocase(domain, slice_of(HTTP_ONLY)) ? sizeof HTTP_ONLY - 1 : 0;
    skip += skip < domain.length && domain.data[skip] == '.';
    return (struct slice){domain.data + skip, domain.length - skip};
}

/* Of what tells a cookie from all others. */
static int fingerprint(const char *line, uint64_t *out)
{
    struct slice domain = domain_of(line);
    struct buf text;
    buf_init(&text, LINE_LIMIT);
    int err = buf_printf(&text, "%.*s\t%.*s\t%.*s", SLICE_ARGS(domain), SLICE_ARGS(field_of(line, PATH)),
                         SLICE_ARGS(field_of(line, NAME)));
    for (size_t i = 0; i < domain.length && !err; i++)
        text.data[i] = ascii_lower(text.data[i]);
    if (!err)
        *out = hash_bytes(buf_slice(&text));
    buf_free(&text);
    return err;
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static bool was_given(const struct cookies *cookies, const char *line)
{
    uint64_t key;
    return cookies->given.count && fingerprint(line, &key) == 0 && table_get(&cookies->given, key);
}

static int compare_nocase(struct slice a, struct slice b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter ? strncasecmp(a.data, b.data, shorter) : 0;
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int by_domain(const void *a, const void *b)
{
    return compare_nocase(((const struct cookie *)a)->domain, ((const struct cookie *)b)->domain);
}

/* Has libcurl forget a cookie: one that takes its place has had its time. */
static void forget(CURL *easy, const char *line)
{
    struct buf text;
    buf_init(&text, LINE_LIMIT);
    int length = (int)(behind(line, EXPIRES) - line);
    if (!buf_printf(&text, "%.*s1\t%.*s\tx", length, line, SLICE_ARGS(field_of(line, NAME))))
        curl_easy_setopt(easy, CURLOPT_COOKIELIST, buf_text(&text));
    buf_free(&text);
}

static void warn(struct cookies *cookies, struct slice domain, size_t count)
{
    if (!cookies->has_warned)
        log_warning("%.*s has set %zu cookies, which are forgotten: a domain may have %d, all of them %d",
                    SLICE_ARGS(domain), count, COOKIES_A_DOMAIN, COOKIES_IN_ALL);
    cookies->has_warned = true;
}

/* Forgets, of `count` cookies sorted by domain, those of each domain that has more than `most`. Returns how many are
 * left, at the start of `all`. */
static size_t limit(struct cookies *cookies, CURL *easy, struct cookie *all, size_t count, size_t most)
{
    size_t left = 0;
    for (size_t start = 0, end; start < count; start = end) {
        for (end = start + 1; end < count && by_domain(&all[start], &all[end]) == 0; end++)
            continue;
        if (end - start > most) {
            warn(cookies, all[start].domain, end - start);
            for (size_t i = start; i < end; i++)
                forget(easy, all[i].line);
        } else {
            memmove(&all[left], &all[start], (end - start) * sizeof *all);
            left += end - start;
        }
    }
    return left;
}

static void limit_all(struct cookies *cookies, CURL *easy, const struct curl_slist *lines)
{
    size_t count = 0;
    for (const struct curl_slist *line = lines; line; line = line->next)
        count++;
    struct cookie *all = calloc(count + 1, sizeof *all);
    if (!all)
        return;
    count = 0;
    for (const struct curl_slist *line = lines; line; line = line->next)
        if (!was_given(cookies, line->data))
            all[count++] = (struct cookie){domain_of(line->data), line->data};
    qsort(all, count, sizeof *all, by_domain);
    size_t most = COOKIES_A_DOMAIN;
    while ((count = limit(cookies, easy, all, count, most)) > COOKIES_IN_ALL && most > 1)
        most /= 2;
    for (; count > COOKIES_IN_ALL; count--)
        forget(easy, all[count - 1].line);
    free(all);
}

/* Where memory is short, the next count will do. */
static void count_all(void *context)
{
    struct cookies *cookies = context;
    struct curl_slist *lines = NULL;
    cookies->lines = 0;
    CURL *easy = open_handle(cookies);
    if (!easy)
        return;
    if (curl_easy_getinfo(easy, CURLINFO_COOKIELIST, &lines) == CURLE_OK)
        limit_all(cookies, easy, lines);
    curl_slist_free_all(lines);
    curl_easy_cleanup(easy);
}

void cookies_note(struct cookies *cookies)
{
    if (++cookies->lines >= COOKIES_BETWEEN_COUNTS)
        loop_call_soon(cookies->loop, &cookies->count);
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

void cookies_init(struct cookies *cookies, struct loop *loop, const char *file)
{
    *cookies = (struct cookies){.loop = loop, .file = file};
    loop_callback_init(&cookies->count, count_all, cookies);
    table_init(&cookies->given);
}

static int note_given(struct cookies *cookies, CURL *easy)
{
    struct curl_slist *lines = NULL;
    int err = curl_easy_getinfo(easy, CURLINFO_COOKIELIST, &lines) == CURLE_OK ? 0 : ERR_NO_MEMORY;
    for (const struct curl_slist *line = lines; line && !err; line = line->next) {
        uint64_t key;
        err = fingerprint(line->data, &key);
        if (!err)
            err = table_put(&cookies->given, key, cookies);
    }
    curl_slist_free_all(lines);
    return err;
}

int cookies_open(struct cookies *cookies, CURLSH *share)
{
    cookies->share = share;
    if (!cookies->file)
        return 0;
    CURL *easy = open_handle(cookies);
    if (!easy)
        return ERR_NO_MEMORY;
    curl_easy_setopt(easy, CURLOPT_COOKIEFILE, cookies->file);
    curl_easy_setopt(easy, CURLOPT_COOKIELIST, "RELOAD");
    int err = note_given(cookies, easy);
    curl_easy_cleanup(easy);
    cookies->was_read = !err;
    return err;
}

static void save(const struct cookies *cookies)
{
    CURL *easy = cookies->was_read ? open_handle(cookies) : NULL;
    if (!easy)
        return;
    curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
    curl_easy_setopt(easy, CURLOPT_COOKIEJAR, cookies->file);
    curl_easy_cleanup(easy);
}

void cookies_close(struct cookies *cookies)
{
    loop_callback_cancel(&cookies->count);
    save(cookies);
    table_free(&cookies->given);
}
