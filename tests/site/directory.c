#include "site/directory.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *type_of(const char *path)
{
    static const struct {
        const char *suffix;
        const char *type;
    } types[] = {
        {".html", "text/html"},
        {".css", "text/css"},
        {".js", "text/javascript"},
        {".json", "application/json"},
        {".xhtml", "application/xhtml+xml"},
        {".xml", "application/xml"},
        {".atom", "application/atom+xml"},
        {".rss", "application/rss+xml"},
        {".txt", "text/plain; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".gif", "image/gif"},
        {".webp", "image/webp"},
        {".ico", "image/x-icon"},
        {".webmanifest", "application/manifest+json"},
        {".woff2", "font/woff2"},
        {".pdf", "application/pdf"},
    };
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t size = strlen(types[i].suffix);
        if (length > size && strcasecmp(path + length - size, types[i].suffix) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Writes `target` up to its query, with its %XX decoded, to `path`. False when it is too long or has a NUL. */
static bool decode_path(const char *target, char *path, size_t size)
{
    size_t length = 0;
    for (; *target && *target != '?' && *target != '#'; target++) {
        char c = *target;
        if (c == '%' && hex_value(target[1]) >= 0 && hex_value(target[2]) >= 0) {
            c = (char)(hex_value(target[1]) * 16 + hex_value(target[2]));
            target += 2;
        }
        if (!c || length + 1 >= size)
            return false;
        path[length++] = c;
    }
    path[length] = '\0';
    return length > 0 && path[0] == '/';
}

/* The canonical path of a file, when it lies under the root. */
static bool resolve(const char *root, const char *path, char *resolved)
{
    char joined[PATH_MAX];
    int length = snprintf(joined, sizeof joined, "%s%s", root, path);
    if (length < 0 || (size_t)length >= sizeof joined || !realpath(joined, resolved))
        return false;
    size_t size = strcmp(root, "/") == 0 ? 0 : strlen(root);
    return strncmp(resolved, root, size) == 0 && (resolved[size] == '/' || !resolved[size]);
}

static bool read_whole(int fd, size_t size, struct site_text *text)
{
    if (!site_text_reserve(text, size))
        return false;
    while (size) {
        ssize_t got = read(fd, text->data + text->length, size);
        if (got <= 0)
            return false;
        text->length += (size_t)got;
        size -= (size_t)got;
    }
    return true;
}

/* With an ETag of size and time; 304 when that is what the client has. */
static void serve_file(const char *path, const struct stat *status, const char *none_match, struct site_answer *answer)
{
    struct site_text *text = &answer->text;
    size_t size = (size_t)status->st_size;
    char etag[64];
    snprintf(etag, sizeof etag, "\"%zx-%llx\"", size, (unsigned long long)status->st_mtime);
    if (strcmp(none_match, etag) == 0) {
        site_text_printf(text, "HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n", etag);
        answer->head = text->length;
        return;
    }
    site_text_printf(text, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nETag: %s\r\nContent-Length: %zu\r\n\r\n",
                     type_of(path), etag, size);
    answer->head = text->length;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || !read_whole(fd, size, text))
        text->failed = true;
    if (fd >= 0)
        close(fd);
}

static void redirect_to_slash(const char *target, struct site_answer *answer)
{
    size_t length = strcspn(target, "?#");
    site_text_printf(&answer->text, "HTTP/1.1 301 Moved Permanently\r\nLocation: %.*s/%s\r\nContent-Length: 0\r\n\r\n",
                     (int)length, target, target + length);
    answer->head = answer->text.length;
}

bool site_directory_answer(const char *root, const struct site_head *head, struct site_answer *answer)
{
    char path[PATH_MAX];
    char resolved[PATH_MAX];
    struct stat status;
    static const char index[] = "index.html";
    if (!decode_path(head->target, path, sizeof path - sizeof index) || !resolve(root, path, resolved) ||
        stat(resolved, &status))
        return false;
    bool slash = path[strlen(path) - 1] == '/';
    bool directory = S_ISDIR(status.st_mode);
    if (directory && slash) {
        memcpy(path + strlen(path), index, sizeof index);
        if (!resolve(root, path, resolved) || stat(resolved, &status))
            return false;
    }
    bool redirect = directory && !slash;
    if (!redirect && (!S_ISREG(status.st_mode) || (slash && !directory)))
        return false;
    *answer = (struct site_answer){.loop_from = SITE_NO_LOOP, .owned = true};
    if (redirect)
        redirect_to_slash(head->target, answer);
    else
        serve_file(resolved, &status, head->none_match, answer);
    return true;
}
