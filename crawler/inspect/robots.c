#include "web/robots.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "inspect/inspect.h"
#include "inspect/json_lines.h"

/* Path and query as they are written, without fragment; what is no URL counts as "/". */
static int append_path(struct buf *path, struct slice url)
{
    const char *fragment = memchr(url.data, '#', url.length);
    if (fragment)
        url.length = (size_t)(fragment - url.data);
    const char *slashes = memmem(url.data, url.length, "//", 2);
    size_t at = slashes ? (size_t)(slashes - url.data) + 2 : 0;
    while (slashes && at < url.length && !strchr("/?;", url.data[at]))
        at++;
    struct slice rest = {url.data + at, url.length - at};
    int err = rest.length && rest.data[0] == '/' ? 0 : buf_append_char(path, '/');
    return err ? err : buf_append_slice(path, rest);
}

/* Decodes base64 with its padding; malloced, or NULL when it is none or memory is out. */
static char *decode(struct slice text, size_t *length)
{
    unsigned char *bytes = malloc(text.length / 4 * 3 + 1);
    int decoded =
        bytes && text.length % 4 == 0 ? EVP_DecodeBlock(bytes, (const unsigned char *)text.data, (int)text.length) : -1;
    if (decoded < 0) {
        free(bytes);
        return NULL;
    }
    for (size_t i = text.length; i && text.data[i - 1] == '='; i--)
        decoded--;
    *length = (size_t)decoded;
    return (char *)bytes;
}

static json_t *ask(struct slice robots_txt, struct slice user_agent, struct slice url)
{
    struct robots *robots;
    struct buf path;
    json_t *answer = NULL;
    /* A name that is more than a product token is that of no group. */
    struct slice product = slice_equal(robots_product(user_agent), user_agent) ? user_agent : SLICE("");
    buf_init(&path, url.length + 2);
    if (append_path(&path, url) == 0 && robots_create(&robots, robots_txt, product) == 0) {
        answer = json_pack("{s:b}", "allowed", (int)robots_allows(robots, buf_slice(&path)));
        robots_free(robots);
    }
    buf_free(&path);
    return answer ? answer : json_lines_failure("out of memory");
}

static json_t *answer(void *context, const json_t *request)
{
    (void)context;
    const json_t *text = json_object_get(request, "robots_txt_base64");
    const json_t *user_agent = json_object_get(request, "user_agent"), *url = json_object_get(request, "url");
    if (!json_is_string(text) || !json_is_string(user_agent) || !json_is_string(url))
        return json_lines_failure("not an object with \"robots_txt_base64\", \"user_agent\" and \"url\"");
    size_t length = 0;
    char *decoded = decode(json_lines_text(text), &length);
    if (!decoded)
        return json_lines_failure("\"robots_txt_base64\" is not base64");
    json_t *result = ask((struct slice){decoded, length}, json_lines_text(user_agent), json_lines_text(url));
    free(decoded);
    return result;
}

int inspect_robots(int argc, char **argv)
{
    return json_lines(argc, argv, answer, NULL);
}
