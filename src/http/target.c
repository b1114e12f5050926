#include "http/target.h"

#include <string.h>

#include "base/error.h"
#include "http/transfer.h"

enum { LONGEST_PART = 1024 }; /* bytes; longer ones are told whole */

/* Where the path begins in a URL that can be told in parts; NULL in another. */
static const char *plain_path(const char *url)
{
    const char *colon = strstr(url, "://");
    const char *path = colon ? colon + 3 + strcspn(colon + 3, "/?#@") : NULL;
    if (!path || *path != '/')
        return NULL;
    for (const char *at = path; *at; at++)
        if (*at <= ' ' || *at > '~' || *at == '%' || *at == '#')
            return NULL;
    return path;
}

/* Copies the first `length` bytes of `text`, terminated; false when they are too many. */
static bool cut(char copy[LONGEST_PART], const char *text, size_t length)
{
    if (length >= LONGEST_PART)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return true;
}

/* Parses `url` as far as `path`, unless what was parsed last is of the same origin. */
static bool parse_origin(struct target *target, const struct origin *origin, const char *url, const char *path)
{
    char text[LONGEST_PART];
    if (target->origin == origin)
        return true;
    target->origin = NULL;
    if (!target->parsed && !(target->parsed = curl_url()))
        return false;
    if (!cut(text, url, (size_t)(path - url)) || curl_url_set(target->parsed, CURLUPART_URL, text, 0))
        return false;
    target->origin = origin;
    return true;
}

/* Tells the URL in parts; false when that can't be. */
static bool tell_parts(struct transfer *transfer)
{
    char text[LONGEST_PART];
    struct target *target = &transfer->target;
    const char *url = transfer->fetch->request->url;
    const char *path = transfer->origin->proxy[0] ? NULL : plain_path(url);
    return path && parse_origin(target, transfer->origin, url, path) && cut(text, path, strcspn(path, "?")) &&
           curl_url_set(target->parsed, CURLUPART_PATH, text, 0) == CURLUE_OK &&
           curl_easy_setopt(transfer->easy, CURLOPT_REQUEST_TARGET, path) == CURLE_OK;
}

int target_tell(struct transfer *transfer)
{
    struct target *target = &transfer->target;
    if (curl_easy_setopt(transfer->easy, CURLOPT_URL, transfer->fetch->request->url))
        return ERR_NO_MEMORY;
    bool in_parts = tell_parts(transfer);
    if (in_parts != target->in_parts)
        curl_easy_setopt(transfer->easy, CURLOPT_CURLU, in_parts ? target->parsed : NULL);
    if (!in_parts && target->in_parts)
        curl_easy_setopt(transfer->easy, CURLOPT_REQUEST_TARGET, NULL);
    target->in_parts = in_parts;
    return 0;
}

void target_forget(struct target *target)
{
    target->in_parts = false;
}

void target_close(struct target *target)
{
    curl_url_cleanup(target->parsed);
}
